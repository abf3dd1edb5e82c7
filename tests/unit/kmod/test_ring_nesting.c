// SPDX-License-Identifier: GPL-2.0
/* Tests the rings with interrupts between any two instructions of a writer. */
#include "pattern.h"
#include "unit.h"

/* More than any writer has. */
#define POINTS_MAX 200

static u64 next_number;
static unsigned int inner_point;
static void (*inner)(void);

static int start(void **state)
{
	(void)state;
	rings_start(64);
	next_number = 1;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	rings_stop();
	return 0;
}

/* Reads all of a ring. Return: how many records there were, all of them whole. */
static u64 read_ring(struct memmon_rings *set)
{
	struct memmon_ring *ring = per_cpu_ptr(set->cpu, 0);
	struct memmon_record r;
	u64 position, oldest, end, nr = 0;

	memmon_ring_window(ring, 0, &oldest, &end);
	for (position = oldest; position < end; position += MEMMON_RECORD_BYTES, nr++) {
		assert_true(memmon_ring_copy(ring, position, &r));
		assert_true(pattern_is_whole(&r));
	}
	return nr;
}

static void write_here(void)
{
	pattern_write(&rings, next_number++);
}

static void write_there(void)
{
	pattern_write(&other_rings, next_number++);
}

/* What another CPU would read at this moment. */
static void look(void)
{
	read_ring(&rings);
	read_ring(&other_rings);
}

static void write_and_look(void)
{
	look();
	write_here();
	look();
}

/* An interrupt that is interrupted itself. */
static void write_interrupted(void)
{
	shim_interrupt_at(inner_point, inner);
	write_here();
	shim_interrupt_cancel();
	look();
}

/* What a ring keeps of a flood in one interrupt. */
static u64 least_kept(void)
{
	return rings_slots() - MEMMON_RING_SLOTS_LEFT;
}

/*
 * Writes a record with @handler running at each of its points in turn. Return: how many points.
 */
static unsigned int interrupt_everywhere(void (*handler)(void))
{
	unsigned int point;

	for (point = 0; point < POINTS_MAX; point++) {
		u64 before = next_number, kept;

		shim_interrupt_at(point, handler);
		write_here();
		if (shim_interrupt_cancel())
			return point;
		kept = read_ring(&rings) + read_ring(&other_rings);
		assert_true(kept >= min_t(u64, next_number - before, least_kept()));
		assert_int_equal(per_cpu(memmon_ring_nest, 0), 0);
	}
	fail_msg("the writer has no end");
	return 0;
}

static void whoever_looks_sees_whole_records(void **state)
{
	(void)state;
	assert_in_range(interrupt_everywhere(look), 10, POINTS_MAX);
}

static void whoever_interrupts_may_write(void **state)
{
	(void)state;
	assert_in_range(interrupt_everywhere(write_and_look), 10, POINTS_MAX);
	assert_in_range(interrupt_everywhere(write_there), 10, POINTS_MAX);
}

static void interrupts_may_be_interrupted(void **state)
{
	static void (*const handlers[])(void) = { look, write_here, write_there };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(handlers); i++) {
		inner = handlers[i];
		for (inner_point = 0; inner_point < 20; inner_point++)
			assert_in_range(interrupt_everywhere(write_interrupted), 10, POINTS_MAX);
	}
}

/* More records than the ring has slots. */
static void write_flood(void)
{
	unsigned int i;

	for (i = 0; i < 3 * rings_slots(); i++)
		write_here();
	look();
}

static void a_flood_does_not_come_round(void **state)
{
	struct memmon_balance balance;

	(void)state;
	assert_in_range(interrupt_everywhere(write_flood), 10, POINTS_MAX);
	balance = rings_balance();
	assert_true(balance.counts.dropped[MEMMON_DROPPED_NESTED] > 0);
	assert_int_equal(balance.in_flight, 0);
	assert_int_equal(balance.counts.seen[MEMMON_CLASS_KMALLOC], next_number - 1);
}

static void look_while_incomplete(void)
{
	u64 oldest, end;

	memmon_ring_window(rings_ring(0), 0, &oldest, &end);
	assert_int_equal(end, MEMMON_RECORD_BYTES);
	write_here();
	memmon_ring_window(rings_ring(0), 0, &oldest, &end);
	assert_int_equal(end, MEMMON_RECORD_BYTES);
}

/* The interrupt's record is whole, but the one before it is not: both have to wait. */
static void nothing_is_shown_behind_an_unfinished_record(void **state)
{
	struct memmon_record *slot;

	(void)state;
	write_here();
	memmon_ring_enter();
	slot = rings_reserve(&rings, MEMMON_CLASS_KMALLOC);
	look_while_incomplete();
	pattern_fill(slot, next_number++);
	look_while_incomplete();
	memmon_ring_leave();
	assert_int_equal(read_ring(&rings), 4);
}

/* Behind the outermost writer's record, while he is still inside. */
static void the_last_interrupt_shows_at_once(void **state)
{
	(void)state;
	memmon_ring_enter();
	pattern_fill(rings_reserve(&rings, MEMMON_CLASS_KMALLOC), next_number++);
	write_here();
	assert_int_equal(read_ring(&rings), 0);
	memmon_ring_leave();
	assert_int_equal(read_ring(&rings), 2);
}

/* An interrupt on top of a writer to other rings: nobody is below it in these. */
static void a_writer_elsewhere_holds_nothing_up(void **state)
{
	(void)state;
	write_here();
	memmon_ring_enter();
	pattern_fill(rings_reserve(&other_rings, MEMMON_CLASS_KMALLOC), next_number++);
	write_here();
	memmon_ring_leave();
	assert_int_equal(read_ring(&rings), 2);
	assert_int_equal(read_ring(&other_rings), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whoever_looks_sees_whole_records, start, stop),
		cmocka_unit_test_setup_teardown(whoever_interrupts_may_write, start, stop),
		cmocka_unit_test_setup_teardown(interrupts_may_be_interrupted, start, stop),
		cmocka_unit_test_setup_teardown(a_flood_does_not_come_round, start, stop),
		cmocka_unit_test_setup_teardown(nothing_is_shown_behind_an_unfinished_record, start,
						stop),
		cmocka_unit_test_setup_teardown(the_last_interrupt_shows_at_once, start, stop),
		cmocka_unit_test_setup_teardown(a_writer_elsewhere_holds_nothing_up, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
