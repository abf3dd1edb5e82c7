// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon top shows, in all sizes and orders. */
#include "top_shown.h"

static int start_without_ledger(void **state)
{
	(void)state;
	return start_with(0);
}

static void a_screen_of_80_columns(void **state)
{
	(void)state;
	draw();
	assert_string_equal(
		frame.lines[0].text,
		"memmon top  0:00:01  every 1 s  objects                                  h: help");
	assert_string_equal(frame.lines[1].text,
			    "1 caches  2 sites  3 processes  4 cgroups  5 orders  ");
	assert_int_equal(frame.lines[1].mark, 0);
	assert_int_equal(frame.lines[1].mark_width, 8);
	assert_string_equal(
		frame.lines[2].text,
		"req/s 1.06k  free/s 0  bytes/s 1.07M  live 1.01M  growth +1.01M  rows 3");
	assert_string_equal(
		frame.lines[3].text,
		"caches                  req/s  free/s bytes/s    live  growth objects req/s     ");
	assert_string_equal(
		frame.lines[4].text,
		"kmalloc-64              1.00k       0   62.8k     320    +320       5          @");
	assert_string_equal(
		frame.lines[5].text,
		"dentry                     50       0   9.38k   7.50k  +7.50k      40          @");
	/* What would clear the terminal does not get there. */
	assert_string_equal(
		frame.lines[6].text,
		"large?[2J                   1       0   1.00M   1.00M  +1.00M       1          @");
	assert_string_equal(frame.lines[7].text, "");
	assert_string_equal(
		frame.lines[23].text,
		"seen 0 = filtered 0 + counted 0 + in flight 0; other 0, untracked 0, lost 0");
	assert_int_equal(frame.lines[4].look, TOP_REVERSE);
	assert_int_equal(frame.lines[5].look, TOP_PLAIN);
}

static void narrow_and_wide_screens(void **state)
{
	static const struct {
		unsigned int width;
		const char *head;
	} cases[] = {
		{ 40, "caches                     req/s    live" },
		{ 48, "caches                     req/s    live  growth" },
		{ 60, "caches                 req/s  free/s bytes/s    live  growth" },
		{ 71, "caches                 req/s  free/s bytes/s    live  growth req/s     " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		frame.width = cases[i].width;
		draw();
		assert_string_equal(frame.lines[3].text, cases[i].head);
	}
	for (frame.width = TOP_LEAST_WIDTH; frame.width <= TOP_MAX_WIDTH; frame.width++) {
		frame.height = 10 + frame.width % 30;
		draw();
		assert_int_equal(frame.page, frame.height - 5);
		for (unsigned int line = 0; line < frame.height; line++)
			assert_true(strlen(frame.lines[line].text) <= frame.width);
		assert_int_equal(strlen(frame.lines[4].text), frame.width);
	}
	frame.width = 39;
	frame.height = 24;
	draw();
	assert_string_equal(frame.lines[0].text, "too small: memmon top needs 40x10");
	assert_string_equal(frame.lines[4].text, "");
}

static void rows_are_sorted_by_any_column(void **state)
{
	(void)state;
	draw();
	expect_row(0, "kmalloc-64");
	model.sort = TOP_LIVE;
	draw();
	expect_row(0, "large?[2J");
	expect_row(1, "dentry");
	press('i');
	expect_row(0, "kmalloc-64");
	expect_row(2, "large?[2J");
	press('s');
	assert_int_equal(model.sort, TOP_GROWTH);
	assert_false(model.is_reversed);
	press('s');
	expect_row(0, "dentry");
	press('s');
	assert_int_equal(model.sort, TOP_NAME);
	expect_row(0, "dentry");
	expect_row(1, "kmalloc-64");
	press('s');
	assert_int_equal(model.sort, TOP_REQUESTS);
	press('S');
	assert_int_equal(model.sort, TOP_NAME);
}

static void without_a_ledger_nothing_is_held(void **state)
{
	(void)state;
	draw();
	assert_string_equal(
		frame.lines[3].text,
		"caches                                         req/s  free/s bytes/s req/s      ");
	expect_line(2, "req/s 1.06k  free/s 0  bytes/s 1.07M  rows 3");
	for (int i = 0; i < TOP_NR_COLUMNS; i++) {
		press('s');
		assert_false(top_column_needs_live(model.sort));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(a_screen_of_80_columns),
		TEST(narrow_and_wide_screens),
		TEST(rows_are_sorted_by_any_column),
		cmocka_unit_test_setup_teardown(without_a_ledger_nothing_is_held,
						start_without_ledger, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
