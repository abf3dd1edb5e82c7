// SPDX-License-Identifier: GPL-2.0
/* Tests taking a snapshot of a ledger, against a device in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_taken.h"

static void begin(uint32_t stacks)
{
	begin_with(stacks, "/nowhere", "/nowhere/mountinfo");
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
	memmon_session_close(session);
	session = NULL;
	assert_int_equal(fake.nr_open, 0);
	fake_free();
	return 0;
}

static const struct memmon_object slab_rows[] = {
	{
		.address = 0xffff888000001000,
		.born = 90000,
		.bytes_req = 100,
		.bytes_alloc = 128,
		.pid_node = 321 | 1U << MEMMON_PID_BITS,
		.tgid = 320,
		.event_class = MEMMON_CLASS_KMALLOC,
		.detail = 7,
		.gfp = 0xcc0,
		.account = 5,
		.stack = 9,
		.comm = "sixteen bytes in",
	},
	{
		.address = 0xffff888000002000,
		.born = 50000,
		.queued = 99000,
		.bytes_req = 192,
		.bytes_alloc = 192,
		.pid_node = MEMMON_NODE_UNKNOWN << MEMMON_PID_BITS,
		.event_class = MEMMON_CLASS_CACHE_ALLOC,
		.context = MEMMON_CONTEXT_SOFTIRQ,
		.detail = 9,
		.account = 3,
		.flags = MEMMON_OBJECT_QUEUED,
	},
	{
		/* Born while the table was read. */
		.address = 0xffffc90000000000,
		.born = 100001,
		.bytes_req = 5000,
		.bytes_alloc = 8192,
		.event_class = MEMMON_CLASS_VMALLOC,
		.detail = 77,
		.account = 4711,
	},
};

static const struct memmon_object page_rows[] = {
	{
		.address = 4096,
		.born = 60000,
		.bytes_req = 32768,
		.bytes_alloc = 28672,
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.detail = MEMMON_PAGE_DETAIL(3, 2, 1),
		.account = 6,
		.flags = MEMMON_OBJECT_IN_SLAB,
	},
};

static const struct memmon_account account_rows[] = {
	{
		.id = 3,
		.event_class = MEMMON_CLASS_CACHE_ALLOC,
		.detail = 9,
		.call_site = 0xffffffff81000010,
		.born = 7,
		.died = 6,
		.born_bytes = 7 * 192,
		.died_bytes = 6 * 192,
	},
	{
		.id = 5,
		.event_class = MEMMON_CLASS_KMALLOC,
		.call_site = 0xffffffff81000020,
		.born = 1,
		.born_bytes = 128,
	},
	{
		.id = 6,
		.event_class = MEMMON_CLASS_PAGE_ALLOC,
		.detail = MEMMON_PAGE_DETAIL(3, 0, 0),
		.born = 1,
		.born_bytes = 32768,
		.died_bytes = 4096,
	},
};

static void fill_tables(void)
{
	SET_TABLE(OBJECTS, slab_rows);
	SET_TABLE(PAGES, page_rows);
	SET_TABLE(ACCOUNTS, account_rows);
}

static void rows_become_what_is_held(void **state)
{
	struct memmon_snapshot *snapshot;
	const struct memmon_held *held;

	(void)state;
	begin(0);
	fill_tables();
	snapshot = take();
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 3);
	held = snapshot->held[MEMMON_SECTION_SLAB];
	assert_int_equal(held[0].address, 0xffff888000001000);
	assert_int_equal(held[0].age_ns, 10000);
	assert_int_equal(held[0].queued_ns, MEMMON_NOT_QUEUED);
	assert_int_equal(held[0].bytes_req, 100);
	assert_int_equal(held[0].bytes_alloc, 128);
	assert_int_equal(held[0].pid, 321);
	assert_int_equal(held[0].tgid, 320);
	assert_int_equal(held[0].node, 1);
	assert_int_equal(held[0].cache, 7);
	assert_int_equal(held[0].gfp, 0xcc0);
	assert_int_equal(held[0].stack, 9);
	assert_string_equal(held[0].comm, "sixteen bytes i");
	assert_int_equal(held[1].age_ns, 50000);
	assert_int_equal(held[1].queued_ns, 1000);
	assert_int_equal(held[1].node, MEMMON_NODE_UNKNOWN);
	assert_int_equal(held[1].context, MEMMON_CONTEXT_SOFTIRQ);
	assert_int_equal(held[1].cache, 9);
	assert_int_equal(held[2].age_ns, 0);
	assert_int_equal(held[2].cache, 0);
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_PAGES], 1);
	held = snapshot->held[MEMMON_SECTION_PAGES];
	assert_int_equal(held[0].address, 4096);
	assert_int_equal(held[0].order, 3);
	assert_int_equal(held[0].zone, 2);
	assert_int_equal(held[0].migratetype, 1);
	assert_int_equal(held[0].cache, 0);
	assert_int_equal(held[0].flags, MEMMON_OBJECT_IN_SLAB);
	memmon_snapshot_free(snapshot);
}

static void objects_find_their_accounts(void **state)
{
	const struct memmon_held_account *account;
	struct memmon_snapshot *snapshot;

	(void)state;
	begin(0);
	fill_tables();
	snapshot = take();
	assert_int_equal(snapshot->nr_accounts, 4);
	account = &snapshot->accounts[snapshot->held[MEMMON_SECTION_SLAB][0].account];
	assert_int_equal(account->call_site, 0xffffffff81000020);
	assert_int_equal(account->cache, 0);
	assert_int_equal(account->section, MEMMON_SECTION_SLAB);
	account = &snapshot->accounts[snapshot->held[MEMMON_SECTION_SLAB][1].account];
	assert_int_equal(account->cache, 9);
	assert_int_equal(account->born, 7);
	assert_int_equal(account->died, 6);
	assert_int_equal(account->born_bytes, 7 * 192);
	assert_int_equal(account->died_bytes, 6 * 192);
	assert_false(account->is_other);
	account = &snapshot->accounts[snapshot->held[MEMMON_SECTION_SLAB][2].account];
	assert_true(account->is_other);
	assert_site(snapshot, snapshot->held[MEMMON_SECTION_SLAB][2].account, "(other)");
	account = &snapshot->accounts[snapshot->held[MEMMON_SECTION_PAGES][0].account];
	assert_int_equal(account->order, 3);
	assert_int_equal(account->section, MEMMON_SECTION_PAGES);
	assert_site(snapshot, snapshot->held[MEMMON_SECTION_PAGES][0].account, "(pages)");
	assert_site(snapshot, 4, "(not known)");
	assert_null(memmon_snapshot_cgroup(snapshot, 4));
	memmon_snapshot_free(snapshot);
}

static void stacks_are_found_by_id(void **state)
{
	static const struct memmon_stack stacks[] = {
		{ .id = 9, .nr_frames = 2, .frames = { 11, 12 } },
		{ .id = 4, .nr_frames = MEMMON_STACK_FRAMES, .frames = { 21 } },
	};
	struct memmon_snapshot *snapshot;
	const uint64_t *frames;

	(void)state;
	begin(100);
	SET_TABLE(STACKS, stacks);
	snapshot = take();
	assert_int_equal(memmon_snapshot_stack(snapshot, 9, &frames), 2);
	assert_int_equal(frames[0], 11);
	assert_int_equal(frames[1], 12);
	assert_int_equal(memmon_snapshot_stack(snapshot, 4, &frames), MEMMON_STACK_FRAMES);
	assert_int_equal(frames[0], 21);
	assert_int_equal(memmon_snapshot_stack(snapshot, 5, &frames), 0);
	assert_null(frames);
	assert_int_equal(memmon_snapshot_stack(snapshot, 0, &frames), 0);
	memmon_snapshot_free(snapshot);
}

static void long_tables_come_in_pieces(void **state)
{
	const uint32_t pieces[] = { 0, 1, 7, 5000 };
	const uint32_t nr = 20000;
	struct memmon_object *rows = calloc(nr, sizeof(*rows));

	(void)state;
	begin(0);
	for (uint32_t i = 0; i < nr; i++) {
		rows[i].address = 0xffff888000000000 + i * 64ULL;
		rows[i].event_class = MEMMON_CLASS_KMALLOC;
	}
	for (int i = 0; i < 4; i++) {
		struct memmon_snapshot *snapshot;

		fake.table_piece = pieces[i];
		fake.tables[MEMMON_TABLE_OBJECTS] = (struct fake_table){ rows, nr };
		snapshot = take();
		assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], nr);
		for (uint32_t j = 0; j < nr; j++)
			assert_int_equal(snapshot->held[MEMMON_SECTION_SLAB][j].address,
					 rows[j].address);
		memmon_snapshot_free(snapshot);
	}
	free(rows);
}

static void books_are_those_of_the_ledger(void **state)
{
	struct memmon_snapshot *snapshot;

	(void)state;
	begin(0);
	fake.ledger.seen[MEMMON_CLASS_KMALLOC] = 10;
	fake.ledger.seen[MEMMON_CLASS_VFREE] = 5;
	fake.ledger.filtered[MEMMON_FILTERED_PID] = 2;
	fake.ledger.filtered[MEMMON_FILTERED_CACHE] = 1;
	fake.ledger.filtered[MEMMON_FILTERED_NULL] = 100;
	fake.ledger.counts[MEMMON_LEDGER_BORN] = 6;
	fake.ledger.counts[MEMMON_LEDGER_NOTED] = 3;
	fake.ledger.untracked_bytes = 4096;
	fake.ledger.object_places = 1000;
	fake.ledger.page_places = 2000;
	fake.stats.dropped[MEMMON_DROPPED_KPROBE_MISSED] = 3;
	fake.stats.dropped[MEMMON_DROPPED_FULL] = 50;
	fake.stats.missing_classes = 1U << MEMMON_CLASS_CACHE_FREE_BULK |
				     1U << MEMMON_CLASS_RCU_FREE;
	session->machine.machine.classes &= ~(1U << MEMMON_CLASS_RCU_FREE);
	snapshot = take();
	assert_int_equal(snapshot->books.duration_ns, 60000);
	assert_int_equal(snapshot->books.seen, 15);
	assert_int_equal(snapshot->books.filtered, 3);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_BORN], 6);
	assert_int_equal(snapshot->books.counts[MEMMON_LEDGER_NOTED], 3);
	assert_int_equal(snapshot->books.untracked_bytes, 4096);
	assert_int_equal(snapshot->books.object_places, 1000);
	assert_int_equal(snapshot->books.page_places, 2000);
	assert_int_equal(snapshot->books.lost, 3);
	/* What this kernel does not have is not missing. */
	assert_int_equal(snapshot->books.missing_classes, 1U << MEMMON_CLASS_CACHE_FREE_BULK);
	assert_int_equal(snapshot->books.nr_other, 0);
	memmon_snapshot_free(snapshot);
}

static void others_are_counted(void **state)
{
	static const struct memmon_account accounts[] = { { .id = 0, .born = 12, .died = 2 } };
	struct memmon_snapshot *snapshot;

	(void)state;
	begin(0);
	SET_TABLE(ACCOUNTS, accounts);
	snapshot = take();
	assert_int_equal(snapshot->nr_accounts, 1);
	assert_true(snapshot->accounts[0].is_other);
	assert_int_equal(snapshot->books.nr_other, 12);
	memmon_snapshot_free(snapshot);
}

static void failures_are_reported(void **state)
{
	const unsigned long requests[] = { MEMMON_IOC_LEDGER, MEMMON_IOC_TABLE, MEMMON_IOC_STATS };
	struct memmon_snapshot *snapshot;

	(void)state;
	begin(0);
	fill_tables();
	for (int i = 0; i < 3; i++) {
		fake.fail_request = requests[i];
		fake.fail_errno = EIO;
		assert_int_equal(memmon_snapshot_take(session, &snapshot), -EIO);
	}
	fake.fail_errno = 0;
	fake.is_endless = true;
	assert_int_equal(memmon_snapshot_take(session, &snapshot), -EPROTO);
}

static void without_a_ledger_there_is_nothing(void **state)
{
	struct memmon_options options = { 0 };
	struct memmon_snapshot *snapshot;

	(void)state;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	assert_int_equal(memmon_snapshot_take(session, &snapshot), -ENODATA);
}

static void slabs_come_in_order(void **state)
{
	static const struct memmon_slab rows[] = {
		{ .pfn = 300, .cache = 1 },
		{ .pfn = 100, .cache = 2 },
		{ .pfn = 200, .cache = 3 },
	};
	struct memmon_slab *slabs;
	size_t nr;

	(void)state;
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_slabs(session, &slabs, &nr), -EOPNOTSUPP);
	SET_TABLE(SLABS, rows);
	assert_int_equal(memmon_session_slabs(session, &slabs, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(slabs[0].pfn, 100);
	assert_int_equal(slabs[1].pfn, 200);
	assert_int_equal(slabs[2].cache, 1);
	free(slabs);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		TEST(rows_become_what_is_held),	     TEST(objects_find_their_accounts),
		TEST(stacks_are_found_by_id),	     TEST(long_tables_come_in_pieces),
		TEST(books_are_those_of_the_ledger), TEST(others_are_counted),
		TEST(failures_are_reported),	     TEST(without_a_ledger_there_is_nothing),
		TEST(slabs_come_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
