// SPDX-License-Identifier: GPL-2.0
/* Tests the views of a session's totals, and its books, with a device in memory. */
#include "totals_taken.h"

static void interrupts_and_others_have_rows_of_their_own(void **state)
{
	const struct memmon_total rows[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .context = MEMMON_CONTEXT_SOFTIRQ,
		  .count = 5 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 2, .context = MEMMON_CONTEXT_SOFTIRQ,
		  .count = 6 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 2, .comm = "sh", .cgroup = 1ULL << 40,
		  .count = 1 },
		{ CLASS(KMALLOC), .flags = MEMMON_TOTAL_OTHER, .count = 2 },
		{ CLASS(KFREE), .cpu = 1, .flags = MEMMON_TOTAL_OTHER, .count = 3 },
	};
	struct memmon_totals_view *processes = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID);
	struct memmon_totals_view *cgroups = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CGROUP);

	(void)state;
	LOOK(rows);
	assert_int_equal(find(processes, "(softirq)")->total.requests, 11);
	assert_int_equal(find(processes, "sh (2)")->total.requests, 1);
	assert_int_equal(find(processes, "(other)")->total.requests, 2);
	assert_int_equal(find(processes, "(other)")->total.frees, 3);
	assert_int_equal(find(cgroups, "(softirq)")->total.requests, 11);
	assert_int_equal(find(cgroups, "cgroup@1099511627776")->total.requests, 1);
}

static void pages_are_kept_apart(void **state)
{
	const struct memmon_total rows[] = {
		{ CLASS(PAGE_ALLOC), .order = 2, .tgid = 1, .count = 3, .bytes_alloc = 49152 },
		{ CLASS(PAGE_FREE), .order = 2, .tgid = 1, .count = 1, .bytes_alloc = 16384 },
		{ CLASS(PAGE_FREE_BATCHED), .order = 0, .tgid = 1, .count = 7 },
		{ CLASS(KMALLOC), .tgid = 1, .count = 1, .bytes_alloc = 65536 },
		{ CLASS(VMALLOC), .tgid = 1, .count = 2, .bytes_alloc = 8192 },
		{ CLASS(PERCPU_ALLOC), .tgid = 1, .count = 4, .bytes_alloc = 64 },
		{ CLASS(CACHE_ALLOC), .tgid = 1, .cache = 9, .count = 5 },
	};
	struct memmon_totals_view *orders = open_view(MEMMON_SECTION_PAGES, MEMMON_TOTAL_ORDER);
	struct memmon_totals_view *caches = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CACHE);
	struct memmon_totals_view *sites = open_view(MEMMON_SECTION_PAGES, MEMMON_TOTAL_SITE);

	(void)state;
	LOOK(rows);
	assert_int_equal(memmon_totals_view_count(orders), 1);
	assert_int_equal(find(orders, "order 2")->total.requests, 3);
	assert_int_equal(find(orders, "order 2")->total.frees, 1);
	assert_int_equal(find(sites, "(none)")->total.requests, 3);
	assert_int_equal(memmon_totals_view_count(caches), 4);
	assert_int_equal(find(caches, "kmalloc-large")->total.requests, 1);
	assert_int_equal(find(caches, "vmalloc")->total.requests, 2);
	assert_int_equal(find(caches, "percpu")->total.requests, 4);
	assert_int_equal(find(caches, "cache@9")->total.requests, 5);
}

static void one_can_go_into_a_row(void **state)
{
	struct memmon_total rows[] = {
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1000, .tgid = 1, .count = 1 },
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x2000, .tgid = 1, .count = 2 },
		{ CLASS(KMALLOC), .cache = 7, .call_site = 0x1000, .tgid = 1, .count = 4 },
		{ CLASS(KMALLOC), .cache = 3, .call_site = 0x1000, .tgid = 2, .count = 8 },
	};
	struct memmon_totals_where where[2] = { { MEMMON_TOTAL_CACHE, 3 },
						{ MEMMON_TOTAL_SITE, 0 } };
	struct memmon_totals_view *sites, *processes;
	const struct memmon_totals_row *row;

	(void)state;
	LOOK(rows);
	assert_int_equal(memmon_totals_view_open(totals, MEMMON_SECTION_SLAB, MEMMON_TOTAL_SITE,
						 where, 1, &sites),
			 0);
	assert_int_equal(memmon_totals_view_count(sites), 2);
	row = memmon_totals_view_at(sites, 0);
	where[1].part = row->part;
	/* It begins with the last interval. */
	assert_int_equal(row->total.requests, 9);
	assert_int_equal(row->last.requests, 9);
	assert_int_equal(row->rates[0], 18);
	assert_int_equal(memmon_totals_view_open(totals, MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID,
						 where, 2, &processes),
			 0);
	assert_int_equal(memmon_totals_view_count(processes), 2);
	rows[3].count = 10;
	rows[2].count = 100;
	LOOK(rows);
	assert_int_equal(memmon_totals_view_at(sites, 0)->total.requests, 11);
	assert_int_equal(memmon_totals_view_sum(processes)->total.requests, 11);
	assert_int_equal(memmon_totals_view_sum(processes)->last.requests, 2);
	memmon_totals_view_close(sites);
	LOOK(rows);
	assert_int_equal(memmon_totals_view_sum(processes)->total.requests, 11);
}

static void growth_can_begin_anew(void **state)
{
	struct memmon_total rows[] = {
		{ CLASS(KMALLOC), .cache = 3, .tgid = 1, .count = 1, .bytes_alloc = 64 },
		{ CLASS(KMALLOC), .cache = 3, .tgid = 2, .count = 1, .bytes_alloc = 64 },
	};
	struct memmon_totals_view *view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CACHE);
	struct memmon_totals_view *later;

	(void)state;
	look(rows, 1);
	memmon_totals_restart(totals);
	LOOK(rows);
	assert_int_equal(memmon_totals_live_bytes(&memmon_totals_view_at(view, 0)->total), 128);
	assert_int_equal(memmon_totals_live_bytes(&memmon_totals_view_at(view, 0)->base), 64);
	later = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_TGID);
	assert_int_equal(memmon_totals_live_bytes(&memmon_totals_view_sum(later)->base), 64);
}

static void books_are_told(void **state)
{
	const struct memmon_totals_books *books = memmon_totals_books(totals);

	(void)state;
	fake.totals.seen[1] = 10;
	fake.totals.seen[2] = 20;
	fake.totals.filtered[0] = 3;
	fake.totals.counted[2] = 26;
	fake.totals.other[1] = 4;
	fake.totals.in_flight = 1;
	fake.totals.used = 12;
	fake.ledger.counts[MEMMON_LEDGER_UNTRACKED] = 5;
	fake.stats.dropped[MEMMON_DROPPED_FULL] = 100;
	fake.stats.dropped[MEMMON_DROPPED_KPROBE_MISSED] = 2;
	look(NULL, 0);
	assert_int_equal(books->seen, 30);
	assert_int_equal(books->filtered, 3);
	assert_int_equal(books->counted, 26);
	assert_int_equal(books->in_flight, 1);
	assert_int_equal(books->other, 4);
	assert_int_equal(books->untracked, 5);
	assert_int_equal(books->lost, 2);
	assert_int_equal(books->places, 100);
	assert_int_equal(books->used, 12);
	assert_true(books->has_live);
}

static void mistakes_are_refused(void **state)
{
	const struct memmon_totals_where where = { .key = MEMMON_TOTAL_SIZE };
	struct memmon_totals_view *view;
	struct memmon_totals *other;

	(void)state;
	assert_int_equal(memmon_totals_view_open(totals, 0, MEMMON_TOTAL_NODE, NULL, 0, &view),
			 -EINVAL);
	assert_int_equal(memmon_totals_view_open(totals, 0, MEMMON_TOTAL_SITE, &where, 1, &view),
			 -EINVAL);
	session->options.total_keys &= ~(1U << MEMMON_TOTAL_SITE);
	assert_int_equal(memmon_totals_open_session(session, &other), -EINVAL);
	fake.fail_request = MEMMON_IOC_TOTALS;
	fake.fail_errno = ENODATA;
	assert_int_equal(memmon_totals_look(totals), -ENODATA);
	fake.fail_request = MEMMON_IOC_TABLE;
	fake.fail_errno = EFAULT;
	assert_int_equal(memmon_totals_look(totals), -EFAULT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(interrupts_and_others_have_rows_of_their_own),
		TEST(pages_are_kept_apart),
		TEST(one_can_go_into_a_row),
		TEST(growth_can_begin_anew),
		TEST(books_are_told),
		TEST(mistakes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
