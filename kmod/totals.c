// SPDX-License-Identifier: GPL-2.0
/* The parts of an event's way into totals that are seldom taken: keys in full, new rows, filters. */
#include <linux/cgroup.h>
#include <linux/string.h>

#include "cache.h"
#include "mute.h"
#include "sieve.h"
#include "stack.h"
#include "totals_event.h"

struct memmon_totals *memmon_totals_first __read_mostly;
struct memmon_totals *memmon_totals_fast[MEMMON_NR_CLASSES] __read_mostly;

/* The cgroup that pays, in the default hierarchy; an interrupt pays for nobody. */
static __always_inline u64 cgroup_of(u8 context)
{
	return context == MEMMON_CONTEXT_TASK ? cgroup_id(task_dfl_cgroup(current)) : 0;
}

/* As records have it: looked at only if there are several. */
static __always_inline u32 node_of(enum memmon_class event_class, unsigned long object)
{
	if (static_branch_unlikely(&memmon_event_has_nodes))
		return memmon_event_node(event_class, object);
	return 0;
}

/* The id of the cache of a kmalloc. Context: any. */
noinline notrace u16 memmon_totals_slab_cache(unsigned long object)
{
	return memmon_cache_lookup(memmon_cache_of_slab((void *)object)).id;
}

/* The same tag as memmon_totals_count() makes. */
static notrace u64 tag_of(const struct memmon_totals_key *key)
{
	return memmon_totals_tag(
		key->event_class * MEMMON_TOTALS_BY_CLASS + key->call_site +
		key->cgroup * MEMMON_TOTALS_BY_CGROUP + key->stack * MEMMON_TOTALS_BY_STACK +
		key->tgid * MEMMON_TOTALS_BY_TGID + key->size_bytes * MEMMON_TOTALS_BY_SIZE +
		key->cache * MEMMON_TOTALS_BY_CACHE + key->node * MEMMON_TOTALS_BY_NODE +
		key->order * MEMMON_TOTALS_BY_ORDER + key->context * MEMMON_TOTALS_BY_CONTEXT +
		key->flags * MEMMON_TOTALS_BY_FLAGS);
}

static notrace u16 cache_of(const struct memmon_facts *facts)
{
	if (memmon_event_is_page(facts->event_class))
		return 0;
	if (facts->detail == MEMMON_CACHE_UNKNOWN &&
	    memmon_event_is_mapped(facts->event_class, facts->object))
		return memmon_totals_slab_cache(facts->object);
	return facts->detail;
}

/* The key of an event: those parts that a session asked for. */
static notrace void make_key(const struct memmon_totals *totals, const struct memmon_facts *facts,
			     struct memmon_totals_key *key)
{
	const u32 keys = totals->keys;

	*key = (struct memmon_totals_key){
		.event_class = facts->event_class,
		.call_site = facts->call_site & totals->site_mask,
		.tgid = current->tgid & totals->tgid_mask,
	};
	if (keys & MEMMON_TOTALS_KEY(CACHE))
		key->cache = cache_of(facts);
	if (keys & MEMMON_TOTALS_KEY(STACK) && totals->stacks)
		key->stack = memmon_stacks_take(totals->stacks, facts->call_site);
	if (keys & MEMMON_TOTALS_KEY(TGID))
		memcpy(key->comm, current->comm, sizeof(key->comm));
	if (keys & MEMMON_TOTALS_KEY(CGROUP))
		key->cgroup = cgroup_of(facts->context);
	if (keys & MEMMON_TOTALS_KEY(ORDER) && memmon_event_is_page(facts->event_class))
		key->order = MEMMON_PAGE_ORDER(facts->detail);
	if (keys & MEMMON_TOTALS_KEY(NODE))
		key->node = node_of(facts->event_class, facts->object);
	if (keys & MEMMON_TOTALS_KEY(CONTEXT))
		key->context = facts->context;
	if (keys & MEMMON_TOTALS_KEY(SIZE))
		key->size_bytes = memmon_totals_size_class(facts->bytes_alloc);
}

/* The first row of the group in which a key is looked for. */
static __always_inline struct memmon_totals_row *group_of(const struct memmon_totals_cpu *cpu,
							  struct memmon_totals_set *set, u64 tag)
{
	const u64 in_group = sizeof(struct memmon_totals_row) * MEMMON_TOTALS_WAYS - 1;
	u64 offset = tag >> (MEMMON_TOTALS_HOME_BIT - MEMMON_TOTALS_ROW_SHIFT) & cpu->mask;

	return (void *)set->rows + (offset & ~in_group);
}

/*
 * The row of a key, taken if it has none: the first that is free from the one on where it is looked for. As none
 * becomes free again, the key cannot have one behind that. Return: NULL if the group is full.
 */
static notrace struct memmon_totals_row *claim(const struct memmon_totals_cpu *cpu,
					       struct memmon_totals_set *set, u64 tag,
					       const struct memmon_totals_key *key)
{
	struct memmon_totals_row *group = group_of(cpu, set, tag);
	unsigned int home = memmon_totals_home(cpu, set, tag) - group;
	unsigned int i;

	for (i = 0; i < MEMMON_TOTALS_WAYS; i++) {
		struct memmon_totals_row *row = &group[(home + i) % MEMMON_TOTALS_WAYS];
		u64 found = READ_ONCE(row->tag);

		if (found == MEMMON_TOTALS_FREE)
			found = cmpxchg(&row->tag, MEMMON_TOTALS_FREE, tag);
		if (found == tag)
			return row;
		/* An interrupt may be faster, with another key. */
		if (found != MEMMON_TOTALS_FREE)
			continue;
		row->key = *key;
		/* Pairs with totals_rows.c, and retire_set(). */
		smp_store_release(&row->is_ready, 1);
		local64_inc(&set->nr_used);
		WRITE_ONCE(group->nr_taken, group->nr_taken + 1);
		return row;
	}
	return NULL;
}

/* The row of a key, made if it is new; or that of all others of its class. Context: preemption off. */
static notrace struct memmon_totals_row *find_row(const struct memmon_totals_cpu *cpu,
						  const struct memmon_totals_key *key)
{
	struct memmon_totals_set *set = READ_ONCE(cpu->set);
	struct memmon_totals_row *row = NULL;

	if (!(key->flags & MEMMON_TOTAL_OTHER))
		row = claim(cpu, set, tag_of(key), key);
	return row ?: &set->others[key->event_class];
}

/**
 * memmon_totals_bury - count what has died in the row of its birth
 * @totals: of a session with a ledger
 * @key: of the birth; with MEMMON_TOTAL_OTHER if it is not known
 * @is_end: all of it has
 * @bytes: so much of it has
 *
 * Context: any, preemption off.
 */
notrace void memmon_totals_bury(struct memmon_totals *totals, const struct memmon_totals_key *key,
				bool is_end, u64 bytes)
{
	struct memmon_totals_row *row = find_row(this_cpu_ptr(totals->cpu), key);

	if (is_end)
		local64_inc(&row->died);
	local64_add(bytes, &row->died_bytes);
}

/* Why a session does not want an event: enum memmon_filter_reason, or -1 if it does. */
static notrace int judge(const struct memmon_totals *totals, struct memmon_facts *facts)
{
	if ((facts->context == MEMMON_CONTEXT_TASK && (u32)current->tgid == totals->skipped_tgid) ||
	    (memmon_listener_is_muted() && memmon_mute_holds()))
		return MEMMON_FILTERED_SELF;
	return totals->sieve ? memmon_sieve_judge(totals->sieve, facts) : -1;
}

/* One session's part of an event that it has not seen yet. */
static notrace void take(struct memmon_totals *totals, struct memmon_facts *facts)
{
	struct memmon_totals_cpu *cpu = this_cpu_ptr(totals->cpu);
	struct memmon_totals_key key;
	int reason;

	local64_inc(&cpu->classes[facts->event_class].seen);
	reason = judge(totals, facts);
	if (reason >= 0) {
		local64_inc(&cpu->filtered[reason]);
	} else {
		make_key(totals, facts, &key);
		memmon_totals_add_to(find_row(cpu, &key), facts->bytes_req, facts->bytes_alloc);
		local64_inc(&cpu->classes[facts->event_class].counted);
	}
	if (totals->ledger)
		memmon_totals_keep(totals, facts, &key, reason);
}

/**
 * memmon_totals_go_on - all of memmon_totals_count() for what the fast way does not do
 * @call_site: as there, and so on
 * @object: address or page frame number
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @class_and_detail: event class | detail << 16; one argument, so that all of them are in registers
 *
 * Context: any, preemption disabled once more than when it returns.
 */
noinline notrace void memmon_totals_go_on(unsigned long call_site, unsigned long object,
					  u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
					  u32 class_and_detail)
{
	struct memmon_facts facts = {
		.call_site = call_site,
		.object = object,
		.bytes_req = bytes_req,
		.bytes_alloc = bytes_alloc,
		.gfp = gfp,
		.detail = class_and_detail >> 16,
		.event_class = class_and_detail,
		.context = memmon_event_context(),
	};
	struct memmon_totals *totals;

	memmon_totals_for_each(totals, facts.event_class) take(totals, &facts);
	preempt_enable_notrace();
}

/**
 * memmon_totals_miss - the rest of memmon_totals_count() for a key that is not where it is looked for first
 * @cpu: what this CPU has of the only totals, which take all events
 * @tag: of the key
 * @call_site: as there, and so on
 * @object: address or page frame number
 * @bytes: requested in the upper half, taken in the lower
 * @class_and_detail: event class | detail << 16
 *
 * Context: any, preemption disabled once more than when it returns.
 */
noinline notrace void memmon_totals_miss(struct memmon_totals_cpu *cpu, u64 tag,
					 unsigned long call_site, unsigned long object, u64 bytes,
					 u32 class_and_detail)
{
	struct memmon_totals_set *set = READ_ONCE(cpu->set);
	struct memmon_totals_row *row = group_of(cpu, set, tag);
	struct memmon_totals_class *class;
	unsigned int way;

#pragma GCC unroll 8
	for (way = 0; way < MEMMON_TOTALS_WAYS; way++) {
		/* As in memmon_totals_count(). */
		if (data_race(row[way].tag) == tag) {
			row += way;
			goto found;
		}
	}
	/* Only this CPU writes it. */
	if (unlikely(data_race(row->nr_taken) < MEMMON_TOTALS_WAYS)) {
		memmon_totals_go_on(call_site, object, bytes >> 32, bytes, 0, class_and_detail);
		return;
	}
	row = &set->others[class_and_detail & 0xff];
found:
	class = &cpu->classes[class_and_detail & 0xff];
	local64_inc(&class->seen);
	memmon_totals_add_to(row, bytes >> 32, bytes);
	local64_inc(&class->counted);
	preempt_enable_notrace();
}

/**
 * memmon_totals_submit - take any event
 * @event_class: of the event
 * @call_site: as in struct memmon_record, and so on
 * @object: 0 for a request that got nothing
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @detail: as in struct memmon_record
 *
 * Context: any.
 */
notrace void memmon_totals_submit(enum memmon_class event_class, unsigned long call_site,
				  unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
				  u32 detail)
{
	preempt_disable_notrace();
	memmon_totals_go_on(call_site, object, bytes_req, bytes_alloc, gfp,
			    event_class | detail << 16);
}
