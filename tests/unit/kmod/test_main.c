// SPDX-License-Identifier: GPL-2.0
/* Tests loading and unloading: every step fails, all memory runs out, and somebody looks all the time. */
#include <stdlib.h>

#include "device.h"
#include "probe.h"
#include "sessions.h"
#include "settings.h"
#include "unit.h"

#define STEPS_MAX 30
#define POINTS_MAX 5000

#define SET(type, name, value) (*(type *)shim_param(name) = (value))

static int start(void **state)
{
	(void)state;
	shim_tracepoints = sessions_tracepoints;
	shim_tracepoint_error = 0;
	shim_allocations_left = -1;
	SET(bool, "log", true);
	SET(unsigned int, "entries", 100);
	SET(char *, "comm", "");
	SET(unsigned int, "fail_step", 0);
	shim_printed();
	return 0;
}

/* As loading anew, the module's data are fresh: those that can be seen from here. */
static int load(void)
{
	memset(&memmon_settings.log_options, 0, sizeof(memmon_settings.log_options));
	return shim_module_init();
}

static void nothing_is_left(void)
{
	unsigned int i;

	assert_int_equal(shim_mode("mem_monitor"), 0);
	assert_int_equal(shim_mode("mem_monitor_status"), 0);
	assert_null(shim_device());
	assert_int_equal(memmon_rings_total_bytes(), 0);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		assert_null(memmon_listener_first[i]);
	for (i = 0; i < memmon_probe_tracepoint.nr_probes; i++)
		assert_int_equal(memmon_probe_tracepoint.probe(i)->nr_users, 0);
	assert_null(shim_kprobe("kmem_cache_destroy"));
}

static void loads_and_unloads(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(load(), 0);
		assert_string_equal(shim_printed(), "mem_monitor: watching tracepoint\n");
		assert_int_equal(shim_mode("mem_monitor"), 0400);
		assert_int_equal(shim_mode("mem_monitor_status"), 0400);
		assert_non_null(shim_device());
		assert_non_null(shim_handler("kmalloc"));
		shim_module_exit();
		nothing_is_left();
	}
}

static void without_a_log_nothing_is_attached(void **state)
{
	(void)state;
	SET(bool, "log", false);
	assert_int_equal(load(), 0);
	assert_string_equal(shim_printed(), "mem_monitor: watching nothing (log=0)\n");
	assert_null(shim_handler("kmalloc"));
	assert_int_equal(shim_mode("mem_monitor"), 0);
	assert_int_equal(shim_mode("mem_monitor_status"), 0400);
	assert_non_null(shim_device());
	shim_module_exit();
	nothing_is_left();
}

static void any_step_can_fail(void **state)
{
	unsigned int step;

	(void)state;
	for (step = 1; step < STEPS_MAX; step++) {
		char begin[64];

		SET(unsigned int, "fail_step", step);
		if (!load())
			break;
		snprintf(begin, sizeof(begin), "mem_monitor: init step %u (", step);
		assert_memory_equal(shim_printed(), begin, strlen(begin));
		nothing_is_left();
	}
	assert_in_range(step, 10, STEPS_MAX - 1);
	shim_module_exit();
	nothing_is_left();
}

static void memory_can_run_out_anywhere(void **state)
{
	int left;

	(void)state;
	SET(char *, "comm", "a.out");
	for (left = 0;; left++) {
		shim_allocations_left = left;
		if (!load())
			break;
		nothing_is_left();
	}
	shim_allocations_left = -1;
	/* The caches and requests to learn the layout from, rings for four CPUs twice, and so on. */
	assert_in_range(left, 15, 100);
	shim_module_exit();
	nothing_is_left();
}

static void nothing_to_watch_is_said(void **state)
{
	(void)state;
	shim_tracepoints = NULL;
	assert_int_equal(load(), -ENODEV);
	assert_string_equal(shim_printed(),
			    "mem_monitor: nothing to watch: no probe of source=tracepoint could be "
			    "attached (no such tracepoint in this kernel)\n");
	nothing_is_left();
}

static void a_wrong_parameter_is_said_once(void **state)
{
	(void)state;
	SET(unsigned int, "entries", 0);
	assert_int_equal(load(), -EINVAL);
	assert_string_equal(shim_printed(),
			    "mem_monitor: entries=0 is out of range: give 1 to 1048576\n");
	nothing_is_left();
}

static unsigned int nr_read;

/* What somebody else's cat would do at this moment, or as soon as all locks are free. */
static void read_all_files(void)
{
	static const char *const names[] = { "mem_monitor", "mem_monitor_status" };
	unsigned int i;
	char *text;

	if (shim_nr_locked) {
		shim_interrupt_at(0, read_all_files);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (shim_mode(names[i])) {
			assert_int_equal(shim_read(names[i], &text), 0);
			free(text);
			nr_read++;
		}
	}
}

/*
 * The files can be read as soon as they are there and until they are gone, so all that they show must be
 * there before them and go after them.
 */
static void files_can_be_read_at_any_time(void **state)
{
	unsigned int point;

	(void)state;
	SET(char *, "comm", "a.out");
	nr_read = 0;
	for (point = 0; point < POINTS_MAX; point++) {
		shim_interrupt_at(point, read_all_files);
		assert_int_equal(load(), 0);
		shim_module_exit();
		nothing_is_left();
		if (shim_interrupt_cancel())
			break;
	}
	assert_in_range(point, 100, POINTS_MAX - 1);
	assert_true(nr_read > 50);
}

/* A load that fails cannot take back a device that somebody has open. */
static void nothing_fails_behind_the_device(void **state)
{
	unsigned int step;

	(void)state;
	for (step = 1; step < STEPS_MAX; step++) {
		SET(unsigned int, "fail_step", step);
		shim_misc_registered = 0;
		if (!load())
			break;
		assert_int_equal(shim_misc_registered, 0);
	}
	assert_int_equal(shim_misc_registered, 1);
	shim_module_exit();
	shim_misc_error = -ENOSPC;
	SET(unsigned int, "fail_step", 0);
	assert_int_equal(load(), -ENOSPC);
	shim_misc_error = 0;
	nothing_is_left();
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads_and_unloads),
		TEST(without_a_log_nothing_is_attached),
		TEST(any_step_can_fail),
		TEST(memory_can_run_out_anywhere),
		TEST(nothing_to_watch_is_said),
		TEST(a_wrong_parameter_is_said_once),
		TEST(files_can_be_read_at_any_time),
		TEST(nothing_fails_behind_the_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
