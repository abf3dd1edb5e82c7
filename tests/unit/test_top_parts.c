// SPDX-License-Identifier: GPL-2.0
/* Tests the small parts of what memmon top shows: numbers, bars and the loss line. */
#include <string.h>

#include "top.h"
#include "unit.h"

static void loss_is_always_said(void **state)
{
	struct memmon_totals_books books = { .seen = 1234567, .filtered = 7, .counted = 1234560 };
	char text[200];

	(void)state;
	top_loss(&books, 200, text, sizeof(text));
	assert_string_equal(text, "seen 1,234,567 = filtered 7 + counted 1,234,560 + in flight 0; "
				  "other 0, untracked 0, lost 0");
	assert_false(top_is_incomplete(&books));
	books.lost = 123456;
	assert_true(top_is_incomplete(&books));
	top_loss(&books, 80, text, sizeof(text));
	assert_string_equal(text, "seen 1.23M, other 0, untracked 0, lost 123k");
	top_loss(&books, 40, text, sizeof(text));
	assert_string_equal(text, "seen 1.23M other 0 untr. 0 lost 123k");
}

static void numbers_are_short(void **state)
{
	static const struct {
		enum top_column column;
		double value;
		const char *text;
	} cases[] = {
		{ TOP_REQUESTS, 0, "0" },	   { TOP_REQUESTS, 999.4, "999" },
		{ TOP_REQUESTS, 999.5, "1.00k" },  { TOP_REQUESTS, 9995, "10.0k" },
		{ TOP_REQUESTS, 99949, "99.9k" },  { TOP_REQUESTS, 99951, "100k" },
		{ TOP_REQUESTS, 2.5e19, "25.0E" }, { TOP_LIVE, 1023, "1.00k" },
		{ TOP_LIVE, 1048576, "1.00M" },	   { TOP_GROWTH, -1536, "-1.50k" },
		{ TOP_GROWTH, 1, "+1" },	   { TOP_GROWTH, 0, "0" },
		{ TOP_GROWTH, -999.9e6, "-954M" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		top_column_print(cases[i].column, cases[i].value, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
		assert_true(strlen(text) <= 7);
	}
}

static void bars_show_the_last_numbers(void **state)
{
	uint64_t history[MEMMON_TOTALS_HISTORY] = { 1, 0, 50, 100 };
	char text[64];

	(void)state;
	top_spark(history, 4, 6, true, text, sizeof(text));
	assert_string_equal(text, "  ▁ ▄█");
	top_spark(history, 4, 4, false, text, sizeof(text));
	assert_string_equal(text, ". =@");
	top_spark(history, 4, 2, false, text, sizeof(text));
	assert_string_equal(text, "=@");
	top_spark(history, 0, 3, false, text, sizeof(text));
	assert_string_equal(text, "   ");
	/* Round the end of the circle. */
	history[MEMMON_TOTALS_HISTORY - 1] = 100;
	top_spark(history, MEMMON_TOTALS_HISTORY + 1, 2, false, text, sizeof(text));
	assert_string_equal(text, "@.");
	/* No more than there is room for. */
	top_spark(history, 4, 100, true, text, 7);
	assert_int_equal(strlen(text), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_is_always_said),
		cmocka_unit_test(numbers_are_short),
		cmocka_unit_test(bars_show_the_last_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
