// SPDX-License-Identifier: GPL-2.0
/* Tests that a session alone, whose filter the handlers test, records what it does among others. */
#include <stdlib.h>

#include "cache.h"
#include "layout.h"
#include "quick.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define INNER_SITE 0xffffffff81000010
#define NR_FILTERS 800
#define NR_EVENTS 60

static struct memmon_session session, other;
static struct kmem_cache caches[] = {
	{ .name = "dentry", .object_size = 192 },
	{ .name = "kmalloc-64", .object_size = 64 },
	{ .name = "kmalloc-128", .object_size = 128 },
};

static unsigned int one_in(unsigned int n)
{
	return random() % n;
}

/* On a machine with so many nodes. */
static int begin(void **state, int nr_nodes)
{
	unsigned int i;

	(void)state;
	srandom(1);
	nr_node_ids = nr_nodes;
	memmon_event_has_nodes = false;
	sessions_init();
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memmon_layout.inner_sites[0] = INNER_SITE;
	memmon_layout.nr_inner_sites = 1;
	shim_cgroups[1].parent = &shim_cgroups[0];
	shim_cgroups[1].level = 1;
	for (i = 0; i < 3; i++)
		shim_cgroups[i].root = &cgrp_dfl_root;
	for (i = 0; i < SHIM_NR_PAGES; i++) {
		struct kmem_cache *s = i % 3 ? &caches[i % ARRAY_SIZE(caches)] : NULL;

		shim_pages[i] =
			(struct page){ .is_slab = s, .node = i % nr_nodes, .slab_cache = s };
	}
	return 0;
}

static int start(void **state)
{
	return begin(state, 1);
}

static int start_with_nodes(void **state)
{
	return begin(state, 4);
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	shim_nr_online = SHIM_NR_CPUS;
	*current = (struct task_struct){ .pid = 316, .tgid = 300, .comm = "a.out" };
	if (session.state != MEMMON_SESSION_NEW)
		sessions_stop(&session);
	if (other.state != MEMMON_SESSION_NEW)
		sessions_stop(&other);
	sessions_exit();
	return 0;
}

static struct memmon_filter make_filter(void)
{
	static const char *const comms[] = { "ab",   "ab*",	  "a*",	      "a?",
					     "*b",   "abababa",	  "abababab", "ababababab",
					     "ab,b", "abababab*", "?*" };
	static const char *const names[] = { "dentry", "kmalloc-*", "*y,none", "none" };
	struct memmon_filter f = {
		.pid = one_in(5),
		.tgid = one_in(5),
		.cgroup_fd = SHIM_CGROUP_FD + one_in(2),
		.contexts = one_in(2) ? 1U << one_in(MEMMON_NR_CONTEXTS) : 1 + one_in(15),
		.orders = random() | 1,
		.gfp_mask = one_in(4),
		.min_bytes = one_in(300),
		.sample_one_in = 1 + one_in(4),
		.nr_sites = 1 + one_in(2),
		.nodes = { 1 + one_in(15) },
		.conditions = 1U << one_in(MEMMON_FILTERED_NULL),
	};
	unsigned int i;

	if (!one_in(3))
		f.conditions |= 1U << one_in(MEMMON_FILTERED_NULL);
	f.gfp_value = f.gfp_mask & one_in(4);
	f.max_bytes = one_in(2) ? f.min_bytes + one_in(300) : U64_MAX;
	for (i = 0; i < f.nr_sites; i++) {
		f.sites[i].first = one_in(2) * (SITE + one_in(8));
		f.sites[i].last = SITE + 8 + one_in(4);
	}
	strscpy(f.comm, comms[one_in(ARRAY_SIZE(comms))], sizeof(f.comm));
	strscpy(f.cache, names[one_in(ARRAY_SIZE(names))], sizeof(f.cache));
	return f;
}

/* Somebody else runs now, in some context. */
static void change_task(void)
{
	static const unsigned int counts[] = { 0, 0, 1, SOFTIRQ_OFFSET, HARDIRQ_OFFSET, NMI_OFFSET };
	unsigned int length = one_in(12), i;

	*current = (struct task_struct){ .pid = one_in(5), .tgid = one_in(5) };
	current->cgroup = &shim_cgroups[one_in(3)];
	for (i = 0; i < length; i++)
		current->comm[i] = "ab"[one_in(8) ? i % 2 : one_in(2)];
	shim_preempt_count = counts[one_in(ARRAY_SIZE(counts))];
	/* A second softirq is bottom halves that are off. */
	shim_preempt_count += counts[one_in(ARRAY_SIZE(counts))];
}

static void *make_object(void)
{
	return one_in(6) ? shim_memory + 8 * one_in(sizeof(shim_memory) / 8) : NULL;
}

static void fire_any(void)
{
	struct kmem_cache *s = &caches[one_in(ARRAY_SIZE(caches))];
	struct page *page = &shim_pages[one_in(SHIM_NR_PAGES)];
	unsigned long site = one_in(9) ? SITE + one_in(16) : INNER_SITE;
	size_t bytes = one_in(5) ? 1 + one_in(600) : 9000;

	change_task();
	switch (one_in(7)) {
	case 0:
		SESSIONS_FIRE(kmalloc, site, make_object(), bytes, 2 * bytes, one_in(4), 0);
		break;
	case 1:
		SESSIONS_FIRE(kmem_cache_alloc, site, make_object(), s, one_in(4), 0);
		break;
	case 2:
		SESSIONS_FIRE(kfree, site, make_object());
		break;
	case 3:
		SESSIONS_FIRE(kmem_cache_free, site, shim_memory + 64, s);
		break;
	case 4:
		SESSIONS_FIRE(mm_page_alloc, one_in(6) ? page : NULL, one_in(11), one_in(4), 1);
		break;
	case 5:
		SESSIONS_FIRE(mm_page_free, page, one_in(11));
		break;
	default:
		SESSIONS_FIRE(mm_page_free_batched, page);
	}
	shim_preempt_count = 0;
}

/* The same events each time. */
static void fire_all(void)
{
	unsigned int i;

	srandom(7);
	for (i = 0; i < NR_EVENTS; i++)
		fire_any();
}

/* Both have seen, recorded and left out the same. Return: how much of it was recorded. */
static u64 compare(void)
{
	struct memmon_balance a = sessions_balance(&session), b = sessions_balance(&other);
	u64 i;

	assert_memory_equal(a.counts.seen, b.counts.seen, sizeof(a.counts.seen));
	assert_int_equal(a.recorded[0], b.recorded[0]);
	for (i = 0; i < a.recorded[0]; i++) {
		struct memmon_record x = sessions_newest(&session, i);
		struct memmon_record y = sessions_newest(&other, i);

		x.time = y.time;
		assert_memory_equal(&x, &y, sizeof(x));
	}
	return a.recorded[0];
}

static void the_quick_test_changes_nothing(void **state)
{
	struct memmon_options options = sessions_options(), all = sessions_options();
	unsigned int i, nr_quick = 0;
	u64 nr_recorded = 0;

	for (i = 0; i < NR_FILTERS; i++) {
		struct memmon_session plain;

		srandom(1000 + i);
		options.filter = make_filter();
		sessions_start(&session, &options);
		nr_quick += session.is_quick;
		fire_all();
		memmon_session_disable(&session);

		sessions_start(&other, &options);
		sessions_start(&plain, &all);
		assert_false(other.is_quick || plain.is_quick);
		fire_all();
		memmon_session_disable(&other);
		assert_int_equal(memmon_books_sum(sessions_balance(&plain).counts.seen,
						  MEMMON_NR_CLASSES),
				 NR_EVENTS);
		sessions_stop(&plain);
		nr_recorded += compare();
		stop(state);
		start(state);
	}
	assert_in_range(nr_quick, NR_FILTERS / 2, NR_FILTERS - 1);
	assert_in_range(nr_recorded, NR_FILTERS * NR_EVENTS / 20, NR_FILTERS * NR_EVENTS / 2);
}

static struct memmon_options pid_options(u32 pid)
{
	struct memmon_options options = sessions_options();

	options.filter.conditions = 1U << MEMMON_FILTERED_PID;
	options.filter.pid = pid;
	return options;
}

static bool is_fast(void)
{
	return memmon_listener_fast[MEMMON_CLASS_KMALLOC] != &memmon_listener_closed &&
	       per_cpu_ptr(session.rings[0].cpu, 0)->fast_limit;
}

static void one_exact_condition_takes_the_fast_way(void **state)
{
	struct memmon_options options = pid_options(316), all = sessions_options();

	(void)state;
	sessions_start(&session, &options);
	assert_true(session.is_quick && is_fast());
	SESSIONS_FIRE(kmalloc, SITE, shim_memory, 100, 128, 0, 0);
	assert_int_equal(sessions_balance(&session).recorded[0], 1);
	sessions_start(&other, &all);
	assert_false(session.is_quick);
	assert_int_equal(per_cpu_ptr(session.rings[0].cpu, 0)->fast_limit, 0);
	sessions_stop(&other);
	assert_true(session.is_quick && is_fast());
	sessions_stop(&session);
	/* With two conditions, or one that the test is only a part of, what passes is judged. */
	options.filter.conditions |= 1U << MEMMON_FILTERED_TGID;
	options.filter.tgid = 300;
	sessions_start(&session, &options);
	assert_true(session.is_quick);
	assert_false(is_fast());
}

static void what_is_rejected_is_counted(void **state)
{
	struct memmon_options options = pid_options(999);
	struct memmon_balance b;
	unsigned int i;

	(void)state;
	sessions_start(&session, &options);
	for (i = 0; i < 7; i++) {
		shim_cpu = i % SHIM_NR_CPUS;
		SESSIONS_FIRE(kmalloc, SITE, shim_memory, 100, 128, 0, 0);
	}
	shim_cpu = 0;
	SESSIONS_FIRE(kfree, SITE, shim_memory);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], 7);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KFREE], 1);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_PID], 8);
	memmon_session_disable(&session);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_PID], 8);
	/* The next one begins at 0. */
	sessions_start(&other, &options);
	assert_int_equal(sessions_balance(&other).counts.filtered[MEMMON_FILTERED_PID], 0);
}

static unsigned int nr_fired;

static void fire(void)
{
	shim_kmalloc_handler *handler = shim_handler("kmalloc");

	if (handler) {
		handler(NULL, SITE, shim_memory, 100, 128, 0, 0);
		nr_fired++;
	}
}

/* At any step of a session's coming and going, alone: @pid decides whether its event is wanted. */
static void check_alone(u32 pid)
{
	struct memmon_options options = pid_options(pid);
	unsigned int point, nr_seen = 0;

	for (point = 0;; point++) {
		struct memmon_balance b;

		nr_fired = 0;
		shim_interrupt_at(point, fire);
		sessions_start(&session, &options);
		memmon_session_disable(&session);
		if (shim_interrupt_cancel())
			break;
		b = sessions_balance(&session);
		assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], nr_fired);
		assert_int_equal(b.recorded[0], pid == 316 ? nr_fired : 0);
		nr_seen += nr_fired;
		sessions_stop(&session);
	}
	assert_in_range(point, 50, 2000);
	assert_in_range(nr_seen, 10, point);
}

static void no_event_is_lost_when_it_comes_or_goes(void **state)
{
	(void)state;
	check_alone(316);
	sessions_stop(&session);
	check_alone(999);
}

/* At any step of another's coming and going, the one who stays sees each event once. */
static void no_event_is_lost_when_others_come_and_go(void **state)
{
	struct memmon_options options = pid_options(316), all = sessions_options();
	unsigned int point;

	(void)state;
	sessions_start(&session, &options);
	nr_fired = 0;
	for (point = 0;; point++) {
		struct memmon_balance b;

		shim_interrupt_at(point, fire);
		sessions_start(&other, &all);
		sessions_stop(&other);
		if (shim_interrupt_cancel())
			break;
		b = sessions_balance(&session);
		assert_int_equal(nr_fired, point + 1);
		assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], nr_fired);
		assert_int_equal(b.recorded[0], nr_fired);
	}
	assert_in_range(point, 50, 2000);
}

/* A CPU that is away while the others are told to judge is told when it comes back. */
static void a_cpu_that_was_away_judges_too(void **state)
{
	struct memmon_options options = pid_options(316), all = sessions_options();
	const struct memmon_ring *ring;

	(void)state;
	sessions_start(&session, &options);
	ring = per_cpu_ptr(session.rings[0].cpu, 3);
	assert_int_not_equal(ring->fast_limit, 0);
	shim_nr_online = 3;
	sessions_start(&other, &all);
	assert_int_equal(per_cpu_ptr(session.rings[0].cpu, 2)->fast_limit, 0);
	assert_int_equal(shim_cpu_up(3), 0);
	assert_int_equal(ring->fast_limit, 0);
	assert_int_not_equal(ring->limit, 0);
	shim_nr_online = SHIM_NR_CPUS;
	sessions_stop(&other);
	assert_int_not_equal(ring->fast_limit, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_quick_test_changes_nothing),
		cmocka_unit_test_setup_teardown(the_quick_test_changes_nothing, start_with_nodes,
						stop),
		TEST(one_exact_condition_takes_the_fast_way),
		TEST(what_is_rejected_is_counted),
		TEST(no_event_is_lost_when_it_comes_or_goes),
		TEST(no_event_is_lost_when_others_come_and_go),
		TEST(a_cpu_that_was_away_judges_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
