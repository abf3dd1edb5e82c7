// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the real way of an event with softirq, hardirq and NMI on top of each other at every point of
 * it, each with events of its own, and somebody who reads at every point, too.
 */
#include "event.h"
#include "sessions.h"
#include "unit.h"

#define FACTOR 0x9e3779b97f4a7c15ULL
#define SLOTS 64
#define POINTS_MAX 100

/* What is added to the preempt count by each context above a task. */
static const unsigned int offsets[] = { SOFTIRQ_OFFSET, HARDIRQ_OFFSET, NMI_OFFSET };
#define LEVELS ARRAY_SIZE(offsets)

static struct memmon_session plain, keeping, filtering;
static u64 next_number;
static u64 made[MEMMON_NR_CONTEXTS];
/* At which point of the level below each level comes, and how many events it has. */
static unsigned int points[LEVELS], floods[LEVELS], level;

static int start(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	sessions_init();
	next_number = 1;
	memset(made, 0, sizeof(made));
	sessions_start(&plain, &options);
	options.filter.conditions = 1U << MEMMON_FILTERED_CONTEXT;
	options.filter.contexts = 1U << MEMMON_CONTEXT_SOFTIRQ | 1U << MEMMON_CONTEXT_NMI;
	sessions_start(&filtering, &options);
	options.filter.conditions = 0;
	options.flags = MEMMON_OPTION_WITH_SELF;
	options.watermark_bytes = 16 * MEMMON_RECORD_BYTES;
	sessions_start(&keeping, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	shim_irq_work_run();
	sessions_stop(&plain);
	sessions_stop(&filtering);
	sessions_stop(&keeping);
	sessions_exit();
	return 0;
}

static enum memmon_context context(void)
{
	return level ? level : MEMMON_CONTEXT_TASK;
}

/* Every field follows from the number, which is the size. */
static void record_one(void)
{
	u32 number = next_number++;

	made[context()]++;
	memmon_event_record(MEMMON_CLASS_KMALLOC, number * FACTOR, ~(u64)number, number,
			    number * FACTOR >> 7, number + 3, number % 0x1000);
}

static void check_record(const struct memmon_record *r)
{
	u64 number = r->bytes_req;

	assert_int_equal(r->call_site, number * FACTOR);
	assert_int_equal(r->object, ~number);
	assert_int_equal(r->bytes_alloc, (u32)(number * FACTOR >> 7));
	assert_int_equal(r->gfp, number + 3);
	assert_int_equal(r->detail, number % 0x1000);
	assert_int_equal(r->event_class, MEMMON_CLASS_KMALLOC);
	assert_in_range(r->context, 0, MEMMON_NR_CONTEXTS - 1);
	assert_int_equal(r->pid_node, 316);
	assert_int_equal(r->tgid, 300);
	assert_string_equal(r->comm, "a.out");
}

/* Return: records that can be read. */
static u64 read_all(struct memmon_session *session)
{
	const struct memmon_ring *ring = per_cpu_ptr(session->rings[0].cpu, 0);
	u64 oldest, end, position;
	struct memmon_record r;

	memmon_ring_window(ring, 0, &oldest, &end);
	for (position = oldest; position < end; position += MEMMON_RECORD_BYTES) {
		assert_true(memmon_ring_copy(ring, position, &r));
		check_record(&r);
	}
	return end;
}

static void look(void)
{
	read_all(&plain);
	read_all(&keeping);
	read_all(&filtering);
}

static void come_above(void);

/* Lets the next level come at its point, if there is one. */
static void expect_next(void)
{
	if (level < LEVELS)
		shim_interrupt_at(points[level], come_above);
}

static void come_above(void)
{
	unsigned int i;

	look();
	shim_preempt_count += offsets[level++];
	expect_next();
	for (i = 0; i < floods[level - 1]; i++)
		record_one();
	shim_interrupt_cancel();
	shim_preempt_count -= offsets[--level];
	look();
}

static void balance(void)
{
	struct memmon_session *const all[] = { &plain, &keeping, &filtering };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		struct memmon_balance b = sessions_balance(all[i]);

		assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], next_number - 1);
		assert_int_equal(read_all(all[i]), b.recorded[0] * MEMMON_RECORD_BYTES);
	}
	assert_int_equal(sessions_balance(&filtering).counts.filtered[MEMMON_FILTERED_CONTEXT],
			 made[MEMMON_CONTEXT_TASK] + made[MEMMON_CONTEXT_HARDIRQ]);
}

/* An event of a task, with all levels above it. Return: whether the lowest of them came. */
static bool record_under(unsigned int softirq, unsigned int hardirq, unsigned int nmi)
{
	bool has_run;

	points[0] = softirq;
	points[1] = hardirq;
	points[2] = nmi;
	level = 0;
	expect_next();
	record_one();
	has_run = !shim_interrupt_cancel();
	assert_int_equal(level, 0);
	assert_int_equal(shim_preempt_count, 0);
	assert_int_equal(per_cpu(memmon_ring_nest, 0), 0);
	return has_run;
}

static void set_floods(unsigned int softirq, unsigned int hardirq, unsigned int nmi)
{
	floods[0] = softirq;
	floods[1] = hardirq;
	floods[2] = nmi;
}

static void contexts_come_on_top_of_each_other(void **state)
{
	unsigned int a, b, c;

	(void)state;
	set_floods(1, 1, 1);
	for (a = 0; record_under(a, 0, 0); a++) {
		for (b = 0; b < 40; b += 3) {
			for (c = 0; c < 40; c += 5)
				record_under(a, b, c);
		}
		balance();
	}
	assert_in_range(a, 20, POINTS_MAX);
	assert_true(made[MEMMON_CONTEXT_NMI] > 100);
}

/* The task's slot is half filled, or just reserved, while a whole ring of events comes above it. */
static void floods_come_on_top_of_each_other(void **state)
{
	unsigned int a, flood;

	(void)state;
	for (flood = 0; flood < LEVELS; flood++) {
		set_floods(flood == 0 ? 2 * SLOTS : 1, flood == 1 ? 2 * SLOTS : 1,
			   flood == 2 ? 2 * SLOTS : 1);
		for (a = 0; record_under(a, a % 7, a % 5); a++)
			balance();
		assert_in_range(a, 20, POINTS_MAX);
	}
	assert_true(sessions_balance(&plain).counts.dropped[MEMMON_DROPPED_NESTED] > 0);
	assert_true(sessions_balance(&keeping).counts.dropped[MEMMON_DROPPED_FULL] > 0);
}

/* In the ring of one who overwrites, what a flood does not find room for is less than what it does. */
static void a_flood_is_mostly_kept(void **state)
{
	struct memmon_balance b;

	(void)state;
	set_floods(SLOTS - MEMMON_RING_SLOTS_LEFT - 1, 0, 0);
	assert_true(record_under(4, POINTS_MAX, POINTS_MAX));
	b = sessions_balance(&plain);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_NESTED], 0);
	assert_int_equal(b.recorded[0], SLOTS - MEMMON_RING_SLOTS_LEFT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contexts_come_on_top_of_each_other),
		TEST(floods_come_on_top_of_each_other),
		TEST(a_flood_is_mostly_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
