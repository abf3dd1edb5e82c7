// SPDX-License-Identifier: GPL-2.0
/* Tests the reader of a live session against a device in memory. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fake_device.h"
#include "memmon/reader.h"
#include "unit.h"

static struct memmon_session *session;
static struct memmon_reader *reader;

static void begin(uint32_t flags)
{
	struct memmon_options options = { .flags = flags };

	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_reader_open_session(session, &reader), 0);
	assert_int_equal(memmon_session_enable(session), 0);
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static int end(void **state)
{
	(void)state;
	memmon_reader_close(reader);
	memmon_session_close(session);
	fake_free();
	return 0;
}

/* Takes in portions of @max, and checks that the times and CPUs are those. */
static void assert_taken(unsigned int max, const uint64_t (*expected)[2], unsigned int nr)
{
	struct memmon_event events[64];
	unsigned int at = 0;
	int taken;

	while ((taken = memmon_reader_take(reader, events, max)) > 0) {
		for (int i = 0; i < taken; i++, at++) {
			assert_in_range(at, 0, nr - 1);
			assert_int_equal(events[i].record->time, expected[at][0]);
			assert_int_equal(events[i].cpu, expected[at][1]);
		}
	}
	assert_int_equal(taken, 0);
	assert_int_equal(at, nr);
}

static void cpus_are_merged(void **state)
{
	static const uint64_t expected[][2] = {
		{ 1, 0 }, { 2, 1 }, { 3, 1 }, { 4, 0 }, { 5, 1 }, { 6, 0 },
	};

	(void)state;
	for (unsigned int max = 1; max < 8; max++) {
		begin(0);
		for (int i = 0; i < 6; i++)
			fake_push_time((uint32_t)expected[i][1], expected[i][0]);
		assert_taken(max, expected, 6);
		memmon_reader_close(reader);
		memmon_session_close(session);
		reader = NULL;
		session = NULL;
		fake_free();
		fake_reset();
	}
}

static void what_is_newer_waits(void **state)
{
	static const uint64_t first[][2] = { { 10, 0 } };
	static const uint64_t second[][2] = { { 20, 1 }, { 30, 0 } };

	(void)state;
	begin(0);
	fake.info.clock_now = 15;
	fake_push_time(0, 10);
	fake_push_time(0, 30);
	assert_taken(4, first, 1);
	/* Only what was delivered may be written over. */
	assert_int_equal(fake.pages[0]->consumed, 64);
	fake_push_time(1, 20);
	fake.info.clock_now = 40;
	assert_taken(4, second, 2);
	assert_int_equal(fake.pages[0]->consumed, 128);
}

static void records_stay_until_the_next_take(void **state)
{
	struct memmon_event events[4];

	(void)state;
	begin(0);
	for (uint64_t i = 1; i <= 4; i++)
		fake_push_time(0, i);
	assert_int_equal(memmon_reader_take(reader, events, 2), 2);
	assert_int_equal(fake.pages[0]->consumed, 0);
	assert_int_equal(memmon_reader_wait(reader, 0), 1);
	assert_int_equal(memmon_reader_take(reader, events, 4), 2);
	assert_int_equal(fake.pages[0]->consumed, 128);
	assert_int_equal(events[1].record->time, 4);
	assert_int_equal(memmon_reader_take(reader, events, 4), 0);
	assert_int_equal(fake.pages[0]->consumed, 256);
	assert_int_equal(memmon_reader_wait(reader, 0), 0);
}

static void rings_are_round(void **state)
{
	struct memmon_event events[64];
	uint64_t written = 0, taken = 0;

	(void)state;
	begin(0);
	fake.info.clock_now = UINT64_MAX;
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 7; i++)
			written += fake_push_time(written % 3 == 0, written + 1);
		for (;;) {
			int nr = memmon_reader_take(reader, events, 5);

			assert_true(nr >= 0);
			for (int i = 0; i < nr; i++)
				assert_int_equal(events[i].record->time, ++taken);
			if (!nr)
				break;
		}
		assert_int_equal(taken, written);
	}
	assert_int_equal(written, 2100);
}

static void overwritten_ones_are_counted(void **state)
{
	struct memmon_event events[64];
	struct memmon_loss loss;

	(void)state;
	begin(MEMMON_OPTION_OVERWRITE);
	for (uint64_t i = 1; i <= 20; i++)
		fake_push_time(0, i);
	fake.stats.recorded = 20;
	assert_int_equal(memmon_reader_take(reader, events, 64), 16);
	assert_int_equal(events[0].record->time, 5);
	assert_int_equal(memmon_reader_take(reader, events, 64), 0);
	assert_int_equal(memmon_reader_loss(reader, &loss), 0);
	assert_int_equal(loss.recorded, 20);
	assert_int_equal(loss.overwritten, 4);
}

static void names_are_asked_for_once(void **state)
{
	const struct memmon_cache *cache;
	const char *cgroup;

	(void)state;
	begin(0);
	cache = memmon_reader_cache(reader, 7);
	assert_non_null(cache);
	assert_string_equal(cache->name, "dentry");
	assert_int_equal(cache->object_bytes, 192);
	assert_ptr_equal(memmon_reader_cache(reader, 7), cache);
	assert_null(memmon_reader_cache(reader, 8));
	assert_null(memmon_reader_cache(reader, 0));
	assert_null(memmon_reader_cache(reader, 65536));
	cgroup = memmon_reader_cgroup(reader, (uint32_t)getpid());
	assert_ptr_equal(memmon_reader_cgroup(reader, (uint32_t)getpid()), cgroup);
	assert_null(memmon_reader_cgroup(reader, 0));
	assert_null(memmon_reader_cgroup(reader, UINT32_MAX));
	assert_non_null(memmon_reader_symbols(reader));
	assert_int_equal(memmon_reader_ns(reader, 1500), 500);
}

static void failures_are_passed_on(void **state)
{
	struct memmon_event events[4];

	(void)state;
	begin(0);
	fake_push_time(0, 1);
	fake.fail_request = MEMMON_IOC_SYNC;
	fake.fail_errno = EIO;
	assert_int_equal(memmon_reader_take(reader, events, 4), -EIO);
	fake.fail_errno = 0;
	assert_int_equal(memmon_reader_take(reader, events, 4), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cpus_are_merged, start, end),
		cmocka_unit_test_setup_teardown(what_is_newer_waits, start, end),
		cmocka_unit_test_setup_teardown(records_stay_until_the_next_take, start, end),
		cmocka_unit_test_setup_teardown(rings_are_round, start, end),
		cmocka_unit_test_setup_teardown(overwritten_ones_are_counted, start, end),
		cmocka_unit_test_setup_teardown(names_are_asked_for_once, start, end),
		cmocka_unit_test_setup_teardown(failures_are_passed_on, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
