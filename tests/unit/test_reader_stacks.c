// SPDX-License-Identifier: GPL-2.0
/* Tests what readers make of records that name a call stack, live and from a recording. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_device.h"
#include "memmon/snapshot.h"
#include "recording_maker.h"
#include "unit.h"

#define SITE 0xffffffff81100010ULL
#define CALLER 0xffffffffc0001030ULL
#define NR_STACKS 5

/* Number 3 is as deep as can be, and of number 4 the site is gone. */
static struct memmon_stack stacks[NR_STACKS];

static void make_stacks(void)
{
	memset(stacks, 0, sizeof(stacks));
	for (uint32_t i = 0; i < NR_STACKS; i++) {
		stacks[i].id = i + 1;
		stacks[i].nr_frames = i == 2 ? MEMMON_STACK_FRAMES : i + 1;
		for (uint32_t j = 0; j < stacks[i].nr_frames; j++)
			stacks[i].frames[j] = (j ? CALLER + 0x10ULL * j : SITE) + i;
	}
	stacks[3].frames[0] = 0;
}

static struct memmon_record record_of(uint8_t event_class, uint64_t call_site, uint64_t time)
{
	return (struct memmon_record){
		.time = time,
		.event_class = event_class,
		.call_site = call_site,
		.object = 0xffff888000000000 + 64 * time,
		.bytes_req = 10,
		.bytes_alloc = 16,
		.tgid = 101,
		.pid_node = 101,
	};
}

/* What is told, and what must come of it. */
static const struct {
	uint8_t event_class;
	uint64_t call_site;
	uint32_t stack;
	uint64_t expected;
} told[] = {
	{ MEMMON_CLASS_KMALLOC, 1, 1, SITE },
	{ MEMMON_CLASS_CACHE_FREE, 2, 2, SITE + 1 },
	{ MEMMON_CLASS_PAGE_ALLOC, 2, 2, 0 },
	{ MEMMON_CLASS_PAGE_ALLOC_BULK, 2, 2, SITE + 1 },
	{ MEMMON_CLASS_KMALLOC, 3, 3, SITE + 2 },
	{ MEMMON_CLASS_KMALLOC, 4, 4, 0 },
	{ MEMMON_CLASS_KMALLOC, SITE + 7, 0, SITE + 7 },
	{ MEMMON_CLASS_PAGE_ALLOC, 0, 0, 0 },
	{ MEMMON_CLASS_KMALLOC, 77, 77, 0 },
	{ MEMMON_CLASS_VMALLOC, 1, 1, SITE },
};

#define NR_TOLD (sizeof(told) / sizeof(told[0]))
#define NR_WITHOUT 2

static void assert_stack(struct memmon_reader *reader, uint32_t id)
{
	const uint64_t *frames;
	size_t nr = memmon_reader_stack(reader, id, &frames);

	if (!id || id > NR_STACKS) {
		assert_int_equal(nr, 0);
		return;
	}
	assert_int_equal(nr, stacks[id - 1].nr_frames);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(frames[i], stacks[id - 1].frames[i]);
}

static void assert_events(struct memmon_reader *reader)
{
	struct memmon_event events[3];
	struct memmon_loss loss;
	size_t at = 0;
	int nr;

	assert_true(memmon_reader_has_stacks(reader));
	while ((nr = memmon_reader_take(reader, events, 3)) > 0) {
		for (int i = 0; i < nr; i++, at++) {
			assert_in_range(at, 0, NR_TOLD - 1);
			assert_int_equal(events[i].record->event_class, told[at].event_class);
			assert_int_equal(events[i].stack, told[at].stack);
			assert_int_equal(events[i].record->call_site, told[at].expected);
			assert_stack(reader, events[i].stack);
		}
	}
	assert_int_equal(nr, 0);
	assert_int_equal(at, NR_TOLD);
	assert_int_equal(memmon_reader_loss(reader, &loss), 0);
	assert_int_equal(loss.without_stack, NR_WITHOUT);
}

static struct memmon_session *begin(uint32_t places)
{
	struct memmon_options options = { .stacks = places };
	struct memmon_session *session;

	fake_reset();
	fake.tables[MEMMON_TABLE_STACKS] = (struct fake_table){ stacks, NR_STACKS };
	assert_int_equal(session_open_on(&fake_device, "device", &session), 0);
	assert_int_equal(memmon_session_set_up(session, &options), 0);
	return session;
}

static void push_told(void)
{
	for (size_t i = 0; i < NR_TOLD; i++) {
		struct memmon_record record =
			record_of(told[i].event_class, told[i].call_site, 10 + i);

		assert_true(fake_push(i % 2, &record));
	}
	fake_complete(0);
	fake_complete(1);
}

static void live_records_get_their_site_back(void **state)
{
	struct memmon_session *session = begin(64);
	struct memmon_reader *reader;

	(void)state;
	assert_int_equal(memmon_reader_open_session(session, &reader), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	push_told();
	assert_events(reader);
	memmon_reader_close(reader);
	memmon_session_close(session);
	fake_free();
}

static void numbers_are_call_sites_without_stacks(void **state)
{
	struct memmon_session *session = begin(0);
	struct memmon_event events[NR_TOLD];
	struct memmon_reader *reader;
	struct memmon_loss loss;

	(void)state;
	assert_int_equal(memmon_reader_open_session(session, &reader), 0);
	assert_int_equal(memmon_session_enable(session), 0);
	push_told();
	assert_false(memmon_reader_has_stacks(reader));
	assert_int_equal(memmon_reader_take(reader, events, NR_TOLD), NR_TOLD);
	for (size_t i = 0; i < NR_TOLD; i++) {
		assert_int_equal(events[i].record->call_site, told[i].call_site);
		assert_int_equal(events[i].stack, 0);
	}
	assert_int_equal(memmon_reader_loss(reader, &loss), 0);
	assert_int_equal(loss.without_stack, 0);
	memmon_reader_close(reader);
	memmon_session_close(session);
	fake_free();
}

/* When a module goes, the kernel forgets its frames: what was read before stays known, and is not read again. */
static void what_was_read_once_is_kept(void **state)
{
	struct memmon_session *session = begin(64);
	const uint64_t *frames;
	unsigned int nr_calls;
	size_t nr;

	(void)state;
	assert_int_equal(memmon_session_stack(session, 2, &frames, &nr), 0);
	assert_int_equal(nr, 2);
	assert_int_equal(fake.nr_table_calls, 1);
	stacks[1].frames[1] = 0;
	assert_int_equal(memmon_session_stack(session, 2, &frames, &nr), 0);
	assert_int_equal(frames[1], CALLER + 0x10 + 1);
	/* One that is not there is looked for in all of the table, but once. */
	assert_int_equal(memmon_session_stack(session, 1000, &frames, &nr), 0);
	assert_int_equal(nr, 0);
	nr_calls = fake.nr_table_calls;
	assert_int_equal(memmon_session_stack(session, 1000, &frames, &nr), 0);
	assert_int_equal(fake.nr_table_calls, nr_calls);
	assert_int_equal(memmon_session_stack(session, 0, &frames, &nr), 0);
	assert_int_equal(nr, 0);
	make_stacks();
	memmon_session_close(session);
	fake_free();
}

static void rows_may_lie_anywhere(void **state)
{
	struct memmon_stack shuffled[NR_STACKS];
	struct memmon_session *session = begin(64);
	const uint64_t *frames;
	size_t nr;

	(void)state;
	for (size_t i = 0; i < NR_STACKS; i++)
		shuffled[i] = stacks[(i + 2) % NR_STACKS];
	fake.tables[MEMMON_TABLE_STACKS].rows = shuffled;
	for (uint32_t id = 1; id <= NR_STACKS; id++) {
		assert_int_equal(memmon_session_stack(session, id, &frames, &nr), 0);
		assert_int_equal(nr, stacks[id - 1].nr_frames);
		assert_int_equal(frames[0], stacks[id - 1].frames[0]);
	}
	fake.fail_request = MEMMON_IOC_TABLE;
	fake.fail_errno = EIO;
	assert_int_equal(memmon_session_stack(session, 99, &frames, &nr), -EIO);
	memmon_session_close(session);
	fake_free();
}

static int get_stack(void *context, uint32_t id, const uint64_t **frames, size_t *nr_frames)
{
	(void)context;
	*nr_frames = id <= NR_STACKS ? stacks[id - 1].nr_frames : 0;
	*frames = (const uint64_t *)stacks[id <= NR_STACKS ? id - 1 : 0].frames;
	return 0;
}

static void record_told(struct maker *maker, bool is_finished)
{
	const struct memmon_stats stats = { .recorded = NR_TOLD };
	struct memmon_record records[NR_TOLD];
	struct memmon_recording *recording;

	maker->options.stacks = 64;
	maker->setup.stack = get_stack;
	recording = maker_create(maker);
	for (size_t i = 0; i < NR_TOLD; i++)
		records[i] = record_of(told[i].event_class, told[i].call_site, MAKER_START + i);
	assert_int_equal(maker_write(recording, 0, records, NR_TOLD, NR_TOLD / 2), 0);
	/* The same ones once more, on another CPU: each stack is written once. */
	for (size_t i = 0; i < NR_TOLD; i++)
		records[i].time += 1000;
	assert_int_equal(memmon_recording_without_stack(recording), NR_WITHOUT);
	if (is_finished)
		assert_int_equal(memmon_recording_finish(recording, &stats, NULL), 0);
	memmon_recording_destroy(recording);
}

static struct memmon_reader *open_recording(const struct maker *maker)
{
	struct memmon_reader *reader;

	assert_int_equal(memmon_reader_open(maker->dir, &reader), 0);
	return reader;
}

static void recorded_stacks_come_back(void **state)
{
	struct maker *maker = *state;

	for (int is_finished = 0; is_finished < 2; is_finished++) {
		struct memmon_reader *reader;

		record_told(maker, is_finished);
		reader = open_recording(maker);
		assert_int_equal(memmon_reader_options(reader)->stacks, 64);
		assert_events(reader);
		memmon_reader_close(reader);
		maker_remove(maker->dir);
	}
}

/* Frames have names of their own, also those that are no call site. */
static void frames_are_named(void **state)
{
	struct memmon_reader *reader;
	const uint64_t *frames;
	char text[80];

	record_told(*state, true);
	reader = open_recording(*state);
	assert_int_equal(memmon_reader_stack(reader, 2, &frames), 2);
	memmon_symbols_print(memmon_reader_symbols(reader), frames[0], text, sizeof(text));
	assert_string_equal(text, "alloc_something+0x11");
	memmon_symbols_print(memmon_reader_symbols(reader), frames[1], text, sizeof(text));
	assert_string_equal(text, "ext4_fill_super+0x41 [ext4]");
	memmon_reader_close(reader);
}

static long count_lines(const struct maker *maker, const char *name)
{
	char path[128];
	long nr = 0;
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "%s/memmon/%s", maker->dir, name);
	file = fopen(path, "re");
	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		nr += c == '\n';
	fclose(file);
	return nr;
}

static void each_stack_is_written_once(void **state)
{
	struct maker *maker = *state;
	struct memmon_record records[1000];
	struct memmon_recording *recording;

	maker->options.stacks = 64;
	maker->setup.stack = get_stack;
	recording = maker_create(maker);
	for (size_t i = 0; i < 1000; i++)
		records[i] = record_of(MEMMON_CLASS_KMALLOC, 1 + i % NR_STACKS, MAKER_START + i);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		assert_int_equal(maker_write(recording, cpu, records, 1000, 333), 0);
	memmon_recording_destroy(recording);
	assert_int_equal(count_lines(maker, "stacks"), NR_STACKS);
}

/* Cut anywhere, the file costs only the stacks that are not whole, and never events. */
static void a_cut_file_loses_stacks_only(void **state)
{
	struct maker *maker = *state;
	struct stat info;
	char path[128];

	record_told(maker, true);
	snprintf(path, sizeof(path), "%s/memmon/stacks", maker->dir);
	assert_int_equal(stat(path, &info), 0);
	for (off_t size = info.st_size; size >= 0; size -= 7) {
		struct memmon_event events[NR_TOLD];
		struct memmon_reader *reader;
		const uint64_t *frames;

		assert_int_equal(truncate(path, size), 0);
		reader = open_recording(maker);
		assert_int_equal(memmon_reader_take(reader, events, NR_TOLD), NR_TOLD);
		for (size_t i = 0; i < NR_TOLD; i++) {
			assert_int_equal(events[i].stack, told[i].stack);
			if (memmon_reader_stack(reader, told[i].stack, &frames))
				assert_stack(reader, told[i].stack);
		}
		memmon_reader_close(reader);
	}
	assert_int_equal(unlink(path), 0);
	memmon_reader_close(open_recording(maker));
}

static void a_replay_knows_the_stacks(void **state)
{
	struct memmon_reader *reader;
	struct memmon_snapshot *snapshot;
	struct memmon_replay *replay;
	const uint64_t *frames;
	size_t nr = 0;

	record_told(*state, true);
	reader = open_recording(*state);
	assert_int_equal(memmon_replay_open(reader, &replay), 0);
	assert_int_equal(memmon_replay_until(replay, UINT64_MAX, &snapshot), 0);
	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_SLAB]; i++) {
		const struct memmon_held *held = &snapshot->held[MEMMON_SECTION_SLAB][i];
		size_t at = (held->address - 0xffff888000000000) / 64 - MAKER_START;

		assert_int_equal(held->stack, told[at].stack);
		assert_int_equal(snapshot->accounts[held->account].call_site, told[at].expected);
		nr += memmon_snapshot_stack(snapshot, held->stack, &frames);
	}
	assert_int_equal(snapshot->nr_held[MEMMON_SECTION_SLAB], 6);
	/* Twice the first one, the third and the fourth; none of the others is known. */
	assert_int_equal(nr, 1 + MEMMON_STACK_FRAMES + 4 + 1);
	memmon_snapshot_free(snapshot);
	memmon_replay_close(replay);
	memmon_reader_close(reader);
}

int main(void)
{
#define RECORDED(test) cmocka_unit_test_setup_teardown(test, maker_set_up, maker_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_records_get_their_site_back),
		cmocka_unit_test(numbers_are_call_sites_without_stacks),
		cmocka_unit_test(what_was_read_once_is_kept),
		cmocka_unit_test(rows_may_lie_anywhere),
		RECORDED(recorded_stacks_come_back),
		RECORDED(frames_are_named),
		RECORDED(each_stack_is_written_once),
		RECORDED(a_cut_file_loses_stacks_only),
		RECORDED(a_replay_knows_the_stacks),
	};

	make_stacks();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
