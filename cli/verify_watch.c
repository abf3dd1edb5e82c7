// SPDX-License-Identifier: GPL-2.0
/* The session of `memmon verify`: keeps the events of our objects, and what the ledger says of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "live.h"
#include "module.h"
#include "ui.h"
#include "verify.h"

#define EVENTS_AT_ONCE 256

/* Of each CPU. */
#define MOST_RING_BYTES (UINT64_C(32) << 20)
#define LEAST_RING_BYTES (UINT64_C(1) << 20)

/* What no object is at: failures, and frees of nothing. */
#define HIGHEST_NOTHING 16

/**
 * struct watch_held - what was kept of a ledger
 */
struct watch_held {
	struct memmon_held *rows[MEMMON_NR_SECTIONS];
	size_t nr[MEMMON_NR_SECTIONS];
};

/**
 * struct verify_watch - the session and what was kept
 * @records: in the order of time
 * @keys: of our objects, and of each page of our blocks, sorted; none before they are known
 */
struct verify_watch {
	struct memmon_session *session;
	struct memmon_reader *reader;
	struct memmon_record *records;
	size_t nr;
	size_t capacity;
	uint64_t *keys;
	size_t nr_keys;
	struct watch_held held[VERIFY_NR_PHASES];
	struct verify_seen seen;
	uint64_t untracked;
};

static int explain(const char *what, int err)
{
	ui_error("cannot %s: %s", what, strerror(-err));
	return err;
}

/*
 * With rings as large as there is memory for: reading the ledger takes its time. And with what we do ourselves,
 * as we may get a page that was ours before, and another thread may free it.
 */
static int set_up(struct memmon_session *session)
{
	int err = -ENOMEM;

	for (uint64_t bytes = MOST_RING_BYTES; bytes >= LEAST_RING_BYTES && err; bytes /= 2) {
		struct memmon_options options = {
			.flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_WITH_SELF,
			.source = MEMMON_SOURCE_TRACEPOINT,
			.ring_bytes = bytes,
			.watermark_bytes = LIVE_WATERMARK_BYTES,
		};

		err = memmon_session_set_up(session, &options);
		if (err != -ENOMEM && err != -ENOBUFS)
			break;
	}
	return err;
}

int verify_watch_open(struct verify_watch **ret)
{
	struct verify_watch *watch = calloc(1, sizeof(*watch));
	int err;

	if (!watch) {
		explain("open a session", -ENOMEM);
		return CMD_FAILED;
	}
	err = memmon_session_open_path(module_device_path(), &watch->session);
	if (err) {
		free(watch);
		return module_explain_device(err);
	}
	err = set_up(watch->session);
	if (err) {
		ui_error("mem_monitor refuses a session with a ledger: %s", strerror(-err));
		verify_watch_close(watch);
		return CMD_FAILED;
	}
	*ret = watch;
	return CMD_GO_ON;
}

void verify_watch_close(struct verify_watch *watch)
{
	if (!watch)
		return;
	if (watch->reader)
		memmon_reader_close(watch->reader);
	memmon_session_close(watch->session);
	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++)
		for (int section = 0; section < MEMMON_NR_SECTIONS; section++)
			free(watch->held[phase].rows[section]);
	free(watch->records);
	free(watch->keys);
	free(watch);
}

int verify_watch_enable(struct verify_watch *watch)
{
	int err = memmon_session_enable(watch->session);

	if (!err)
		err = memmon_reader_open_session(watch->session, &watch->reader);
	if (!err)
		return CMD_GO_ON;
	ui_error("mem_monitor cannot begin the session: %s; see 'memmon status'", strerror(-err));
	return CMD_FAILED;
}

static int compare_keys(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static bool is_key(const struct verify_watch *watch, uint64_t key)
{
	return bsearch(&key, watch->keys, watch->nr_keys, sizeof(key), compare_keys);
}

/* Before our objects are known, all may be of them. */
static bool is_kept(const struct verify_watch *watch, const struct memmon_record *record)
{
	return !watch->keys || record->object <= HIGHEST_NOTHING ||
	       is_key(watch, verify_record_key(record));
}

static int keep(struct verify_watch *watch, const struct memmon_record *record)
{
	if (!is_kept(watch, record))
		return 0;
	if (watch->nr == watch->capacity) {
		size_t capacity = watch->capacity ? 2 * watch->capacity : 4096;
		struct memmon_record *records =
			reallocarray(watch->records, capacity, sizeof(*records));

		if (!records)
			return -ENOMEM;
		watch->records = records;
		watch->capacity = capacity;
	}
	watch->records[watch->nr++] = *record;
	return 0;
}

int verify_watch_take(struct verify_watch *watch, int wait_ms)
{
	struct memmon_event events[EVENTS_AT_ONCE];
	int nr, err = 0;

	if (wait_ms)
		memmon_reader_wait(watch->reader, wait_ms);
	do {
		nr = memmon_reader_take(watch->reader, events, EVENTS_AT_ONCE);
		for (int i = 0; i < nr && !err; i++)
			err = keep(watch, events[i].record);
	} while (nr > 0 && !err);
	if (nr < 0)
		err = nr;
	return err ? explain("read the events", err) : 0;
}

static size_t add_keys(const struct verify_object *object, uint64_t *keys)
{
	size_t nr = object->kind == VERIFY_PAGES ? (size_t)1 << object->order : 1;

	for (size_t i = 0; i < nr && keys; i++)
		keys[i] = verify_object_key(object) + i;
	return nr;
}

int verify_watch_choose(struct verify_watch *watch, const struct verify_list *list)
{
	size_t nr_kept = 0, nr_keys = 0;
	uint64_t *keys;

	for (size_t i = 0; i < list->nr; i++)
		nr_keys += add_keys(&list->objects[i], NULL);
	keys = calloc(nr_keys + 1, sizeof(*keys));
	if (!keys)
		return explain("keep the events", -ENOMEM);
	nr_keys = 0;
	for (size_t i = 0; i < list->nr; i++)
		nr_keys += add_keys(&list->objects[i], keys + nr_keys);
	qsort(keys, nr_keys, sizeof(*keys), compare_keys);
	watch->keys = keys;
	watch->nr_keys = nr_keys;
	for (size_t i = 0; i < watch->nr; i++)
		if (is_kept(watch, &watch->records[i]))
			watch->records[nr_kept++] = watch->records[i];
	watch->nr = nr_kept;
	return 0;
}

/* Keeps those rows of a section that are of our addresses. */
static int keep_rows(struct verify_watch *watch, const struct memmon_snapshot *snapshot,
		     enum memmon_section section, struct watch_held *held)
{
	const struct memmon_held *rows = snapshot->held[section];
	size_t nr = 0;

	held->rows[section] = calloc(snapshot->nr_held[section] + 1, sizeof(*rows));
	if (!held->rows[section])
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->nr_held[section]; i++) {
		struct verify_object object = {
			.address = rows[i].address,
			.kind = section == MEMMON_SECTION_PAGES ? VERIFY_PAGES : VERIFY_OBJECT,
		};

		if (is_key(watch, verify_object_key(&object)))
			held->rows[section][nr++] = rows[i];
	}
	held->nr[section] = nr;
	return 0;
}

int verify_watch_look(struct verify_watch *watch, enum verify_phase phase)
{
	struct memmon_snapshot *snapshot;
	int err = memmon_snapshot_take(watch->session, &snapshot);

	if (err)
		return explain("read the ledger", err);
	for (int section = 0; section < MEMMON_NR_SECTIONS && !err; section++) {
		free(watch->held[phase].rows[section]);
		watch->held[phase].rows[section] = NULL;
		watch->held[phase].nr[section] = 0;
		err = keep_rows(watch, snapshot, (enum memmon_section)section, &watch->held[phase]);
	}
	watch->untracked = snapshot->books.counts[MEMMON_LEDGER_UNTRACKED];
	memmon_snapshot_free(snapshot);
	return err ? explain("read the ledger", err) : 0;
}

static const char *cache_name(uint32_t id, void *arg)
{
	const struct verify_watch *watch = arg;
	const struct memmon_cache *cache = memmon_reader_cache(watch->reader, id);

	return cache ? cache->name : NULL;
}

const struct verify_seen *verify_watch_seen(struct verify_watch *watch)
{
	struct verify_seen *seen = &watch->seen;
	struct memmon_stats stats;

	*seen = (struct verify_seen){
		.records = watch->records,
		.nr = watch->nr,
		.page_bytes = memmon_reader_machine(watch->reader)->page_bytes,
		.cache_name = cache_name,
		.arg = watch,
	};
	if (!memmon_session_stats(watch->session, &stats))
		seen->nr_null = stats.filtered[MEMMON_FILTERED_NULL];
	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++) {
		const struct watch_held *held = &watch->held[phase];

		seen->held[phase] = (struct verify_held){
			.objects = held->rows[MEMMON_SECTION_SLAB],
			.nr_objects = held->nr[MEMMON_SECTION_SLAB],
			.pages = held->rows[MEMMON_SECTION_PAGES],
			.nr_pages = held->nr[MEMMON_SECTION_PAGES],
		};
	}
	return seen;
}

int verify_watch_loss(struct verify_watch *watch, struct memmon_loss *ret)
{
	return memmon_reader_loss(watch->reader, ret);
}

uint64_t verify_watch_untracked(const struct verify_watch *watch)
{
	return watch->untracked;
}

uint32_t verify_watch_missing(struct verify_watch *watch)
{
	struct memmon_stats stats;

	return memmon_session_stats(watch->session, &stats) ? 0 : stats.missing_classes;
}
