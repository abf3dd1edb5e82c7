// SPDX-License-Identifier: GPL-2.0
/* Tests what must be so of all stories of a kind: churn, leaks of constant rate, samples. */
#include <math.h>

#include "leaks_story.h"
#include "unit.h"

/* A small generator of numbers that are the same on each run. */
static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* Property: what lives no longer than half of the time is never called a leak, however it comes. */
static void a_churning_site_is_never_a_leak(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_CHURN);
	uint64_t seed = 1;

	/* The other rules must do. */
	story->options.older_than_ns = 1;
	for (unsigned int run = 0; run < 150; run++) {
		uint64_t longest = 1 + next_random(&seed) % (4500 * STORY_MS);
		size_t nr = 20 + next_random(&seed) % 2000;

		story->nr_objects = 0;
		for (size_t i = 0; i < nr; i++) {
			/* More and more of them in some runs: it grows, but nothing stays. */
			double at = (double)(next_random(&seed) % 1000000) / 1e6;
			uint64_t born = (uint64_t)(10e9 * pow(at, 1.0 / (1 + run % 4)));

			story_add(story, account, born,
				  born + longest / 2 + next_random(&seed) * 1000 % longest / 2, 64);
		}
		story_judge(story, 6 + next_random(&seed) % 30, 10 * STORY_S);
		for (size_t i = 0; i < memmon_leaks_count(story->leaks); i++)
			assert_true(memmon_leaks_at(story->leaks, i)->verdict >
				    MEMMON_VERDICT_LIKELY_LEAK);
	}
}

/* Property: a leak of constant rate is found at any rate, beside a churn at the same site; losses excuse it. */
static void a_constant_leak_is_always_found(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_LEAK);
	uint64_t seed = 2;

	for (unsigned int run = 0; run < 150; run++) {
		size_t nr = 40 + next_random(&seed) % 1000;
		size_t nr_churn = next_random(&seed) % 3000;
		size_t nr_looks = 8 + next_random(&seed) % 30;

		story->nr_objects = 0;
		story->books.lost = 0;
		story_add_many(story, account, nr, 1 + next_random(&seed) % (9 * STORY_MS),
			       10 * STORY_S / nr, STORY_NEVER);
		/* In flight are a hundredth of the churn at most. */
		for (size_t i = 0; i < nr_churn; i++) {
			uint64_t born = next_random(&seed) * 1000 % (10 * STORY_S);

			story_add(story, account, born, born + 5 * STORY_MS, 64);
		}
		story_judge(story, nr_looks, 10 * STORY_S);
		assert_int_equal(memmon_leaks_count(story->leaks), 1);
		assert_true(memmon_leaks_at(story->leaks, 0)->verdict <=
			    MEMMON_VERDICT_LIKELY_LEAK);
		assert_true(fabs(memmon_leaks_at(story->leaks, 0)->bytes_per_second -
				 64 * (double)nr / 10) < 64 * (double)nr / 40);
		story->books.lost = nr / 2;
		story_judge(story, nr_looks, 10 * STORY_S);
		assert_int_equal(memmon_leaks_at(story->leaks, 0)->verdict, MEMMON_VERDICT_UNCLEAR);
		assert_int_equal(memmon_leaks_at(story->leaks, 0)->reason, MEMMON_REASON_LOSS);
	}
}

/* A sample by address is unbiased, and its error says how wrong it is: 19 times in 20. */
static void samples_are_scaled_with_their_error(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_LEAK);
	unsigned int nr_runs = 200, nr_right = 0;
	uint64_t seed = 3;
	double sum = 0;

	story->books.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
	story->books.filter.sample_one_in = 10;
	for (unsigned int run = 0; run < nr_runs; run++) {
		const struct memmon_leak *leak;

		story->nr_objects = 0;
		for (size_t i = 0; i < 2000; i++)
			if (!(next_random(&seed) % 10))
				story_add(story, account, 1 + i * 5 * STORY_MS, STORY_NEVER, 64);
		story_judge(story, 6, 10 * STORY_S);
		leak = memmon_leaks_at(story->leaks, 0);
		sum += leak->held.bytes;
		nr_right += fabs(leak->held.bytes - 2000 * 64) <= leak->held.bytes_error;
	}
	assert_float_equal(sum / nr_runs, 2000 * 64, 2000 * 64 * 0.02);
	assert_true(nr_right >= 0.9 * nr_runs);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, story_set_up, story_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_churning_site_is_never_a_leak),
		TEST(a_constant_leak_is_always_found),
		TEST(samples_are_scaled_with_their_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
