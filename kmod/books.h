/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The books of a session: every event that it saw is recorded, filtered or dropped, each for one reason.
 *
 *	seen = recorded + filtered + dropped + in_flight
 *
 * Recorded is what the rings reserved, filtered and dropped are counted here, all apart from seen, so
 * that the equation is a check and not a definition.
 */
#ifndef MEMMON_BOOKS_H
#define MEMMON_BOOKS_H

#include <linux/types.h>

#include <asm/local64.h>

#include <uapi/mem_monitor.h>

/**
 * struct memmon_books - one ring's counters
 * @seen: by enum memmon_class
 * @filtered: by enum memmon_filter_reason
 * @dropped: by enum memmon_drop_reason
 *
 * Written by the owning CPU alone with single instructions; see ring.h.
 */
struct memmon_books {
	local64_t seen[MEMMON_NR_CLASSES];
	local64_t filtered[MEMMON_NR_FILTER_REASONS];
	local64_t dropped[MEMMON_NR_DROP_REASONS];
};

/* Adds one. Context: any, on the owning CPU with preemption off. */
static __always_inline void memmon_books_inc(local64_t *counter)
{
	local64_inc(counter);
}

/**
 * struct memmon_counts - a copy of such counters, or the sum of several
 */
struct memmon_counts {
	u64 seen[MEMMON_NR_CLASSES];
	u64 filtered[MEMMON_NR_FILTER_REASONS];
	u64 dropped[MEMMON_NR_DROP_REASONS];
};

/* Sets of rings that a session has at most. */
#define MEMMON_BOOKS_RINGS 2

/**
 * struct memmon_balance - the books of all CPUs, added up
 * @counts: of all CPUs; KPROBE_MISSED, which is part of no seen, is for the caller to set
 * @recorded: records written, by set of rings (enum memmon_session_rings)
 * @overwritten: of @recorded, those no longer kept
 * @in_flight: events that were being written while the books were read
 */
struct memmon_balance {
	struct memmon_counts counts;
	u64 recorded[MEMMON_BOOKS_RINGS];
	u64 overwritten[MEMMON_BOOKS_RINGS];
	u64 in_flight;
};

extern const char *const memmon_class_names[MEMMON_NR_CLASSES];
extern const char *const memmon_filter_names[MEMMON_NR_FILTER_REASONS];
extern const char *const memmon_drop_names[MEMMON_NR_DROP_REASONS];

struct memmon_rings;

/* The sum of @nr counters of a copy that nobody writes to. */
static inline u64 memmon_books_sum(const u64 *counts, int nr)
{
	u64 total = 0;

	while (nr--)
		total += counts[nr];
	return total;
}

/* Tries to find one CPU's books at rest. A probe takes well under a microsecond. */
#define MEMMON_BOOKS_TRIES 1000

/* Copies @nr counters that a CPU writes. */
static inline void memmon_books_copy(u64 *to, const local64_t *from, int nr)
{
	while (nr--)
		to[nr] = local64_read(&from[nr]);
}

/* Adds @nr counters of a copy to others. */
static inline void memmon_books_add_to(u64 *to, const u64 *from, int nr)
{
	while (nr--)
		to[nr] += from[nr];
}

void memmon_books_add(struct memmon_balance *balance, const struct memmon_rings *rings,
		      unsigned int set);

#endif /* MEMMON_BOOKS_H */
