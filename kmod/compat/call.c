// SPDX-License-Identifier: GPL-2.0
/* The table of watched functions. */
#include <linux/ptrace.h>

#include "call.h"

/* What lies between size and flags; see the top of call.h. */
#ifdef CONFIG_SLAB_BUCKETS
#define BUCKET_ARGUMENTS 1
#else
#define BUCKET_ARGUMENTS 0
#endif

const struct memmon_call memmon_calls[MEMMON_NR_CALLS] = {
	{ "kmalloc",
	  MEMMON_CLASS_CALL_KMALLOC,
	  { { "__kmalloc_noprof", 0, 1 + MEMMON_CALL_TOKENS }, { "__kmalloc", 0, 1 } } },
	{ "kmalloc_large",
	  MEMMON_CLASS_CALL_KMALLOC_LARGE,
	  { { "__kmalloc_large_noprof", 0, 1 }, { "kmalloc_large", 0, 1 } } },
	{ "kmalloc_slab", MEMMON_CLASS_CALL_KMALLOC_SLAB, { { "kmalloc_slab", 0, 1 } } },
	{ "kmalloc_node",
	  MEMMON_CLASS_CALL_KMALLOC_NODE,
	  { { "__kmalloc_node_noprof", 0, 1 + BUCKET_ARGUMENTS + MEMMON_CALL_TOKENS },
	    { "__kmalloc_node", 0, 1 } } },
	{ "kmem_cache_alloc",
	  MEMMON_CLASS_CALL_CACHE_ALLOC,
	  { { "kmem_cache_alloc_noprof", 0, 1 }, { "kmem_cache_alloc", 0, 1 } } },
	{ "kmalloc_cache",
	  MEMMON_CLASS_CALL_KMALLOC_CACHE,
	  { { "__kmalloc_cache_noprof", 2, 1 }, { "kmalloc_trace", 2, 1 } } },
};

/**
 * memmon_call_argument_place - where memmon_call_argument() finds an argument
 * @i: which one, 0 to 5; those are in registers
 *
 * Context: any.
 */
unsigned int memmon_call_argument_place(unsigned int i)
{
#ifdef MEMMON_CALL_REGISTERS
	static const unsigned char places[] = {
		offsetof(struct pt_regs, di), offsetof(struct pt_regs, si),
		offsetof(struct pt_regs, dx), offsetof(struct pt_regs, cx),
		offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
	};

	return places[i];
#else
	return i;
#endif
}
