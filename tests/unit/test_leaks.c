// SPDX-License-Identifier: GPL-2.0
/* Tests how the leak finder groups what is held, adds it up and ranks it. */
#include <errno.h>
#include <string.h>

#include "leaks_story.h"
#include "unit.h"

#define SLAB MEMMON_SECTION_SLAB
#define PAGES MEMMON_SECTION_PAGES
#define PLAIN MEMMON_LEAK_KIND_PLAIN

static void expected_growth_has_rows_of_its_own(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);
	const struct memmon_leak *leak;

	story->caches[1] = (struct memmon_cache){ 1, 192, "dentry", "" };
	story->caches[2] = (struct memmon_cache){ 2, 64, "filp", "" };
	story->accounts[account].cache = 1;
	story->accounts[account].event_class = MEMMON_CLASS_CACHE_ALLOC;
	story_add_many(story, account, 100, 1, 100 * STORY_MS, STORY_NEVER);
	story_add_many(story, story_account(story, STORY_LEAK), 100, 1, 100 * STORY_MS,
		       STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_count(story->leaks), 2);
	leak = memmon_leaks_at(story->leaks, 0);
	assert_int_equal(leak->verdict, MEMMON_VERDICT_LEAK);
	leak = memmon_leaks_at(story->leaks, 1);
	assert_int_equal(leak->verdict, MEMMON_VERDICT_CACHE);
	assert_int_equal(leak->kind, MEMMON_LEAK_KIND_CACHE);
	assert_string_equal(leak->why, "names of files");
	assert_float_equal(memmon_leaks_total(story->leaks, SLAB)->bytes[leak->kind], 6400, 0);
	assert_float_equal(memmon_leaks_total(story->leaks, SLAB)->born_bytes, 12800, 0);
	story->accounts[account].cache = 2;
	for (size_t i = 0; i < 100; i++)
		story->objects[i].held.cache = 2;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_at(story->leaks, 1)->verdict, MEMMON_VERDICT_LEAK);
}

static void caches_that_grow_by_themselves(void **state)
{
	(void)state;
	assert_non_null(memmon_leaks_expected("dentry"));
	assert_non_null(memmon_leaks_expected("inode_cache"));
	assert_non_null(memmon_leaks_expected("ext4_inode_cache"));
	assert_non_null(memmon_leaks_expected("xfs_inode"));
	assert_non_null(memmon_leaks_expected("buffer_head"));
	assert_non_null(memmon_leaks_expected("radix_tree_node"));
	assert_non_null(memmon_leaks_expected("kmalloc-rcl-64"));
	assert_null(memmon_leaks_expected("sock_inode_cache"));
	assert_null(memmon_leaks_expected("kmalloc-64"));
	assert_null(memmon_leaks_expected("filp"));
	assert_null(memmon_leaks_expected("inode"));
	assert_null(memmon_leaks_expected("task_struct"));
	assert_non_null(memmon_leaks_expected_site("security_inode_alloc+0x24"));
	assert_non_null(memmon_leaks_expected_site("__d_alloc+0x22"));
	assert_null(memmon_leaks_expected_site("leak+0x10 [leaky]"));
}

/* Half of what waits is counted as freed already; it never makes a row of the call site grow. */
static void what_waits_for_rcu_is_apart(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);
	const struct memmon_leak *leak;

	story_add_many(story, account, 100, 1, 100 * STORY_MS, STORY_NEVER);
	for (size_t i = 0; i < 60; i++)
		story->objects[i].queued_ns = 8 * STORY_S + i;
	story_judge(story, 10, 10 * STORY_S);
	leak = story_row(story, "other+0x10", MEMMON_LEAK_KIND_RCU);
	assert_int_equal(leak->verdict, MEMMON_VERDICT_RCU_PENDING);
	assert_int_equal(leak->objects, 60);
	assert_int_equal(leak->oldest_ns, 2 * STORY_S);
	leak = story_row(story, "other+0x10", PLAIN);
	assert_int_equal(leak->objects, 40);
	assert_int_equal(leak->born, 100);
	assert_int_equal(leak->freed, 60);
	assert_int_equal(leak->verdict, MEMMON_VERDICT_IN_USE);
}

static uint32_t add_pages(struct story *story, uint32_t flags, uint8_t migratetype, size_t nr)
{
	uint32_t account = story_account(story, 0);

	story->accounts[account].section = PAGES;
	story->accounts[account].event_class = MEMMON_CLASS_PAGE_ALLOC;
	for (size_t i = 0; i < nr; i++) {
		struct story_object *object =
			story_add(story, account, 1 + i * 100 * STORY_MS, STORY_NEVER, 4096);

		object->held.flags = flags;
		object->held.migratetype = migratetype;
	}
	return account;
}

static void pages_are_told_apart(void **state)
{
	struct story *story = *state;
	const struct memmon_leaks_total *total;

	add_pages(story, MEMMON_OBJECT_IN_SLAB, 0, 10);
	add_pages(story, MEMMON_OBJECT_LARGE, 0, 11);
	add_pages(story, MEMMON_OBJECT_ANON, 0, 12);
	add_pages(story, MEMMON_OBJECT_PAGE_TABLE, 0, 13);
	add_pages(story, MEMMON_OBJECT_FILE, 1, 14);
	add_pages(story, 0, 1, 15);
	add_pages(story, 0, 0, 100);
	story_judge(story, 10, 10 * STORY_S);
	total = memmon_leaks_total(story->leaks, PAGES);
	assert_float_equal(total->backing_bytes, 21 * 4096, 0);
	assert_float_equal(total->objects[MEMMON_LEAK_KIND_PROCESS], 12 + 13 + 15, 0);
	assert_float_equal(total->objects[MEMMON_LEAK_KIND_CACHE], 14, 0);
	assert_float_equal(total->objects[PLAIN], 100, 0);
	assert_int_equal(memmon_leaks_count(story->leaks), 3);
	assert_string_equal(memmon_leaks_at(story->leaks, 0)->names[0], "(pages)");
	assert_int_equal(memmon_leaks_at(story->leaks, 0)->verdict, MEMMON_VERDICT_LEAK);
	assert_int_equal(story_row(story, "(pages)", MEMMON_LEAK_KIND_PROCESS)->verdict,
			 MEMMON_VERDICT_IN_USE);
	assert_int_equal(story_row(story, "(pages)", MEMMON_LEAK_KIND_CACHE)->verdict,
			 MEMMON_VERDICT_CACHE);
}

/* Their areas are in the other section, unless these are not seen. */
static void pages_of_vmalloc_are_backing(void **state)
{
	struct story *story = *state;
	uint32_t account = add_pages(story, 0, 0, 100);

	story->accounts[account].event_class = MEMMON_CLASS_PAGE_ALLOC_BULK;
	story->accounts[account].call_site = STORY_VMALLOC;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_count(story->leaks), 0);
	assert_float_equal(memmon_leaks_total(story->leaks, PAGES)->backing_bytes, 409600, 0);
	story->books.missing_classes = 1U << MEMMON_CLASS_VMALLOC;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(story_row(story, "__vmalloc_node_range+0x10", PLAIN)->objects, 100);
}

/* What functions are known for counts also where caches say nothing. */
static void expected_sites_have_rows_of_their_own(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_INODE);
	const struct memmon_leak *leak;

	story->caches[1] = (struct memmon_cache){ 1, 64, "one", "two,lsm_inode_cache" };
	story->accounts[account].cache = 1;
	story_add_many(story, account, 100, 1, 100 * STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_count(story->leaks), 1);
	leak = story_row(story, "security_inode_alloc+0x10", MEMMON_LEAK_KIND_CACHE);
	assert_string_equal(leak->why, "files that were looked at");
	assert_int_equal(leak->verdict, MEMMON_VERDICT_CACHE);
}

static void pages_get_their_site_from_the_stack(void **state)
{
	struct story *story = *state;
	const struct memmon_leak *leak;

	add_pages(story, 0, 0, 100);
	for (size_t i = 0; i < 100; i++)
		story->objects[i].held.stack = i % 4 ? 1 : 0;
	story->stack.nr_frames = 3;
	story->stack.frames[0] = STORY_ALLOC_PAGES;
	story->stack.frames[1] = STORY_LEAK;
	story->stack.frames[2] = STORY_OTHER;
	story_judge(story, 10, 10 * STORY_S);
	leak = story_row(story, "leak+0x10 [leaky]", PLAIN);
	assert_int_equal(leak->objects, 75);
	assert_int_equal(leak->stack, 1);
	assert_int_equal(leak->stack_bytes, 75 * 4096);
	assert_false(leak->knows_freed);
	assert_int_equal(story_row(story, "(pages)", PLAIN)->objects, 25);
	story->options.keys[0] = MEMMON_LEAK_KEY_MODULE;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(story_row(story, "leaky", PLAIN)->objects, 75);
	assert_int_equal(story_row(story, "(pages)", PLAIN)->objects, 25);
	story->options.keys[0] = MEMMON_LEAK_KEY_STACK;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(story_row(story, "leak+0x10 [leaky] #1", PLAIN)->objects, 75);
	assert_int_equal(story_row(story, "(no stack)", PLAIN)->objects, 25);
}

static void rows_by_module_name_their_sites(void **state)
{
	struct story *story = *state;
	uint32_t leaky = story_account(story, STORY_LEAK);
	uint32_t churn = story_account(story, STORY_CHURN);
	uint32_t other = story_account(story, STORY_OTHER);
	const struct memmon_leak *leak;

	story_add_many(story, leaky, 100, 1, 100 * STORY_MS, STORY_NEVER);
	story_add_many(story, churn, 20, 1, STORY_MS, STORY_NEVER);
	story_add_many(story, other, 30, 1, STORY_MS, STORY_NEVER);
	story->options.keys[0] = MEMMON_LEAK_KEY_MODULE;
	story_judge(story, 10, 10 * STORY_S);
	leak = story_row(story, "(kernel)", PLAIN);
	assert_int_equal(leak->objects, 50);
	assert_int_equal(leak->nr_parts, 2);
	assert_string_equal(leak->parts[0].name, "other+0x10");
	assert_int_equal(leak->parts[0].objects, 30);
	assert_int_equal(leak->parts[0].bytes, 30 * 64);
	assert_string_equal(leak->parts[1].name, "churn+0x10");
	assert_int_equal(story_row(story, "leaky", PLAIN)->verdict, MEMMON_VERDICT_LEAK);
	/* Once it is unloaded, what it left is a row of its own. */
	story->gone_ns[leaky] = 9500 * STORY_MS;
	story_judge(story, 10, 10 * STORY_S);
	leak = story_row(story, "leaky (unloaded)", MEMMON_LEAK_KIND_UNLOADED);
	assert_int_equal(leak->reason, MEMMON_REASON_UNLOADED);
	assert_string_equal(leak->parts[0].name, "leak+0x10 [leaky, unloaded]");
	assert_int_equal(leak->parts[0].objects, 100);
	assert_ptr_equal(memmon_leaks_at(story->leaks, 0), leak);
}

static void keys_are_combined(void **state)
{
	struct story *story = *state;
	uint32_t account = story_account(story, STORY_OTHER);
	const struct memmon_leak *leak;

	story->cgroups[account] = "/user.slice";
	story->accounts[account].cgroup = 9;
	story_add_many(story, account, 100, 1, 100 * STORY_MS, STORY_NEVER);
	for (size_t i = 0; i < 30; i++) {
		story->objects[i].held.tgid = 8;
		strcpy(story->objects[i].held.comm, i % 2 ? "thread" : "main");
	}
	story->objects[99].held.context = MEMMON_CONTEXT_SOFTIRQ;
	story->objects[98].held.bytes_alloc = 2048;
	story->objects[97].held.bytes_alloc = 16384;
	story->options.keys[0] = MEMMON_LEAK_KEY_PROCESS;
	story->options.keys[1] = MEMMON_LEAK_KEY_CGROUP;
	story->options.keys[2] = MEMMON_LEAK_KEY_CACHE;
	story->options.nr_keys = 3;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_count(story->leaks), 5);
	leak = story_row(story, "main (8)", PLAIN);
	assert_string_equal(leak->names[1], "/user.slice");
	assert_string_equal(leak->names[2], "kmalloc-64");
	assert_int_equal(leak->objects, 30);
	assert_false(leak->knows_freed);
	assert_int_equal(story_row(story, "(softirq)", PLAIN)->objects, 1);
	story->options.keys[0] = MEMMON_LEAK_KEY_CACHE;
	story->options.nr_keys = 1;
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(story_row(story, "kmalloc-2k", PLAIN)->objects, 1);
	assert_int_equal(story_row(story, "kmalloc-large", PLAIN)->objects, 1);
	story->options.keys[0] = MEMMON_LEAK_KEY_CGROUP;
	story_judge(story, 10, 10 * STORY_S);
	assert_true(story_row(story, "/user.slice", PLAIN)->knows_freed);
}

static void the_worst_comes_first(void **state)
{
	struct story *story = *state;
	uint32_t leaky = story_account(story, STORY_LEAK);
	uint32_t churn = story_account(story, STORY_CHURN);
	uint32_t other = story_account(story, STORY_OTHER);

	story_add_many(story, leaky, 50, 1, 200 * STORY_MS, STORY_NEVER);
	story_add_many(story, churn, 100, 1, 100 * STORY_MS, STORY_NEVER);
	story_add_many(story, other, 2000, 1, STORY_MS, STORY_NEVER);
	story_judge(story, 10, 10 * STORY_S);
	assert_int_equal(memmon_leaks_count(story->leaks), 3);
	/* Twice the bytes, and surer. */
	assert_string_equal(memmon_leaks_at(story->leaks, 0)->names[0], "churn+0x10");
	assert_string_equal(memmon_leaks_at(story->leaks, 1)->names[0], "leak+0x10 [leaky]");
	/* Most bytes, but only held. */
	assert_string_equal(memmon_leaks_at(story->leaks, 2)->names[0], "other+0x10");
	assert_int_equal(memmon_leaks_at(story->leaks, 2)->verdict, MEMMON_VERDICT_HELD);
}

/* Far more looks than are remembered: the numbers stay right, and so does the verdict. */
static void long_observations_are_thinned_out(void **state)
{
	struct story *story = *state;
	uint32_t leaky = story_account(story, STORY_LEAK);
	uint32_t churn = story_account(story, STORY_CHURN);
	const struct memmon_leak *leak;

	story_add_many(story, leaky, 1000, 1, 100 * STORY_MS, STORY_NEVER);
	story_add_many(story, churn, 1000, 1, 10 * STORY_MS, 50 * STORY_MS);
	for (size_t nr = MEMMON_LEAKS_MAX_LOOKS - 2; nr < 5 * MEMMON_LEAKS_MAX_LOOKS; nr += 13) {
		story_judge(story, nr, 100 * STORY_S);
		assert_true(memmon_leaks_looks(story->leaks) <= MEMMON_LEAKS_MAX_LOOKS);
		assert_true(memmon_leaks_looks(story->leaks) > MEMMON_LEAKS_MAX_LOOKS / 2);
		assert_int_equal(memmon_leaks_count(story->leaks), 1);
		leak = memmon_leaks_at(story->leaks, 0);
		assert_int_equal(leak->verdict, MEMMON_VERDICT_LEAK);
		for (size_t i = 0; i < memmon_leaks_looks(story->leaks); i++) {
			uint64_t ns = memmon_leaks_look_ns(story->leaks, i);

			/* Evenly spread, but for the last one. */
			if (i && i + 1 < memmon_leaks_looks(story->leaks))
				assert_float_equal(
					(double)ns,
					(double)(i * memmon_leaks_look_ns(story->leaks, 1)), 100);
			assert_float_equal(
				leak->series[i],
				ns ? 64.0 * (double)(1 + (ns - 1) / (100 * STORY_MS)) : 0, 1e-6);
		}
		assert_int_equal(memmon_leaks_look_ns(story->leaks, 0), 0);
		assert_int_equal(memmon_leaks_look_ns(story->leaks,
						      memmon_leaks_looks(story->leaks) - 1),
				 100 * STORY_S);
	}
}

/* With --watch there is a verdict now and then, and each is as if it were the only one. */
static void verdicts_can_be_repeated(void **state)
{
	struct story *story = *state;
	uint32_t leaky = story_account(story, STORY_LEAK);
	const struct memmon_leak *leak;

	story_add_many(story, leaky, 200, 1, 100 * STORY_MS, STORY_NEVER);
	assert_int_equal(memmon_leaks_create(&story->options, &story->leaks), 0);
	for (uint64_t i = 0; i <= 20; i++) {
		struct memmon_snapshot *snapshot = story_snapshot(story, i * STORY_S);

		assert_int_equal(memmon_leaks_add(story->leaks, snapshot), 0);
		assert_int_equal(memmon_leaks_finish(story->leaks, snapshot), 0);
		memmon_snapshot_free(snapshot);
		if (!i) {
			assert_int_equal(memmon_leaks_count(story->leaks), 0);
			continue;
		}
		leak = memmon_leaks_at(story->leaks, 0);
		assert_int_equal(leak->objects, 10 * i);
		assert_int_equal(leak->born, 10 * i);
		assert_int_equal(leak->nr_parts, 1);
		assert_int_equal(leak->verdict,
				 i < 6 ? MEMMON_VERDICT_UNCLEAR : MEMMON_VERDICT_LEAK);
	}
}

static void options_that_make_no_sense(void **state)
{
	struct memmon_leaks_options options = { .nr_keys = 0 };
	struct memmon_leaks *leaks;
	enum memmon_leak_key key;

	(void)state;
	assert_int_equal(memmon_leaks_create(&options, &leaks), -EINVAL);
	options.nr_keys = MEMMON_LEAKS_MAX_KEYS + 1;
	assert_int_equal(memmon_leaks_create(&options, &leaks), -EINVAL);
	assert_int_equal(memmon_leak_key_find("cgroup", 6, &key), 0);
	assert_int_equal(key, MEMMON_LEAK_KEY_CGROUP);
	assert_int_equal(memmon_leak_key_find("cgroups", 7, &key), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, story_set_up, story_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(expected_growth_has_rows_of_its_own),
		TEST(caches_that_grow_by_themselves),
		TEST(what_waits_for_rcu_is_apart),
		TEST(pages_are_told_apart),
		TEST(pages_of_vmalloc_are_backing),
		TEST(expected_sites_have_rows_of_their_own),
		TEST(pages_get_their_site_from_the_stack),
		TEST(rows_by_module_name_their_sites),
		TEST(keys_are_combined),
		TEST(the_worst_comes_first),
		TEST(long_observations_are_thinned_out),
		TEST(verdicts_can_be_repeated),
		TEST(options_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
