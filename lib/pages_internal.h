/* SPDX-License-Identifier: GPL-2.0 */
/* What the files behind memmon/pages.h share. */
#ifndef MEMMON_PAGES_INTERNAL_H
#define MEMMON_PAGES_INTERNAL_H

#include "intern.h"
#include "memmon/pages.h"
#include "report_map.h"
#include "report_parts.h"

/* Nothing that a key could be. */
#define PAGES_KEY_UNKNOWN UINT64_MAX

/* Newest single pages that are remembered: see is_duplicate(). */
#define PAGES_RECENT 4096

/**
 * struct pages_recent - a page that was given out as a single one
 * @pfn: its frame number
 * @pid: thread that asked for it
 */
struct pages_recent {
	uint64_t pfn;
	uint32_t pid;
};

/**
 * struct memmon_pages - what is known of pages
 * @parts: turns processes into numbers
 * @names: of rows and processes
 * @rows: by number, from @row_map; sorted when all is known
 * @row_keys: what they stand for
 * @troubles: of processes, by number, from @trouble_map
 * @trouble_keys: their parts
 * @broken: from @broken_map
 */
struct memmon_pages {
	struct memmon_reader *reader;
	const struct memmon_machine *machine;
	enum memmon_pages_key key;
	struct report_parts parts;
	struct memmon_intern names;
	struct memmon_pages_row *rows;
	uint64_t *row_keys;
	size_t nr_rows;
	size_t room_rows;
	size_t room_row_keys;
	struct report_map row_map;
	struct memmon_pages_trouble *troubles;
	uint64_t *trouble_keys;
	size_t nr_troubles;
	size_t room_troubles;
	size_t room_trouble_keys;
	struct report_map trouble_map;
	struct memmon_pages_broken *broken;
	size_t nr_broken;
	size_t room_broken;
	struct report_map broken_map;
	struct memmon_pages_total total;
	struct pages_recent recent[PAGES_RECENT];
};

/* The row of a key, made when it is the first time; NULL without memory. */
struct memmon_pages_row *pages_row(struct memmon_pages *pages, uint64_t key);

/* The key of what an event asked for, but for cgroup, site and use. Return: 0 or -ENOMEM. */
int pages_event_key(struct memmon_pages *pages, const struct memmon_event *event, uint64_t *ret);

/* The number of the process of an event, or of the interrupt. Return: 0 or -ENOMEM. */
int pages_process(struct memmon_pages *pages, const struct memmon_record *record, uint64_t *ret);

/* Names of what a key or a migratetype is; NULL without memory. */
const char *pages_key_name(struct memmon_pages *pages, uint64_t key);
const char *pages_process_name(struct memmon_pages *pages, uint64_t process);
const char *pages_type_name(struct memmon_pages *pages, uint32_t migratetype);

/* Adds what is held to the rows; names those that only a snapshot can name. Return: 0 or -ENOMEM. */
int pages_add_held(struct memmon_pages *pages, const struct memmon_snapshot *snapshot);

/**
 * pages_site() - who asked the page allocator
 * @frames: call stack, innermost first
 *
 * Return: the first address outside the page allocator's own functions, or the last one that there is.
 */
uint64_t pages_site(const struct memmon_snapshot *snapshot, const uint64_t *frames, size_t nr);

/* Does a text like "alloc_pages_noprof+0x3c" name one of the page allocator's own functions? */
bool pages_is_wrapper(const char *text);

#endif
