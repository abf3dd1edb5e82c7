// SPDX-License-Identifier: GPL-2.0
/* Copies rows out of a ledger while probes go on writing. */
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cache.h"
#include "ledger_event.h"
#include "slab.h"

/* Tries to copy a place that is being changed; whoever takes it again and again keeps it for the next view. */
#define COPY_TRIES 8

static void copy_entry(const struct memmon_ledger_entry *e, struct memmon_object *row)
{
	u32 class_context_detail = READ_ONCE(e->class_context_detail);

	row->born = READ_ONCE(e->born);
	row->queued = READ_ONCE(e->queued);
	row->bytes_req = READ_ONCE(e->bytes_req);
	row->bytes_alloc = READ_ONCE(e->bytes_alloc);
	*(u64 *)&row->pid_node = READ_ONCE(e->pids);
	row->event_class = class_context_detail;
	row->context = class_context_detail >> 8;
	row->detail = class_context_detail >> 16;
	row->gfp = READ_ONCE(e->gfp);
	row->account = READ_ONCE(e->account);
	row->stack = READ_ONCE(e->stack);
	row->flags = 0;
	memcpy(row->comm, e->comm, sizeof(row->comm));
}

/* Whether the cache of an object is not in its entry, but can be found. */
static bool lacks_cache(const struct memmon_object *row)
{
	return (row->event_class == MEMMON_CLASS_KMALLOC ||
		row->event_class == MEMMON_CLASS_KMALLOC_NOLOCK) &&
	       row->bytes_alloc <= KMALLOC_MAX_CACHE_SIZE;
}

/**
 * copy_place - copy what lies at a place
 * @t: the table
 * @position: number of the place
 * @row: set if somebody is there
 * @cache: set to the cache of a kmalloc, or NULL; it is alive, as the object was all the time
 *
 * Return: the key, or 0.
 */
static u64 copy_place(const struct memmon_ledger_table *t, u64 position, struct memmon_object *row,
		      const struct kmem_cache **cache)
{
	const u64 *from = (const u64 *)t->buckets + position;
	const struct memmon_ledger_entry *e = memmon_ledger_entry(t, from);
	int tries;

	/* No key: the end of a bucket is something else. */
	if (position % MEMMON_LEDGER_STRIDE >= MEMMON_LEDGER_WAYS)
		return 0;
	for (tries = 0; tries < COPY_TRIES; tries++) {
		u64 key = smp_load_acquire(from); /* pairs with memmon_ledger_publish() */

		if (!key || key == MEMMON_LEDGER_KEY_BUSY)
			return 0;
		row->generation = READ_ONCE(e->generation);
		copy_entry(e, row);
		*cache = lacks_cache(row) ? memmon_cache_of_slab((void *)(unsigned long)key) : NULL;
		smp_rmb(); /* the copy before the second look: pairs with the cmpxchg of a claim */
		if (READ_ONCE(*from) == key && READ_ONCE(e->generation) == row->generation)
			return key;
	}
	return 0;
}

/* The next row of a table, from @position on. Return: its key, or 0 at the end. */
static u64 next_row(const struct memmon_ledger_table *t, u64 *position, struct memmon_object *row,
		    const struct kmem_cache **cache)
{
	u64 slots = memmon_ledger_slots(t);

	while (*position < slots) {
		u64 key = copy_place(t, (*position)++, row, cache);

		if (key)
			return key;
		if (!(*position % 4096))
			cond_resched();
	}
	return 0;
}

/**
 * memmon_ledger_object_row - the next live object
 * @ledger: of a session
 * @position: where to begin, from anywhere; set to where to go on
 * @row: set if there is one
 *
 * Return: whether there is one.
 */
bool memmon_ledger_object_row(struct memmon_ledger *ledger, u64 *position,
			      struct memmon_object *row)
{
	const struct kmem_cache *cache;
	u64 key = next_row(&ledger->objects, position, row, &cache);

	if (!key)
		return false;
	row->address = 1U << row->event_class & MEMMON_EVENT_PERCPU ?
			       key & ~MEMMON_LEDGER_KEY_PERCPU :
			       key;
	if (row->queued) {
		/* What is kept is coarse. */
		row->queued =
			clamp(ledger->enabled_at + (row->queued << MEMMON_LEDGER_QUEUED_SHIFT),
			      row->born, max(row->born, memmon_ledger_now(ledger)));
		row->flags |= MEMMON_OBJECT_QUEUED;
	}
	if (cache)
		row->detail = memmon_cache_lookup(cache).id;
	return true;
}

/* Whether a block is a large kmalloc, which is an object of its own. */
static bool is_large_kmalloc(struct memmon_ledger *ledger, unsigned long pfn)
{
	const struct memmon_ledger_table *t = &ledger->objects;
	u64 key = (unsigned long)page_address(pfn_to_page(pfn));
	const u64 *place = memmon_ledger_find(memmon_ledger_home(t, key), key);

	return place && (u8)READ_ONCE(memmon_ledger_entry(t, place)->class_context_detail) ==
				MEMMON_CLASS_KMALLOC;
}

/**
 * memmon_ledger_page_row - the next live block of pages
 * @ledger: of a session
 * @position: where to begin, from anywhere; set to where to go on
 * @row: set if there is one
 *
 * Return: whether there is one.
 */
bool memmon_ledger_page_row(struct memmon_ledger *ledger, u64 *position, struct memmon_object *row)
{
	const struct kmem_cache *cache;
	u64 key = next_row(&ledger->pages, position, row, &cache);

	if (!key)
		return false;
	row->address = (key >> 2) - 1;
	/* Where an object has @queued, a block has what is left of its pages. */
	row->bytes_alloc = memmon_ledger_count_left(MEMMON_PAGE_ORDER(row->detail), row->queued)
			   << PAGE_SHIFT;
	row->queued = 0;
	row->flags |= memmon_slab_page_flags(row->address);
	if (!(row->flags & MEMMON_OBJECT_IN_SLAB) && is_large_kmalloc(ledger, row->address))
		row->flags |= MEMMON_OBJECT_LARGE;
	return true;
}

static void add_counts(const struct memmon_ledger *ledger, u32 id, struct memmon_account *row)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct memmon_account_counts *counts =
			&per_cpu_ptr(ledger->cpu, cpu)->accounts[id];

		row->died += local64_read(&counts->died);
		row->died_bytes += local64_read(&counts->died_bytes);
	}
	smp_rmb(); /* deaths before births, so that no account looks overdrawn for long */
	for_each_possible_cpu(cpu) {
		const struct memmon_account_counts *counts =
			&per_cpu_ptr(ledger->cpu, cpu)->accounts[id];

		row->born += local64_read(&counts->born);
		row->born_bytes += local64_read(&counts->born_bytes);
	}
}

/**
 * memmon_ledger_account_row - the next account, that of the others among them if it has been used
 * @ledger: of a session
 * @position: where to begin, from anywhere; set to where to go on
 * @row: set if there is one
 *
 * Return: whether there is one.
 */
bool memmon_ledger_account_row(struct memmon_ledger *ledger, u64 *position,
			       struct memmon_account *row)
{
	while (*position < ledger->accounts.nr) {
		u32 id = (*position)++;
		const struct memmon_account_place *place = &ledger->accounts.places[id];

		memset(row, 0, sizeof(*row));
		row->id = id;
		if (id != MEMMON_ACCOUNT_OTHER) {
			if (!smp_load_acquire(&place->is_ready)) /* pairs with account.c */
				continue;
			row->event_class = place->class_and_detail;
			row->detail = place->class_and_detail >> 16;
			row->call_site = place->call_site;
			row->cgroup = place->cgroup;
			/* Pairs with memmon_accounts_retire(). */
			if (smp_load_acquire(&place->tag) == MEMMON_ACCOUNT_RETIRED) {
				memcpy(row->site_name, place->site_name, sizeof(row->site_name));
				row->is_gone = READ_ONCE(place->is_gone);
			}
		}
		add_counts(ledger, id, row);
		if (row->born || id != MEMMON_ACCOUNT_OTHER)
			return true;
	}
	return false;
}
