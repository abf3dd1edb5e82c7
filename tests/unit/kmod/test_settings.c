// SPDX-License-Identifier: GPL-2.0
/* Tests the checking of module parameters. */
#include "probe.h"
#include "ring_math.h"
#include "settings.h"
#include "shim.h"
#include "unit.h"

#define SET(type, name, value) (*(type *)shim_param(name) = (value))

static int start(void **state)
{
	(void)state;
	memset(&memmon_settings, 0, sizeof(memmon_settings));
	SET(char *, "source", "tracepoint");
	SET(bool, "log", true);
	SET(unsigned int, "entries", 10000);
	SET(unsigned int, "proc_mode", 0400);
	SET(int, "pid", 0);
	SET(char *, "comm", "");
	SET(char *, "cache", "");
	SET(unsigned long, "min_bytes", 0);
	SET(bool, "kmalloc_constant", false);
	SET(unsigned int, "rings_max_mib", 0);
	shim_printed();
	return 0;
}

static const struct memmon_options *const options = &memmon_settings.log_options;
static const struct memmon_filter *const filter = &memmon_settings.log_options.filter;

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
	assert_int_equal(memmon_settings.source, MEMMON_SOURCE_TRACEPOINT);
	assert_int_equal(options->classes, MEMMON_CLASSES_TRACEPOINT);
	assert_int_equal(options->flags, MEMMON_OPTION_OVERWRITE | MEMMON_OPTION_WITH_SELF);
	assert_true(memmon_settings.is_logging);
	assert_int_equal(memmon_settings.entries, 10000);
	assert_int_equal(memmon_settings.proc_mode, 0400);
	assert_int_equal(memmon_settings.fail_step, 0);
	assert_int_equal(filter->conditions, 0);
	assert_int_equal(memmon_settings.rings_max_bytes, SHIM_RAM_PAGES * PAGE_SIZE / 4);
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
	assert_int_equal(memmon_settings.source, MEMMON_SOURCE_KPROBE);
	assert_false(memmon_settings.is_logging);
	assert_int_equal(memmon_settings.entries, 1);
	assert_int_equal(memmon_settings.proc_mode, 0444);
	assert_int_equal(filter->pid, 316);
	assert_string_equal(filter->comm, "a.*");
	assert_string_equal(filter->cache, "kmalloc-?");
	assert_int_equal(filter->min_bytes, 4096);
	assert_int_equal(filter->max_bytes, U64_MAX);
	assert_int_equal(filter->conditions,
			 1U << MEMMON_FILTERED_PID | 1U << MEMMON_FILTERED_COMM |
				 1U << MEMMON_FILTERED_CACHE | 1U << MEMMON_FILTERED_BYTES);
}

static void tests_set_these_directly(void **state)
{
	(void)state;
	assert_ptr_equal(shim_param("fail_step"), &memmon_settings.fail_step);
	assert_null(shim_param("with_log"));
}

static void what_is_not_asked_for_is_no_condition(void **state)
{
	(void)state;
	SET(int, "pid", 316);
	SET(char *, "comm", "a.out");
	check_good();
	assert_int_equal(filter->conditions,
			 1U << MEMMON_FILTERED_PID | 1U << MEMMON_FILTERED_COMM);
	start(state);
	check_good();
	assert_int_equal(filter->conditions, 0);
	assert_string_equal(filter->comm, "");
}

static void the_constant_path_is_watched_when_asked(void **state)
{
	const u32 constant = 1U << MEMMON_CLASS_CALL_KMALLOC_CACHE;

	(void)state;
	SET(char *, "source", "kprobe");
	check_good();
	assert_int_equal(options->classes, MEMMON_CLASSES_KPROBE & ~constant);
	SET(bool, "kmalloc_constant", true);
	check_good();
	assert_int_equal(options->classes, MEMMON_CLASSES_KPROBE);
}

/* A ring of one CPU can hold all that is shown. */
static void rings_hold_what_the_log_shows(void **state)
{
	static const unsigned int entries[] = {
		1, 2, 63, 64, 65, 1000, 10000, 16384, 16385, 1 << 20
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		u64 slots;

		SET(unsigned int, "entries", entries[i]);
		check_good();
		slots = options->ring_bytes / MEMMON_RECORD_BYTES;
		assert_true(slots >= entries[i] && slots >= MEMMON_RING_SLOTS_MIN);
		assert_true(slots < 2 * max(entries[i], MEMMON_RING_SLOTS_MIN));
		assert_int_equal(slots & (slots - 1), 0);
		assert_int_equal(options->ring_bytes % MEMMON_RECORD_BYTES, 0);
	}
}

static void memory_for_rings_is_in_mib(void **state)
{
	(void)state;
	SET(unsigned int, "rings_max_mib", 1);
	check_good();
	assert_int_equal(memmon_settings.rings_max_bytes, 1 << 20);
	SET(unsigned int, "rings_max_mib", 8192);
	check_good();
	assert_int_equal(memmon_settings.rings_max_bytes, 8192ULL << 20);
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

static void check_longest(const char *name, unsigned int bytes)
{
	char longest[MEMMON_FILTER_CACHE_BYTES + 1] = "", message[MEMMON_FILTER_CACHE_BYTES + 100];
	unsigned int i;

	/* A list of names, each of which can be one. */
	for (i = 0; i < bytes - 1; i++)
		longest[i] = i % 8 == 7 ? ',' : 'c';
	SET(char *, name, longest);
	check_good();
	longest[bytes - 1] = 'c';
	snprintf(message, sizeof(message),
		 "mem_monitor: %s='%s' is too long: at most %u characters\n", name, longest,
		 bytes - 1);
	check_bad(message);
	SET(char *, name, "");
}

static void a_name_that_is_none_is_refused(void **state)
{
	(void)state;
	SET(char *, "comm", "0123456789abcde");
	check_good();
	SET(char *, "comm", "a.out,0123456789abcdef");
	check_bad("mem_monitor: comm='a.out,0123456789abcdef' matches nothing: "
		  "each name has 1 to 15 characters\n");
	SET(char *, "comm", "*012345*6789*abcde*");
	check_good();
	SET(char *, "comm", "a.out,");
	check_bad("mem_monitor: comm='a.out,' matches nothing: each name has 1 to 15 "
		  "characters\n");
	SET(char *, "comm", "");
	SET(char *, "cache", ",");
	check_bad("mem_monitor: cache=',' matches nothing: each name has 1 to 63 characters\n");
}

static void texts_must_fit(void **state)
{
	(void)state;
	check_longest("comm", MEMMON_FILTER_COMM_BYTES);
	check_longest("cache", MEMMON_FILTER_CACHE_BYTES);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_good),
		TEST(all_is_taken_over),
		TEST(tests_set_these_directly),
		TEST(what_is_not_asked_for_is_no_condition),
		TEST(the_constant_path_is_watched_when_asked),
		TEST(rings_hold_what_the_log_shows),
		TEST(memory_for_rings_is_in_mib),
		TEST(source_is_one_of_two),
		TEST(entries_have_bounds),
		TEST(proc_mode_is_one_of_three),
		TEST(pid_has_bounds),
		TEST(a_name_that_is_none_is_refused),
		TEST(texts_must_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
