// SPDX-License-Identifier: GPL-2.0
/* Tests totals by way of the device: what may be wished for, rows, intervals, deaths, and code that goes. */
#include "devices.h"
#include "settings.h"
#include "unit.h"

#define A_SITE 0xffffffff81234567UL

static struct file file;

static int start(void **state)
{
	(void)state;
	devices_init();
	shim_nr_online = SHIM_NR_CPUS;
	*current = (struct task_struct){ .pid = 316, .tgid = 300, .comm = "a.out" };
	return devices_open(&file);
}

static int stop(void **state)
{
	(void)state;
	shim_allocations_left = -1;
	devices_close(&file);
	assert_int_equal(memmon_totals_total_bytes(), 0);
	devices_exit();
	return 0;
}

static struct memmon_options wishes(u32 flags, u32 keys)
{
	return (struct memmon_options){
		.size = sizeof(struct memmon_options),
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_WITH_SELF | flags,
		.ring_bytes = 64 * MEMMON_RECORD_BYTES,
		.ledger_objects = 100,
		.ledger_pages = 100,
		.ledger_accounts = 16,
		.total_keys = keys,
		.total_places = 100,
	};
}

static void begin(u32 flags, u32 keys)
{
	struct memmon_options o = wishes(flags, keys);

	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(o.total_places, 128);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
}

static struct memmon_totals_stats stats(void)
{
	struct memmon_totals_stats s = { .size = sizeof(s) };

	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TOTALS, &s), 0);
	assert_int_equal(s.in_flight, 0);
	return s;
}

/* Reads a table. Return: how many rows; those that fit are in @rows. */
static u32 read_table(enum memmon_table table, struct memmon_total *rows, u32 nr)
{
	struct memmon_cursor cursor = {
		.size = sizeof(cursor), .table = table, .to = (unsigned long)rows, .capacity = nr
	};

	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TABLE, &cursor), 0);
	return cursor.nr;
}

static void kmalloc_at(unsigned long site, void *object, size_t bytes)
{
	SESSIONS_FIRE(kmalloc, site, object, bytes - 1, bytes, 0xcc0, 0);
}

static void refuse(const struct memmon_options *options, int error)
{
	struct memmon_options o = *options;

	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), error);
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_NEW);
	assert_int_equal(memmon_totals_total_bytes(), 0);
}

static void wishes_without_sense_are_refused(void **state)
{
	struct memmon_totals_stats s = { .size = sizeof(s) };
	struct memmon_options o = wishes(0, 1U << MEMMON_NR_TOTAL_KEYS);

	(void)state;
	refuse(&o, -EINVAL);
	o = wishes(0, MEMMON_TOTALS_KEY(STACK));
	refuse(&o, -EINVAL);
	o = wishes(0, 0);
	o.source = MEMMON_SOURCE_KPROBE;
	refuse(&o, -EINVAL);
	o = wishes(0, 0);
	o.total_places = U32_MAX;
	refuse(&o, -ENOBUFS);
	o.total_places = 1 << 20;
	refuse(&o, -ENOBUFS);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TURN, NULL), -ENODATA);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TOTALS, &s), -ENODATA);
	/* A session that has no totals has none. */
	o = devices_options();
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TURN, NULL), -ENODATA);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TOTALS, &s), -ENODATA);
}

static void no_wish_is_a_default(void **state)
{
	struct memmon_options o = wishes(MEMMON_OPTION_NO_RINGS, 0);

	(void)state;
	o.total_places = 0;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), 0);
	/* An eighth of 8 MiB, for two sets of 128 bytes a row of four CPUs. */
	assert_int_equal(o.total_places, (1 << 20) / (128 * 2 * SHIM_NR_CPUS));
	assert_int_equal(o.classes, MEMMON_CLASSES_TRACEPOINT);
}

/* Each allocation may fail; what was made before is given back, and not used by the next try. */
static void a_lack_of_memory_can_be_got_over(void **state)
{
	struct memmon_options o = wishes(MEMMON_OPTION_LEDGER, MEMMON_TOTALS_KEY(SITE));
	struct memmon_options simple = wishes(MEMMON_OPTION_NO_RINGS, MEMMON_TOTALS_KEY(SITE));
	int left, ret = -ENOMEM;

	(void)state;
	o.stacks = 16;
	for (left = 0; ret; left++) {
		struct memmon_options copy = o;

		shim_allocations_left = left;
		ret = devices_ioctl(&file, MEMMON_IOC_SETUP, &copy);
		assert_true(!ret || ret == -ENOMEM);
		assert_true(!ret || !memmon_totals_total_bytes());
		if (left == 30)
			break;
	}
	assert_int_equal(ret, -ENOMEM);
	shim_allocations_left = -1;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &simple), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
	kmalloc_at(A_SITE, shim_memory, 64);
	assert_int_equal(stats().counted[MEMMON_CLASS_KMALLOC], 1);
}

static void rows_count_and_intervals_end(void **state)
{
	struct memmon_total rows[8];

	(void)state;
	begin(MEMMON_OPTION_NO_RINGS, MEMMON_TOTALS_KEY(SITE) | MEMMON_TOTALS_KEY(SIZE));
	kmalloc_at(A_SITE, shim_memory, 64);
	kmalloc_at(A_SITE, shim_memory, 64);
	kmalloc_at(A_SITE + 5, shim_memory, 96);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS_LAST, rows, 8), 0);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS, rows, 8), 2);
	assert_int_equal(rows[0].count + rows[1].count, 3);
	assert_int_equal(rows[0].bytes_alloc + rows[1].bytes_alloc, 224);
	assert_int_equal(rows[0].bytes_req + rows[1].bytes_req, 221);
	assert_int_equal(rows[0].call_site ^ rows[1].call_site, A_SITE ^ (A_SITE + 5));
	assert_int_equal(rows[0].size_bytes + rows[1].size_bytes, 160);
	assert_int_equal(stats().used, 2);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TURN, NULL), 0);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS, rows, 8), 0);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS_LAST, rows, 8), 2);
	SESSIONS_FIRE(kfree, A_SITE, NULL);
	SESSIONS_FIRE(kfree, A_SITE, shim_memory);
	assert_int_equal(stats().counted[MEMMON_CLASS_KMALLOC], 3);
	assert_int_equal(stats().counted[MEMMON_CLASS_KFREE], 1);
	assert_int_equal(stats().filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(stats().interval, 1);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_DISABLE, NULL), 0);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS, rows, 8), 1);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TURN, NULL), 0);
	assert_int_equal(stats().began, stats().now);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS_LAST, rows, 8), 1);
}

/* A death is counted in the row of its birth, wherever it comes to pass. */
static void deaths_go_to_the_row_of_the_birth(void **state)
{
	static const u32 keys = MEMMON_TOTALS_KEY(SITE) | MEMMON_TOTALS_KEY(TGID) |
				MEMMON_TOTALS_KEY(CGROUP) | MEMMON_TOTALS_KEY(SIZE) |
				MEMMON_TOTALS_KEY(CONTEXT) | MEMMON_TOTALS_KEY(CACHE);
	struct memmon_total rows[8];
	u64 died = 0, died_bytes = 0;
	u32 nr, i;

	(void)state;
	begin(MEMMON_OPTION_LEDGER, keys);
	kmalloc_at(A_SITE, shim_memory, 64);
	kmalloc_at(A_SITE, shim_memory + 64, 64);
	shim_cpu = 1;
	current->tgid = 999;
	SESSIONS_FIRE(kfree, A_SITE + 9, shim_memory);
	shim_cpu = 0;
	current->tgid = 300;
	nr = read_table(MEMMON_TABLE_TOTALS, rows, 8);
	assert_int_equal(nr, 3);
	for (i = 0; i < nr; i++) {
		if (rows[i].event_class != MEMMON_CLASS_KMALLOC)
			continue;
		assert_int_equal(rows[i].call_site, A_SITE);
		assert_int_equal(rows[i].tgid, 300);
		assert_int_equal(rows[i].cpu ? 0 : 2, rows[i].count);
		died += rows[i].died;
		died_bytes += rows[i].died_bytes;
	}
	assert_int_equal(died, 1);
	assert_int_equal(died_bytes, 64);
	/* A request that got nothing is dead at once. */
	kmalloc_at(A_SITE, NULL, 64);
	read_table(MEMMON_TABLE_TOTALS, rows, 8);
	for (i = 0, died = 0; i < nr; i++)
		died += rows[i].died;
	assert_int_equal(died, 2);
}

/* Blocks of pages may go in parts; the row has what is left of them. */
static void parts_of_blocks_die(void **state)
{
	/* A block is aligned to its size. */
	struct page *block = &shim_pages[4 + page_to_pfn(shim_pages) % 2];
	struct memmon_total rows[8];

	(void)state;
	begin(MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS, MEMMON_TOTALS_KEY(ORDER));
	SESSIONS_FIRE(mm_page_alloc, block, 1, 0xcc0, 0);
	SESSIONS_FIRE(mm_page_free, block + 1, 0);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS, rows, 8), 2);
	assert_int_equal(rows[0].died + rows[1].died, 0);
	assert_int_equal(rows[0].died_bytes + rows[1].died_bytes, PAGE_SIZE);
	SESSIONS_FIRE(mm_page_free, block, 0);
	read_table(MEMMON_TABLE_TOTALS, rows, 8);
	assert_int_equal(rows[0].died + rows[1].died, 1);
	assert_int_equal(rows[0].died_bytes + rows[1].died_bytes, 2 * PAGE_SIZE);
}

/* Other code that comes to the same address gets another row. */
static void code_that_goes_keeps_its_row(void **state)
{
	struct memmon_total rows[8];
	u32 i, gone = 0;

	(void)state;
	begin(MEMMON_OPTION_NO_RINGS, MEMMON_TOTALS_KEY(SITE));
	kmalloc_at(A_SITE, shim_memory, 64);
	kmalloc_at(A_SITE, shim_memory, 64);
	memmon_totals_retire(A_SITE - 10, A_SITE + 10);
	kmalloc_at(A_SITE, shim_memory, 64);
	assert_int_equal(read_table(MEMMON_TABLE_TOTALS, rows, 8), 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(rows[i].call_site, A_SITE);
		assert_int_equal(rows[i].count, rows[i].flags & MEMMON_TOTAL_GONE ? 2 : 1);
		gone += !!(rows[i].flags & MEMMON_TOTAL_GONE);
	}
	assert_int_equal(gone, 1);
}

/* What a ring of the session would not record is not counted either. */
static void filters_and_readers_are_left_out(void **state)
{
	struct memmon_options o = wishes(0, 0);

	(void)state;
	o.flags &= ~MEMMON_OPTION_WITH_SELF;
	o.filter.conditions = 1U << MEMMON_FILTERED_BYTES;
	o.filter.min_bytes = 100;
	o.filter.max_bytes = U64_MAX;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
	kmalloc_at(A_SITE, shim_memory, 512);
	current->tgid = 301;
	kmalloc_at(A_SITE, shim_memory, 64);
	kmalloc_at(A_SITE, shim_memory, 512);
	current->tgid = 300;
	assert_int_equal(stats().filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(stats().filtered[MEMMON_FILTERED_BYTES], 1);
	assert_int_equal(stats().counted[MEMMON_CLASS_KMALLOC], 1);
	assert_int_equal(stats().seen[MEMMON_CLASS_KMALLOC], 3);
	assert_int_equal(devices_stats(&file).recorded, 1);
	assert_int_equal(devices_stats(&file).filtered[MEMMON_FILTERED_SELF], 1);
}

/* Any position is refused, or read as what it is. */
static void positions_may_be_anything(void **state)
{
	struct memmon_cursor cursor = { .size = sizeof(cursor), .capacity = 8 };
	struct memmon_total rows[8];
	unsigned int bit;

	(void)state;
	begin(MEMMON_OPTION_NO_RINGS, 0);
	kmalloc_at(A_SITE, shim_memory, 64);
	for (bit = 0; bit < 64; bit++) {
		cursor.table = MEMMON_TABLE_TOTALS + bit % 2;
		cursor.to = (unsigned long)rows;
		cursor.position = ~0ULL >> bit;
		assert_int_equal(devices_ioctl(&file, MEMMON_IOC_TABLE, &cursor), 0);
		assert_in_range(cursor.nr, 0, 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wishes_without_sense_are_refused),	 TEST(no_wish_is_a_default),
		TEST(a_lack_of_memory_can_be_got_over),	 TEST(rows_count_and_intervals_end),
		TEST(deaths_go_to_the_row_of_the_birth), TEST(parts_of_blocks_die),
		TEST(code_that_goes_keeps_its_row),	 TEST(filters_and_readers_are_left_out),
		TEST(positions_may_be_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
