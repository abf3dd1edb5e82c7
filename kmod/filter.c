// SPDX-License-Identifier: GPL-2.0
/* Decides whether a session wants an event. */
#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "books.h"
#include "filter.h"
#include "text.h"

struct memmon_filter memmon_filter;

enum verdict {
	VERDICT_NONE,
	VERDICT_YES,
	VERDICT_NO
};

/*
 * The verdict on each cache, by id, so that a name is compared once. Any CPU may write its entry; all
 * write the same.
 */
static u8 verdicts[MEMMON_CACHE_SLOTS];

/**
 * memmon_filter_is_set - whether any condition is set
 *
 * Context: any.
 */
bool memmon_filter_is_set(void)
{
	const struct memmon_filter *f = &memmon_filter;

	return f->pid || f->comm[0] || f->cache[0] || f->min_bytes;
}

static bool wants_cache(struct memmon_facts *facts)
{
	char name[MEMMON_CACHE_NAME_BYTES];
	u8 verdict;

	if (facts->is_slab && facts->cache == MEMMON_CACHE_UNKNOWN && facts->object)
		facts->cache = memmon_cache_lookup(memmon_cache_of_slab((void *)facts->object)).id;
	if (facts->cache == MEMMON_CACHE_UNKNOWN)
		return false;
	verdict = READ_ONCE(verdicts[facts->cache]);
	if (verdict == VERDICT_NONE) {
		memmon_cache_name(facts->cache, name);
		verdict = memmon_text_matches(memmon_filter.cache, name) ? VERDICT_YES : VERDICT_NO;
		WRITE_ONCE(verdicts[facts->cache], verdict);
	}
	return verdict == VERDICT_YES;
}

/**
 * memmon_filter_judge - decide on an event
 * @facts: of the event; the cache of a slab object is added if it had to be looked up
 *
 * Context: any, on behalf of the current task.
 * Return: -1 if it is wanted, else the enum memmon_filter_reason.
 */
int memmon_filter_judge(struct memmon_facts *facts)
{
	const struct memmon_filter *f = &memmon_filter;

	if (f->pid && current->pid != f->pid && current->tgid != f->pid)
		return MEMMON_FILTERED_PID;
	if (f->comm[0]) {
		char comm[MEMMON_COMM_BYTES];

		/* A copy, as a concurrent rename could take away the NUL. */
		memcpy(comm, current->comm, sizeof(comm));
		comm[sizeof(comm) - 1] = '\0';
		if (!memmon_text_matches(f->comm, comm))
			return MEMMON_FILTERED_COMM;
	}
	if (facts->bytes < f->min_bytes)
		return MEMMON_FILTERED_MIN_BYTES;
	if (f->cache[0] && !wants_cache(facts))
		return MEMMON_FILTERED_CACHE;
	return -1;
}
