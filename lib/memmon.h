/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The public interface of libmemmon: what user space can know about mem_monitor and the slab caches.
 *
 * Handles are opaque. Functions that can fail return 0 or a negative errno; the library never
 * prints, never exits and keeps no global state, so different threads may use different handles.
 * Strings and rows that a handle gives out live as long as the handle and its content.
 */
#ifndef MEMMON_H
#define MEMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memmon/filter.h"
#include "memmon/leaks.h"
#include "memmon/pages.h"
#include "memmon/reader.h"
#include "memmon/recording.h"
#include "memmon/report.h"
#include "memmon/session.h"
#include "memmon/slabs.h"
#include "memmon/snapshot.h"
#include "memmon/symbols.h"
#include "memmon/totals.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMMON_STATUS_PATH "/proc/mem_monitor_status"
#define MEMMON_LOG_PATH "/proc/mem_monitor"
#define MEMMON_SLABINFO_PATH "/proc/slabinfo"

/**
 * memmon_version() - version of the library, like "0.1.0"
 */
const char *memmon_version(void);

/* ---- a file that is read whole, again and again (file.c) ---- */

struct memmon_file;

/**
 * memmon_file_open() - open a /proc file for repeated reading
 * @path: the file
 * @ret: the handle, when the call succeeds
 *
 * Return: 0, or a negative errno (-ENOENT, -EACCES, ...).
 */
int memmon_file_open(const char *path, struct memmon_file **ret);
void memmon_file_close(struct memmon_file *file);

/**
 * memmon_file_read() - read the whole file from its start
 * @file: an open file
 * @text: its content, valid until the next read or close
 * @len: the number of bytes
 *
 * The descriptor and the buffer are kept between calls, so that repeated reading makes the kernel
 * allocate nothing: the watcher stays out of what it watches.
 *
 * Return: 0, or a negative errno.
 */
int memmon_file_read(struct memmon_file *file, const char **text, size_t *len);

/* ---- /proc/mem_monitor_status (status.c) ---- */

struct memmon_status;

/**
 * memmon_status_parse() - turn `key value` lines into an ordered table
 * @text: the lines
 * @len: number of bytes
 * @ret: the table, when the call succeeds
 *
 * Return: 0, -EBADMSG when there is not one line, or -ENOMEM.
 */
int memmon_status_parse(const char *text, size_t len, struct memmon_status **ret);
void memmon_status_destroy(struct memmon_status *status);

size_t memmon_status_count(const struct memmon_status *status);
const char *memmon_status_key(const struct memmon_status *status, size_t i);
const char *memmon_status_value(const struct memmon_status *status, size_t i);

/**
 * memmon_status_find() - value of the first line with this key, or NULL
 */
const char *memmon_status_find(const struct memmon_status *status, const char *key);

/**
 * memmon_status_number() - a value as a number
 * @status: the table
 * @key: which line
 * @ret: the number; untouched when the call fails
 *
 * Return: 0, -ENOENT when there is no such key, -EINVAL when its value is no number.
 */
int memmon_status_number(const struct memmon_status *status, const char *key, uint64_t *ret);

/* ---- the module's books (books.c) ---- */

/**
 * struct memmon_books - how many events came, and what became of them
 */
struct memmon_books {
	uint64_t seen;
	uint64_t recorded;
	uint64_t requests; /* of those recorded */
	uint64_t frees; /* of those recorded */
	uint64_t filtered;
	uint64_t dropped;
	uint64_t in_flight;
	uint64_t overwritten_requests;
	uint64_t overwritten_frees;
};

/**
 * memmon_books_read() - take the books from a status
 *
 * Return: 0, or -EBADMSG when a number is missing.
 */
int memmon_books_read(const struct memmon_status *status, struct memmon_books *ret);

/**
 * memmon_books_subtract() - what was added between two looks; in_flight is the later one's
 */
struct memmon_books memmon_books_subtract(const struct memmon_books *later,
					  const struct memmon_books *earlier);

/**
 * memmon_books_balance() - seen = recorded + filtered + dropped + in flight?
 */
bool memmon_books_balance(const struct memmon_books *books);

/* ---- /proc/slabinfo (slabinfo.c) ---- */

/**
 * struct memmon_slabinfo_row - one slab cache as /proc/slabinfo shows it
 */
struct memmon_slabinfo_row {
	const char *name;
	uint64_t active_objs;
	uint64_t num_objs;
	uint64_t objsize_bytes;
	uint64_t objs_per_slab;
	uint64_t pages_per_slab;
};

struct memmon_slabinfo;

int memmon_slabinfo_create(struct memmon_slabinfo **ret);
void memmon_slabinfo_destroy(struct memmon_slabinfo *info);

/**
 * memmon_slabinfo_parse() - fill the table from the text of /proc/slabinfo, version 2.x
 * @info: the table; what it held before is gone
 * @text: the file's content
 * @len: number of bytes
 *
 * Lines that make no sense are counted (memmon_slabinfo_skipped()) and left out.
 *
 * Return: 0, -EBADMSG when the text is no slabinfo at all, or -ENOMEM.
 */
int memmon_slabinfo_parse(struct memmon_slabinfo *info, const char *text, size_t len);

size_t memmon_slabinfo_count(const struct memmon_slabinfo *info);
size_t memmon_slabinfo_skipped(const struct memmon_slabinfo *info);
const struct memmon_slabinfo_row *memmon_slabinfo_at(const struct memmon_slabinfo *info, size_t i);

/* ---- /proc/mem_monitor, the log of requests (log.c) ---- */

/**
 * struct memmon_request - one line of the log
 * @cache: NULL unless the line names a slab cache
 */
struct memmon_request {
	const char *label;
	const char *comm;
	const char *cache;
	uint32_t pid;
	uint64_t bytes;
};

struct memmon_log;

/**
 * memmon_log_parse() - turn the text of /proc/mem_monitor into requests, oldest first
 * @text: the file's content
 * @len: number of bytes
 * @ret: the requests, when the call succeeds
 *
 * Return: 0, -EBADMSG when a line is no request, or -ENOMEM.
 */
int memmon_log_parse(const char *text, size_t len, struct memmon_log **ret);
void memmon_log_destroy(struct memmon_log *log);

size_t memmon_log_count(const struct memmon_log *log);
const struct memmon_request *memmon_log_at(const struct memmon_log *log, size_t i);

/* ---- numbers of several runs (spread.c) ---- */

/**
 * struct memmon_spread - how the numbers of several runs are spread; all zero for none
 * @squares: sum of the squared distances from the mean
 */
struct memmon_spread {
	uint64_t nr;
	double mean;
	double squares;
	double min;
	double max;
};

void memmon_spread_add(struct memmon_spread *spread, double number);

/**
 * memmon_spread_deviation() - standard deviation of the sample; 0 for less than two numbers
 */
double memmon_spread_deviation(const struct memmon_spread *spread);

/* ---- an experiment: slab caches before, during and after (experiment.c) ---- */

/* MEMMON_IDLE comes after all runs: looks while nothing is run, of which the first is what they start from. */
enum memmon_phase {
	MEMMON_BEFORE,
	MEMMON_DURING,
	MEMMON_AFTER,
	MEMMON_IDLE,
};

#define MEMMON_RUN_PHASES 3

/**
 * struct memmon_counts - what the module counted
 * @requests: also those that failed, when it is known that they did
 * @bytes_requested: as asked for
 * @bytes_taken: with rounding
 * @frees: of objects requested in the same run
 * @outstanding_objects: requested in a run and not freed in it
 * @outstanding_bytes: taken by them
 */
struct memmon_counts {
	uint64_t requests;
	uint64_t failed;
	uint64_t bytes_requested;
	uint64_t bytes_taken;
	uint64_t frees;
	uint64_t outstanding_objects;
	uint64_t outstanding_bytes;
};

void memmon_counts_add(struct memmon_counts *counts, const struct memmon_counts *more);

/**
 * struct memmon_row - what one slab cache did
 * @before: active objects before the last run
 * @during: the most active objects that any sample showed while it ran
 * @after: active objects after it
 * @phases: these three over all runs that have ended, by enum memmon_phase
 * @growth: in percent, over the runs before which there was an object
 * @noise: how far active objects moved away, up or down, from what they were when the idle time began
 * @counts: of the last run
 * @total: of all runs that have ended
 * @has_requests: whether the requests in @counts and @total are exact, in all runs
 * @has_counts: whether the rest of @counts and @total is, too
 */
struct memmon_row {
	const char *name;
	uint64_t before;
	uint64_t during;
	uint64_t after;
	struct memmon_spread phases[MEMMON_RUN_PHASES];
	struct memmon_spread growth;
	uint64_t noise;
	struct memmon_counts counts;
	struct memmon_counts total;
	bool has_requests;
	bool has_counts;
};

struct memmon_experiment;

int memmon_experiment_create(struct memmon_experiment **ret);
void memmon_experiment_destroy(struct memmon_experiment *experiment);

/**
 * memmon_experiment_add() - take one look at the slab caches into account
 * @experiment: the experiment
 * @phase: when the look was taken; any number of looks may be MEMMON_DURING or MEMMON_IDLE
 * @info: the look
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_experiment_add(struct memmon_experiment *experiment, enum memmon_phase phase,
			  const struct memmon_slabinfo *info);

/**
 * memmon_experiment_end_run() - all looks and counts of a run are there; another one may begin
 */
void memmon_experiment_end_run(struct memmon_experiment *experiment);

/* How many runs have ended. */
uint64_t memmon_experiment_runs(const struct memmon_experiment *experiment);

/**
 * memmon_experiment_count_requests() - give each cache the number of its requests from the log
 * @experiment: the experiment, all looks of the run taken
 * @log: the log
 * @first: index of the first request that belongs to the run
 * @nr: how many belong to it
 *
 * A kmem_cache_alloc line names its cache. A kmalloc line counts for the cache kmalloc-N with the
 * smallest N that holds its bytes, whichever family (kmalloc-cg-N, kmalloc-rnd-*-N, ...) served it:
 * the log does not tell families apart, so rows of the other families get no count. A cache that no
 * look has seen gets a row of its own.
 *
 * Return: 0, -EINVAL when the log has no such lines, or -ENOMEM.
 */
int memmon_experiment_count_requests(struct memmon_experiment *experiment,
				     const struct memmon_log *log, size_t first, size_t nr);

/**
 * memmon_experiment_begin_counts() - the counts of the run are complete when they have been added
 *
 * A cache to which nothing is added had no request.
 */
void memmon_experiment_begin_counts(struct memmon_experiment *experiment);

/**
 * memmon_experiment_add_counts() - add to what a cache has in this run
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_experiment_add_counts(struct memmon_experiment *experiment, const char *cache,
				 const struct memmon_counts *counts);

/**
 * memmon_experiment_select() - choose and sort the rows to show
 * @experiment: the experiment
 * @only: globs on the cache name separated by commas, or NULL for every cache
 * @also: globs of caches to choose although their three numbers are the same, or NULL
 * @nr: the number of rows, for memmon_experiment_at()
 *
 * Highest growth first: caches that had no object before, then by percent; ties by objects gained,
 * then by name.
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_experiment_select(struct memmon_experiment *experiment, const char *only,
			     const char *also, size_t *nr);
const struct memmon_row *memmon_experiment_at(const struct memmon_experiment *experiment, size_t i);

/**
 * memmon_row_level() - active objects in a phase: the mean of the runs
 * @phase: one of those of a run
 */
double memmon_row_level(const struct memmon_row *row, enum memmon_phase phase);

/**
 * memmon_row_gain() - objects during the runs against before, the mean
 */
double memmon_row_gain(const struct memmon_row *row);

/**
 * memmon_row_leak() - objects after the runs against before, the mean
 */
double memmon_row_leak(const struct memmon_row *row);

/**
 * memmon_row_growth() - during against before in percent, of the means
 *
 * Return: the percentage, or INFINITY when there was no object before and some during.
 */
double memmon_row_growth(const struct memmon_row *row);

/**
 * memmon_row_is_noise() - did the cache move no further than without the runs?
 */
bool memmon_row_is_noise(const struct memmon_row *row);

/**
 * memmon_pattern_match() - does a name match one of several globs separated by commas?
 */
bool memmon_pattern_match(const char *patterns, const char *name);

#ifdef __cplusplus
}
#endif

#endif
