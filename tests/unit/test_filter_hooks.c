// SPDX-License-Identifier: GPL-2.0
/* Tests what filters mean for the events of hooks, and for parts of blocks of pages. */
#include <errno.h>

#include "memmon/filter.h"
#include "unit.h"

static const struct memmon_value_name gfp_names[] = { { 0x100, "__GFP_ZERO" } };
static const struct memmon_machine machine = { .gfp = gfp_names, .nr_gfp = 1 };

static struct memmon_filter filter;
static char why[128];

static int parse(struct memmon_filter_words words)
{
	const struct memmon_filter_world world = { .machine = &machine };

	return memmon_filter_parse(&words, &world, &filter, why, sizeof(why));
}

static int match(struct memmon_record record)
{
	static const struct memmon_filter_names names = { .cache = NULL };

	return memmon_filter_match(&filter, &record, &names);
}

#define PARSE(...) parse((struct memmon_filter_words){ __VA_ARGS__ })
#define MATCH(...) match((struct memmon_record){ __VA_ARGS__ })
#define WANTED (-1)

static uint32_t classes_of(const char *text)
{
	uint32_t mask = 0;

	assert_int_equal(
		memmon_classes_parse(text, MEMMON_SOURCE_TRACEPOINT, &mask, why, sizeof(why)), 0);
	return mask;
}

/* Memory that is neither of a slab cache nor pages has no group but its kind of event. */
static void groups_have_hooks(void **state)
{
	const uint32_t areas = 1 << MEMMON_CLASS_VMALLOC | 1 << MEMMON_CLASS_VFREE |
			       1 << MEMMON_CLASS_PERCPU_ALLOC | 1 << MEMMON_CLASS_PERCPU_FREE;
	const uint32_t all = classes_of("all");

	(void)state;
	assert_int_equal(all, MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK);
	assert_int_equal(classes_of("hook"), MEMMON_CLASSES_HOOK);
	assert_int_equal(classes_of("slab,page"), all & ~areas);
	assert_int_equal(classes_of("alloc,free"), all & ~(1U << MEMMON_CLASS_PAGE_EXTFRAG));
	assert_int_equal(classes_of("alloc") & classes_of("free"), 0);
	assert_int_equal(classes_of("alloc") & MEMMON_CLASSES_HOOK,
			 1 << MEMMON_CLASS_CACHE_ALLOC_BULK | 1 << MEMMON_CLASS_KMALLOC_NOLOCK |
				 1 << MEMMON_CLASS_KREALLOC | 1 << MEMMON_CLASS_VMALLOC |
				 1 << MEMMON_CLASS_PERCPU_ALLOC |
				 1 << MEMMON_CLASS_PAGE_ALLOC_BULK);
	assert_int_equal(classes_of("kvfree_call_rcu,rcu_free_sheaf"),
			 1 << MEMMON_CLASS_RCU_QUEUE | 1 << MEMMON_CLASS_RCU_FREE);
	assert_int_equal(memmon_classes_parse("hook", MEMMON_SOURCE_KPROBE, &(uint32_t){ 0 }, why,
					      sizeof(why)),
			 -EINVAL);
}

/* What frees by address knows neither sizes nor flags; of fragmentation the flags are something else. */
static void hooks_lack_what_conditions_ask_for(void **state)
{
	(void)state;
	assert_int_equal(PARSE(.bytes = "0-"), 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_CACHE_FREE_BULK), MEMMON_FILTERED_BYTES);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_RCU_QUEUE), MEMMON_FILTERED_BYTES);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_VFREE), MEMMON_FILTERED_BYTES);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_CACHE_FREE), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_KREALLOC, .bytes_req = 8), WANTED);
	assert_int_equal(PARSE(.gfp = "__GFP_ZERO"), 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_VMALLOC, .gfp = 0x100), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_RCU_QUEUE, .gfp = 0x100),
			 MEMMON_FILTERED_GFP);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_EXTFRAG, .gfp = 0x100),
			 MEMMON_FILTERED_GFP);
	assert_int_equal(PARSE(.order = "0"), 0);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_ALLOC_BULK), WANTED);
	assert_int_equal(MATCH(.event_class = MEMMON_CLASS_VMALLOC), MEMMON_FILTERED_ORDER);
}

/* A block of pages may be split and freed in parts, each of which has a page frame of its own. */
static void a_sample_keeps_blocks_whole(void **state)
{
	unsigned int kept = 0;

	(void)state;
	assert_int_equal(PARSE(.sample = "4"), 0);
	for (uint64_t block = 1; block <= 1000; block++) {
		int first = MATCH(.event_class = MEMMON_CLASS_PAGE_ALLOC, .object = block << 10);

		for (uint64_t page = 1; page < 1024; page += 31)
			assert_int_equal(MATCH(.event_class = MEMMON_CLASS_PAGE_FREE,
					       .object = block << 10 | page),
					 first);
		kept += first == WANTED;
	}
	assert_in_range(kept, 200, 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_have_hooks),
		cmocka_unit_test(hooks_lack_what_conditions_ask_for),
		cmocka_unit_test(a_sample_keeps_blocks_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
