// SPDX-License-Identifier: GPL-2.0
/* Tests the parser of /proc/mem_monitor_status. */
#include <errno.h>
#include <string.h>

#include "memmon.h"
#include "unit.h"

static struct memmon_status *parse(const char *text)
{
	struct memmon_status *status;

	assert_int_equal(memmon_status_parse(text, strlen(text), &status), 0);
	return status;
}

static void keeps_the_order(void **state)
{
	struct memmon_status *status = parse("version 0.1.0\nsource kprobe\n\nprobe.kfree off\n");

	(void)state;
	assert_int_equal(memmon_status_count(status), 3);
	assert_string_equal(memmon_status_key(status, 0), "version");
	assert_string_equal(memmon_status_value(status, 1), "kprobe");
	assert_string_equal(memmon_status_key(status, 2), "probe.kfree");
	memmon_status_destroy(status);
}

static void value_is_the_rest_of_the_line(void **state)
{
	struct memmon_status *status = parse("probe.x missing: no symbol x\nempty\nlast one");

	(void)state;
	assert_string_equal(memmon_status_find(status, "probe.x"), "missing: no symbol x");
	assert_string_equal(memmon_status_find(status, "empty"), "");
	assert_string_equal(memmon_status_find(status, "last"), "one");
	assert_null(memmon_status_find(status, "probe"));
	memmon_status_destroy(status);
}

static void first_of_two_lines_counts(void **state)
{
	struct memmon_status *status = parse("a 1\na 2\n");

	(void)state;
	assert_string_equal(memmon_status_find(status, "a"), "1");
	memmon_status_destroy(status);
}

static void numbers_are_strict(void **state)
{
	struct memmon_status *status = parse("zero 0\nmost 18446744073709551615\n"
					     "more 18446744073709551616\nneg -1\nword x\nhalf 1x\n"
					     "none\nblank  1\n");
	uint64_t number = 42;

	(void)state;
	assert_int_equal(memmon_status_number(status, "more", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "neg", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "word", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "half", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "none", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "blank", &number), -EINVAL);
	assert_int_equal(memmon_status_number(status, "gone", &number), -ENOENT);
	assert_int_equal(number, 42);
	assert_int_equal(memmon_status_number(status, "zero", &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(memmon_status_number(status, "most", &number), 0);
	assert_true(number == UINT64_MAX);
	memmon_status_destroy(status);
}

static void nothing_is_an_error(void **state)
{
	struct memmon_status *status;

	(void)state;
	assert_int_equal(memmon_status_parse("", 0, &status), -EBADMSG);
	assert_int_equal(memmon_status_parse("\n\n", 2, &status), -EBADMSG);
}

static void zero_bytes_do_no_harm(void **state)
{
	static const char text[] = "a 1\0garbage\nb 2\n";
	struct memmon_status *status;

	(void)state;
	assert_int_equal(memmon_status_parse(text, sizeof(text) - 1, &status), 0);
	assert_string_equal(memmon_status_find(status, "a"), "1");
	assert_string_equal(memmon_status_find(status, "b"), "2");
	memmon_status_destroy(status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_order),
		cmocka_unit_test(value_is_the_rest_of_the_line),
		cmocka_unit_test(first_of_two_lines_counts),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(nothing_is_an_error),
		cmocka_unit_test(zero_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
