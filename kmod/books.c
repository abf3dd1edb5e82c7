// SPDX-License-Identifier: GPL-2.0
/* Adds up the books of all CPUs, each at a moment when they balance. */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/processor.h>
#include <linux/string.h>

#include "books.h"
#include "ring.h"

const char *const memmon_class_names[MEMMON_NR_CLASSES] = {
#define CLASS_NAME(id, name) name,
	MEMMON_CLASSES(CLASS_NAME)
#undef CLASS_NAME
};

const char *const memmon_filter_names[MEMMON_NR_FILTER_REASONS] = {
#define FILTER_NAME(id, name) name,
	MEMMON_FILTER_REASONS(FILTER_NAME)
#undef FILTER_NAME
};

const char *const memmon_drop_names[MEMMON_NR_DROP_REASONS] = {
#define DROP_NAME(id, name) name,
	MEMMON_DROP_REASONS(DROP_NAME)
#undef DROP_NAME
};

/* Tries to find one CPU's books at rest. A writer takes well under a microsecond. */
#define BALANCE_TRIES 1000

/* One CPU's books as they were read, not yet checked. */
struct cpu_books {
	struct memmon_counts counts;
	u64 reserved;
};

/*
 * Copies the books of @ring in the order opposite to that in which a writer changes them (seen first,
 * then filtered, dropped or reserved), so that seen is never short of the rest.
 */
static void copy_books(const struct memmon_ring *ring, struct cpu_books *copy)
{
	const struct memmon_books *books = &ring->books;
	int i;

	copy->reserved = local64_read(&ring->reserved);
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		copy->counts.filtered[i] = local64_read(&books->filtered[i]);
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		copy->counts.dropped[i] = local64_read(&books->dropped[i]);
	smp_rmb(); /* pairs with the order of single-instruction updates on the owning CPU */
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		copy->counts.seen[i] = local64_read(&books->seen[i]);
}

/* How many events @copy shows as seen but neither filtered, dropped nor reserved. */
static u64 count_in_flight(const struct cpu_books *copy)
{
	u64 done = memmon_books_sum(copy->counts.filtered, MEMMON_NR_FILTER_REASONS) +
		   memmon_books_sum(copy->counts.dropped, MEMMON_NR_DROP_REASONS) +
		   copy->reserved / MEMMON_RECORD_BYTES;

	return memmon_books_sum(copy->counts.seen, MEMMON_NR_CLASSES) - done;
}

static void read_cpu(const struct memmon_ring *ring, struct cpu_books *copy)
{
	int tries;

	for (tries = 0; tries < BALANCE_TRIES; tries++) {
		copy_books(ring, copy);
		if (!count_in_flight(copy))
			return;
		cpu_relax();
	}
}

static void add_cpu(struct memmon_balance *balance, const struct memmon_ring *ring,
		    unsigned int set)
{
	struct cpu_books copy;
	int i;

	read_cpu(ring, &copy);
	balance->in_flight += count_in_flight(&copy);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		balance->counts.seen[i] += copy.counts.seen[i];
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		balance->counts.filtered[i] += copy.counts.filtered[i];
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		balance->counts.dropped[i] += copy.counts.dropped[i];
	balance->recorded[set] += copy.reserved / MEMMON_RECORD_BYTES;
	balance->overwritten[set] +=
		memmon_ring_oldest(copy.reserved, ring->mask) / MEMMON_RECORD_BYTES;
}

/**
 * memmon_books_add - add the books of all CPUs to a balance
 * @balance: zero, or what other rings of the same session have added
 * @rings: whose books
 * @set: which of the session's sets of rings they are
 *
 * Each CPU is read at an instant when its own books balance; if none is found, because the CPU was
 * stopped inside a probe, what is missing is said in @in_flight.
 *
 * Context: any; takes no lock.
 */
void memmon_books_add(struct memmon_balance *balance, const struct memmon_rings *rings,
		      unsigned int set)
{
	int cpu;

	for_each_possible_cpu(cpu)
		add_cpu(balance, per_cpu_ptr(rings->cpu, cpu), set);
}
