// SPDX-License-Identifier: GPL-2.0
/* Tests that nothing is called a leak that something else could explain: loss, filters, samples, time. */
#include "leaks_story.h"
#include "unit.h"

#define CLASS(name) (1U << MEMMON_CLASS_##name)

static void lost_events_may_be_frees(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	story->books.lost = 9;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->books.lost = 10;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, LOSS);
	assert_int_equal(story_first(story)->confidence, 0);
	/* Of this row nothing has died, so that no free of it was missed; then 10, then 1. */
	story->books.lost = 0;
	story->books.counts[MEMMON_LEDGER_REBORN] = 1000;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story_add_many(story, account, 10, 1, 100 * STORY_MS, STORY_MS);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, LOSS);
	story->books.counts[MEMMON_LEDGER_REBORN] = 9;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	/* By process it is not known what died, but not more than has died of the call site. */
	story->options.keys[0] = MEMMON_LEAK_KEY_PROCESS;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->books.counts[MEMMON_LEDGER_REBORN] = 11;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, LOSS);
}

static void recordings_may_lack_frees(void **state)
{
	struct story *story = *state;

	story_add_leak(story);
	story->books.is_unfinished = true;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, UNFINISHED);
	story->books.is_unfinished = false;
	story->books.has_filtered_frees = true;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, FILTERED);
}

static void every_way_to_free_it_must_be_seen(void **state)
{
	static const struct {
		uint8_t born;
		uint32_t missing;
		bool is_explained;
	} cases[] = {
		{ MEMMON_CLASS_KMALLOC, CLASS(KFREE), true },
		{ MEMMON_CLASS_KMALLOC, CLASS(CACHE_FREE_BULK), true },
		{ MEMMON_CLASS_CACHE_ALLOC, CLASS(RCU_FREE), true },
		{ MEMMON_CLASS_CACHE_ALLOC_BULK, CLASS(CACHE_FREE), true },
		{ MEMMON_CLASS_KMALLOC, CLASS(KFREE_NOLOCK) | CLASS(VFREE) | CLASS(PAGE_FREE),
		  false },
		{ MEMMON_CLASS_KMALLOC, CLASS(CACHE_ALLOC_BULK) | CLASS(RCU_QUEUE), false },
		{ MEMMON_CLASS_KMALLOC_NOLOCK, CLASS(KFREE_NOLOCK), true },
		{ MEMMON_CLASS_VMALLOC, CLASS(VFREE), true },
		{ MEMMON_CLASS_VMALLOC, CLASS(KFREE), false },
		{ MEMMON_CLASS_PERCPU_ALLOC, CLASS(PERCPU_FREE), true },
		{ MEMMON_CLASS_PERCPU_ALLOC, CLASS(VFREE), false },
	};
	struct story *story = *state;

	story_add_leak(story);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t k = 0; k < story->nr_objects; k++)
			story->objects[k].held.event_class = cases[i].born;
		story->books.missing_classes = cases[i].missing;
		story_judge(story, 10, 10 * STORY_S);
		if (cases[i].is_explained)
			assert_judged(story, UNCLEAR, MISSING);
		else
			assert_judged(story, LEAK, NOT_FREED);
	}
}

static void pages_without_flags_may_be_slabs(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	story->accounts[account].section = MEMMON_SECTION_PAGES;
	story->accounts[account].event_class = MEMMON_CLASS_PAGE_ALLOC;
	for (size_t i = 0; i < story->nr_objects; i++)
		story->objects[i].held.event_class = MEMMON_CLASS_PAGE_ALLOC;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->books.missing_classes = CLASS(PAGE_FREE);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, MISSING);
	story->books.missing_classes = CLASS(KFREE) | CLASS(VFREE);
	story->books.page_places = 0;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, NO_FLAGS);
}

static void merged_caches_and_accounts_explain_growth(void **state)
{
	struct story *story = *state;
	uint32_t account = story_add_leak(story);

	for (size_t i = 0; i < story->nr_objects; i++)
		story->objects[i].held.cache = 1;
	story->caches[1] = (struct memmon_cache){ 1, 64, "kmalloc-64", "damon_region" };
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->caches[1].aliases = "damon_region,ext4_extent_status";
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, MERGED);
	story->caches[1].name = "ext4_extent_status";
	story->caches[1].aliases = "damon_region";
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, MERGED);
	story->caches[1] = (struct memmon_cache){ 1, 64, "kmalloc-64", "" };
	story->accounts[account].is_other = true;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, MIXED);
}

static void a_small_sample_proves_nothing(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_LEAK);

	/* One large object among small ones: its square is all the variance. */
	story_add_many(story, account, 20, 50 * STORY_MS, 450 * STORY_MS, STORY_NEVER);
	story->objects[19].held.bytes_alloc = 1000000;
	story->books.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
	story->books.filter.sample_one_in = 100;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, SAMPLE);
	story->objects[19].held.bytes_alloc = 64;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	assert_float_equal(story_first(story)->held.objects, 2000, 1e-6);
	assert_float_equal(story_first(story)->held.bytes, 128000, 1e-6);
	/* 1.96 * sqrt(20 * 100 * 99) */
	assert_float_equal(story_first(story)->held.objects_error, 872.1, 0.1);
	assert_float_equal(story_first(story)->held.bytes_error, 64 * 872.1, 10);
}

static void ten_objects_are_needed_and_ten_old_ones(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_LEAK);

	story_add_many(story, account, 9, 500 * STORY_MS, STORY_S, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, FEW);
	story_add_many(story, account, 1, 9500 * STORY_MS, 1, STORY_NEVER);
	story->options.older_than_ns = 1;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, LEAK, NOT_FREED);
	story->options.older_than_ns = 500 * STORY_MS;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, YOUNG);
}

static void without_places_nothing_is_known_to_stay(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);

	story_add_many(story, account, 1000, 1, STORY_MS, STORY_NEVER);
	story->books.counts[MEMMON_LEDGER_BORN] = 1000;
	story->books.counts[MEMMON_LEDGER_UNTRACKED] = 10;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, HELD, STAYS);
	story->books.counts[MEMMON_LEDGER_UNTRACKED] = 11;
	story_judge(story, 10, 10 * STORY_S);
	assert_judged(story, UNCLEAR, FULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, story_set_up, story_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lost_events_may_be_frees),
		TEST(recordings_may_lack_frees),
		TEST(every_way_to_free_it_must_be_seen),
		TEST(pages_without_flags_may_be_slabs),
		TEST(merged_caches_and_accounts_explain_growth),
		TEST(a_small_sample_proves_nothing),
		TEST(ten_objects_are_needed_and_ten_old_ones),
		TEST(without_places_nothing_is_known_to_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
