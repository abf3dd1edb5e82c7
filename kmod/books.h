/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The books: every event that a probe saw is recorded, filtered or dropped, each for one reason.
 *
 *	seen = recorded + filtered + dropped + in_flight
 *
 * Recorded is what the rings reserved and filtered is counted here, both apart from seen, so that the
 * equation is a check and not a definition.
 */
#ifndef MEMMON_BOOKS_H
#define MEMMON_BOOKS_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/* (constant suffix, name in the status file): why a session did not want an event */
#define MEMMON_FILTER_REASONS(X)  \
	X(PID, "pid")             \
	X(COMM, "comm")           \
	X(CACHE, "cache")         \
	X(MIN_BYTES, "min_bytes") \
	X(NULL, "null")           \
	X(DUPLICATE, "duplicate") \
	X(SELF, "self")

enum memmon_filter_reason {
#define MEMMON_FILTER_ENUM(id, name) MEMMON_FILTERED_##id,
	MEMMON_FILTER_REASONS(MEMMON_FILTER_ENUM)
#undef MEMMON_FILTER_ENUM
	MEMMON_NR_FILTER_REASONS
};

/* Per CPU, written by that CPU alone with single instructions; see ring.h. */
struct memmon_books {
	u64 seen[MEMMON_NR_CLASSES];
	u64 filtered[MEMMON_NR_FILTER_REASONS];
	u64 dropped_nested;
};

/**
 * struct memmon_balance - the books of all CPUs, added up
 * @seen: events per class that entered a probe; does not hold @kprobe_missed
 * @filtered: events per reason
 * @recorded: records written, by enum memmon_ring_kind
 * @overwritten: of @recorded, those no longer kept
 * @no_ring: events of CPUs that had no ring for lack of memory
 * @nested: events of interrupts that came round the whole ring to a record still being written
 * @kprobe_missed: events that the kernel's kprobes did not deliver, because another kprobe was running
 * @in_flight: events that were being written while the books were read
 */
struct memmon_balance {
	u64 seen[MEMMON_NR_CLASSES];
	u64 filtered[MEMMON_NR_FILTER_REASONS];
	u64 recorded[2];
	u64 overwritten[2];
	u64 no_ring;
	u64 nested;
	u64 kprobe_missed;
	u64 in_flight;
};

extern const char *const memmon_class_names[MEMMON_NR_CLASSES];
extern const char *const memmon_filter_names[MEMMON_NR_FILTER_REASONS];

/* The sum of @nr counters of a copy that nobody writes to. */
static inline u64 memmon_books_sum(const u64 *counts, int nr)
{
	u64 total = 0;

	while (nr--)
		total += counts[nr];
	return total;
}

void memmon_books_balance(struct memmon_balance *balance);

#endif /* MEMMON_BOOKS_H */
