// SPDX-License-Identifier: GPL-2.0
/* Memory of ledgers, and how they come and go. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "compat/clock.h"
#include "ledger.h"
#include "listener.h"

/* All ledgers, also those of sessions that have been disabled, which can still be read. */
static LIST_HEAD(all_ledgers);
/* Orders both lists of ledgers: those who enable and disable sessions, and modules that go. */
static DEFINE_MUTEX(ledgers_lock);
static atomic64_t total_bytes;

/* Memory that all ledgers take. Context: any. */
u64 memmon_ledger_total_bytes(void)
{
	return atomic64_read(&total_bytes);
}

static u64 nr_buckets(u64 places)
{
	return div_u64(places + MEMMON_LEDGER_WAYS - 1, MEMMON_LEDGER_WAYS) + MEMMON_LEDGER_REACH -
	       1;
}

static u64 table_bytes(u64 places)
{
	return nr_buckets(places) * (sizeof(struct memmon_ledger_bucket) +
				     MEMMON_LEDGER_STRIDE * sizeof(struct memmon_ledger_entry));
}

static u64 counts_bytes(u32 accounts)
{
	return (u64)accounts * sizeof(struct memmon_account_counts);
}

/* What a ledger would take. Context: any. */
u64 memmon_ledger_bytes(const struct memmon_options *o)
{
	return table_bytes(o->ledger_objects) + table_bytes(o->ledger_pages) +
	       memmon_accounts_bytes(o->ledger_accounts) +
	       num_possible_cpus() * counts_bytes(o->ledger_accounts);
}

static int create_table(struct memmon_ledger_table *t, u64 places)
{
	u64 buckets = nr_buckets(places);

	t->buckets = vzalloc(buckets * sizeof(*t->buckets));
	t->entries = vzalloc(buckets * MEMMON_LEDGER_STRIDE * sizeof(*t->entries));
	/* A search may go that far behind its home. */
	t->nr_buckets = buckets - (MEMMON_LEDGER_REACH - 1);
	return t->buckets && t->entries ? 0 : -ENOMEM;
}

static void destroy_table(struct memmon_ledger_table *t)
{
	vfree(t->buckets);
	vfree(t->entries);
}

static int create_cpus(struct memmon_ledger *ledger, u32 accounts)
{
	int cpu;

	ledger->cpu = alloc_percpu(struct memmon_ledger_cpu);
	if (!ledger->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct memmon_ledger_cpu *c = per_cpu_ptr(ledger->cpu, cpu);

		c->accounts = vzalloc_node(counts_bytes(accounts), cpu_to_node(cpu));
		if (!c->accounts)
			return -ENOMEM;
	}
	return 0;
}

static int create_parts(struct memmon_ledger *ledger, const struct memmon_options *o)
{
	int ret = create_table(&ledger->objects, o->ledger_objects);

	if (!ret)
		ret = create_table(&ledger->pages, o->ledger_pages);
	if (!ret)
		ret = memmon_accounts_create(&ledger->accounts, o->ledger_accounts);
	if (!ret)
		ret = create_cpus(ledger, o->ledger_accounts);
	return ret;
}

/**
 * memmon_ledger_create - give a ledger its memory
 * @o: classes, flags, places (all checked; accounts a power of two)
 * @ret: the ledger, when the call succeeds; the caller sets its sieve and its stacks
 *
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int memmon_ledger_create(const struct memmon_options *o, struct memmon_ledger **ret)
{
	struct memmon_ledger *ledger = kzalloc(sizeof(*ledger), GFP_KERNEL_ACCOUNT);

	if (!ledger)
		return -ENOMEM;
	ledger->classes = o->classes;
	ledger->skipped_tgid = o->flags & MEMMON_OPTION_WITH_SELF ? MEMMON_LISTENER_SKIPS_NOBODY :
								    current->tgid;
	ledger->bytes = memmon_ledger_bytes(o);
	atomic64_add(ledger->bytes, &total_bytes);
	INIT_LIST_HEAD(&ledger->node);
	if (create_parts(ledger, o)) {
		memmon_ledger_destroy(ledger);
		return -ENOMEM;
	}
	mutex_lock(&ledgers_lock);
	list_add(&ledger->node, &all_ledgers);
	mutex_unlock(&ledgers_lock);
	*ret = ledger;
	return 0;
}

/* Frees a ledger that no probe can find, also one that is not whole; NULL is fine. */
void memmon_ledger_destroy(struct memmon_ledger *ledger)
{
	int cpu;

	if (!ledger)
		return;
	mutex_lock(&ledgers_lock);
	list_del(&ledger->node);
	mutex_unlock(&ledgers_lock);
	if (ledger->cpu) {
		for_each_possible_cpu(cpu)
			vfree(per_cpu_ptr(ledger->cpu, cpu)->accounts);
	}
	free_percpu(ledger->cpu);
	memmon_accounts_destroy(&ledger->accounts);
	destroy_table(&ledger->objects);
	destroy_table(&ledger->pages);
	atomic64_sub(ledger->bytes, &total_bytes);
	kfree(ledger);
}

/* Lets probes find a ledger, unless they find it by way of totals. */
void memmon_ledger_add(struct memmon_ledger *ledger)
{
	mutex_lock(&ledgers_lock);
	WRITE_ONCE(ledger->enabled_at, memmon_clock_now());
	ledger->next = memmon_ledger_first;
	if (!ledger->totals) {
		/* Whoever finds it sees all of it: pairs with the dependent loads of probes. */
		smp_store_release(&memmon_ledger_first, ledger);
	}
	mutex_unlock(&ledgers_lock);
}

/* Takes a ledger away from probes; when it returns, none knows it any more. */
void memmon_ledger_remove(struct memmon_ledger *ledger)
{
	struct memmon_ledger **link = &memmon_ledger_first;

	mutex_lock(&ledgers_lock);
	while (!ledger->totals && *link != ledger)
		link = &(*link)->next;
	if (!ledger->totals)
		WRITE_ONCE(*link, ledger->next);
	mutex_unlock(&ledgers_lock);
	synchronize_rcu(); /* probes look at it with preemption off */
	WRITE_ONCE(ledger->disabled_at, memmon_clock_now());
}

/**
 * memmon_ledger_retire_sites - keep the names of code that is about to go, and forget its addresses
 * @first: first address of some code of a module
 * @last: last address
 *
 * In all ledgers.
 */
void memmon_ledger_retire_sites(unsigned long first, unsigned long last)
{
	struct memmon_ledger *ledger;

	mutex_lock(&ledgers_lock);
	list_for_each_entry(ledger, &all_ledgers, node)
		memmon_accounts_retire(&ledger->accounts, first, last);
	mutex_unlock(&ledgers_lock);
}

/* Remembers in all ledgers that a module is unloaded, after its sites have been retired. */
void memmon_ledger_close_module(const char *module)
{
	struct memmon_ledger *ledger;

	mutex_lock(&ledgers_lock);
	list_for_each_entry(ledger, &all_ledgers, node)
		memmon_accounts_close_module(&ledger->accounts, module);
	mutex_unlock(&ledgers_lock);
}
