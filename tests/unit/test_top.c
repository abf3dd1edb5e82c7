// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon top shows and what its keys do, with a device in memory and without a screen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "top.h"
#include "totals_live.h"
#include "unit.h"

#define CLASS(name) .event_class = MEMMON_CLASS_##name

static struct memmon_session *session;
static struct memmon_totals *totals;
static struct top_model model;
static struct top_frame frame;

static struct memmon_total rows[] = {
	{ CLASS(CACHE_ALLOC), .cache = 7, .call_site = 0x1000, .tgid = 10, .comm = "one",
	  .cgroup = 1, .count = 50, .bytes_alloc = 9600, .died = 10, .died_bytes = 1920 },
	{ CLASS(KMALLOC), .cache = 1, .call_site = 0x2000, .tgid = 20, .comm = "two", .cgroup = 1,
	  .count = 1000, .bytes_alloc = 64000, .died = 1000, .died_bytes = 64000 },
	{ CLASS(KMALLOC), .cache = 1, .call_site = 0x1000, .tgid = 10, .cgroup = 1, .count = 5,
	  .bytes_alloc = 320 },
	{ CLASS(KMALLOC), .cache = 2, .call_site = 0x3000, .tgid = 10, .cgroup = 1, .count = 1,
	  .bytes_alloc = 1048576 },
	{ CLASS(PAGE_ALLOC), .order = 3, .tgid = 10, .cgroup = 1, .count = 2,
	  .bytes_alloc = 65536 },
};

static void look(void)
{
	fake.totals.now += 1000000000;
	assert_int_equal(memmon_totals_look(totals), 0);
}

static int start_with(uint32_t flags)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS | flags,
		.total_keys = MEMMON_TOTALS_KEYS,
	};

	fake_reset();
	fake.caches[0] = (struct memmon_cache_info){ .id = 1, .name = "kmalloc-64" };
	fake.caches[1] = (struct memmon_cache_info){ .id = 2, .name = "large\033[2J" };
	fake.nr_caches = 2;
	fake.totals = (struct memmon_totals_stats){ .places = 100, .now = 1000 };
	fake.tables[MEMMON_TABLE_TOTALS] =
		(struct fake_table){ rows, sizeof(rows) / sizeof(rows[0]) };
	memset(&frame, 0, sizeof(frame));
	frame.width = 80;
	frame.height = 24;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	assert_int_equal(totals_live_open(session, "/nonexistent", &totals), 0);
	assert_int_equal(top_model_init(&model, totals, false), 0);
	look();
	return 0;
}

static int start(void **state)
{
	(void)state;
	return start_with(MEMMON_OPTION_LEDGER);
}

static int start_without_ledger(void **state)
{
	(void)state;
	return start_with(0);
}

static int end(void **state)
{
	(void)state;
	top_model_exit(&model);
	memmon_totals_close(totals);
	memmon_session_close(session);
	fake_free();
	return 0;
}

static void draw(void)
{
	assert_int_equal(top_draw(&model, &frame), 0);
}

static void press(int key)
{
	assert_int_equal(top_key(&model, key, frame.page), 0);
	draw();
}

static void press_all(const char *text)
{
	for (; *text; text++)
		press(*text);
}

/* Which row is at a place, by its first word. */
static void expect_row(size_t place, const char *name)
{
	const char *line = frame.lines[4 + place].text;

	if (strncmp(line, name, strlen(name)) || !strchr(" ", line[strlen(name)])) {
		print_message("row %zu is not %s: %s\n", place, name, line);
		fail();
	}
}

static void expect_line(unsigned int line, const char *text)
{
	if (!strstr(frame.lines[line].text, text)) {
		print_message("line %u lacks '%s': %s\n", line, text, frame.lines[line].text);
		fail();
	}
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
		TEST(a_screen_of_80_columns),
		TEST(narrow_and_wide_screens),
		TEST(rows_are_sorted_by_any_column),
		TEST(text_filters_rows),
		TEST(one_goes_into_rows_and_out),
		TEST(views_are_chosen),
		TEST(the_choice_stays_with_its_row),
		TEST(other_keys),
		TEST(a_page_at_a_time),
		cmocka_unit_test_setup_teardown(without_a_ledger_nothing_is_held,
						start_without_ledger, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
