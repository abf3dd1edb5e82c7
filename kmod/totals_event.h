/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds an event to the totals of all sessions that want it: what is compiled into the handlers. The law is that of
 * event.h.
 *
 * Straight through goes what has a row where it is looked for first, in a session that takes all events. Parts of
 * a key that are at hand are kept or not by a mask, which costs less than asking.
 */
#ifndef MEMMON_TOTALS_EVENT_H
#define MEMMON_TOTALS_EVENT_H

#include <linux/bitops.h>
#include <linux/cgroup.h>
#include <linux/limits.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "cache.h"
#include "event.h"
#include "totals.h"

/* Odd, so that no bit is lost; the call site stands for itself. */
#define MEMMON_TOTALS_BY_CLASS 0xa24baed4963ee407ULL
#define MEMMON_TOTALS_BY_CACHE 0xd6e8feb86659fd93ULL
#define MEMMON_TOTALS_BY_CGROUP 0xc2b2ae3d27d4eb4fULL
#define MEMMON_TOTALS_BY_STACK 0x9fb21c651e98df25ULL
#define MEMMON_TOTALS_BY_TGID 0xff51afd7ed558ccdULL
#define MEMMON_TOTALS_BY_SIZE 0xc4ceb9fe1a85ec53ULL
#define MEMMON_TOTALS_BY_NODE 0x165667b19e3779f9ULL
#define MEMMON_TOTALS_BY_ORDER 0x27d4eb2f165667c5ULL
#define MEMMON_TOTALS_BY_CONTEXT 0x85ebca77c2b2ae63ULL
#define MEMMON_TOTALS_BY_FLAGS 0xe7037ed1a0b428dbULL

/* From the sum of the parts of a key. Its highest bits depend on all; it is none of the reserved values. */
static __always_inline u64 memmon_totals_tag(u64 sum)
{
	return sum * 0x9e3779b97f4a7c15ULL | 2;
}

/* Bits of a tag that choose a row begin here: those that depend on all of a key's parts, but on no 2 in the end. */
#define MEMMON_TOTALS_HOME_BIT 32

/* The row in which a key is looked for first. */
static __always_inline struct memmon_totals_row *
memmon_totals_home(const struct memmon_totals_cpu *cpu, struct memmon_totals_set *set, u64 tag)
{
	u64 offset = tag >> (MEMMON_TOTALS_HOME_BIT - MEMMON_TOTALS_ROW_SHIFT) & cpu->mask;

	return (void *)set->rows + offset;
}

/* Each of the totals that probes can find and that want a class. Context: preemption off. */
#define memmon_totals_for_each(totals, event_class)                         \
	for ((totals) = READ_ONCE(memmon_totals_first); (totals);           \
	     (totals) = READ_ONCE((totals)->next))                          \
		if (unlikely(!((totals)->classes & 1U << (event_class)))) { \
		} else

/* The size class of some bytes: the next power of two, or 3/4 of it. Context: any. */
static __always_inline u32 memmon_totals_size_class(u32 bytes)
{
	u64 power, less;

	if (bytes <= 1)
		return bytes;
	power = 1ULL << fls(bytes - 1);
	less = power - power / 4;
	if (bytes <= less)
		return less;
	return power > U32_MAX ? U32_MAX : power;
}

/* Adds an event to a row. */
static __always_inline void memmon_totals_add_to(struct memmon_totals_row *row, u32 bytes_req,
						 u32 bytes_alloc)
{
	local64_inc(&row->count);
	local64_add(bytes_req, &row->bytes_req);
	local64_add(bytes_alloc, &row->bytes_alloc);
}

static __always_inline bool memmon_totals_is_slab(const enum memmon_class event_class)
{
	return event_class == MEMMON_CLASS_KMALLOC || event_class == MEMMON_CLASS_KFREE;
}

/* What cache or order add to the sum of a key, where the event says it. Context: any. */
static __always_inline u64 memmon_totals_kind(const struct memmon_totals *totals,
					      const enum memmon_class event_class, u32 detail)
{
	if (memmon_event_is_page(event_class))
		return (MEMMON_PAGE_ORDER(detail) & totals->order_mask) * MEMMON_TOTALS_BY_ORDER;
	if (!memmon_totals_is_slab(event_class))
		return (detail & totals->cache_mask) * MEMMON_TOTALS_BY_CACHE;
	return 0;
}

/* Adds the cache of an object of kmalloc. Return: false if it is to be searched for. */
static __always_inline bool memmon_totals_add_slab(unsigned long object, u64 *sum)
{
	struct memmon_cache cache;

	if (unlikely(!object) ||
	    unlikely(!memmon_cache_is_home(memmon_cache_of_mapped((void *)object), &cache)))
		return false;
	*sum += cache.id * MEMMON_TOTALS_BY_CACHE;
	return true;
}

/* Adds what costs more than a mask. Return: false if that is to be left to the slow way. */
static __always_inline bool memmon_totals_add_costly(const struct memmon_totals *totals,
						     const enum memmon_class event_class,
						     unsigned long object, u32 bytes_alloc,
						     u64 *sum)
{
	const u32 keys = totals->costly_slab;

	if (memmon_totals_is_slab(event_class) && keys & MEMMON_TOTALS_KEY(CACHE) &&
	    !memmon_totals_add_slab(object, sum))
		return false;
	/* A task's context is 0. */
	if (keys & (MEMMON_TOTALS_KEY(CGROUP) | MEMMON_TOTALS_KEY(CONTEXT)) &&
	    unlikely(!memmon_event_is_outermost()))
		return false;
	if (keys & MEMMON_TOTALS_KEY(CGROUP))
		*sum += cgroup_id(task_dfl_cgroup(current)) * MEMMON_TOTALS_BY_CGROUP;
	if (keys & MEMMON_TOTALS_KEY(SIZE))
		*sum += memmon_totals_size_class(bytes_alloc) * MEMMON_TOTALS_BY_SIZE;
	if (keys & MEMMON_TOTALS_KEY(NODE) && static_branch_unlikely(&memmon_event_has_nodes))
		*sum += memmon_event_node(event_class, object) * MEMMON_TOTALS_BY_NODE;
	return true;
}

/**
 * memmon_totals_count - take an event into the totals of all sessions
 * @event_class: a constant
 * @call_site: return address of the allocator call, 0 if unknown
 * @object: as in struct memmon_record
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags of the request
 * @detail: id of the cache, which is known to the registry, or MEMMON_PAGE_DETAIL()
 *
 * May end as a tail call, so that no register is saved: see docs/decisions/003.
 *
 * Context: any.
 */
static __always_inline void memmon_totals_count(const enum memmon_class event_class,
						unsigned long call_site, unsigned long object,
						u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						u32 detail)
{
	const bool is_slab = memmon_totals_is_slab(event_class);
	struct memmon_totals *totals;
	struct memmon_totals_cpu *cpu;
	struct memmon_totals_row *row;
	u32 tgid;
	u64 tag;

	preempt_disable_notrace();
	totals = READ_ONCE(memmon_totals_fast[event_class]);
	tgid = current->tgid;
	/* Whoever mutes its own task is seen by it; an instruction less than memmon_listener_is_muted(). */
	if (unlikely(!totals) || unlikely(data_race(memmon_listener_muted)) ||
	    unlikely(tgid == totals->skipped_tgid))
		goto slowly;
	tag = event_class * MEMMON_TOTALS_BY_CLASS + (call_site & totals->site_mask) +
	      (tgid & totals->tgid_mask) * MEMMON_TOTALS_BY_TGID +
	      memmon_totals_kind(totals, event_class, detail);
	if (unlikely(is_slab ? totals->costly_slab : totals->costly) &&
	    !memmon_totals_add_costly(totals, event_class, object, bytes_alloc, &tag))
		goto slowly;
	tag = memmon_totals_tag(tag);
	cpu = this_cpu_ptr(totals->cpu);
	row = memmon_totals_home(cpu, READ_ONCE(cpu->set), tag);
	/* Others write it only when code goes: either value is right. */
	if (unlikely(data_race(row->tag) != tag)) {
		memmon_totals_miss(cpu, tag, call_site, object, (u64)bytes_req << 32 | bytes_alloc,
				   event_class | detail << 16);
		return;
	}
	local64_inc(&cpu->classes[event_class].seen);
	memmon_totals_add_to(row, bytes_req, bytes_alloc);
	local64_inc(&cpu->classes[event_class].counted);
	preempt_enable_notrace();
	return;

slowly:
	memmon_totals_go_on(call_site, object, bytes_req, bytes_alloc, gfp,
			    event_class | detail << 16);
}

#endif /* MEMMON_TOTALS_EVENT_H */
