// SPDX-License-Identifier: GPL-2.0
/* Tests a live session against a device in memory. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "unit.h"

static struct memmon_session *session;

static int start(void **state)
{
	(void)state;
	fake_reset();
	session = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	memmon_session_close(session);
	assert_int_equal(fake.nr_open, 0);
	assert_int_equal(fake.nr_mapped, 0);
	fake_free();
	return 0;
}

static void begin(uint32_t flags)
{
	struct memmon_options options = { .flags = flags };

	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_enable(session), 0);
}

static struct memmon_span span_of(uint32_t cpu)
{
	struct memmon_span span;

	assert_int_equal(memmon_session_span(session, cpu, &span), 0);
	return span;
}

static uint64_t time_at(const struct memmon_span *span, size_t i)
{
	return i < span->nr_first ? span->first[i].time : span->second[i - span->nr_first].time;
}

/* A span holds these times, one tick after the other. */
static void assert_times(const struct memmon_span *span, uint64_t first, size_t nr)
{
	assert_int_equal(span->nr_first + span->nr_second, nr);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(time_at(span, i), first + i);
}

static void other_versions_are_refused(void **state)
{
	(void)state;
	fake.info.abi_major = MEMMON_ABI_MAJOR + 1;
	assert_int_equal(session_open_on(&fake_device, "device", &session), -EPROTO);
	fake.info.abi_major = MEMMON_ABI_MAJOR;
	fake.info.abi_minor = 99;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
}

static void nonsense_of_the_device_is_refused(void **state)
{
	(void)state;
	fake.info.record_bytes = 128;
	assert_int_equal(session_open_on(&fake_device, "device", &session), -EPROTO);
	fake.info.record_bytes = 64;
	fake.info.nr_cpus = 0;
	assert_int_equal(session_open_on(&fake_device, "device", &session), -EPROTO);
}

static void failures_are_passed_on(void **state)
{
	struct memmon_options options = { 0 };

	(void)state;
	assert_int_equal(session_open_on(&fake_device, "none", &session), -ENOENT);
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	fake.fail_request = MEMMON_IOC_SETUP;
	fake.fail_errno = E2BIG;
	assert_int_equal(memmon_session_set_up(session, &options), -E2BIG);
	fake.fail_errno = 0;
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_session_set_up(session, &options), -EBUSY);
	fake.fail_request = MEMMON_IOC_SYNC;
	fake.fail_errno = EIO;
	assert_int_equal(memmon_session_sync(session), -EIO);
}

static void signals_do_not_disturb(void **state)
{
	struct memmon_stats stats;

	(void)state;
	fake.nr_interrupts = 3;
	begin(0);
	fake.nr_interrupts = 2;
	assert_int_equal(memmon_session_sync(session), 0);
	fake.nr_interrupts = 1;
	assert_int_equal(memmon_session_stats(session, &stats), 0);
	fake.nr_interrupts = 1;
	assert_int_equal(session_wait(session, 0), -EINTR);
}

static void a_ring_is_round(void **state)
{
	uint64_t next = 1, first = 1;

	(void)state;
	begin(0);
	/* 5 does not divide 16, so each place of the ring is once the seam. */
	for (int round = 0; round < 50; round++) {
		struct memmon_span span;

		for (int i = 0; i < 5; i++)
			assert_true(fake_push_time(0, next++));
		span = span_of(0);
		assert_times(&span, first, 5);
		assert_int_equal(span.overwritten, 0);
		memmon_session_consume(session, 0, span.end);
		first += 5;
	}
	assert_int_equal(span_of(1).nr_first, 0);
}

static void unread_ones_stay(void **state)
{
	struct memmon_span span;

	(void)state;
	begin(0);
	for (uint64_t i = 1; i <= 16; i++)
		assert_true(fake_push_time(0, i));
	assert_false(fake_push_time(0, 17));
	span = span_of(0);
	assert_times(&span, 1, 16);
	memmon_session_consume(session, 0, span.end - 14 * sizeof(struct memmon_record));
	span = span_of(0);
	assert_times(&span, 3, 14);
	assert_true(fake_push_time(0, 17));
	assert_true(fake_push_time(0, 18));
	assert_false(fake_push_time(0, 19));
	span = span_of(0);
	assert_times(&span, 3, 16);
}

static void sync_says_what_is_whole(void **state)
{
	struct memmon_record record = { .time = 1 };
	struct memmon_span span;

	(void)state;
	begin(0);
	fake_push(0, &record);
	assert_int_equal(span_of(0).nr_first, 0);
	assert_int_equal(memmon_session_sync(session), 0);
	span = span_of(0);
	assert_times(&span, 1, 1);
}

static void interrupts_are_put_in_order(void **state)
{
	static const uint64_t orders[][7] = {
		{ 2, 1, 3, 4, 5, 6, 7 }, { 2, 3, 4, 5, 6, 7, 1 }, { 3, 2, 1, 7, 6, 5, 4 },
		{ 7, 6, 5, 4, 3, 2, 1 }, { 1, 3, 2, 4, 6, 5, 7 }, { 1, 2, 3, 4, 5, 6, 7 },
	};
	uint64_t base = 0;

	(void)state;
	begin(0);
	for (int round = 0; round < 60; round++) {
		struct memmon_span span;

		for (int i = 0; i < 7; i++)
			assert_true(fake_push_time(0, base + orders[round % 6][i]));
		span = span_of(0);
		assert_times(&span, base + 1, 7);
		memmon_session_consume(session, 0, span.end);
		base += 7;
	}
}

/* The one that was interrupted is whole only after the interrupt's records have been read. */
static void a_late_one_is_not_before_what_was_read(void **state)
{
	static const uint32_t modes[] = { 0, MEMMON_OPTION_OVERWRITE };

	(void)state;
	for (int mode = 0; mode < 2; mode++) {
		struct memmon_span span;

		fake_reset();
		begin(modes[mode]);
		for (uint64_t i = 1; i <= 14; i++)
			fake_push_time(0, i);
		memmon_session_consume(session, 0, span_of(0).end);
		fake_push_time(0, 12);
		fake_push_time(0, 13);
		fake_push_time(0, 15);
		span = span_of(0);
		assert_int_equal(span.nr_first + span.nr_second, 3);
		assert_int_equal(time_at(&span, 0), 14);
		assert_int_equal(time_at(&span, 1), 14);
		assert_int_equal(time_at(&span, 2), 15);
		if (!mode) {
			memmon_session_close(session);
			fake_free();
		}
	}
}

static void a_cpu_may_come_later(void **state)
{
	struct memmon_span span;

	(void)state;
	fake.info.nr_cpus = 4;
	begin(0);
	assert_int_equal(span_of(3).nr_first, 0);
	assert_int_equal(memmon_session_sync(session), 0);
	assert_int_equal(fake.nr_mapped, 2);
	fake.has_ring[3] = true;
	fake_push_time(3, 1);
	assert_int_equal(memmon_session_sync(session), 0);
	assert_int_equal(fake.nr_mapped, 3);
	span = span_of(3);
	assert_times(&span, 1, 1);
	assert_int_equal(memmon_session_span(session, 4, &span), -EINVAL);
}

static void lies_in_a_page_are_refused(void **state)
{
	struct memmon_options options = { 0 };

	(void)state;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	fake.pages[0]->complete = 17 * sizeof(struct memmon_record);
	assert_int_equal(memmon_session_span(session, 0, &(struct memmon_span){ 0 }), -EPROTO);
}

#define NR_THREADED 200000

static void *write_many(void *arg)
{
	(void)arg;
	for (uint64_t i = 1; i <= NR_THREADED;)
		i += fake_push_time(0, i);
	return NULL;
}

static void nothing_is_lost_while_it_is_written(void **state)
{
	uint64_t next = 1;
	pthread_t writer;

	(void)state;
	begin(0);
	assert_int_equal(pthread_create(&writer, NULL, write_many, NULL), 0);
	while (next <= NR_THREADED) {
		struct memmon_span span = span_of(0);

		assert_times(&span, next, span.nr_first + span.nr_second);
		next += span.nr_first + span.nr_second;
		memmon_session_consume(session, 0, span.end);
	}
	pthread_join(writer, NULL);
}

static void the_machine_is_known(void **state)
{
	const struct memmon_machine *machine;
	struct memmon_cache_info cache;

	(void)state;
	fake.names[0] = (struct memmon_name){ .value = 0xcc0, .name = "GFP_KERNEL" };
	fake.names[1] = (struct memmon_name){ .value = 0x100, .name = "__GFP_ZERO" };
	fake.nr_names = 2;
	begin(0);
	machine = memmon_session_machine(session);
	assert_int_equal(machine->nr_gfp, 2);
	assert_string_equal(machine->gfp[1].name, "__GFP_ZERO");
	assert_int_equal(machine->gfp[0].value, 0xcc0);
	assert_int_equal(machine->nr_zones, 0);
	assert_int_equal(machine->clock_at_start, 1000);
	assert_true(machine->kernel_release[0]);
	assert_int_equal(machine->cpu_nodes[0], 0);
	assert_int_equal(memmon_session_cache(session, 7, &cache), 0);
	assert_string_equal(cache.name, "dentry");
	assert_int_equal(memmon_session_cache(session, 8, &cache), -ENOENT);
}

static void the_books_are_added_up(void **state)
{
	struct memmon_loss loss;

	(void)state;
	begin(0);
	fake.stats.recorded = 5;
	fake.stats.seen[MEMMON_CLASS_KMALLOC] = 7;
	fake.stats.seen[MEMMON_CLASS_KFREE] = 3;
	fake.stats.filtered[MEMMON_FILTERED_PID] = 2;
	fake.stats.filtered[MEMMON_FILTERED_SELF] = 1;
	fake.stats.dropped[MEMMON_DROPPED_FULL] = 2;
	assert_int_equal(memmon_session_loss(session, &loss), 0);
	assert_int_equal(loss.seen, 10);
	assert_int_equal(loss.recorded, 5);
	assert_int_equal(loss.filtered, 3);
	assert_int_equal(loss.dropped, 2);
	assert_int_equal(loss.filtered_by[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(loss.dropped_by[MEMMON_DROPPED_FULL], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(other_versions_are_refused, start, end),
		cmocka_unit_test_setup_teardown(nonsense_of_the_device_is_refused, start, end),
		cmocka_unit_test_setup_teardown(failures_are_passed_on, start, end),
		cmocka_unit_test_setup_teardown(signals_do_not_disturb, start, end),
		cmocka_unit_test_setup_teardown(a_ring_is_round, start, end),
		cmocka_unit_test_setup_teardown(unread_ones_stay, start, end),
		cmocka_unit_test_setup_teardown(sync_says_what_is_whole, start, end),
		cmocka_unit_test_setup_teardown(interrupts_are_put_in_order, start, end),
		cmocka_unit_test_setup_teardown(a_late_one_is_not_before_what_was_read, start, end),
		cmocka_unit_test_setup_teardown(a_cpu_may_come_later, start, end),
		cmocka_unit_test_setup_teardown(lies_in_a_page_are_refused, start, end),
		cmocka_unit_test_setup_teardown(nothing_is_lost_while_it_is_written, start, end),
		cmocka_unit_test_setup_teardown(the_machine_is_known, start, end),
		cmocka_unit_test_setup_teardown(the_books_are_added_up, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
