/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions that hooks watch: their names on old and new kernels, where their arguments are, and the
 * private structure that one of them is given.
 */
#ifndef MEMMON_COMPAT_HOOK_H
#define MEMMON_COMPAT_HOOK_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <trace/events/percpu.h>

#include "call.h"

/*
 * What a function that ftrace calls is given for registers, and the flag of one that nothing need protect
 * from calling itself: see ask/ftrace_regs.c.
 */
#ifdef MEMMON_HAVE_FTRACE_REGS
#define MEMMON_FTRACE_REGS struct ftrace_regs
#define MEMMON_FTRACE_IS_SAFE 0
#define memmon_ftrace_regs(regs) ftrace_get_regs(regs)
#else
#define MEMMON_FTRACE_REGS struct pt_regs
#define MEMMON_FTRACE_IS_SAFE FTRACE_OPS_FL_RECURSION_SAFE
#define memmon_ftrace_regs(regs) (regs)
#endif

/* percpu_alloc_percpu and percpu_free_percpu: see ask/traced_percpu_site.c. */
#ifdef MEMMON_HAVE_TRACED_PERCPU_SITE
#define MEMMON_PERCPU_ALLOC_PROTO                                                               \
	void *data, unsigned long call_site, bool reserved, bool is_atomic, size_t size,        \
		size_t align, void *base_addr, int off, void __percpu *ptr, size_t bytes_alloc, \
		gfp_t gfp
/* In a handler with that prototype. */
#define MEMMON_TRACED_PERCPU_SITE call_site
#define MEMMON_TRACED_PERCPU_BYTES bytes_alloc
#define MEMMON_TRACED_PERCPU_GFP gfp
#else
#define MEMMON_PERCPU_ALLOC_PROTO                                                              \
	void *data, bool reserved, bool is_atomic, size_t size, size_t align, void *base_addr, \
		int off, void __percpu *ptr
#define MEMMON_TRACED_PERCPU_SITE 0
#define MEMMON_TRACED_PERCPU_BYTES (size * num_possible_cpus())
#define MEMMON_TRACED_PERCPU_GFP 0
#endif
#define MEMMON_PERCPU_FREE_PROTO void *data, void *base_addr, int off, void __percpu *ptr

#define MEMMON_PAGE_EXTFRAG_PROTO                                                                  \
	void *data, struct page *page, int alloc_order, int fallback_order, int alloc_migratetype, \
		int fallback_migratetype

/* A sheaf cannot have more objects than this: what says otherwise is none. */
#define MEMMON_SHEAF_OBJECTS 1024

/**
 * struct memmon_sheaf - what the kernel's private struct slab_sheaf is believed to look like
 * @head: given to RCU, or the place of other links
 * @cache: of all its objects
 * @size: how many objects it has
 * @node: of the CPU that filled it
 * @objects: addresses
 *
 * Since commit 2d517aa09bbc ("slab: add opt-in caching layer of percpu sheaves") (v6.18). To be believed only
 * after a look at what it says.
 */
struct memmon_sheaf {
	struct rcu_head head;
	struct kmem_cache *cache;
	unsigned int size;
	int node;
	void *objects[];
};

/* Functions whose returns are watched: names, the newest first, and which argument is what. */
extern const struct memmon_call_symbol memmon_hook_cache_alloc_bulk[];
extern const struct memmon_call_symbol memmon_hook_kmalloc_nolock[];
extern const struct memmon_call_symbol memmon_hook_krealloc[];
extern const struct memmon_call_symbol memmon_hook_vmalloc[];
extern const struct memmon_call_symbol memmon_hook_pages_bulk[];

/* The other arguments of alloc_pages_bulk(), which may give its pages in a list. */
#ifdef MEMMON_HAVE_PAGES_BULK_LIST
#define MEMMON_PAGES_BULK_LIST(regs) ((struct list_head *)regs_get_kernel_argument(regs, 4))
#define MEMMON_PAGES_BULK_ARRAY(regs) ((struct page **)regs_get_kernel_argument(regs, 5))
#else
#define MEMMON_PAGES_BULK_LIST(regs) ((struct list_head *)NULL)
#define MEMMON_PAGES_BULK_ARRAY(regs) ((struct page **)regs_get_kernel_argument(regs, 4))
#endif

unsigned long memmon_hook_rcu_object(struct pt_regs *regs);
bool memmon_hook_has_bulk(struct pt_regs *regs);
unsigned long memmon_hook_vmalloc_caller(struct pt_regs *regs);

#endif /* MEMMON_COMPAT_HOOK_H */
