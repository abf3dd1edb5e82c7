// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the hooks record at the start of functions. */
#include "hook_session.h"

static void enter(const char *function, unsigned long first, unsigned long second,
		  unsigned long third)
{
	struct pt_regs regs = { .arguments = { first, second, third } };

	assert_true(shim_enter(function, SITE, &regs));
}

static void a_bulk_free_is_one_for_each(void **state)
{
	unsigned long objects[] = { OBJECT, 0, OBJECT + 192, 16 };
	u16 id = memmon_cache_lookup(&cache).id;

	(void)state;
	enter("kmem_cache_free_bulk", (unsigned long)&cache, 4, (unsigned long)objects);
	nr_checked++;
	check((struct memmon_record){ .event_class = MEMMON_CLASS_CACHE_FREE_BULK,
				      .call_site = SITE,
				      .object = OBJECT + 192,
				      .bytes_alloc = 192,
				      .detail = id });
	check_back(1, (struct memmon_record){ .event_class = MEMMON_CLASS_CACHE_FREE_BULK,
					      .call_site = SITE,
					      .object = OBJECT,
					      .bytes_alloc = 192,
					      .detail = id });
	enter("kmem_cache_free_bulk", 0, 1, (unsigned long)objects);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_CACHE_FREE_BULK, .call_site = SITE, .object = OBJECT });
}

static void what_is_queued_is_recorded(void **state)
{
	const struct memmon_record queued = { .event_class = MEMMON_CLASS_RCU_QUEUE,
					      .call_site = SITE,
					      .object = OBJECT };

	(void)state;
	enter("kvfree_call_rcu", OBJECT + 8, OBJECT, 0);
	check(queued);
	enter("kvfree_call_rcu", 0, OBJECT, 0);
	check(queued);
	enter("kfree_call_rcu_nolock", OBJECT + 8, OBJECT, 0);
	check(queued);
	enter("kvfree_call_rcu", 0, 0, 0);
	check_nothing();
}

static void frees_without_lock_or_slab_are_recorded(void **state)
{
	(void)state;
	enter("kfree_nolock", OBJECT, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_KFREE_NOLOCK, .call_site = SITE, .object = OBJECT });
	enter("vfree", AREA, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_VFREE, .call_site = SITE, .object = AREA });
	enter("vfree", 0, 7, 7);
	enter("kfree_nolock", 16, 7, 7);
	check_nothing();
}

/* In an interrupt vfree() only asks a worker to call it again. */
static void an_area_ends_once(void **state)
{
	struct pt_regs regs = { .arguments = { AREA } };

	(void)state;
	assert_false(shim_enter("vfree_atomic", SITE, &regs));
	shim_preempt_count = SOFTIRQ_OFFSET;
	enter("vfree", AREA, 7, 7);
	shim_preempt_count = 0;
	check_nothing();
	enter("vfree", AREA, 7, 7);
	check((struct memmon_record){
		.event_class = MEMMON_CLASS_VFREE, .call_site = SITE, .object = AREA });
}

/* vfree() goes on in its second part, to which others jump at once. */
static void both_parts_of_a_vfree_are_one(void **state)
{
	const struct memmon_record wanted = { .event_class = MEMMON_CLASS_VFREE,
					      .call_site = SITE,
					      .object = AREA };

	(void)state;
	enter("vfree", AREA, 7, 7);
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree", AREA + 4096, 7, 7);
	nr_checked++;
	enter("vfree.part.0", AREA, 7, 7);
	check(wanted);
	enter("vfree", AREA, 7, 7);
	nr_checked++;
	shim_task = 1;
	enter("vfree.part.0", AREA, 7, 7);
	shim_task = 0;
	check(wanted);
}

/* A sheaf as the kernel has it, with room for two objects. */
struct sheaf {
	struct memmon_sheaf head;
	void *objects[2];
};

static void a_sheaf_is_one_for_each(void **state)
{
	struct sheaf sheaf = { .head = { .cache = &cache, .size = 2 },
			       .objects = { (void *)OBJECT, (void *)(OBJECT + 192) } };
	u16 id = memmon_cache_lookup(&cache).id;

	(void)state;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	nr_checked++;
	check((struct memmon_record){ .event_class = MEMMON_CLASS_RCU_FREE,
				      .call_site = SITE,
				      .object = OBJECT + 192,
				      .bytes_alloc = 192,
				      .detail = id });
	sheaf.head.size = 1;
	enter("rcu_free_sheaf_nobarn", (unsigned long)&sheaf, 0, 0);
	check((struct memmon_record){ .event_class = MEMMON_CLASS_RCU_FREE,
				      .call_site = SITE,
				      .object = OBJECT,
				      .bytes_alloc = 192,
				      .detail = id });
}

static const struct memmon_probe *find_probe(const char *name)
{
	unsigned int i;

	for (i = 0; i < memmon_probe_hook.nr_probes; i++) {
		if (!strcmp(memmon_probe_hook.probe(i)->name, name))
			return memmon_probe_hook.probe(i);
	}
	fail_msg("there is no probe %s", name);
	return NULL;
}

/* What does not look like a sheaf is counted, and the status says so. */
static void a_strange_sheaf_is_not_believed(void **state)
{
	struct sheaf sheaf = { .head = { .cache = &cache }, .objects = { (void *)OBJECT } };
	u64 before = memmon_hook_refused_sheaves();

	(void)state;
	assert_string_equal(find_probe("rcu_free_sheaf")->reason, "");
	assert_string_equal(find_probe("vfree_atomic")->reason,
			    "delayed_vfree_work calls vfree for it");
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.size = MEMMON_SHEAF_OBJECTS + 1;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.size = 1;
	sheaf.head.cache = &other;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	sheaf.head.cache = NULL;
	sheaf.objects[0] = (void *)AREA;
	enter("rcu_free_sheaf", (unsigned long)&sheaf, 0, 0);
	check_nothing();
	assert_int_equal(memmon_hook_refused_sheaves() - before, 4);
	assert_int_equal(sessions_balance(&session).counts.dropped[MEMMON_DROPPED_KPROBE_MISSED],
			 4);
	assert_true(find_probe("rcu_free_sheaf")->is_attached);
	assert_string_equal(find_probe("rcu_free_sheaf")->reason,
			    "some batches of this kernel are not understood");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bulk_free_is_one_for_each),
		TEST(what_is_queued_is_recorded),
		TEST(frees_without_lock_or_slab_are_recorded),
		TEST(an_area_ends_once),
		TEST(both_parts_of_a_vfree_are_one),
		TEST(a_sheaf_is_one_for_each),
		TEST(a_strange_sheaf_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
