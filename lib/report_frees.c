// SPDX-License-Identifier: GPL-2.0
/* Knows from a session's options whether the end of an object can be in its events. */
#include "report_internal.h"

#define CLASS(name) REPORT_CLASS(name)
#define CONDITION(name) (1U << MEMMON_FILTERED_##name)

/* Where slab objects come from, and on which ways without a tracepoint they go. */
#define SLAB_REQUESTS \
	(CLASS(KMALLOC) | CLASS(CACHE_ALLOC) | CLASS(CACHE_ALLOC_BULK) | CLASS(KMALLOC_NOLOCK))
#define SLAB_UNTRACED_FREES (CLASS(CACHE_FREE_BULK) | CLASS(RCU_FREE) | CLASS(KFREE_NOLOCK))

/**
 * struct ways - how what was requested in one way may be freed
 * @request: class of the request
 * @usual: without any of these, hardly anything of it is ever seen to be freed
 * @others: without one of these, some of it is not
 *
 * Hooks of frees are left to report_frees_unseen(), where there is a tracepoint for others.
 */
struct ways {
	uint32_t request;
	uint32_t usual;
	uint32_t others;
};

static const struct ways slab_ways[] = {
	{ CLASS(KMALLOC), CLASS(KFREE), 0 },
	/* kfree() takes objects of any cache. */
	{ CLASS(CACHE_ALLOC), CLASS(CACHE_FREE), CLASS(KFREE) },
	{ CLASS(CACHE_ALLOC_BULK), CLASS(CACHE_FREE_BULK) | CLASS(CACHE_FREE),
	  CLASS(CACHE_FREE) | CLASS(KFREE) },
	{ CLASS(KMALLOC_NOLOCK), CLASS(KFREE_NOLOCK) | CLASS(KFREE), CLASS(KFREE) },
	{ CLASS(VMALLOC), CLASS(VFREE), 0 },
	{ CLASS(PERCPU_ALLOC), CLASS(PERCPU_FREE), 0 },
};

static enum memmon_frees slab_frees(uint32_t classes, uint32_t conditions)
{
	enum memmon_frees frees = MEMMON_FREES_ALL;

	/* A kfree has neither size nor gfp flags, and no slab event an order; who frees is not who asked. */
	if (conditions & (CONDITION(BYTES) | CONDITION(GFP) | CONDITION(ORDER) | CONDITION(SITE)))
		return MEMMON_FREES_NONE;
	for (size_t i = 0; i < sizeof(slab_ways) / sizeof(slab_ways[0]); i++) {
		const struct ways *ways = &slab_ways[i];

		if (!(classes & ways->request))
			continue;
		if (!(classes & ways->usual))
			return MEMMON_FREES_NONE;
		if (ways->others & ~classes)
			frees = MEMMON_FREES_SOME;
	}
	return frees;
}

static enum memmon_frees page_frees(uint32_t classes, uint32_t conditions)
{
	/* Frees of pages have no flags, no cache and no call site; only requests in bulk have the last. */
	if (conditions & CONDITION(GFP))
		return MEMMON_FREES_NONE;
	if (conditions & CONDITION(SITE) && classes & CLASS(PAGE_ALLOC_BULK))
		return MEMMON_FREES_NONE;
	if (!(classes & CLASS(PAGE_FREE)))
		return MEMMON_FREES_NONE;
	/* A block may be freed in parts of other orders and sizes. */
	if (conditions & (CONDITION(BYTES) | CONDITION(ORDER)))
		return MEMMON_FREES_SOME;
	return MEMMON_FREES_ALL;
}

static uint32_t classes_of(const struct memmon_options *options)
{
	return options->classes ? options->classes : MEMMON_CLASSES_TRACEPOINT;
}

enum memmon_frees report_frees_known(const struct memmon_options *options,
				     enum memmon_section section)
{
	uint32_t conditions = options->filter.conditions;
	enum memmon_frees frees;

	if (options->source == MEMMON_SOURCE_KPROBE)
		return MEMMON_FREES_NONE;
	if (section == MEMMON_SECTION_SLAB)
		frees = slab_frees(classes_of(options), conditions);
	else
		frees = page_frees(classes_of(options), conditions);
	if (frees == MEMMON_FREES_ALL &&
	    (conditions & (CONDITION(PID) | CONDITION(TGID) | CONDITION(COMM) | CONDITION(CGROUP) |
			   CONDITION(CONTEXT))))
		return MEMMON_FREES_SOME;
	return frees;
}

uint32_t report_frees_unseen(const struct memmon_options *options,
			     const struct memmon_machine *machine, uint32_t not_attached)
{
	uint32_t classes = classes_of(options);
	uint32_t wanted = SLAB_UNTRACED_FREES;

	/* What this kernel has no path for is not missed. */
	if (machine->classes)
		wanted &= machine->classes;
	return classes & SLAB_REQUESTS ? wanted & (~classes | not_attached) : 0;
}
