// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger of a session that has totals: each death is counted in the row of its birth. Such a ledger is in no
 * list of ledgers: what it sees, it sees by way of the totals, so that others pay nothing for it.
 */
#include <linux/preempt.h>

#include "ledger_event.h"
#include "totals_event.h"

/* What of a birth's account is a part of the key. Return: false if it is not known. */
static notrace bool find_account(const struct memmon_totals *totals,
				 const struct memmon_ledger *ledger, u32 account,
				 struct memmon_totals_key *key)
{
	const struct memmon_account_place *place = &ledger->accounts.places[account];

	if (!(totals->keys & (MEMMON_TOTALS_KEY(SITE) | MEMMON_TOTALS_KEY(CGROUP))))
		return true;
	/* Pairs with account.c. Another CPU may just be filling it. */
	if (account == MEMMON_ACCOUNT_OTHER || !smp_load_acquire(&place->is_ready))
		return false;
	key->call_site = place->call_site & totals->site_mask;
	if (totals->keys & MEMMON_TOTALS_KEY(CGROUP))
		key->cgroup = place->cgroup;
	if (key->call_site && READ_ONCE(place->tag) == MEMMON_ACCOUNT_RETIRED)
		key->flags = MEMMON_TOTAL_GONE;
	return true;
}

/* The cache of an object that lives, by what is known of its birth. */
static notrace u16 find_cache(enum memmon_class event_class, u32 detail, unsigned long object)
{
	if (memmon_event_is_page(event_class))
		return 0;
	if (detail == MEMMON_CACHE_UNKNOWN && memmon_event_is_mapped(event_class, object))
		return memmon_totals_slab_cache(object);
	return detail;
}

/**
 * memmon_totals_find_birth - the key that an object had at its birth
 * @ledger: of a session with totals
 * @entry: what the ledger knows of it
 * @object: its address or page frame number
 * @key: set; with MEMMON_TOTAL_OTHER if its account found no place
 *
 * Context: any, preemption off.
 */
notrace void memmon_totals_find_birth(const struct memmon_ledger *ledger,
				      const struct memmon_ledger_entry *entry, unsigned long object,
				      struct memmon_totals_key *key)
{
	const struct memmon_totals *totals = ledger->totals;
	const u32 class_context_detail = entry->class_context_detail;
	const u32 detail = class_context_detail >> 16, keys = totals->keys;
	const enum memmon_class event_class = class_context_detail & 0xff;

	*key = (struct memmon_totals_key){
		.event_class = event_class,
		.tgid = (u32)(entry->pids >> 32) & totals->tgid_mask,
	};
	if (!find_account(totals, ledger, entry->account, key)) {
		key->flags = MEMMON_TOTAL_OTHER;
		return;
	}
	if (keys & MEMMON_TOTALS_KEY(CACHE))
		key->cache = find_cache(event_class, detail, object);
	if (keys & MEMMON_TOTALS_KEY(STACK))
		key->stack = entry->stack;
	if (keys & MEMMON_TOTALS_KEY(TGID))
		memcpy(key->comm, entry->comm, sizeof(key->comm));
	if (keys & MEMMON_TOTALS_KEY(ORDER) && memmon_event_is_page(event_class))
		key->order = MEMMON_PAGE_ORDER(detail);
	if (keys & MEMMON_TOTALS_KEY(NODE))
		key->node = (u32)entry->pids >> MEMMON_PID_BITS;
	if (keys & MEMMON_TOTALS_KEY(CONTEXT))
		key->context = class_context_detail >> 8;
	if (keys & MEMMON_TOTALS_KEY(SIZE))
		key->size_bytes = memmon_totals_size_class(entry->bytes_alloc);
}

static notrace enum memmon_ledger_count
bury(struct memmon_totals *totals, struct memmon_ledger_cpu *cpu, const struct memmon_facts *facts)
{
	struct memmon_ledger *ledger = totals->ledger;
	u64 key = memmon_ledger_object_key(facts->event_class, facts->object);
	struct memmon_ledger_bucket *home = memmon_ledger_home(&ledger->objects, key);
	u64 *place = memmon_ledger_find(home, key);
	const struct memmon_ledger_entry *e;
	struct memmon_totals_key birth;

	if (!place || !memmon_ledger_seize(place, key))
		return MEMMON_LEDGER_UNKNOWN;
	e = memmon_ledger_entry(&ledger->objects, place);
	memmon_totals_find_birth(ledger, e, facts->object, &birth);
	memmon_ledger_close(cpu, e);
	memmon_totals_bury(totals, &birth, true, e->bytes_alloc);
	memmon_ledger_vacate(home, place);
	return MEMMON_LEDGER_FREED;
}

/* What becomes of a birth that is wanted; it is counted here. */
static notrace enum memmon_ledger_count
bear(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu, const struct memmon_facts *facts)
{
	const struct memmon_birth birth = {
		.call_site = facts->call_site,
		.object = facts->object,
		.bytes_req = facts->bytes_req,
		.bytes_alloc = facts->bytes_alloc,
		.gfp = facts->gfp,
		.class_context_detail = facts->event_class | facts->context << 8 |
					(u32)facts->detail << 16,
	};
	enum memmon_ledger_count count;

	if (!memmon_event_is_page(facts->event_class))
		return memmon_ledger_enter(ledger, cpu, &birth);
	count = memmon_ledger_enter_block(ledger, cpu, &birth);
	memmon_ledger_inc(cpu, count);
	return count;
}

/*
 * A request. One that gives nothing to follow is counted as dead at once, so that births less deaths are what the
 * ledger has. One that failed is counted by a ledger whatever its filter says.
 */
static notrace void keep_request(struct memmon_totals *totals, struct memmon_ledger_cpu *cpu,
				 const struct memmon_facts *facts,
				 const struct memmon_totals_key *key, int reason)
{
	enum memmon_ledger_count count = MEMMON_LEDGER_FAILED;

	if (!facts->object)
		memmon_ledger_inc(cpu, count);
	else if (reason >= 0)
		local64_inc(&cpu->filtered[reason]);
	else
		count = bear(totals->ledger, cpu, facts);
	if (reason < 0 && count != MEMMON_LEDGER_BORN && count != MEMMON_LEDGER_REBORN)
		memmon_totals_bury(totals, key, true, facts->bytes_alloc);
}

/**
 * memmon_totals_keep - take an event into the ledger of a session that has totals
 * @totals: of the session
 * @facts: of the event
 * @key: of the event, if it is wanted
 * @reason: why not, or -1 if it is
 *
 * As memmon_ledger_submit() does for other ledgers, but with one verdict for both.
 *
 * Context: any, preemption off.
 */
notrace void memmon_totals_keep(struct memmon_totals *totals, const struct memmon_facts *facts,
				const struct memmon_totals_key *key, int reason)
{
	const enum memmon_class event_class = facts->event_class;
	struct memmon_ledger *ledger = totals->ledger;
	struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

	if (event_class == MEMMON_CLASS_PAGE_FREE_BATCHED ||
	    event_class == MEMMON_CLASS_PAGE_EXTFRAG)
		memmon_ledger_inc(cpu, MEMMON_LEDGER_NOTED);
	else if (event_class == MEMMON_CLASS_RCU_QUEUE || event_class == MEMMON_CLASS_KREALLOC)
		memmon_ledger_inc(cpu, memmon_ledger_amend(ledger, facts->object, event_class,
							   facts->bytes_req));
	else if (event_class == MEMMON_CLASS_PAGE_FREE)
		memmon_ledger_inc(cpu, memmon_ledger_bury_block(ledger, cpu, facts->object,
								MEMMON_PAGE_ORDER(facts->detail)));
	else if (memmon_event_is_free(event_class))
		memmon_ledger_inc(cpu, bury(totals, cpu, facts));
	else
		keep_request(totals, cpu, facts, key, reason);
}

/* Counts an event that is not wanted, whoever wants it, in a ledger. Context: preemption off. */
static notrace void filter_in_ledger(struct memmon_ledger *ledger, enum memmon_class event_class,
				     enum memmon_filter_reason reason)
{
	struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

	if (reason == MEMMON_FILTERED_DUPLICATE)
		memmon_ledger_inc(cpu, MEMMON_LEDGER_DUPLICATE);
	else
		local64_inc(&cpu->filtered[reason]);
}

/* Counts an event that nobody wants. Context: any. */
notrace void memmon_totals_filter(enum memmon_class event_class, enum memmon_filter_reason reason)
{
	struct memmon_totals *totals;

	preempt_disable_notrace();
	memmon_totals_for_each(totals, event_class)
	{
		struct memmon_totals_cpu *cpu = this_cpu_ptr(totals->cpu);

		local64_inc(&cpu->classes[event_class].seen);
		local64_inc(&cpu->filtered[reason]);
		if (totals->ledger)
			filter_in_ledger(totals->ledger, event_class, reason);
	}
	preempt_enable_notrace();
}
