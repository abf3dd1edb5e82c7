// SPDX-License-Identifier: GPL-2.0
/* Tests how the module finds out what the kernel looks like. */
#include "layout.h"
#include "shim.h"
#include "unit.h"

#define INNER_SITE 0xffffffff81000010
#define OUTER_SITE 0xffffffff81234567

static const char *const tracepoints[] = { "kmalloc", NULL };

static int start(void **state)
{
	(void)state;
	memmon_layout = (struct memmon_layout){ .name_offset = -1, .slab_cache_offset = -1 };
	shim_caches_differ = false;
	shim_allocations_left = -1;
	shim_tracepoints = tracepoints;
	shim_tracepoint_error = 0;
	shim_kmalloc_sites[0] = INNER_SITE;
	shim_kmalloc_sites[1] = OUTER_SITE;
	return 0;
}

static void finds_names_and_caches(void **state)
{
	(void)state;
	assert_int_equal(memmon_layout_find_cache(), 0);
	assert_int_equal(memmon_layout.name_offset, offsetof(struct kmem_cache, name));
	assert_int_equal(memmon_layout.slab_cache_offset, offsetof(struct page, slab_cache));
}

static void does_not_trust_one_cache(void **state)
{
	(void)state;
	shim_caches_differ = true;
	assert_int_equal(memmon_layout_find_cache(), 0);
	assert_int_equal(memmon_layout.name_offset, -1);
	assert_int_equal(memmon_layout.slab_cache_offset, offsetof(struct page, slab_cache));
}

static void without_a_cache_there_is_no_layout(void **state)
{
	int left;

	(void)state;
	for (left = 0; left < 3; left += 2) {
		shim_allocations_left = left;
		assert_int_equal(memmon_layout_find_cache(), -ENOMEM);
		assert_int_equal(memmon_layout.name_offset, -1);
	}
}

static void two_events_for_one_request_show_the_inner_site(void **state)
{
	(void)state;
	shim_kmalloc_events = 2;
	assert_int_equal(memmon_layout_find_inner_sites(), 0);
	assert_int_equal(memmon_layout.nr_inner_sites, 1);
	assert_true(memmon_layout_is_inner(INNER_SITE));
	assert_false(memmon_layout_is_inner(OUTER_SITE));
	assert_null(shim_handler("kmalloc"));
}

static void one_event_for_one_request_shows_none(void **state)
{
	(void)state;
	shim_kmalloc_events = 1;
	assert_int_equal(memmon_layout_find_inner_sites(), 0);
	assert_int_equal(memmon_layout.nr_inner_sites, 0);
	assert_false(memmon_layout_is_inner(INNER_SITE));
}

static void without_the_tracepoint_there_is_nothing_to_learn(void **state)
{
	(void)state;
	shim_tracepoints = NULL;
	assert_int_equal(memmon_layout_find_inner_sites(), 0);
	assert_int_equal(memmon_layout.nr_inner_sites, 0);
}

static void a_tracepoint_that_cannot_be_watched_is_an_error(void **state)
{
	(void)state;
	shim_tracepoint_error = -ENOMEM;
	assert_int_equal(memmon_layout_find_inner_sites(), -ENOMEM);
}

static void requests_that_fail_are_survived(void **state)
{
	int left;

	(void)state;
	shim_kmalloc_events = 2;
	for (left = 0; left < 4; left++) {
		start(state);
		shim_allocations_left = left;
		assert_int_equal(memmon_layout_find_inner_sites(), 0);
		assert_null(shim_handler("kmalloc"));
	}
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_names_and_caches),
		TEST(does_not_trust_one_cache),
		TEST(without_a_cache_there_is_no_layout),
		TEST(two_events_for_one_request_show_the_inner_site),
		TEST(one_event_for_one_request_shows_none),
		TEST(without_the_tracepoint_there_is_nothing_to_learn),
		TEST(a_tracepoint_that_cannot_be_watched_is_an_error),
		TEST(requests_that_fail_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
