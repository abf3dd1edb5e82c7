// SPDX-License-Identifier: GPL-2.0
/* Tests the snapshot of the newest requests of all CPUs. */
#include "log.h"
#include "rings.h"
#include "unit.h"

static int start(void **state)
{
	(void)state;
	rings_start(64);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_allocations_left = -1;
	rings_stop();
	return 0;
}

/* Takes a snapshot and compares: @nr records with the sizes @first, @first + 1, ... */
static void check(unsigned int capacity, unsigned int nr, u32 first)
{
	struct memmon_log *log = memmon_log_create(&rings, capacity);
	unsigned int i;

	assert_false(IS_ERR(log));
	assert_int_equal(log->capacity, capacity);
	assert_int_equal(log->nr, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(log->records[capacity - nr + i].bytes_req, first + i);
	memmon_log_destroy(log);
}

/* Writes sizes 1 to @nr, in the order of time, each on the CPU that @pick gives. */
static void write_many(unsigned int nr, int (*pick)(unsigned int i))
{
	unsigned int i;

	for (i = 1; i <= nr; i++)
		rings_write_kmalloc(pick(i), 1000 + i, i);
}

static int pick_in_turn(unsigned int i)
{
	return i % SHIM_NR_CPUS;
}

static int pick_in_blocks(unsigned int i)
{
	return i / 17 % SHIM_NR_CPUS;
}

static int pick_first(unsigned int i)
{
	(void)i;
	return 0;
}

static void nothing_is_an_empty_log(void **state)
{
	(void)state;
	check(10, 0, 0);
}

static void all_cpus_are_merged_by_time(void **state)
{
	(void)state;
	write_many(60, pick_in_turn);
	check(60, 60, 1);
	stop(state);
	start(state);
	write_many(60, pick_in_blocks);
	check(60, 60, 1);
}

static void the_newest_are_taken(void **state)
{
	(void)state;
	write_many(60, pick_in_turn);
	check(1, 1, 60);
	check(7, 7, 54);
	check(59, 59, 2);
	check(1000, 60, 1);
}

static void a_busy_cpu_takes_the_place_of_idle_ones(void **state)
{
	(void)state;
	rings_write_kmalloc(3, 10, 999);
	write_many(30, pick_first);
	check(30, 30, 1);
}

static void what_a_ring_has_lost_is_not_there(void **state)
{
	unsigned int slots = rings_slots();

	(void)state;
	write_many(3 * slots, pick_first);
	check(3 * slots, slots, 2 * slots + 1);
}

static void equal_times_keep_all(void **state)
{
	struct memmon_log *log;
	int cpu;

	(void)state;
	for_each_possible_cpu(cpu)
		rings_write_kmalloc(cpu, 1000, 1 + cpu);
	log = memmon_log_create(&rings, 10);
	assert_int_equal(log->nr, SHIM_NR_CPUS);
	memmon_log_destroy(log);
}

static void write_request(int cpu, u64 time, u32 bytes, u64 object, enum memmon_class event_class)
{
	struct memmon_record r = {
		.time = time, .object = object, .bytes_req = bytes, .event_class = event_class
	};

	rings_write(&rings, cpu, &r);
}

static void failed_requests_are_left_out(void **state)
{
	(void)state;
	write_request(0, 1, 900, 0, MEMMON_CLASS_KMALLOC);
	write_request(0, 2, 1, 64, MEMMON_CLASS_KMALLOC);
	write_request(0, 3, 901, 0, MEMMON_CLASS_CACHE_ALLOC);
	write_request(0, 4, 902, 0, MEMMON_CLASS_PAGE_ALLOC);
	write_request(1, 5, 2, 64, MEMMON_CLASS_PAGE_ALLOC);
	write_request(1, 6, 903, 0, MEMMON_CLASS_KMALLOC);
	check(10, 2, 1);
	check(1, 1, 2);
}

static void calls_have_no_object_and_are_kept(void **state)
{
	u32 i;

	(void)state;
	for (i = MEMMON_CLASS_CALL_KMALLOC; i < MEMMON_NR_CLASSES; i++)
		write_request(0, i, i, 0, i);
	check(20, MEMMON_NR_CLASSES - MEMMON_CLASS_CALL_KMALLOC, MEMMON_CLASS_CALL_KMALLOC);
}

static void frees_are_not_requests(void **state)
{
	struct memmon_record r = { .time = 5, .object = 64, .event_class = MEMMON_CLASS_KFREE };

	(void)state;
	rings_write_kmalloc(0, 1, 1);
	rings_write(&other_rings, 0, &r);
	check(10, 1, 1);
}

/* An interrupt between a writer's reading of the clock and its reservation. */
/* A softirq made 200 requests between a writer's reading of the clock and its reservation. */
static void a_late_reservation_is_sorted(void **state)
{
	struct memmon_log *log;
	unsigned int i;

	(void)state;
	rings_stop();
	rings_start(1024);
	for (i = 1; i <= 200; i++)
		rings_write_kmalloc(0, 2000 + i, i);
	rings_write_kmalloc(0, 1000, 201);
	for (i = 1; i <= 300; i++)
		rings_write_kmalloc(1, 1000 + i, i);
	log = memmon_log_create(&rings, 1000);
	assert_false(IS_ERR(log));
	assert_int_equal(log->nr, 501);
	for (i = log->capacity - log->nr + 1; i < log->capacity; i++)
		assert_true(log->records[i - 1].time <= log->records[i].time);
	memmon_log_destroy(log);
}

static void neighbours_are_sorted(void **state)
{
	(void)state;
	rings_write_kmalloc(0, 10, 1);
	rings_write_kmalloc(0, 31, 3);
	rings_write_kmalloc(0, 32, 4);
	rings_write_kmalloc(0, 30, 2);
	rings_write_kmalloc(0, 40, 5);
	rings_write_kmalloc(1, 50, 6);
	check(10, 6, 1);
}

/* A clock that jumps back must not make a snapshot take for ever: it is no order any more. */
static void a_jumping_clock_loses_nothing(void **state)
{
	unsigned int slots = rings_slots(), i, sum = 0;
	struct memmon_log *log;

	(void)state;
	for (i = 1; i <= slots; i++)
		rings_write_kmalloc(0, i <= slots / 2 ? 1000000 + i : i, i);
	log = memmon_log_create(&rings, slots);
	assert_int_equal(log->nr, slots);
	for (i = 0; i < slots; i++)
		sum += log->records[i].bytes_req;
	assert_int_equal(sum, slots * (slots + 1) / 2);
	memmon_log_destroy(log);
}

/* Comes while the snapshot is being taken, between two records. */
static void overwrite(void)
{
	write_many(2 * rings_slots(), pick_first);
}

static void overwritten_meanwhile_is_the_end(void **state)
{
	struct memmon_log *log;
	unsigned int i;

	(void)state;
	write_many(40, pick_first);
	rings_write_kmalloc(1, 1, 999);
	shim_interrupt_at(10, overwrite);
	log = memmon_log_create(&rings, 100);
	assert_false(shim_interrupt_cancel());
	assert_in_range(log->nr, 2, 40);
	assert_int_equal(log->records[100 - log->nr].bytes_req, 999);
	for (i = 1; i < log->nr; i++)
		assert_int_equal(log->records[100 - i].bytes_req, 41 - i);
	memmon_log_destroy(log);
}

static void without_memory_there_is_no_log(void **state)
{
	int left;

	(void)state;
	for (left = 0; left < 2; left++) {
		shim_allocations_left = left;
		assert_int_equal(PTR_ERR(memmon_log_create(&rings, 10)), -ENOMEM);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_an_empty_log),
		TEST(all_cpus_are_merged_by_time),
		TEST(the_newest_are_taken),
		TEST(a_busy_cpu_takes_the_place_of_idle_ones),
		TEST(what_a_ring_has_lost_is_not_there),
		TEST(equal_times_keep_all),
		TEST(failed_requests_are_left_out),
		TEST(calls_have_no_object_and_are_kept),
		TEST(frees_are_not_requests),
		TEST(neighbours_are_sorted),
		TEST(a_late_reservation_is_sorted),
		TEST(a_jumping_clock_loses_nothing),
		TEST(overwritten_meanwhile_is_the_end),
		TEST(without_memory_there_is_no_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
