// SPDX-License-Identifier: GPL-2.0
/* Tests the parser of the log of requests. */
#include <errno.h>
#include <string.h>

#include "memmon.h"
#include "unit.h"

static struct memmon_log *parse(const char *text)
{
	struct memmon_log *log;

	assert_int_equal(memmon_log_parse(text, strlen(text), &log), 0);
	return log;
}

static void check(const struct memmon_request *request, const char *label, const char *comm,
		  unsigned int pid, unsigned int bytes, const char *cache)
{
	assert_string_equal(request->label, label);
	assert_string_equal(request->comm, comm);
	assert_int_equal(request->pid, pid);
	assert_int_equal(request->bytes, bytes);
	if (cache)
		assert_string_equal(request->cache, cache);
	else
		assert_null(request->cache);
}

static void reads_the_three_formats(void **state)
{
	struct memmon_log *log = parse(
		"[kmalloc]: Process 'a.out' with PID 316 allocated 4096 bytes\n"
		"[kmem_cache_alloc]: Process 'a.out' with PID 316 allocated 40 bytes in cache "
		"'vma_lock'\n"
		"[alloc_pages]: Process 'x' with PID 1 allocated 8192 bytes (order 1, node 0, "
		"zone Normal)\n");

	(void)state;
	assert_int_equal(memmon_log_count(log), 3);
	check(memmon_log_at(log, 0), "kmalloc", "a.out", 316, 4096, NULL);
	check(memmon_log_at(log, 1), "kmem_cache_alloc", "a.out", 316, 40, "vma_lock");
	check(memmon_log_at(log, 2), "alloc_pages", "x", 1, 8192, NULL);
	memmon_log_destroy(log);
}

static void a_comm_may_be_anything(void **state)
{
	struct memmon_log *log = parse(
		"[kmalloc]: Process 'a' with PID 1' with PID 2 allocated 8 bytes\n"
		"[kmalloc]: Process '' with PID 3 allocated 9 bytes\n"
		"[kmem_cache_alloc]: Process '' in cache 'x'' with PID 4 allocated 10 bytes in "
		"cache 'y'\n"
		"[kmalloc]: Process ']: Process '' with PID 5 allocated 11 bytes\n");

	(void)state;
	check(memmon_log_at(log, 0), "kmalloc", "a' with PID 1", 2, 8, NULL);
	check(memmon_log_at(log, 1), "kmalloc", "", 3, 9, NULL);
	check(memmon_log_at(log, 2), "kmem_cache_alloc", "' in cache 'x'", 4, 10, "y");
	check(memmon_log_at(log, 3), "kmalloc", "]: Process '", 5, 11, NULL);
	memmon_log_destroy(log);
}

static void an_empty_log_is_no_error(void **state)
{
	struct memmon_log *log = parse("");

	(void)state;
	assert_int_equal(memmon_log_count(log), 0);
	memmon_log_destroy(log);
}

static void other_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"garbage\n",
		"\n",
		"[kmalloc]: Process 'a' with PID x allocated 1 bytes\n",
		"[kmalloc]: Process 'a' with PID 99999999999 allocated 1 bytes\n",
		"[kmalloc]: Process 'a' with PID 1 allocated bytes\n",
		"[kmalloc]: Process 'a' with PID 1 allocated 1 by",
		"[kmalloc]: Process 'a' with PID 1 allocated 1 bytesx\n",
		"[x]: Process 'a' with PID 1 allocated 1 bytes in cache 'y\n",
		"[x]: Process 'a' with PID 1 allocated 1 bytes in cache '\n",
		"kmalloc]: Process 'a' with PID 1 allocated 1 bytes\n",
	};
	struct memmon_log *log;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(memmon_log_parse(lines[i], strlen(lines[i]), &log), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_three_formats),
		cmocka_unit_test(a_comm_may_be_anything),
		cmocka_unit_test(an_empty_log_is_no_error),
		cmocka_unit_test(other_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
