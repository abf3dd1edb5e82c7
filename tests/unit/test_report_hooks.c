// SPDX-License-Identifier: GPL-2.0
/* Tests what a report makes of the events of hooks: the paths of the allocators without a tracepoint. */
#include "report_on.h"

/* What is given to kfree_rcu() is held until its free; what krealloc() leaves in place is held as before. */
static void hooks_tell_the_end(void **state)
{
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_alloc = 64 },
		{ .event_class = MEMMON_CLASS_CACHE_ALLOC_BULK, .object = 128, .bytes_alloc = 32 },
		{ .event_class = MEMMON_CLASS_CACHE_ALLOC_BULK, .object = 192, .bytes_alloc = 32 },
		{ .event_class = MEMMON_CLASS_RCU_QUEUE, .object = 64 },
		{ .event_class = MEMMON_CLASS_KREALLOC, .object = 128, .bytes_req = 30 },
		{ .event_class = MEMMON_CLASS_KREALLOC, .object = 500, .bytes_req = 30 },
		{ .event_class = MEMMON_CLASS_RCU_FREE, .object = 64 },
		{ .event_class = MEMMON_CLASS_CACHE_FREE_BULK, .object = 192 },
	};
	const struct memmon_sums *sums;
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	report = report_on(&fake, MEMMON_KEY_CONTEXT, records, 4);
	assert_int_equal(memmon_report_total(report, SLAB)->outstanding_objects, 3);
	memmon_report_destroy(report);
	report = report_on(&fake, MEMMON_KEY_CONTEXT, records, 8);
	sums = memmon_report_total(report, SLAB);
	assert_int_equal(sums->requests, 3);
	assert_int_equal(sums->frees, 2);
	assert_int_equal(sums->bytes_taken, 128);
	assert_int_equal(sums->outstanding_objects, 1);
	assert_int_equal(sums->outstanding_bytes, 32);
	assert_int_equal(sums->peak_bytes, 128);
	assert_int_equal(sums->unknown_frees, 0);
	memmon_report_destroy(report);
}

static void areas_are_told_apart(void **state)
{
	const struct memmon_record area = {
		.event_class = MEMMON_CLASS_VMALLOC,
		.object = 0xffffc90000000000,
		.bytes_req = 5000,
		.bytes_alloc = 8192,
	};
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_alloc = 64 },
		area,
		area,
	};
	struct memmon_report *report;
	struct fake_reader fake;
	uint64_t value;

	(void)state;
	fake_reader_init(&fake);
	report = report_on(&fake, MEMMON_KEY_CACHE, records, 1);
	assert_false(memmon_report_has_areas(report));
	memmon_report_destroy(report);
	records[2].event_class = MEMMON_CLASS_PERCPU_ALLOC;
	records[2].object = 0x607f00000000;
	report = report_on(&fake, MEMMON_KEY_CACHE, records, 3);
	assert_true(memmon_report_has_areas(report));
	assert_int_equal(memmon_report_count(report, SLAB), 3);
	assert_name(report, SLAB, 1, "vmalloc", "vmalloc");
	assert_name(report, SLAB, 2, "percpu", "percpu");
	assert_false(memmon_report_value(report, SLAB, 1, 0, &value));
	assert_false(memmon_report_is_size_class(report, SLAB, 1));
	memmon_report_destroy(report);
}

static void a_page_in_bulk_is_no_second_one(void **state)
{
	struct memmon_record records[] = {
		{ .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 9, .bytes_alloc = 4096 },
		{ .event_class = MEMMON_CLASS_PAGE_ALLOC_BULK, .object = 9, .bytes_alloc = 4096 },
		{ .event_class = MEMMON_CLASS_PAGE_ALLOC_BULK, .object = 10, .bytes_alloc = 4096 },
		{ .event_class = MEMMON_CLASS_PAGE_EXTFRAG, .object = 10, .bytes_alloc = 8192 },
		{ .event_class = MEMMON_CLASS_PAGE_FREE, .object = 9, .bytes_alloc = 4096 },
	};
	const struct memmon_sums *sums;
	struct memmon_report *report;
	struct fake_reader fake;

	(void)state;
	fake_reader_init(&fake);
	records[2].call_site = 0xffffffff81000010;
	report = report_on(&fake, MEMMON_KEY_SITE, records, 5);
	sums = memmon_report_total(report, PAGES);
	assert_int_equal(sums->requests, 2);
	assert_int_equal(sums->frees, 1);
	assert_int_equal(sums->outstanding_bytes, 4096);
	assert_name(report, PAGES, 0, "-", "-");
	assert_name(report, PAGES, 1, "0xffffffff81000010", "(not known)");
	assert_int_equal(memmon_report_count(report, SLAB), 0);
	memmon_report_destroy(report);
}

static void assert_unseen_on(uint32_t kernel, uint32_t missing, uint32_t classes,
			     uint32_t conditions, uint32_t slab)
{
	const struct memmon_report_options options = {
		.nr_keys = 1,
		.until_ns = UINT64_MAX,
	};
	struct memmon_report *report;
	struct fake_reader fake;

	fake_reader_init(&fake);
	fake.machine.classes = kernel;
	fake.loss.missing_classes = missing;
	fake.options.classes = classes;
	fake.options.filter.conditions = conditions;
	assert_int_equal(memmon_report_create(&fake.reader, &options, &report), 0);
	assert_int_equal(memmon_report_unseen(report, SLAB), slab);
	assert_int_equal(memmon_report_unseen(report, PAGES), 0);
	memmon_report_destroy(report);
}

static void assert_unseen(uint32_t classes, uint32_t conditions, uint32_t slab)
{
	assert_unseen_on(0, 0, classes, conditions, slab);
}

/* What a kernel has no path for is not missed; what could not be attached is. */
static void paths_of_a_kernel(void **state)
{
	const uint32_t all = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK;
	const uint32_t old = all & ~(CLASS(RCU_FREE) | CLASS(KFREE_NOLOCK));

	(void)state;
	assert_unseen_on(old, 0, old, 0, 0);
	assert_unseen_on(old, 0, MEMMON_CLASSES_TRACEPOINT, 0, CLASS(CACHE_FREE_BULK));
	assert_unseen_on(old, CLASS(RCU_FREE) | CLASS(KFREE_NOLOCK), all, 0, 0);
	assert_unseen_on(all, CLASS(CACHE_FREE_BULK) | CLASS(VFREE), all, 0,
			 CLASS(CACHE_FREE_BULK));
}

static void paths_that_were_not_recorded(void **state)
{
	const uint32_t frees = CLASS(CACHE_FREE_BULK) | CLASS(RCU_FREE) | CLASS(KFREE_NOLOCK);
	const uint32_t both = CLASS(KMALLOC) | CLASS(KFREE);

	(void)state;
	assert_unseen(0, 0, frees);
	assert_unseen(MEMMON_CLASSES_TRACEPOINT, 0, frees);
	assert_unseen(MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK, 0, 0);
	assert_unseen(both | CLASS(CACHE_FREE_BULK), 0, CLASS(RCU_FREE) | CLASS(KFREE_NOLOCK));
	assert_unseen(both, CONDITION(GFP), 0);
	assert_unseen(CLASS(PAGE_ALLOC) | CLASS(PAGE_FREE), 0, 0);
	assert_unseen(CLASS(VMALLOC) | CLASS(VFREE), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hooks_tell_the_end),
		cmocka_unit_test(areas_are_told_apart),
		cmocka_unit_test(a_page_in_bulk_is_no_second_one),
		cmocka_unit_test(paths_that_were_not_recorded),
		cmocka_unit_test(paths_of_a_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
