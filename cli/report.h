/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon report: its columns, the order of its rows, and the two ways of showing them. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "memmon/report.h"

/* ---- columns (report_columns.c) ---- */

enum report_unit {
	REPORT_COUNT,
	REPORT_BYTES,
	REPORT_NS,
	REPORT_PER_SECOND,
};

/* What must be known of a recording for a column to mean anything. */
enum report_need {
	REPORT_NEEDS_NOTHING,
	REPORT_NEEDS_TAKEN,
	REPORT_NEEDS_FREES,
	REPORT_NEEDS_LIFETIMES, /* frees, and one of them in the row */
};

/**
 * struct report_column - a column
 * @name: in JSON and on the command line
 * @title: of the table
 * @is_sum: the values of several rows can be added
 */
struct report_column {
	const char *name;
	const char *title;
	enum report_unit unit;
	enum report_need need;
	bool is_sum;
	uint64_t (*value)(const struct memmon_sums *sums);
};

/* All of them; the last one has no name. */
extern const struct report_column report_columns[];

/* As long as report_columns, with its end. */
#define REPORT_MAX_COLUMNS 24

/**
 * report_column_find() - by name; "bytes_", "_bytes" and "_ns" may be left out
 *
 * Return: the column, or NULL.
 */
const struct report_column *report_column_find(const char *name, size_t len);

/**
 * struct report_view - a report and how it is to be shown
 * @recording: its folder
 * @loss: of the recording
 * @columns: of the table, ends with NULL
 * @sort: the rows with most of it come first
 * @top: so many rows of each section; 0 for all
 * @value: of folded stacks
 * @is_chosen: a filter chose the requests
 */
struct report_view {
	struct memmon_report *report;
	struct memmon_reader *reader;
	const char *recording;
	struct memmon_report_options options;
	struct memmon_loss loss;
	const struct report_column *columns[REPORT_MAX_COLUMNS];
	const struct report_column *sort;
	const struct report_column *value;
	unsigned int top;
	bool is_chosen;
};

/* Length of the window in seconds. */
double report_seconds(const struct report_view *view);

/**
 * report_is_known() - does a column mean anything for these sums?
 */
bool report_is_known(const struct report_view *view, enum memmon_section section,
		     const struct memmon_sums *sums, const struct report_column *column);

/* The value as a table shows it; "-" when it is not known. */
void report_cell(const struct report_view *view, enum memmon_section section,
		 const struct memmon_sums *sums, const struct report_column *column, char *text,
		 size_t size);

/* The value as a JSON number, or null. */
json_t *report_number(const struct report_view *view, enum memmon_section section,
		      const struct memmon_sums *sums, const struct report_column *column);

/* ---- the order of rows (report_order.c) ---- */

/**
 * struct report_order - the rows of a section, those with most first
 * @rows: their numbers, @nr_shown of @nr
 * @rest: what the others add up to; peaks and lifetimes cannot be added and are 0
 */
struct report_order {
	size_t *rows;
	size_t nr;
	size_t nr_shown;
	struct memmon_sums rest;
};

/* Return: 0 or -ENOMEM. */
int report_order_make(const struct report_view *view, enum memmon_section section,
		      struct report_order *ret);
void report_order_drop(struct report_order *order);

/* ---- what the user says (report_words.c) ---- */

/**
 * report_open() - open a recording
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int report_open(const char *dir, struct memmon_reader **ret);

/**
 * report_check_stacks() - make sure that events name call stacks
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int report_check_stacks(const char *dir, const struct memmon_reader *reader);

bool report_has_key(const struct memmon_report_options *options, enum memmon_key key);

/**
 * report_time_parse() - "1.5,2s", "200ms,", ",3": seconds from the start unless they say otherwise
 *
 * Return: 0, or -EINVAL when it makes no sense.
 */
int report_time_parse(const char *text, uint64_t *from_ns, uint64_t *until_ns);

/**
 * report_keys_parse() - "cache,process"
 *
 * Return: CMD_GO_ON or CMD_USAGE, after a message.
 */
int report_keys_parse(const char *text, struct memmon_report_options *options);

/**
 * report_columns_parse() - names separated by commas, or "all"
 *
 * Return: CMD_GO_ON or CMD_USAGE, after a message.
 */
int report_columns_parse(const char *text, const struct report_column **columns);

/**
 * report_sort_parse() - one name
 *
 * Return: CMD_GO_ON or CMD_USAGE, after a message.
 */
int report_sort_parse(const char *text, const struct report_column **ret);

/* ---- showing (report_text.c, report_json.c, report_folded.c) ---- */

#define REPORT_NAME_BYTES 512

/* All return 0 or -ENOMEM. */
int report_text(const struct report_view *view, FILE *out);
int report_json(const struct report_view *view, FILE *out);
int report_folded(const struct report_view *view, FILE *out);

#endif
