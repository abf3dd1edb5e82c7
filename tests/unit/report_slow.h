/* SPDX-License-Identifier: GPL-2.0 */
/* Aggregation as one would explain it: slow, and easy to see that it is right. */
#ifndef REPORT_SLOW_H
#define REPORT_SLOW_H

#include "memmon/report.h"

#define SLOW_NAME_BYTES 320

/**
 * struct slow_row - a row
 * @lifetimes: of every object that was freed, ns
 */
struct slow_row {
	enum memmon_section section;
	char name[SLOW_NAME_BYTES];
	struct memmon_sums sums;
	uint64_t *lifetimes;
	size_t nr_lifetimes;
};

/**
 * struct slow_object - one that was allocated
 * @bytes: that are left of it
 * @page_bytes: of a page, for blocks
 */
struct slow_object {
	bool is_live;
	bool is_counted;
	enum memmon_section section;
	size_t row;
	uint64_t key;
	uint64_t pages;
	uint64_t bytes;
	uint64_t time;
	uint32_t cpu;
};

struct slow_report {
	struct memmon_report_options options;
	const struct memmon_machine *machine;
	struct slow_row *rows;
	size_t nr_rows;
	struct slow_object *objects;
	size_t nr_objects;
	bool *is_page_freed; /* by object * 64 + page in it */
	struct memmon_sums total[MEMMON_NR_SECTIONS];
};

void slow_report_init(struct slow_report *slow, const struct memmon_report_options *options,
		      const struct memmon_machine *machine, size_t max_objects);
void slow_report_exit(struct slow_report *slow);
void slow_report_add(struct slow_report *slow, const struct memmon_event *event);

/* NULL when there is none. */
const struct slow_row *slow_report_find(const struct slow_report *slow, enum memmon_section section,
					const char *name);

/* The smallest lifetime that at least a share of all do not exceed; sorts them. */
uint64_t slow_row_quantile(const struct slow_row *row, double share);

#endif
