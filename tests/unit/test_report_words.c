// SPDX-License-Identifier: GPL-2.0
/* Tests what a user may say about a report: times, keys and columns. */
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "report.h"
#include "unit.h"

static void assert_time(const char *text, uint64_t from_ns, uint64_t until_ns)
{
	uint64_t from, until;

	assert_int_equal(report_time_parse(text, &from, &until), 0);
	assert_int_equal(from, from_ns);
	assert_int_equal(until, until_ns);
}

static void times(void **state)
{
	(void)state;
	assert_time("1,2", 1000000000, 2000000000);
	assert_time("1.5,2s", 1500000000, 2000000000);
	assert_time("200ms,", 200000000, UINT64_MAX);
	assert_time(",30us", 0, 30000);
	assert_time("7ns,7.000000001s", 7, 7000000001);
	assert_time("0.25ms,1", 250000, 1000000000);
	assert_time(",", 0, UINT64_MAX);
	assert_time("1000000,1000001", 1000000000000000, 1000001000000000);
}

static void times_that_make_no_sense(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		"2,1",
		"1,1",
		"1;2",
		"a,b",
		"1,2,3",
		"-1,2",
		"1m,2m",
		".5,1",
		"1.2.3,4",
		"1 ,2",
		"1s2,3",
		"0,0",
		"1e3,2",
		"1, 2",
		"99999999999999999999,",
		"9000000000000s,",
	};
	uint64_t from, until;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(report_time_parse(texts[i], &from, &until), -EINVAL);
}

static void every_column_has_a_short_name(void **state)
{
	static const struct {
		const char *said;
		const char *meant;
	} names[] = {
		{ "taken", "bytes_taken" },
		{ "bytes_taken", "bytes_taken" },
		{ "outstanding", "outstanding_bytes" },
		{ "outstanding_objects", "outstanding_objects" },
		{ "peak", "peak_bytes" },
		{ "lifetime_p99", "lifetime_p99_ns" },
		{ "requests", "requests" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct report_column *column =
			report_column_find(names[i].said, strlen(names[i].said));

		assert_non_null(column);
		assert_string_equal(column->name, names[i].meant);
	}
	assert_null(report_column_find("", 0));
	assert_null(report_column_find("take", 4));
	/* No two columns answer to one name. */
	for (const struct report_column *column = report_columns; column->name; column++)
		assert_ptr_equal(report_column_find(column->name, strlen(column->name)), column);
}

static void lists_of_columns(void **state)
{
	const struct report_column *columns[REPORT_MAX_COLUMNS];
	size_t nr = 0;

	(void)state;
	assert_int_equal(report_columns_parse("requests,peak", columns), CMD_GO_ON);
	assert_string_equal(columns[0]->name, "requests");
	assert_string_equal(columns[1]->name, "peak_bytes");
	assert_null(columns[2]);
	assert_int_equal(report_columns_parse("all", columns), CMD_GO_ON);
	while (columns[nr])
		nr++;
	assert_null(report_columns[nr].name);
}

static void lists_of_keys(void **state)
{
	struct memmon_report_options options = { 0 };

	(void)state;
	assert_int_equal(report_keys_parse("process,cache", &options), CMD_GO_ON);
	assert_int_equal(options.nr_keys, 2);
	assert_int_equal(options.keys[0], MEMMON_KEY_PROCESS);
	assert_int_equal(options.keys[1], MEMMON_KEY_CACHE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(times_that_make_no_sense),
		cmocka_unit_test(every_column_has_a_short_name),
		cmocka_unit_test(lists_of_columns),
		cmocka_unit_test(lists_of_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
