// SPDX-License-Identifier: GPL-2.0
/* Tests totals of a live session, with a device in memory: merging, joining, intervals, views. */
#include <errno.h>
#include <string.h>

#include "fake_device.h"
#include "totals_live.h"
#include "unit.h"

#define CLASS(name) .event_class = MEMMON_CLASS_##name

/* A folder without processes. */
#define NO_PROC "/nonexistent"

static struct memmon_session *session;
static struct memmon_totals *totals;

static void set_rows(const struct memmon_total *rows, uint32_t nr)
{
	fake.tables[MEMMON_TABLE_TOTALS] = (struct fake_table){ .rows = rows, .nr = nr };
}

static void look(const struct memmon_total *rows, uint32_t nr)
{
	set_rows(rows, nr);
	fake.totals.now += 500000000;
	assert_int_equal(memmon_totals_look(totals), 0);
}

#define LOOK(rows) look(rows, sizeof(rows) / sizeof((rows)[0]))

static int start(void **state)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS,
		.total_keys = MEMMON_TOTALS_KEYS,
	};

	(void)state;
	fake_reset();
	fake.caches[0] = (struct memmon_cache_info){ .id = 3, .name = "filp" };
	fake.nr_caches = 1;
	fake.totals = (struct memmon_totals_stats){ .places = 100, .now = 1000 };
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	assert_int_equal(totals_live_open(session, NO_PROC, &totals), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	memmon_totals_close(totals);
	memmon_session_close(session);
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	return 0;
}

static struct memmon_totals_view *open_view(enum memmon_section section, enum memmon_total_key key)
{
	struct memmon_totals_view *view;

	assert_int_equal(memmon_totals_view_open(totals, section, key, NULL, 0, &view), 0);
	return view;
}

/* The row of that name. */
static const struct memmon_totals_row *find(struct memmon_totals_view *view, const char *name)
{
	for (size_t i = 0; i < memmon_totals_view_count(view); i++)
		if (!strcmp(memmon_totals_view_name(view, i), name))
			return memmon_totals_view_at(view, i);
	print_message("there is no row %s\n", name);
	fail();
	return NULL;
}

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
	fake.totals.used = 50;
	LOOK(first);
	assert_int_equal(fake.nr_turns, 0);
	fake.totals.used = 51;
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
		TEST(cpus_and_classes_are_joined),
		TEST(intervals_are_differences),
		TEST(rows_may_come_anywhere),
		TEST(a_site_that_is_loaded_again_is_added),
		TEST(a_full_table_is_emptied),
		TEST(interrupts_and_others_have_rows_of_their_own),
		TEST(pages_are_kept_apart),
		TEST(one_can_go_into_a_row),
		TEST(growth_can_begin_anew),
		TEST(books_are_told),
		TEST(mistakes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
