// SPDX-License-Identifier: GPL-2.0
/* Tests the checking of module parameters. */
#include "filter.h"
#include "probe.h"
#include "settings.h"
#include "shim.h"
#include "unit.h"

#define SET(type, name, value) (*(type *)shim_param(name) = (value))

static int start(void **state)
{
	(void)state;
	SET(char *, "source", "tracepoint");
	SET(bool, "log", true);
	SET(unsigned int, "entries", 10000);
	SET(unsigned int, "proc_mode", 0400);
	SET(int, "pid", 0);
	SET(char *, "comm", "");
	SET(char *, "cache", "");
	SET(unsigned long, "min_bytes", 0);
	shim_printed();
	return 0;
}

static void check_good(void)
{
	assert_int_equal(memmon_settings_check(), 0);
	assert_string_equal(shim_printed(), "");
}

static void check_bad(const char *message)
{
	assert_int_equal(memmon_settings_check(), -EINVAL);
	assert_string_equal(shim_printed(), message);
}

/* Runs first: what is there without any parameter. */
static void defaults_are_good(void **state)
{
	(void)state;
	check_good();
	assert_ptr_equal(memmon_settings.source, &memmon_probe_tracepoint);
	assert_true(memmon_settings.is_logging);
	assert_int_equal(memmon_settings.entries, 10000);
	assert_int_equal(memmon_settings.proc_mode, 0400);
	assert_int_equal(memmon_settings.fail_step, 0);
	assert_false(memmon_probe_kmalloc_constant);
	assert_false(memmon_filter_is_set());
}

static void all_is_taken_over(void **state)
{
	(void)state;
	SET(char *, "source", "kprobe");
	SET(bool, "log", false);
	SET(unsigned int, "entries", 1);
	SET(unsigned int, "proc_mode", 0444);
	SET(int, "pid", 316);
	SET(char *, "comm", "a.*");
	SET(char *, "cache", "kmalloc-?");
	SET(unsigned long, "min_bytes", 4096);
	check_good();
	assert_ptr_equal(memmon_settings.source, &memmon_probe_kprobe);
	assert_false(memmon_settings.is_logging);
	assert_int_equal(memmon_settings.entries, 1);
	assert_int_equal(memmon_settings.proc_mode, 0444);
	assert_int_equal(memmon_filter.pid, 316);
	assert_string_equal(memmon_filter.comm, "a.*");
	assert_string_equal(memmon_filter.cache, "kmalloc-?");
	assert_int_equal(memmon_filter.min_bytes, 4096);
}

static void tests_set_these_directly(void **state)
{
	(void)state;
	assert_ptr_equal(shim_param("fail_step"), &memmon_settings.fail_step);
	assert_ptr_equal(shim_param("kmalloc_constant"), &memmon_probe_kmalloc_constant);
	assert_null(shim_param("with_log"));
}

static void source_is_one_of_two(void **state)
{
	(void)state;
	SET(char *, "source", "ebpf");
	check_bad("mem_monitor: source='ebpf' is unknown: give tracepoint or kprobe\n");
	SET(char *, "source", "");
	check_bad("mem_monitor: source='' is unknown: give tracepoint or kprobe\n");
	SET(char *, "source", "tracepoints");
	check_bad("mem_monitor: source='tracepoints' is unknown: give tracepoint or kprobe\n");
}

static void entries_have_bounds(void **state)
{
	(void)state;
	SET(unsigned int, "entries", 0);
	check_bad("mem_monitor: entries=0 is out of range: give 1 to 1048576\n");
	SET(unsigned int, "entries", 1048577);
	check_bad("mem_monitor: entries=1048577 is out of range: give 1 to 1048576\n");
	SET(unsigned int, "entries", 1048576);
	check_good();
}

static void proc_mode_is_one_of_three(void **state)
{
	unsigned int mode;

	(void)state;
	for (mode = 0; mode <= 07777; mode++) {
		char message[100];

		SET(unsigned int, "proc_mode", mode);
		if (mode == 0400 || mode == 0440 || mode == 0444) {
			check_good();
			assert_int_equal(memmon_settings.proc_mode, mode);
			continue;
		}
		snprintf(
			message, sizeof(message),
			"mem_monitor: proc_mode=%#o is not allowed: give 0400, 0440 or 0444, octal\n",
			mode);
		check_bad(message);
	}
	SET(unsigned int, "proc_mode", 0x10000 | 0400);
	check_bad(
		"mem_monitor: proc_mode=0200400 is not allowed: give 0400, 0440 or 0444, octal\n");
}

static void pid_has_bounds(void **state)
{
	(void)state;
	SET(int, "pid", -1);
	check_bad("mem_monitor: pid=-1 is no process: give 1 to 4194303, or 0 for all\n");
	SET(int, "pid", 4194304);
	check_bad("mem_monitor: pid=4194304 is no process: give 1 to 4194303, or 0 for all\n");
	SET(int, "pid", 4194303);
	check_good();
}

static void texts_must_fit(void **state)
{
	char longest[MEMMON_CACHE_NAME_BYTES + 1] = "";

	(void)state;
	SET(char *, "comm", "0123456789abcde");
	check_good();
	SET(char *, "comm", "0123456789abcdef");
	check_bad("mem_monitor: comm='0123456789abcdef' is too long: at most 15 characters\n");
	start(state);
	memset(longest, 'c', MEMMON_CACHE_NAME_BYTES - 1);
	SET(char *, "cache", longest);
	check_good();
	longest[MEMMON_CACHE_NAME_BYTES - 1] = 'c';
	assert_int_equal(memmon_settings_check(), -EINVAL);
	assert_non_null(strstr(shim_printed(), "' is too long: at most 63 characters\n"));
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_good),
		TEST(all_is_taken_over),
		TEST(tests_set_these_directly),
		TEST(source_is_one_of_two),
		TEST(entries_have_bounds),
		TEST(proc_mode_is_one_of_three),
		TEST(pid_has_bounds),
		TEST(texts_must_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
