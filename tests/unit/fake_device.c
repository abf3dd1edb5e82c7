// SPDX-License-Identifier: GPL-2.0
/* A /dev/mem_monitor in the memory of a test. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"

#define FAKE_FD 1000
#define PAGE_BYTES 4096

struct fake fake;

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.info = (struct memmon_info){
		.abi_major = MEMMON_ABI_MAJOR,
		.record_bytes = sizeof(struct memmon_record),
		.page_bytes = PAGE_BYTES,
		.nr_cpus = 2,
		.clock = MEMMON_CLOCK_MONO_NS,
		.clock_khz = 1000000,
		.clock_now = 1000,
		.monotonic_ns = 1000,
		.realtime_ns = 1700000000000000000,
		.classes = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK,
		.page_offset = 0xffff888000000000,
	};
	fake.ring_bytes = 16 * sizeof(struct memmon_record);
	fake.has_ring[0] = true;
	fake.has_ring[1] = true;
}

void fake_free(void)
{
	for (int cpu = 0; cpu < FAKE_MAX_CPUS; cpu++) {
		free(fake.pages[cpu]);
		fake.pages[cpu] = NULL;
	}
}

static struct memmon_ring_page *page_of(uint32_t cpu)
{
	struct memmon_ring_page *page = fake.pages[cpu];

	if (page)
		return page;
	if (posix_memalign((void **)&page, PAGE_BYTES, fake.options.map_bytes))
		abort();
	memset(page, 0, fake.options.map_bytes);
	page->cpu = cpu;
	page->record_bytes = sizeof(struct memmon_record);
	page->data_offset = PAGE_BYTES;
	page->data_bytes = fake.options.ring_bytes;
	fake.pages[cpu] = page;
	return page;
}

bool fake_push(uint32_t cpu, const struct memmon_record *record)
{
	struct memmon_ring_page *page = page_of(cpu);
	uint64_t consumed = __atomic_load_n(&page->consumed, __ATOMIC_ACQUIRE);
	char *data = (char *)page + page->data_offset;

	if (!(fake.options.flags & MEMMON_OPTION_OVERWRITE) &&
	    fake.heads[cpu] - consumed >= page->data_bytes)
		return false;
	memcpy(data + fake.heads[cpu] % page->data_bytes, record, sizeof(*record));
	fake.heads[cpu] += sizeof(*record);
	return true;
}

void fake_complete(uint32_t cpu)
{
	__atomic_store_n(&page_of(cpu)->complete, fake.heads[cpu], __ATOMIC_RELEASE);
}

bool fake_push_time(uint32_t cpu, uint64_t time)
{
	struct memmon_record record = { .time = time, .event_class = MEMMON_CLASS_KMALLOC };
	bool is_in = fake_push(cpu, &record);

	fake_complete(cpu);
	return is_in;
}

static int fake_open(const char *path, int flags)
{
	(void)flags;
	if (!strcmp(path, "none")) {
		errno = ENOENT;
		return -1;
	}
	fake.nr_open++;
	return FAKE_FD;
}

static int fake_close(int fd)
{
	fake.nr_open -= fd == FAKE_FD;
	return 0;
}

static int set_up(struct memmon_options *options)
{
	if (!options->ring_bytes)
		options->ring_bytes = fake.ring_bytes;
	options->watermark_bytes = options->ring_bytes / 4;
	options->map_bytes = PAGE_BYTES + options->ring_bytes;
	if (options->flags & MEMMON_OPTION_LEDGER && !options->classes)
		options->classes = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK;
	if (options->flags & MEMMON_OPTION_NO_RINGS)
		memset(fake.has_ring, 0, sizeof(fake.has_ring));
	fake.options = *options;
	return 0;
}

static int sync_rings(void)
{
	int nr = 0;

	if (fake.on_sync)
		fake.on_sync();
	for (uint32_t cpu = 0; cpu < fake.info.nr_cpus; cpu++) {
		if (!fake.has_ring[cpu])
			continue;
		nr++;
		page_of(cpu)->complete = fake.heads[cpu];
		page_of(cpu)->reserved = fake.heads[cpu];
	}
	return nr;
}

static int name_of(struct memmon_name *name)
{
	if (name->table != MEMMON_NAMES_GFP || name->index >= fake.nr_names)
		return -ENOENT;
	name->value = fake.names[name->index].value;
	memcpy(name->name, fake.names[name->index].name, sizeof(name->name));
	return 0;
}

static int cache_of(struct memmon_cache_info *cache)
{
	for (uint32_t i = 0; i < fake.nr_caches; i++) {
		if (fake.caches[i].id != cache->id)
			continue;
		cache->object_bytes = fake.caches[i].object_bytes;
		memcpy(cache->name, fake.caches[i].name, sizeof(cache->name));
		return 0;
	}
	if (cache->id != 7)
		return -ENOENT;
	cache->object_bytes = 192;
	strcpy(cache->name, "dentry");
	return 0;
}

static bool has_ledger(void)
{
	return fake.options.flags & MEMMON_OPTION_LEDGER;
}

static int ledger_of(struct memmon_ledger_stats *stats)
{
	if (!has_ledger())
		return -ENODATA;
	*stats = fake.ledger;
	return 0;
}

static bool has_table(uint32_t table)
{
	switch (table) {
	case MEMMON_TABLE_SLABS:
		return fake.tables[table].rows;
	case MEMMON_TABLE_STACKS:
		return fake.options.stacks;
	case MEMMON_TABLE_TOTALS:
	case MEMMON_TABLE_TOTALS_LAST:
		return fake.options.flags & MEMMON_OPTION_TOTALS;
	default:
		return has_ledger();
	}
}

static int totals_of(struct memmon_totals_stats *stats)
{
	if (!(fake.options.flags & MEMMON_OPTION_TOTALS))
		return -ENODATA;
	*stats = fake.totals;
	return 0;
}

/* What was there is now of the last interval, and nothing is there yet. */
static int turn(void)
{
	fake.tables[MEMMON_TABLE_TOTALS_LAST] = fake.tables[MEMMON_TABLE_TOTALS];
	fake.tables[MEMMON_TABLE_TOTALS] = (struct fake_table){ 0 };
	fake.nr_turns++;
	return 0;
}

static int table_of(struct memmon_cursor *cursor)
{
	static const size_t row_bytes[MEMMON_NR_TABLES] = {
		sizeof(struct memmon_object),  sizeof(struct memmon_object),
		sizeof(struct memmon_account), sizeof(struct memmon_stack),
		sizeof(struct memmon_slab),    sizeof(struct memmon_total),
		sizeof(struct memmon_total),
	};
	const struct fake_table *table;
	uint64_t left;

	if (cursor->size != sizeof(*cursor) || cursor->table >= MEMMON_NR_TABLES)
		return -EINVAL;
	table = &fake.tables[cursor->table];
	if (!has_table(cursor->table))
		return cursor->table == MEMMON_TABLE_SLABS ? -EOPNOTSUPP : -ENODATA;
	fake.nr_table_calls++;
	left = cursor->position < table->nr ? table->nr - cursor->position : 0;
	if (left > cursor->capacity)
		left = cursor->capacity;
	if (fake.table_piece && left > fake.table_piece)
		left = fake.table_piece;
	cursor->nr = (uint32_t)left;
	if (left)
		memcpy((void *)(uintptr_t)cursor->to,
		       (const char *)table->rows + cursor->position * row_bytes[cursor->table],
		       left * row_bytes[cursor->table]);
	if (!fake.is_endless)
		cursor->position += left;
	return 0;
}

static int do_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case MEMMON_IOC_INFO:
		*(struct memmon_info *)arg = fake.info;
		return 0;
	case MEMMON_IOC_SETUP:
		return set_up(arg);
	case MEMMON_IOC_SYNC:
		return sync_rings();
	case MEMMON_IOC_STATS:
		*(struct memmon_stats *)arg = fake.stats;
		return 0;
	case MEMMON_IOC_NAME:
		return name_of(arg);
	case MEMMON_IOC_CACHE:
		return cache_of(arg);
	case MEMMON_IOC_LEDGER:
		return ledger_of(arg);
	case MEMMON_IOC_TABLE:
		return table_of(arg);
	case MEMMON_IOC_TOTALS:
		return totals_of(arg);
	case MEMMON_IOC_TURN:
		return turn();
	case MEMMON_IOC_ENABLE:
	case MEMMON_IOC_DISABLE:
		return 0;
	default:
		return -ENOTTY;
	}
}

static int fake_ioctl(int fd, unsigned long request, void *arg)
{
	int ret = fd == FAKE_FD ? 0 : -EBADF;

	if (fake.nr_interrupts > 0) {
		fake.nr_interrupts--;
		ret = -EINTR;
	} else if (fake.fail_errno && request == fake.fail_request) {
		ret = -fake.fail_errno;
	}
	if (!ret)
		ret = do_ioctl(request, arg);
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static void *fake_mmap(int fd, size_t bytes, off_t offset)
{
	uint32_t cpu = (uint32_t)((uint64_t)offset / fake.options.map_bytes);

	if (fd != FAKE_FD || bytes != fake.options.map_bytes ||
	    (uint64_t)offset % fake.options.map_bytes) {
		errno = EINVAL;
		return (void *)-1;
	}
	if (cpu >= fake.info.nr_cpus || !fake.has_ring[cpu]) {
		errno = ENXIO;
		return (void *)-1;
	}
	fake.nr_mapped++;
	return page_of(cpu);
}

static int fake_munmap(void *region, size_t bytes)
{
	(void)region;
	fake.nr_mapped -= bytes == fake.options.map_bytes;
	return 0;
}

static int fake_poll(struct pollfd *fds, nfds_t nr, int timeout_ms)
{
	(void)timeout_ms;
	if (nr != 1 || fake.nr_interrupts > 0) {
		errno = EINTR;
		return -1;
	}
	for (uint32_t cpu = 0; cpu < fake.info.nr_cpus; cpu++)
		if (fake.pages[cpu] && fake.heads[cpu] > fake.pages[cpu]->consumed) {
			fds->revents = POLLIN;
			return 1;
		}
	return 0;
}

const struct session_device fake_device = {
	.open = fake_open,
	.close = fake_close,
	.ioctl = fake_ioctl,
	.mmap = fake_mmap,
	.munmap = fake_munmap,
	.poll = fake_poll,
};
