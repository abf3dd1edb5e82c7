// SPDX-License-Identifier: GPL-2.0
/* Tests sizes and percentages for people. */
#include <math.h>

#include "ui.h"
#include "unit.h"

static void sizes(void **state)
{
	(void)state;
	assert_string_equal(ui_bytes(0).text, "0 bytes");
	assert_string_equal(ui_bytes(1023).text, "1023 bytes");
	assert_string_equal(ui_bytes(1024).text, "1.0 KiB");
	assert_string_equal(ui_bytes(1536).text, "1.5 KiB");
	assert_string_equal(ui_bytes(8388608).text, "8.0 MiB");
	assert_string_equal(ui_bytes(1048575).text, "1.0 MiB");
	assert_string_equal(ui_bytes(UINT64_MAX).text, "16.0 EiB");
}

static void growth(void **state)
{
	(void)state;
	assert_string_equal(ui_growth(144.318).text, "+144.3%");
	assert_string_equal(ui_growth(-2).text, "-2.0%");
	assert_string_equal(ui_growth(0).text, "+0.0%");
	assert_string_equal(ui_growth(INFINITY).text, "new");
}

static void counts(void **state)
{
	(void)state;
	assert_string_equal(ui_count(0).text, "0");
	assert_string_equal(ui_count(999).text, "999");
	assert_string_equal(ui_count(1000).text, "1,000");
	assert_string_equal(ui_count(123456).text, "123,456");
	assert_string_equal(ui_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

static void durations(void **state)
{
	(void)state;
	assert_string_equal(ui_duration(0).text, "0 ns");
	assert_string_equal(ui_duration(999).text, "999 ns");
	assert_string_equal(ui_duration(1000).text, "1.0 us");
	assert_string_equal(ui_duration(999949).text, "999.9 us");
	assert_string_equal(ui_duration(999950).text, "1.0 ms");
	assert_string_equal(ui_duration(73000000000).text, "73.0 s");
}

static void foreign_text(void **state)
{
	char text[] = "a\tb\033[2J\x7f\xc2\x9b~";

	(void)state;
	ui_clean(text);
	assert_string_equal(text, "a?b?[2J???~");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations), cmocka_unit_test(foreign_text),
		cmocka_unit_test(sizes),     cmocka_unit_test(growth),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
