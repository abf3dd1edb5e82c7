// SPDX-License-Identifier: GPL-2.0
/* Tests the conditions of memmon stat --fail-if: what is understood, what is refused, and what holds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stat_condition.h"
#include "unit.h"

static struct stat_condition parse(const char *text)
{
	struct stat_condition condition;

	assert_null(stat_condition_parse(text, &condition));
	return condition;
}

static void examples_are_understood(void **state)
{
	struct stat_condition condition = parse("kmalloc-*:growth>10%");

	(void)state;
	assert_string_equal(condition.pattern, "kmalloc-*");
	assert_int_equal(condition.metric, STAT_GROWTH);
	assert_int_equal(condition.op, STAT_GREATER);
	assert_true(condition.value == 10.0);
	assert_true(condition.is_percent);
	condition = parse("dentry,inode*: leaked >= -1.5 ");
	assert_string_equal(condition.pattern, "dentry,inode*");
	assert_int_equal(condition.metric, STAT_LEAKED);
	assert_int_equal(condition.op, STAT_GREATER_EQUAL);
	assert_true(condition.value == -1.5);
	assert_false(condition.is_percent);
	condition = parse("a:b:c:bytes<=3M");
	assert_string_equal(condition.pattern, "a:b:c");
	assert_int_equal(condition.metric, STAT_BYTES);
	assert_true(condition.value == 3.0 * 1024 * 1024);
	assert_int_equal(parse("x:requests==0").op, STAT_EQUAL);
	assert_int_equal(parse("x:taken!=7k").op, STAT_NOT_EQUAL);
	assert_int_equal(parse("x:outstanding<7").op, STAT_LESS);
	assert_true(parse("x:gained>1%").is_percent);
}

static void refuse(const char *text, const char *part)
{
	struct stat_condition condition;
	const char *why = stat_condition_parse(text, &condition);

	assert_non_null(why);
	if (!strstr(why, part))
		fail_msg("'%s': '%s' does not say '%s'", text, why, part);
}

static void mistakes_are_named(void **state)
{
	char longest[300];

	(void)state;
	refuse("", "no ':'");
	refuse("kmalloc-64", "no ':'");
	refuse(":growth>10%", "no caches");
	refuse("x:", "metric is none of");
	refuse("x:grow>10%", "metric is none of");
	refuse("x:growths>10%", "metric is none of");
	refuse("x:growth", "operator is none of");
	refuse("x:growth=10%", "operator is none of");
	refuse("x:growth>", "no number");
	refuse("x:growth>%", "no number");
	refuse("x:growth>ten%", "no number");
	refuse("x:growth>inf%", "no number");
	refuse("x:growth>nan%", "no number");
	refuse("x:leaked>0x10", "plain decimal");
	refuse("x:leaked>1e5", "plain decimal");
	refuse("x:leaked>1.2.3", "plain decimal");
	refuse("x:leaked>-", "no number");
	refuse("x:growth>10", "growth is a percentage");
	refuse("x:requests>10%", "not a percentage");
	refuse("x:leaked>10%%", "behind its number");
	refuse("x:leaked>10T", "behind its number");
	refuse("x:growth>10k%", "behind its number");
	memset(longest, 'x', sizeof(longest));
	strcpy(longest + sizeof(longest) - 10, ":leaked>1");
	refuse(longest, "too long");
}

/* Any condition is printed as text that means the same. */
static void what_is_printed_is_parsed_to_the_same(void **state)
{
	static const char *const patterns[] = { "*", "kmalloc-*,dentry", "a:b", "x y", "[a-c]?" };
	unsigned int seed = 3;
	char text[1000];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct stat_condition condition = { 0 }, again;

		strcpy(condition.pattern, patterns[rand_r(&seed) % 5]);
		condition.metric = rand_r(&seed) % STAT_NR_METRICS;
		condition.op = rand_r(&seed) % STAT_NR_OPERATORS;
		condition.value = (rand_r(&seed) - RAND_MAX / 2) * pow(10, rand_r(&seed) % 25 - 12);
		condition.is_percent = condition.metric == STAT_GROWTH ||
				       (condition.metric <= STAT_LEAKED && rand_r(&seed) % 2);
		assert_true(stat_condition_print(&condition, text, sizeof(text)) <
			    (int)sizeof(text));
		assert_null(stat_condition_parse(text, &again));
		assert_memory_equal(&condition, &again, sizeof(condition));
	}
}

static double value(const char *text, const struct memmon_row *row, uint64_t runs, bool has_noise)
{
	struct stat_condition condition = parse(text);
	double ret;

	assert_true(stat_condition_value(&condition, row, runs, has_noise, &ret));
	return ret;
}

static void values_of_a_cache(void **state)
{
	struct memmon_row row = {
		.name = "x",
		.before = 200,
		.during = 250,
		.after = 190,
		.total = { .requests = 30,
			   .bytes_requested = 300,
			   .bytes_taken = 320,
			   .outstanding_objects = 3 },
		.has_requests = true,
		.has_counts = true,
	};
	struct stat_condition condition = parse("x:requests>1");
	double ret;

	(void)state;
	assert_true(value("x:growth>1%", &row, 1, false) == 25.0);
	assert_true(value("x:gained>1", &row, 1, false) == 50.0);
	assert_true(value("x:gained>1%", &row, 1, false) == 25.0);
	assert_true(value("x:leaked>1", &row, 1, false) == -10.0);
	assert_true(value("x:leaked>1%", &row, 1, false) == -5.0);
	assert_true(value("x:requests>1", &row, 2, false) == 15.0);
	assert_true(value("x:bytes>1", &row, 2, false) == 150.0);
	assert_true(value("x:taken>1", &row, 2, false) == 160.0);
	assert_true(value("x:outstanding>1", &row, 2, false) == 1.5);
	row.has_counts = false;
	assert_true(stat_condition_value(&condition, &row, 1, false, &ret));
	row.has_requests = false;
	assert_false(stat_condition_value(&condition, &row, 1, false, &ret));
	condition = parse("x:bytes>1");
	assert_false(stat_condition_value(&condition, &row, 1, false, &ret));
}

static void a_change_within_the_noise_is_none(void **state)
{
	struct memmon_row row = { .before = 200, .during = 250, .after = 190, .noise = 50 };

	(void)state;
	assert_true(value("x:growth>1%", &row, 1, true) == 0.0);
	assert_true(value("x:leaked<0", &row, 1, true) == 0.0);
	row.noise = 49;
	assert_true(value("x:growth>1%", &row, 1, true) == 25.0);
	assert_true(value("x:leaked<0", &row, 1, true) == 0.0);
	row.noise = 9;
	assert_true(value("x:leaked<0", &row, 1, true) == -10.0);
}

static void a_part_of_nothing_is_infinite(void **state)
{
	struct memmon_row row = { .during = 1 };

	(void)state;
	assert_true(isinf(value("x:growth>1%", &row, 1, true)));
	assert_true(value("x:leaked>1%", &row, 1, true) == 0.0);
	row.noise = 1;
	assert_true(value("x:growth>1%", &row, 1, true) == 0.0);
}

static void operators_compare(void **state)
{
	static const char *const texts[] = { "x:leaked>5",  "x:leaked>=5", "x:leaked<5",
					     "x:leaked<=5", "x:leaked==5", "x:leaked!=5" };
	static const bool expected[6][3] = { { false, false, true }, { false, true, true },
					     { true, false, false }, { true, true, false },
					     { false, true, false }, { true, false, true } };

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct stat_condition condition = parse(texts[i]);

		for (int j = 0; j < 3; j++)
			assert_int_equal(stat_condition_holds(&condition, 4.0 + j), expected[i][j]);
	}
}

static void some_need_the_module(void **state)
{
	struct stat_condition condition = parse("x:leaked>1");

	(void)state;
	assert_false(stat_condition_needs_module(&condition));
	condition = parse("x:requests>1");
	assert_true(stat_condition_needs_module(&condition));
	assert_false(stat_condition_needs_session(&condition));
	condition = parse("x:bytes>1");
	assert_true(stat_condition_needs_module(&condition));
	assert_true(stat_condition_needs_session(&condition));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_understood),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(what_is_printed_is_parsed_to_the_same),
		cmocka_unit_test(values_of_a_cache),
		cmocka_unit_test(a_change_within_the_noise_is_none),
		cmocka_unit_test(a_part_of_nothing_is_infinite),
		cmocka_unit_test(operators_compare),
		cmocka_unit_test(some_need_the_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
