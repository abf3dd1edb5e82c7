// SPDX-License-Identifier: GPL-2.0
/* Tests the memory of the rings, and what can be read of them. */
#include "pattern.h"
#include "unit.h"

static int stop(void **state)
{
	(void)state;
	rings_stop();
	shim_nr_online = SHIM_NR_CPUS;
	shim_allocations_left = -1;
	return 0;
}

/* Runs before any other test: later, a lack of memory is no reason to refuse a CPU. */
static void loading_without_memory_fails(void **state)
{
	int left;

	(void)state;
	for (left = 0; left < SHIM_NR_CPUS; left++) {
		shim_allocations_left = left;
		assert_int_equal(memmon_ring_init(16), -ENOMEM);
		assert_int_equal(memmon_ring_cpus(), 0);
	}
	shim_allocations_left = -1;
	shim_cpuhp_error = -ENOSPC;
	assert_int_equal(memmon_ring_init(16), -ENOSPC);
	shim_cpuhp_error = 0;
}

static void slots_are_a_power_of_two(void **state)
{
	static const unsigned int entries[] = { 1, 2, 1000, 10000, 16384, 16385, 1U << 20 };
	unsigned int i;

	(void)state;
	shim_nr_online = 1;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		rings_start(entries[i]);
		assert_true(memmon_ring_slots() >= entries[i]);
		assert_int_equal(memmon_ring_slots() & (memmon_ring_slots() - 1), 0);
		assert_int_equal(memmon_ring_cpus(), 1);
		if (i + 1 < ARRAY_SIZE(entries))
			rings_stop();
	}
}

/* Reads the whole window of a ring: @nr records, the last one number @last. */
static void check_window(int cpu, enum memmon_ring_kind kind, u64 nr, u64 last)
{
	struct memmon_record r;
	u64 oldest, end, i;

	memmon_ring_window(cpu, kind, &oldest, &end);
	assert_int_equal((end - oldest) / MEMMON_RECORD_BYTES, nr);
	for (i = 0; i < nr; i++) {
		assert_true(memmon_ring_copy(cpu, kind, oldest + i * MEMMON_RECORD_BYTES, &r));
		assert_true(pattern_is_whole(&r));
		assert_int_equal(r.time, last - nr + 1 + i);
	}
}

static void keeps_the_newest(void **state)
{
	u64 slots, i;

	(void)state;
	rings_start(16);
	slots = memmon_ring_slots();
	check_window(0, MEMMON_RING_REQUESTS, 0, 0);
	for (i = 1; i <= 2 * slots + 3; i++) {
		pattern_write(MEMMON_RING_REQUESTS, i);
		if (i < 40 || i > 2 * slots)
			check_window(0, MEMMON_RING_REQUESTS, i < slots ? i : slots, i);
	}
}

static void requests_and_frees_are_apart(void **state)
{
	u64 i;

	(void)state;
	rings_start(16);
	pattern_write(MEMMON_RING_REQUESTS, 1);
	for (i = 1; i <= 3 * memmon_ring_slots(); i++)
		pattern_write(MEMMON_RING_FREES, i);
	check_window(0, MEMMON_RING_REQUESTS, 1, 1);
	check_window(0, MEMMON_RING_FREES, memmon_ring_slots(), i - 1);
}

static void cpus_are_apart(void **state)
{
	int cpu;

	(void)state;
	rings_start(16);
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		shim_cpu = cpu;
		pattern_write(MEMMON_RING_REQUESTS, 100 + cpu);
	}
	shim_cpu = 0;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		check_window(cpu, MEMMON_RING_REQUESTS, 1, 100 + cpu);
}

static void what_is_overwritten_before_the_copy_is_refused(void **state)
{
	struct memmon_record r;
	u64 oldest, end, slots, i;

	(void)state;
	rings_start(16);
	slots = memmon_ring_slots();
	for (i = 1; i <= slots; i++)
		pattern_write(MEMMON_RING_REQUESTS, i);
	memmon_ring_window(0, MEMMON_RING_REQUESTS, &oldest, &end);
	for (i = 1; i <= 5; i++)
		pattern_write(MEMMON_RING_REQUESTS, slots + i);
	for (i = 0; i < slots; i++)
		assert_int_equal(memmon_ring_copy(0, MEMMON_RING_REQUESTS,
						  oldest + i * MEMMON_RECORD_BYTES, &r),
				 i >= 5);
}

static void a_cpu_without_memory_loses_its_records(void **state)
{
	(void)state;
	shim_nr_online = 1;
	rings_start(16);
	shim_allocations_left = 0;
	assert_int_equal(shim_cpu_up(1), 0);
	shim_cpu = 1;
	pattern_write(MEMMON_RING_REQUESTS, 1);
	pattern_write(MEMMON_RING_REQUESTS, 2);
	check_window(1, MEMMON_RING_REQUESTS, 0, 0);
	assert_int_equal(memmon_ring_cpus(), 1);
}

static void a_cpu_that_gets_memory_starts_anew(void **state)
{
	(void)state;
	shim_nr_online = 1;
	rings_start(16);
	shim_cpu = 1;
	pattern_write(MEMMON_RING_REQUESTS, 1);
	assert_int_equal(shim_cpu_up(1), 0);
	check_window(1, MEMMON_RING_REQUESTS, 0, 0);
	pattern_write(MEMMON_RING_REQUESTS, 2);
	check_window(1, MEMMON_RING_REQUESTS, 1, 2);
	assert_int_equal(memmon_ring_cpus(), 2);
}

static void a_cpu_that_comes_back_keeps_its_records(void **state)
{
	(void)state;
	rings_start(16);
	pattern_write(MEMMON_RING_REQUESTS, 1);
	assert_int_equal(shim_cpu_up(0), 0);
	pattern_write(MEMMON_RING_REQUESTS, 2);
	check_window(0, MEMMON_RING_REQUESTS, 2, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loading_without_memory_fails),
		cmocka_unit_test_teardown(slots_are_a_power_of_two, stop),
		cmocka_unit_test_teardown(keeps_the_newest, stop),
		cmocka_unit_test_teardown(requests_and_frees_are_apart, stop),
		cmocka_unit_test_teardown(cpus_are_apart, stop),
		cmocka_unit_test_teardown(what_is_overwritten_before_the_copy_is_refused, stop),
		cmocka_unit_test_teardown(a_cpu_without_memory_loses_its_records, stop),
		cmocka_unit_test_teardown(a_cpu_that_gets_memory_starts_anew, stop),
		cmocka_unit_test_teardown(a_cpu_that_comes_back_keeps_its_records, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
