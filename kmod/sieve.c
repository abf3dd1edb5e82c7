// SPDX-License-Identifier: GPL-2.0
/* Checks the filter of a session, and decides on events. */
#include <linux/cgroup.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "sieve.h"
#include "text.h"

#define CONDITION(id) (1U << MEMMON_FILTERED_##id)

/* All bits that a filter may set. */
#define CONDITION_BIT(id, name) | CONDITION(id)
#define ALL_CONDITIONS (0 MEMMON_CONDITIONS(CONDITION_BIT))

static bool is_set(const struct memmon_filter *filter, enum memmon_filter_reason condition)
{
	return filter->conditions & 1U << condition;
}

static bool is_pattern(const char *text, size_t bytes, unsigned int longest)
{
	return strnlen(text, bytes) < bytes && memmon_text_can_match(text, longest);
}

/* Whether every condition that is set makes sense: one that nothing can meet is a mistake. */
static bool makes_sense(const struct memmon_filter *f)
{
	u32 i;

	if (f->conditions & ~ALL_CONDITIONS || f->nr_sites > MEMMON_FILTER_SITES)
		return false;
	for (i = 0; i < f->nr_sites; i++) {
		if (f->sites[i].first > f->sites[i].last)
			return false;
	}
	return (!is_set(f, MEMMON_FILTERED_BYTES) || f->min_bytes <= f->max_bytes) &&
	       (!is_set(f, MEMMON_FILTERED_ORDER) || f->orders) &&
	       (!is_set(f, MEMMON_FILTERED_GFP) || !(f->gfp_value & ~f->gfp_mask)) &&
	       (!is_set(f, MEMMON_FILTERED_SITE) || f->nr_sites) &&
	       (!is_set(f, MEMMON_FILTERED_CONTEXT) ||
		f->contexts & ((1U << MEMMON_NR_CONTEXTS) - 1)) &&
	       (!is_set(f, MEMMON_FILTERED_SAMPLE) || f->sample_one_in) &&
	       (!is_set(f, MEMMON_FILTERED_NODE) || memchr_inv(f->nodes, 0, sizeof(f->nodes))) &&
	       (!is_set(f, MEMMON_FILTERED_COMM) ||
		is_pattern(f->comm, sizeof(f->comm), MEMMON_COMM_BYTES - 1)) &&
	       (!is_set(f, MEMMON_FILTERED_CACHE) ||
		is_pattern(f->cache, sizeof(f->cache), MEMMON_CACHE_NAME_BYTES - 1));
}

/**
 * memmon_sieve_create - check a filter and make it ready
 * @filter: from user space
 * @ret: the sieve, or NULL if every event is wanted
 *
 * Context: process; may sleep.
 * Return: 0, -EINVAL for a filter that makes no sense, -ENOMEM, or what a wrong cgroup_fd gives.
 */
int memmon_sieve_create(const struct memmon_filter *filter, struct memmon_sieve **ret)
{
	struct memmon_sieve *sieve;

	*ret = NULL;
	if (!makes_sense(filter))
		return -EINVAL;
	if (!filter->conditions)
		return 0;
	sieve = kvzalloc(sizeof(*sieve), GFP_KERNEL_ACCOUNT);
	if (!sieve)
		return -ENOMEM;
	sieve->filter = *filter;
	if (is_set(filter, MEMMON_FILTERED_CGROUP)) {
		struct cgroup *cgroup = cgroup_get_from_fd(filter->cgroup_fd);

		if (IS_ERR(cgroup)) {
			kvfree(sieve);
			return PTR_ERR(cgroup);
		}
		sieve->cgroup = cgroup;
	}
	*ret = sieve;
	return 0;
}

/* Frees a sieve that no probe can find any more; NULL is fine. Context: process; may sleep. */
void memmon_sieve_destroy(struct memmon_sieve *sieve)
{
	if (sieve && sieve->cgroup)
		cgroup_put(sieve->cgroup);
	kvfree(sieve);
}

static notrace bool wants_bytes(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	return memmon_event_has_size(facts->event_class) && facts->bytes_req >= f->min_bytes &&
	       facts->bytes_req <= f->max_bytes;
}

static notrace bool wants_order(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	return memmon_event_is_page(facts->event_class) &&
	       f->orders & 1U << MEMMON_PAGE_ORDER(facts->detail);
}

static notrace bool wants_gfp(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	return !memmon_event_is_free(facts->event_class) &&
	       facts->event_class != MEMMON_CLASS_PAGE_EXTFRAG &&
	       ((__force u32)facts->gfp & f->gfp_mask) == f->gfp_value;
}

/* A range that begins at 0 does not mean the events that have no call site. */
static notrace bool wants_site(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	u32 i;

	for (i = 0; facts->call_site && i < f->nr_sites; i++) {
		if (facts->call_site >= f->sites[i].first && facts->call_site <= f->sites[i].last)
			return true;
	}
	return false;
}

static notrace bool wants_sample(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	u64 key = memmon_event_sample_key(facts->event_class, facts->object);
	u32 fraction = key * MEMMON_SAMPLE_FACTOR >> 32;

	return !((u64)fraction * f->sample_one_in >> 32);
}

static notrace bool wants_node(const struct memmon_filter *f, const struct memmon_facts *facts)
{
	u32 node = memmon_event_node(facts->event_class, facts->object);

	return node != MEMMON_NODE_UNKNOWN && f->nodes[node / 64] & 1ULL << node % 64;
}

static notrace bool wants_comm(const struct memmon_filter *f)
{
	char comm[MEMMON_COMM_BYTES];

	/* A copy, as a concurrent rename could take away the NUL. */
	memcpy(comm, current->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = '\0';
	return memmon_text_matches_any(f->comm, comm);
}

static notrace bool wants_cgroup(const struct memmon_sieve *sieve)
{
	bool is_inside;

	rcu_read_lock_sched_notrace();
	is_inside = cgroup_is_descendant(task_dfl_cgroup(current), sieve->cgroup);
	rcu_read_unlock_sched_notrace();
	return is_inside;
}

static notrace bool wants_cache(struct memmon_sieve *sieve, struct memmon_facts *facts)
{
	char name[MEMMON_CACHE_NAME_BYTES];
	u8 verdict;

	if (memmon_event_is_page(facts->event_class))
		return false;
	facts->cache = facts->detail;
	if (facts->cache == MEMMON_CACHE_UNKNOWN &&
	    memmon_event_is_mapped(facts->event_class, facts->object))
		facts->cache = memmon_cache_lookup(memmon_cache_of_slab((void *)facts->object)).id;
	if (facts->cache == MEMMON_CACHE_UNKNOWN)
		return false;
	verdict = READ_ONCE(sieve->verdicts[facts->cache]);
	if (verdict == MEMMON_VERDICT_NONE) {
		memmon_cache_name(facts->cache, name);
		verdict = memmon_text_matches_any(sieve->filter.cache, name) ? MEMMON_VERDICT_YES :
									       MEMMON_VERDICT_NO;
		WRITE_ONCE(sieve->verdicts[facts->cache], verdict);
	}
	return verdict == MEMMON_VERDICT_YES;
}

/* Whether an event meets one condition. */
static notrace bool meets(struct memmon_sieve *sieve, struct memmon_facts *facts,
			  enum memmon_filter_reason condition)
{
	const struct memmon_filter *f = &sieve->filter;

	switch (condition) {
	case MEMMON_FILTERED_PID:
		return (u32)current->pid == f->pid || (u32)current->tgid == f->pid;
	case MEMMON_FILTERED_TGID:
		return (u32)current->tgid == f->tgid;
	case MEMMON_FILTERED_BYTES:
		return wants_bytes(f, facts);
	case MEMMON_FILTERED_ORDER:
		return wants_order(f, facts);
	case MEMMON_FILTERED_GFP:
		return wants_gfp(f, facts);
	case MEMMON_FILTERED_SITE:
		return wants_site(f, facts);
	case MEMMON_FILTERED_CONTEXT:
		return f->contexts & 1U << facts->context;
	case MEMMON_FILTERED_SAMPLE:
		return wants_sample(f, facts);
	case MEMMON_FILTERED_NODE:
		return wants_node(f, facts);
	case MEMMON_FILTERED_COMM:
		return wants_comm(f);
	case MEMMON_FILTERED_CGROUP:
		return wants_cgroup(sieve);
	case MEMMON_FILTERED_CACHE:
		return wants_cache(sieve, facts);
	default:
		return true;
	}
}

/**
 * memmon_sieve_judge - decide on an event
 * @sieve: of the session
 * @facts: of the event; the cache of a slab object is added if it had to be looked up
 *
 * Context: any, on behalf of the current task; preemption off.
 * Return: -1 if it is wanted, else the first condition that it does not meet.
 */
notrace int memmon_sieve_judge(struct memmon_sieve *sieve, struct memmon_facts *facts)
{
	unsigned long rest = sieve->filter.conditions;

	while (rest) {
		int condition = __ffs(rest);

		if (!meets(sieve, facts, condition))
			return condition;
		rest &= rest - 1;
	}
	return -1;
}
