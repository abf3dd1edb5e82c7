/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the totals share. */
#ifndef MEMMON_TOTALS_INTERNAL_H
#define MEMMON_TOTALS_INTERNAL_H

#include "intern.h"
#include "memmon/totals.h"
#include "report_parts.h"

/* Of any key: the row of all that found none of its own. */
#define TOTALS_PART_OTHER (UINT64_MAX - 2)
/* Of a process or cgroup: an interrupt, by enum memmon_context; ids of cgroups may be longer than 32 bits. */
#define TOTALS_PART_CONTEXT (1ULL << 62)

#define TOTALS_NAME_BYTES 1024

/**
 * struct totals_key - what tells cells from each other
 * @parts: by enum memmon_total_key; of the kinds that report_parts.h describes, but for processes and cgroups
 */
struct totals_key {
	uint64_t parts[MEMMON_TOTALS_NR_KEYS];
	enum memmon_section section;
};

/**
 * struct totals_cell - the smallest thing that is added up; rows of views are made of them
 * @base: @sums at the last memmon_totals_restart()
 * @last: what was added in interval @last_in, which counts from 1; 0 for none
 */
struct totals_cell {
	struct totals_key key;
	struct memmon_totals_sums sums;
	struct memmon_totals_sums base;
	struct memmon_totals_sums last;
	uint64_t last_in;
};

/* Adds sums up. */
void totals_sums_add(struct memmon_totals_sums *sums, const struct memmon_totals_sums *more);

/**
 * struct totals_row - a row of a view
 * @name: NULL until somebody asks
 */
struct totals_row {
	struct memmon_totals_row row;
	const char *name;
};

/**
 * struct memmon_totals_view - rows by a key
 * @of_part: place of each part's row
 * @row_of: place of the row of each cell, of @nr_cells that were looked at; REPORT_MAP_NONE if it is in none
 */
struct memmon_totals_view {
	struct memmon_totals_view *next;
	struct memmon_totals *totals;
	enum memmon_section section;
	enum memmon_total_key key;
	struct memmon_totals_where where[MEMMON_TOTALS_MAX_WHERE];
	unsigned int nr_where;
	struct totals_row *rows;
	size_t nr;
	size_t room;
	struct report_map of_part;
	uint32_t *row_of;
	size_t nr_cells;
	size_t room_cells;
	struct memmon_totals_row sum;
};

/**
 * struct totals_ops - what differs between a session and a recording
 * @name: prints what is not the same for both: caches, cgroups and stacks
 */
struct totals_ops {
	void (*close)(struct memmon_totals *totals);
	struct memmon_symbols *(*symbols)(struct memmon_totals *totals);
	void (*name)(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part,
		     char *text, size_t size);
};

/**
 * struct memmon_totals - what was added up so far
 * @source: of @ops
 * @of_key: place of a cell, by the hash of its key
 * @texts: names of rows and processes
 * @of_tgid: place of the name of a process in @comms
 * @nr_intervals: that have ended
 */
struct memmon_totals {
	const struct totals_ops *ops;
	void *source;
	struct totals_cell *cells;
	size_t nr_cells;
	size_t room_cells;
	struct report_map of_key;
	struct memmon_totals_view *views;
	struct memmon_totals_books books;
	struct memmon_intern texts;
	struct report_map of_tgid;
	const char **comms;
	size_t nr_comms;
	size_t room_comms;
	uint64_t nr_intervals;
};

/* Totals without a source. Return: NULL without memory. */
struct memmon_totals *totals_create(void);

/* Does an event of this class ask for memory, or give some back? */
bool totals_class_counts(uint32_t event_class);

/* Where what happens of this class belongs. */
enum memmon_section totals_section(uint32_t event_class);

/* The place of a cell, a new one if need be. Return: 0 or -ENOMEM. */
int totals_cell(struct memmon_totals *totals, const struct totals_key *key, uint32_t *ret);

/* Keeps the name of a thread for the process, if there is none yet. Return: 0 or -ENOMEM. */
int totals_keep_comm(struct memmon_totals *totals, uint32_t tgid, const char *comm);

/* An interval: it begins, takes in what has happened, and ends once the books say how long it was. */
void totals_begin(struct memmon_totals *totals);
int totals_add(struct memmon_totals *totals, uint32_t cell, const struct memmon_totals_sums *more);
void totals_end(struct memmon_totals *totals);

/* ---- views (totals_view.c) ---- */

void totals_view_begin(struct memmon_totals_view *view);

/* Return: 0 or -ENOMEM. */
int totals_view_add(struct memmon_totals_view *view, uint32_t cell,
		    const struct memmon_totals_sums *more);
void totals_view_end(struct memmon_totals_view *view, unsigned int slot);

/* ---- names (totals_names.c) ---- */

/* Prints what a part is called. */
void totals_name(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part, char *text,
		 size_t size);

/* What is not the id of a cache, or of one that is not known. */
void totals_name_cache(const struct memmon_cache *cache, uint64_t part, char *text, size_t size);

/* "kmem_cache_alloc+0x12 < getname_flags+0x4f < ...", or the id of a stack without frames or symbols. */
void totals_name_stack(struct memmon_symbols *symbols, uint32_t id, const uint64_t *frames,
		       size_t nr_frames, char *text, size_t size);

#endif
