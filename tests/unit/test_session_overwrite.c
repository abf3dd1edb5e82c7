// SPDX-License-Identifier: GPL-2.0
/* Tests a live session that keeps the newest: what was overwritten, and what may be torn. */
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

static void begin(void)
{
	struct memmon_options options = { .flags = MEMMON_OPTION_OVERWRITE };

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

static void gaps_are_counted(void **state)
{
	struct memmon_loss loss;
	struct memmon_span span;

	(void)state;
	begin();
	for (uint64_t i = 1; i <= 20; i++)
		fake_push_time(0, i);
	span = span_of(0);
	assert_times(&span, 5, 16);
	assert_int_equal(span.overwritten, 4);
	assert_int_equal(span_of(0).overwritten, 0);
	memmon_session_consume(session, 0, span.end);
	for (uint64_t i = 21; i <= 60; i++)
		fake_push_time(0, i);
	span = span_of(0);
	assert_times(&span, 45, 16);
	assert_int_equal(span.overwritten, 24);
	assert_int_equal(memmon_session_loss(session, &loss), 0);
	assert_int_equal(loss.overwritten, 28);
}

static uint64_t next_time;

static void write_three(void)
{
	for (int i = 0; i < 3; i++)
		fake_push_time(0, next_time++);
}

static void what_is_torn_is_not_shown(void **state)
{
	struct memmon_span span;

	(void)state;
	begin();
	for (next_time = 1; next_time <= 16;)
		fake_push_time(0, next_time++);
	fake.on_sync = write_three;
	span = span_of(0);
	fake.on_sync = NULL;
	assert_times(&span, 4, 13);
	assert_int_equal(span.overwritten, 3);
	memmon_session_consume(session, 0, span.end);
	span = span_of(0);
	assert_times(&span, 17, 3);
	assert_int_equal(span.overwritten, 0);
}

static void write_forty(void)
{
	for (int i = 0; i < 40; i++)
		fake_push_time(0, next_time++);
}

static void all_may_be_overwritten_meanwhile(void **state)
{
	struct memmon_span span;

	(void)state;
	begin();
	for (next_time = 1; next_time <= 10;)
		fake_push_time(0, next_time++);
	fake.on_sync = write_forty;
	span = span_of(0);
	fake.on_sync = NULL;
	assert_int_equal(span.nr_first + span.nr_second, 0);
	assert_int_equal(span.overwritten, 10);
	memmon_session_consume(session, 0, span.end);
	span = span_of(0);
	assert_times(&span, 35, 16);
	assert_int_equal(span.overwritten, 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gaps_are_counted, start, end),
		cmocka_unit_test_setup_teardown(what_is_torn_is_not_shown, start, end),
		cmocka_unit_test_setup_teardown(all_may_be_overwritten_meanwhile, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
