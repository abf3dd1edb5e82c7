// SPDX-License-Identifier: GPL-2.0
/* Tests rings that keep what is unread: what is full, and a reader that says nonsense. */
#include "pattern.h"
#include "unit.h"

#define SLOTS 64
#define RECORD MEMMON_RECORD_BYTES
/* What a reader that keeps up can have unread. */
#define ROOM (SLOTS - MEMMON_RING_SLOTS_LEFT)

static u64 next_number;
static u64 seed;

static int start(void **state)
{
	(void)state;
	next_number = 1;
	seed = 1;
	rings_start_keeping(SLOTS, SLOTS * RECORD / 4);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	rings_stop();
	return 0;
}

/* xorshift64*: the same in each run. */
static u64 chance(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 0x2545f4914f6cdd1dULL;
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

static u64 reserved(void)
{
	return local64_read(&rings_ring(0)->reserved);
}

static u64 count_full(void)
{
	struct memmon_balance b = rings_balance();

	assert_int_equal(b.in_flight, 0);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC],
			 b.recorded[0] + b.counts.dropped[MEMMON_DROPPED_FULL]);
	return b.counts.dropped[MEMMON_DROPPED_FULL];
}

static void consume(u64 position)
{
	__atomic_store_n(&rings_page(0)->consumed, position, __ATOMIC_RELEASE);
}

/* All unread records are whole. Their numbers count up from @first, or are any if that is 0. */
static void check_unread(u64 first)
{
	u64 position = rings_page(0)->consumed, oldest, end;
	struct memmon_record r;

	memmon_ring_window(rings_ring(0), 0, &oldest, &end);
	assert_true(oldest <= position);
	assert_int_equal(end, reserved());
	for (; position < end; position += RECORD) {
		assert_true(memmon_ring_copy(rings_ring(0), position, &r));
		assert_true(pattern_is_whole(&r));
		if (first)
			assert_int_equal(r.time, first++);
	}
}

static void what_does_not_fit_is_counted(void **state)
{
	(void)state;
	write_many(ROOM);
	assert_int_equal(count_full(), 0);
	write_many(1);
	assert_int_equal(count_full(), 1);
	write_many(1000);
	assert_int_equal(count_full(), 1001);
	assert_int_equal(reserved(), ROOM * RECORD);
	check_unread(1);
}

static void what_is_read_makes_room(void **state)
{
	(void)state;
	write_many(ROOM + 10);
	consume(7 * RECORD);
	next_number = ROOM + 1;
	write_many(7);
	assert_int_equal(count_full(), 10);
	write_many(1);
	assert_int_equal(count_full(), 11);
	check_unread(8);
	consume(reserved());
	next_number = ROOM + 8;
	write_many(ROOM);
	assert_int_equal(count_full(), 11);
	check_unread(ROOM + 8);
}

/* A reader that keeps up loses nothing, however much there is. */
static void who_keeps_up_loses_nothing(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		unsigned int nr = chance() % ROOM;
		u64 first = next_number;

		write_many(nr);
		check_unread(first);
		consume(reserved());
	}
	assert_int_equal(count_full(), 0);
}

static void write_flood(void)
{
	write_many(3 * SLOTS);
}

/* An interrupt that fills all of the ring between any two steps of a writer who saw room. */
static void a_flood_in_an_interrupt_overwrites_nothing(void **state)
{
	unsigned int point, kept;
	bool has_run = true;

	(void)state;
	for (point = 0; has_run; point++) {
		u64 numbers[SLOTS], position, oldest, end;
		struct memmon_record r;

		/* Some unread ones, which must stay. */
		consume(reserved());
		write_many(20);
		for (kept = 0, position = reserved() - 20 * RECORD; kept < 20; kept++) {
			memmon_ring_copy(rings_ring(0), position + kept * RECORD, &r);
			numbers[kept] = r.time;
		}
		shim_interrupt_at(point, write_flood);
		write_one();
		has_run = !shim_interrupt_cancel();
		memmon_ring_window(rings_ring(0), 0, &oldest, &end);
		assert_true(oldest <= position);
		for (kept = 0; kept < 20; kept++) {
			assert_true(memmon_ring_copy(rings_ring(0), position + kept * RECORD, &r));
			assert_true(pattern_is_whole(&r));
			assert_int_equal(r.time, numbers[kept]);
		}
		for (; position < end; position += RECORD) {
			assert_true(memmon_ring_copy(rings_ring(0), position, &r));
			assert_true(pattern_is_whole(&r));
		}
	}
	assert_in_range(point, 10, 200);
	assert_true(count_full() > 0);
}

/* Task, softirq, hardirq, NMI, and one more. */
#define CONTEXTS 5
static unsigned int depth, nest_point;

/* Contexts on top of each other, each of which comes at the same point of the one below. */
static void nest(void)
{
	if (++depth < CONTEXTS)
		shim_interrupt_at(nest_point, nest);
	write_one();
	shim_interrupt_cancel();
}

static void each_context_has_room_above_the_limit(void **state)
{
	u64 most = 0;

	for (nest_point = 0; nest_point < 40; nest_point++) {
		write_many(ROOM - 1);
		depth = 0;
		nest();
		most = max(most, reserved());
		assert_true(reserved() <= SLOTS * RECORD);
		check_unread(0);
		count_full();
		stop(state);
		start(state);
	}
	/* There is a point where each had seen room for one, and took it. */
	assert_int_equal(most, (ROOM - 1 + CONTEXTS) * RECORD);
}

/* What a reader out of its mind, or an evil one, may have written. */
static u64 make_nonsense(void)
{
	switch (chance() % 8) {
	case 0:
		return chance();
	case 1:
		return reserved() + chance() % (4 * SLOTS * RECORD);
	case 2:
		return reserved() - chance() % (4 * SLOTS * RECORD);
	case 3:
		return U64_MAX - chance() % (2 * SLOTS * RECORD);
	case 4:
		/* Where there would be room for ever. */
		return U64_MAX - ROOM * RECORD - RECORD + chance() % 3 * RECORD;
	case 5:
		return 0;
	case 6:
		return 1ULL << chance() % 64;
	default:
		return reserved();
	}
}

/*
 * Nobody's memory is touched (that is for the address sanitizer to see), no book goes wrong, and as soon
 * as the reader makes sense again all works again.
 */
static void nonsense_harms_only_who_says_it(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 30000; i++) {
		struct memmon_record r;
		u64 oldest, end;

		consume(make_nonsense());
		rings_page(0)->complete = chance();
		rings_page(0)->reserved = chance();
		rings_page(0)->data_bytes = chance();
		rings_page(0)->data_offset = chance();
		if (chance() % 8 == 0)
			shim_interrupt_at(chance() % 20, write_flood);
		write_many(chance() % (2 * SLOTS));
		shim_interrupt_cancel();
		memmon_ring_window(rings_ring(0), 0, &oldest, &end);
		assert_int_equal(end, reserved());
		memmon_ring_copy(rings_ring(0), chance(), &r);
		memmon_ring_unread_bytes(rings_ring(0), 0);
	}
	count_full();
	consume(reserved());
	next_number = 1ULL << 40;
	write_many(ROOM);
	check_unread(1ULL << 40);
}

/* One CPU's reader does not touch the others' room. */
static void cpus_are_full_apart(void **state)
{
	(void)state;
	write_many(ROOM + 5);
	shim_cpu = 1;
	write_many(ROOM);
	shim_cpu = 0;
	assert_int_equal(count_full(), 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_does_not_fit_is_counted),
		TEST(what_is_read_makes_room),
		TEST(who_keeps_up_loses_nothing),
		TEST(a_flood_in_an_interrupt_overwrites_nothing),
		TEST(each_context_has_room_above_the_limit),
		TEST(nonsense_harms_only_who_says_it),
		TEST(cpus_are_full_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
