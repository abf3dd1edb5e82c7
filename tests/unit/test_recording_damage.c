// SPDX-License-Identifier: GPL-2.0
/* Tests recordings that were cut off, damaged, or written to a disk that was full. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memmon/reader.h"
#include "recording_maker.h"
#include "unit.h"

#define HEAD_BYTES 128
#define RECORD_BYTES 64

/* How many events a recording has; a negative errno when it cannot be opened. */
static long count(const char *dir, struct memmon_loss *loss)
{
	struct memmon_event events[16];
	struct memmon_reader *reader;
	uint64_t time = 0;
	long nr = 0;
	int got;
	int err;

	err = memmon_reader_open(dir, &reader);
	if (err)
		return err;
	while ((got = memmon_reader_take(reader, events, 16)) > 0) {
		nr += got;
		for (int i = 0; i < got; i++) {
			assert_true(events[i].record->time >= time);
			time = events[i].record->time;
			assert_in_range(events[i].record->event_class, 1, MEMMON_NR_CLASSES - 1);
			assert_in_range(events[i].record->context, 0, MEMMON_NR_CONTEXTS - 1);
		}
	}
	assert_int_equal(memmon_reader_loss(reader, loss), 0);
	memmon_reader_close(reader);
	return got ? got : nr;
}

static void path_of(const struct maker *maker, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", maker->dir, name);
}

static void remove_end(const struct maker *maker)
{
	char path[128];

	path_of(maker, "memmon/end.json", path, sizeof(path));
	assert_int_equal(unlink(path), 0);
}

static size_t load(const char *path, unsigned char *bytes, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, size, file);
	fclose(file);
	assert_true(len < size);
	return len;
}

static void store(const char *path, const unsigned char *bytes, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Packets of 4, 4 and 2 records on each of two CPUs; the stream of one is cut at every byte. */
static void any_cut_leaves_whole_packets(void **state)
{
	static const size_t ends[] = { 0, HEAD_BYTES + 4 * RECORD_BYTES,
				       2 * (HEAD_BYTES + 4 * RECORD_BYTES),
				       3 * HEAD_BYTES + 10 * RECORD_BYTES };
	static const long records[] = { 0, 4, 8, 10 };
	struct maker *maker = *state;
	char path[128];

	maker_make(maker, 2, 10, 4);
	remove_end(maker);
	path_of(maker, "cpu1", path, sizeof(path));
	for (size_t size = ends[3] + 1; size-- > 0;) {
		struct memmon_loss loss;
		size_t last = 3;

		while (ends[last] > size)
			last--;
		assert_int_equal(truncate(path, (off_t)size), 0);
		assert_int_equal(count(maker->dir, &loss), 10 + records[last]);
		assert_int_equal(loss.cut_bytes, size - ends[last]);
		assert_true(loss.is_unfinished);
		assert_int_equal(loss.recorded, 10 + records[last]);
	}
}

static void a_lost_packet_shows_in_a_finished_one(void **state)
{
	struct maker *maker = *state;
	struct memmon_loss loss;
	char path[128];

	maker_make(maker, 2, 10, 4);
	path_of(maker, "cpu1", path, sizeof(path));
	assert_int_equal(truncate(path, HEAD_BYTES + 4 * RECORD_BYTES), 0);
	assert_int_equal(count(maker->dir, &loss), 14);
	assert_int_equal(loss.cut_bytes, 6 * RECORD_BYTES);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(count(maker->dir, &loss), 10);
	assert_int_equal(loss.cut_bytes, 10 * RECORD_BYTES);
}

/* The books know of records that never got into a file: the disk was full, and then no more. */
static void what_was_never_written_shows(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording = maker_create(maker);
	struct memmon_record record = maker_record(0, 0, MAKER_START);
	struct memmon_stats stats = { .recorded = 5 };
	struct memmon_loss loss;

	assert_int_equal(maker_write(recording, 0, &record, 1, 0), 0);
	assert_int_equal(memmon_recording_finish(recording, &stats, NULL), 0);
	memmon_recording_destroy(recording);
	assert_int_equal(count(maker->dir, &loss), 1);
	assert_false(loss.is_unfinished);
	assert_int_equal(loss.cut_bytes, 4 * RECORD_BYTES);
}

/* Whatever byte of a stream changes, what is read is in order and sound, and heads are not believed. */
static void any_wrong_byte_is_survived(void **state)
{
	static unsigned char bytes[4096];
	struct maker *maker = *state;
	char path[128];
	size_t len;

	maker_make(maker, 1, 10, 4);
	path_of(maker, "cpu0", path, sizeof(path));
	len = load(path, bytes, sizeof(bytes));
	assert_int_equal(len, 3 * HEAD_BYTES + 10 * RECORD_BYTES);
	for (size_t at = 0; at < len; at++) {
		struct memmon_loss loss;
		long nr;

		bytes[at] ^= 0xff;
		store(path, bytes, len);
		bytes[at] ^= 0xff;
		nr = count(maker->dir, &loss);
		assert_in_range(nr, 0, 10);
		if (at < HEAD_BYTES) {
			assert_int_equal(nr, 0);
			assert_int_equal(loss.cut_bytes, len);
		}
		if (nr < 10)
			assert_true(loss.cut_bytes >= (size_t)(10 - nr) * RECORD_BYTES);
	}
}

static void cut_line_files_lose_names_only(void **state)
{
	static const char *const names[] = { "memmon/symbols", "memmon/caches",
					     "memmon/processes" };
	struct maker *maker = *state;

	maker_make(maker, 2, 10, 4);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct memmon_loss loss;
		char path[128];
		struct stat info;

		path_of(maker, names[i], path, sizeof(path));
		assert_int_equal(stat(path, &info), 0);
		for (off_t size = info.st_size; size >= 0; size--) {
			assert_int_equal(truncate(path, size), 0);
			assert_int_equal(count(maker->dir, &loss), 20);
		}
		assert_int_equal(unlink(path), 0);
		assert_int_equal(count(maker->dir, &loss), 20);
		assert_int_equal(loss.cut_bytes, 0);
	}
}

static void put_session(const struct maker *maker, const char *text)
{
	char path[128];

	path_of(maker, "memmon/session.json", path, sizeof(path));
	store(path, (const unsigned char *)text, strlen(text));
}

static void what_is_no_recording_is_refused(void **state)
{
	static unsigned char text[16384];
	struct maker *maker = *state;
	struct memmon_loss loss;
	char path[128];
	size_t len;

	assert_int_equal(count(maker->dir, &loss), -ENOENT);
	assert_int_equal(count("/dev/null", &loss), -EBADMSG);
	assert_int_equal(count(maker->root, &loss), -EBADMSG);
	maker_make(maker, 2, 10, 4);
	path_of(maker, "memmon/session.json", path, sizeof(path));
	len = load(path, text, sizeof(text));
	for (size_t size = 0; size + 2 < len; size++) {
		store(path, text, size);
		assert_int_equal(count(maker->dir, &loss), -EBADMSG);
	}
	store(path, text, len);
	assert_int_equal(count(maker->dir, &loss), 20);
	put_session(maker, "{\"format\": \"mem_monitor recording\", \"major\": 2}");
	assert_int_equal(count(maker->dir, &loss), -EPROTO);
	put_session(maker, "{\"format\": \"something else\", \"major\": 1}");
	assert_int_equal(count(maker->dir, &loss), -EBADMSG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(count(maker->dir, &loss), -EBADMSG);
}

static void a_cpu_that_cannot_be_is_refused(void **state)
{
	struct maker *maker = *state;
	struct memmon_loss loss;
	char from[128];
	char to[128];

	maker_make(maker, 1, 10, 4);
	path_of(maker, "cpu0", from, sizeof(from));
	path_of(maker, "cpu00", to, sizeof(to));
	assert_int_equal(link(from, to), 0);
	assert_int_equal(count(maker->dir, &loss), 10);
	path_of(maker, "cpu1", to, sizeof(to));
	assert_int_equal(link(from, to), 0);
	assert_int_equal(count(maker->dir, &loss), 10);
	assert_int_equal(loss.cut_bytes, 3 * HEAD_BYTES + 10 * RECORD_BYTES);
	path_of(maker, "cpu4", to, sizeof(to));
	assert_int_equal(link(from, to), 0);
	assert_int_equal(count(maker->dir, &loss), -EBADMSG);
}

static void set_limit(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A file that must not grow stands for a full disk: both end in the middle of a write. */
static void a_full_disk_loses_nothing_written(void **state)
{
	struct maker *maker = *state;
	struct memmon_recording *recording;
	struct memmon_record records[200];
	struct memmon_stats stats = { 0 };
	struct memmon_loss loss;
	struct stat info;
	char path[128];

	for (uint64_t i = 0; i < 200; i++)
		records[i] = maker_record(0, i, MAKER_START + i);
	recording = maker_create(maker);
	assert_int_equal(maker_write(recording, 0, records, 60, 20), 0);
	signal(SIGXFSZ, SIG_IGN);
	set_limit(6000);
	assert_int_equal(maker_write(recording, 0, records + 60, 140, 70), -EFBIG);
	path_of(maker, "cpu0", path, sizeof(path));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, HEAD_BYTES + 60 * RECORD_BYTES);
	assert_int_equal(memmon_recording_records(recording), 60);
	/* What is small enough still fits, and what did not is taken when there is room again. */
	assert_int_equal(maker_write(recording, 0, records + 60, 2, 1), 0);
	set_limit(RLIM_INFINITY);
	assert_int_equal(maker_write(recording, 0, records + 62, 138, 68), 0);
	set_limit(100);
	assert_int_equal(memmon_recording_finish(recording, &stats, NULL), -EFBIG);
	set_limit(RLIM_INFINITY);
	memmon_recording_destroy(recording);
	assert_int_equal(count(maker->dir, &loss), 200);
	assert_true(loss.is_unfinished);
	assert_int_equal(loss.cut_bytes, 0);
	maker_remove(maker->dir);
	set_limit(100);
	assert_int_equal(memmon_recording_create(maker->dir, &maker->setup, &recording), -EFBIG);
	set_limit(RLIM_INFINITY);
	assert_int_equal(access(maker->dir, F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(any_cut_leaves_whole_packets, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(a_lost_packet_shows_in_a_finished_one, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(what_was_never_written_shows, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(any_wrong_byte_is_survived, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(cut_line_files_lose_names_only, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_recording_is_refused, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(a_cpu_that_cannot_be_is_refused, maker_set_up,
						maker_tear_down),
		cmocka_unit_test_setup_teardown(a_full_disk_loses_nothing_written, maker_set_up,
						maker_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
