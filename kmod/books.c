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

	copy->reserved = local64_read(&ring->reserved);
	memmon_books_copy(copy->counts.filtered, books->filtered, MEMMON_NR_FILTER_REASONS);
	memmon_books_copy(copy->counts.dropped, books->dropped, MEMMON_NR_DROP_REASONS);
	smp_rmb(); /* pairs with the order of single-instruction updates on the owning CPU */
	memmon_books_copy(copy->counts.seen, books->seen, MEMMON_NR_CLASSES);
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

	for (tries = 0; tries < MEMMON_BOOKS_TRIES; tries++) {
		copy_books(ring, copy);
		if (!count_in_flight(copy))
			return;
		cpu_relax();
	}
}

static void add_cpu(struct memmon_balance *balance, const struct memmon_ring *ring,
		    unsigned int set)
{
	struct memmon_counts *counts = &balance->counts;
	struct cpu_books copy;

	read_cpu(ring, &copy);
	balance->in_flight += count_in_flight(&copy);
	memmon_books_add_to(counts->seen, copy.counts.seen, MEMMON_NR_CLASSES);
	memmon_books_add_to(counts->filtered, copy.counts.filtered, MEMMON_NR_FILTER_REASONS);
	memmon_books_add_to(counts->dropped, copy.counts.dropped, MEMMON_NR_DROP_REASONS);
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
