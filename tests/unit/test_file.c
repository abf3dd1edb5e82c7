// SPDX-License-Identifier: GPL-2.0
/* Tests reading a file whole, again and again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memmon.h"
#include "unit.h"

static void grows_and_sees_new_content(void **state)
{
	char path[] = "/tmp/memmon-unit.XXXXXX";
	int fd = mkstemp(path);
	struct memmon_file *file;
	const char *text;
	size_t len;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(memmon_file_open(path, &file), 0);
	unlink(path);
	assert_int_equal(memmon_file_read(file, &text, &len), 0);
	assert_int_equal(len, 0);
	for (int i = 0; i < 50000; i++)
		assert_int_equal(write(fd, "12345\n", 6), 6);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(memmon_file_read(file, &text, &len), 0);
		assert_int_equal(len, 300000);
		assert_memory_equal(text, "12345\n", 6);
		assert_memory_equal(text + len - 6, "12345\n", 6);
	}
	memmon_file_close(file);
	close(fd);
}

static void reads_a_pipe(void **state)
{
	struct memmon_file *file;
	const char *text;
	char path[32];
	size_t len;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "a 1\n", 4), 4);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(memmon_file_open(path, &file), 0);
	close(ends[1]);
	assert_int_equal(memmon_file_read(file, &text, &len), 0);
	assert_int_equal(len, 4);
	memmon_file_close(file);
	close(ends[0]);
}

static void says_why_it_cannot(void **state)
{
	struct memmon_file *file;
	const char *text;
	size_t len;

	(void)state;
	assert_int_equal(memmon_file_open("/proc/self/none", &file), -ENOENT);
	assert_int_equal(memmon_file_open("/tmp", &file), 0);
	assert_int_equal(memmon_file_read(file, &text, &len), -EISDIR);
	memmon_file_close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_sees_new_content),
		cmocka_unit_test(reads_a_pipe),
		cmocka_unit_test(says_why_it_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
