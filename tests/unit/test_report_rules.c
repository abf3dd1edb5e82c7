// SPDX-License-Identifier: GPL-2.0
/* Tests what a report says of single events: names, frees that cannot be known, what is not counted twice. */
#include <errno.h>
#include <string.h>

#include "report_on.h"

static void assert_one_name(enum memmon_key key, struct memmon_record record, const char *full,
			    const char *stable)
{
	enum memmon_section section = record.event_class == MEMMON_CLASS_PAGE_ALLOC ? PAGES : SLAB;
	struct memmon_report *report;
	struct fake_reader fake;

	fake_reader_init(&fake);
	fake.cgroup = "/user.slice";
	report = report_on(&fake, key, &record, 1);
	assert_name(report, section, 0, full, stable);
	memmon_report_destroy(report);
}

static void rows_have_names(void **state)
{
	const struct memmon_record kmalloc = {
		.event_class = MEMMON_CLASS_KMALLOC,
		.object = 64,
		.call_site = 0xffffffff81000010,
		.bytes_req = 65,
		.bytes_alloc = 96,
		.tgid = 7,
		.comm = "bash",
	};
	struct memmon_record page = {
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.object = 64,
		.detail = MEMMON_PAGE_DETAIL(3, 2, 0),
		.bytes_req = 32768,
		.bytes_alloc = 32768,
		.pid_node = 1 << MEMMON_PID_BITS,
	};
	struct memmon_record record = kmalloc;

	(void)state;
	assert_one_name(MEMMON_KEY_CACHE, kmalloc, "kmalloc-96", "kmalloc-96");
	record.bytes_alloc = 2048;
	assert_one_name(MEMMON_KEY_CACHE, record, "kmalloc-2k", "kmalloc-2k");
	record.bytes_alloc = 16384;
	assert_one_name(MEMMON_KEY_CACHE, record, "kmalloc-large", "kmalloc-large");
	record.event_class = MEMMON_CLASS_CACHE_ALLOC;
	assert_one_name(MEMMON_KEY_CACHE, record, "(not known)", "(not known)");
	record.detail = 1;
	assert_one_name(MEMMON_KEY_CACHE, record, "dentry", "dentry");
	record.detail = 77;
	assert_one_name(MEMMON_KEY_CACHE, record, "cache@77", "cache@77");
	assert_one_name(MEMMON_KEY_CACHE, page, "-", "-");
	assert_one_name(MEMMON_KEY_SITE, page, "-", "-");
	assert_one_name(MEMMON_KEY_SITE, kmalloc, "0xffffffff81000010", "(not known)");
	assert_one_name(MEMMON_KEY_PROCESS, kmalloc, "bash (7)", "bash");
	assert_one_name(MEMMON_KEY_CGROUP, kmalloc, "/user.slice", "/user.slice");
	assert_one_name(MEMMON_KEY_SIZE, kmalloc, "65-128", "65-128");
	assert_one_name(MEMMON_KEY_SIZE, page, "16385-32768", "16385-32768");
	assert_one_name(MEMMON_KEY_ORDER, page, "3", "3");
	assert_one_name(MEMMON_KEY_ORDER, kmalloc, "-", "-");
	assert_one_name(MEMMON_KEY_ZONE, page, "Normal", "Normal");
	assert_one_name(MEMMON_KEY_NODE, page, "1", "1");
	record = kmalloc;
	record.context = MEMMON_CONTEXT_SOFTIRQ;
	assert_one_name(MEMMON_KEY_PROCESS, record, "(softirq)", "(softirq)");
	assert_one_name(MEMMON_KEY_CGROUP, record, "(softirq)", "(softirq)");
	assert_one_name(MEMMON_KEY_CONTEXT, record, "softirq", "softirq");
}

static void calls_round_sizes_up(void **state)
{
	static const struct {
		uint32_t bytes;
		const char *name;
	} cases[] = {
		{ 1, "kmalloc-8" },	{ 8, "kmalloc-8" },	{ 65, "kmalloc-96" },
		{ 96, "kmalloc-96" },	{ 97, "kmalloc-128" },	{ 129, "kmalloc-192" },
		{ 193, "kmalloc-256" }, { 8192, "kmalloc-8k" }, { 8193, "kmalloc-large" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct memmon_record record = {
			.event_class = MEMMON_CLASS_CALL_KMALLOC,
			.bytes_req = cases[i].bytes,
		};

		assert_one_name(MEMMON_KEY_CACHE, record, cases[i].name, cases[i].name);
	}
}

static void a_batched_free_is_no_second_one(void **state)
{
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 9, .bytes_alloc = 4096 },
		{ .event_class = MEMMON_CLASS_PAGE_FREE, .object = 9, .bytes_alloc = 4096 },
		{ .event_class = MEMMON_CLASS_PAGE_FREE_BATCHED, .object = 9, .bytes_alloc = 4096 },
	};
	const struct memmon_sums *sums;
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	report = report_on(&fake, MEMMON_KEY_ORDER, records, 3);
	sums = memmon_report_total(report, PAGES);
	assert_int_equal(sums->frees, 1);
	assert_int_equal(sums->unknown_frees, 0);
	assert_int_equal(sums->lifetime_min_ns, 1000);
	assert_int_equal(memmon_report_count(report, SLAB), 0);
	memmon_report_destroy(report);
}

/* The kernel frees what a key of its own asked for: the row of the request has the free. */
static void a_free_counts_where_the_object_came_from(void **state)
{
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .tgid = 1, .comm = "a" },
		{ .event_class = MEMMON_CLASS_KFREE, .object = 64, .tgid = 2, .comm = "b" },
		{ .event_class = MEMMON_CLASS_KFREE, .object = 64, .tgid = 2, .comm = "b" },
	};
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	report = report_on(&fake, MEMMON_KEY_PROCESS, records, 3);
	assert_int_equal(memmon_report_count(report, SLAB), 2);
	assert_name(report, SLAB, 0, "a (1)", "a");
	assert_int_equal(memmon_report_sums(report, SLAB, 0)->frees, 1);
	assert_name(report, SLAB, 1, "b (2)", "b");
	assert_int_equal(memmon_report_sums(report, SLAB, 1)->unknown_frees, 1);
	assert_int_equal(memmon_report_sums(report, SLAB, 1)->requests, 0);
	memmon_report_destroy(report);
}

static void assert_frees(uint32_t classes, uint32_t conditions, enum memmon_frees slab,
			 enum memmon_frees pages)
{
	const struct memmon_report_options options = {
		.nr_keys = 1,
		.until_ns = UINT64_MAX,
	};
	struct memmon_report *report;
	struct fake_reader fake;

	fake_reader_init(&fake);
	fake.options.classes = classes;
	fake.options.filter.conditions = conditions;
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), 0);
	assert_int_equal(memmon_report_frees(report, SLAB), slab);
	assert_int_equal(memmon_report_frees(report, PAGES), pages);
	memmon_report_destroy(report);
}

static void what_filters_let_through_of_frees(void **state)
{
	(void)state;
	assert_frees(0, 0, MEMMON_FREES_ALL, MEMMON_FREES_ALL);
	assert_frees(0, CONDITION(CACHE), MEMMON_FREES_ALL, MEMMON_FREES_ALL);
	assert_frees(0, CONDITION(SAMPLE), MEMMON_FREES_ALL, MEMMON_FREES_ALL);
	assert_frees(0, CONDITION(TGID), MEMMON_FREES_SOME, MEMMON_FREES_SOME);
	assert_frees(0, CONDITION(CONTEXT), MEMMON_FREES_SOME, MEMMON_FREES_SOME);
	assert_frees(0, CONDITION(GFP), MEMMON_FREES_NONE, MEMMON_FREES_NONE);
	assert_frees(0, CONDITION(BYTES), MEMMON_FREES_NONE, MEMMON_FREES_SOME);
	assert_frees(0, CONDITION(ORDER), MEMMON_FREES_NONE, MEMMON_FREES_SOME);
	assert_frees(0, CONDITION(SITE), MEMMON_FREES_NONE, MEMMON_FREES_ALL);
	assert_frees(CLASS(KMALLOC), 0, MEMMON_FREES_NONE, MEMMON_FREES_NONE);
	assert_frees(CLASS(KMALLOC) | CLASS(KFREE), 0, MEMMON_FREES_ALL, MEMMON_FREES_NONE);
	assert_frees(CLASS(CACHE_ALLOC) | CLASS(CACHE_FREE), 0, MEMMON_FREES_SOME,
		     MEMMON_FREES_NONE);
	assert_frees(CLASS(PAGE_ALLOC) | CLASS(PAGE_FREE_BATCHED), 0, MEMMON_FREES_ALL,
		     MEMMON_FREES_NONE);
	assert_frees(MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK, 0, MEMMON_FREES_ALL,
		     MEMMON_FREES_ALL);
	assert_frees(MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK, CONDITION(SITE),
		     MEMMON_FREES_NONE, MEMMON_FREES_NONE);
	assert_frees(CLASS(CACHE_ALLOC_BULK) | CLASS(CACHE_FREE_BULK), 0, MEMMON_FREES_SOME,
		     MEMMON_FREES_NONE);
	assert_frees(CLASS(CACHE_ALLOC_BULK) | CLASS(KFREE), 0, MEMMON_FREES_NONE,
		     MEMMON_FREES_NONE);
	assert_frees(CLASS(VMALLOC), 0, MEMMON_FREES_NONE, MEMMON_FREES_NONE);
	assert_frees(CLASS(VMALLOC) | CLASS(VFREE), 0, MEMMON_FREES_ALL, MEMMON_FREES_NONE);
}

/* With no frees in the events, nothing is remembered, and nothing is called outstanding. */
static void without_frees_nothing_is_outstanding(void **state)
{
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_alloc = 64 },
		{ .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_alloc = 64 },
	};
	const struct memmon_sums *sums;
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	fake.options.classes = CLASS(KMALLOC);
	report = report_on(&fake, MEMMON_KEY_CACHE, records, 2);
	sums = memmon_report_total(report, SLAB);
	assert_int_equal(sums->requests, 2);
	assert_int_equal(sums->bytes_taken, 128);
	assert_int_equal(sums->outstanding_objects + sums->peak_objects + sums->reused, 0);
	memmon_report_destroy(report);
}

static bool is_large(void *arg, const struct memmon_event *event)
{
	return event->record->bytes_alloc >= *(uint32_t *)arg;
}

static void chosen_requests_take_their_frees_along(void **state)
{
	struct memmon_record records[] = {
		{ .time = 1, .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_alloc = 64 },
		{ .time = 2, .event_class = MEMMON_CLASS_KMALLOC, .object = 1, .bytes_alloc = 512 },
		{ .time = 3, .event_class = MEMMON_CLASS_KFREE, .object = 64 },
		{ .time = 4, .event_class = MEMMON_CLASS_KFREE, .object = 1 },
	};
	uint32_t least = 100;
	struct memmon_report_options options = {
		.nr_keys = 1,
		.until_ns = UINT64_MAX,
		.is_wanted = is_large,
		.arg = &least,
	};
	const struct memmon_sums *sums;
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), 0);
	for (size_t i = 0; i < 4; i++) {
		const struct memmon_event event = { .record = &records[i] };

		assert_int_equal(memmon_report_add(report, &event, 1), 0);
	}
	assert_int_equal(memmon_report_finish(report), 0);
	sums = memmon_report_total(report, SLAB);
	assert_int_equal(sums->requests, 1);
	assert_int_equal(sums->frees, 1);
	assert_int_equal(sums->unknown_frees, 0);
	memmon_report_destroy(report);
}

static void options_that_make_no_sense(void **state)
{
	struct memmon_report_options options = { .nr_keys = 0, .until_ns = UINT64_MAX };
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), -EINVAL);
	options.nr_keys = MEMMON_REPORT_MAX_KEYS + 1;
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), -EINVAL);
	options.nr_keys = 1;
	options.from_ns = options.until_ns = 5;
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_names),
		cmocka_unit_test(calls_round_sizes_up),
		cmocka_unit_test(a_batched_free_is_no_second_one),
		cmocka_unit_test(a_free_counts_where_the_object_came_from),
		cmocka_unit_test(what_filters_let_through_of_frees),
		cmocka_unit_test(without_frees_nothing_is_outstanding),
		cmocka_unit_test(chosen_requests_take_their_frees_along),
		cmocka_unit_test(options_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
