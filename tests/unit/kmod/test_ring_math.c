// SPDX-License-Identifier: GPL-2.0
/* Tests the ring's arithmetic against a ring that is simulated slot by slot. */
#include "ring_math.h"
#include "unit.h"

#define RECORD MEMMON_RECORD_BYTES
#define SLOTS_MAX 8

static void mask_picks_each_slot_in_turn(void **state)
{
	unsigned long long slots, i;

	(void)state;
	for (slots = 1; slots <= 1ULL << 20; slots *= 2) {
		unsigned long long mask = memmon_ring_mask(slots);

		for (i = 0; i < 3 * slots && i < 100; i++)
			assert_int_equal((i * RECORD & mask) / RECORD, i % slots);
		assert_int_equal(((slots - 1) * RECORD & mask) / RECORD, slots - 1);
		assert_int_equal(slots * RECORD & mask, 0);
	}
}

/* Writes @nr records after @first and compares what is said to be kept with what the slots hold. */
static void check_oldest(unsigned long long slots, unsigned long long first, unsigned int nr)
{
	unsigned long long mask = memmon_ring_mask(slots), held[SLOTS_MAX], position, oldest;
	unsigned long long end = first + nr * RECORD;

	for (position = first; position < end; position += RECORD)
		held[(position & mask) / RECORD] = position;
	oldest = memmon_ring_oldest(first, end, mask);
	assert_true(oldest >= first && oldest <= end);
	for (position = first; position < end; position += RECORD) {
		int is_kept = held[(position & mask) / RECORD] == position;

		assert_int_equal(position >= oldest, is_kept);
		assert_int_equal(memmon_ring_holds(position, end, mask), is_kept);
	}
}

static void kept_is_what_the_slots_hold(void **state)
{
	unsigned long long slots, first;
	unsigned int nr;

	(void)state;
	for (slots = 1; slots <= SLOTS_MAX; slots *= 2) {
		for (first = 0; first < 20 * RECORD; first += RECORD) {
			for (nr = 0; nr < 40; nr++)
				check_oldest(slots, first, nr);
		}
	}
}

static void nothing_written_is_nothing_kept(void **state)
{
	(void)state;
	assert_int_equal(memmon_ring_oldest(0, 0, memmon_ring_mask(4)), 0);
	assert_int_equal(memmon_ring_oldest(640, 640, memmon_ring_mask(4)), 640);
}

static void far_positions_count_alike(void **state)
{
	unsigned long long mask = memmon_ring_mask(4), far = 1ULL << 62;

	(void)state;
	assert_int_equal(memmon_ring_oldest(0, far, mask), far - 4 * RECORD);
	assert_true(memmon_ring_holds(far - 4 * RECORD, far, mask));
	assert_false(memmon_ring_holds(far - 5 * RECORD, far, mask));
}

static void complete_waits_for_writers(void **state)
{
	(void)state;
	assert_int_equal(memmon_ring_complete(640, 0, 128), 640);
	assert_int_equal(memmon_ring_complete(640, 1, 128), 128);
	assert_int_equal(memmon_ring_complete(640, 3, 640), 640);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mask_picks_each_slot_in_turn),
		cmocka_unit_test(kept_is_what_the_slots_hold),
		cmocka_unit_test(nothing_written_is_nothing_kept),
		cmocka_unit_test(far_positions_count_alike),
		cmocka_unit_test(complete_waits_for_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
