// SPDX-License-Identifier: GPL-2.0
/* Tests opening the device, and what a session may wish for. */
#include "devices.h"
#include "settings.h"
#include "unit.h"

#define MAX_BYTES (8ULL << 20)
#define REGION(ring_bytes) (PAGE_SIZE + (ring_bytes))

static struct file file;

static int start(void **state)
{
	(void)state;
	devices_init();
	shim_nr_online = SHIM_NR_CPUS;
	return devices_open(&file);
}

static int stop(void **state)
{
	(void)state;
	shim_allocations_left = -1;
	shim_user_hole = NULL;
	shim_nr_online = SHIM_NR_CPUS;
	devices_close(&file);
	devices_exit();
	return 0;
}

static long set_up(struct memmon_options *options)
{
	return devices_ioctl(&file, MEMMON_IOC_SETUP, options);
}

/* Wishes that are refused leave nothing behind, and good ones are still taken. */
static void refuse(const struct memmon_options *options, int error)
{
	struct memmon_options copy = *options;

	assert_int_equal(set_up(&copy), error);
	assert_memory_equal(&copy, options, sizeof(copy));
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_NEW);
	assert_int_equal(memmon_rings_total_bytes(), 0);
}

/* Sets a session up in a descriptor of its own. Return: what it became. */
static struct memmon_options accept(struct memmon_options options)
{
	struct file own;

	assert_int_equal(devices_open(&own), 0);
	assert_int_equal(devices_ioctl(&own, MEMMON_IOC_SETUP, &options), 0);
	assert_int_equal(memmon_rings_total_bytes(), shim_nr_online * options.map_bytes);
	devices_close(&own);
	assert_int_equal(memmon_rings_total_bytes(), 0);
	return options;
}

static void who_may_not_watch_cannot_open(void **state)
{
	struct file own;

	(void)state;
	shim_capabilities = ~(1ULL << CAP_PERFMON | 1ULL << CAP_SYS_ADMIN);
	assert_int_equal(devices_open(&own), -EPERM);
	assert_int_equal(memmon_device_count(), 1);
	shim_capabilities = 1ULL << CAP_PERFMON;
	assert_int_equal(devices_open(&own), 0);
	devices_close(&own);
	shim_capabilities = 1ULL << CAP_SYS_ADMIN;
	assert_int_equal(devices_open(&own), 0);
	devices_close(&own);
	shim_allocations_left = 0;
	assert_int_equal(devices_open(&own), -ENOMEM);
	assert_int_equal(memmon_device_count(), 1);
}

static void there_is_a_last_session(void **state)
{
	static struct file files[200];
	unsigned int nr, i;

	(void)state;
	for (nr = 0; nr < ARRAY_SIZE(files); nr++) {
		int ret = devices_open(&files[nr]);

		if (ret) {
			assert_int_equal(ret, -EMFILE);
			break;
		}
	}
	assert_int_equal(memmon_device_count(), 128);
	assert_int_equal(nr, 127);
	for (i = 0; i < nr; i++)
		devices_close(&files[i]);
	assert_int_equal(devices_open(&files[0]), 0);
	devices_close(&files[0]);
	assert_int_equal(memmon_device_count(), 1);
}

static void no_wish_is_a_default(void **state)
{
	struct memmon_options o = accept((struct memmon_options){ .size = sizeof(o) });

	(void)state;
	/* An eighth of what there may be, for all CPUs. */
	assert_int_equal(o.ring_bytes, MAX_BYTES / 8 / SHIM_NR_CPUS);
	assert_int_equal(o.watermark_bytes, o.ring_bytes / 4);
	assert_int_equal(o.map_bytes, REGION(o.ring_bytes));
	assert_int_equal(o.classes, MEMMON_CLASSES_TRACEPOINT);
	o = accept((struct memmon_options){ .size = sizeof(o), .source = MEMMON_SOURCE_KPROBE });
	assert_int_equal(o.classes, MEMMON_CLASSES_KPROBE);
	/* Of much memory no more than 16 MiB for each. */
	memmon_settings.rings_max_bytes = 1ULL << 40;
	shim_nr_online = 1;
	o = accept((struct memmon_options){ .size = sizeof(o) });
	assert_int_equal(o.ring_bytes, 16 << 20);
	shim_nr_online = SHIM_NR_CPUS;
	/* Of little at least the least. */
	memmon_settings.rings_max_bytes = 100 << 10;
	o = accept((struct memmon_options){ .size = sizeof(o) });
	assert_int_equal(o.ring_bytes, PAGE_SIZE);
}

static void sizes_become_powers_of_two(void **state)
{
	static const u64 wishes[] = { 1,    63,	  64,	 65,	 4095,		4096,	4097,
				      5000, 8192, 10000, 100000, (1 << 20) - 1, 1 << 20 };
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wishes); i++) {
		for (j = 0; j < ARRAY_SIZE(wishes); j++) {
			struct memmon_options o = devices_options();

			o.ring_bytes = wishes[i];
			o.watermark_bytes = wishes[j];
			o = accept(o);
			assert_true(o.ring_bytes >= max(wishes[i], PAGE_SIZE));
			assert_true(o.ring_bytes < max(2 * wishes[i], 2 * PAGE_SIZE));
			assert_int_equal(o.ring_bytes & (o.ring_bytes - 1), 0);
			assert_int_equal(o.watermark_bytes & (o.watermark_bytes - 1), 0);
			assert_true(o.watermark_bytes >= MEMMON_RECORD_BYTES);
			assert_true(o.watermark_bytes <= o.ring_bytes / 2);
			assert_true(o.watermark_bytes >= min(wishes[j], o.ring_bytes / 2));
			assert_int_equal(o.map_bytes, REGION(o.ring_bytes));
		}
	}
}

static void wishes_without_sense_are_refused(void **state)
{
	struct memmon_options o = devices_options();
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		if (1U << bit & MEMMON_OPTIONS_KNOWN)
			continue;
		o.flags = 1U << bit;
		refuse(&o, -EINVAL);
	}
	o = devices_options();
	o.source = MEMMON_NR_SOURCES;
	refuse(&o, -EINVAL);
	o.source = U32_MAX;
	refuse(&o, -EINVAL);
	for (bit = 0; bit < 32; bit++) {
		o.source = 1U << bit & (MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK) ?
				   MEMMON_SOURCE_KPROBE :
				   MEMMON_SOURCE_TRACEPOINT;
		o.classes = 1U << bit;
		refuse(&o, -EINVAL);
	}
	/* No sink at all; and calls do not say what they gave. */
	o = devices_options();
	o.flags = MEMMON_OPTION_NO_RINGS;
	refuse(&o, -EINVAL);
	o.flags = MEMMON_OPTION_LEDGER;
	o.source = MEMMON_SOURCE_KPROBE;
	refuse(&o, -EINVAL);
	o = devices_options();
	o.filter.conditions = 1U << MEMMON_FILTERED_SELF;
	refuse(&o, -EINVAL);
	o.filter.conditions = 1U << MEMMON_FILTERED_CGROUP;
	o.filter.cgroup_fd = -1;
	refuse(&o, -EBADF);
	/* After all that a good one is taken. */
	o = devices_options();
	assert_int_equal(set_up(&o), 0);
}

static void memory_has_a_limit(void **state)
{
	struct memmon_options o = devices_options();
	struct file own;

	(void)state;
	o.ring_bytes = MAX_BYTES + 1;
	refuse(&o, -ENOBUFS);
	o.ring_bytes = U64_MAX;
	refuse(&o, -ENOBUFS);
	o.ring_bytes = 1ULL << 63;
	refuse(&o, -ENOBUFS);
	o = devices_options();
	o.watermark_bytes = U64_MAX;
	refuse(&o, -ENOBUFS);
	/* Together: two rings of a quarter for each of four CPUs, and their first pages. */
	o = devices_options();
	o.ring_bytes = MAX_BYTES / SHIM_NR_CPUS;
	refuse(&o, -ENOBUFS);
	o.ring_bytes = MAX_BYTES / SHIM_NR_CPUS / 2;
	assert_int_equal(set_up(&o), 0);
	assert_int_equal(devices_open(&own), 0);
	assert_int_equal(devices_ioctl(&own, MEMMON_IOC_SETUP, &o), -ENOBUFS);
	o.ring_bytes = MAX_BYTES / SHIM_NR_CPUS / 4;
	assert_int_equal(devices_ioctl(&own, MEMMON_IOC_SETUP, &o), 0);
	devices_close(&own);
}

static void a_lack_of_memory_can_be_got_over(void **state)
{
	struct memmon_options o = devices_options();
	int left;

	(void)state;
	o.filter.conditions = 1U << MEMMON_FILTERED_PID;
	for (left = 0; left < 2 + SHIM_NR_CPUS; left++) {
		shim_allocations_left = left;
		assert_int_equal(set_up(&o), -ENOMEM);
		assert_int_equal(memmon_rings_total_bytes(), 0);
	}
	shim_allocations_left = -1;
	assert_int_equal(set_up(&o), 0);
}

static void a_session_is_set_up_once(void **state)
{
	struct memmon_options o = devices_options();

	(void)state;
	assert_int_equal(set_up(&o), 0);
	assert_int_equal(set_up(&o), -EBUSY);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
	assert_int_equal(set_up(&o), -EBUSY);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_DISABLE, NULL), 0);
	assert_int_equal(set_up(&o), -EBUSY);
	assert_int_equal(memmon_rings_total_bytes(), SHIM_NR_CPUS * o.map_bytes);
}

/* The wishes of old and new programs: see the top of mem_monitor.h. */
static void sizes_of_the_structure_may_differ(void **state)
{
	struct {
		struct memmon_options o;
		char more[64];
	} longer = { .o = devices_options() };
	struct memmon_options shorter = devices_options();

	(void)state;
	/* One that knows nothing behind flags. */
	shorter.size = 8;
	shorter.ring_bytes = 12345;
	assert_int_equal(set_up(&shorter), 0);
	assert_int_equal(shorter.size, 8);
	assert_int_equal(shorter.ring_bytes, 12345);
	assert_int_equal(shorter.map_bytes, 0);
	devices_close(&file);
	assert_int_equal(devices_open(&file), 0);
	longer.o.size = sizeof(longer);
	longer.more[63] = 1;
	assert_int_equal(set_up(&longer.o), -E2BIG);
	longer.more[63] = 0;
	assert_int_equal(set_up(&longer.o), 0);
	assert_int_equal(longer.o.size, sizeof(longer));
	assert_int_equal(longer.o.map_bytes, REGION(longer.o.ring_bytes));
}

/* What does not fit is found before anything is made of it. */
static void a_structure_that_cannot_be_written_back(void **state)
{
	struct memmon_options o = devices_options();

	(void)state;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, NULL), -EFAULT);
	shim_user_hole = (char *)&o + 64;
	assert_int_equal(set_up(&o), -EFAULT);
	shim_user_hole = NULL;
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_NEW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_may_not_watch_cannot_open),
		TEST(there_is_a_last_session),
		TEST(no_wish_is_a_default),
		TEST(sizes_become_powers_of_two),
		TEST(wishes_without_sense_are_refused),
		TEST(memory_has_a_limit),
		TEST(a_lack_of_memory_can_be_got_over),
		TEST(a_session_is_set_up_once),
		TEST(sizes_of_the_structure_may_differ),
		TEST(a_structure_that_cannot_be_written_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
