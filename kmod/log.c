// SPDX-License-Identifier: GPL-2.0
/* Merges the newest requests of all CPUs, from the newest backwards, while probes go on writing. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "log.h"
#include "ring.h"

/**
 * struct cursor - how far one CPU's ring has been taken
 * @ring: that ring
 * @record: the newest one not yet taken
 * @position: of the record
 * @oldest: where the ring ends
 * @is_valid: @record is there
 */
struct cursor {
	const struct memmon_ring *ring;
	struct memmon_record record;
	u64 position;
	u64 oldest;
	bool is_valid;
};

/* A request that got nothing has allocated nothing. Calls do not know what they will get. */
static bool is_failed(const struct memmon_record *r)
{
	return !r->object && r->event_class < MEMMON_CLASS_CALL_KMALLOC;
}

/* Steps to the next older record that belongs in the log. What is overwritten meanwhile is the end. */
static void step_back(struct cursor *c)
{
	do {
		c->is_valid = c->position > c->oldest;
		if (!c->is_valid)
			return;
		c->position -= MEMMON_RECORD_BYTES;
		c->is_valid = memmon_ring_copy(c->ring, c->position, &c->record);
	} while (c->is_valid && is_failed(&c->record));
}

static struct cursor *find_newest(struct cursor *cursors)
{
	struct cursor *newest = NULL;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cursor *c = &cursors[cpu];

		if (c->is_valid && (!newest || c->record.time > newest->record.time))
			newest = c;
	}
	return newest;
}

/*
 * An interrupt that comes between a writer's reading of the clock and its reservation has the earlier
 * slot and the later time, and a softirq can make hundreds of requests there. So the records are sorted
 * but for a few neighbours: insertion sort, which moves those and touches the rest once. Farther than
 * MAX_NEIGHBOURS nothing is moved: if a clock has jumped, the order of the ring is the better one.
 */
#define MAX_NEIGHBOURS 1024

static void sort_neighbours(struct memmon_record *records, unsigned int nr)
{
	unsigned int i, j;

	for (i = 1; i < nr; i++) {
		struct memmon_record r = records[i];

		for (j = i; j > 0 && i - j < MAX_NEIGHBOURS && records[j - 1].time > r.time; j--)
			records[j] = records[j - 1];
		if (j != i)
			records[j] = r;
		if (!(i % 256))
			cond_resched();
	}
}

static void fill(struct memmon_log *log, const struct memmon_rings *rings, struct cursor *cursors)
{
	struct memmon_record *next = log->records + log->capacity;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cursor *c = &cursors[cpu];

		c->ring = per_cpu_ptr(rings->cpu, cpu);
		memmon_ring_window(c->ring, cpu, &c->oldest, &c->position);
		step_back(c);
	}
	while (log->nr < log->capacity) {
		struct cursor *c = find_newest(cursors);

		if (!c)
			break;
		*--next = c->record;
		log->nr++;
		step_back(c);
		if (!(log->nr % 256))
			cond_resched();
	}
	sort_neighbours(next, log->nr);
}

/**
 * memmon_log_create - copy the newest requests
 * @rings: that hold them
 * @capacity: at most how many
 *
 * The memory is charged to the caller's cgroup. Probes are not held up.
 *
 * Context: process; may sleep.
 * Return: the snapshot, or an ERR_PTR.
 */
struct memmon_log *memmon_log_create(const struct memmon_rings *rings, unsigned int capacity)
{
	struct cursor *cursors = kvcalloc(nr_cpu_ids, sizeof(*cursors), GFP_KERNEL_ACCOUNT);
	struct memmon_log *log;

	if (!cursors)
		return ERR_PTR(-ENOMEM);
	log = kvmalloc(struct_size(log, records, capacity), GFP_KERNEL_ACCOUNT);
	if (log) {
		log->nr = 0;
		log->capacity = capacity;
		fill(log, rings, cursors);
	}
	kvfree(cursors);
	return log ?: ERR_PTR(-ENOMEM);
}

/* Frees a snapshot. Context: process; may sleep. */
void memmon_log_destroy(struct memmon_log *log)
{
	kvfree(log);
}
