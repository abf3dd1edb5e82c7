// SPDX-License-Identifier: GPL-2.0
/* The reader of recordings: opens what a recording has, and merges its streams. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "internal.h"
#include "memmon/symbols.h"
#include "merge.h"
#include "reader_internal.h"
#include "reader_stream.h"
#include "reader_tables.h"
#include "sidecar.h"
#include "stack_table.h"

#define JSON_LIMIT_BYTES ((size_t)16 * 1024 * 1024)
#define LINES_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

/* Of all streams together, and of one. */
#define BUFFERS_BYTES ((size_t)64 * 1024 * 1024)
#define MIN_BUFFER_BYTES ((size_t)64 * 1024)
#define MAX_BUFFER_BYTES ((size_t)256 * 1024)

/**
 * struct recording_reader - an open recording
 * @pending: streams whose cursor in the merge is to be filled before it goes on
 * @end: the books from end.json; its is_unfinished says that there is none
 * @end_records: records that the files must have
 */
struct recording_reader {
	struct memmon_reader reader;
	struct memmon_machine machine;
	struct memmon_options options;
	struct memmon_symbols *symbols;
	struct reader_tables tables;
	struct stack_table stacks;
	struct reader_stream *streams;
	uint32_t nr_streams;
	struct memmon_merge merge;
	uint32_t *pending;
	uint32_t nr_pending;
	struct memmon_loss end;
	uint64_t end_records;
	uint8_t uuid[MEMMON_CTF_UUID_BYTES];
};

static struct recording_reader *of(struct memmon_reader *reader)
{
	return (struct recording_reader *)reader;
}

static const struct recording_reader *of_const(const struct memmon_reader *reader)
{
	return (const struct recording_reader *)reader;
}

static void close_reader(struct memmon_reader *base)
{
	struct recording_reader *reader = of(base);

	for (uint32_t i = 0; i < reader->nr_streams; i++)
		reader_stream_close(&reader->streams[i]);
	free(reader->streams);
	free(reader->pending);
	memmon_merge_exit(&reader->merge);
	reader_tables_exit(&reader->tables);
	stack_table_exit(&reader->stacks);
	memmon_symbols_close(reader->symbols);
	memmon_machine_exit(&reader->machine);
	free(reader);
}

/*
 * Fills the cursors that ran empty. Once events are handed out, only from what the buffers hold:
 * reading would change records that the caller has not seen yet.
 *
 * Return: 0; -EAGAIN when something must be read first; another negative errno.
 */
static int refill(struct recording_reader *reader, bool may_read)
{
	while (reader->nr_pending) {
		uint32_t i = reader->pending[reader->nr_pending - 1];
		const struct memmon_record *records;
		int nr = reader_stream_next(&reader->streams[i], may_read, &records);

		if (nr < 0)
			return nr;
		reader->nr_pending--;
		if (nr)
			memmon_merge_fill(&reader->merge, i, records, (size_t)nr);
	}
	return 0;
}

static int take(struct memmon_reader *base, struct memmon_event *events, unsigned int max)
{
	struct recording_reader *reader = of(base);
	unsigned int nr = 0;
	int err;

	if (max > INT_MAX)
		max = INT_MAX;
	do {
		uint32_t empty;

		err = refill(reader, !nr);
		if (err)
			break;
		nr += memmon_merge_take(&reader->merge, UINT64_MAX, events + nr, max - nr, &empty);
		if (empty != MEMMON_MERGE_NONE)
			reader->pending[reader->nr_pending++] = empty;
	} while (nr < max && reader->nr_pending);
	/* An error comes with the next call, when nothing is lost by it. */
	return nr ? (int)nr : err;
}

static const struct memmon_options *get_options(const struct memmon_reader *reader)
{
	return &of_const(reader)->options;
}

static const struct memmon_cache *get_cache(struct memmon_reader *reader, uint32_t id)
{
	return reader_tables_cache(&of(reader)->tables, id);
}

static const char *get_cgroup(struct memmon_reader *reader, uint32_t tgid)
{
	return reader_tables_cgroup(&of(reader)->tables, tgid);
}

static struct memmon_symbols *get_symbols(struct memmon_reader *reader)
{
	return of(reader)->symbols;
}

/* Records that must be in the files of a recording that has an end. */
static uint64_t expected_records(const struct recording_reader *reader)
{
	const struct memmon_loss *end = &reader->end;
	uint64_t left = end->recorded > end->overwritten ? end->recorded - end->overwritten : 0;

	return left > reader->end_records ? left : reader->end_records;
}

/* Without an end, the last packets say how things stood when they were written. */
static int get_loss(struct memmon_reader *base, struct memmon_loss *ret)
{
	const struct recording_reader *reader = of(base);
	uint64_t records = 0;
	uint64_t missing;

	*ret = reader->end;
	for (uint32_t i = 0; i < reader->nr_streams; i++) {
		const struct reader_stream *stream = &reader->streams[i];

		records += stream->records;
		ret->cut_bytes += stream->file_bytes - stream->whole_bytes;
		if (!ret->is_unfinished)
			continue;
		ret->overwritten += stream->overwritten;
		if (stream->dropped > ret->dropped)
			ret->dropped = stream->dropped;
		if (stream->filtered > ret->filtered)
			ret->filtered = stream->filtered;
	}
	if (ret->is_unfinished) {
		ret->recorded = records + ret->overwritten;
		ret->seen = ret->recorded + ret->dropped + ret->filtered;
		return 0;
	}
	/* Cut between two packets, a whole stream away, or never written: the disk was full. */
	missing = expected_records(reader);
	missing = missing > records ? missing - records : 0;
	if (missing * sizeof(struct memmon_record) > ret->cut_bytes)
		ret->cut_bytes = missing * sizeof(struct memmon_record);
	return 0;
}

static int get_stack(struct memmon_reader *reader, uint32_t id, const uint64_t **frames,
		     size_t *nr_frames)
{
	const struct stack_entry *stack = stack_table_find(&of(reader)->stacks, id);

	*frames = stack ? stack->frames : NULL;
	*nr_frames = stack ? stack->nr_frames : 0;
	return 0;
}

static const struct memmon_reader_ops recording_ops = {
	.close = close_reader,
	.take = take,
	.options = get_options,
	.cache = get_cache,
	.cgroup = get_cgroup,
	.symbols = get_symbols,
	.loss = get_loss,
	.stack = get_stack,
};

/* "cpu0" and so on, as they are written: no sign, no blank, no zero in front. */
static bool is_stream(const char *name, uint32_t *cpu)
{
	uint64_t number;

	if (strncmp(name, "cpu", 3) || (name[3] == '0' && name[4]) || strlen(name) > 9 ||
	    memmon_text_number(name + 3, &number))
		return false;
	*cpu = (uint32_t)number;
	return true;
}

static int list_streams(const struct recording_reader *reader, int dir, uint32_t **cpus,
			uint32_t *nr)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *file;
	size_t room = 0;
	int err = 0;

	*cpus = NULL;
	*nr = 0;
	if (!list) {
		err = -errno;
		if (copy >= 0)
			close(copy);
		return err;
	}
	while (!err && (file = readdir(list))) {
		uint32_t cpu;

		if (!is_stream(file->d_name, &cpu))
			continue;
		err = cpu < reader->machine.nr_cpus ? 0 : -EBADMSG;
		if (!err)
			err = memmon_array_grow((void **)cpus, *nr, &room, sizeof(**cpus));
		if (!err)
			(*cpus)[(*nr)++] = cpu;
	}
	closedir(list);
	return err;
}

static int open_streams(struct recording_reader *reader, int dir)
{
	size_t room = MAX_BUFFER_BYTES;
	uint32_t *cpus;
	uint32_t nr;
	int err;

	err = list_streams(reader, dir, &cpus, &nr);
	if (err)
		goto out;
	while (room > MIN_BUFFER_BYTES && room * nr > BUFFERS_BYTES)
		room /= 2;
	err = -ENOMEM;
	reader->streams = calloc(nr ? nr : 1, sizeof(*reader->streams));
	reader->pending = calloc(nr ? nr : 1, sizeof(*reader->pending));
	if (!reader->streams || !reader->pending || memmon_merge_init(&reader->merge, nr))
		goto out;
	for (err = 0; !err && reader->nr_streams < nr;) {
		uint32_t i = reader->nr_streams;
		char name[16];

		snprintf(name, sizeof(name), "cpu%u", cpus[i]);
		reader->merge.cursors[i].cpu = cpus[i];
		reader->pending[reader->nr_pending++] = i;
		err = reader_stream_open(&reader->streams[i], dir, name, cpus[i], reader->uuid,
					 room);
		if (!err)
			reader->nr_streams++;
	}
out:
	free(cpus);
	return err;
}

static int open_session(struct recording_reader *reader, int dir)
{
	char *text;
	size_t len;
	int err;

	err = memmon_disk_read(dir, MEMMON_SIDECAR_DIR "/" MEMMON_SIDECAR_SESSION, JSON_LIMIT_BYTES,
			       &text, &len);
	if (err == -ENOENT || err == -ENOTDIR || err == -EISDIR || err == -EFBIG)
		return -EBADMSG;
	if (err)
		return err;
	err = memmon_session_unpack(text, len, &reader->machine, &reader->options, reader->uuid);
	free(text);
	return err;
}

static void open_end(struct recording_reader *reader, int dir)
{
	bool is_there = false;
	char *text;
	size_t len;

	if (!memmon_disk_read(dir, MEMMON_SIDECAR_DIR "/" MEMMON_SIDECAR_END, JSON_LIMIT_BYTES,
			      &text, &len)) {
		is_there = !memmon_end_unpack(text, len, &reader->end, &reader->end_records);
		free(text);
	}
	if (!is_there)
		memset(&reader->end, 0, sizeof(reader->end));
	reader->end.is_unfinished = !is_there;
}

static int open_stacks(struct recording_reader *reader, int dir)
{
	char *text;
	size_t len;
	int err;

	if (memmon_disk_read(dir, MEMMON_SIDECAR_DIR "/" MEMMON_SIDECAR_STACKS, LINES_LIMIT_BYTES,
			     &text, &len))
		return 0;
	err = stack_table_add_lines(&reader->stacks, text, len);
	free(text);
	return err;
}

/* Names are a help; a recording without them can still be read. */
static int open_names(struct recording_reader *reader, const char *path, int dir)
{
	char *symbols;
	char *text;
	size_t len;
	int err = 0;

	if (!memmon_disk_read(dir, MEMMON_SIDECAR_DIR "/" MEMMON_SIDECAR_CACHES, LINES_LIMIT_BYTES,
			      &text, &len))
		err = reader_tables_add_caches(&reader->tables, text, len);
	if (!err && !memmon_disk_read(dir, MEMMON_SIDECAR_DIR "/" MEMMON_SIDECAR_PROCESSES,
				      LINES_LIMIT_BYTES, &text, &len))
		err = reader_tables_add_processes(&reader->tables, text, len);
	if (!err)
		err = open_stacks(reader, dir);
	if (err)
		return err;
	if (asprintf(&symbols, "%s/%s/%s", path, MEMMON_SIDECAR_DIR, MEMMON_SIDECAR_SYMBOLS) < 0)
		return -ENOMEM;
	err = memmon_symbols_open_recorded(symbols, &reader->symbols);
	if (err && err != -ENOMEM)
		err = memmon_symbols_open_recorded("/dev/null", &reader->symbols);
	free(symbols);
	return err;
}

int memmon_reader_open(const char *dir, struct memmon_reader **ret)
{
	struct recording_reader *reader = calloc(1, sizeof(*reader));
	int err = -ENOMEM;
	int fd;

	if (!reader)
		return err;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		err = errno == ENOTDIR ? -EBADMSG : -errno;
		free(reader);
		return err;
	}
	err = stack_table_init(&reader->stacks);
	if (!err)
		err = open_session(reader, fd);
	if (!err)
		err = memmon_reader_init(&reader->reader, &recording_ops, &reader->machine);
	if (!err)
		err = open_streams(reader, fd);
	if (!err)
		err = open_names(reader, dir, fd);
	if (!err)
		open_end(reader, fd);
	close(fd);
	if (err) {
		close_reader(&reader->reader);
		return err;
	}
	*ret = &reader->reader;
	return 0;
}
