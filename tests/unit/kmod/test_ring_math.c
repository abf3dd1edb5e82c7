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

/* Writes @nr records and compares what is said to be kept with what the slots hold. */
static void check_oldest(unsigned long long slots, unsigned int nr)
{
	unsigned long long mask = memmon_ring_mask(slots), held[SLOTS_MAX], position, oldest;
	unsigned long long end = nr * RECORD;

	for (position = 0; position < end; position += RECORD)
		held[(position & mask) / RECORD] = position;
	oldest = memmon_ring_oldest(end, mask);
	assert_true(oldest <= end);
	for (position = 0; position < end; position += RECORD) {
		int is_kept = held[(position & mask) / RECORD] == position;

		assert_int_equal(position >= oldest, is_kept);
		assert_int_equal(memmon_ring_holds(position, end, mask), is_kept);
	}
}

static void kept_is_what_the_slots_hold(void **state)
{
	unsigned long long slots;
	unsigned int nr;

	(void)state;
	for (slots = 1; slots <= SLOTS_MAX; slots *= 2) {
		for (nr = 0; nr < 100; nr++)
			check_oldest(slots, nr);
	}
}

static void nothing_written_is_nothing_kept(void **state)
{
	(void)state;
	assert_int_equal(memmon_ring_oldest(0, memmon_ring_mask(4)), 0);
}

static void far_positions_count_alike(void **state)
{
	unsigned long long mask = memmon_ring_mask(4), far = 1ULL << 62;

	(void)state;
	assert_int_equal(memmon_ring_oldest(far, mask), far - 4 * RECORD);
	assert_true(memmon_ring_holds(far - 4 * RECORD, far, mask));
	assert_false(memmon_ring_holds(far - 5 * RECORD, far, mask));
}

/* Whoever finds room may reserve, and so may one more in each context above him, over nothing unread. */
static void room_ends_before_the_unread(void **state)
{
	unsigned long long slots = MEMMON_RING_SLOTS_MIN, mask = memmon_ring_mask(slots);
	unsigned long long consumed, reserved, kept;

	(void)state;
	for (consumed = 0; consumed < 3 * slots * RECORD; consumed += RECORD / 2) {
		unsigned long long room_end = memmon_ring_room_end(consumed, mask);

		reserved = (consumed + RECORD - 1) / RECORD * RECORD;
		while (memmon_ring_has_room(reserved, room_end, mask))
			reserved += RECORD;
		assert_true(reserved >= consumed + (slots - MEMMON_RING_SLOTS_LEFT) * RECORD);
		kept = memmon_ring_oldest(reserved + (MEMMON_RING_SLOTS_LEFT - 1) * RECORD, mask);
		assert_true(kept <= consumed);
	}
}

/* A reader that says it has consumed what was never written. */
static void there_is_no_room_ahead_of_the_ring(void **state)
{
	unsigned long long mask = memmon_ring_mask(64), bytes = 64 * RECORD;
	unsigned long long reserved = 1000 * RECORD;

	(void)state;
	assert_true(memmon_ring_has_room(reserved, reserved + bytes, mask));
	assert_false(memmon_ring_has_room(reserved, reserved + bytes + 1, mask));
	assert_false(memmon_ring_has_room(reserved, ~0ULL - 1, mask));
	assert_false(memmon_ring_has_room(reserved, reserved, mask));
	assert_false(memmon_ring_has_room(reserved, 0, mask));
	/* What stands for a ring that overwrites. */
	assert_true(memmon_ring_has_room(reserved, ~0ULL, mask));
}

static void nested_records_leave_slots(void **state)
{
	unsigned long long mask = memmon_ring_mask(64), outer = 1ULL << 40, nr;

	(void)state;
	for (nr = 1; nr < 200; nr++)
		assert_int_equal(memmon_ring_nested_fits(outer + nr * RECORD, outer, mask),
				 nr + MEMMON_RING_SLOTS_LEFT <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mask_picks_each_slot_in_turn),
		cmocka_unit_test(kept_is_what_the_slots_hold),
		cmocka_unit_test(nothing_written_is_nothing_kept),
		cmocka_unit_test(far_positions_count_alike),
		cmocka_unit_test(room_ends_before_the_unread),
		cmocka_unit_test(there_is_no_room_ahead_of_the_ring),
		cmocka_unit_test(nested_records_leave_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
