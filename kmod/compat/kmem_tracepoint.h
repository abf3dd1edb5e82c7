/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kmem tracepoints: arguments as this kernel passes them, and how to find them.
 *
 * Each PROTO is the parameter list of a probe, and ARGS passes its parameters on. That it is the running kernel's is checked at compile
 * time by the check_trace_callback_type_*() of the kernel's header: a wrong one would not fail, but read
 * garbage. Which of the two sets is right is asked of the headers (ask/traced_cache.c); the second can go
 * with the last kernel before 6.1.
 */
#ifndef MEMMON_COMPAT_KMEM_TRACEPOINT_H
#define MEMMON_COMPAT_KMEM_TRACEPOINT_H

#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <trace/events/kmem.h>

#ifdef MEMMON_HAVE_TRACED_CACHE

#define MEMMON_KMALLOC_PROTO                                                    \
	void *data, unsigned long call_site, const void *ptr, size_t bytes_req, \
		size_t bytes_alloc, gfp_t gfp, int node
#define MEMMON_CACHE_ALLOC_PROTO                                                               \
	void *data, unsigned long call_site, const void *ptr, struct kmem_cache *s, gfp_t gfp, \
		int node
#define MEMMON_CACHE_FREE_PROTO \
	void *data, unsigned long call_site, const void *ptr, const struct kmem_cache *s
#define MEMMON_KMALLOC_ARGS data, call_site, ptr, bytes_req, bytes_alloc, gfp, node
#define MEMMON_CACHE_ALLOC_ARGS data, call_site, ptr, s, gfp, node
/* To a handler that does not look at the node, so that nobody need fetch it from the stack. */
#define MEMMON_KMALLOC_ARGS_NO_NODE data, call_site, ptr, bytes_req, bytes_alloc, gfp, 0
#define MEMMON_CACHE_ALLOC_ARGS_NO_NODE data, call_site, ptr, s, gfp, 0
#define MEMMON_CACHE_FREE_ARGS data, call_site, ptr, s
/* The cache of the object, in a handler with one of the two prototypes above. */
#define MEMMON_TRACED_CACHE s

#else

#define MEMMON_KMALLOC_PROTO                                                    \
	void *data, unsigned long call_site, const void *ptr, size_t bytes_req, \
		size_t bytes_alloc, gfp_t gfp
#define MEMMON_CACHE_ALLOC_PROTO MEMMON_KMALLOC_PROTO
#define MEMMON_CACHE_FREE_PROTO void *data, unsigned long call_site, const void *ptr
#define MEMMON_KMALLOC_ARGS data, call_site, ptr, bytes_req, bytes_alloc, gfp
#define MEMMON_CACHE_ALLOC_ARGS MEMMON_KMALLOC_ARGS
#define MEMMON_KMALLOC_ARGS_NO_NODE MEMMON_KMALLOC_ARGS
#define MEMMON_CACHE_ALLOC_ARGS_NO_NODE MEMMON_KMALLOC_ARGS
#define MEMMON_CACHE_FREE_ARGS data, call_site, ptr
#define MEMMON_TRACED_CACHE memmon_cache_of_slab(ptr)

#endif

#define MEMMON_KFREE_PROTO void *data, unsigned long call_site, const void *ptr
#define MEMMON_PAGE_ALLOC_PROTO \
	void *data, struct page *page, unsigned int order, gfp_t gfp, int migratetype
#define MEMMON_PAGE_FREE_PROTO void *data, struct page *page, unsigned int order
#define MEMMON_PAGE_FREE_BATCHED_PROTO void *data, struct page *page

#define MEMMON_KFREE_ARGS data, call_site, ptr
#define MEMMON_PAGE_ALLOC_ARGS data, page, order, gfp, migratetype
#define MEMMON_PAGE_FREE_ARGS data, page, order
#define MEMMON_PAGE_FREE_BATCHED_ARGS data, page

struct tracepoint *memmon_tracepoint_find(const char *name);

#endif /* MEMMON_COMPAT_KMEM_TRACEPOINT_H */
