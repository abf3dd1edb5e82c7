// SPDX-License-Identifier: GPL-2.0
/* Tests the calls of the device: their order, what they tell, and structures of other sizes. */
#include "cache.h"
#include "compat/clock.h"
#include "devices.h"
#include "layout.h"
#include "settings.h"
#include "unit.h"

#define RECORD MEMMON_RECORD_BYTES

static struct file file;
static struct kmem_cache dentry = { .name = "dentry", .object_size = 192 };

static int start(void **state)
{
	(void)state;
	memmon_layout.name_offset = offsetof(struct kmem_cache, name);
	devices_init();
	return devices_open(&file);
}

static int stop(void **state)
{
	(void)state;
	shim_while_copying = NULL;
	shim_user_hole = NULL;
	devices_close(&file);
	devices_exit();
	return 0;
}

static long call(unsigned int command, void *argument)
{
	return devices_ioctl(&file, command, argument);
}

static struct memmon_ring_page *page_of(int cpu)
{
	struct memmon_descriptor *d = file.private_data;

	return memmon_ring_page(per_cpu_ptr(d->session.rings[0].cpu, cpu)->memory);
}

static void calls_have_an_order(void **state)
{
	struct memmon_options o = devices_options();
	char buffer[64];

	(void)state;
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_DISABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_SYNC, NULL), -EINVAL);
	assert_int_equal(devices_read(&file, buffer, sizeof(buffer)), -EINVAL);
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_NEW);
	assert_int_equal(call(MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_SET_UP);
	assert_int_equal(call(MEMMON_IOC_DISABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_SYNC, NULL), SHIM_NR_CPUS);
	assert_int_equal(devices_read(&file, buffer, sizeof(buffer)), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), 0);
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_ENABLED);
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_SYNC, NULL), SHIM_NR_CPUS);
	assert_int_equal(call(MEMMON_IOC_DISABLE, NULL), 0);
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_DISABLED);
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_DISABLE, NULL), -EINVAL);
	assert_int_equal(call(MEMMON_IOC_SYNC, NULL), SHIM_NR_CPUS);
}

static void other_calls_there_are_none(void **state)
{
	unsigned int nr;

	(void)state;
	for (nr = 12; nr < 256; nr++)
		assert_int_equal(call(_IO(MEMMON_IOC_MAGIC, nr), NULL), -ENOTTY);
	assert_int_equal(call(MEMMON_IOC_INFO ^ 0x100, NULL), -ENOTTY);
	assert_int_equal(call(0, NULL), -ENOTTY);
}

/* Whatever a session is doing, its descriptor can be closed, and all goes. */
static void closing_ends_everything(void **state)
{
	struct memmon_options o = devices_options();
	struct file own;
	int calls;

	(void)state;
	for (calls = 0; calls <= 3; calls++) {
		assert_int_equal(devices_open(&own), 0);
		if (calls > 0)
			assert_int_equal(devices_ioctl(&own, MEMMON_IOC_SETUP, &o), 0);
		if (calls > 1)
			assert_int_equal(devices_ioctl(&own, MEMMON_IOC_ENABLE, NULL), 0);
		if (calls > 2)
			assert_int_equal(devices_ioctl(&own, MEMMON_IOC_DISABLE, NULL), 0);
		assert_int_equal(!!shim_handler("kmalloc"), calls == 2);
		devices_close(&own);
		assert_null(shim_handler("kmalloc"));
		assert_int_equal(memmon_rings_total_bytes(), 0);
		assert_int_equal(memmon_device_count(), 1);
	}
}

static void the_books_are_told(void **state)
{
	struct memmon_options o = devices_options();
	struct memmon_stats s;
	unsigned int i;

	(void)state;
	o.classes = 1U << MEMMON_CLASS_KMALLOC | 1U << MEMMON_CLASS_KFREE;
	assert_int_equal(call(MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), 0);
	devices_record_many(64 + 10);
	SESSIONS_FIRE(kfree, 1, NULL);
	s = devices_stats(&file);
	assert_int_equal(s.size, sizeof(s));
	assert_int_equal(s.state, MEMMON_SESSION_ENABLED);
	assert_int_equal(s.nr_rings, SHIM_NR_CPUS);
	assert_int_equal(s.missing_classes, 0);
	assert_int_equal(s.recorded, 64 - MEMMON_RING_SLOTS_LEFT);
	assert_int_equal(s.in_flight, 0);
	assert_int_equal(s.memory_bytes, SHIM_NR_CPUS * o.map_bytes);
	assert_int_equal(s.seen[MEMMON_CLASS_KMALLOC], 74);
	assert_int_equal(s.seen[MEMMON_CLASS_KFREE], 1);
	assert_int_equal(s.filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(s.dropped[MEMMON_DROPPED_FULL], 10 + MEMMON_RING_SLOTS_LEFT);
	for (i = MEMMON_NR_CLASSES; i < MEMMON_STATS_COUNTERS; i++)
		assert_int_equal(s.seen[i], 0);
}

static void sync_tells_what_is_whole(void **state)
{
	struct memmon_options o = devices_options();

	(void)state;
	assert_int_equal(call(MEMMON_IOC_SETUP, &o), 0);
	assert_int_equal(call(MEMMON_IOC_ENABLE, NULL), 0);
	devices_record_many(5);
	shim_cpu = 2;
	devices_record_many(7);
	shim_cpu = 0;
	assert_int_equal(page_of(0)->complete, 0);
	assert_int_equal(call(MEMMON_IOC_SYNC, NULL), SHIM_NR_CPUS);
	assert_int_equal(page_of(0)->complete, 5 * RECORD);
	assert_int_equal(page_of(2)->complete, 7 * RECORD);
	assert_int_equal(page_of(2)->reserved, 7 * RECORD);
	assert_int_equal(page_of(1)->complete, 0);
}

static void the_module_tells_of_itself(void **state)
{
	struct memmon_info info = { .size = sizeof(info), .zero = 77 };
	u64 before = memmon_clock_now();

	(void)state;
	assert_int_equal(call(MEMMON_IOC_INFO, &info), 0);
	assert_int_equal(info.size, sizeof(info));
	assert_int_equal(info.abi_major, MEMMON_ABI_MAJOR);
	assert_int_equal(info.abi_minor, MEMMON_ABI_MINOR);
	assert_int_equal(info.record_bytes, RECORD);
	assert_int_equal(info.page_bytes, PAGE_SIZE);
	assert_int_equal(info.nr_cpus, SHIM_NR_CPUS);
	assert_int_equal(info.clock, MEMMON_CLOCK_TSC);
	assert_int_equal(info.clock_khz, tsc_khz);
	assert_in_range(info.clock_now, before + 1, memmon_clock_now());
	assert_true(info.monotonic_ns > before * 1000);
	assert_true(info.realtime_ns > SHIM_BOOTED_NS + before * 1000);
	assert_int_equal(info.classes,
			 MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_KPROBE | MEMMON_CLASSES_HOOK);
	assert_int_equal(info.zero, 0);
	assert_int_equal(info.session_max_bytes, memmon_settings.rings_max_bytes);
}

static void caches_have_names(void **state)
{
	struct memmon_cache_info info = { .size = sizeof(info) };
	u32 id = memmon_cache_lookup(&dentry).id;

	(void)state;
	info.id = id;
	memset(info.name, 'x', sizeof(info.name));
	assert_int_equal(call(MEMMON_IOC_CACHE, &info), 0);
	assert_int_equal(info.id, id);
	assert_int_equal(info.object_bytes, 192);
	assert_string_equal(info.name, "dentry");
	assert_int_equal(info.name[63], 0);
	for (info.id = 0; info.id < 2 * MEMMON_CACHE_SLOTS; info.id++) {
		if (info.id != id)
			assert_int_equal(call(MEMMON_IOC_CACHE, &info), -ENOENT);
	}
	info.id = U32_MAX;
	assert_int_equal(call(MEMMON_IOC_CACHE, &info), -ENOENT);
	info.id = id | 1U << 16;
	assert_int_equal(call(MEMMON_IOC_CACHE, &info), -ENOENT);
}

static void check_name(u32 table, u32 index, u64 value, const char *name)
{
	struct memmon_name row = { .size = sizeof(row), .table = table, .index = index };

	assert_int_equal(call(MEMMON_IOC_NAME, &row), 0);
	assert_int_equal(row.value, value);
	assert_string_equal(row.name, name);
}

static void numbers_have_names(void **state)
{
	struct memmon_name row = { .size = sizeof(row) };
	static const u32 rows[] = { 3, 5, 4 };

	(void)state;
	check_name(MEMMON_NAMES_GFP, 0, 0xcc0, "GFP_KERNEL");
	check_name(MEMMON_NAMES_GFP, 2, 0x100, "__GFP_ZERO");
	check_name(MEMMON_NAMES_ZONE, 2, 2, "Normal");
	check_name(MEMMON_NAMES_MIGRATETYPE, 3, 3, "HighAtomic");
	for (row.table = 0; row.table < 3; row.table++) {
		row.index = rows[row.table];
		assert_int_equal(call(MEMMON_IOC_NAME, &row), -ENOENT);
		row.index = U32_MAX;
		assert_int_equal(call(MEMMON_IOC_NAME, &row), -ENOENT);
	}
	assert_int_equal(call(MEMMON_IOC_NAME, &row), -EINVAL);
	row.table = U32_MAX;
	assert_int_equal(call(MEMMON_IOC_NAME, &row), -EINVAL);
}

/* Room for any of the structures, and for some that a later kernel may have. */
union structure {
	u32 size;
	struct memmon_info info;
	struct memmon_stats stats;
	struct memmon_cache_info cache;
	struct memmon_name name;
	char bytes[2 * PAGE_SIZE];
};

/* Each size that a program may give, of a structure of which @bytes are known. */
static void check_sizes(unsigned int command, unsigned int bytes, const union structure *good)
{
	static union structure s, whole;
	unsigned int size;

	memcpy(&whole, good, sizeof(whole));
	whole.size = bytes;
	assert_int_equal(call(command, &whole), 0);
	for (size = 0; size < PAGE_SIZE + 10; size++) {
		long expected = size < 8 ? -EINVAL : size > PAGE_SIZE ? -E2BIG : 0;

		memcpy(&s, good, sizeof(s));
		memset(s.bytes + min(size, sizeof(s)), 0x5a, sizeof(s) - size);
		s.size = size;
		assert_int_equal(call(command, &s), expected);
		assert_int_equal(s.size, size);
		/* What is behind is not touched. */
		if (size >= sizeof(s.size))
			assert_int_equal((unsigned char)s.bytes[size], 0x5a);
		if (expected || size < bytes)
			continue;
		/* Clocks run. */
		if (command != MEMMON_IOC_INFO)
			assert_memory_equal(s.bytes + 4, whole.bytes + 4, bytes - 4);
		/* Something that this kernel does not know. */
		if (size > bytes) {
			s.bytes[bytes + (size - bytes) / 2] = 1;
			assert_int_equal(call(command, &s), -E2BIG);
		}
	}
}

static void structures_may_have_other_sizes(void **state)
{
	static union structure good;

	(void)state;
	check_sizes(MEMMON_IOC_INFO, sizeof(struct memmon_info), &good);
	check_sizes(MEMMON_IOC_STATS, sizeof(struct memmon_stats), &good);
	good.cache.id = memmon_cache_lookup(&dentry).id;
	check_sizes(MEMMON_IOC_CACHE, sizeof(struct memmon_cache_info), &good);
	memset(&good, 0, sizeof(good));
	check_sizes(MEMMON_IOC_NAME, sizeof(struct memmon_name), &good);
}

static const unsigned int commands[] = { MEMMON_IOC_INFO, MEMMON_IOC_SETUP, MEMMON_IOC_STATS,
					 MEMMON_IOC_CACHE, MEMMON_IOC_NAME };

static void bad_addresses_are_refused(void **state)
{
	static char pages[3 * PAGE_SIZE];
	char *end = pages + PAGE_SIZE;
	unsigned int i;

	(void)state;
	shim_user_hole = end;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_int_equal(call(commands[i], NULL), -EFAULT);
		assert_int_equal(call(commands[i], end - 2), -EFAULT);
		*(u32 *)(end - 8) = 64;
		assert_int_equal(call(commands[i], end - 8), -EFAULT);
	}
	assert_int_equal(memmon_rings_total_bytes(), 0);
}

/* mmap() comes with the user's memory map locked, and a fault at such an access wants it. */
static void check_no_lock(void)
{
	assert_int_equal(shim_nr_locked, 0);
	assert_int_equal(shim_preempt_count, 0);
}

static void no_lock_is_held_while_memory_of_the_user_is_touched(void **state)
{
	static union structure s;
	unsigned int i;

	(void)state;
	shim_while_copying = check_no_lock;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		memset(&s, 0, sizeof(s));
		s.size = 64;
		call(commands[i], &s);
	}
	assert_int_equal(devices_stats(&file).state, MEMMON_SESSION_SET_UP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(calls_have_an_order),
		TEST(other_calls_there_are_none),
		TEST(closing_ends_everything),
		TEST(the_books_are_told),
		TEST(sync_tells_what_is_whole),
		TEST(the_module_tells_of_itself),
		TEST(caches_have_names),
		TEST(numbers_have_names),
		TEST(structures_may_have_other_sizes),
		TEST(bad_addresses_are_refused),
		TEST(no_lock_is_held_while_memory_of_the_user_is_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
