// SPDX-License-Identifier: GPL-2.0
/* Tests what a session wants to see. */
#include "books.h"
#include "filter.h"
#include "layout.h"
#include "shim.h"
#include "unit.h"

#define WANTED (-1)

static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };
static struct kmem_cache kmalloc_64 = { .name = "kmalloc-64", .object_size = 64 };

static int start(void **state)
{
	(void)state;
	memset(&memmon_filter, 0, sizeof(memmon_filter));
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	shim_pages[1] = (struct page){ .is_slab = true, .slab_cache = &kmalloc_64 };
	*current = (struct task_struct){ .pid = 316, .tgid = 300, .comm = "a.out" };
	memmon_cache_init();
	return 0;
}

/* The verdict on an object of @s, which the event knows. */
static int judge(const struct kmem_cache *s)
{
	struct memmon_facts facts = {
		.object = (unsigned long)shim_memory,
		.bytes = s->object_size,
		.cache = memmon_cache_lookup(s).id,
		.is_slab = true,
	};

	return memmon_filter_judge(&facts);
}

static int judge_bytes(unsigned long bytes)
{
	struct memmon_facts facts = { .bytes = bytes };

	return memmon_filter_judge(&facts);
}

static void no_condition_wants_all(void **state)
{
	(void)state;
	assert_false(memmon_filter_is_set());
	assert_int_equal(judge(&dentry), WANTED);
	assert_int_equal(judge_bytes(0), WANTED);
}

static void pid_is_a_thread_or_a_process(void **state)
{
	(void)state;
	memmon_filter.pid = 316;
	assert_true(memmon_filter_is_set());
	assert_int_equal(judge(&dentry), WANTED);
	memmon_filter.pid = 300;
	assert_int_equal(judge(&dentry), WANTED);
	memmon_filter.pid = 301;
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_PID);
}

static void comm_is_a_name_or_a_pattern(void **state)
{
	static const char *const wanted[] = { "a.out", "a*", "?.out", "*" };
	static const char *const unwanted[] = { "a", "a.out2", "?", "b*" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		strscpy(memmon_filter.comm, wanted[i], sizeof(memmon_filter.comm));
		assert_true(memmon_filter_is_set());
		assert_int_equal(judge(&dentry), WANTED);
	}
	for (i = 0; i < ARRAY_SIZE(unwanted); i++) {
		strscpy(memmon_filter.comm, unwanted[i], sizeof(memmon_filter.comm));
		assert_int_equal(judge(&dentry), MEMMON_FILTERED_COMM);
	}
}

static void a_comm_without_end_is_cut(void **state)
{
	(void)state;
	memset(current->comm, 'x', sizeof(current->comm));
	strscpy(memmon_filter.comm, "xxxxxxxxxxxxxxx", sizeof(memmon_filter.comm));
	assert_int_equal(judge(&dentry), WANTED);
}

static void min_bytes_is_the_least(void **state)
{
	(void)state;
	memmon_filter.min_bytes = 4096;
	assert_true(memmon_filter_is_set());
	assert_int_equal(judge_bytes(4095), MEMMON_FILTERED_MIN_BYTES);
	assert_int_equal(judge_bytes(4096), WANTED);
	assert_int_equal(judge_bytes(0), MEMMON_FILTERED_MIN_BYTES);
}

static void cache_is_a_name_or_a_pattern(void **state)
{
	(void)state;
	strscpy(memmon_filter.cache, "den*", sizeof(memmon_filter.cache));
	assert_true(memmon_filter_is_set());
	assert_int_equal(judge(&dentry), WANTED);
	assert_int_equal(judge(&kmalloc_64), MEMMON_FILTERED_CACHE);
}

/* The filter does not change while anything is attached: the verdict of the test before still holds. */
static void a_verdict_is_given_once(void **state)
{
	(void)state;
	strscpy(memmon_filter.cache, "kmalloc-64", sizeof(memmon_filter.cache));
	assert_int_equal(judge(&dentry), WANTED);
	assert_int_equal(judge(&kmalloc_64), MEMMON_FILTERED_CACHE);
}

static void the_cache_of_an_object_is_looked_up(void **state)
{
	struct kmem_cache s = { .name = "kmalloc-8k", .object_size = 8192 };
	struct memmon_facts facts = {
		.object = (unsigned long)shim_memory + PAGE_SIZE,
		.is_slab = true,
	};

	(void)state;
	shim_pages[1].slab_cache = &s;
	strscpy(memmon_filter.cache, "kmalloc-8k", sizeof(memmon_filter.cache));
	assert_int_equal(memmon_filter_judge(&facts), WANTED);
	assert_int_equal(facts.cache, memmon_cache_lookup(&s).id);
}

static void what_has_no_cache_is_not_of_it(void **state)
{
	struct memmon_facts page = { .object = 1, .bytes = PAGE_SIZE };
	struct memmon_facts failed = { .bytes = 64, .is_slab = true };
	struct memmon_facts large = { .object = (unsigned long)shim_memory, .is_slab = true };

	(void)state;
	strscpy(memmon_filter.cache, "*", sizeof(memmon_filter.cache));
	assert_int_equal(memmon_filter_judge(&page), MEMMON_FILTERED_CACHE);
	assert_int_equal(memmon_filter_judge(&failed), MEMMON_FILTERED_CACHE);
	assert_int_equal(memmon_filter_judge(&large), MEMMON_FILTERED_CACHE);
}

/* With several conditions not met, the first in this order is the reason. */
static void reasons_have_an_order(void **state)
{
	static const int order[] = { MEMMON_FILTERED_PID, MEMMON_FILTERED_COMM,
				     MEMMON_FILTERED_MIN_BYTES, MEMMON_FILTERED_CACHE };
	unsigned int unmet, i;

	for (unmet = 0; unmet < 1U << ARRAY_SIZE(order); unmet++) {
		struct memmon_facts facts = { .bytes = 64 };

		start(state);
		memmon_filter.pid = unmet & 1 ? 999 : 316;
		strscpy(memmon_filter.comm, unmet & 2 ? "b.out" : "a.out", 16);
		memmon_filter.min_bytes = unmet & 4 ? 65 : 64;
		if (unmet & 8)
			strscpy(memmon_filter.cache, "none", sizeof(memmon_filter.cache));
		for (i = 0; i < ARRAY_SIZE(order) && !(unmet & 1U << i); i++)
			;
		assert_int_equal(memmon_filter_judge(&facts),
				 i < ARRAY_SIZE(order) ? order[i] : WANTED);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_condition_wants_all),	      TEST(pid_is_a_thread_or_a_process),
		TEST(comm_is_a_name_or_a_pattern),    TEST(a_comm_without_end_is_cut),
		TEST(min_bytes_is_the_least),	      TEST(cache_is_a_name_or_a_pattern),
		TEST(a_verdict_is_given_once),	      TEST(the_cache_of_an_object_is_looked_up),
		TEST(what_has_no_cache_is_not_of_it), TEST(reasons_have_an_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
