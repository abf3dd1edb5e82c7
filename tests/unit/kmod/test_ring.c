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

static void without_memory_there_are_no_rings(void **state)
{
	struct memmon_rings set = { .data_bytes = 4096 };
	int left;

	(void)state;
	for (left = 0; left <= SHIM_NR_CPUS; left++) {
		shim_allocations_left = left;
		assert_int_equal(memmon_rings_create(&set), -ENOMEM);
		assert_null(set.cpu);
		assert_int_equal(memmon_rings_total_bytes(), 0);
	}
	shim_allocations_left = -1;
	assert_int_equal(memmon_rings_create(&set), 0);
	assert_int_equal(memmon_rings_count(&set), SHIM_NR_CPUS);
	memmon_rings_destroy(&set);
	assert_int_equal(memmon_rings_total_bytes(), 0);
}

static void without_notice_of_cpus_nothing_starts(void **state)
{
	(void)state;
	shim_cpuhp_error = -ENOSPC;
	assert_int_equal(memmon_rings_init(), -ENOSPC);
	shim_cpuhp_error = 0;
}

static void memory_is_counted(void **state)
{
	const u64 region = PAGE_SIZE + 128 * MEMMON_RECORD_BYTES;

	(void)state;
	shim_nr_online = 2;
	rings_start(128);
	assert_int_equal(memmon_rings_count(&rings), 2);
	assert_int_equal(memmon_rings_bytes(&rings), 2 * region);
	assert_int_equal(memmon_rings_total_bytes(), 4 * region);
	assert_int_equal(shim_cpu_up(3), 0);
	assert_int_equal(memmon_rings_count(&rings), 3);
	assert_int_equal(memmon_rings_bytes(&rings), 3 * region);
	assert_int_equal(memmon_rings_total_bytes(), 6 * region);
}

static void the_first_page_says_what_follows(void **state)
{
	int cpu;

	(void)state;
	rings_start(128);
	for_each_possible_cpu(cpu) {
		struct memmon_ring_page *page = rings_page(cpu), zero = {};

		assert_int_equal(page->cpu, cpu);
		assert_int_equal(page->record_bytes, sizeof(struct memmon_record));
		assert_int_equal(page->data_offset, PAGE_SIZE);
		assert_int_equal(page->data_bytes, 128 * MEMMON_RECORD_BYTES);
		assert_memory_equal(&page->complete, &zero.complete,
				    sizeof(zero) - offsetof(struct memmon_ring_page, complete));
	}
}

/* Reads the whole window of a ring: @nr records, the last one number @last. */
static void check_window(struct memmon_rings *set, int cpu, u64 nr, u64 last)
{
	struct memmon_ring *ring = per_cpu_ptr(set->cpu, cpu);
	struct memmon_record r;
	u64 oldest, end, i;

	memmon_ring_window(ring, cpu, &oldest, &end);
	assert_int_equal((end - oldest) / MEMMON_RECORD_BYTES, nr);
	for (i = 0; i < nr; i++) {
		assert_true(memmon_ring_copy(ring, oldest + i * MEMMON_RECORD_BYTES, &r));
		assert_true(pattern_is_whole(&r));
		assert_int_equal(r.time, last - nr + 1 + i);
	}
}

static void keeps_the_newest(void **state)
{
	u64 slots, i;

	(void)state;
	rings_start(64);
	slots = rings_slots();
	check_window(&rings, 0, 0, 0);
	for (i = 1; i <= 2 * slots + 3; i++) {
		pattern_write(&rings, i);
		if (i < 40 || i > 2 * slots)
			check_window(&rings, 0, i < slots ? i : slots, i);
	}
}

static void sets_are_apart(void **state)
{
	u64 i;

	(void)state;
	rings_start(64);
	pattern_write(&rings, 1);
	for (i = 1; i <= 3 * rings_slots(); i++)
		pattern_write(&other_rings, i);
	check_window(&rings, 0, 1, 1);
	check_window(&other_rings, 0, rings_slots(), i - 1);
}

static void cpus_are_apart(void **state)
{
	int cpu;

	(void)state;
	rings_start(64);
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		shim_cpu = cpu;
		pattern_write(&rings, 100 + cpu);
	}
	shim_cpu = 0;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		check_window(&rings, cpu, 1, 100 + cpu);
}

static void what_is_overwritten_before_the_copy_is_refused(void **state)
{
	struct memmon_record r;
	u64 oldest, end, slots, i;

	(void)state;
	rings_start(64);
	slots = rings_slots();
	for (i = 1; i <= slots; i++)
		pattern_write(&rings, i);
	memmon_ring_window(rings_ring(0), 0, &oldest, &end);
	for (i = 1; i <= 5; i++)
		pattern_write(&rings, slots + i);
	for (i = 0; i < slots; i++)
		assert_int_equal(memmon_ring_copy(rings_ring(0), oldest + i * MEMMON_RECORD_BYTES,
						  &r),
				 i >= 5);
}

static void a_cpu_without_memory_loses_its_records(void **state)
{
	(void)state;
	shim_nr_online = 1;
	rings_start(64);
	shim_allocations_left = 0;
	assert_int_equal(shim_cpu_up(1), 0);
	shim_cpu = 1;
	pattern_write(&rings, 1);
	pattern_write(&rings, 2);
	check_window(&rings, 1, 0, 0);
	assert_int_equal(memmon_rings_count(&rings), 1);
	assert_int_equal(rings_balance().counts.dropped[MEMMON_DROPPED_NO_RING], 2);
}

static void a_cpu_that_gets_memory_starts_anew(void **state)
{
	(void)state;
	shim_nr_online = 1;
	rings_start(64);
	shim_cpu = 1;
	pattern_write(&rings, 1);
	assert_int_equal(shim_cpu_up(1), 0);
	check_window(&rings, 1, 0, 0);
	pattern_write(&rings, 2);
	check_window(&rings, 1, 1, 2);
	assert_int_equal(memmon_rings_count(&rings), 2);
}

static void a_cpu_that_comes_back_keeps_its_records(void **state)
{
	(void)state;
	rings_start(64);
	pattern_write(&rings, 1);
	assert_int_equal(shim_cpu_up(0), 0);
	pattern_write(&rings, 2);
	check_window(&rings, 0, 2, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_there_are_no_rings),
		cmocka_unit_test(without_notice_of_cpus_nothing_starts),
		cmocka_unit_test_teardown(memory_is_counted, stop),
		cmocka_unit_test_teardown(the_first_page_says_what_follows, stop),
		cmocka_unit_test_teardown(keeps_the_newest, stop),
		cmocka_unit_test_teardown(sets_are_apart, stop),
		cmocka_unit_test_teardown(cpus_are_apart, stop),
		cmocka_unit_test_teardown(what_is_overwritten_before_the_copy_is_refused, stop),
		cmocka_unit_test_teardown(a_cpu_without_memory_loses_its_records, stop),
		cmocka_unit_test_teardown(a_cpu_that_gets_memory_starts_anew, stop),
		cmocka_unit_test_teardown(a_cpu_that_comes_back_keeps_its_records, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
