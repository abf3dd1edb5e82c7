// SPDX-License-Identifier: GPL-2.0
/* Memory of totals, their intervals, and how they come and go. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "compat/clock.h"
#include "layout.h"
#include "ledger.h"
#include "listener.h"
#include "totals.h"

/* All totals, also those of sessions that have been disabled, which can still be read. */
static LIST_HEAD(all_totals);
/* Orders both lists: those who enable and disable sessions, and code that goes. */
static DEFINE_MUTEX(list_lock);
static atomic64_t total_bytes;

/* Memory that all totals take. Context: any. */
u64 memmon_totals_total_bytes(void)
{
	return atomic64_read(&total_bytes);
}

static u64 set_bytes(u32 places)
{
	return sizeof(struct memmon_totals_set) + (u64)places * sizeof(struct memmon_totals_row);
}

/* What totals would take. Context: any. */
u64 memmon_totals_bytes(const struct memmon_options *o)
{
	return num_possible_cpus() * 2 * set_bytes(o->total_places);
}

static u32 mask_of(const struct memmon_totals *totals, enum memmon_total_key key)
{
	return totals->keys & 1U << key ? U32_MAX : 0;
}

static void set_keys(struct memmon_totals *totals, u32 keys)
{
	totals->keys = keys;
	totals->site_mask = keys & MEMMON_TOTALS_KEY(SITE) ? U64_MAX : 0;
	totals->tgid_mask = mask_of(totals, MEMMON_TOTAL_TGID);
	totals->cache_mask = mask_of(totals, MEMMON_TOTAL_CACHE);
	totals->order_mask = mask_of(totals, MEMMON_TOTAL_ORDER);
	totals->costly = keys & (MEMMON_TOTALS_KEY(CGROUP) | MEMMON_TOTALS_KEY(NODE) |
				 MEMMON_TOTALS_KEY(CONTEXT) | MEMMON_TOTALS_KEY(SIZE));
	totals->costly_slab = totals->costly;
	if (memmon_layout.slab_cache_offset >= 0)
		totals->costly_slab |= keys & MEMMON_TOTALS_KEY(CACHE);
}

static int create_sets(struct memmon_totals *totals)
{
	int cpu, i;

	totals->cpu = alloc_percpu(struct memmon_totals_cpu);
	if (!totals->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct memmon_totals_cpu *c = per_cpu_ptr(totals->cpu, cpu);

		for (i = 0; i < 2; i++) {
			c->sets[i] = vzalloc_node(set_bytes(totals->places), cpu_to_node(cpu));
			if (!c->sets[i])
				return -ENOMEM;
		}
		c->set = c->sets[0];
		c->mask = (totals->places - 1ULL) << MEMMON_TOTALS_ROW_SHIFT;
	}
	return 0;
}

/**
 * memmon_totals_create - give totals their memory
 * @o: classes, flags, keys, places (all checked; places a power of two)
 * @ret: the totals, when the call succeeds; memmon_totals_attach() is to follow
 *
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int memmon_totals_create(const struct memmon_options *o, struct memmon_totals **ret)
{
	struct memmon_totals *totals = kzalloc(sizeof(*totals), GFP_KERNEL_ACCOUNT);

	if (!totals)
		return -ENOMEM;
	totals->classes = o->classes;
	totals->skipped_tgid = o->flags & MEMMON_OPTION_WITH_SELF ? MEMMON_LISTENER_SKIPS_NOBODY :
								    current->tgid;
	totals->places = o->total_places;
	totals->bytes = memmon_totals_bytes(o);
	set_keys(totals, o->total_keys);
	mutex_init(&totals->lock);
	INIT_LIST_HEAD(&totals->node);
	atomic64_add(totals->bytes, &total_bytes);
	if (create_sets(totals)) {
		memmon_totals_destroy(totals);
		return -ENOMEM;
	}
	mutex_lock(&list_lock);
	list_add(&totals->node, &all_totals);
	mutex_unlock(&list_lock);
	*ret = totals;
	return 0;
}

/* Frees totals that no probe can find, also some that are not whole; NULL is fine. */
void memmon_totals_destroy(struct memmon_totals *totals)
{
	int cpu;

	if (!totals)
		return;
	mutex_lock(&list_lock);
	list_del(&totals->node);
	mutex_unlock(&list_lock);
	if (totals->cpu) {
		for_each_possible_cpu(cpu) {
			vfree(per_cpu_ptr(totals->cpu, cpu)->sets[0]);
			vfree(per_cpu_ptr(totals->cpu, cpu)->sets[1]);
		}
	}
	free_percpu(totals->cpu);
	atomic64_sub(totals->bytes, &total_bytes);
	kfree(totals);
}

/**
 * memmon_totals_attach - say what else the session has
 * @totals: of the session, not enabled
 * @sieve: its filter, or NULL
 * @stacks: its stacks, or NULL
 * @ledger: its ledger, or NULL; it will see what the totals see
 */
void memmon_totals_attach(struct memmon_totals *totals, struct memmon_sieve *sieve,
			  struct memmon_stacks *stacks, struct memmon_ledger *ledger)
{
	totals->sieve = sieve;
	totals->stacks = stacks;
	totals->ledger = ledger;
	if (ledger)
		ledger->totals = totals;
	totals->is_slow = sieve || ledger || totals->keys & MEMMON_TOTALS_KEY(STACK);
}

/* Says which totals events may take the fast way to, if any. Context: list_lock is held. */
static void choose_fast(void)
{
	struct memmon_totals *only = memmon_totals_first;
	int i;

	if (only && (only->next || only->is_slow))
		only = NULL;
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		bool is_wanted = only && only->classes & 1U << i;

		/* Whoever finds them sees all of them: pairs with the dependent loads of probes. */
		smp_store_release(&memmon_totals_fast[i], is_wanted ? only : NULL);
	}
}

/* Lets probes find totals. */
void memmon_totals_add(struct memmon_totals *totals)
{
	mutex_lock(&totals->lock);
	totals->began = memmon_clock_now();
	mutex_unlock(&totals->lock);
	mutex_lock(&list_lock);
	totals->next = memmon_totals_first;
	/* Whoever finds them sees all of them: pairs with the dependent loads of probes. */
	smp_store_release(&memmon_totals_first, totals);
	choose_fast();
	mutex_unlock(&list_lock);
}

/* Takes totals away from probes; when it returns, none knows them any more. */
void memmon_totals_remove(struct memmon_totals *totals)
{
	struct memmon_totals **link = &memmon_totals_first;

	mutex_lock(&list_lock);
	while (*link != totals)
		link = &(*link)->next;
	WRITE_ONCE(*link, totals->next);
	choose_fast();
	mutex_unlock(&list_lock);
	synchronize_rcu(); /* probes look at them with preemption off */
	mutex_lock(&totals->lock);
	totals->disabled_at = memmon_clock_now();
	mutex_unlock(&totals->lock);
}

/* Keeps what the books need of an interval that was ended. */
static void keep_others(struct memmon_totals_cpu *c, const struct memmon_totals_set *set)
{
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		c->other_before[i] += local64_read(&set->others[i].count);
}

/**
 * memmon_totals_turn - end an interval, and begin the next
 * @totals: of a session
 *
 * When it returns, nothing is added to the interval that was ended any more. Context: process; may sleep.
 */
void memmon_totals_turn(struct memmon_totals *totals)
{
	unsigned int next;
	int cpu;

	mutex_lock(&totals->lock);
	next = !totals->current_set;
	/* No probe knows it since the last turn. */
	for_each_possible_cpu(cpu) {
		memset(per_cpu_ptr(totals->cpu, cpu)->sets[next], 0, set_bytes(totals->places));
		cond_resched();
	}
	for_each_possible_cpu(cpu) {
		struct memmon_totals_cpu *c = per_cpu_ptr(totals->cpu, cpu);

		/* It is empty: pairs with the dependent loads of probes. */
		smp_store_release(&c->set, c->sets[next]);
	}
	if (totals->began)
		totals->began = totals->disabled_at ?: memmon_clock_now();
	totals->current_set = next;
	totals->interval++;
	synchronize_rcu(); /* nobody is at the other set any more: probes run with preemption off */
	for_each_possible_cpu(cpu) {
		struct memmon_totals_cpu *c = per_cpu_ptr(totals->cpu, cpu);

		keep_others(c, c->sets[!next]);
	}
	mutex_unlock(&totals->lock);
}

static void retire_set(const struct memmon_totals *totals, struct memmon_totals_set *set,
		       unsigned long first, unsigned long last)
{
	u32 i;

	for (i = 0; i < totals->places; i++) {
		struct memmon_totals_row *row = &set->rows[i];

		/* Its key is there: pairs with claim(). */
		if (!smp_load_acquire(&row->is_ready) || row->key.call_site < first ||
		    row->key.call_site > last)
			continue;
		WRITE_ONCE(row->key.flags, MEMMON_TOTAL_GONE);
		WRITE_ONCE(row->tag, MEMMON_TOTALS_RETIRED);
	}
}

/**
 * memmon_totals_retire - code is about to go: what comes to its addresses gets other rows
 * @first: first address of the code
 * @last: last address
 *
 * In all totals. An event of that code that is just being counted may still find its row, or make a new one.
 *
 * Context: process; may sleep.
 */
void memmon_totals_retire(unsigned long first, unsigned long last)
{
	struct memmon_totals *totals;
	int cpu;

	mutex_lock(&list_lock);
	list_for_each_entry(totals, &all_totals, node) {
		if (!totals->site_mask)
			continue;
		mutex_lock(&totals->lock);
		for_each_possible_cpu(cpu) {
			const struct memmon_totals_cpu *c = per_cpu_ptr(totals->cpu, cpu);

			retire_set(totals, c->sets[0], first, last);
			retire_set(totals, c->sets[1], first, last);
			cond_resched();
		}
		mutex_unlock(&totals->lock);
	}
	mutex_unlock(&list_lock);
}
