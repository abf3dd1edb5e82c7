// SPDX-License-Identifier: GPL-2.0
/* Tests read() of the device: what is given, and what stays. */
#include <stdlib.h>

#include "devices.h"
#include "unit.h"

#define RECORD sizeof(struct memmon_record)
#define SLOTS 256
#define MARK 64

static struct file file;
static struct memmon_record got[4 * SLOTS];
/* Numbers of the next record to be made, which is its size, and of the next to be read. */
static u32 next_made, next_read;

static struct memmon_options options(u32 flags)
{
	struct memmon_options o = devices_options();

	o.flags |= flags;
	o.ring_bytes = SLOTS * RECORD;
	o.watermark_bytes = MARK * RECORD;
	return o;
}

static int start(void **state)
{
	struct memmon_options o = options(0);

	(void)state;
	next_made = 1;
	next_read = 1;
	devices_init();
	devices_start(&file, &o);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_user_hole = NULL;
	shim_allocations_left = -1;
	devices_close(&file);
	devices_exit();
	return 0;
}

static void restart(u32 flags)
{
	struct memmon_options o = options(flags);

	devices_close(&file);
	next_made = 1;
	next_read = 1;
	devices_start(&file, &o);
}

static void make(unsigned int nr)
{
	while (nr--)
		devices_record(next_made++);
}

/* Reads up to @nr records and expects those that come next, on one CPU. */
static void check(unsigned int nr, unsigned int expected)
{
	ssize_t ret = devices_read(&file, got, nr * RECORD);
	unsigned int i;

	assert_int_equal(ret, expected * RECORD);
	for (i = 0; i < expected; i++)
		assert_int_equal(got[i].bytes_req, next_read++);
}

static void records_come_in_their_order(void **state)
{
	(void)state;
	make(10);
	check(3, 3);
	check(100, 7);
	make(SLOTS - MEMMON_RING_SLOTS_LEFT);
	check(ARRAY_SIZE(got), SLOTS - MEMMON_RING_SLOTS_LEFT);
	make(5);
	check(ARRAY_SIZE(got), 5);
	assert_int_equal(devices_stats(&file).dropped[MEMMON_DROPPED_FULL], 0);
}

static void what_is_read_makes_room(void **state)
{
	(void)state;
	make(SLOTS - MEMMON_RING_SLOTS_LEFT);
	check(30, 30);
	make(30);
	check(ARRAY_SIZE(got), SLOTS - MEMMON_RING_SLOTS_LEFT);
	assert_int_equal(devices_stats(&file).dropped[MEMMON_DROPPED_FULL], 0);
}

static void only_whole_records_are_given(void **state)
{
	char *room = (char *)got;
	size_t bytes;

	(void)state;
	make(10);
	for (bytes = 0; bytes < RECORD; bytes++)
		assert_int_equal(devices_read(&file, room, bytes), -EINVAL);
	memset(got, 0x5a, sizeof(got));
	assert_int_equal(devices_read(&file, room, RECORD), RECORD);
	assert_int_equal(room[RECORD], 0x5a);
	assert_int_equal(devices_read(&file, room, 3 * RECORD - 1), 2 * RECORD);
	assert_int_equal(room[2 * RECORD], 0x5a);
	assert_int_equal(got[1].bytes_req, 3);
}

static void all_cpus_are_read(void **state)
{
	unsigned int seen[SHIM_NR_CPUS] = {}, i;

	(void)state;
	for (shim_cpu = 0; shim_cpu < SHIM_NR_CPUS; shim_cpu++) {
		for (i = 0; i <= (unsigned int)shim_cpu; i++)
			devices_record(100 + shim_cpu);
	}
	shim_cpu = 0;
	assert_int_equal(devices_read(&file, got, sizeof(got)), 10 * RECORD);
	for (i = 0; i < 10; i++)
		seen[got[i].bytes_req - 100]++;
	for (i = 0; i < SHIM_NR_CPUS; i++)
		assert_int_equal(seen[i], i + 1);
}

/* With room for one record at a time, and one CPU that always has more. */
static void a_busy_cpu_starves_nobody(void **state)
{
	unsigned int i;

	(void)state;
	shim_cpu = 3;
	devices_record(4000);
	shim_cpu = 0;
	for (i = 0; i < 2 * SHIM_NR_CPUS; i++) {
		make(1);
		assert_int_equal(devices_read(&file, got, RECORD), RECORD);
		if (got[0].bytes_req == 4000)
			return;
	}
	fail_msg("not read in %u calls", i);
}

static void who_does_not_wait_is_told(void **state)
{
	(void)state;
	file.f_flags = O_NONBLOCK;
	assert_int_equal(devices_read(&file, got, sizeof(got)), -EAGAIN);
	make(1);
	check(10, 1);
	assert_int_equal(devices_read(&file, got, sizeof(got)), -EAGAIN);
}

static void what_is_left_can_be_read_when_it_is_over(void **state)
{
	(void)state;
	make(10);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_DISABLE, NULL), 0);
	check(6, 6);
	check(10, 4);
	check(10, 0);
	check(10, 0);
}

static void what_cannot_be_given_stays(void **state)
{
	(void)state;
	make(10);
	assert_int_equal(devices_read(&file, NULL, sizeof(got)), -EFAULT);
	shim_user_hole = (char *)&got[4] + 5;
	assert_int_equal(devices_read(&file, got, sizeof(got)), -EFAULT);
	shim_user_hole = NULL;
	check(ARRAY_SIZE(got), 10);
	/* What came before, a whole bounce buffer, has been given. */
	make(100);
	shim_user_hole = &got[64];
	check(ARRAY_SIZE(got), 64);
	shim_user_hole = NULL;
	check(ARRAY_SIZE(got), 36);
}

static void without_memory_nothing_is_lost(void **state)
{
	(void)state;
	make(10);
	shim_allocations_left = 0;
	assert_int_equal(devices_read(&file, got, sizeof(got)), -ENOMEM);
	shim_allocations_left = -1;
	check(20, 10);
}

static void what_was_overwritten_is_skipped(void **state)
{
	(void)state;
	restart(MEMMON_OPTION_OVERWRITE);
	make(3 * SLOTS);
	next_read = 2 * SLOTS + 1;
	check(10, 10);
	make(5);
	next_read = 2 * SLOTS + 11;
	check(ARRAY_SIZE(got), SLOTS - 10 + 5);
}

/* While one record is copied, the ring is overwritten: what is given is whole, and in order. */
static void flood(void)
{
	make(2 * SLOTS);
}

static void what_is_being_overwritten_is_not_given(void **state)
{
	unsigned int point, i;

	(void)state;
	for (point = 0; point < 400; point++) {
		ssize_t ret;

		restart(MEMMON_OPTION_OVERWRITE);
		make(100);
		shim_interrupt_at(point, flood);
		ret = devices_read(&file, got, sizeof(got));
		if (shim_interrupt_cancel())
			break;
		assert_true(ret > 0 && ret % RECORD == 0);
		for (i = 1; i < ret / RECORD; i++)
			assert_true(got[i].bytes_req > got[i - 1].bytes_req);
	}
	assert_in_range(point, 100, 399);
}

/* A process that reads and has mapped the ring, too, and writes nonsense there. */
static void nonsense_harms_only_who_says_it(void **state)
{
	struct memmon_descriptor *d;
	unsigned int i;

	(void)state;
	srandom(1);
	file.f_flags = O_NONBLOCK;
	d = file.private_data;
	for (i = 0; i < 20000; i++) {
		struct memmon_ring *ring = per_cpu_ptr(d->session.rings[0].cpu, 0);
		u64 nonsense = (u64)random() << 33 ^ (u64)random() << 10 ^ random();
		ssize_t ret;

		memmon_ring_page(ring->memory)->consumed =
			random() % 2 ? nonsense :
				       local64_read(&ring->reserved) - nonsense % (SLOTS * RECORD);
		make(random() % 20);
		ret = devices_read(&file, got, (1 + random() % ARRAY_SIZE(got)) * RECORD);
		assert_true(ret == -EAGAIN || (ret > 0 && ret % RECORD == 0));
		if (ret > 0)
			assert_int_equal(memmon_ring_page(ring->memory)->consumed % RECORD, 0);
		devices_poll(&file, NULL);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_come_in_their_order),
		TEST(what_is_read_makes_room),
		TEST(only_whole_records_are_given),
		TEST(all_cpus_are_read),
		TEST(a_busy_cpu_starves_nobody),
		TEST(who_does_not_wait_is_told),
		TEST(what_is_left_can_be_read_when_it_is_over),
		TEST(what_cannot_be_given_stays),
		TEST(without_memory_nothing_is_lost),
		TEST(what_was_overwritten_is_skipped),
		TEST(what_is_being_overwritten_is_not_given),
		TEST(nonsense_harms_only_who_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
