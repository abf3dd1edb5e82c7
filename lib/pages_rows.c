// SPDX-License-Identifier: GPL-2.0
/* Finds and names the rows that pages count for. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "memmon/filter.h"
#include "pages_internal.h"

#define NAME_BYTES 512

/* What pages are used for: (constant suffix, name). */
#define PAGE_USES(X)                \
	X(SLAB, "slab")             \
	X(LARGE, "large kmalloc")   \
	X(ANON, "anonymous")        \
	X(FILE, "page cache")       \
	X(PAGE_TABLE, "page table") \
	X(OTHER, "other kernel")

enum page_use {
#define USE_ENUM(id, name) USE_##id,
	PAGE_USES(USE_ENUM)
#undef USE_ENUM
};

static const char *const use_names[] = {
#define USE_NAME(id, name) [USE_##id] = name,
	PAGE_USES(USE_NAME)
#undef USE_NAME
};

struct memmon_pages_row *pages_row(struct memmon_pages *pages, uint64_t key)
{
	uint32_t number = report_map_find(&pages->row_map, key);
	size_t nr = pages->nr_rows;

	if (number != REPORT_MAP_NONE)
		return &pages->rows[number];
	if (memmon_array_grow((void **)&pages->rows, nr, &pages->room_rows, sizeof(*pages->rows)) ||
	    memmon_array_grow((void **)&pages->row_keys, nr, &pages->room_row_keys,
			      sizeof(*pages->row_keys)) ||
	    report_map_add(&pages->row_map, key, (uint32_t)nr))
		return NULL;
	memset(&pages->rows[nr], 0, sizeof(pages->rows[nr]));
	pages->row_keys[nr] = key;
	return &pages->rows[pages->nr_rows++];
}

int pages_process(struct memmon_pages *pages, const struct memmon_record *record, uint64_t *ret)
{
	const struct memmon_event event = { .record = record };

	return report_parts_get(&pages->parts, MEMMON_KEY_PROCESS, &event, ret);
}

int pages_event_key(struct memmon_pages *pages, const struct memmon_event *event, uint64_t *ret)
{
	const struct memmon_record *record = event->record;
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;

	switch (pages->key) {
	case MEMMON_PAGES_KEY_ORDER:
		*ret = MEMMON_PAGE_ORDER(record->detail);
		return 0;
	case MEMMON_PAGES_KEY_MIGRATETYPE:
		*ret = MEMMON_PAGE_MIGRATETYPE(record->detail);
		return 0;
	case MEMMON_PAGES_KEY_ZONE:
		*ret = MEMMON_PAGE_ZONE(record->detail);
		return 0;
	case MEMMON_PAGES_KEY_NODE:
		*ret = node == MEMMON_NODE_UNKNOWN ? PAGES_KEY_UNKNOWN : node;
		return 0;
	case MEMMON_PAGES_KEY_PROCESS:
		return pages_process(pages, record, ret);
	default:
		*ret = PAGES_KEY_UNKNOWN;
		return 0;
	}
}

static const char *intern(struct memmon_pages *pages, const char *text)
{
	return memmon_intern_add(&pages->names, text, strlen(text));
}

const char *pages_process_name(struct memmon_pages *pages, uint64_t process)
{
	const struct report_process *known;
	char text[64];

	if (process & REPORT_PART_CONTEXT) {
		snprintf(text, sizeof(text), "(%s)",
			 memmon_context_name((uint32_t)(process & ~REPORT_PART_CONTEXT)));
	} else {
		known = &pages->parts.processes[process];
		snprintf(text, sizeof(text), "%.*s (%" PRIu32 ")", MEMMON_COMM_BYTES, known->comm,
			 known->tgid);
	}
	return intern(pages, text);
}

static const char *value_name(struct memmon_pages *pages, const struct memmon_value_name *names,
			      size_t nr, uint64_t value)
{
	char text[24];

	for (size_t i = 0; i < nr; i++)
		if (names[i].value == value)
			return intern(pages, names[i].name);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return intern(pages, text);
}

const char *pages_type_name(struct memmon_pages *pages, uint32_t migratetype)
{
	return value_name(pages, pages->machine->migratetypes, pages->machine->nr_migratetypes,
			  migratetype);
}

const char *pages_key_name(struct memmon_pages *pages, uint64_t key)
{
	if (key == PAGES_KEY_UNKNOWN)
		return "(not known)";
	switch (pages->key) {
	case MEMMON_PAGES_KEY_MIGRATETYPE:
		return pages_type_name(pages, (uint32_t)key);
	case MEMMON_PAGES_KEY_ZONE:
		return value_name(pages, pages->machine->zones, pages->machine->nr_zones, key);
	case MEMMON_PAGES_KEY_PROCESS:
		return pages_process_name(pages, key);
	case MEMMON_PAGES_KEY_USE:
		return use_names[key];
	case MEMMON_PAGES_KEY_CGROUP:
		/* The key is where the name is. */
		return (const char *)(uintptr_t)key;
	default:
		return value_name(pages, NULL, 0, key);
	}
}

/* ---- what is held ---- */

static int cgroup_key(struct memmon_pages *pages, const struct memmon_snapshot *snapshot,
		      uint32_t account, uint64_t *ret)
{
	const char *path = memmon_snapshot_cgroup(snapshot, account);
	const struct memmon_held_account *held = &snapshot->accounts[account];
	char text[48];

	if (!path && held->is_other)
		path = "(other)";
	if (!path && !held->cgroup)
		path = "(interrupts, or not known)";
	if (!path) {
		snprintf(text, sizeof(text), "(cgroup %" PRIu64 ", gone)", held->cgroup);
		path = text;
	}
	path = intern(pages, path);
	*ret = (uintptr_t)path;
	return path ? 0 : -ENOMEM;
}

static enum page_use use_of(const struct memmon_held *held)
{
	if (held->flags & MEMMON_OBJECT_IN_SLAB)
		return USE_SLAB;
	if (held->flags & MEMMON_OBJECT_LARGE)
		return USE_LARGE;
	if (held->flags & MEMMON_OBJECT_PAGE_TABLE)
		return USE_PAGE_TABLE;
	if (held->flags & MEMMON_OBJECT_ANON)
		return USE_ANON;
	return held->flags & MEMMON_OBJECT_FILE ? USE_FILE : USE_OTHER;
}

/* A request in bulk tells its call site; of the others the stack has it. */
static uint64_t site_key(const struct memmon_snapshot *snapshot, const struct memmon_held *held)
{
	const struct memmon_held_account *account = &snapshot->accounts[held->account];
	const uint64_t *frames;
	size_t nr = memmon_snapshot_stack(snapshot, held->stack, &frames);
	uint64_t site = nr ? pages_site(snapshot, frames, nr) : account->call_site;

	return site ? site : PAGES_KEY_UNKNOWN;
}

/* The same key as that of the event of the birth would be. */
static int held_key(struct memmon_pages *pages, const struct memmon_snapshot *snapshot,
		    const struct memmon_held *held, uint64_t *ret)
{
	struct memmon_record record = {
		.event_class = held->event_class,
		.context = held->context,
		.detail = (uint16_t)MEMMON_PAGE_DETAIL(held->order, held->zone, held->migratetype),
		.pid_node = held->pid | held->node << MEMMON_PID_BITS,
		.tgid = held->tgid,
	};
	const struct memmon_event event = { .record = &record };

	switch (pages->key) {
	case MEMMON_PAGES_KEY_CGROUP:
		return cgroup_key(pages, snapshot, held->account, ret);
	case MEMMON_PAGES_KEY_SITE:
		*ret = site_key(snapshot, held);
		return 0;
	case MEMMON_PAGES_KEY_USE:
		*ret = use_of(held);
		return 0;
	default:
		memcpy(record.comm, held->comm, sizeof(record.comm));
		return pages_event_key(pages, &event, ret);
	}
}

/* Accounts know all births of a cgroup, also those of processes that ended before anyone looked. */
static int add_cgroups(struct memmon_pages *pages, const struct memmon_snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->nr_accounts; i++) {
		const struct memmon_held_account *account = &snapshot->accounts[i];
		struct memmon_pages_row *row;
		uint64_t key;

		if (account->section != MEMMON_SECTION_PAGES)
			continue;
		if (cgroup_key(pages, snapshot, i, &key))
			return -ENOMEM;
		row = pages_row(pages, key);
		if (!row)
			return -ENOMEM;
		row->born_blocks += account->born;
		row->born_bytes += account->born_bytes;
	}
	return 0;
}

static int name_sites(struct memmon_pages *pages, const struct memmon_snapshot *snapshot)
{
	char text[NAME_BYTES];

	for (size_t i = 0; i < pages->nr_rows; i++) {
		if (pages->row_keys[i] == PAGES_KEY_UNKNOWN)
			continue;
		memmon_snapshot_address(snapshot, pages->row_keys[i], text, sizeof(text));
		pages->rows[i].name = intern(pages, text);
		if (!pages->rows[i].name)
			return -ENOMEM;
	}
	return 0;
}

int pages_add_held(struct memmon_pages *pages, const struct memmon_snapshot *snapshot)
{
	const struct memmon_held *held = snapshot->held[MEMMON_SECTION_PAGES];

	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_PAGES]; i++) {
		struct memmon_pages_row *row;
		uint64_t key;

		if (held_key(pages, snapshot, &held[i], &key))
			return -ENOMEM;
		row = pages_row(pages, key);
		if (!row)
			return -ENOMEM;
		row->blocks++;
		row->bytes += held[i].bytes_alloc;
	}
	if (pages->key == MEMMON_PAGES_KEY_CGROUP)
		return add_cgroups(pages, snapshot);
	return pages->key == MEMMON_PAGES_KEY_SITE ? name_sites(pages, snapshot) : 0;
}
