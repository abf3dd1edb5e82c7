// SPDX-License-Identifier: GPL-2.0
/* Tests how hooks are attached and detached, on a kernel that lacks some of what they watch. */
#include "hook.h"
#include "probe.h"
#include "shim.h"
#include "unit.h"

#define BIT_OF(id) (1U << MEMMON_CLASS_##id)

static const char *const old_symbols[] = {
	"kmem_cache_free_bulk", "kvfree_call_rcu",	 "vfree",
	"vfree_atomic",		"kmem_cache_alloc_bulk", "krealloc",
	"__vmalloc_node_range", "__alloc_pages_bulk",	 NULL
};
static const char *const tracepoints[] = { "percpu_alloc_percpu", "percpu_free_percpu",
					   "mm_page_alloc_extfrag", NULL };
/* What a test holds, for stop(). */
static u32 held[4];
static unsigned int nr_held;

static int start(void **state)
{
	(void)state;
	shim_tracepoints = tracepoints;
	shim_tracepoint_error = 0;
	shim_symbols = old_symbols;
	shim_kprobe_error = -ENOENT;
	shim_ftrace_error = 0;
	nr_held = 0;
	return 0;
}

static u32 get(u32 classes)
{
	held[nr_held++] = classes;
	return memmon_probe_get(classes);
}

static void put(void)
{
	memmon_probe_put(held[--nr_held]);
}

static int stop(void **state)
{
	unsigned int i;

	(void)state;
	while (nr_held)
		put();
	for (i = 0; i < memmon_probe_hook.nr_probes; i++) {
		assert_int_equal(memmon_probe_hook.probe(i)->nr_users, 0);
		assert_false(memmon_probe_hook.probe(i)->is_attached);
	}
	assert_false(shim_ftrace_is_on);
	assert_int_equal(shim_ftrace_count(), 0);
	assert_null(shim_kprobe("krealloc"));
	assert_null(shim_handler("percpu_free_percpu"));
	return 0;
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

static void every_class_has_a_hook(void **state)
{
	u32 classes = 0;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < memmon_probe_hook.nr_probes; i++) {
		classes |= 1U << memmon_probe_hook.probe(i)->event_class;
		for (k = 0; k < i; k++)
			assert_string_not_equal(memmon_probe_hook.probe(i)->name,
						memmon_probe_hook.probe(k)->name);
	}
	assert_int_equal(classes, MEMMON_CLASSES_HOOK);
	assert_int_equal(memmon_probe_source_find("hook"), -EINVAL);
}

/* The status has one line for each name. */
static void names_are_those_of_no_other_probe(void **state)
{
	unsigned int s, i, k;

	(void)state;
	for (s = 0; s < MEMMON_NR_SOURCES; s++) {
		const struct memmon_probe_source *source = memmon_probe_source(s);

		for (i = 0; i < source->nr_probes; i++) {
			for (k = 0; k < memmon_probe_hook.nr_probes; k++)
				assert_string_not_equal(source->probe(i)->name,
							memmon_probe_hook.probe(k)->name);
		}
	}
}

static void check_attached(const char *name, const char *symbol)
{
	assert_true(find_probe(name)->is_attached);
	assert_false(find_probe(name)->is_not_needed);
	assert_string_equal(find_probe(name)->symbol, symbol);
	assert_string_equal(find_probe(name)->reason, "");
}

static void check_not_needed(const char *name, const char *reason)
{
	assert_false(find_probe(name)->is_attached);
	assert_true(find_probe(name)->is_not_needed);
	assert_string_equal(find_probe(name)->reason, reason);
}

static void check_missing(const char *name, const char *reason)
{
	assert_false(find_probe(name)->is_attached);
	assert_false(find_probe(name)->is_not_needed);
	assert_string_equal(find_probe(name)->reason, reason);
}

static void what_the_kernel_has_not_got_is_not_missing(void **state)
{
	(void)state;
	assert_int_equal(get(MEMMON_CLASSES_HOOK), 0);
	check_attached("kmem_cache_alloc_bulk", "kmem_cache_alloc_bulk");
	check_attached("kvfree_call_rcu", "kvfree_call_rcu");
	check_attached("vmalloc", "__vmalloc_node_range");
	check_attached("vfree_atomic", "vfree_atomic");
	assert_false(memmon_hook_vfree_comes_again);
	check_attached("alloc_pages_bulk", "__alloc_pages_bulk");
	check_attached("percpu_alloc", "percpu_alloc_percpu");
	check_not_needed("kfree_call_rcu_nolock",
			 "no function kfree_call_rcu_nolock in this kernel");
	check_not_needed("vfree_part", "no function vfree.part.0 in this kernel");
	check_not_needed("rcu_free_sheaf", "no function rcu_free_sheaf in this kernel");
	check_not_needed("kmalloc_nolock", "no function kmalloc_nolock in this kernel");
	check_not_needed("kfree_nolock", "no function kfree_nolock in this kernel");
	assert_true(shim_ftrace_is_on);
	assert_int_equal(shim_ftrace_count(), 4);
}

static void what_every_kernel_should_have_is_missing(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	shim_symbols = none;
	shim_tracepoints = none;
	shim_ftrace_error = -ENODEV;
	assert_int_equal(get(MEMMON_CLASSES_HOOK),
			 MEMMON_CLASSES_HOOK & ~(BIT_OF(RCU_FREE) | BIT_OF(KMALLOC_NOLOCK) |
						 BIT_OF(KFREE_NOLOCK)));
	check_missing("krealloc", "no function krealloc in this kernel");
	check_missing("percpu_free", "no tracepoint percpu_free_percpu in this kernel");
	check_missing("vfree", "vfree cannot be watched (error -19)");
	assert_false(shim_ftrace_is_on);
}

static void refusals_are_said(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	shim_symbols = none;
	shim_kprobe_error = -EINVAL;
	shim_ftrace_error = -EBUSY;
	shim_tracepoint_error = -EEXIST;
	get(BIT_OF(KREALLOC) | BIT_OF(VFREE) | BIT_OF(PERCPU_ALLOC));
	/* A kretprobe would not be refused then, and be blind. */
	check_missing("krealloc", "ftrace is switched off (sysctl kernel.ftrace_enabled)");
	check_missing("vfree", "ftrace is switched off (sysctl kernel.ftrace_enabled)");
	check_missing("percpu_alloc", "percpu_alloc_percpu cannot be watched (error -17)");
	put();
	shim_ftrace_error = 0;
	get(BIT_OF(KREALLOC) | BIT_OF(VFREE));
	check_attached("vfree", "vfree");
	check_missing("krealloc", "krealloc_node_align_noprof cannot be watched (error -22)");
	put();
	start(state);
	assert_int_equal(get(BIT_OF(KREALLOC) | BIT_OF(VFREE) | BIT_OF(PERCPU_ALLOC)), 0);
	check_attached("krealloc", "krealloc");
	check_attached("vfree", "vfree");
}

/* The shim looks that the filter is never empty while it counts. */
static void functions_come_and_go_one_by_one(void **state)
{
	struct pt_regs regs = {};

	(void)state;
	assert_int_equal(get(BIT_OF(VFREE)), 0);
	assert_int_equal(shim_ftrace_count(), 2);
	assert_int_equal(get(BIT_OF(VFREE) | BIT_OF(RCU_QUEUE)), 0);
	assert_int_equal(shim_ftrace_count(), 3);
	assert_true(shim_enter("kvfree_call_rcu", 0, &regs));
	assert_false(shim_enter("kmem_cache_free_bulk", 0, &regs));
	put();
	assert_int_equal(shim_ftrace_count(), 2);
	assert_true(shim_enter("vfree", 0, &regs));
	assert_false(shim_enter("kvfree_call_rcu", 0, &regs));
	put();
	assert_false(shim_ftrace_is_on);
	assert_int_equal(get(BIT_OF(CACHE_FREE_BULK)), 0);
	assert_int_equal(shim_ftrace_count(), 1);
}

static void what_was_missed_stays_counted(void **state)
{
	struct kretprobe *rp;

	(void)state;
	get(BIT_OF(KREALLOC));
	rp = container_of(shim_kprobe("krealloc"), struct kretprobe, kp);
	assert_in_range(rp->maxactive, 512, 4096);
	rp->nmissed = 3;
	rp->kp.nmissed = 4;
	assert_int_equal(memmon_probe_missed(BIT_OF(KREALLOC)), 7);
	assert_int_equal(memmon_probe_missed(BIT_OF(VMALLOC)), 0);
	put();
	assert_int_equal(memmon_probe_missed(BIT_OF(KREALLOC)), 7);
	get(BIT_OF(KREALLOC));
	rp->nmissed = 1;
	assert_int_equal(memmon_probe_missed(MEMMON_CLASSES_HOOK), 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_class_has_a_hook),
		TEST(names_are_those_of_no_other_probe),
		TEST(what_the_kernel_has_not_got_is_not_missing),
		TEST(what_every_kernel_should_have_is_missing),
		TEST(refusals_are_said),
		TEST(functions_come_and_go_one_by_one),
		TEST(what_was_missed_stays_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
