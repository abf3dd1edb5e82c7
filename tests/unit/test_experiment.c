// SPDX-License-Identifier: GPL-2.0
/* Tests the analysis of an experiment: peak, growth, order, choice and requests. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memmon.h"
#include "unit.h"

#define HEAD "slabinfo - version: 2.1\n"
#define ROW(name, active) name " " #active " 99999 64 64 1 : tunables 0 0 0 : slabdata 0 0 0\n"

static void add(struct memmon_experiment *experiment, enum memmon_phase phase, const char *text)
{
	struct memmon_slabinfo *info;

	assert_int_equal(memmon_slabinfo_create(&info), 0);
	assert_int_equal(memmon_slabinfo_parse(info, text, strlen(text)), 0);
	assert_int_equal(memmon_experiment_add(experiment, phase, info), 0);
	memmon_slabinfo_destroy(info);
}

/* The numbers of the original run, and caches that come, go, shrink and stay. */
static int create(void **state)
{
	struct memmon_experiment *experiment;

	if (memmon_experiment_create(&experiment))
		return -1;
	add(experiment, MEMMON_BEFORE,
	    HEAD ROW("kmalloc-64", 5632) ROW("kmalloc-128", 15168) ROW("kmalloc-256", 3360)
		    ROW("still", 7) ROW("shrinks", 100) ROW("goes", 10));
	add(experiment, MEMMON_DURING,
	    HEAD ROW("kmalloc-64", 13760) ROW("kmalloc-128", 16000) ROW("kmalloc-256", 7000)
		    ROW("still", 7) ROW("shrinks", 50) ROW("comes", 3) ROW("goes", 10));
	add(experiment, MEMMON_DURING,
	    HEAD ROW("comes", 5) ROW("kmalloc-64", 9000) ROW("kmalloc-128", 17696)
		    ROW("kmalloc-256", 7456) ROW("still", 7) ROW("shrinks", 75));
	add(experiment, MEMMON_AFTER,
	    HEAD ROW("kmalloc-64", 5504) ROW("kmalloc-128", 15552) ROW("kmalloc-256", 3584)
		    ROW("still", 7) ROW("shrinks", 100));
	*state = experiment;
	return 0;
}

static int destroy(void **state)
{
	memmon_experiment_destroy(*state);
	return 0;
}

static size_t select_rows(struct memmon_experiment *experiment, const char *only, const char *also)
{
	size_t nr;

	assert_int_equal(memmon_experiment_select(experiment, only, also, &nr), 0);
	return nr;
}

static void check(const struct memmon_experiment *experiment, size_t i, const char *name,
		  unsigned int before, unsigned int during, unsigned int after)
{
	const struct memmon_row *row = memmon_experiment_at(experiment, i);

	assert_string_equal(row->name, name);
	assert_int_equal(row->before, before);
	assert_int_equal(row->during, during);
	assert_int_equal(row->after, after);
}

static void moved_caches_by_growth(void **state)
{
	assert_int_equal(select_rows(*state, NULL, NULL), 6);
	check(*state, 0, "comes", 0, 5, 0);
	check(*state, 1, "kmalloc-64", 5632, 13760, 5504);
	check(*state, 2, "kmalloc-256", 3360, 7456, 3584);
	check(*state, 3, "kmalloc-128", 15168, 17696, 15552);
	check(*state, 4, "goes", 10, 10, 0);
	check(*state, 5, "shrinks", 100, 75, 100);
}

static void unmoved_caches_when_asked(void **state)
{
	assert_int_equal(select_rows(*state, NULL, "*"), 7);
	check(*state, 4, "goes", 10, 10, 0);
	check(*state, 5, "still", 7, 7, 7);
	assert_int_equal(select_rows(*state, NULL, "st*"), 7);
	assert_int_equal(select_rows(*state, NULL, "other"), 6);
	assert_int_equal(select_rows(*state, "kmalloc-*", "still"), 3);
}

static void patterns_choose(void **state)
{
	assert_int_equal(select_rows(*state, "kmalloc-*,comes", NULL), 4);
	assert_int_equal(select_rows(*state, "kmalloc-64", NULL), 1);
	assert_int_equal(select_rows(*state, "nothing", "*"), 0);
}

static void growth_as_in_the_original_table(void **state)
{
	select_rows(*state, "kmalloc-*", NULL);
	assert_int_equal(lround(10 * memmon_row_growth(memmon_experiment_at(*state, 0))), 1443);
	assert_int_equal(lround(10 * memmon_row_growth(memmon_experiment_at(*state, 1))), 1219);
	assert_int_equal(lround(10 * memmon_row_growth(memmon_experiment_at(*state, 2))), 167);
}

static void growth_of_special_rows(void **state)
{
	struct memmon_row none = { .name = "none" };
	struct memmon_row comes = { .name = "new", .during = 1 };
	struct memmon_row shrinks = { .name = "less", .before = 4, .during = 3 };

	(void)state;
	assert_true(memmon_row_growth(&none) == 0.0);
	assert_true(isinf(memmon_row_growth(&comes)));
	assert_true(memmon_row_growth(&shrinks) == -25.0);
}

static void two_caches_of_one_name_are_one_row(void **state)
{
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	add(experiment, MEMMON_BEFORE, HEAD ROW("twin", 3) ROW("x", 1) ROW("twin", 4));
	add(experiment, MEMMON_DURING, HEAD ROW("twin", 5) ROW("x", 1) ROW("twin", 6));
	assert_int_equal(select_rows(experiment, "twin", NULL), 1);
	check(experiment, 0, "twin", 7, 11, 0);
	memmon_experiment_destroy(experiment);
}

static void ties_go_to_the_larger_gain_and_then_by_name(void **state)
{
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	add(experiment, MEMMON_DURING, HEAD ROW("b", 3) ROW("a", 3) ROW("most", 5) ROW("least", 1));
	assert_int_equal(select_rows(experiment, NULL, NULL), 4);
	check(experiment, 0, "most", 0, 5, 0);
	check(experiment, 1, "a", 0, 3, 0);
	check(experiment, 2, "b", 0, 3, 0);
	check(experiment, 3, "least", 0, 1, 0);
	memmon_experiment_destroy(experiment);
}

static void nothing_gives_no_rows(void **state)
{
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	assert_int_equal(select_rows(experiment, NULL, "*"), 0);
	memmon_experiment_destroy(experiment);
}

#define KMALLOC(bytes) "[kmalloc]: Process 'p' with PID 1 allocated " #bytes " bytes\n"
#define CACHE(name) \
	"[kmem_cache_alloc]: Process 'p' with PID 1 allocated 9 bytes in cache '" name "'\n"
#define PAGES \
	"[alloc_pages]: Process 'p' with PID 1 allocated 4096 bytes (order 0, node 0, zone N)\n"

static uint64_t requests_of(struct memmon_experiment *experiment, const char *name)
{
	const struct memmon_row *row;

	assert_int_equal(select_rows(experiment, name, "*"), 1);
	row = memmon_experiment_at(experiment, 0);
	assert_true(row->has_requests);
	return row->counts.requests;
}

static void requests_by_name_and_size_class(void **state)
{
	static const char text[] = KMALLOC(64) KMALLOC(1) KMALLOC(65) KMALLOC(128) KMALLOC(129)
		KMALLOC(1000) KMALLOC(2048) KMALLOC(4000) CACHE("dentry") CACHE("gone")
			PAGES KMALLOC(64) CACHE("kmalloc-cg-64");
	struct memmon_experiment *experiment;
	struct memmon_log *log;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	add(experiment, MEMMON_BEFORE,
	    HEAD ROW("kmalloc-2k", 1) ROW("kmalloc-64", 1) ROW("kmalloc-128", 1)
		    ROW("kmalloc-cg-64", 1) ROW("kmalloc-1k", 1) ROW("dentry", 1));
	assert_int_equal(memmon_log_parse(text, strlen(text), &log), 0);
	/* The first line came before the experiment, the last two after it. */
	assert_int_equal(memmon_experiment_count_requests(experiment, log, 1, 10), 0);
	assert_int_equal(requests_of(experiment, "kmalloc-64"), 1);
	assert_int_equal(requests_of(experiment, "kmalloc-128"), 2);
	assert_int_equal(requests_of(experiment, "kmalloc-1k"), 2);
	assert_int_equal(requests_of(experiment, "kmalloc-2k"), 1);
	assert_int_equal(requests_of(experiment, "dentry"), 1);
	/* No look has seen this one: it came and went, and is shown without being asked for. */
	assert_int_equal(requests_of(experiment, "gone"), 1);
	assert_int_equal(select_rows(experiment, "gone", NULL), 1);
	select_rows(experiment, "kmalloc-cg-64", "*");
	assert_false(memmon_experiment_at(experiment, 0)->has_requests);
	/* Counting again replaces, it does not add. */
	assert_int_equal(memmon_experiment_count_requests(experiment, log, 0, 1), 0);
	assert_int_equal(requests_of(experiment, "kmalloc-64"), 1);
	assert_int_equal(requests_of(experiment, "dentry"), 0);
	memmon_log_destroy(log);
	memmon_experiment_destroy(experiment);
}

static void lines_that_are_not_there_are_refused(void **state)
{
	static const char text[] = KMALLOC(64);
	struct memmon_log *log;

	assert_int_equal(memmon_log_parse(text, strlen(text), &log), 0);
	assert_int_equal(memmon_experiment_count_requests(*state, log, 0, 2), -EINVAL);
	assert_int_equal(memmon_experiment_count_requests(*state, log, 2, 0), -EINVAL);
	assert_int_equal(memmon_experiment_count_requests(*state, log, 1, SIZE_MAX), -EINVAL);
	assert_int_equal(memmon_experiment_count_requests(*state, log, 1, 0), 0);
	memmon_log_destroy(log);
}

/* One run after the other, whose numbers are known; "late" is there in the last one only. */
static void add_run(struct memmon_experiment *experiment, const char *before, const char *during,
		    const char *after)
{
	add(experiment, MEMMON_BEFORE, before);
	add(experiment, MEMMON_DURING, during);
	add(experiment, MEMMON_AFTER, after);
	memmon_experiment_end_run(experiment);
}

static void runs_have_mean_and_spread(void **state)
{
	struct memmon_experiment *experiment;
	const struct memmon_row *row;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	add_run(experiment, HEAD ROW("x", 100), HEAD ROW("x", 150), HEAD ROW("x", 102));
	add_run(experiment, HEAD ROW("x", 200), HEAD ROW("x", 210), HEAD ROW("x", 198));
	add_run(experiment, HEAD ROW("x", 300), HEAD ROW("x", 360) ROW("late", 9),
		HEAD ROW("x", 300));
	assert_int_equal(memmon_experiment_runs(experiment), 3);
	assert_int_equal(select_rows(experiment, NULL, NULL), 2);
	row = memmon_experiment_at(experiment, 1);
	assert_string_equal(row->name, "x");
	assert_true(memmon_row_level(row, MEMMON_BEFORE) == 200.0);
	assert_true(memmon_row_level(row, MEMMON_DURING) == 240.0);
	assert_true(memmon_row_level(row, MEMMON_AFTER) == 200.0);
	assert_true(memmon_row_growth(row) == 20.0);
	assert_true(memmon_row_gain(row) == 40.0);
	assert_true(memmon_row_leak(row) == 0.0);
	assert_true(memmon_spread_deviation(&row->phases[MEMMON_BEFORE]) == 100.0);
	assert_true(row->phases[MEMMON_DURING].min == 150.0);
	assert_true(row->phases[MEMMON_DURING].max == 360.0);
	/* +50 %, +5 %, +20 % */
	assert_int_equal(row->growth.nr, 3);
	assert_int_equal(lround(row->growth.mean * 1000), 25000);
	assert_int_equal(lround(row->growth.min * 1000), 5000);
	assert_int_equal(lround(row->growth.max * 1000), 50000);
	assert_int_equal(lround(memmon_spread_deviation(&row->growth) * 1000), 22913);
	row = memmon_experiment_at(experiment, 0);
	assert_string_equal(row->name, "late");
	assert_int_equal(row->phases[MEMMON_DURING].nr, 3);
	assert_true(row->phases[MEMMON_DURING].mean == 3.0);
	assert_true(isinf(memmon_row_growth(row)));
	memmon_experiment_destroy(experiment);
}

static void what_moved_in_one_run_is_shown(void **state)
{
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	/* The means are the same, and the last run is still. */
	add_run(experiment, HEAD ROW("x", 10), HEAD ROW("x", 11), HEAD ROW("x", 10));
	add_run(experiment, HEAD ROW("x", 10), HEAD ROW("x", 9), HEAD ROW("x", 10));
	add_run(experiment, HEAD ROW("x", 10), HEAD ROW("x", 10), HEAD ROW("x", 10));
	assert_int_equal(select_rows(experiment, NULL, NULL), 1);
	memmon_experiment_destroy(experiment);
}

static const struct memmon_row *only_row(struct memmon_experiment *experiment, const char *name)
{
	assert_int_equal(select_rows(experiment, name, "*"), 1);
	return memmon_experiment_at(experiment, 0);
}

static void noise_is_how_far_idle_caches_move(void **state)
{
	struct memmon_experiment *experiment;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	add_run(experiment,
		HEAD ROW("up", 100) ROW("down", 100) ROW("still", 100) ROW("leaks", 100),
		HEAD ROW("up", 107) ROW("down", 103) ROW("still", 101) ROW("leaks", 102),
		HEAD ROW("up", 100) ROW("down", 97) ROW("still", 100) ROW("leaks", 110));
	add(experiment, MEMMON_IDLE,
	    HEAD ROW("up", 50) ROW("down", 97) ROW("still", 100) ROW("leaks", 110));
	add(experiment, MEMMON_IDLE,
	    HEAD ROW("up", 57) ROW("down", 94) ROW("still", 100) ROW("leaks", 115) ROW("new", 4));
	add(experiment, MEMMON_IDLE,
	    HEAD ROW("up", 50) ROW("down", 95) ROW("still", 100) ROW("leaks", 101));
	/* 7 up; 3 down, which hides what was gained as well; a row that moved at all; -3 .. +9, leaked 10. */
	assert_int_equal(only_row(experiment, "up")->noise, 7);
	assert_true(memmon_row_is_noise(only_row(experiment, "up")));
	assert_int_equal(only_row(experiment, "down")->noise, 3);
	assert_true(memmon_row_is_noise(only_row(experiment, "down")));
	assert_int_equal(only_row(experiment, "still")->noise, 0);
	assert_false(memmon_row_is_noise(only_row(experiment, "still")));
	assert_int_equal(only_row(experiment, "leaks")->noise, 9);
	assert_false(memmon_row_is_noise(only_row(experiment, "leaks")));
	assert_int_equal(only_row(experiment, "new")->noise, 4);
	memmon_experiment_destroy(experiment);
}

static void spread_of_close_large_numbers(void **state)
{
	struct memmon_spread spread = { 0 };

	(void)state;
	assert_true(memmon_spread_deviation(&spread) == 0.0);
	memmon_spread_add(&spread, 1e12 + 1);
	assert_true(spread.mean == 1e12 + 1);
	assert_true(memmon_spread_deviation(&spread) == 0.0);
	memmon_spread_add(&spread, 1e12 + 3);
	memmon_spread_add(&spread, 1e12 + 2);
	assert_int_equal(spread.nr, 3);
	assert_true(spread.mean == 1e12 + 2);
	assert_true(fabs(memmon_spread_deviation(&spread) - 1.0) < 1e-6);
	assert_true(spread.min == 1e12 + 1);
	assert_true(spread.max == 1e12 + 3);
}

static void counts_add_up_over_runs(void **state)
{
	static const struct memmon_counts counts = { 3, 1, 100, 128, 2, 1, 64 };
	struct memmon_experiment *experiment;
	const struct memmon_row *row;

	(void)state;
	assert_int_equal(memmon_experiment_create(&experiment), 0);
	for (int run = 0; run < 2; run++) {
		add(experiment, MEMMON_BEFORE, HEAD ROW("x", 1) ROW("kmalloc-cg-64", 1));
		memmon_experiment_begin_counts(experiment);
		assert_int_equal(memmon_experiment_add_counts(experiment, "x", &counts), 0);
		assert_int_equal(memmon_experiment_add_counts(experiment, "x", &counts), 0);
		assert_int_equal(memmon_experiment_add_counts(experiment, "gone", &counts), 0);
		memmon_experiment_end_run(experiment);
	}
	row = only_row(experiment, "x");
	assert_true(row->has_requests && row->has_counts);
	assert_int_equal(row->counts.requests, 6);
	assert_int_equal(row->total.requests, 12);
	assert_int_equal(row->total.failed, 4);
	assert_int_equal(row->total.bytes_requested, 400);
	assert_int_equal(row->total.bytes_taken, 512);
	assert_int_equal(row->total.frees, 8);
	assert_int_equal(row->total.outstanding_objects, 4);
	assert_int_equal(row->total.outstanding_bytes, 256);
	assert_int_equal(only_row(experiment, "gone")->total.requests, 6);
	assert_false(only_row(experiment, "kmalloc-cg-64")->has_counts);
	/* One run that nobody counted, and nothing is exact any more. */
	add_run(experiment, HEAD ROW("x", 1), HEAD ROW("x", 1), HEAD ROW("x", 1));
	assert_false(only_row(experiment, "x")->has_requests);
	assert_false(only_row(experiment, "x")->has_counts);
	memmon_experiment_destroy(experiment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(moved_caches_by_growth, create, destroy),
		cmocka_unit_test_setup_teardown(unmoved_caches_when_asked, create, destroy),
		cmocka_unit_test_setup_teardown(patterns_choose, create, destroy),
		cmocka_unit_test_setup_teardown(growth_as_in_the_original_table, create, destroy),
		cmocka_unit_test(growth_of_special_rows),
		cmocka_unit_test(two_caches_of_one_name_are_one_row),
		cmocka_unit_test(ties_go_to_the_larger_gain_and_then_by_name),
		cmocka_unit_test(nothing_gives_no_rows),
		cmocka_unit_test(requests_by_name_and_size_class),
		cmocka_unit_test_setup_teardown(lines_that_are_not_there_are_refused, create,
						destroy),
		cmocka_unit_test(runs_have_mean_and_spread),
		cmocka_unit_test(what_moved_in_one_run_is_shown),
		cmocka_unit_test(noise_is_how_far_idle_caches_move),
		cmocka_unit_test(spread_of_close_large_numbers),
		cmocka_unit_test(counts_add_up_over_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
