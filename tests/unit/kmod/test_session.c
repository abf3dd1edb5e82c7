// SPDX-License-Identifier: GPL-2.0
/* Tests how sessions begin and end, what they attach, and what happens when they cannot. */
#include "cache.h"
#include "event.h"
#include "layout.h"
#include "probe.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define KMALLOC (1U << MEMMON_CLASS_KMALLOC)
#define KFREE (1U << MEMMON_CLASS_KFREE)

static const char *const no_symbols[] = { NULL };
static const char *const symbols[] = { "kmem_cache_destroy", "__kmalloc", NULL };

static struct memmon_session session, other;

static int start(void **state)
{
	(void)state;
	shim_symbols = symbols;
	shim_kprobe_error = -ENOENT;
	sessions_init();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_while_synchronizing = NULL;
	shim_allocations_left = -1;
	if (session.state != MEMMON_SESSION_NEW)
		sessions_stop(&session);
	if (other.state != MEMMON_SESSION_NEW)
		sessions_stop(&other);
	assert_null(shim_handler("kmalloc"));
	assert_null(shim_kprobe("kmem_cache_destroy"));
	sessions_exit();
	return 0;
}

static void record_kmalloc(void)
{
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, (unsigned long)shim_memory + 64, 100, 128,
			    0xcc0, MEMMON_CACHE_UNKNOWN);
}

static void states_follow_each_other(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	assert_int_equal(memmon_session_set_up(&session, &options, false), 0);
	assert_int_equal(session.state, MEMMON_SESSION_SET_UP);
	assert_int_equal(session.nr_rings, 1);
	record_kmalloc();
	assert_null(shim_handler("kmalloc"));
	assert_int_equal(memmon_session_enable(&session), 0);
	assert_int_equal(session.state, MEMMON_SESSION_ENABLED);
	assert_int_equal(session.missing_classes, 0);
	assert_non_null(shim_handler("kmalloc"));
	assert_non_null(shim_kprobe("kmem_cache_destroy"));
	record_kmalloc();
	memmon_session_disable(&session);
	assert_int_equal(session.state, MEMMON_SESSION_DISABLED);
	record_kmalloc();
	assert_int_equal(sessions_balance(&session).counts.seen[MEMMON_CLASS_KMALLOC], 1);
	assert_int_equal(sessions_count(&session, 0), 1);
	assert_null(shim_handler("kmalloc"));
}

static void frees_may_have_their_own_rings(void **state)
{
	struct memmon_options options = sessions_options();
	int i;

	(void)state;
	assert_int_equal(memmon_session_set_up(&session, &options, true), 0);
	assert_int_equal(session.nr_rings, 2);
	for (i = 1; i < MEMMON_NR_CLASSES; i++) {
		bool is_free = strstr(memmon_class_names[i], "free");

		assert_ptr_equal(session.listeners[i].ring, session.rings[is_free].cpu);
	}
}

static void options_reach_rings_and_listeners(void **state)
{
	struct memmon_options options = sessions_options();
	int i;

	(void)state;
	options.flags = 0;
	options.watermark_bytes = 1024;
	options.filter.conditions = 1U << MEMMON_FILTERED_PID;
	assert_int_equal(memmon_session_set_up(&session, &options, false), 0);
	options.flags = MEMMON_OPTION_OVERWRITE | MEMMON_OPTION_WITH_SELF;
	options.filter.conditions = 0;
	assert_int_equal(memmon_session_set_up(&other, &options, false), 0);
	assert_true(session.rings[0].is_keeping && session.rings[0].is_slow);
	assert_false(other.rings[0].is_keeping || other.rings[0].is_slow);
	assert_int_equal(session.rings[0].watermark_bytes, 1024);
	for (i = 1; i < MEMMON_NR_CLASSES; i++) {
		assert_int_equal(per_cpu_ptr(session.listeners[i].ring, 1)->skipped_tgid,
				 current->tgid);
		assert_ptr_equal(session.listeners[i].sieve, session.sieve);
		assert_int_equal(per_cpu_ptr(other.listeners[i].ring, 1)->skipped_tgid,
				 MEMMON_LISTENER_SKIPS_NOBODY);
		assert_null(other.listeners[i].sieve);
	}
}

static void without_memory_nothing_is_left(void **state)
{
	struct memmon_options options = sessions_options();
	int left;

	(void)state;
	options.filter.conditions = 1U << MEMMON_FILTERED_CGROUP;
	options.filter.cgroup_fd = SHIM_CGROUP_FD;
	for (left = 0;; left++) {
		shim_allocations_left = left;
		if (!memmon_session_set_up(&session, &options, true))
			break;
		assert_int_equal(session.state, MEMMON_SESSION_NEW);
		assert_int_equal(memmon_rings_total_bytes(), 0);
		assert_int_equal(shim_cgroups[0].nr_references, 0);
	}
	/* The sieve, and for each set of rings one allocation, and one a CPU. */
	assert_int_equal(left, 1 + 2 * (1 + SHIM_NR_CPUS));
	assert_int_equal(shim_cgroups[0].nr_references, 1);
	shim_allocations_left = -1;
	sessions_stop(&session);
	assert_int_equal(shim_cgroups[0].nr_references, 0);
}

static void a_filter_without_sense_is_refused(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	options.filter.conditions = 1U << MEMMON_FILTERED_ORDER;
	assert_int_equal(memmon_session_set_up(&session, &options, false), -EINVAL);
	assert_int_equal(session.state, MEMMON_SESSION_NEW);
	assert_int_equal(memmon_rings_total_bytes(), 0);
}

static void what_is_missing_is_said(void **state)
{
	static const char *const only[] = { "kfree", NULL };
	struct memmon_options options = sessions_options();

	(void)state;
	shim_tracepoints = only;
	sessions_start(&session, &options);
	assert_int_equal(session.missing_classes, MEMMON_CLASSES_TRACEPOINT & ~KFREE);
	memmon_session_disable(&session);
	assert_int_equal(session.missing_classes, MEMMON_CLASSES_TRACEPOINT & ~KFREE);
}

/* It is not enabled then, and can be later. */
static void nothing_to_attach_is_an_error(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	shim_tracepoints = NULL;
	assert_int_equal(memmon_session_set_up(&session, &options, false), 0);
	assert_int_equal(memmon_session_enable(&session), -ENODEV);
	assert_int_equal(session.state, MEMMON_SESSION_SET_UP);
	assert_null(memmon_listener_first[MEMMON_CLASS_KMALLOC]);
	assert_null(shim_kprobe("kmem_cache_destroy"));
	assert_int_equal(memmon_probe_tracepoint.probe(0)->nr_users, 0);
	shim_tracepoints = sessions_tracepoints;
	assert_int_equal(memmon_session_enable(&session), 0);
	record_kmalloc();
	assert_int_equal(sessions_balance(&session).recorded[0], 1);
}

static void others_go_on_when_one_cannot_begin(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_start(&other, &options);
	options.classes = 1U << MEMMON_CLASS_CALL_KMALLOC_SLAB;
	assert_int_equal(memmon_session_set_up(&session, &options, false), 0);
	assert_int_equal(memmon_session_enable(&session), -ENODEV);
	assert_non_null(shim_kprobe("kmem_cache_destroy"));
	record_kmalloc();
	assert_int_equal(sessions_balance(&other).recorded[0], 1);
}

static void no_memory_to_watch_caches_is_an_error(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	shim_symbols = no_symbols;
	shim_kprobe_error = -ENOMEM;
	assert_int_equal(memmon_session_set_up(&session, &options, false), 0);
	assert_int_equal(memmon_session_enable(&session), -ENOMEM);
	assert_int_equal(session.state, MEMMON_SESSION_SET_UP);
	assert_null(shim_handler("kmalloc"));
	/* That caches cannot be watched at all is none. */
	shim_kprobe_error = -ENOENT;
	assert_int_equal(memmon_session_enable(&session), 0);
}

static void probes_stay_for_the_others(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_start(&session, &options);
	options.classes = KMALLOC;
	sessions_start(&other, &options);
	memmon_session_disable(&session);
	assert_non_null(shim_handler("kmalloc"));
	assert_null(shim_handler("kfree"));
	assert_non_null(shim_kprobe("kmem_cache_destroy"));
	record_kmalloc();
	assert_int_equal(sessions_balance(&other).recorded[0], 1);
	memmon_session_disable(&other);
	assert_null(shim_handler("kmalloc"));
	assert_null(shim_kprobe("kmem_cache_destroy"));
}

static unsigned int nr_looks;

/* While the first is waited for, it can still be found, but not on the fast way; later not at all. */
static void look_at_lists(void)
{
	const struct memmon_listener *l = memmon_listener_first[MEMMON_CLASS_KMALLOC];

	if (!nr_looks++) {
		assert_ptr_equal(l, &session.listeners[MEMMON_CLASS_KMALLOC]);
		assert_ptr_equal(memmon_listener_fast[MEMMON_CLASS_KMALLOC],
				 memmon_listener_closed);
	} else {
		assert_ptr_equal(l, &other.listeners[MEMMON_CLASS_KMALLOC]);
		assert_ptr_equal(memmon_listener_fast[MEMMON_CLASS_KMALLOC], l->ring);
	}
	record_kmalloc();
}

static void probes_are_waited_for_twice(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_start(&other, &options);
	sessions_start(&session, &options);
	nr_looks = 0;
	shim_while_synchronizing = look_at_lists;
	memmon_session_disable(&session);
	shim_while_synchronizing = NULL;
	assert_int_equal(nr_looks, 2);
	assert_int_equal(sessions_balance(&session).recorded[0], 1);
	assert_int_equal(sessions_balance(&other).recorded[0], 2);
}

/* From its beginning to its end, whatever was missed before and is missed later. */
static void what_kprobes_missed_is_counted(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_balance b;

	(void)state;
	options.classes = 1U << MEMMON_CLASS_CALL_KMALLOC;
	sessions_start(&other, &options);
	shim_kprobe("__kmalloc")->nmissed = 3;
	sessions_start(&session, &options);
	shim_kprobe("__kmalloc")->nmissed = 7;
	b = sessions_balance(&session);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED], 4);
	memmon_session_disable(&session);
	shim_kprobe("__kmalloc")->nmissed = 12;
	b = sessions_balance(&session);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED], 4);
	b = sessions_balance(&other);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED], 12);
	memmon_session_disable(&other);
	b = sessions_balance(&other);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED], 12);
}

/* Others may be inside on the CPU: what is over is whole all the same. */
static void all_of_what_is_over_is_whole(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_start(&session, &options);
	record_kmalloc();
	record_kmalloc();
	memmon_ring_enter();
	assert_int_equal(sessions_count(&session, 0), 1);
	memmon_ring_leave();
	memmon_session_disable(&session);
	memmon_ring_enter();
	assert_int_equal(sessions_count(&session, 0), 2);
	memmon_ring_leave();
}

static void a_session_that_is_none_has_empty_books(void **state)
{
	struct memmon_balance b, empty = {};

	(void)state;
	memset(&b, 0xff, sizeof(b));
	memmon_session_balance(&session, &b);
	assert_memory_equal(&b, &empty, sizeof(b));
}

/* The quick test of a filter by cache finds it by the object; see quick.h. */
static void caches_are_judged_where_objects_do_not_lead_to_them(void **state)
{
	struct memmon_options options = sessions_options();
	int offset = memmon_layout.slab_cache_offset;

	(void)state;
	options.filter.conditions = 1U << MEMMON_FILTERED_CACHE;
	strscpy(options.filter.cache, "dentry", sizeof(options.filter.cache));
	memmon_layout.slab_cache_offset = 0;
	sessions_start(&session, &options);
	assert_true(session.is_quick);
	sessions_stop(&session);
	memmon_layout.slab_cache_offset = -1;
	sessions_start(&session, &options);
	assert_false(session.is_quick);
	memmon_layout.slab_cache_offset = offset;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(states_follow_each_other),
		TEST(frees_may_have_their_own_rings),
		TEST(options_reach_rings_and_listeners),
		TEST(without_memory_nothing_is_left),
		TEST(a_filter_without_sense_is_refused),
		TEST(caches_are_judged_where_objects_do_not_lead_to_them),
		TEST(what_is_missing_is_said),
		TEST(nothing_to_attach_is_an_error),
		TEST(others_go_on_when_one_cannot_begin),
		TEST(no_memory_to_watch_caches_is_an_error),
		TEST(probes_stay_for_the_others),
		TEST(probes_are_waited_for_twice),
		TEST(what_kprobes_missed_is_counted),
		TEST(all_of_what_is_over_is_whole),
		TEST(a_session_that_is_none_has_empty_books),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
