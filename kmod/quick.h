/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Knows at once that nobody wants an event: while one session alone is enabled, the first condition of its
 * filter is tested before anything else is done. What it rejects is counted by one instruction.
 *
 * The test is compiled once for each condition and class (handler.c), and chosen when sessions come and
 * go, so that an event pays for one test and no choice. If the test is all that the filter asks for, what
 * passes takes the fast way, as if there were no filter; else it is judged.
 */
#ifndef MEMMON_QUICK_H
#define MEMMON_QUICK_H

#include <linux/cgroup.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "event.h"
#include "sieve.h"

struct memmon_session;

/**
 * struct memmon_quick - the condition in the form in which it is tested; the members that it needs
 * @sieve: of the one session
 * @first: least size, first call site, least context
 * @span: how far the greatest is from it; bytes of the direct map, where objects lead to their caches
 * @mask: bits of the gfp flags, of the preempt count, or of the first bytes of comm
 * @is_exact: what passes meets the condition
 * @value: what they must be; also the process or thread, mask of orders, bound of a sample, whether node 0
 *	   is wanted
 * @cgroup: the one that is asked for
 * @level: how deep it lies; not negative, as the compiler sees
 *
 * Written under the session lock while no probe reads it.
 */
struct memmon_quick {
	struct memmon_sieve *sieve;
	bool is_exact;
	u64 first;
	u64 span;
	u64 mask;
	u64 value;
	const struct cgroup *cgroup;
	u16 level;
};

extern struct memmon_quick memmon_quick;
DECLARE_PER_CPU(u64[MEMMON_NR_CLASSES], memmon_quick_rejected);

static __always_inline bool memmon_quick_in_range(u64 number)
{
	return number - memmon_quick.first <= memmon_quick.span;
}

static __always_inline bool memmon_quick_wants_comm(void)
{
	u64 begin;

	memcpy(&begin, current->comm, sizeof(begin));
	return (begin & memmon_quick.mask) == memmon_quick.value;
}

/* The ancestor of the task's cgroup that is as deep as the one that is asked for: it, or another. */
static __always_inline bool memmon_quick_wants_cgroup(void)
{
	const struct cgroup *ancestor;

	preempt_disable_notrace();
	ancestor = cgroup_ancestor(task_dfl_cgroup(current), memmon_quick.level);
	preempt_enable_notrace();
	return ancestor == memmon_quick.cgroup;
}

/* On a machine with one node the answer is the same for all objects. */
static __always_inline bool memmon_quick_wants_node(const enum memmon_class event_class,
						    unsigned long object)
{
	u32 node;

	if (!static_branch_unlikely(&memmon_event_has_nodes))
		return memmon_quick.value && object;
	node = memmon_event_node(event_class, object);
	return object && memmon_quick.sieve->filter.nodes[node / 64] & 1ULL << node % 64;
}

/* The size of an object is that of its cache. Only of a cache in its first place in the registry is it known. */
static __always_inline bool memmon_quick_wants_size(const struct kmem_cache *s, size_t bytes)
{
	struct memmon_cache cache;

	if (!s)
		return memmon_quick_in_range(bytes);
	return !memmon_cache_is_home(s, &cache) || memmon_quick_in_range(cache.bytes);
}

/*
 * Only what is in its first place in the registry and has been judged before is rejected. No cache at all is in
 * a place that is never judged.
 */
static __always_inline bool memmon_quick_wants_cache(const struct kmem_cache *s)
{
	struct memmon_cache cache;

	return !memmon_cache_is_home(s, &cache) ||
	       memmon_sieve_may_want_cache(memmon_quick.sieve, cache.id);
}

/* The cache is that of memmon_cache_of_slab(). What lies outside of the direct map is for the sieve to judge. */
static __always_inline bool memmon_quick_wants_object(unsigned long object)
{
	if (unlikely(object - PAGE_OFFSET >= memmon_quick.span))
		return true;
	return memmon_quick_wants_cache(memmon_cache_of_mapped((void *)object));
}

/**
 * memmon_quick_wants - whether an event meets the condition
 * @condition: a constant
 * @event_class: a constant
 * @call_site: of the event
 * @object: address or page frame number
 * @s: its cache, or NULL
 * @bytes: requested, if @s does not say it
 * @gfp: flags
 * @order: of a page event
 *
 * Context: any.
 * Return: false only if memmon_sieve_judge() would return @condition.
 */
static __always_inline bool memmon_quick_wants(const enum memmon_filter_reason condition,
					       const enum memmon_class event_class,
					       unsigned long call_site, unsigned long object,
					       const struct kmem_cache *s, size_t bytes, gfp_t gfp,
					       unsigned int order)
{
	switch (condition) {
	case MEMMON_FILTERED_PID:
		return (u32)current->pid == (u32)memmon_quick.value ||
		       (u32)current->tgid == (u32)memmon_quick.value;
	case MEMMON_FILTERED_TGID:
		return (u32)current->tgid == (u32)memmon_quick.value;
	case MEMMON_FILTERED_BYTES:
		return event_class != MEMMON_CLASS_KFREE && memmon_quick_wants_size(s, bytes);
	case MEMMON_FILTERED_ORDER:
		return memmon_event_is_page(event_class) &&
		       memmon_quick.value & 1ULL << (order & 31);
	case MEMMON_FILTERED_GFP:
		return !memmon_event_is_free(event_class) &&
		       ((__force u32)gfp & (u32)memmon_quick.mask) == (u32)memmon_quick.value;
	case MEMMON_FILTERED_SITE:
		return !memmon_event_is_page(event_class) && memmon_quick_in_range(call_site);
	case MEMMON_FILTERED_CONTEXT:
		return memmon_quick_in_range((u32)preempt_count() & (u32)memmon_quick.mask);
	case MEMMON_FILTERED_SAMPLE:
		return memmon_event_sample_key(event_class, object) * MEMMON_SAMPLE_FACTOR <=
		       memmon_quick.value;
	case MEMMON_FILTERED_NODE:
		return memmon_quick_wants_node(event_class, object);
	case MEMMON_FILTERED_COMM:
		return memmon_quick_wants_comm();
	case MEMMON_FILTERED_CGROUP:
		return memmon_quick_wants_cgroup();
	case MEMMON_FILTERED_CACHE:
		if (memmon_event_is_page(event_class))
			return false;
		if (event_class == MEMMON_CLASS_KMALLOC || event_class == MEMMON_CLASS_KFREE)
			return memmon_quick_wants_object(object);
		return memmon_quick_wants_cache(s);
	default:
		return true;
	}
}

bool memmon_quick_start(struct memmon_session *session);
void memmon_quick_stop(struct memmon_session *session);
u64 memmon_quick_count(enum memmon_class event_class);

#endif /* MEMMON_QUICK_H */
