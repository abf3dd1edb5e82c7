// SPDX-License-Identifier: GPL-2.0
/* Tests the ledger of a recording: by stories with a known end, and against the same story told live. */
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "replay_told.h"
#include "unit.h"

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_reader_init(&fake_reader);
	fake_reader.cgroup = "/a/b";
	story = calloc(1, sizeof(*story));
	return story ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	memmon_replay_close(replay);
	replay = NULL;
	free(story);
	fake_free();
	return 0;
}

static void assert_counts(const struct memmon_snapshot *snapshot)
{
	uint64_t sum = snapshot->books.filtered;

	for (int i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++) {
		assert_int_equal(snapshot->books.counts[i], story->stats.counts[i]);
		sum += snapshot->books.counts[i];
	}
	assert_int_equal(snapshot->books.seen, sum);
}

static int compare_held(const void *a, const void *b)
{
	const struct memmon_held *left = a;
	const struct memmon_held *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	if (left->event_class != right->event_class)
		return left->event_class < right->event_class ? -1 : 1;
	return left->age_ns < right->age_ns ? -1 : left->age_ns > right->age_ns;
}

static void assert_same_account(const struct memmon_held_account *a,
				const struct memmon_held_account *b)
{
	assert_int_equal(a->call_site, b->call_site);
	assert_int_equal(a->cgroup, b->cgroup);
	assert_int_equal(a->born, b->born);
	assert_int_equal(a->died, b->died);
	assert_int_equal(a->born_bytes, b->born_bytes);
	assert_int_equal(a->died_bytes, b->died_bytes);
	assert_int_equal(a->cache, b->cache);
	assert_int_equal(a->event_class, b->event_class);
	assert_int_equal(a->order, b->order);
	assert_int_equal(a->section, b->section);
}

static void assert_same(struct memmon_snapshot *a, struct memmon_snapshot *b)
{
	for (int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		assert_int_equal(a->nr_held[i], b->nr_held[i]);
		if (!a->nr_held[i])
			continue;
		qsort(a->held[i], a->nr_held[i], sizeof(*a->held[i]), compare_held);
		qsort(b->held[i], b->nr_held[i], sizeof(*b->held[i]), compare_held);
		for (size_t j = 0; j < a->nr_held[i]; j++) {
			struct memmon_held *left = &a->held[i][j];
			struct memmon_held *right = &b->held[i][j];

			assert_same_account(&a->accounts[left->account],
					    &b->accounts[right->account]);
			/* All but the places of the accounts, which are in no order. */
			right->account = left->account;
			assert_memory_equal(left, right, sizeof(*left));
		}
	}
	assert_int_equal(a->nr_accounts, b->nr_accounts);
	assert_memory_equal(a->books.counts, b->books.counts, sizeof(a->books.counts));
	assert_int_equal(a->books.duration_ns, b->books.duration_ns);
	assert_int_equal(a->books.seen, b->books.seen);
}

/* The end of the story as the kernel's ledger has it. */
static struct memmon_snapshot *take_live(struct memmon_session *session)
{
	struct memmon_options options = { .flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_NO_RINGS };
	struct memmon_snapshot *snapshot;

	fake.ledger = story->stats;
	fake.ledger.enabled_at = fake_reader.machine.clock_at_start;
	fake.ledger.now = story->records[story->nr - 1].time;
	fake.tables[MEMMON_TABLE_OBJECTS] =
		(struct fake_table){ story->rows[MEMMON_SECTION_SLAB],
				     story->nr_rows[MEMMON_SECTION_SLAB] };
	fake.tables[MEMMON_TABLE_PAGES] =
		(struct fake_table){ story->rows[MEMMON_SECTION_PAGES],
				     story->nr_rows[MEMMON_SECTION_PAGES] };
	fake.tables[MEMMON_TABLE_ACCOUNTS] =
		(struct fake_table){ story->accounts, story->nr_accounts };
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_snapshot_take(session, &snapshot), 0);
	return snapshot;
}

static void a_random_story_ends_as_it_does_live(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct memmon_snapshot *live, *replayed;
		struct memmon_session *session;
		uint64_t random = seed;

		memset(story, 0, sizeof(*story));
		fake_reader.at = 0;
		while (story->nr < 250 * seed)
			story_tell_random(story, &random);
		open_replay();
		replayed = until(UINT64_MAX, 0);
		assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
		live = take_live(session);
		assert_counts(replayed);
		assert_same(replayed, live);
		memmon_snapshot_free(live);
		memmon_snapshot_free(replayed);
		memmon_session_close(session);
		memmon_replay_close(replay);
		replay = NULL;
	}
	/* Each rule was needed. */
	for (int i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++)
		assert_true(i == MEMMON_LEDGER_UNTRACKED || story->stats.counts[i] > 10);
}

static void moments_follow_each_other(void **state)
{
	static const struct memmon_record records[] = {
		STORY_KMALLOC(1100, 64),
		STORY_KMALLOC(1200, 128),
		STORY_EVENT(1300, KFREE, 64),
		STORY_EVENT(1500, CACHE_FREE_BULK, 128),
	};
	struct memmon_snapshot *snapshot;

	(void)state;
	TELL(records);
	snapshot = until(0, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 0);
	assert_int_equal(snapshot->books.duration_ns, 0);
	memmon_snapshot_free(snapshot);
	snapshot = until(250, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 2);
	assert_int_equal(snapshot->books.duration_ns, 250);
	memmon_snapshot_free(snapshot);
	/* The moment of an event is behind it. */
	snapshot = until(300, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 1);
	assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][0].address, 128);
	assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][0].age_ns, 100);
	memmon_snapshot_free(snapshot);
	snapshot = until(10000, 0);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 0);
	assert_int_equal(snapshot->books.duration_ns, 500);
	assert_int_equal(snapshot->accounts[0].born, 2);
	assert_int_equal(snapshot->accounts[0].died_bytes, 256);
	memmon_snapshot_free(snapshot);
	memmon_snapshot_free(until(UINT64_MAX, 0));
}

static void the_first_queue_counts(void **state)
{
	static const struct memmon_record records[] = {
		STORY_KMALLOC(1100, 64),
		STORY_EVENT(1200, RCU_QUEUE, 64),
		STORY_EVENT(1300, RCU_QUEUE, 64),
		STORY_KMALLOC(1400, 128),
	};
	struct memmon_snapshot *snapshot;

	(void)state;
	TELL(records);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 2);
	qsort(snapshot->held[MEMMON_SECTION_SLAB], 2, sizeof(struct memmon_held), compare_held);
	assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][0].queued_ns, 200);
	assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][0].flags, MEMMON_OBJECT_QUEUED);
	assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][1].queued_ns, MEMMON_NOT_QUEUED);
	assert_counts(snapshot);
	memmon_snapshot_free(snapshot);
}

/* The first page of a block is freed and given out again: both live, until the rest of the old one goes. */
static void parts_of_a_block_live_apart(void **state)
{
	static const struct memmon_record records[] = {
		STORY_BLOCK(1100, PAGE_ALLOC, 64, 1),
		STORY_BLOCK(1200, PAGE_FREE, 64, 0),
		STORY_BLOCK(1300, PAGE_ALLOC_BULK, 64, 0),
		STORY_BLOCK(1400, PAGE_ALLOC_BULK, 64, 0),
		STORY_BLOCK(1500, PAGE_FREE, 65, 0),
		STORY_BLOCK(1600, PAGE_FREE, 64, 0),
		STORY_BLOCK(1700, PAGE_FREE, 64, 0),
	};
	struct memmon_snapshot *snapshot;

	(void)state;
	TELL(records);
	snapshot = until(250, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_PAGES], 1);
	assert_int_equal(snapshot->held[MEMMON_SECTION_PAGES][0].bytes_alloc, 4096);
	assert_int_equal(snapshot->held[MEMMON_SECTION_PAGES][0].order, 1);
	assert_int_equal(snapshot->accounts[0].died, 0);
	assert_int_equal(snapshot->accounts[0].died_bytes, 4096);
	memmon_snapshot_free(snapshot);
	snapshot = until(450, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_PAGES], 2);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_DUPLICATE], 1);
	memmon_snapshot_free(snapshot);
	snapshot = until(550, 1);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_PAGES], 1);
	assert_int_equal(snapshot->held[MEMMON_SECTION_PAGES][0].order, 0);
	memmon_snapshot_free(snapshot);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_PAGES], 0);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_UNKNOWN], 1);
	assert_counts(snapshot);
	memmon_snapshot_free(snapshot);
}

static void accounts_know_their_cgroup(void **state)
{
	static const struct memmon_record records[] = {
		{ .time = 1100, .event_class = MEMMON_CLASS_KMALLOC, .object = 64, .tgid = 5 },
		{ .time = 1100,
		  .event_class = MEMMON_CLASS_KMALLOC,
		  .object = 128,
		  .context = MEMMON_CONTEXT_HARDIRQ },
		{ .time = 1100, .event_class = MEMMON_CLASS_KMALLOC, .object = 192, .tgid = 6 },
	};
	struct memmon_snapshot *snapshot;

	(void)state;
	TELL(records);
	snapshot = until(UINT64_MAX, 0);
	assert_int_equal(snapshot->nr_accounts, 2);
	assert_string_equal(memmon_snapshot_cgroup(snapshot, 0), "/a/b");
	assert_int_equal(snapshot->accounts[0].born, 2);
	assert_null(memmon_snapshot_cgroup(snapshot, 1));
	assert_int_equal(snapshot->accounts[1].cgroup, 0);
	memmon_snapshot_free(snapshot);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(a_random_story_ends_as_it_does_live),
		TEST(moments_follow_each_other),
		TEST(the_first_queue_counts),
		TEST(parts_of_a_block_live_apart),
		TEST(accounts_know_their_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
