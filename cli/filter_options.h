/* SPDX-License-Identifier: GPL-2.0 */
/* The options that say which events are meant: the same ones for sessions and for recordings. */
#ifndef FILTER_OPTIONS_H
#define FILTER_OPTIONS_H

#include <stdbool.h>

#include "cmd.h"
#include "memmon/filter.h"
#include "memmon/session.h"

/**
 * struct filter_options - what the user said; part of a command's settings, all NULL at first
 * @classes: event classes
 */
struct filter_options {
	struct memmon_filter_words words;
	const char *classes;
};

#define FILTER_OPTION(settings, part, long_name, what, text)                           \
	{                                                                              \
		.name = #long_name, .type = CMD_TEXT, .value = (what), .help = (text), \
		.offset = offsetof(settings, part),                                    \
	}

/* Rows of a command's table of options; @part is the struct filter_options in its struct @settings. */
#define FILTER_OPTIONS(settings, part)                                                \
	FILTER_OPTION(settings, part.classes, classes, "LIST",                        \
		      "event classes, or slab, page, alloc, free, hook"),             \
		FILTER_OPTION(settings, part.words.pid, pid, "PID",                   \
			      "thread PID, or all threads of process PID"),           \
		FILTER_OPTION(settings, part.words.tgid, tgid, "PID", "process PID"), \
		FILTER_OPTION(settings, part.words.comm, comm, "PATTERN",             \
			      "threads of these names, like 'kworker*,sh'"),          \
		FILTER_OPTION(settings, part.words.cgroup, cgroup, "PATH",            \
			      "this cgroup and those below it"),                      \
		FILTER_OPTION(settings, part.words.cache, cache, "PATTERN",           \
			      "these slab caches, like 'kmalloc-*,dentry'"),          \
		FILTER_OPTION(settings, part.words.bytes, bytes, "RANGE",             \
			      "sizes asked for: 64, 1K-4K or 8M-"),                   \
		FILTER_OPTION(settings, part.words.order, order, "LIST",              \
			      "pages of these orders: 3 or 2-10"),                    \
		FILTER_OPTION(settings, part.words.node, node, "LIST",                \
			      "memory on these NUMA nodes"),                          \
		FILTER_OPTION(settings, part.words.gfp, gfp, "FLAGS",                 \
			      "requests with these flags: 'GFP_ATOMIC|!__GFP_ZERO'"), \
		FILTER_OPTION(settings, part.words.site, site, "LIST",                \
			      "calls from these functions or [modules]"),             \
		FILTER_OPTION(settings, part.words.context, context, "LIST",          \
			      "task, softirq, hardirq, nmi"),                         \
		FILTER_OPTION(settings, part.words.sample, sample, "N",               \
			      "the objects at one address in N")

/**
 * filter_options_apply() - put what the user said into the options of a new session
 * @said: what the user said
 * @session: open, not yet set up
 * @options: gets classes and filter; its source counts. memmon_filter_release() it when set up.
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int filter_options_apply(const struct filter_options *said, struct memmon_session *session,
			 struct memmon_options *options);

struct filter_view;

/**
 * filter_view_create() - make ready to ask whether an event of a recording is meant
 * @said: what the user said; must outlive the view
 * @reader: of the recording; must outlive the view
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int filter_view_create(const struct filter_options *said, struct memmon_reader *reader,
		       struct filter_view **ret);
void filter_view_destroy(struct filter_view *view);

/**
 * filter_view_wants() - is an event meant?
 */
bool filter_view_wants(const struct filter_view *view, const struct memmon_record *record);

/**
 * filter_view_is_open() - is every event meant?
 */
bool filter_view_is_open(const struct filter_view *view);

#endif
