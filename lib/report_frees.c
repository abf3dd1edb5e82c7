// SPDX-License-Identifier: GPL-2.0
/* Knows from a session's options whether the end of an object can be in its events. */
#include "report_internal.h"

#define CLASS(name) (1U << MEMMON_CLASS_##name)
#define CONDITION(name) (1U << MEMMON_FILTERED_##name)

static enum memmon_frees slab_frees(uint32_t classes, uint32_t conditions)
{
	/* A kfree has neither size nor gfp flags, and no slab event an order; who frees is not who asked. */
	if (conditions & (CONDITION(BYTES) | CONDITION(GFP) | CONDITION(ORDER) | CONDITION(SITE)))
		return MEMMON_FREES_NONE;
	if ((classes & CLASS(KMALLOC)) && !(classes & CLASS(KFREE)))
		return MEMMON_FREES_NONE;
	if ((classes & CLASS(CACHE_ALLOC)) && !(classes & CLASS(CACHE_FREE)))
		return MEMMON_FREES_NONE;
	/* kfree() takes objects of any cache. */
	if ((classes & CLASS(CACHE_ALLOC)) && !(classes & CLASS(KFREE)))
		return MEMMON_FREES_SOME;
	return MEMMON_FREES_ALL;
}

static enum memmon_frees page_frees(uint32_t classes, uint32_t conditions)
{
	/* Pages have no cache and no call site, so that there is nothing to be freed either. */
	if (conditions & CONDITION(GFP))
		return MEMMON_FREES_NONE;
	if (!(classes & CLASS(PAGE_FREE)))
		return MEMMON_FREES_NONE;
	/* A block may be freed in parts of other orders and sizes. */
	if (conditions & (CONDITION(BYTES) | CONDITION(ORDER)))
		return MEMMON_FREES_SOME;
	return MEMMON_FREES_ALL;
}

enum memmon_frees report_frees_known(const struct memmon_options *options,
				     enum memmon_section section)
{
	uint32_t classes = options->classes;
	uint32_t conditions = options->filter.conditions;
	enum memmon_frees frees;

	if (options->source == MEMMON_SOURCE_KPROBE)
		return MEMMON_FREES_NONE;
	if (!classes)
		classes = MEMMON_CLASSES_TRACEPOINT;
	if (section == MEMMON_SECTION_SLAB)
		frees = slab_frees(classes, conditions);
	else
		frees = page_frees(classes, conditions);
	if (frees == MEMMON_FREES_ALL &&
	    (conditions & (CONDITION(PID) | CONDITION(TGID) | CONDITION(COMM) | CONDITION(CGROUP) |
			   CONDITION(CONTEXT))))
		return MEMMON_FREES_SOME;
	return frees;
}
