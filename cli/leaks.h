/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon leaks: what the user says, and the two ways of showing what was found. */
#ifndef LEAKS_H
#define LEAKS_H

#include <stdbool.h>
#include <stdio.h>

#include "memmon/leaks.h"

/**
 * struct leaks_view - what is shown, and how
 * @options: of the observation
 * @leaks: it
 * @snapshot: the last one; only while it is shown
 * @recording: its folder, or NULL
 * @top: so many rows of each section; 0 for all
 * @shows_all: also rows that are no suspects
 * @has_stacks: call stacks were asked for
 * @is_json: JSON instead of text
 * @is_last: nothing follows
 */
struct leaks_view {
	struct memmon_leaks_options options;
	struct memmon_leaks *leaks;
	const struct memmon_snapshot *snapshot;
	const char *recording;
	unsigned int top;
	bool shows_all;
	bool has_stacks;
	bool is_json;
	bool is_last;
};

/* Is a row shown? Return: whether it is a suspect of which something can be told, or all are shown. */
bool leaks_is_shown(const struct leaks_view *view, const struct memmon_leak *leak);

/* How many rows have a verdict, or a reason, in both sections. */
size_t leaks_count(const struct leaks_view *view, enum memmon_leak_verdict verdict);
size_t leaks_count_reason(const struct leaks_view *view, enum memmon_leak_reason reason);

/* ---- what the user says (leaks_words.c) ---- */

/**
 * leaks_age_parse() - "10", "10s", "500ms", "2m", "1.5h": seconds unless it says otherwise
 *
 * Return: 0, or -EINVAL when it makes no sense.
 */
int leaks_age_parse(const char *text, uint64_t *ret_ns);

/**
 * leaks_keys_parse() - "module,process"
 *
 * Return: CMD_GO_ON or CMD_USAGE, after a message.
 */
int leaks_keys_parse(const char *text, struct memmon_leaks_options *options);

/**
 * leaks_fail_on_parse() - "leak" or "likely"
 * @ret: the least verdict that is a failure
 *
 * Return: CMD_GO_ON or CMD_USAGE, after a message.
 */
int leaks_fail_on_parse(const char *text, enum memmon_leak_verdict *ret);

/* ---- showing (leaks_text.c, leaks_row.c, leaks_json.c) ---- */

#define LEAKS_NAME_BYTES 512

/* Prints text in lines of at most 80 columns, each with @indent blanks before it. */
void leaks_wrap(const char *text, int indent, FILE *out);

/* "0 B", "8.0 KiB" */
struct ui_text leaks_bytes(double bytes);

/* The head of the rows, and one of them with what explains it. */
void leaks_print_head(const struct leaks_view *view, FILE *out);
void leaks_print_row(const struct leaks_view *view, const struct memmon_leak *leak, FILE *out);

/* Both return 0 or -ENOMEM. */
int leaks_text(const struct leaks_view *view, FILE *out);
int leaks_json(const struct leaks_view *view, FILE *out);

#endif
