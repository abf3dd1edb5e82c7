/* SPDX-License-Identifier: GPL-2.0 */
/* How the commands that show what is held come to a snapshot: live, beside a command, or from a recording. */
#ifndef LEDGER_H
#define LEDGER_H

#include <jansson.h>
#include <stdio.h>

#include "filter_options.h"
#include "memmon/snapshot.h"

/**
 * struct ledger_options - where the snapshots come from; part of a command's settings
 * @filter: whose births count
 * @input: a recording instead of the running kernel, or NULL
 * @objects: places for objects, like "1M"; NULL for the default
 * @pages: places for blocks of pages
 * @seconds: how long to look on if there is no command; 0 for 10
 * @interval: seconds between two looks; 0 for a tenth of the time, or where the end is not known (a command, a
 *	      recording) of the time so far, at least 0.1: the books of a snapshot say when it was taken
 * @has_stacks: take a call stack at each birth
 */
struct ledger_options {
	struct filter_options filter;
	const char *input;
	const char *objects;
	const char *pages;
	double seconds;
	double interval;
	bool has_stacks;
};

/* Rows of a command's table of options; @part is the struct ledger_options in its struct @settings. */
#define LEDGER_OPTIONS(settings, part)                                         \
	FILTER_OPTIONS(settings, part.filter),                                 \
		{                                                              \
			.letter = 'i',                                         \
			.name = "input",                                       \
			.type = CMD_TEXT,                                      \
			.value = "DIR",                                        \
			.help = "a recording instead of the running kernel",   \
			.offset = offsetof(settings, part.input),              \
		},                                                             \
		{                                                              \
			.name = "objects",                                     \
			.type = CMD_TEXT,                                      \
			.value = "N",                                          \
			.help = "room for so many live objects, like 1M",      \
			.offset = offsetof(settings, part.objects),            \
		},                                                             \
		{                                                              \
			.name = "pages",                                       \
			.type = CMD_TEXT,                                      \
			.value = "N",                                          \
			.help = "room for so many live blocks of pages",       \
			.offset = offsetof(settings, part.pages),              \
		},                                                             \
		{                                                              \
			.letter = 'd',                                         \
			.name = "duration",                                    \
			.type = CMD_SECONDS,                                   \
			.value = "SEC",                                        \
			.help = "how long to look on, without a command",      \
			.offset = offsetof(settings, part.seconds),            \
			.max = 1000000,                                        \
		},                                                             \
		{                                                              \
			.name = "interval",                                    \
			.type = CMD_SECONDS,                                   \
			.value = "SEC",                                        \
			.help = "time between two looks",                      \
			.offset = offsetof(settings, part.interval),           \
			.max = 1000000,                                        \
		},                                                             \
	{                                                                      \
		.name = "stacks", .type = CMD_FLAG,                            \
		.help = "take the call stack of each birth, which costs time", \
		.offset = offsetof(settings, part.has_stacks),                 \
	}

/* Rows that all these commands have: how much is shown, and what a lack of it means. */
#define LEDGER_VIEW_OPTIONS(settings, top_help)                           \
	{ .letter = 'n',                                                  \
	  .name = "top",                                                  \
	  .type = CMD_NUMBER,                                             \
	  .value = "N",                                                   \
	  .help = (top_help),                                             \
	  .offset = offsetof(settings, top),                              \
	  .max = 1000000000 },                                            \
		{ .letter = 'j',                                          \
		  .name = "json",                                         \
		  .type = CMD_FLAG,                                       \
		  .help = "print JSON",                                   \
		  .offset = offsetof(settings, is_json) },                \
	{                                                                 \
		.name = "strict", .type = CMD_FLAG,                       \
		.help = "exit with 4 if anything is not tracked or lost", \
		.offset = offsetof(settings, is_strict)                   \
	}

/**
 * struct ledger_watcher - who is shown the snapshots
 * @look: called at each look, the last one at the end; may keep nothing of @snapshot. Returns 0 to go on, 1 to
 *	  end here, or a negative errno.
 * @begin: for views that need the events, too: called once, before the first look, with the reader they come
 *	   from, which lives until the last look is over; else NULL
 * @take: called with the events that the user wants; all of them come before the last look
 * @arg: for all of them
 *
 * The first look is right at the beginning, when nothing is held yet. @begin and @take return 0 or a negative
 * errno.
 */
struct ledger_watcher {
	int (*look)(const struct memmon_snapshot *snapshot, bool is_last, void *arg);
	int (*begin)(struct memmon_reader *reader, void *arg);
	int (*take)(const struct memmon_event *events, unsigned int nr, void *arg);
	void *arg;
};

/**
 * ledger_watch() - have snapshots looked at until the time is over, the command ends, a signal comes
 * @said: what the user said
 * @command: argv of a command to run meanwhile, ends with NULL; or NULL. It is waited for.
 * @classes: mask of 1 << enum memmon_class that the view needs; 0 for all
 * @watcher: who looks
 * @command_status: set to the command's exit status, or 0
 *
 * SIGINT and SIGTERM end it with a last look, and go to the command too.
 *
 * Return: CMD_OK, or the exit code to end with, after a message.
 */
int ledger_watch(const struct ledger_options *said, char **command, uint32_t classes,
		 const struct ledger_watcher *watcher, int *command_status);

/**
 * ledger_print_loss() - the line that every view of a ledger ends with: what was seen and not tracked
 *
 * Says: tracked, untracked, older or unknown, lost, not seen on this kernel, sampled 1 in N.
 */
void ledger_print_loss(const struct memmon_snapshot_books *books, FILE *out);
bool ledger_is_incomplete(const struct memmon_snapshot_books *books);

/* The same as an object, or NULL without memory. */
json_t *ledger_loss_json(const struct memmon_snapshot_books *books);

#endif
