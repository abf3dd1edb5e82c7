// SPDX-License-Identifier: GPL-2.0
/* Tests totals of a recording: by moments of time, and beside the snapshots of its replay. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_reader.h"
#include "memmon/snapshot.h"
#include "memmon/totals.h"
#include "replay_story.h"
#include "unit.h"

static struct fake_reader fake_reader;
static struct story *story;
static struct memmon_totals *totals;

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
	memmon_totals_close(totals);
	totals = NULL;
	free(story);
	return 0;
}

static void open_totals(bool (*is_wanted)(void *arg, const struct memmon_event *event), void *arg)
{
	fake_reader.events = story->events;
	fake_reader.nr_events = story->nr;
	fake_reader.at = 0;
	assert_int_equal(memmon_totals_open_recording(&fake_reader.reader, is_wanted, arg, &totals),
			 0);
}

static void tell(const struct memmon_record *records, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		story_tell(story, &records[i]);
}

#define TELL(records) tell(records, sizeof(records) / sizeof((records)[0]))

static struct memmon_totals_view *open_view(enum memmon_section section, enum memmon_total_key key)
{
	struct memmon_totals_view *view;

	assert_int_equal(memmon_totals_view_open(totals, section, key, NULL, 0, &view), 0);
	return view;
}

static const struct memmon_totals_row *find(struct memmon_totals_view *view, const char *name)
{
	for (size_t i = 0; i < memmon_totals_view_count(view); i++)
		if (!strcmp(memmon_totals_view_name(view, i), name))
			return memmon_totals_view_at(view, i);
	print_message("there is no row %s\n", name);
	fail();
	return NULL;
}

static const struct memmon_record few[] = {
	STORY_KMALLOC(1100, 64),
	STORY_KMALLOC(1200, 128),
	{ .time = 1300,
	  .event_class = MEMMON_CLASS_CACHE_ALLOC,
	  .object = 192,
	  .detail = 1,
	  .call_site = 0xffffffff81000000,
	  .bytes_alloc = 192,
	  .tgid = 5,
	  .comm = "one" },
	/* One that failed. */
	{ .time = 1400,
	  .event_class = MEMMON_CLASS_CACHE_ALLOC,
	  .detail = 1,
	  .bytes_alloc = 192,
	  .tgid = 5 },
	STORY_BLOCK(1500, PAGE_ALLOC, 64, 2),
	STORY_EVENT(1600, KFREE, 128),
	STORY_BLOCK(1700, PAGE_FREE, 65, 0),
	/* A kfree() of an object of a cache; one of something unknown. */
	STORY_EVENT(1800, KFREE, 192),
	STORY_EVENT(1900, KFREE, 4096),
};

static void intervals_end_at_moments(void **state)
{
	struct memmon_totals_view *caches, *orders;
	const struct memmon_totals_row *row;

	(void)state;
	TELL(few);
	open_totals(NULL, NULL);
	caches = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CACHE);
	orders = open_view(MEMMON_SECTION_PAGES, MEMMON_TOTAL_ORDER);
	assert_int_equal(memmon_totals_until(totals, 550), 1);
	assert_int_equal(memmon_totals_books(totals)->interval_ns, 550);
	row = find(caches, "kmalloc-128");
	assert_int_equal(row->last.requests, 2);
	assert_int_equal(memmon_totals_live(&row->total), 2);
	row = find(caches, "dentry");
	assert_int_equal(row->last.requests, 2);
	assert_int_equal(memmon_totals_live(&row->total), 1);
	assert_int_equal(memmon_totals_live_bytes(&row->total), 192);
	assert_int_equal(memmon_totals_until(totals, UINT64_MAX), 0);
	assert_int_equal(memmon_totals_books(totals)->elapsed_ns, 900);
	assert_int_equal(memmon_totals_books(totals)->seen, 9);
	row = find(caches, "kmalloc-128");
	assert_int_equal(row->last.requests, 0);
	assert_int_equal(row->last.frees, 1);
	assert_int_equal(memmon_totals_live_bytes(&row->total), 128);
	row = find(caches, "dentry");
	assert_int_equal(row->last.frees, 1);
	assert_int_equal(memmon_totals_live(&row->total), 0);
	assert_int_equal(find(caches, "(not known)")->total.frees, 1);
	row = find(orders, "order 2");
	assert_int_equal(memmon_totals_live(&row->total), 1);
	assert_int_equal(memmon_totals_live_bytes(&row->total), 3 * 4096);
	assert_int_equal(find(orders, "order 0")->total.frees, 1);
}

static bool is_of_process(void *arg, const struct memmon_event *event)
{
	return event->record->tgid == *(uint32_t *)arg;
}

static void events_can_be_left_out(void **state)
{
	struct memmon_totals_view *view;
	uint32_t tgid = 5;

	(void)state;
	fake_reader.cgroup = "/some/group";
	TELL(few);
	open_totals(is_of_process, &tgid);
	view = open_view(MEMMON_SECTION_SLAB, MEMMON_TOTAL_CGROUP);
	assert_int_equal(memmon_totals_until(totals, UINT64_MAX), 0);
	assert_int_equal(memmon_totals_books(totals)->filtered, 7);
	assert_int_equal(memmon_totals_books(totals)->counted, 2);
	assert_int_equal(find(view, "/some/group")->total.requests, 2);
	/* Its end is known, although nobody wants to know who has freed it. */
	assert_int_equal(memmon_totals_live(&find(view, "/some/group")->total), 0);
}

static void calls_say_too_little(void **state)
{
	(void)state;
	fake_reader.options.source = MEMMON_SOURCE_KPROBE;
	assert_int_equal(memmon_totals_open_recording(&fake_reader.reader, NULL, NULL, &totals),
			 -EOPNOTSUPP);
}

/* What is held by the totals, and by the snapshot of a replay of the same. */
static void compare_with_snapshot(uint64_t until_ns)
{
	struct fake_reader other = fake_reader;
	struct memmon_snapshot *snapshot;
	struct memmon_replay *replay;

	other.at = 0;
	assert_int_equal(memmon_replay_open(&other.reader, &replay), 0);
	assert_true(memmon_replay_until(replay, until_ns, &snapshot) >= 0);
	for (int section = 0; section < MEMMON_NR_SECTIONS; section++) {
		struct memmon_totals_view *view = open_view(section, MEMMON_TOTAL_TGID);
		const struct memmon_totals_row *sum = memmon_totals_view_sum(view);
		uint64_t bytes = 0;

		for (size_t i = 0; i < snapshot->nr_held[section]; i++)
			bytes += snapshot->held[section][i].bytes_alloc;
		assert_int_equal(memmon_totals_live(&sum->total), snapshot->nr_held[section]);
		assert_int_equal(memmon_totals_live_bytes(&sum->total), bytes);
		memmon_totals_view_close(view);
	}
	memmon_snapshot_free(snapshot);
	memmon_replay_close(replay);
}

static void what_is_held_agrees_with_the_replay(void **state)
{
	uint64_t random = 1;

	(void)state;
	while (story->nr < 3000)
		story_tell_random(story, &random);
	open_totals(NULL, NULL);
	for (size_t at = 500; at < story->nr; at += 500) {
		uint64_t until_ns = story->records[at].time - fake_reader.machine.clock_at_start;

		assert_true(memmon_totals_until(totals, until_ns) >= 0);
		compare_with_snapshot(until_ns);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(intervals_end_at_moments),
		TEST(events_can_be_left_out),
		TEST(calls_say_too_little),
		TEST(what_is_held_agrees_with_the_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
