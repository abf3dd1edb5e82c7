// SPDX-License-Identifier: GPL-2.0
/* Totals from the events of a recording, with what is held as its replay knows it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon/snapshot.h"
#include "reader_internal.h"
#include "replay_internal.h"
#include "totals_internal.h"

/* The largest kmalloc that has a cache. */
#define LARGEST_CLASS 8192

/**
 * struct replayed - totals of a recording
 * @of_cgroup: number of the path of a process's cgroup in @paths
 * @ended_cache: of the object that the event has just ended, as a part; 0 if there was none
 * @err: of what was called back
 */
struct replayed {
	struct memmon_totals *totals;
	struct memmon_reader *reader;
	struct memmon_replay *replay;
	bool (*is_wanted)(void *arg, const struct memmon_event *event);
	void *arg;
	struct report_map of_cgroup;
	const char **paths;
	size_t nr_paths;
	size_t room_paths;
	uint64_t ended_cache;
	int err;
};

/* What an event, or the birth of an object, says about who it belongs to. */
struct facts {
	uint64_t call_site;
	uint32_t event_class;
	uint32_t context;
	uint32_t detail;
	uint32_t bytes;
	uint32_t tgid;
	uint32_t stack;
};

static uint64_t cache_part(const struct facts *facts)
{
	uint64_t area = report_part_area(facts->event_class);

	if (area)
		return area;
	if (totals_section(facts->event_class) == MEMMON_SECTION_PAGES)
		return REPORT_PART_NONE;
	if (facts->detail)
		return facts->detail;
	if (facts->event_class != MEMMON_CLASS_KMALLOC || !facts->bytes)
		return REPORT_PART_UNKNOWN;
	return REPORT_PART_SIZE_CLASS | (facts->bytes > LARGEST_CLASS ? 0 : facts->bytes);
}

/* The number of the path, from 1 on; 0 if it is not known. */
static int cgroup_number(struct replayed *replayed, uint32_t tgid, uint32_t *ret)
{
	const char *path;

	*ret = report_map_find(&replayed->of_cgroup, tgid);
	if (*ret != REPORT_MAP_NONE)
		return 0;
	*ret = 0;
	path = memmon_reader_cgroup(replayed->reader, tgid);
	if (path) {
		while (*ret < replayed->nr_paths && strcmp(replayed->paths[*ret], path))
			++*ret;
		if (*ret == replayed->nr_paths) {
			if (memmon_array_grow((void **)&replayed->paths, replayed->nr_paths,
					      &replayed->room_paths, sizeof(*replayed->paths)))
				return -ENOMEM;
			replayed->paths[replayed->nr_paths++] = path;
		}
		++*ret;
	}
	return report_map_add(&replayed->of_cgroup, tgid, *ret);
}

static int find_cell(struct replayed *replayed, const struct facts *facts, uint64_t cache,
		     uint32_t *ret)
{
	struct totals_key key = { .section = totals_section(facts->event_class) };
	bool is_page = key.section == MEMMON_SECTION_PAGES;
	uint64_t context = TOTALS_PART_CONTEXT | facts->context;
	uint32_t cgroup = 0;

	key.parts[MEMMON_TOTAL_CACHE] = cache;
	key.parts[MEMMON_TOTAL_SITE] = facts->call_site;
	if (!facts->call_site)
		key.parts[MEMMON_TOTAL_SITE] = is_page ? REPORT_PART_NONE : REPORT_PART_UNKNOWN;
	key.parts[MEMMON_TOTAL_STACK] = facts->stack ? facts->stack : REPORT_PART_NONE;
	key.parts[MEMMON_TOTAL_ORDER] = is_page ? MEMMON_PAGE_ORDER(facts->detail) :
						  REPORT_PART_NONE;
	if (facts->context != MEMMON_CONTEXT_TASK && facts->context < MEMMON_NR_CONTEXTS) {
		key.parts[MEMMON_TOTAL_TGID] = context;
		key.parts[MEMMON_TOTAL_CGROUP] = context;
	} else {
		if (cgroup_number(replayed, facts->tgid, &cgroup))
			return -ENOMEM;
		key.parts[MEMMON_TOTAL_TGID] = facts->tgid;
		key.parts[MEMMON_TOTAL_CGROUP] = cgroup ? cgroup : REPORT_PART_UNKNOWN;
	}
	return totals_cell(replayed->totals, &key, ret);
}

/* Something of an object is gone: what its birth belongs to has less. */
static void end_object(void *arg, const struct replay_object *object, uint32_t bytes, bool is_all)
{
	struct replayed *replayed = arg;
	const struct facts facts = {
		.call_site = replayed->replay->accounts.accounts[object->account].call_site,
		.event_class = object->event_class,
		.context = object->context,
		.detail = object->detail,
		.bytes = object->bytes_alloc,
		.tgid = object->tgid,
		.stack = object->stack,
	};
	const struct memmon_totals_sums sums = { .died = is_all, .died_bytes = bytes };
	uint32_t cell;
	int err;

	replayed->ended_cache = cache_part(&facts);
	err = find_cell(replayed, &facts, replayed->ended_cache, &cell);
	if (!err)
		err = totals_add(replayed->totals, cell, &sums);
	if (err)
		replayed->err = err;
}

static uint64_t nr_born(const struct memmon_replay *replay)
{
	return replay->counts[MEMMON_LEDGER_BORN] + replay->counts[MEMMON_LEDGER_REBORN];
}

/* Counts a request or a free. @has_born: something lives from now on. */
static int count(struct replayed *replayed, const struct memmon_event *event, bool has_born)
{
	const struct memmon_record *record = event->record;
	const struct facts facts = {
		.call_site = record->call_site,
		.event_class = record->event_class,
		.context = record->context,
		.detail = record->detail,
		.bytes = record->bytes_alloc,
		.tgid = record->tgid,
		.stack = event->stack,
	};
	struct memmon_totals_sums sums = { 0 };
	uint64_t cache = cache_part(&facts);
	uint32_t cell;
	int err;

	if (memmon_class_is_birth(record->event_class)) {
		sums.requests = 1;
		sums.bytes_requested = record->bytes_req;
		sums.bytes_taken = record->bytes_alloc;
		sums.died = !has_born;
		sums.died_bytes = has_born ? 0 : record->bytes_alloc;
	} else {
		sums.frees = 1;
		sums.bytes_freed = record->bytes_alloc;
		/* A kfree() does not say what it frees, but the birth did. */
		if (cache == REPORT_PART_UNKNOWN && replayed->ended_cache)
			cache = replayed->ended_cache;
	}
	err = find_cell(replayed, &facts, cache, &cell);
	if (!err && record->context == MEMMON_CONTEXT_TASK)
		err = totals_keep_comm(replayed->totals, record->tgid, record->comm);
	return err ? err : totals_add(replayed->totals, cell, &sums);
}

static int take(struct replayed *replayed, const struct memmon_event *event)
{
	struct memmon_totals_books *books = &replayed->totals->books;
	uint64_t born = nr_born(replayed->replay);
	int err;

	replayed->ended_cache = 0;
	err = replay_event(replayed->replay, event);
	if (!err)
		err = replayed->err;
	books->seen++;
	if (replayed->is_wanted && !replayed->is_wanted(replayed->arg, event)) {
		books->filtered++;
		return err;
	}
	books->counted++;
	if (err || !totals_class_counts(event->record->event_class))
		return err;
	return count(replayed, event, nr_born(replayed->replay) != born);
}

static int take_until(struct replayed *replayed, uint64_t until_ns)
{
	const struct memmon_event *event;
	int err;

	for (;;) {
		err = replay_peek(replayed->replay, &event);
		if (err || !event)
			return err;
		if (memmon_reader_ns(replayed->reader, event->record->time) > until_ns)
			return 1;
		err = take(replayed, event);
		if (err)
			return err;
		replayed->replay->at++;
	}
}

int memmon_totals_until(struct memmon_totals *totals, uint64_t until_ns)
{
	struct replayed *replayed = totals->source;
	struct memmon_totals_books *books = &totals->books;
	uint64_t now_ns = until_ns;
	int ret;

	totals_begin(totals);
	ret = take_until(replayed, until_ns);
	if (!ret)
		now_ns = memmon_reader_ns(replayed->reader, replayed->replay->last);
	books->interval_ns = now_ns > books->elapsed_ns ? now_ns - books->elapsed_ns : 0;
	books->elapsed_ns += books->interval_ns;
	totals_end(totals);
	return ret;
}

static int fill_books(struct replayed *replayed)
{
	struct memmon_totals_books *books = &replayed->totals->books;
	const struct memmon_options *options = memmon_reader_options(replayed->reader);
	struct memmon_loss loss;
	int err = memmon_reader_loss(replayed->reader, &loss);

	if (err)
		return err;
	books->has_live = true;
	books->lost =
		loss.dropped + loss.overwritten +
		(loss.cut_bytes + sizeof(struct memmon_record) - 1) / sizeof(struct memmon_record);
	books->missing_classes = loss.missing_classes;
	books->is_unfinished = loss.is_unfinished;
	if (options->filter.conditions & 1U << MEMMON_FILTERED_SAMPLE)
		books->sample_one_in = options->filter.sample_one_in;
	return 0;
}

static void close_replayed(struct memmon_totals *totals)
{
	struct replayed *replayed = totals->source;

	memmon_replay_close(replayed->replay);
	report_map_exit(&replayed->of_cgroup);
	free(replayed->paths);
	free(replayed);
}

static struct memmon_symbols *replayed_symbols(struct memmon_totals *totals)
{
	return memmon_reader_symbols(((struct replayed *)totals->source)->reader);
}

static void name_stack(struct replayed *replayed, uint32_t id, char *text, size_t size)
{
	const uint64_t *frames;
	size_t nr_frames = memmon_reader_stack(replayed->reader, id, &frames);

	totals_name_stack(memmon_reader_symbols(replayed->reader), id, frames, nr_frames, text,
			  size);
}

static void name_replayed(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part,
			  char *text, size_t size)
{
	struct replayed *replayed = totals->source;

	if (key == MEMMON_TOTAL_CGROUP)
		snprintf(text, size, "%s", replayed->paths[part - 1]);
	else if (key == MEMMON_TOTAL_STACK)
		name_stack(replayed, (uint32_t)part, text, size);
	else
		totals_name_cache(memmon_reader_cache(replayed->reader, (uint32_t)part), part, text,
				  size);
}

static const struct totals_ops replayed_ops = {
	.close = close_replayed,
	.symbols = replayed_symbols,
	.name = name_replayed,
};

int memmon_totals_open_recording(struct memmon_reader *reader,
				 bool (*is_wanted)(void *arg, const struct memmon_event *event),
				 void *arg, struct memmon_totals **ret)
{
	struct memmon_totals *totals = totals_create();
	struct replayed *replayed = calloc(1, sizeof(*replayed));
	int err = -ENOMEM;

	if (!totals || !replayed) {
		memmon_totals_close(totals);
		free(replayed);
		return err;
	}
	replayed->totals = totals;
	replayed->reader = reader;
	replayed->is_wanted = is_wanted;
	replayed->arg = arg;
	totals->ops = &replayed_ops;
	totals->source = replayed;
	err = report_map_init(&replayed->of_cgroup);
	if (!err)
		err = memmon_replay_open(reader, &replayed->replay);
	if (!err)
		err = fill_books(replayed);
	if (err) {
		memmon_totals_close(totals);
		return err;
	}
	replayed->replay->is_wanted = is_wanted;
	replayed->replay->arg = arg;
	replayed->replay->observer.end = end_object;
	replayed->replay->observer.arg = replayed;
	*ret = totals;
	return 0;
}
