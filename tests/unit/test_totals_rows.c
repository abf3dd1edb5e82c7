// SPDX-License-Identifier: GPL-2.0
/* Tests how the rows of a session's totals are read: merged, joined, as differences from look to look. */
#include "totals_taken.h"

static void cpus_and_classes_are_joined(void **state)
{
	const struct memmon_total rows[] = {
		{ CLASS(CACHE_ALLOC), .cpu = 0, .cache = 7, .call_site = 0x1000, .tgid = 10,
		  .comm = "one", .cgroup = 1, .count = 5, .bytes_req = 900, .bytes_alloc = 960,
		  .died = 1, .died_bytes = 192 },
		{ CLASS(CACHE_ALLOC), .cpu = 1, .cache = 7, .call_site = 0x1000, .tgid = 10,
		  .cgroup = 1, .count = 2, .bytes_req = 380, .bytes_alloc = 384, .died = 3,
		  .died_bytes = 576 },
		{ CLASS(CACHE_FREE), .cpu = 1, .cache = 7, .call_site = 0x2000, .tgid = 20,
		  .comm = "two", .cgroup = 1, .count = 4, .bytes_alloc = 768 },
		/* Neither a request nor a free. */
		{ CLASS(RCU_QUEUE), .cpu = 1, .cache = 7, .tgid = 20, .count = 9 },
	};
	struct memmon_totals_view *caches = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CACHE);
	struct memmon_totals_view *processes = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID);
	const struct memmon_totals_row *row;

	(void)state;
	LOOK(rows);
	assert_int_equal(memmon_totals_view_count(caches), 1);
	row = find(caches, "dentry");
	assert_int_equal(row->total.requests, 7);
	assert_int_equal(row->total.frees, 4);
	assert_int_equal(row->total.bytes_requested, 1280);
	assert_int_equal(row->total.bytes_taken, 1344);
	assert_int_equal(row->total.bytes_freed, 768);
	assert_int_equal(memmon_totals_live(&row->total), 3);
	assert_int_equal(memmon_totals_live_bytes(&row->total), 576);
	row = find(processes, "one (10)");
	assert_int_equal(row->total.requests, 7);
	assert_int_equal(row->total.frees, 0);
	row = find(processes, "two (20)");
	assert_int_equal(row->total.requests, 0);
	assert_int_equal(row->total.frees, 4);
	row = memmon_totals_view_sum(processes);
	assert_int_equal(row->total.requests, 7);
	assert_int_equal(row->total.frees, 4);
}

static void intervals_are_differences(void **state)
{
	struct memmon_total rows[] = {
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1000, .tgid = 1, .count = 10,
		  .bytes_alloc = 640 },
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1100, .tgid = 1, .count = 1,
		  .bytes_alloc = 64 },
	};
	struct memmon_totals_view *view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CACHE);
	const struct memmon_totals_row *row;

	(void)state;
	LOOK(rows);
	assert_int_equal(memmon_totals_books(totals)->interval_ns, 500000000);
	row = find(view, "filp");
	assert_int_equal(row->last.requests, 11);
	assert_int_equal(row->rates[0], 22);
	assert_int_equal(row->live_bytes[0], 704);
	rows[1].count = 4;
	rows[0].died = 10;
	rows[0].died_bytes = 640;
	LOOK(rows);
	row = find(view, "filp");
	assert_int_equal(row->last.requests, 3);
	assert_int_equal(row->total.requests, 14);
	assert_int_equal(row->rates[1], 6);
	assert_int_equal(row->live_bytes[1], 64);
	LOOK(rows);
	row = find(view, "filp");
	assert_int_equal(row->last.requests, 0);
	assert_int_equal(row->rates[2], 0);
	assert_int_equal(memmon_totals_intervals(totals), 3);
	assert_int_equal(memmon_totals_books(totals)->elapsed_ns, 1500000000);
}

static void rows_may_come_anywhere(void **state)
{
	const struct memmon_total first[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .count = 1 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 3, .count = 3 },
	};
	const struct memmon_total second[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 4, .count = 4 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .count = 2 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 2, .count = 2 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 3, .count = 3 },
	};
	struct memmon_totals_view *view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID);

	(void)state;
	fake.table_piece = 1;
	LOOK(first);
	LOOK(second);
	LOOK(second);
	assert_int_equal(memmon_totals_view_count(view), 4);
	for (size_t i = 0; i < 4; i++) {
		const struct memmon_totals_row *row = memmon_totals_view_at(view, i);

		assert_int_equal(row->total.requests, row->part == 1 ? 2 : row->part);
		assert_int_equal(row->last.requests, 0);
	}
}

static void a_site_that_is_loaded_again_is_added(void **state)
{
	struct memmon_total rows[] = {
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1000, .count = 5 },
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1000, .count = 0 },
	};
	struct memmon_totals_view *view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_SITE);

	(void)state;
	look(rows, 1);
	rows[0].flags = MEMMON_TOTAL_GONE;
	rows[1].count = 2;
	LOOK(rows);
	assert_int_equal(memmon_totals_view_count(view), 1);
	assert_int_equal(memmon_totals_view_at(view, 0)->total.requests, 7);
	assert_int_equal(memmon_totals_view_at(view, 0)->last.requests, 2);
}

static void a_full_table_is_emptied(void **state)
{
	const struct memmon_total first[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .count = 5, .bytes_alloc = 500 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 2, .count = 1, .bytes_alloc = 100 },
	};
	/* Deaths of old births count in the new interval. */
	const struct memmon_total second[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .count = 1, .bytes_alloc = 100, .died = 4,
		  .died_bytes = 400 },
	};
	struct memmon_totals_view *view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID);
	const struct memmon_totals_row *row;

	(void)state;
	fake.totals.used = 25;
	LOOK(first);
	assert_int_equal(fake.nr_turns, 0);
	fake.totals.used = 26;
	LOOK(first);
	assert_int_equal(fake.nr_turns, 1);
	assert_int_equal(memmon_totals_books(totals)->turns, 1);
	row = memmon_totals_view_at(view, 0);
	assert_int_equal(row->total.requests, 5);
	assert_int_equal(row->last.requests, 0);
	fake.totals.used = 1;
	LOOK(second);
	row = memmon_totals_view_at(view, 0);
	assert_int_equal(row->total.requests, 6);
	assert_int_equal(row->last.requests, 1);
	assert_int_equal(memmon_totals_live_bytes(&row->total), 200);
	row = memmon_totals_view_at(view, 1);
	assert_int_equal(row->total.requests, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(cpus_and_classes_are_joined), TEST(intervals_are_differences),
		TEST(rows_may_come_anywhere),	   TEST(a_site_that_is_loaded_again_is_added),
		TEST(a_full_table_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
