// SPDX-License-Identifier: GPL-2.0
/* Starts and stops the quick test of a session's first condition. */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "handler.h"
#include "quick.h"
#include "session.h"
#include "way.h"

struct memmon_quick memmon_quick __read_mostly;
DEFINE_PER_CPU(u64[MEMMON_NR_CLASSES], memmon_quick_rejected);

/* One of several contexts has a range of its own in the preempt count; see <linux/preempt.h>. */
static bool set_context(struct memmon_quick *q, u32 contexts)
{
	switch (contexts) {
	case 1U << MEMMON_CONTEXT_TASK:
		q->mask = NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET;
		q->first = 0;
		q->span = 0;
		return true;
	case 1U << MEMMON_CONTEXT_SOFTIRQ:
		q->mask = NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET;
		q->first = SOFTIRQ_OFFSET;
		q->span = 0;
		return true;
	case 1U << MEMMON_CONTEXT_HARDIRQ:
		q->mask = NMI_MASK | HARDIRQ_MASK;
		q->first = HARDIRQ_OFFSET;
		q->span = HARDIRQ_MASK - HARDIRQ_OFFSET;
		return true;
	case 1U << MEMMON_CONTEXT_NMI:
		q->mask = NMI_MASK;
		q->first = NMI_OFFSET;
		q->span = NMI_MASK - NMI_OFFSET;
		return true;
	default:
		return false;
	}
}

/* The first bytes of a name, if there is one pattern and it does not begin with a wildcard. */
static bool set_comm(struct memmon_quick *q, const char *pattern)
{
	size_t length = strcspn(pattern, "*?,"), bytes;
	char mask[sizeof(q->mask)] = {}, value[sizeof(q->value)] = {};

	if (!length || strchr(pattern, ','))
		return false;
	/* A pattern without wildcards fixes the end of the name, too. */
	bytes = pattern[length] ? length : length + 1;
	q->is_exact = bytes <= sizeof(mask) && (!pattern[length] || !strcmp(pattern + length, "*"));
	bytes = min(bytes, sizeof(mask));
	memset(mask, 0xff, bytes);
	memcpy(value, pattern, min(bytes, length));
	memcpy(&q->mask, mask, sizeof(mask));
	memcpy(&q->value, value, sizeof(value));
	return true;
}

/* A cgroup of another hierarchy than the default one has no tasks there: that is for the sieve to say. */
static bool set_cgroup(struct memmon_quick *q, const struct cgroup *cgroup)
{
	q->cgroup = cgroup;
	q->level = cgroup->level;
	return cgroup->root == &cgrp_dfl_root && cgroup->level <= U16_MAX;
}

/* Brings a condition into the form of struct memmon_quick. Returns whether that can be done. */
static bool set_condition(struct memmon_quick *q, int condition)
{
	const struct memmon_filter *f = &q->sieve->filter;

	q->is_exact = true;
	switch (condition) {
	case MEMMON_FILTERED_PID:
		q->value = f->pid;
		return true;
	case MEMMON_FILTERED_TGID:
		q->value = f->tgid;
		return true;
	case MEMMON_FILTERED_BYTES:
		/* Not of a cache that has lost its first place in the registry to another. */
		q->is_exact = false;
		q->first = f->min_bytes;
		q->span = f->max_bytes - f->min_bytes;
		return true;
	case MEMMON_FILTERED_ORDER:
		q->value = f->orders;
		return true;
	case MEMMON_FILTERED_GFP:
		q->mask = f->gfp_mask;
		q->value = f->gfp_value;
		return true;
	case MEMMON_FILTERED_SITE:
		q->first = f->sites[0].first;
		q->span = f->sites[0].last - f->sites[0].first;
		return f->nr_sites == 1;
	case MEMMON_FILTERED_CONTEXT:
		return set_context(q, f->contexts);
	case MEMMON_FILTERED_SAMPLE:
		/* Products whose upper half is at most that of the last one kept. */
		q->value = ((1ULL << 32) - 1) / f->sample_one_in << 32 | U32_MAX;
		return true;
	case MEMMON_FILTERED_NODE:
		q->value = f->nodes[0] & 1;
		return true;
	case MEMMON_FILTERED_COMM:
		return set_comm(q, f->comm);
	case MEMMON_FILTERED_CGROUP:
		return set_cgroup(q, q->sieve->cgroup);
	case MEMMON_FILTERED_CACHE:
		q->is_exact = false;
		q->span = (unsigned long)high_memory - PAGE_OFFSET;
		return memmon_layout.slab_cache_offset >= 0;
	default:
		return true;
	}
}

/**
 * memmon_quick_start - test a session's first condition before anything else
 * @session: the only one that is enabled
 *
 * Context: process, under the session lock; may sleep.
 * Return: whether there is anything to test so.
 */
bool memmon_quick_start(struct memmon_session *session)
{
	struct memmon_quick quick = { .sieve = session->sieve };
	int condition, cpu;

	if (!session->sieve)
		return false;
	condition = __ffs(session->sieve->filter.conditions);
	if (!set_condition(&quick, condition))
		return false;
	memmon_quick = quick;
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&memmon_quick_rejected, cpu), 0, sizeof(memmon_quick_rejected));
	memmon_handler_choose(session->classes, condition);
	if (!quick.is_exact || session->sieve->filter.conditions != 1U << condition ||
	    session->classes & ~MEMMON_CLASSES_TRACEPOINT)
		return true;
	/* No event that came before the choice is still on its way. */
	tracepoint_synchronize_unregister();
	memmon_way_set_slow(session, session->stacks);
	memmon_listener_open_gates(session->classes);
	return true;
}

/**
 * memmon_quick_stop - take memmon_quick_start() back
 * @session: that it was called for; its books get what was rejected
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_quick_stop(struct memmon_session *session)
{
	int i;

	memmon_listener_close_gates(session->classes);
	memmon_way_set_slow(session, true);
	memmon_handler_choose(session->classes, MEMMON_HANDLERS_ALL);
	tracepoint_synchronize_unregister();
	memmon_listener_open_gates(session->classes);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		session->rejected[i] += memmon_quick_count(i);
}

/* Events of a class that were rejected since the start. Context: any. */
u64 memmon_quick_count(enum memmon_class event_class)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE((*per_cpu_ptr(&memmon_quick_rejected, cpu))[event_class]);
	return sum;
}
