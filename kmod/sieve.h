/* SPDX-License-Identifier: GPL-2.0 */
/* Decides what a session wants to see: its filter, checked and made ready for probes. */
#ifndef MEMMON_SIEVE_H
#define MEMMON_SIEVE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

#include "cache.h"

struct cgroup;

/**
 * struct memmon_sieve - set before any probe sees it; read-only afterwards but for @verdicts
 * @filter: its conditions; texts are terminated
 * @cgroup: with a reference, if there is such a condition
 * @verdicts: on each cache, by id, so that a name is compared once. Any CPU may write its entry; all write
 *	      the same
 */
struct memmon_sieve {
	struct memmon_filter filter;
	struct cgroup *cgroup;
	u8 verdicts[MEMMON_CACHE_SLOTS];
};

/**
 * struct memmon_facts - an event on its slow way
 * @cache: id of the slab cache, once a sieve has looked it up; before that @detail tells
 *
 * The others are as in struct memmon_record.
 */
struct memmon_facts {
	unsigned long call_site;
	unsigned long object;
	u32 bytes_req;
	u32 bytes_alloc;
	gfp_t gfp;
	u16 detail;
	u16 cache;
	u8 event_class;
	u8 context;
};

int memmon_sieve_create(const struct memmon_filter *filter, struct memmon_sieve **ret);
void memmon_sieve_destroy(struct memmon_sieve *sieve);
int memmon_sieve_judge(struct memmon_sieve *sieve, struct memmon_facts *facts);

/* A sample of 1 in N keeps an address if the upper half of its product with this is below 2^32 / N. */
#define MEMMON_SAMPLE_FACTOR 0x9e3779b97f4a7c15ULL

enum memmon_sieve_verdict {
	MEMMON_VERDICT_NONE,
	MEMMON_VERDICT_YES,
	MEMMON_VERDICT_NO
};

/* Whether a cache may be wanted: it is, or has not been judged. Context: any. */
static inline bool memmon_sieve_may_want_cache(const struct memmon_sieve *sieve, u32 id)
{
	return READ_ONCE(sieve->verdicts[id]) != MEMMON_VERDICT_NO;
}

/* Whether the sieve had the cache of slab objects looked up. */
static inline bool memmon_sieve_knows_caches(const struct memmon_sieve *sieve)
{
	return sieve && sieve->filter.conditions & 1U << MEMMON_FILTERED_CACHE;
}

#endif /* MEMMON_SIEVE_H */
