/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of a report share. */
#ifndef MEMMON_REPORT_INTERNAL_H
#define MEMMON_REPORT_INTERNAL_H

#include "memmon/report.h"
#include "report_histogram.h"
#include "report_live.h"
#include "report_parts.h"

/* Events that report_aggregate() takes at a time: their slots in the live table fit the first cache. */
#define REPORT_BATCH 64

/**
 * struct report_row - what counts for one row
 * @sums: all but the lifetimes, which memmon_report_finish() works out
 * @lifetime_min: ticks; UINT64_MAX without frees
 * @lifetimes: ticks
 */
struct report_row {
	struct memmon_sums sums;
	uint64_t lifetime_min;
	struct histogram lifetimes;
};

/**
 * struct report_section - the slab objects, or the pages
 * @frees: what the session let through of the frees
 * @rows: by number
 * @parts: of each row, as many as there are keys
 * @map: from the part, or the hash of several, to the row
 * @live: what is allocated
 * @live_of_order: how many blocks of pages of each order are in @live, pieces included
 * @total: all rows together
 */
struct report_section {
	enum memmon_frees frees;
	struct report_row *rows;
	uint64_t *parts;
	size_t nr_rows;
	size_t room_rows;
	size_t room_parts;
	struct report_map map;
	struct live_table live;
	uint64_t live_of_order[1 << MEMMON_PAGE_ORDER_BITS];
	struct memmon_sums total;
};

/**
 * struct report_ended - an object that was freed, and whose lifetime has yet to be counted
 */
struct report_ended {
	struct report_section *section;
	uint64_t lifetime;
	uint32_t row;
};

/**
 * struct memmon_report - a report
 * @from: first tick of the window
 * @until: the tick behind it
 * @last: tick of the newest event in the window
 * @events: in the window
 * @ended: of the batch: counters of lifetimes are spread over much memory, so that they are fetched
 *	   faster in a row than each when it is its turn
 * @has_ended: an event behind the window was seen
 * @has_areas: requests for vmalloc or per-CPU memory were counted
 */
struct memmon_report {
	struct memmon_report_options options;
	struct memmon_reader *reader;
	const struct memmon_machine *machine;
	struct report_parts parts;
	struct report_section sections[MEMMON_NR_SECTIONS];
	uint64_t from;
	uint64_t until;
	uint64_t last;
	uint64_t events;
	struct report_ended ended[REPORT_BATCH];
	unsigned int nr_ended;
	bool has_ended;
	bool has_areas;
};

/* What the session let through of the frees of a section. */
enum memmon_frees report_frees_known(const struct memmon_options *options,
				     enum memmon_section section);

/**
 * report_frees_unseen() - hooks of frees of slab objects that the session did not record
 * @machine: whose kernel may have no such path
 * @not_attached: mask of classes that were asked for in vain
 *
 * Return: mask of 1 << enum memmon_class.
 */
uint32_t report_frees_unseen(const struct memmon_options *options,
			     const struct memmon_machine *machine, uint32_t not_attached);

/* The row that an event counts for. Return: 0 or -ENOMEM. */
int report_row_find(struct memmon_report *report, struct report_section *section,
		    const struct memmon_event *event, uint32_t *ret);

/* Takes up to REPORT_BATCH events in the window into account. Return: 0 or -ENOMEM. */
int report_aggregate(struct memmon_report *report, const struct memmon_event *events,
		     unsigned int nr);

#endif
