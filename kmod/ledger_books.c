// SPDX-License-Identifier: GPL-2.0
/* Adds up the books of a ledger, each CPU's at a moment when they balance. */
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/processor.h>
#include <linux/string.h>

#include "books.h"
#include "compat/clock.h"
#include "ledger.h"
#include "stack.h"

/* One CPU's books as they were read. */
struct cpu_books {
	u64 seen[MEMMON_NR_CLASSES];
	u64 filtered[MEMMON_NR_FILTER_REASONS];
	u64 counts[MEMMON_NR_LEDGER_COUNTS];
	u64 page_births;
	u64 page_deaths;
	u64 untracked_bytes;
};

/* In the order opposite to that in which a probe changes them, so that seen is never short of the rest. */
static void copy_books(const struct memmon_ledger_cpu *cpu, struct cpu_books *copy)
{
	copy->untracked_bytes = local64_read(&cpu->untracked_bytes);
	memmon_books_copy(copy->counts, cpu->counts, MEMMON_NR_LEDGER_COUNTS);
	copy->page_births = local64_read(&cpu->page_births);
	copy->page_deaths = local64_read(&cpu->page_deaths);
	memmon_books_copy(copy->filtered, cpu->filtered, MEMMON_NR_FILTER_REASONS);
	smp_rmb(); /* pairs with the order of single-instruction updates on the owning CPU */
	memmon_books_copy(copy->seen, cpu->seen, MEMMON_NR_CLASSES);
}

static u64 count_in_flight(const struct cpu_books *copy)
{
	return memmon_books_sum(copy->seen, MEMMON_NR_CLASSES) -
	       memmon_books_sum(copy->filtered, MEMMON_NR_FILTER_REASONS) -
	       memmon_books_sum(copy->counts, MEMMON_NR_LEDGER_COUNTS);
}

static void read_cpu(const struct memmon_ledger_cpu *cpu, struct cpu_books *copy)
{
	int tries;

	for (tries = 0; tries < MEMMON_BOOKS_TRIES; tries++) {
		copy_books(cpu, copy);
		if (!count_in_flight(copy))
			return;
		cpu_relax();
	}
}

/* The clock of the records; of a ledger that was disabled, as it was then. Context: any. */
u64 memmon_ledger_now(const struct memmon_ledger *ledger)
{
	return READ_ONCE(ledger->disabled_at) ?: memmon_clock_now();
}

static u64 count_places(const struct memmon_ledger_table *t)
{
	return memmon_ledger_slots(t) / MEMMON_LEDGER_STRIDE * MEMMON_LEDGER_WAYS;
}

/*
 * A difference of births and deaths. CPUs are read one after the other: of what was born on one that has been read, and
 * died on one that has not, only the death is known.
 */
static u64 held(s64 difference)
{
	return max_t(s64, difference, 0);
}

/**
 * memmon_ledger_balance - the books of a ledger
 * @ledger: of a session
 * @stats: set, but for its size
 *
 * Context: process.
 */
void memmon_ledger_balance(struct memmon_ledger *ledger, struct memmon_ledger_stats *stats)
{
	struct cpu_books copy;
	int cpu;

	memset(stats, 0, sizeof(*stats));
	for_each_possible_cpu(cpu) {
		read_cpu(per_cpu_ptr(ledger->cpu, cpu), &copy);
		memmon_books_add_to(stats->seen, copy.seen, MEMMON_NR_CLASSES);
		memmon_books_add_to(stats->filtered, copy.filtered, MEMMON_NR_FILTER_REASONS);
		memmon_books_add_to(stats->counts, copy.counts, MEMMON_NR_LEDGER_COUNTS);
		stats->untracked_bytes += copy.untracked_bytes;
		stats->pages += copy.page_births - copy.page_deaths;
		stats->in_flight += count_in_flight(&copy);
	}
	stats->objects = held(stats->counts[MEMMON_LEDGER_BORN] -
			      stats->counts[MEMMON_LEDGER_FREED] - stats->pages);
	stats->pages = held(stats->pages);
	stats->now = memmon_ledger_now(ledger);
	stats->enabled_at = READ_ONCE(ledger->enabled_at);
	stats->object_places = count_places(&ledger->objects);
	stats->page_places = count_places(&ledger->pages);
	stats->accounts = atomic_read(&ledger->accounts.nr_used);
	stats->account_places = ledger->accounts.nr;
	stats->stacks = ledger->stacks ? memmon_stacks_count(ledger->stacks) : 0;
	stats->stack_places = ledger->stacks ? ledger->stacks->places : 0;
	stats->memory_bytes = ledger->bytes;
}
