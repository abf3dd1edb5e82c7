// SPDX-License-Identifier: GPL-2.0
/* Tests the lists of listeners and the gates before them. */
#include "listener.h"
#include "ring.h"
#include "shim.h"
#include "unit.h"

#define CLASS MEMMON_CLASS_KMALLOC
#define CLASSES (1U << CLASS)
#define OTHER MEMMON_CLASS_KFREE

/* Not looked into. */
#define SIEVE ((struct memmon_sieve *)1)

static struct memmon_listener plain[3];
static struct memmon_listener judging[3];

static struct memmon_listener make(struct memmon_sieve *sieve)
{
	struct memmon_listener listener = { .sieve = sieve, .is_slow = sieve };

	listener.ring = alloc_percpu(struct memmon_ring);
	assert_non_null(listener.ring);
	return listener;
}

static int start(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		plain[i] = make(NULL);
		judging[i] = make(SIEVE);
	}
	return memmon_listener_init(0);
}

static int stop(void **state)
{
	unsigned int i;

	(void)state;
	memmon_listener_close_gates(CLASSES);
	while (memmon_listener_first[CLASS])
		memmon_listener_remove(CLASS, memmon_listener_first[CLASS]);
	memmon_listener_exit();
	for (i = 0; i < ARRAY_SIZE(plain); i++) {
		free_percpu(plain[i].ring);
		free_percpu(judging[i].ring);
	}
	return 0;
}

static bool is_open(enum memmon_class event_class)
{
	if (memmon_listener_fast[event_class] == memmon_listener_closed)
		return false;
	assert_non_null(memmon_listener_fast[event_class]);
	assert_ptr_equal(memmon_listener_fast[event_class],
			 memmon_listener_first[event_class]->ring);
	return true;
}

/* The rings of each CPU lead to one another as the listeners do. */
static void check_rings(const struct memmon_listener *l)
{
	const struct memmon_listener *next;
	int cpu;

	for (; l; l = next) {
		next = l->next;
		for_each_possible_cpu(cpu) {
			struct memmon_ring *ring = per_cpu_ptr(l->ring, cpu);

			assert_ptr_equal(ring->next[CLASS], next ? next->ring : NULL);
			assert_null(ring->next[OTHER]);
		}
	}
}

static void check_order(unsigned int nr_plain, unsigned int nr_judging)
{
	const struct memmon_listener *l = memmon_listener_first[CLASS];

	check_rings(l);

	for (; nr_plain; nr_plain--, l = l->next)
		assert_null(l->sieve);
	for (; nr_judging; nr_judging--, l = l->next)
		assert_ptr_equal(l->sieve, SIEVE);
	assert_null(l);
}

/* In every order of coming. */
static void plain_ones_come_first(void **state)
{
	unsigned int order;

	for (order = 0; order < 1U << 6; order++) {
		unsigned int i, nr_plain = 0, nr_judging = 0;

		for (i = 0; i < 6; i++) {
			bool is_plain = order & 1U << i;

			if (is_plain && nr_plain < 3)
				memmon_listener_add(CLASS, &plain[nr_plain++]);
			else if (nr_judging < 3)
				memmon_listener_add(CLASS, &judging[nr_judging++]);
			check_order(nr_plain, nr_judging);
		}
		stop(state);
		start(state);
	}
}

static void any_can_be_removed(void **state)
{
	unsigned int removed, i;

	for (removed = 0; removed < 4; removed++) {
		struct memmon_listener *all[] = { &plain[0], &plain[1], &judging[0], &judging[1] };
		const struct memmon_listener *l;

		for (i = 0; i < ARRAY_SIZE(all); i++)
			memmon_listener_add(CLASS, all[i]);
		memmon_listener_remove(CLASS, all[removed]);
		for (l = memmon_listener_first[CLASS]; l; l = l->next)
			assert_ptr_not_equal(l, all[removed]);
		check_order(removed < 2 ? 1 : 2, removed < 2 ? 2 : 1);
		/* Whoever still looks at it finds the rest. */
		for (l = all[removed], i = 0; l; l = l->next)
			i++;
		assert_in_range(i, 1, 4);
		stop(state);
		start(state);
	}
}

static void gates_are_closed_at_first(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		assert_false(is_open(i));
	/* Its ring lets nobody in. */
	for (i = 0; i < SHIM_NR_CPUS; i++)
		assert_int_equal(per_cpu_ptr(memmon_listener_closed, i)->fast_limit, 0);
}

static void a_gate_opens_for_plain_ones(void **state)
{
	(void)state;
	memmon_listener_open_gates(CLASSES);
	assert_false(is_open(CLASS));
	memmon_listener_add(CLASS, &judging[0]);
	memmon_listener_open_gates(CLASSES);
	assert_false(is_open(CLASS));
	memmon_listener_add(CLASS, &plain[0]);
	assert_false(is_open(CLASS));
	memmon_listener_open_gates(CLASSES);
	assert_true(is_open(CLASS));
	assert_false(is_open(OTHER));
	memmon_listener_close_gates(CLASSES);
	assert_false(is_open(CLASS));
	memmon_listener_remove(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	assert_false(is_open(CLASS));
}

/* A handler has judged before: see quick.h. */
static void a_gate_opens_for_who_need_not_judge(void **state)
{
	(void)state;
	judging[0].is_slow = false;
	memmon_listener_add(CLASS, &judging[0]);
	memmon_listener_open_gates(CLASSES);
	assert_true(is_open(CLASS));
}

/* The fast way begins where it began until the gate is opened anew. */
static void who_comes_later_waits_for_the_gate(void **state)
{
	(void)state;
	memmon_listener_add(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_add(CLASS, &plain[1]);
	assert_ptr_equal(memmon_listener_fast[CLASS], plain[0].ring);
	assert_ptr_equal(memmon_listener_first[CLASS], &plain[1]);
	assert_ptr_equal(plain[1].next, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	assert_true(is_open(CLASS));
}

static void a_reader_closes_all_gates(void **state)
{
	(void)state;
	memmon_listener_add(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_mute(true);
	assert_true(memmon_listener_is_muted());
	assert_false(is_open(CLASS));
	/* One reason more or less does not open it. */
	memmon_listener_close_gates(CLASSES);
	memmon_listener_open_gates(CLASSES);
	assert_false(is_open(CLASS));
	memmon_listener_mute(false);
	assert_false(memmon_listener_is_muted());
	assert_true(is_open(CLASS));
	memmon_listener_close_gates(CLASSES);
	memmon_listener_mute(true);
	memmon_listener_mute(false);
	assert_false(is_open(CLASS));
}

/* Looks at the list as a probe does, in the middle of a change. */
static void look(void)
{
	const struct memmon_listener *l;
	struct memmon_ring *ring;
	unsigned int nr = 0;
	bool has_judging = false;

	for (l = READ_ONCE(memmon_listener_first[CLASS]); l; l = READ_ONCE(l->next)) {
		assert_false(!l->sieve && has_judging);
		has_judging = l->sieve;
		assert_true(nr++ < 4);
	}
	/* Behind an open gate there are plain ones first. */
	ring = READ_ONCE(memmon_listener_fast[CLASS]);
	assert_true(ring == memmon_listener_closed || ring == plain[0].ring ||
		    ring == plain[1].ring);
}

static void change(unsigned int point)
{
	shim_interrupt_at(point, look);
	memmon_listener_add(CLASS, &judging[0]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_add(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_add(CLASS, &plain[1]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_close_gates(CLASSES);
	memmon_listener_remove(CLASS, &plain[1]);
	memmon_listener_remove(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	memmon_listener_close_gates(CLASSES);
	memmon_listener_remove(CLASS, &judging[0]);
	memmon_listener_open_gates(CLASSES);
}

static void probes_see_lists_in_order_at_any_time(void **state)
{
	unsigned int point = 0;

	(void)state;
	do
		change(point++);
	while (!shim_interrupt_cancel());
	assert_in_range(point, 10, 100);
}

static void without_memory_nothing_starts(void **state)
{
	stop(state);
	shim_allocations_left = 0;
	assert_int_equal(memmon_listener_init(0), -ENOMEM);
	shim_allocations_left = -1;
	start(state);
}

/* The last one: there is no way back. */
static void a_slow_clock_closes_gates_for_ever(void **state)
{
	stop(state);
	start(state);
	memmon_listener_exit();
	assert_int_equal(memmon_listener_init(MEMMON_GATE_CLOCK), 0);
	memmon_listener_add(CLASS, &plain[0]);
	memmon_listener_open_gates(CLASSES);
	assert_false(is_open(CLASS));
	memmon_listener_mute(true);
	memmon_listener_mute(false);
	assert_false(is_open(CLASS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_ones_come_first),
		TEST(any_can_be_removed),
		TEST(gates_are_closed_at_first),
		TEST(a_gate_opens_for_plain_ones),
		TEST(a_gate_opens_for_who_need_not_judge),
		TEST(who_comes_later_waits_for_the_gate),
		TEST(a_reader_closes_all_gates),
		TEST(probes_see_lists_in_order_at_any_time),
		TEST(without_memory_nothing_starts),
		TEST(a_slow_clock_closes_gates_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
