/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens now: requests, frees and what is held, added up by cache, call site, process, cgroup, order
 * or stack, interval by interval. From the totals of a live session, which the kernel adds up, or from the
 * events of a recording, by the time at which they happened. Part of libmemmon; see memmon.h for its rules.
 *
 * Slab objects and pages are kept apart, as in a report: see memmon/report.h.
 */
#ifndef MEMMON_TOTALS_H
#define MEMMON_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"
#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What rows may be made of: the first of enum memmon_total_key. */
#define MEMMON_TOTALS_NR_KEYS (MEMMON_TOTAL_ORDER + 1)

/* The keys that the totals of a session must have; MEMMON_TOTAL_STACK beside them if it takes stacks. */
#define MEMMON_TOTALS_KEYS                                                              \
	(1U << MEMMON_TOTAL_CACHE | 1U << MEMMON_TOTAL_SITE | 1U << MEMMON_TOTAL_TGID | \
	 1U << MEMMON_TOTAL_CGROUP | 1U << MEMMON_TOTAL_ORDER | 1U << MEMMON_TOTAL_CONTEXT)

/* How many of the last intervals a row remembers. */
#define MEMMON_TOTALS_HISTORY 60

/* So many conditions at once may say what a view is of: one for each key. */
#define MEMMON_TOTALS_MAX_WHERE MEMMON_TOTALS_NR_KEYS

/**
 * struct memmon_totals_sums - what was added up
 * @requests: also those that failed
 * @frees: made here, whoever had asked for the memory
 * @bytes_requested: as asked for by @requests
 * @bytes_taken: by @requests, with rounding
 * @bytes_freed: by @frees, as far as they say it
 * @died: of @requests, those that hold nothing any more; only if what is held is known
 * @died_bytes: of @bytes_taken, the same
 */
struct memmon_totals_sums {
	uint64_t requests;
	uint64_t frees;
	uint64_t bytes_requested;
	uint64_t bytes_taken;
	uint64_t bytes_freed;
	uint64_t died;
	uint64_t died_bytes;
};

/**
 * struct memmon_totals_row - a cache, a call site, ...
 * @part: what it is, as a number; see memmon_totals_view_name()
 * @total: since the beginning
 * @last: in the last interval
 * @base: what @total was at the last memmon_totals_restart(); 0 before
 * @rates: requests per second in each of the last intervals; that of interval i is at i % MEMMON_TOTALS_HISTORY
 * @live_bytes: held at the end of each
 */
struct memmon_totals_row {
	uint64_t part;
	struct memmon_totals_sums total;
	struct memmon_totals_sums last;
	struct memmon_totals_sums base;
	uint64_t rates[MEMMON_TOTALS_HISTORY];
	uint64_t live_bytes[MEMMON_TOTALS_HISTORY];
};

/* What is held of what was asked for. A moment's view may be off by what is being done at that moment. */
uint64_t memmon_totals_live(const struct memmon_totals_sums *sums);
uint64_t memmon_totals_live_bytes(const struct memmon_totals_sums *sums);

/**
 * struct memmon_totals_books - what a view must say about itself
 * @seen: events
 * @filtered: of these, what was not wanted
 * @counted: of these, what is in the rows, or is neither a request nor a free
 * @in_flight: of these, what was on its way; seen = filtered + counted + in_flight
 * @other: of @counted, what found no row of its own, and is in the row "(other)"
 * @lost: events that should have been seen and were not
 * @untracked: requests whose memory is not known to be held, for lack of room in the ledger
 * @elapsed_ns: since the beginning
 * @interval_ns: length of the last interval
 * @places: rows that each CPU has room for; 0 for a recording
 * @used: of these, on the CPU that uses most
 * @turns: how often the rows were emptied to make room; nothing is lost by that
 * @missing_classes: mask of 1 << enum memmon_class: asked for, but not seen on this kernel
 * @sample_one_in: of the filter; 0 without
 * @has_live: what is held is known
 * @is_unfinished: a recording without an end: nobody knows what it lacks
 */
struct memmon_totals_books {
	uint64_t seen;
	uint64_t filtered;
	uint64_t counted;
	uint64_t in_flight;
	uint64_t other;
	uint64_t lost;
	uint64_t untracked;
	uint64_t elapsed_ns;
	uint64_t interval_ns;
	uint64_t places;
	uint64_t used;
	uint64_t turns;
	uint32_t missing_classes;
	uint32_t sample_one_in;
	bool has_live;
	bool is_unfinished;
};

struct memmon_totals;
struct memmon_totals_view;

/**
 * memmon_totals_open_session() - the totals of a live session
 * @session: set up with MEMMON_OPTION_TOTALS and MEMMON_TOTALS_KEYS; must outlive the totals
 * @ret: the totals, when the call succeeds
 *
 * Return: 0; -EINVAL if the session's keys are others; another negative errno.
 */
int memmon_totals_open_session(struct memmon_session *session, struct memmon_totals **ret);

/**
 * memmon_totals_open_recording() - the same from the events of a recording
 * @reader: of the recording, nothing taken from it yet; must outlive the totals
 * @is_wanted: says whether an event counts; NULL for all
 * @arg: for @is_wanted
 * @ret: the totals, when the call succeeds
 *
 * Return: 0; -EOPNOTSUPP for a recording of calls (source kprobe); another negative errno.
 */
int memmon_totals_open_recording(struct memmon_reader *reader,
				 bool (*is_wanted)(void *arg, const struct memmon_event *event),
				 void *arg, struct memmon_totals **ret);

/* Its views go with it. */
void memmon_totals_close(struct memmon_totals *totals);

/**
 * memmon_totals_look() - end an interval of a live session
 *
 * Rows that fill the kernel's table are fetched, and the table emptied, before anything goes to its row
 * "(other)", if looks come often enough.
 *
 * Return: 0 or a negative errno; afterwards the totals can only be closed.
 */
int memmon_totals_look(struct memmon_totals *totals);

/**
 * memmon_totals_until() - end an interval of a recording
 * @until_ns: since the session began, not before that of the last call; UINT64_MAX for the end
 *
 * Return: 1 if events follow, 0 at the end, or a negative errno.
 */
int memmon_totals_until(struct memmon_totals *totals, uint64_t until_ns);

/* Growth is counted from here on. */
void memmon_totals_restart(struct memmon_totals *totals);

const struct memmon_totals_books *memmon_totals_books(const struct memmon_totals *totals);

/* How many intervals have ended. */
uint64_t memmon_totals_intervals(const struct memmon_totals *totals);

/**
 * struct memmon_totals_where - a condition
 * @key: what is to be ...
 * @part: ... this: struct memmon_totals_row.part of a row of that key
 */
struct memmon_totals_where {
	enum memmon_total_key key;
	uint64_t part;
};

/**
 * memmon_totals_view_open() - rows by a key
 * @section: objects or pages
 * @key: what a row is; below MEMMON_TOTALS_NR_KEYS
 * @where: what it is of, all of these
 * @nr_where: up to MEMMON_TOTALS_MAX_WHERE; 0 for all there is
 * @ret: the view, when the call succeeds
 *
 * It follows the totals from look to look. Its rows remember the last interval, and those that end from now on.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int memmon_totals_view_open(struct memmon_totals *totals, enum memmon_section section,
			    enum memmon_total_key key, const struct memmon_totals_where *where,
			    unsigned int nr_where, struct memmon_totals_view **ret);
void memmon_totals_view_close(struct memmon_totals_view *view);

size_t memmon_totals_view_count(const struct memmon_totals_view *view);

/* A row keeps its number; the pointer is valid until the next look. */
const struct memmon_totals_row *memmon_totals_view_at(const struct memmon_totals_view *view,
						      size_t i);

/* All rows together. */
const struct memmon_totals_row *memmon_totals_view_sum(const struct memmon_totals_view *view);

/**
 * memmon_totals_view_name() - what a row is called
 *
 * A cache by its name, a call site as "function+0x1c [module]", a process as "comm (pid)", a stack as its
 * functions, the innermost first. What happened in interrupts is not put down to the process that was
 * interrupted: its rows are called "(softirq)" and the like.
 *
 * Return: the name, as long as the totals; NULL without memory.
 */
const char *memmon_totals_view_name(struct memmon_totals_view *view, size_t i);

/* "cache", "site", ...; NULL behind the last one. */
const char *memmon_totals_key_name(unsigned int key);

/* The key of that name. Return: 0 or -ENOENT. */
int memmon_totals_key_find(const char *name, enum memmon_total_key *ret);

#ifdef __cplusplus
}
#endif

#endif
