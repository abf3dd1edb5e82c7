// SPDX-License-Identifier: GPL-2.0
/* The one interface over recordings and live sessions: hands each call to the kind of reader. */
#include <errno.h>
#include <stddef.h>

#include "mem_monitor_layout.h"
#include "reader_internal.h"

#define NS_PER_MS 1000000ULL

int memmon_reader_init(struct memmon_reader *reader, const struct memmon_reader_ops *ops,
		       const struct memmon_machine *machine)
{
	uint64_t khz = machine->clock == MEMMON_CLOCK_TSC ? machine->clock_khz : NS_PER_MS;
	__uint128_t factor;

	if (!khz)
		return -EBADMSG;
	/* As many bits as fit, rounded up, so that whole microseconds stay whole even after months. */
	reader->ns_shift = 64;
	do {
		factor = (((__uint128_t)NS_PER_MS << --reader->ns_shift) + khz - 1) / khz;
	} while (factor > UINT64_MAX);
	reader->ns_factor = (uint64_t)factor;
	reader->ops = ops;
	reader->machine = machine;
	return 0;
}

void memmon_reader_close(struct memmon_reader *reader)
{
	if (reader)
		reader->ops->close(reader);
}

int memmon_reader_take(struct memmon_reader *reader, struct memmon_event *events, unsigned int max)
{
	return reader->ops->take(reader, events, max);
}

int memmon_reader_wait(struct memmon_reader *reader, int timeout_ms)
{
	return reader->ops->wait ? reader->ops->wait(reader, timeout_ms) : 0;
}

const struct memmon_machine *memmon_reader_machine(const struct memmon_reader *reader)
{
	return reader->machine;
}

const struct memmon_options *memmon_reader_options(const struct memmon_reader *reader)
{
	return reader->ops->options(reader);
}

const struct memmon_cache *memmon_reader_cache(struct memmon_reader *reader, uint32_t id)
{
	return reader->ops->cache(reader, id);
}

const char *memmon_reader_cgroup(struct memmon_reader *reader, uint32_t tgid)
{
	return reader->ops->cgroup(reader, tgid);
}

struct memmon_symbols *memmon_reader_symbols(struct memmon_reader *reader)
{
	return reader->ops->symbols(reader);
}

uint64_t memmon_reader_ns(const struct memmon_reader *reader, uint64_t time)
{
	uint64_t start = reader->machine->clock_at_start;

	if (time <= start)
		return 0;
	return (uint64_t)((__uint128_t)(time - start) * reader->ns_factor >> reader->ns_shift);
}

int memmon_reader_loss(struct memmon_reader *reader, struct memmon_loss *ret)
{
	return reader->ops->loss(reader, ret);
}
