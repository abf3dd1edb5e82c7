// SPDX-License-Identifier: GPL-2.0
/* A reader without a kernel or a recording behind it. */
#include <string.h>

#include "fake_reader.h"

static struct fake_reader *fake_of(struct memmon_reader *reader)
{
	return (struct fake_reader *)reader;
}

static void fake_close(struct memmon_reader *reader)
{
	(void)reader;
}

static int fake_take(struct memmon_reader *reader, struct memmon_event *events, unsigned int max)
{
	struct fake_reader *fake = fake_of(reader);
	size_t left = fake->nr_events - fake->at;
	unsigned int nr = left < max ? (unsigned int)left : max;

	if (nr)
		memcpy(events, fake->events + fake->at, nr * sizeof(*events));
	fake->at += nr;
	return (int)nr;
}

static const struct memmon_options *fake_options(const struct memmon_reader *reader)
{
	return &((const struct fake_reader *)reader)->options;
}

static const struct memmon_cache *fake_cache(struct memmon_reader *reader, uint32_t id)
{
	static const char *const names[] = { "zero", "dentry", "inode", "filp", "cred",
					     "mm",   "task",   "vma",	"maple" };
	static struct memmon_cache cache;

	(void)reader;
	if (!id || id >= sizeof(names) / sizeof(names[0]))
		return NULL;
	cache = (struct memmon_cache){ .id = id, .name = names[id], .aliases = "" };
	return &cache;
}

static const char *fake_cgroup(struct memmon_reader *reader, uint32_t tgid)
{
	(void)tgid;
	return fake_of(reader)->cgroup;
}

static struct memmon_symbols *fake_symbols(struct memmon_reader *reader)
{
	return fake_of(reader)->symbols;
}

static int fake_loss(struct memmon_reader *reader, struct memmon_loss *ret)
{
	*ret = fake_of(reader)->loss;
	return 0;
}

size_t fake_stack_frames(uint32_t id, const uint64_t **frames)
{
	static uint64_t room[FAKE_STACKS][6];

	if (!id || id >= FAKE_STACKS)
		return 0;
	for (uint32_t i = 0; i < 6; i++)
		room[id][i] = i ? 0xffffffff82000000 + 0x100 * (id % 8 + i) :
				  0xffffffff81000000 + 16 * id;
	*frames = room[id];
	return 1 + id % 6;
}

static int fake_stack(struct memmon_reader *reader, uint32_t id, const uint64_t **frames,
		      size_t *nr_frames)
{
	(void)reader;
	*nr_frames = fake_stack_frames(id, frames);
	return 0;
}

static const struct memmon_reader_ops fake_ops = {
	.close = fake_close,
	.take = fake_take,
	.options = fake_options,
	.cache = fake_cache,
	.cgroup = fake_cgroup,
	.symbols = fake_symbols,
	.loss = fake_loss,
	.stack = fake_stack,
};

void fake_reader_init(struct fake_reader *fake)
{
	static const uint16_t cpu_nodes[8] = { 0, 0, 0, 0, 1, 1, 1, 1 };
	static const struct memmon_value_name zones[] = { { 0, "DMA" }, { 2, "Normal" } };

	memset(fake, 0, sizeof(*fake));
	fake->machine.clock = MEMMON_CLOCK_MONO_NS;
	fake->machine.clock_at_start = 1000;
	fake->machine.page_bytes = 4096;
	fake->machine.nr_cpus = 8;
	fake->machine.cpu_nodes = cpu_nodes;
	fake->machine.zones = zones;
	fake->machine.nr_zones = 2;
	memmon_reader_init(&fake->reader, &fake_ops, &fake->machine);
}
