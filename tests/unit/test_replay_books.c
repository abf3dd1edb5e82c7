// SPDX-License-Identifier: GPL-2.0
/* Tests what a view of a recording leaves out, and what its books say of it. */
#include <errno.h>
#include <stdlib.h>

#include "replay_told.h"
#include "unit.h"

static int start(void **state)
{
	(void)state;
	fake_reader_init(&fake_reader);
	story = calloc(1, sizeof(*story));
	return story ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	memmon_replay_close(replay);
	replay = NULL;
	free(story);
	return 0;
}

static bool is_small(void *arg, const struct memmon_event *event)
{
	return event->record->bytes_req <= *(uint32_t *)arg;
}

static void births_can_be_left_out(void **state)
{
	static const struct memmon_record records[] = {
		{ .time = 1100, .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .bytes_req = 9 },
		{ .time = 1100,
		  .event_class = MEMMON_CLASS_KMALLOC,
		  .object = 128,
		  .bytes_req = 10 },
		STORY_EVENT(1200, KFREE, 128),
	};
	struct memmon_snapshot *snapshot;
	uint32_t most = 9;

	(void)state;
	TELL(records);
	memmon_replay_want(replay, UINT32_MAX, is_small, &most);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 1);
	assert_int_equal(snapshot->books.filtered, 1);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_UNKNOWN], 1);
	memmon_snapshot_free(snapshot);
}

static void classes_can_be_passed_over(void **state)
{
	static const struct memmon_record records[] = {
		STORY_KMALLOC(1100, 64),
		STORY_BLOCK(1200, PAGE_ALLOC, 64, 1),
		STORY_BLOCK(1300, PAGE_FREE, 64, 1),
	};
	struct memmon_snapshot *snapshot;

	(void)state;
	TELL(records);
	memmon_replay_want(replay, 1U << MEMMON_CLASS_KMALLOC, NULL, NULL);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->books.seen, 1);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_UNKNOWN], 0);
	assert_int_equal(snapshot->books.duration_ns, 300);
	memmon_snapshot_free(snapshot);
}

static void books_tell_what_is_not_known(void **state)
{
	struct memmon_snapshot *snapshot;

	(void)state;
	fake_reader.options.classes = MEMMON_CLASSES_TRACEPOINT |
				      (MEMMON_CLASSES_HOOK & ~(1U << MEMMON_CLASS_VFREE));
	fake_reader.options.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
	fake_reader.options.filter.sample_one_in = 10;
	open_replay();
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->books.missing_classes, 1U << MEMMON_CLASS_VFREE);
	assert_false(snapshot->books.has_filtered_frees);
	assert_int_equal(snapshot->books.filter.sample_one_in, 10);
	memmon_snapshot_free(snapshot);
	/* A kernel without such a path misses nothing. */
	fake_reader.machine.classes = ~(1U << MEMMON_CLASS_VFREE);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->books.missing_classes, 0);
	memmon_snapshot_free(snapshot);
	fake_reader.machine.classes = 0;
	fake_reader.options.classes = 0;
	fake_reader.options.filter.conditions |= 1U << MEMMON_FILTERED_PID;
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->books.missing_classes, MEMMON_CLASSES_HOOK);
	assert_true(snapshot->books.has_filtered_frees);
	memmon_snapshot_free(snapshot);
}

static void calls_cannot_be_replayed(void **state)
{
	(void)state;
	fake_reader.options.source = MEMMON_SOURCE_KPROBE;
	assert_int_equal(memmon_replay_open(&fake_reader.reader, &replay), -EOPNOTSUPP);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(births_can_be_left_out),
		TEST(classes_can_be_passed_over),
		TEST(books_tell_what_is_not_known),
		TEST(calls_cannot_be_replayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
