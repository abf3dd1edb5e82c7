// SPDX-License-Identifier: GPL-2.0
/* Tests waiting for the device, in read() and in poll(), and what ends it. */
#include "devices.h"
#include "unit.h"

#define SLOTS 256
#define MARK 64

static struct file file;
static struct memmon_record got[SLOTS];

static int start(void **state)
{
	struct memmon_options o = devices_options();

	(void)state;
	o.ring_bytes = SLOTS * sizeof(struct memmon_record);
	o.watermark_bytes = MARK * sizeof(struct memmon_record);
	devices_init();
	devices_start(&file, &o);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_while_asleep = NULL;
	shim_has_signal = false;
	devices_close(&file);
	devices_exit();
	return 0;
}

static struct memmon_rings *rings_of_file(void)
{
	return &((struct memmon_descriptor *)file.private_data)->session.rings[0];
}

static void make(unsigned int nr)
{
	devices_record_many(nr);
}

/* Reads @nr records, with room for more. */
static void check(unsigned int nr)
{
	assert_int_equal(devices_read(&file, got, sizeof(got)), nr * sizeof(got[0]));
}

static void make_one(void)
{
	make(1);
}

static unsigned int nr_naps;

static void make_none_twice(void)
{
	shim_while_asleep = ++nr_naps < 2 ? make_none_twice : make_one;
}

/* Too few to wake anybody: the reader looks from time to time. */
static void who_waits_gets_even_one(void **state)
{
	(void)state;
	shim_while_asleep = make_one;
	check(1);
	nr_naps = 0;
	shim_while_asleep = make_none_twice;
	check(1);
	assert_int_equal(nr_naps, 2);
}

static void make_many(void)
{
	assert_true(rings_of_file()->has_waiter);
	make(MARK + 1);
	assert_int_equal(shim_irq_work_run(), 1);
	assert_int_equal(rings_of_file()->wait.nr_wakes, 1);
}

static void who_waits_is_woken(void **state)
{
	(void)state;
	shim_while_asleep = make_many;
	check(MARK + 1);
}

/* Who is woken by it finds at once that he need not wait any more. */
static void disable(void)
{
	assert_true(rings_of_file()->has_waiter);
	assert_int_equal(shim_device()->fops->unlocked_ioctl(&file, MEMMON_IOC_DISABLE, 0), 0);
	assert_false(rings_of_file()->has_waiter);
	assert_int_equal(rings_of_file()->wait.nr_wakes, 1);
}

static void make_and_disable(void)
{
	make(3);
	disable();
}

static void the_end_ends_waiting(void **state)
{
	shim_while_asleep = disable;
	check(0);
	stop(state);
	start(state);
	shim_while_asleep = make_and_disable;
	check(3);
	check(0);
}

static void give_signal(void)
{
	shim_has_signal = true;
}

static void a_signal_ends_waiting(void **state)
{
	(void)state;
	shim_while_asleep = give_signal;
	assert_int_equal(devices_read(&file, got, sizeof(got)), -ERESTARTSYS);
	assert_int_equal(devices_read(&file, got, sizeof(got)), -ERESTARTSYS);
	shim_has_signal = false;
	make(1);
	check(1);
}

static void poll_tells_when_there_is_enough(void **state)
{
	poll_table table = {};

	(void)state;
	assert_int_equal(devices_poll(&file, &table), 0);
	assert_ptr_equal(table.queue, &rings_of_file()->wait);
	make(MARK - 1);
	assert_int_equal(devices_poll(&file, &table), 0);
	make(1);
	assert_int_equal(devices_poll(&file, &table), EPOLLIN | EPOLLRDNORM);
	assert_int_equal(devices_read(&file, got, sizeof(got[0])), sizeof(got[0]));
	assert_int_equal(devices_poll(&file, &table), 0);
	make(MARK + 1);
	assert_int_equal(shim_irq_work_run(), 1);
	assert_int_equal(rings_of_file()->wait.nr_wakes, 1);
	assert_int_equal(devices_poll(&file, &table), EPOLLIN | EPOLLRDNORM);
}

static void poll_tells_the_end(void **state)
{
	struct file own;

	(void)state;
	assert_int_equal(devices_open(&own), 0);
	assert_int_equal(devices_poll(&own, NULL), EPOLLERR);
	devices_close(&own);
	make(1);
	assert_int_equal(devices_poll(&file, NULL), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_DISABLE, NULL), 0);
	assert_int_equal(rings_of_file()->wait.nr_wakes, 1);
	assert_int_equal(devices_poll(&file, NULL), EPOLLHUP | EPOLLIN | EPOLLRDNORM);
	check(1);
	assert_int_equal(devices_poll(&file, NULL), EPOLLHUP);
}

/* Nobody takes the interest of one waiter for that of another. */
static void a_poll_does_not_end_a_read(void **state)
{
	(void)state;
	assert_int_equal(devices_poll(&file, NULL), 0);
	shim_while_asleep = make_one;
	check(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_waits_gets_even_one),
		TEST(who_waits_is_woken),
		TEST(the_end_ends_waiting),
		TEST(a_signal_ends_waiting),
		TEST(poll_tells_when_there_is_enough),
		TEST(poll_tells_the_end),
		TEST(a_poll_does_not_end_a_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
