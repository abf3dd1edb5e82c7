// SPDX-License-Identifier: GPL-2.0
/* Tests what the keys of memmon top do. */
#include "top_shown.h"

static void press_all(const char *text)
{
	for (; *text; text++)
		press(*text);
}

static void text_filters_rows(void **state)
{
	(void)state;
	draw();
	press('/');
	press_all("MALLOCq");
	expect_line(2, "filter: MALLOCq_");
	assert_int_equal(model.nr_rows, 0);
	assert_false(model.is_ended);
	press(TOP_KEY_BACK);
	assert_int_equal(model.nr_rows, 1);
	expect_row(0, "kmalloc-64");
	press(TOP_KEY_ENTER);
	expect_line(2, "filter: MALLOC");
	press(TOP_KEY_ESCAPE);
	assert_int_equal(model.nr_rows, 3);
	for (int i = 0; i < 2 * TOP_MATCH_BYTES; i++)
		press(i ? 'x' : '/');
	assert_int_equal(strlen(model.match), TOP_MATCH_BYTES - 1);
}

static void one_goes_into_rows_and_out(void **state)
{
	(void)state;
	draw();
	press(TOP_KEY_ENTER);
	expect_line(2, "in cache kmalloc-64");
	expect_line(1, "2 sites  3 processes  4 cgroups");
	expect_row(0, "0x2000");
	expect_row(1, "0x1000");
	press(TOP_KEY_DOWN);
	press(TOP_KEY_ENTER);
	expect_line(2, "in cache kmalloc-64 > site 0x1000");
	expect_row(0, "one (10)");
	assert_int_equal(model.nr_rows, 1);
	/* A view that makes no sense here is not there; another one is. */
	press('5');
	expect_row(0, "one (10)");
	press('4');
	assert_int_equal(top_level(&model)->key, MEMMON_TOTAL_CGROUP);
	press(TOP_KEY_ENTER);
	press(TOP_KEY_ENTER);
	press(TOP_KEY_ENTER);
	press(TOP_KEY_BACK);
	press(TOP_KEY_BACK);
	press(TOP_KEY_BACK);
	press(TOP_KEY_BACK);
	press(TOP_KEY_BACK);
	expect_row(0, "kmalloc-64");
	assert_int_equal(model.depth, 0);
}

static void views_are_chosen(void **state)
{
	(void)state;
	draw();
	press('3');
	expect_row(0, "two (20)");
	press(TOP_KEY_LEFT);
	assert_int_equal(top_level(&model)->key, MEMMON_TOTAL_SITE);
	press('5');
	expect_row(0, "order 3");
	expect_line(0, "pages");
	press('m');
	assert_int_equal(top_level(&model)->key, MEMMON_TOTAL_CACHE);
	press('3');
	press('m');
	expect_line(0, "pages");
	assert_int_equal(model.nr_rows, 1);
	expect_row(0, "one (10)");
	press(TOP_KEY_TAB);
	assert_int_equal(top_level(&model)->key, MEMMON_TOTAL_CGROUP);
	/* There are no stacks. */
	press('6');
	assert_int_equal(top_level(&model)->key, MEMMON_TOTAL_CGROUP);
}

static void the_choice_stays_with_its_row(void **state)
{
	(void)state;
	draw();
	press(TOP_KEY_DOWN);
	assert_int_equal(frame.lines[5].look, TOP_REVERSE);
	expect_row(1, "dentry");
	rows[0].count += 10000;
	look();
	rows[0].count -= 10000;
	draw();
	expect_row(0, "dentry");
	assert_int_equal(frame.lines[4].look, TOP_REVERSE);
	press(TOP_KEY_END);
	assert_int_equal(top_level(&model)->selected, 2);
	press(TOP_KEY_DOWN);
	assert_int_equal(top_level(&model)->selected, 2);
	press(TOP_KEY_HOME);
	assert_int_equal(top_level(&model)->selected, 0);
	assert_false(top_level(&model)->has_chosen);
}

static void other_keys(void **state)
{
	(void)state;
	draw();
	press(' ');
	assert_true(model.is_paused);
	expect_line(0, "paused");
	press('.');
	assert_true(model.wants_step);
	press(' ');
	press('r');
	expect_line(4, "      0       5");
	press('+');
	expect_line(0, "every 0.5 s");
	press('-');
	press('-');
	expect_line(0, "every 2 s");
	model.is_recording = true;
	press('+');
	expect_line(0, "2 times its speed");
	press('-');
	press('-');
	expect_line(0, "1/2 of its speed");
	press('h');
	expect_line(0, "any key to go on");
	expect_line(frame.height - 1, "seen 0");
	press(0);
	expect_line(0, "any key to go on");
	press('q');
	assert_false(model.is_ended);
	press('~');
	press('q');
	assert_true(model.is_ended);
}

static void a_page_at_a_time(void **state)
{
	static struct memmon_total many[90];

	(void)state;
	for (uint32_t i = 0; i < 90; i++)
		many[i] = (struct memmon_total){ CLASS(KMALLOC), .cache = 1,
						 .call_site = 0x5000 + i, .tgid = 1,
						 .count = 1000 - i };
	fake.tables[MEMMON_TABLE_TOTALS] = (struct fake_table){ many, 90 };
	look();
	draw();
	press('2');
	press('/');
	press_all("0x50");
	press(TOP_KEY_ENTER);
	assert_int_equal(model.nr_rows, 90);
	press(TOP_KEY_PAGE_DOWN);
	assert_int_equal(top_level(&model)->selected, 19);
	assert_int_equal(top_level(&model)->first, 1);
	press(TOP_KEY_END);
	assert_int_equal(top_level(&model)->first, 71);
	expect_row(18, "0x5059");
	press(TOP_KEY_PAGE_UP);
	press(TOP_KEY_PAGE_UP);
	assert_int_equal(top_level(&model)->selected, 51);
	assert_int_equal(top_level(&model)->first, 51);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(text_filters_rows), TEST(one_goes_into_rows_and_out),
		TEST(views_are_chosen),	 TEST(the_choice_stays_with_its_row),
		TEST(other_keys),	 TEST(a_page_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
