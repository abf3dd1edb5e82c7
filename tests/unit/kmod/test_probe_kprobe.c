// SPDX-License-Identifier: GPL-2.0
/* Tests what the handlers of the kprobes record, under the names of old and of new kernels. */
#include "cache.h"
#include "event.h"
#include "probe.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567

static const char *const old_symbols[] = { "__kmalloc",
					   "kmalloc_large",
					   "kmalloc_slab",
					   "__kmalloc_node",
					   "kmem_cache_alloc",
					   "kmalloc_trace",
					   NULL };
static const char *const new_symbols[] = { "__kmalloc_noprof",	     "__kmalloc_large_noprof",
					   "__kmalloc_node_noprof",  "kmem_cache_alloc_noprof",
					   "__kmalloc_cache_noprof", NULL };

static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };

static struct memmon_session session;

static int start(void **state)
{
	(void)state;
	sessions_init();
	shim_kprobe_error = -ENOENT;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sessions_stop(&session);
	sessions_exit();
	return 0;
}

static void attach_some(const char *const *symbols, u32 classes)
{
	struct memmon_options options = sessions_options();

	shim_symbols = symbols;
	options.classes = classes;
	sessions_start(&session, &options);
}

static void attach(const char *const *symbols)
{
	attach_some(symbols, MEMMON_CLASSES_KPROBE);
}

static const struct memmon_probe *find_probe(const char *name)
{
	unsigned int i;

	for (i = 0; i < memmon_probe_kprobe.nr_probes; i++) {
		if (!strcmp(memmon_probe_kprobe.probe(i)->name, name))
			return memmon_probe_kprobe.probe(i);
	}
	fail_msg("there is no probe %s", name);
	return NULL;
}

static void check_attached(const char *name, const char *symbol)
{
	assert_true(find_probe(name)->is_attached);
	assert_string_equal(find_probe(name)->symbol, symbol);
}

static void check_missing(const char *name, const char *reason)
{
	assert_false(find_probe(name)->is_attached);
	assert_string_equal(find_probe(name)->reason, reason);
}

/* Calls a watched function with three arguments. */
static void call(const char *symbol, u64 first, u64 second, u64 third)
{
	struct pt_regs regs = { .arguments = { first, second, third }, .stack = { SITE } };
	struct kprobe *p = shim_kprobe(symbol);

	assert_non_null(p);
	assert_int_equal(p->pre_handler(p, &regs), 0);
}

/* Compares the newest record. */
static void check(enum memmon_class event_class, u32 bytes_req, u32 bytes_alloc, u32 gfp)
{
	struct memmon_record r = sessions_newest(&session, 0);

	assert_int_equal(r.event_class, event_class);
	assert_int_equal(r.call_site, SITE);
	assert_int_equal(r.object, 0);
	assert_int_equal(r.bytes_req, bytes_req);
	assert_int_equal(r.bytes_alloc, bytes_alloc);
	assert_int_equal(r.gfp, gfp);
}

static void old_names_are_watched(void **state)
{
	(void)state;
	attach(old_symbols);
	check_attached("kmalloc", "__kmalloc");
	check_attached("kmalloc_large", "kmalloc_large");
	check_attached("kmalloc_slab", "kmalloc_slab");
	check_attached("kmalloc_node", "__kmalloc_node");
	check_attached("kmem_cache_alloc", "kmem_cache_alloc");
	check_attached("kmalloc_cache", "kmalloc_trace");
}

static void new_names_are_watched(void **state)
{
	(void)state;
	attach(new_symbols);
	check_attached("kmalloc", "__kmalloc_noprof");
	check_attached("kmalloc_large", "__kmalloc_large_noprof");
	check_attached("kmalloc_node", "__kmalloc_node_noprof");
	check_attached("kmem_cache_alloc", "kmem_cache_alloc_noprof");
	check_attached("kmalloc_cache", "__kmalloc_cache_noprof");
	check_missing("kmalloc_slab", "no function kmalloc_slab in this kernel");
}

/* The handlers of kprobes are none of those that take stacks on the fast way. */
static void calls_name_their_stack(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	shim_symbols = new_symbols;
	options.classes = MEMMON_CLASSES_KPROBE;
	options.stacks = 16;
	sessions_start(&session, &options);
	shim_frames[0] = SITE;
	shim_nr_frames = 1;
	call("__kmalloc_noprof", 100, 0xcc0, 0);
	shim_nr_frames = 0;
	assert_int_not_equal(MEMMON_RECORD_STACK(sessions_newest(&session, 0).call_site), 0);
}

static void what_is_missing_says_why(void **state)
{
	static const char *const one[] = { "kmalloc_slab", NULL };

	(void)state;
	attach(one);
	check_missing("kmalloc", "no function __kmalloc_noprof or __kmalloc in this kernel");
	stop(state);
	start(state);
	shim_kprobe_error = -EINVAL;
	attach(one);
	check_missing("kmalloc", "__kmalloc_noprof cannot be probed (error -22)");
}

static void the_constant_path_is_watched_when_asked(void **state)
{
	(void)state;
	attach_some(old_symbols, MEMMON_CLASSES_KPROBE & ~(1U << MEMMON_CLASS_CALL_KMALLOC_CACHE));
	assert_int_equal(find_probe("kmalloc_cache")->nr_users, 0);
	assert_false(find_probe("kmalloc_cache")->is_attached);
	assert_null(shim_kprobe("kmalloc_trace"));
}

static void sizes_and_flags_are_read(void **state)
{
	(void)state;
	attach(old_symbols);
	call("__kmalloc", 100, 0xcc0, 7);
	check(MEMMON_CLASS_CALL_KMALLOC, 100, 0, 0xcc0);
	call("kmalloc_large", 20000, 0xdc0, 7);
	check(MEMMON_CLASS_CALL_KMALLOC_LARGE, 20000, 0, 0xdc0);
	call("kmalloc_slab", 200, 0xcc1, 7);
	check(MEMMON_CLASS_CALL_KMALLOC_SLAB, 200, 0, 0xcc1);
	call("__kmalloc_node", 300, 0xcc2, 7);
	check(MEMMON_CLASS_CALL_KMALLOC_NODE, 300, 0, 0xcc2);
	call("kmalloc_trace", 7, 0xcc3, 400);
	check(MEMMON_CLASS_CALL_KMALLOC_CACHE, 400, 0, 0xcc3);
	call("kmem_cache_alloc", (unsigned long)&dentry, 0xcc4, 7);
	check(MEMMON_CLASS_CALL_CACHE_ALLOC, 192, 192, 0xcc4);
	call("__kmalloc", 5UL << 32, 0xcc0, 7);
	check(MEMMON_CLASS_CALL_KMALLOC, U32_MAX, 0, 0xcc0);
}

static void a_request_for_nothing_is_counted_only(void **state)
{
	struct memmon_balance b;

	(void)state;
	attach(old_symbols);
	call("__kmalloc", 0, 0xcc0, 0);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_CALL_KMALLOC], 1);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(b.recorded[0], 0);
}

static void missed_calls_are_added_up(void **state)
{
	(void)state;
	attach(old_symbols);
	assert_int_equal(memmon_probe_missed(MEMMON_CLASSES_KPROBE), 0);
	shim_kprobe("__kmalloc")->nmissed = 3;
	shim_kprobe("kmalloc_trace")->nmissed = 4;
	assert_int_equal(memmon_probe_missed(MEMMON_CLASSES_KPROBE), 7);
	assert_int_equal(memmon_probe_missed(1U << MEMMON_CLASS_CALL_KMALLOC), 3);
	assert_int_equal(sessions_balance(&session).counts.dropped[MEMMON_DROPPED_KPROBE_MISSED],
			 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_names_are_watched),
		TEST(new_names_are_watched),
		TEST(calls_name_their_stack),
		TEST(what_is_missing_says_why),
		TEST(the_constant_path_is_watched_when_asked),
		TEST(sizes_and_flags_are_read),
		TEST(a_request_for_nothing_is_counted_only),
		TEST(missed_calls_are_added_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
