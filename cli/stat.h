/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon stat: the child that runs, what the module saw of it, and the report. */
#ifndef STAT_H
#define STAT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "memmon.h"
#include "module.h"

/* ---- the child (stat_child.c) ---- */

/**
 * stat_child_start() - run a command; signals that it must see are held back for us
 * @argv: the command and its arguments
 * @pid: the running command
 *
 * Return: 0 or a negative errno; -ENOENT when there is no such command.
 */
int stat_child_start(char **argv, pid_t *pid);

/**
 * stat_child_watch() - take looks until the command ends
 * @pid: from stat_child_start()
 * @interval_ms: time between looks
 * @look: takes one look; returns 0 or a negative errno, then no more looks are taken
 * @arg: for @look
 * @status: exit code to pass on: the command's own, or 128 + signal
 *
 * Signals that would end memmon go to the command instead, once.
 *
 * Return: 0 or the first negative errno.
 */
int stat_child_watch(pid_t pid, unsigned int interval_ms, int (*look)(void *arg), void *arg,
		     int *status);

/* ---- the module's view (stat_module.c) ---- */

struct stat_module;

/**
 * stat_module_open() - get ready to ask the module
 *
 * Return: the handle, or NULL when the module is not there or does not answer.
 */
struct stat_module *stat_module_open(void);
void stat_module_close(struct stat_module *module);

/**
 * stat_module_begin() - the experiment begins now
 *
 * Return: 0 or a negative errno, after a message.
 */
int stat_module_begin(struct stat_module *module);

/**
 * stat_module_end() - the experiment has ended; how much the log holds of it is found out
 *
 * Return: 0 or a negative errno, after a message.
 */
int stat_module_end(struct stat_module *module);

/**
 * stat_module_count() - give each cache the number of its requests, if the log knows exactly
 * @module: the handle; NULL when there is no module
 * @experiment: where the numbers go
 *
 * Return: NULL when all is counted, or why not.
 */
const char *stat_module_count(struct stat_module *module, struct memmon_experiment *experiment);

/* What was added to the module's books, and its last status. */
struct memmon_books stat_module_books(const struct stat_module *module);
const struct memmon_status *stat_module_status(const struct stat_module *module);

/**
 * stat_module_seen() - events of one class that came during the experiment
 * @key: "seen.CLASS", a key of stat_module_status()
 */
uint64_t stat_module_seen(const struct stat_module *module, const char *key);

/* ---- the report (stat_report.c) ---- */

struct stat_report {
	struct memmon_experiment *experiment;
	size_t nr_rows;
	size_t nr_samples;
	size_t nr_skipped; /* lines of slabinfo, over all looks */
	unsigned int interval_ms;
	double seconds;
	char **command;
	int exit_code;
	const struct stat_module *module; /* NULL when there is none */
	const char *not_counted; /* NULL when requests are exact */
};

/* Both return 0 or -ENOMEM. */
int stat_report_text(const struct stat_report *report, FILE *out);
int stat_report_json(const struct stat_report *report, FILE *out);

#endif
