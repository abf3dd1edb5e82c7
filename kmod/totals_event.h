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
#include <linux/limits.h>
#include <linux/preempt.h>
#include <linux/sched.h>

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

/* What cache or order add to the sum of a key. Context: any. */
static __always_inline u64 memmon_totals_kind(const struct memmon_totals *totals,
					      const enum memmon_class event_class,
					      unsigned long object, u32 detail)
{
	if (memmon_event_is_page(event_class))
		return (MEMMON_PAGE_ORDER(detail) & totals->order_mask) * MEMMON_TOTALS_BY_ORDER;
	if (event_class != MEMMON_CLASS_KMALLOC && event_class != MEMMON_CLASS_KFREE)
		return (detail & totals->cache_mask) * MEMMON_TOTALS_BY_CACHE;
	if (unlikely(totals->has_slab_cache))
		return memmon_totals_slab_cache(object) * MEMMON_TOTALS_BY_CACHE;
	return 0;
}

/* One session's part of memmon_totals_count(). */
static __always_inline void memmon_totals_count_one(struct memmon_totals *totals,
						    const enum memmon_class event_class,
						    unsigned long call_site, unsigned long object,
						    u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						    u32 detail)
{
	struct memmon_totals_cpu *cpu = this_cpu_ptr(totals->cpu);
	u32 tgid = current->tgid;
	struct memmon_totals_set *set;
	struct memmon_totals_row *row;
	u64 tag;

	local64_inc(&cpu->seen[event_class]);
	if (unlikely(totals->is_judged) || unlikely(tgid == totals->skipped_tgid) ||
	    unlikely(memmon_listener_is_muted()))
		goto slowly;
	tag = event_class * MEMMON_TOTALS_BY_CLASS + (call_site & totals->site_mask) +
	      (tgid & totals->tgid_mask) * MEMMON_TOTALS_BY_TGID +
	      memmon_totals_kind(totals, event_class, object, detail);
	if (unlikely(totals->costly))
		tag += memmon_totals_costly(totals, event_class, object, bytes_alloc);
	tag = memmon_totals_tag(tag);
	set = READ_ONCE(cpu->set);
	row = &set->rows[tag >> totals->shift];
	if (unlikely(READ_ONCE(row->tag) != tag)) {
		row = memmon_totals_search(totals, cpu, set, tag, event_class);
		if (unlikely(!row))
			goto slowly;
	}
	memmon_totals_add_to(row, bytes_req, bytes_alloc);
	local64_inc(&cpu->counted[event_class]);
	return;

slowly:
	memmon_totals_take(totals, call_site, object, (u64)bytes_req << 32 | bytes_alloc, gfp,
			   event_class | detail << 16);
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
 * Context: any.
 */
static __always_inline void memmon_totals_count(const enum memmon_class event_class,
						unsigned long call_site, unsigned long object,
						u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						u32 detail)
{
	struct memmon_totals *totals;

	preempt_disable_notrace();
	memmon_totals_for_each(totals, event_class) memmon_totals_count_one(
		totals, event_class, call_site, object, bytes_req, bytes_alloc, gfp, detail);
	preempt_enable_notrace();
}

#endif /* MEMMON_TOTALS_EVENT_H */
