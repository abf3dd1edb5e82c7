/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon diff: what each side has, how the two are joined, and how that is shown. */
#ifndef DIFF_H
#define DIFF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "memmon/report.h"

enum diff_metric {
	DIFF_REQUESTS,
	DIFF_BYTES_TAKEN,
	DIFF_OUTSTANDING_BYTES,
	DIFF_OUTSTANDING_OBJECTS,
	DIFF_NR_METRICS
};

#define DIFF_NAME_BYTES 512

/* ---- one side (diff_side.c, diff_stat.c) ---- */

/**
 * struct diff_entry - a cache or call site, by a name that other kernels give it too
 * @name: function and module, but no offset; keys that are combined are separated by tabs
 * @detail: with offset, or NULL when several rows have become one
 * @values: by enum diff_metric; what is outstanding may have shrunk
 */
struct diff_entry {
	enum memmon_section section;
	char *name;
	char *detail;
	int64_t values[DIFF_NR_METRICS];
};

/**
 * struct diff_side - what A or B adds up to, under one key
 * @path: as the user gave it
 * @is_known: whether a metric of a section is
 * @is_bound: what is outstanding is only an upper bound
 * @entries: sorted by section and name, each once
 * @has_loss: @loss is known: it is of recordings
 */
struct diff_side {
	const char *path;
	char kernel[65];
	double seconds;
	bool is_known[MEMMON_NR_SECTIONS][DIFF_NR_METRICS];
	bool is_bound[MEMMON_NR_SECTIONS];
	struct diff_entry *entries;
	size_t nr_entries;
	size_t room;
	bool has_loss;
	struct memmon_loss loss;
};

/**
 * diff_side_read() - read a recording, or a result of `memmon stat --json`
 * @options: the keys
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int diff_side_read(const char *path, const struct memmon_report_options *options,
		   struct diff_side *side);
void diff_side_drop(struct diff_side *side);

/* Adds an entry. Return: 0 or -ENOMEM. */
int diff_side_add(struct diff_side *side, enum memmon_section section, const char *name,
		  const char *detail, const int64_t *values);

/* Reads a result of `memmon stat --json`. Return: as diff_side_read(). */
int diff_stat_read(const char *path, const struct memmon_report_options *options,
		   struct diff_side *side);

/* ---- both sides (diff_join.c) ---- */

/**
 * struct diff_row - a name on both sides
 * @a: NULL when it is new
 * @b: NULL when it is gone
 */
struct diff_row {
	const struct diff_entry *a;
	const struct diff_entry *b;
};

/**
 * struct diff - the comparison under one key
 * @is_rate: requests and bytes taken are compared per second, since the sides lasted differently
 * @rows: that changed, the greatest change first, by section
 * @nr_same: rows that did not change, by section
 */
struct diff {
	struct memmon_report_options options;
	struct diff_side a;
	struct diff_side b;
	bool is_rate;
	enum diff_metric sort[MEMMON_NR_SECTIONS];
	struct diff_row *rows[MEMMON_NR_SECTIONS];
	size_t nr_rows[MEMMON_NR_SECTIONS];
	size_t nr_same[MEMMON_NR_SECTIONS];
};

/**
 * diff_join() - join the two sides, which have been read
 * @sort: enum diff_metric to sort by, or DIFF_NR_METRICS for the first one that is known
 *
 * Return: 0 or -ENOMEM.
 */
int diff_join(struct diff *diff, enum diff_metric sort);
void diff_drop(struct diff *diff);

/* Known on both sides? */
bool diff_is_known(const struct diff *diff, enum memmon_section section, enum diff_metric metric);

/* What is compared: the value, or how much of it came in a second. */
double diff_value(const struct diff *diff, const struct diff_side *side,
		  const struct diff_entry *entry, enum diff_metric metric);

/* B against A in percent: INFINITY when it was 0 before, 0 when nothing changed. */
double diff_percent(double a, double b);

/* The name to show: with the offset if both sides have the same one. */
const char *diff_name(const struct diff_row *row);

/* ---- showing (diff_text.c, diff_json.c) ---- */

/**
 * struct diff_view - all comparisons and how they are to be shown
 * @top: so many rows of each section; 0 for all
 */
struct diff_view {
	const struct diff *diffs;
	size_t nr_diffs;
	unsigned int top;
};

const char *diff_metric_name(enum diff_metric metric);

/* Both return 0 or -ENOMEM. */
int diff_text(const struct diff_view *view, FILE *out);
int diff_json(const struct diff_view *view, FILE *out);

#endif
