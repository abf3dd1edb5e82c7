// SPDX-License-Identifier: GPL-2.0
/* Tests what a session wants to see: each condition, and filters that make no sense. */
#include "layout.h"
#include "shim.h"
#include "sieve.h"
#include "unit.h"

#define WANTED (-1)

static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };
static struct kmem_cache kmalloc_64 = { .name = "kmalloc-64", .object_size = 64 };
/* What the next judge() goes by. */
static struct memmon_filter filter;

static int start(void **state)
{
	(void)state;
	memset(&filter, 0, sizeof(filter));
	shim_allocations_left = -1;
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	shim_pages[1] = (struct page){ .is_slab = true, .slab_cache = &kmalloc_64 };
	*current = (struct task_struct){ .pid = 316, .tgid = 300, .comm = "a.out" };
	memmon_cache_init();
	return 0;
}

static void set(enum memmon_filter_reason condition)
{
	filter.conditions |= 1U << condition;
}

static void set_text(enum memmon_filter_reason condition, const char *text)
{
	set(condition);
	if (condition == MEMMON_FILTERED_COMM)
		strscpy(filter.comm, text, sizeof(filter.comm));
	else
		strscpy(filter.cache, text, sizeof(filter.cache));
}

static int judge_facts(struct memmon_facts *facts)
{
	struct memmon_sieve *sieve;
	int verdict;

	assert_int_equal(memmon_sieve_create(&filter, &sieve), 0);
	assert_non_null(sieve);
	verdict = memmon_sieve_judge(sieve, facts);
	/* The second time the cache's verdict is known. */
	assert_int_equal(memmon_sieve_judge(sieve, facts), verdict);
	memmon_sieve_destroy(sieve);
	return verdict;
}

/* The verdict on an object of @s, which the event knows. */
static int judge(const struct kmem_cache *s)
{
	struct memmon_facts facts = {
		.event_class = MEMMON_CLASS_CACHE_ALLOC,
		.object = (unsigned long)shim_memory,
		.bytes_req = s->object_size,
		.detail = memmon_cache_lookup(s).id,
	};

	return judge_facts(&facts);
}

static int judge_bytes(u32 bytes)
{
	struct memmon_facts facts = { .event_class = MEMMON_CLASS_KMALLOC, .bytes_req = bytes };

	return judge_facts(&facts);
}

static void no_condition_wants_all(void **state)
{
	struct memmon_sieve *sieve = (void *)1;

	(void)state;
	/* What no condition asks for does not count. */
	filter.pid = 999;
	filter.comm[0] = 'x';
	filter.min_bytes = 5;
	assert_int_equal(memmon_sieve_create(&filter, &sieve), 0);
	assert_null(sieve);
	assert_false(memmon_sieve_knows_caches(sieve));
	memmon_sieve_destroy(sieve);
}

static void pid_is_a_thread_or_a_process(void **state)
{
	(void)state;
	set(MEMMON_FILTERED_PID);
	filter.pid = 316;
	assert_int_equal(judge(&dentry), WANTED);
	filter.pid = 300;
	assert_int_equal(judge(&dentry), WANTED);
	filter.pid = 301;
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_PID);
}

static void tgid_is_a_process(void **state)
{
	(void)state;
	set(MEMMON_FILTERED_TGID);
	filter.tgid = 300;
	assert_int_equal(judge(&dentry), WANTED);
	filter.tgid = 316;
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_TGID);
}

static void comm_is_a_name_or_a_pattern(void **state)
{
	static const char *const wanted[] = { "a.out", "a*", "?.out", "*", "b,a.out", "a.out,b" };
	static const char *const unwanted[] = { "a", "a.out2", "?", "b*", "a,out", "a.ou,.out" };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		set_text(MEMMON_FILTERED_COMM, wanted[i]);
		assert_int_equal(judge(&dentry), WANTED);
	}
	for (i = 0; i < ARRAY_SIZE(unwanted); i++) {
		set_text(MEMMON_FILTERED_COMM, unwanted[i]);
		assert_int_equal(judge(&dentry), MEMMON_FILTERED_COMM);
	}
}

static void a_comm_without_end_is_cut(void **state)
{
	(void)state;
	memset(current->comm, 'x', sizeof(current->comm));
	set_text(MEMMON_FILTERED_COMM, "xxxxxxxxxxxxxxx");
	assert_int_equal(judge(&dentry), WANTED);
}

static void bytes_are_a_range(void **state)
{
	(void)state;
	set(MEMMON_FILTERED_BYTES);
	filter.min_bytes = 4096;
	filter.max_bytes = U64_MAX;
	assert_int_equal(judge_bytes(4095), MEMMON_FILTERED_BYTES);
	assert_int_equal(judge_bytes(4096), WANTED);
	assert_int_equal(judge_bytes(U32_MAX), WANTED);
	assert_int_equal(judge_bytes(0), MEMMON_FILTERED_BYTES);
	filter.max_bytes = 4096;
	assert_int_equal(judge_bytes(4096), WANTED);
	assert_int_equal(judge_bytes(4097), MEMMON_FILTERED_BYTES);
}

static void cache_is_a_name_or_a_pattern(void **state)
{
	(void)state;
	set_text(MEMMON_FILTERED_CACHE, "den*");
	assert_int_equal(judge(&dentry), WANTED);
	assert_int_equal(judge(&kmalloc_64), MEMMON_FILTERED_CACHE);
	set_text(MEMMON_FILTERED_CACHE, "den*,kmalloc-??");
	assert_int_equal(judge(&dentry), WANTED);
	assert_int_equal(judge(&kmalloc_64), WANTED);
	set_text(MEMMON_FILTERED_CACHE, "inode,kmalloc-64");
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_CACHE);
}

static void the_cache_of_an_object_is_looked_up(void **state)
{
	struct kmem_cache s = { .name = "kmalloc-8k", .object_size = 8192 };
	struct memmon_facts facts = {
		.event_class = MEMMON_CLASS_KMALLOC,
		.object = (unsigned long)shim_memory + PAGE_SIZE,
	};

	(void)state;
	shim_pages[1].slab_cache = &s;
	set_text(MEMMON_FILTERED_CACHE, "kmalloc-8k");
	assert_int_equal(judge_facts(&facts), WANTED);
	assert_int_equal(facts.cache, memmon_cache_lookup(&s).id);
	assert_int_equal(facts.detail, MEMMON_CACHE_UNKNOWN);
}

static void what_has_no_cache_is_not_of_it(void **state)
{
	struct memmon_facts page = { .event_class = MEMMON_CLASS_PAGE_ALLOC,
				     .object = 1,
				     .bytes_req = PAGE_SIZE,
				     .detail = memmon_cache_lookup(&dentry).id };
	struct memmon_facts failed = { .event_class = MEMMON_CLASS_KMALLOC, .bytes_req = 64 };
	struct memmon_facts large = { .event_class = MEMMON_CLASS_KMALLOC,
				      .object = (unsigned long)shim_memory };

	(void)state;
	set_text(MEMMON_FILTERED_CACHE, "*");
	assert_int_equal(judge_facts(&page), MEMMON_FILTERED_CACHE);
	assert_int_equal(judge_facts(&failed), MEMMON_FILTERED_CACHE);
	assert_int_equal(judge_facts(&large), MEMMON_FILTERED_CACHE);
}

static void what_has_no_site_is_in_none(void **state)
{
	struct memmon_facts page = { .event_class = MEMMON_CLASS_PAGE_ALLOC, .object = 1 };
	struct memmon_facts call = { .event_class = MEMMON_CLASS_KMALLOC, .call_site = 1 };

	(void)state;
	set(MEMMON_FILTERED_SITE);
	filter.nr_sites = 1;
	filter.sites[0] = (struct memmon_site_range){ .first = 0, .last = U64_MAX };
	assert_int_equal(judge_facts(&call), WANTED);
	assert_int_equal(judge_facts(&page), MEMMON_FILTERED_SITE);
}

/* With several conditions not met, the first in this order is the reason. */
static void reasons_have_an_order(void **state)
{
	static const int order[] = { MEMMON_FILTERED_PID, MEMMON_FILTERED_BYTES,
				     MEMMON_FILTERED_COMM, MEMMON_FILTERED_CACHE };
	unsigned int unmet, i;

	for (unmet = 0; unmet < 1U << ARRAY_SIZE(order); unmet++) {
		struct memmon_facts facts = { .event_class = MEMMON_CLASS_KMALLOC,
					      .bytes_req = 64 };

		start(state);
		set(MEMMON_FILTERED_PID);
		filter.pid = unmet & 1 ? 999 : 316;
		set(MEMMON_FILTERED_BYTES);
		filter.min_bytes = unmet & 2 ? 65 : 64;
		filter.max_bytes = 100;
		set_text(MEMMON_FILTERED_COMM, unmet & 4 ? "b.out" : "a.out");
		if (unmet & 8)
			set_text(MEMMON_FILTERED_CACHE, "none");
		for (i = 0; i < ARRAY_SIZE(order) && !(unmet & 1U << i); i++)
			;
		assert_int_equal(judge_facts(&facts), i < ARRAY_SIZE(order) ? order[i] : WANTED);
	}
}

static void a_cgroup_means_its_descendants(void **state)
{
	struct cgroup *parent = &shim_cgroups[1], *child = &shim_cgroups[2];

	(void)state;
	child->parent = parent;
	set(MEMMON_FILTERED_CGROUP);
	filter.cgroup_fd = SHIM_CGROUP_FD + 1;
	current->cgroup = parent;
	assert_int_equal(judge(&dentry), WANTED);
	current->cgroup = child;
	assert_int_equal(judge(&dentry), WANTED);
	current->cgroup = &shim_cgroups[0];
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_CGROUP);
	filter.cgroup_fd = SHIM_CGROUP_FD + 2;
	current->cgroup = parent;
	assert_int_equal(judge(&dentry), MEMMON_FILTERED_CGROUP);
	assert_int_equal(shim_preempt_count, 0);
	assert_int_equal(shim_cgroups[1].nr_references, 0);
	assert_int_equal(shim_cgroups[2].nr_references, 0);
}

static void refuse(int error)
{
	struct memmon_sieve *sieve = (void *)1;

	assert_int_equal(memmon_sieve_create(&filter, &sieve), error);
	assert_null(sieve);
	memset(&filter, 0, sizeof(filter));
}

static void no_cgroup_is_an_error(void **state)
{
	(void)state;
	set(MEMMON_FILTERED_CGROUP);
	filter.cgroup_fd = -1;
	refuse(-EBADF);
	set(MEMMON_FILTERED_CGROUP);
	filter.cgroup_fd = 0;
	refuse(-ENOTDIR);
	set(MEMMON_FILTERED_CGROUP);
	filter.cgroup_fd = SHIM_CGROUP_FD;
	shim_allocations_left = 0;
	refuse(-ENOMEM);
	assert_int_equal(shim_cgroups[0].nr_references, 0);
}

/* All that is zero beside the condition itself is wrong for these, and right for those not named. */
static void an_empty_condition_is_nonsense(void **state)
{
	static const int empty[] = { MEMMON_FILTERED_ORDER,   MEMMON_FILTERED_SITE,
				     MEMMON_FILTERED_CONTEXT, MEMMON_FILTERED_SAMPLE,
				     MEMMON_FILTERED_NODE,    MEMMON_FILTERED_COMM,
				     MEMMON_FILTERED_CACHE };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(empty); i++) {
		set(empty[i]);
		refuse(-EINVAL);
	}
}

static void nonsense_is_refused(void **state)
{
	int reason;

	(void)state;
	for (reason = MEMMON_FILTERED_NULL; reason < 32; reason++) {
		set(reason);
		refuse(-EINVAL);
	}
	set(MEMMON_FILTERED_BYTES);
	filter.min_bytes = 65;
	filter.max_bytes = 64;
	refuse(-EINVAL);
	set(MEMMON_FILTERED_GFP);
	filter.gfp_mask = 0xc0;
	filter.gfp_value = 0xc1;
	refuse(-EINVAL);
	set(MEMMON_FILTERED_CONTEXT);
	filter.contexts = 1U << MEMMON_NR_CONTEXTS;
	refuse(-EINVAL);
	set(MEMMON_FILTERED_SITE);
	filter.nr_sites = MEMMON_FILTER_SITES + 1;
	refuse(-EINVAL);
	set(MEMMON_FILTERED_SITE);
	filter.nr_sites = 2;
	filter.sites[1] = (struct memmon_site_range){ .first = 2, .last = 1 };
	refuse(-EINVAL);
	set(MEMMON_FILTERED_COMM);
	memset(filter.comm, 'x', sizeof(filter.comm));
	refuse(-EINVAL);
	set(MEMMON_FILTERED_CACHE);
	memset(filter.cache, 'x', sizeof(filter.cache));
	refuse(-EINVAL);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_condition_wants_all),
		TEST(pid_is_a_thread_or_a_process),
		TEST(tgid_is_a_process),
		TEST(comm_is_a_name_or_a_pattern),
		TEST(a_comm_without_end_is_cut),
		TEST(bytes_are_a_range),
		TEST(cache_is_a_name_or_a_pattern),
		TEST(the_cache_of_an_object_is_looked_up),
		TEST(what_has_no_cache_is_not_of_it),
		TEST(what_has_no_site_is_in_none),
		TEST(reasons_have_an_order),
		TEST(a_cgroup_means_its_descendants),
		TEST(no_cgroup_is_an_error),
		TEST(an_empty_condition_is_nonsense),
		TEST(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
