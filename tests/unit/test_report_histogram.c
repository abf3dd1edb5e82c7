// SPDX-License-Identifier: GPL-2.0
/* Tests that the histogram of lifetimes keeps its promise about errors. */
#include <stdlib.h>
#include <string.h>

#include "memmon/report.h"
#include "report_histogram.h"
#include "unit.h"

static void assert_within(uint64_t value, uint64_t exact)
{
	uint64_t error = value > exact ? value - exact : exact - value;

	assert_true((double)error <= (double)exact * MEMMON_LIFETIME_ERROR);
}

static void one_value_of_each_size(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		const uint64_t values[] = { 1ULL << bit, (1ULL << bit) - 1, 3ULL << bit >> 1,
					    (1ULL << bit) + (1ULL << bit >> 5) };

		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			struct histogram histogram = { 0 };

			assert_int_equal(histogram_add(&histogram, values[i]), 0);
			assert_within(histogram_quantile(&histogram, 500), values[i]);
			assert_within(histogram_quantile(&histogram, 990), values[i]);
			histogram_exit(&histogram);
		}
	}
}

static void the_greatest_value(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	assert_int_equal(histogram_add(&histogram, UINT64_MAX), 0);
	assert_within(histogram_quantile(&histogram, 500), UINT64_MAX);
	histogram_exit(&histogram);
}

static int compare(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static void quantiles_of_many(void **state)
{
	static uint64_t values[10007];
	const size_t nr = sizeof(values) / sizeof(values[0]);
	struct histogram histogram = { 0 };
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		values[i] = random >> (random >> 58);
		assert_int_equal(histogram_add(&histogram, values[i]), 0);
	}
	qsort(values, nr, sizeof(values[0]), compare);
	for (unsigned int permille = 1; permille <= 1000; permille++) {
		size_t rank = (nr * permille + 999) / 1000;

		assert_within(histogram_quantile(&histogram, permille), values[rank - 1]);
	}
	histogram_exit(&histogram);
}

static void merging_adds_up(void **state)
{
	struct histogram all = { 0 }, low = { 0 }, high = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		assert_int_equal(histogram_add(i <= 500 ? &low : &high, i), 0);
	assert_int_equal(histogram_merge(&all, &low), 0);
	assert_int_equal(histogram_merge(&all, &high), 0);
	assert_within(histogram_quantile(&all, 500), 500);
	assert_within(histogram_quantile(&all, 990), 990);
	histogram_exit(&all);
	histogram_exit(&low);
	histogram_exit(&high);
}

/* Counters are small; more of one value than they can hold must count all the same. */
static void many_of_one_value(void **state)
{
	struct histogram one = { 0 }, all = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 300000; i++)
		assert_int_equal(histogram_add(&one, 1000), 0);
	for (unsigned int i = 0; i < 200000; i++)
		assert_int_equal(histogram_add(&one, 10), 0);
	assert_within(histogram_quantile(&one, 399), 10);
	assert_within(histogram_quantile(&one, 401), 1000);
	assert_int_equal(histogram_merge(&all, &one), 0);
	assert_int_equal(histogram_merge(&all, &one), 0);
	for (unsigned int i = 0; i < 250000; i++)
		assert_int_equal(histogram_add(&all, 10), 0);
	assert_within(histogram_quantile(&all, 519), 10);
	assert_within(histogram_quantile(&all, 521), 1000);
	histogram_exit(&one);
	histogram_exit(&all);
}

static void nothing_has_no_quantile(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	assert_int_equal(histogram_quantile(&histogram, 500), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_value_of_each_size),  cmocka_unit_test(the_greatest_value),
		cmocka_unit_test(quantiles_of_many),	   cmocka_unit_test(merging_adds_up),
		cmocka_unit_test(nothing_has_no_quantile), cmocka_unit_test(many_of_one_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
