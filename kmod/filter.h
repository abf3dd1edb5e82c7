/* SPDX-License-Identifier: GPL-2.0 */
/* What a session wants to see. */
#ifndef MEMMON_FILTER_H
#define MEMMON_FILTER_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

#include "cache.h"

/**
 * struct memmon_filter - every condition that is set must hold
 * @pid: thread id or process id; 0 = any
 * @comm: name of the thread, or pattern; "" = any
 * @cache: name of the slab cache, or pattern; "" = any
 * @min_bytes: least size of a request; 0 = any
 *
 * Set while loading, before any probe is attached; read-only afterwards. An event that does not have
 * what a condition asks for (a kfree has no size) does not meet it.
 */
struct memmon_filter {
	int pid;
	char comm[MEMMON_COMM_BYTES];
	char cache[MEMMON_CACHE_NAME_BYTES];
	unsigned long min_bytes;
};

extern struct memmon_filter memmon_filter;

/**
 * struct memmon_facts - what filters look at
 * @object: address of a slab object; 0 if unknown and for pages
 * @bytes: requested, object size of a cache, or of the pages; 0 if unknown
 * @cache: id, MEMMON_CACHE_UNKNOWN if unknown
 * @is_slab: the object is one of a slab cache or a large kmalloc
 */
struct memmon_facts {
	unsigned long object;
	unsigned long bytes;
	u16 cache;
	bool is_slab;
};

bool memmon_filter_is_set(void);
int memmon_filter_judge(struct memmon_facts *facts);

#endif /* MEMMON_FILTER_H */
