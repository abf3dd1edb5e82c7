// SPDX-License-Identifier: GPL-2.0
/* Tests each rule for what is a leak, by stories that are just inside and just outside of it. */
#include <string.h>

#include "leaks_story.h"
#include "unit.h"

#define PLAIN MEMMON_LEAK_KIND_PLAIN
#define UNLOADED MEMMON_LEAK_KIND_UNLOADED
#define CLASS(name) (1U << MEMMON_CLASS_##name)

static void a_steady_leak_is_found(void **state)
{
	struct story *story = *state;
	const struct memmon_leak *leak;

	story_add_leak(story);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	leak = story_first(story);
	assert_string_equal(leak->names[0], "leak+0x10 [leaky]");
	assert_int_equal(leak->objects, 100);
	assert_int_equal(leak->bytes, 6400);
	assert_float_equal(leak->held.bytes, 6400, 0);
	assert_float_equal(leak->held.bytes_error, 0, 0);
	assert_int_equal(leak->born, 100);
	assert_int_equal(leak->freed, 0);
	assert_true(leak->knows_freed);
	assert_int_equal(leak->at_half, 50);
	assert_int_equal(leak->stayed, 50);
	assert_float_equal(leak->tau, 1, 1e-9);
	assert_float_equal(leak->bytes_per_second, 640, 1e-6);
	/* Older than 2.5 s: those born before 7.5 s. */
	assert_int_equal(memmon_leaks_older_than_ns(story->leaks), 2500 * STORY_MS);
	assert_int_equal(leak->old_objects, 75);
	assert_int_equal(leak->ages[0], 10);
	assert_int_equal(leak->ages[1], 90);
	assert_int_equal(leak->oldest_ns, 9950 * STORY_MS);
	/* 100 * 100 / 103 * 10 / 12 */
	assert_int_equal(leak->confidence, 81);
}

/* Share of frees up to which it is a leak: each tenth object lives shortly, then one more. */
static void hardly_freed_means_a_tenth(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	story_add_many(story, account, 11, 500 * STORY_MS, 500 * STORY_MS, 10 * STORY_MS);
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(story_first(story)->freed, 11);
	assert_judged(story, LEAK, NOT_FREED);
	story_add_many(story, account, 1, 510 * STORY_MS, 1, 10 * STORY_MS);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LIKELY_LEAK, SURVIVES);
}

/* What was freed of the call site may have been of this process: then it is not sure that hardly any was. */
static void what_may_have_been_freed_counts(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	story->options.keys[0] = MEMMON_LEAK_KEY_PROCESS;
	story_add_many(story, account, 11, 500 * STORY_MS, 500 * STORY_MS, 10 * STORY_MS);
	for (size_t i = 100; i < 111; i++)
		story->objects[i].held.tgid = 8;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	assert_false(story_first(story)->knows_freed);
	story_add_many(story, account, 1, 510 * STORY_MS, 1, 10 * STORY_MS);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LIKELY_LEAK, SURVIVES);
}

/* One in a hundred is forgotten: what is there stays, although nearly all is freed. */
static void a_small_part_that_stays_is_likely(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	story_add_many(story, account, 9900, 1, STORY_MS, STORY_MS / 2);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LIKELY_LEAK, SURVIVES);
	assert_true(story_first(story)->confidence >= 50 && story_first(story)->confidence <= 60);
}

/* What is there is replaced: it grows, but of what was there at half time nothing is left. */
static void what_is_replaced_only_grows(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	/* Objects live 2 s, and come ever faster. */
	for (uint64_t i = 0; i < 20; i++)
		story_add_many(story, account, 10 * (i + 1), i * 500 * STORY_MS + 1, 1000,
			       2 * STORY_S);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, REPLACED);
	assert_true(story_first(story)->confidence <= 50);
}

static void freed_as_fast_as_allocated(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_CHURN);

	story_add_many(story, account, 1000, 1, 10 * STORY_MS, 500 * STORY_MS);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, IN_USE, CHURNS);
	assert_true(story_first(story)->confidence >= 90);
}

static void what_falls_is_in_use(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	/* 60 stay, 40 of the 100 are freed in the end. */
	story_add_many(story, account, 60, 1, 10 * STORY_MS, STORY_NEVER);
	story_add_many(story, account, 40, 1, 10 * STORY_MS, 8 * STORY_S);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, IN_USE, FALLS);
}

static void allocated_once_is_held(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	story_add_many(story, account, 1000, 1, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, HELD, STAYS);
	assert_int_equal(story_first(story)->confidence, 100);
	/* 5 % more since half time are still none; 6 % are. */
	story_add_many(story, account, 52, 6 * STORY_S, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, HELD, STAYS);
	story_add_many(story, account, 10, 7 * STORY_S, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, UNSTEADY);
}

/* 200 in the first half of the time, of which 160 after the first look; then 79 or 80 more. */
static void growth_that_slows_down_may_end(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	story_add_many(story, account, 200, 1, 25 * STORY_MS, STORY_NEVER);
	story_add_many(story, account, 79, 5 * STORY_S + 1, 60 * STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, SLOWER);
	story_add_many(story, account, 1, 9900 * STORY_MS, 1, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
}

static void bursts_are_not_steady(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	/* Rises in three looks of the second half, but hardly in the last quarter. */
	story_add_many(story, account, 50, 1, STORY_MS, STORY_NEVER);
	story_add_many(story, account, 20, 5500 * STORY_MS, 100 * STORY_MS, STORY_NEVER);
	story_add_many(story, account, 5, 6200 * STORY_MS, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, UNSTEADY);
	story_add_many(story, account, 5, 9200 * STORY_MS, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->nr_objects = 0;

	story_add_many(story, account, 50, 3500 * STORY_MS, 1, STORY_NEVER);
	story_add_many(story, account, 50, 7500 * STORY_MS, 1, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, UNSTEADY);
}

/* It falls to half time, then rises: at the looks 50, 45, ... 30, 40, 50, ... 80; tau is 0.42. */
static void a_valley_is_not_steady(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	story_add_many(story, account, 50, 1, 1, STORY_NEVER);
	for (size_t i = 0; i < 20; i++)
		story->objects[i].died_ns = (2 + i / 5) * STORY_S;
	for (uint64_t i = 6; i <= 10; i++)
		story_add_many(story, account, 10, i * STORY_S - 10, 1, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, UNSTEADY);
	assert_float_equal(story_first(story)->tau, 19.0 / 45, 1e-9);
}

static void what_began_late_cannot_be_told(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	story_add_many(story, account, 80, 5100 * STORY_MS, 50 * STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, GROWING, LATE);
}

static void six_looks_and_a_second_are_needed(void **state)
{
	struct story *story = *state;

	story_add_leak(story);
	story_judge(story, 5, 10 * STORY_S);
	assert_judged(story, UNCLEAR, SHORT);
	assert_int_equal(story_first(story)->confidence, 0);
	story_judge(story, 6, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	for (size_t i = 0; i < story->nr_objects; i++)
		story->objects[i].born_ns /= 11;
	story_judge(story, 10, 10 * STORY_S / 11);
	assert_judged(story, UNCLEAR, SHORT);
}

static void what_an_unloaded_module_left_is_a_leak(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_LEAK);

	/* Two objects, young, in a short window: nothing of that matters. */
	story_add_many(story, account, 2, 100 * STORY_MS, STORY_MS, STORY_NEVER);
	story->gone_ns[account] = 200 * STORY_MS;
	story_judge(story, 3, 300 * STORY_MS);
	assert_judged(story, LEAK, UNLOADED);
	assert_string_equal(story_first(story)->names[0], "leak+0x10 [leaky, unloaded]");
	assert_int_equal(story_first(story)->kind, UNLOADED);
	assert_int_equal(story_first(story)->confidence, 99);
	/* But a free that was lost does. */
	story->books.lost = 1;
	story_judge(story, 3, 300 * STORY_MS);
	assert_judged(story, UNCLEAR, LOSS);
	story->books.lost = 0;
	story->books.missing_classes = CLASS(CACHE_FREE_BULK);
	story_judge(story, 3, 300 * STORY_MS);
	assert_judged(story, UNCLEAR, MISSING);
	/* By process there are no rows of modules. */
	story->books.missing_classes = 0;
	story->options.keys[0] = MEMMON_LEAK_KEY_PROCESS;
	story_judge(story, 3, 300 * STORY_MS);
	assert_judged(story, UNCLEAR, SHORT);
	assert_int_equal(story_first(story)->kind, PLAIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, story_set_up, story_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_steady_leak_is_found),
		TEST(hardly_freed_means_a_tenth),
		TEST(what_may_have_been_freed_counts),
		TEST(a_small_part_that_stays_is_likely),
		TEST(what_is_replaced_only_grows),
		TEST(freed_as_fast_as_allocated),
		TEST(what_falls_is_in_use),
		TEST(allocated_once_is_held),
		TEST(growth_that_slows_down_may_end),
		TEST(bursts_are_not_steady),
		TEST(a_valley_is_not_steady),
		TEST(what_began_late_cannot_be_told),
		TEST(six_looks_and_a_second_are_needed),
		TEST(what_an_unloaded_module_left_is_a_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
