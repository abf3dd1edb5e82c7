// SPDX-License-Identifier: GPL-2.0
/* The one interface over recordings and live sessions: hands each call to the kind of reader. */
#include <errno.h>
#include <stddef.h>

#include "mem_monitor_layout.h"
#include "memmon/filter.h"
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

/* Of page events the first frame lies in the allocator, unless they are of the bulk allocator's callers. */
static bool has_site(const struct memmon_record *record)
{
	return !memmon_class_is_page(record->event_class) ||
	       record->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK;
}

/* Puts the call site where the kernel has written the id of a stack. Return: 0 or a negative errno. */
static int take_stack(struct memmon_reader *reader, struct memmon_event *event)
{
	/* In the memory of a ring or buffer from which it has just been taken: nobody else reads it. */
	struct memmon_record *record = (struct memmon_record *)(uintptr_t)event->record;
	uint32_t id = MEMMON_RECORD_STACK(record->call_site);
	const uint64_t *frames;
	size_t nr;
	int err;

	if (!id) {
		reader->without_stack++;
		return 0;
	}
	err = reader->ops->stack(reader, id, &frames, &nr);
	event->stack = id;
	record->call_site = nr && has_site(record) ? frames[0] : 0;
	return err;
}

int memmon_reader_take(struct memmon_reader *reader, struct memmon_event *events, unsigned int max)
{
	int nr = reader->ops->take(reader, events, max);
	int err = 0;

	if (nr <= 0 || !memmon_reader_has_stacks(reader))
		return nr;
	for (int i = 0; i < nr && !err; i++)
		err = take_stack(reader, &events[i]);
	return err ? err : nr;
}

bool memmon_reader_has_stacks(const struct memmon_reader *reader)
{
	return reader->ops->stack && reader->ops->options(reader)->stacks;
}

size_t memmon_reader_stack(struct memmon_reader *reader, uint32_t id, const uint64_t **frames)
{
	size_t nr = 0;

	*frames = NULL;
	if (!id || !memmon_reader_has_stacks(reader) || reader->ops->stack(reader, id, frames, &nr))
		return 0;
	return nr;
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
	int err = reader->ops->loss(reader, ret);

	if (!err && reader->without_stack > ret->without_stack)
		ret->without_stack = reader->without_stack;
	return err;
}
