// SPDX-License-Identifier: GPL-2.0
/* Tests when a reader is woken, and what it is told then. */
#include "pattern.h"
#include "unit.h"

#define SLOTS 64
#define RECORD MEMMON_RECORD_BYTES
/* Records at which a reader is woken. */
#define MARK 16

static u64 next_number;

static int start(void **state)
{
	(void)state;
	next_number = 1;
	rings_start_keeping(SLOTS, MARK * RECORD);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	rings_stop();
	assert_int_equal(shim_irq_work_run(), 0);
	return 0;
}

static void write_one(void)
{
	pattern_write(&rings, next_number++);
}

static void write_many(unsigned int nr)
{
	while (nr--)
		write_one();
}

static void wait_for_more(void)
{
	WRITE_ONCE(rings.has_waiter, true);
}

static void consume_all(void)
{
	rings_page(shim_cpu)->consumed = local64_read(&rings_ring(shim_cpu)->reserved);
}

/* How often readers have been woken since the last call. */
static unsigned int count_wakes(void)
{
	unsigned int nr;

	shim_irq_work_run();
	nr = rings.wait.nr_wakes;
	rings.wait.nr_wakes = 0;
	return nr;
}

static void nobody_who_does_not_wait_is_woken(void **state)
{
	(void)state;
	write_many(SLOTS);
	assert_int_equal(shim_irq_work_run(), 0);
	assert_int_equal(count_wakes(), 0);
}

static void who_waits_is_woken_when_there_is_enough(void **state)
{
	(void)state;
	wait_for_more();
	write_many(MARK);
	assert_int_equal(count_wakes(), 0);
	/* The next writer looks around, and finds what those before him have written. */
	write_many(1);
	assert_int_equal(count_wakes(), 1);
	assert_false(rings.has_waiter);
	write_many(2 * MARK);
	assert_int_equal(count_wakes(), 0);
}

/* Interrupts that are let in late, and works that are pending already. */
static void one_work_is_queued_once(void **state)
{
	(void)state;
	wait_for_more();
	write_many(SLOTS);
	assert_int_equal(shim_irq_work_run(), 1);
	assert_int_equal(count_wakes(), 1);
}

/* At the latest when there is twice as much as was asked for, wherever the reader has come to. */
static void nobody_waits_longer_than_for_twice_as_much(void **state)
{
	unsigned int consumed, nr;

	for (consumed = 0; consumed < 3 * MARK; consumed++) {
		write_many(consumed);
		consume_all();
		wait_for_more();
		for (nr = 1; !count_wakes(); nr++) {
			assert_true(nr <= 2 * MARK);
			write_one();
		}
		/* And not before there is enough: the last one to write is not counted. */
		assert_in_range(nr, MARK + 2, 2 * MARK + 1);
		stop(state);
		start(state);
	}
}

static void a_nested_writer_wakes_too(void **state)
{
	(void)state;
	write_many(MARK);
	wait_for_more();
	memmon_ring_enter();
	write_one();
	memmon_ring_leave();
	assert_int_equal(count_wakes(), 1);
}

/* Any of several CPUs wakes the one reader. */
static void each_cpu_counts_by_itself(void **state)
{
	(void)state;
	wait_for_more();
	for (shim_cpu = 0; shim_cpu < 3; shim_cpu++)
		write_many(MARK);
	shim_cpu = 0;
	assert_int_equal(count_wakes(), 0);
	shim_cpu = 2;
	write_one();
	assert_int_equal(count_wakes(), 1);
	shim_cpu = 0;
}

/* In a full ring every event looks around. */
static void who_waits_at_a_full_ring_is_woken(void **state)
{
	(void)state;
	write_many(SLOTS);
	assert_int_equal(count_wakes(), 0);
	wait_for_more();
	write_one();
	assert_int_equal(count_wakes(), 1);
}

static void without_a_mark_nobody_is_woken(void **state)
{
	stop(state);
	rings_start(SLOTS);
	wait_for_more();
	write_many(10 * SLOTS);
	assert_int_equal(shim_irq_work_run(), 0);
}

/* The reader of a ring that overwrites says what it has read, and is woken all the same. */
static void a_ring_that_overwrites_wakes_too(void **state)
{
	unsigned int round;

	stop(state);
	rings_start_keeping(SLOTS, MARK * RECORD);
	rings.is_keeping = false;
	for (round = 0; round < 10; round++) {
		consume_all();
		wait_for_more();
		write_many(2 * MARK);
		assert_int_equal(count_wakes(), 1);
	}
	wait_for_more();
	write_many(10 * SLOTS);
	assert_int_equal(count_wakes(), 1);
	assert_int_equal(rings_balance().recorded[0], next_number - 1);
}

/* Rings go while a work is pending: it is done before. */
static void no_work_outlives_its_ring(void **state)
{
	wait_for_more();
	write_many(SLOTS);
	stop(state);
	assert_int_equal(rings.wait.nr_wakes, 1);
	start(state);
}

static void nothing_is_said_without_being_asked(void **state)
{
	(void)state;
	write_many(20);
	assert_int_equal(rings_page(0)->complete, 0);
	assert_int_equal(rings_page(0)->reserved, 0);
	memmon_ring_sync(rings_ring(0), 0);
	assert_int_equal(rings_page(0)->complete, 20 * RECORD);
	assert_int_equal(rings_page(0)->reserved, 20 * RECORD);
	assert_int_equal(rings_page(1)->complete, 0);
}

static void a_cpu_without_a_ring_is_said_nothing_of(void **state)
{
	stop(state);
	shim_nr_online = 1;
	start(state);
	memmon_ring_sync(rings_ring(1), 1);
	assert_int_equal(memmon_ring_unread_bytes(rings_ring(1), 1), 0);
	shim_nr_online = SHIM_NR_CPUS;
}

/* What is being written is reserved, and not complete. */
static void what_is_being_written_is_not_complete(void **state)
{
	struct memmon_record *slot;

	(void)state;
	write_many(3);
	memmon_ring_enter();
	slot = rings_reserve(&rings, MEMMON_CLASS_KMALLOC);
	write_many(2);
	memmon_ring_sync(rings_ring(0), 0);
	assert_int_equal(rings_page(0)->complete, 3 * RECORD);
	assert_int_equal(rings_page(0)->reserved, 6 * RECORD);
	assert_int_equal(memmon_ring_unread_bytes(rings_ring(0), 0), 3 * RECORD);
	pattern_fill(slot, 1);
	memmon_ring_leave();
	memmon_ring_sync(rings_ring(0), 0);
	assert_int_equal(rings_page(0)->complete, 6 * RECORD);
	assert_int_equal(memmon_ring_unread_bytes(rings_ring(0), 0), 6 * RECORD);
}

/* A writer of another session inside does not make the last record unfinished again. */
static void what_was_complete_stays_so(void **state)
{
	(void)state;
	write_many(3);
	memmon_ring_sync(rings_ring(0), 0);
	assert_int_equal(rings_page(0)->complete, 3 * RECORD);
	memmon_ring_enter();
	memmon_ring_sync(rings_ring(0), 0);
	assert_int_equal(rings_page(0)->complete, 3 * RECORD);
	memmon_ring_leave();
}

static void sync_and_check(void)
{
	const char *data = (char *)rings_page(0) + rings_page(0)->data_offset;
	u64 position;

	memmon_ring_sync(rings_ring(0), 0);
	assert_true(rings_page(0)->complete <= rings_page(0)->reserved);
	position = rings_page(0)->reserved;
	position = position > SLOTS * RECORD ? position - SLOTS * RECORD : 0;
	for (; position < rings_page(0)->complete; position += RECORD)
		assert_true(pattern_is_whole((void *)(data + position % (SLOTS * RECORD))));
}

static void write_some(void)
{
	sync_and_check();
	write_many(3);
	sync_and_check();
}

/* As the process that has mapped the ring sees it, at any point of a writer. */
static void all_that_is_complete_is_whole(void **state)
{
	unsigned int point;
	bool has_run;

	for (point = 0; point < 60; point++) {
		rings.is_keeping = false;
		write_many(50);
		shim_interrupt_at(point, write_some);
		write_many(1);
		has_run = !shim_interrupt_cancel();
		if (!has_run)
			break;
		sync_and_check();
		assert_int_equal(rings_page(0)->complete, rings_page(0)->reserved);
		stop(state);
		start(state);
	}
	assert_in_range(point, 8, 59);
}

static void write_while_synchronizing(void)
{
	write_many(5);
}

/* Writers do not wait for a reader that asks: what comes meanwhile is said next time. */
static void what_comes_meanwhile_is_said_later(void **state)
{
	unsigned int point;

	for (point = 0; point < 100; point++) {
		write_many(10);
		shim_interrupt_at(point, write_while_synchronizing);
		memmon_ring_sync(rings_ring(0), 0);
		if (shim_interrupt_cancel())
			break;
		assert_true(rings_page(0)->complete <= rings_page(0)->reserved);
		assert_true(rings_page(0)->complete >= 10 * RECORD);
		stop(state);
		start(state);
	}
	assert_in_range(point, 2, 99);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_who_does_not_wait_is_woken),
		TEST(who_waits_is_woken_when_there_is_enough),
		TEST(one_work_is_queued_once),
		TEST(nobody_waits_longer_than_for_twice_as_much),
		TEST(a_nested_writer_wakes_too),
		TEST(each_cpu_counts_by_itself),
		TEST(who_waits_at_a_full_ring_is_woken),
		TEST(without_a_mark_nobody_is_woken),
		TEST(a_ring_that_overwrites_wakes_too),
		TEST(no_work_outlives_its_ring),
		TEST(nothing_is_said_without_being_asked),
		TEST(a_cpu_without_a_ring_is_said_nothing_of),
		TEST(what_is_being_written_is_not_complete),
		TEST(what_was_complete_stays_so),
		TEST(all_that_is_complete_is_whole),
		TEST(what_comes_meanwhile_is_said_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
