/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon stat: settings, runs, what the module counted of them, and the report. */
#ifndef STAT_H
#define STAT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "cmd.h"
#include "memmon.h"
#include "memmon/reader.h"
#include "module.h"
#include "stat_condition.h"

/**
 * struct stat_settings - what the command line says
 * @noise_s: length of the idle time; negative: as long as a run
 * @conditions: @fail_if as understood
 */
struct stat_settings {
	unsigned int interval_ms;
	unsigned int settle_ms;
	unsigned int repeat;
	unsigned int nr_sites;
	double noise_s;
	const char *caches;
	const char *also;
	const char *output;
	bool no_noise;
	bool only_command;
	bool is_strict;
	bool has_stacks;
	bool show_all;
	bool is_json;
	struct cmd_list fail_if;
	struct stat_condition conditions[CMD_LIST_MAX];
	char **command;
};

/* ---- the child, and time that passes (stat_child.c) ---- */

/**
 * struct stat_watcher - what is done while time passes
 * @interval_ms: time between looks
 * @look: takes one look; NULL for none
 * @drain: takes what can be read from @fd
 * @fd: -1 for none
 *
 * Both return 0 or a negative errno, after which they are not called again.
 */
struct stat_watcher {
	unsigned int interval_ms;
	int (*look)(void *arg);
	int (*drain)(void *arg);
	int fd;
	void *arg;
};

/**
 * stat_child_start() - run a command; signals that it must see are held back for us
 * @argv: the command and its arguments
 * @pid: the running command
 *
 * Return: 0 or a negative errno; -ENOENT when there is no such command.
 */
int stat_child_start(char **argv, pid_t *pid);

/**
 * stat_child_watch() - watch until the command ends
 * @pid: from stat_child_start()
 * @watcher: what to do meanwhile
 * @status: exit code to pass on: the command's own, or 128 + signal
 * @is_interrupted: set when a signal came that would have ended memmon
 *
 * Signals that would end memmon go to the command instead, once.
 *
 * Return: 0 or the first negative errno.
 */
int stat_child_watch(pid_t pid, const struct stat_watcher *watcher, int *status,
		     bool *is_interrupted);

/**
 * stat_idle_watch() - watch while nothing is run
 * @seconds: how long, unless a signal comes that would end memmon
 *
 * Return: 0 or the first negative errno.
 */
int stat_idle_watch(double seconds, const struct stat_watcher *watcher, bool *is_interrupted);

double stat_now_seconds(void);

/* ---- looks at the slab caches (stat_looks.c) ---- */

/**
 * struct stat_looks - all that they need, made before the first one: watching must not disturb
 * @nr_samples: looks during runs
 * @nr_idle: looks while nothing was run
 * @nr_skipped: lines of slabinfo that make no sense, over all looks
 */
struct stat_looks {
	struct memmon_file *file;
	struct memmon_slabinfo *info;
	struct memmon_experiment *experiment;
	size_t nr_samples;
	size_t nr_idle;
	size_t nr_skipped;
};

/* Return: an exit code, after a message when it is not CMD_OK. */
int stat_looks_open(struct stat_looks *looks);
void stat_looks_close(struct stat_looks *looks);

/* Return: 0 or a negative errno, after a message. */
int stat_looks_take(struct stat_looks *looks, enum memmon_phase phase);

/* ---- a session of the device during each run (stat_session.c) ---- */

struct stat_session;
struct stat_cgroup;
struct stat_sites;

/**
 * stat_session_create() - get ready to count by sessions
 * @cgroup: count what is done in it; NULL: all that the system does
 * @has_stacks: take call stacks, and count by them as well
 * @ret: the handle, when the call succeeds
 *
 * Return: 0, or a negative errno as of memmon_session_open().
 */
int stat_session_create(const struct stat_cgroup *cgroup, bool has_stacks,
			struct stat_session **ret);
void stat_session_destroy(struct stat_session *session);

/* A run begins now. Return: 0 or a negative errno. */
int stat_session_begin(struct stat_session *session);

/* For a struct stat_watcher: what to poll, and how to take what is there. */
int stat_session_fd(const struct stat_session *session);
int stat_session_drain(struct stat_session *session);

/* The run has ended; each cache gets its counts. Return: 0 or a negative errno. */
int stat_session_end(struct stat_session *session, struct memmon_experiment *experiment);

/* Over all runs: the books, events by class, and call sites. */
const struct memmon_loss *stat_session_loss(const struct stat_session *session);
uint64_t stat_session_seen(const struct stat_session *session, unsigned int event_class);
struct stat_sites *stat_session_sites(struct stat_session *session);

/* Call stacks as if they were sites, their frames separated by newlines, innermost first; NULL if none are taken. */
struct stat_sites *stat_session_stacks(struct stat_session *session);

/* Mask of 1 << enum memmon_class: not to be had on this kernel. */
uint32_t stat_session_missing(const struct stat_session *session);

/* Whether some frees were not seen, so that what is outstanding is an upper bound. */
bool stat_session_lacks_frees(const struct stat_session *session);

/* ---- call sites (stat_sites.c) ---- */

/**
 * struct stat_site - what was asked for by one call, of one cache
 * @name: function and offset, and module
 * @function: the same without the offset: the same after other boots
 * @total: of all runs
 */
struct stat_site {
	char *name;
	char *function;
	char *cache;
	struct memmon_counts total;
};

struct stat_sites *stat_sites_create(void);
void stat_sites_destroy(struct stat_sites *sites);

/* Return: 0 or -ENOMEM. */
int stat_sites_add(struct stat_sites *sites, const struct stat_site *site);

/* Adds up what was added for one site and cache, and puts the most bytes taken first. */
void stat_sites_sort(struct stat_sites *sites);
size_t stat_sites_count(const struct stat_sites *sites);
const struct stat_site *stat_sites_at(const struct stat_sites *sites, size_t i);

/* ---- a cgroup for the command (stat_cgroup.c) ---- */

/**
 * stat_cgroup_create() - make a cgroup below our own
 *
 * Return: CMD_OK or another exit code, after a message.
 */
int stat_cgroup_create(struct stat_cgroup **ret);

/* Removes it too; says so when somebody is still in it. */
void stat_cgroup_destroy(struct stat_cgroup *cgroup);
int stat_cgroup_fd(const struct stat_cgroup *cgroup);

/* What is started between the two begins in the cgroup. Return: 0 or a negative errno. */
int stat_cgroup_enter(const struct stat_cgroup *cgroup);
int stat_cgroup_leave(const struct stat_cgroup *cgroup);

/* ---- the log of a module without sessions (stat_module.c) ---- */

struct stat_module;

/**
 * stat_module_open() - get ready to ask the module
 *
 * Return: the handle, or NULL when the module is not there or does not answer.
 */
struct stat_module *stat_module_open(void);
void stat_module_close(struct stat_module *module);

/**
 * stat_module_begin() - a run begins now
 *
 * Return: 0 or a negative errno, after a message.
 */
int stat_module_begin(struct stat_module *module);

/**
 * stat_module_end() - the run has ended; how much the log holds of it is found out
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

/* What was added to the module's books in all runs, and its last status. */
struct memmon_books stat_module_books(const struct stat_module *module);
const struct memmon_status *stat_module_status(const struct stat_module *module);

/**
 * stat_module_seen() - events of one class that came during the runs
 * @line: a line of stat_module_status(), "seen.CLASS"
 */
uint64_t stat_module_seen(const struct stat_module *module, size_t line);

/* ---- the runs (stat_runs.c) ---- */

/**
 * struct stat_result - what the runs have brought
 * @seconds: how long they took, without settling
 * @exit_code: of the last run
 * @is_interrupted: a signal came that would have ended memmon
 * @session: NULL when there is none
 * @no_session: why; NULL when there is one
 * @module: NULL when there is a session, or no module
 * @not_counted: why requests are not exact, in the first run where it was so; NULL when they are
 * @idle_seconds: how long the noise was measured
 * @no_noise: why it was not; NULL when it was
 */
struct stat_result {
	struct stat_looks looks;
	struct memmon_spread seconds;
	int exit_code;
	bool is_interrupted;
	struct stat_cgroup *cgroup;
	struct stat_session *session;
	const char *no_session;
	struct stat_module *module;
	const char *not_counted;
	double idle_seconds;
	const char *no_noise;
};

/**
 * stat_runs_open() - get everything ready that the runs need
 *
 * Return: CMD_OK or another exit code, after a message.
 */
int stat_runs_open(const struct stat_settings *settings, struct stat_result *result);
void stat_runs_close(struct stat_result *result);

/**
 * stat_runs_make() - run the command as often as asked for, up to its first failure
 *
 * Return: CMD_OK when all looks were taken, or another exit code, after a message.
 */
int stat_runs_make(const struct stat_settings *settings, struct stat_result *result);

/* ---- the verdict on --fail-if (stat_verdict.c) ---- */

/**
 * stat_verdict_parse() - understand the conditions; those that cannot be checked are refused
 *
 * Return: CMD_GO_ON, or CMD_USAGE after a message.
 */
int stat_verdict_parse(struct stat_settings *settings);

/**
 * stat_verdict_say() - one line for each condition that is violated or cannot be checked
 *
 * Return: CMD_OK, CMD_FAILED when one is violated or not known, CMD_USAGE when one is about no cache.
 */
int stat_verdict_say(const struct stat_settings *settings, const struct stat_result *result);

/* The conditions and who violates them, or NULL without memory. */
json_t *stat_verdict_json(const struct stat_settings *settings, const struct stat_result *result);

/* ---- the report (stat_report.c, stat_json.c) ---- */

/* Both return 0 or -ENOMEM. */
int stat_report_text(const struct stat_settings *settings, const struct stat_result *result,
		     FILE *out);
int stat_report_json(const struct stat_settings *settings, const struct stat_result *result,
		     FILE *out);

#endif
