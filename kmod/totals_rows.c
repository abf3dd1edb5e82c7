// SPDX-License-Identifier: GPL-2.0
/* Reads totals while probes go on adding: their books, each CPU's at a moment when they balance, and their rows. */
#include <linux/cpumask.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "books.h"
#include "compat/clock.h"
#include "totals.h"

/* Free places that are passed by before others may run. */
#define FREE_AT_A_TIME 4096U

/* One CPU's books as they were read. */
struct cpu_books {
	u64 seen[MEMMON_NR_CLASSES];
	u64 filtered[MEMMON_NR_FILTER_REASONS];
	u64 counted[MEMMON_NR_CLASSES];
};

/* In the order opposite to that in which a probe changes them, so that seen is never short of the rest. */
static void copy_books(const struct memmon_totals_cpu *cpu, struct cpu_books *copy)
{
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		copy->counted[i] = local64_read(&cpu->classes[i].counted);
	memmon_books_copy(copy->filtered, cpu->filtered, MEMMON_NR_FILTER_REASONS);
	smp_rmb(); /* pairs with the order of single-instruction updates on the owning CPU */
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		copy->seen[i] = local64_read(&cpu->classes[i].seen);
}

static u64 count_in_flight(const struct cpu_books *copy)
{
	return memmon_books_sum(copy->seen, MEMMON_NR_CLASSES) -
	       memmon_books_sum(copy->filtered, MEMMON_NR_FILTER_REASONS) -
	       memmon_books_sum(copy->counted, MEMMON_NR_CLASSES);
}

static void read_cpu(const struct memmon_totals_cpu *cpu, struct cpu_books *copy)
{
	int tries;

	for (tries = 0; tries < MEMMON_BOOKS_TRIES; tries++) {
		copy_books(cpu, copy);
		if (!count_in_flight(copy))
			return;
		cpu_relax();
	}
}

/* What found no row, in all intervals. */
static void add_others(u64 *to, const struct memmon_totals_cpu *cpu,
		       const struct memmon_totals_set *set)
{
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		to[i] += cpu->other_before[i] + local64_read(&set->others[i].count);
}

/**
 * memmon_totals_balance - the books of some totals
 * @totals: of a session
 * @stats: set, but for its size
 *
 * Context: process; may sleep.
 */
void memmon_totals_balance(struct memmon_totals *totals, struct memmon_totals_stats *stats)
{
	struct cpu_books copy;
	u32 used;
	int cpu;

	memset(stats, 0, sizeof(*stats));
	mutex_lock(&totals->lock);
	for_each_possible_cpu(cpu) {
		const struct memmon_totals_cpu *c = per_cpu_ptr(totals->cpu, cpu);
		const struct memmon_totals_set *set = c->sets[totals->current_set];

		read_cpu(c, &copy);
		memmon_books_add_to(stats->seen, copy.seen, MEMMON_NR_CLASSES);
		memmon_books_add_to(stats->filtered, copy.filtered, MEMMON_NR_FILTER_REASONS);
		memmon_books_add_to(stats->counted, copy.counted, MEMMON_NR_CLASSES);
		add_others(stats->other, c, set);
		stats->in_flight += count_in_flight(&copy);
		used = local64_read(&set->nr_used);
		stats->used = max(stats->used, used);
	}
	stats->keys = totals->keys;
	stats->places = totals->places;
	stats->interval = totals->interval;
	stats->began = totals->began;
	stats->now = totals->disabled_at ?: memmon_clock_now();
	stats->memory_bytes = totals->bytes;
	mutex_unlock(&totals->lock);
}

/* Copies what is known of a key. */
static void copy_key(const struct memmon_totals_key *key, struct memmon_total *row)
{
	row->event_class = key->event_class;
	row->context = key->context;
	row->cache = key->cache;
	row->flags = READ_ONCE(key->flags);
	row->stack = key->stack;
	row->call_site = key->call_site;
	row->cgroup = key->cgroup;
	row->tgid = key->tgid;
	row->size_bytes = key->size_bytes;
	row->node = key->node;
	row->order = key->order;
	memcpy(row->comm, key->comm, sizeof(row->comm));
}

/* Deaths before births, so that no row looks overdrawn for long. */
static void copy_counts(const struct memmon_totals_row *from, struct memmon_total *row)
{
	row->died = local64_read(&from->died);
	row->died_bytes = local64_read(&from->died_bytes);
	smp_rmb(); /* as is said above */
	row->count = local64_read(&from->count);
	row->bytes_req = local64_read(&from->bytes_req);
	row->bytes_alloc = local64_read(&from->bytes_alloc);
}

/* Copies row @i of a set, behind whose places are the others. Return: whether there is anything in it. */
static bool copy_row(const struct memmon_totals *totals, const struct memmon_totals_set *set, u32 i,
		     struct memmon_total *row)
{
	memset(row, 0, sizeof(*row));
	if (i >= totals->places) {
		row->event_class = i - totals->places;
		row->flags = MEMMON_TOTAL_OTHER;
		copy_counts(&set->others[row->event_class], row);
		return row->count || row->died || row->died_bytes;
	}
	if (!smp_load_acquire(&set->rows[i].is_ready)) /* pairs with claim() */
		return false;
	copy_key(&set->rows[i].key, row);
	copy_counts(&set->rows[i], row);
	return true;
}

/* How many places from @i on are free: most are, and whoever looks often shall not pay for them. */
static u32 count_free(const struct memmon_totals *totals, const struct memmon_totals_set *set,
		      u32 i)
{
	u32 end = min(totals->places, i + FREE_AT_A_TIME), first = i;

	while (i < end && !READ_ONCE(set->rows[i].is_ready))
		i++;
	return i - first;
}

/**
 * memmon_totals_next_row - the next row of one of the two tables
 * @totals: of a session
 * @is_last: of the interval that was ended last, not of the one that goes on
 * @position: where to begin, from anywhere; set to where to go on
 * @row: set if there is one
 *
 * Context: process; may sleep. Return: whether there is one.
 */
bool memmon_totals_next_row(struct memmon_totals *totals, bool is_last, u64 *position,
			    struct memmon_total *row)
{
	u64 nr_rows = totals->places + MEMMON_NR_CLASSES;
	bool is_found = false;

	mutex_lock(&totals->lock);
	while (!is_found && *position < nr_cpu_ids * nr_rows) {
		u32 cpu = div64_u64(*position, nr_rows), i = *position - cpu * nr_rows;
		unsigned int which = totals->current_set ^ is_last;
		const struct memmon_totals_set *set;
		u32 nr_free;

		if (!cpu_possible(cpu)) {
			*position += nr_rows - i;
			continue;
		}
		set = per_cpu_ptr(totals->cpu, cpu)->sets[which];
		nr_free = i < totals->places ? count_free(totals, set, i) : 0;
		if (nr_free) {
			*position += nr_free;
			cond_resched();
			continue;
		}
		++*position;
		is_found = copy_row(totals, set, i, row);
		row->cpu = cpu;
	}
	mutex_unlock(&totals->lock);
	return is_found;
}
