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

/* Tries to find one CPU's books at rest. A writer takes well under a microsecond. */
#define BALANCE_TRIES 1000

/* One CPU's books as they were read, not yet checked. */
struct cpu_books {
	struct memmon_books books;
	u64 reserved[MEMMON_NR_RINGS];
};

/*
 * Copies the books of @c in the order opposite to that in which a writer changes them (seen first,
 * then filtered or reserved), so that seen is never short of the rest.
 */
static void copy_books(const struct memmon_cpu *c, struct cpu_books *copy)
{
	int i;

	for (i = 0; i < MEMMON_NR_RINGS; i++)
		copy->reserved[i] = READ_ONCE(c->ring[i].reserved);
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		copy->books.filtered[i] = READ_ONCE(c->books.filtered[i]);
	copy->books.dropped_nested = READ_ONCE(c->books.dropped_nested);
	smp_rmb(); /* pairs with the order of single-instruction updates on the owning CPU */
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		copy->books.seen[i] = READ_ONCE(c->books.seen[i]);
}

/* How many events @copy shows as seen but neither filtered nor reserved. */
static u64 count_in_flight(const struct cpu_books *copy)
{
	u64 done = memmon_books_sum(copy->books.filtered, MEMMON_NR_FILTER_REASONS) +
		   copy->books.dropped_nested +
		   memmon_books_sum(copy->reserved, MEMMON_NR_RINGS) / MEMMON_RECORD_BYTES;

	return memmon_books_sum(copy->books.seen, MEMMON_NR_CLASSES) - done;
}

static void read_cpu(const struct memmon_cpu *c, struct cpu_books *copy)
{
	int tries;

	for (tries = 0; tries < BALANCE_TRIES; tries++) {
		copy_books(c, copy);
		if (!count_in_flight(copy))
			return;
		cpu_relax();
	}
}

static void add_ring(struct memmon_balance *balance, const struct memmon_ring *ring, int kind,
		     u64 reserved)
{
	u64 oldest = memmon_ring_oldest(ring->first, reserved, ring->mask);

	balance->no_ring += ring->first / MEMMON_RECORD_BYTES;
	balance->recorded[kind] += (reserved - ring->first) / MEMMON_RECORD_BYTES;
	balance->overwritten[kind] += (oldest - ring->first) / MEMMON_RECORD_BYTES;
}

static void add_cpu(struct memmon_balance *balance, const struct memmon_cpu *c)
{
	struct cpu_books copy;
	int i;

	read_cpu(c, &copy);
	balance->in_flight += count_in_flight(&copy);
	balance->nested += copy.books.dropped_nested;
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		balance->seen[i] += copy.books.seen[i];
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		balance->filtered[i] += copy.books.filtered[i];
	for (i = 0; i < MEMMON_NR_RINGS; i++) {
		if (c->ring[i].memory == &c->scratch)
			balance->no_ring += copy.reserved[i] / MEMMON_RECORD_BYTES;
		else
			add_ring(balance, &c->ring[i], i, copy.reserved[i]);
	}
}

/**
 * memmon_books_balance - add up the books of all CPUs
 * @balance: all but @kprobe_missed, which the probes know, is set
 *
 * Each CPU is read at an instant when its own books balance; if none is found, because the CPU was
 * stopped inside a probe, what is missing is said in @in_flight.
 *
 * Context: any; takes no lock.
 */
void memmon_books_balance(struct memmon_balance *balance)
{
	int cpu;

	BUILD_BUG_ON(ARRAY_SIZE(balance->recorded) != MEMMON_NR_RINGS);
	memset(balance, 0, sizeof(*balance));
	for_each_possible_cpu(cpu)
		add_cpu(balance, per_cpu_ptr(&memmon_cpu, cpu));
}
