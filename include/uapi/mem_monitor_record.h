/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The record of an allocator event, part of the contract in mem_monitor.h. */
#ifndef _UAPI_MEM_MONITOR_RECORD_H
#define _UAPI_MEM_MONITOR_RECORD_H

#include <linux/types.h>

#define MEMMON_COMM_BYTES 16

/* Counters by enum memmon_class, and the like, have so many members in the contract. */
#define MEMMON_STATS_COUNTERS 32

/*
 * Event classes: (constant suffix, name in status files, tables and recordings). The first group comes
 * from the kernel's kmem tracepoints; the second, "calls", from probes at the entry of allocator
 * functions, which know what was asked for but not whether it was given; the third, "hooks", from the
 * paths of the allocators that have no kmem tracepoint, one event for each object or page. RCU_QUEUE is
 * an object given to kfree_rcu(), which is still there until one of the frees is seen for it; RCU_FREE
 * is that free where no other one is; KREALLOC a krealloc() that left the object where it is.
 */
#define MEMMON_CLASSES(X)                            \
	X(NONE, "none")                              \
	X(KMALLOC, "kmalloc")                        \
	X(CACHE_ALLOC, "kmem_cache_alloc")           \
	X(KFREE, "kfree")                            \
	X(CACHE_FREE, "kmem_cache_free")             \
	X(PAGE_ALLOC, "mm_page_alloc")               \
	X(PAGE_FREE, "mm_page_free")                 \
	X(PAGE_FREE_BATCHED, "mm_page_free_batched") \
	X(CALL_KMALLOC, "kmalloc")                   \
	X(CALL_KMALLOC_LARGE, "kmalloc_large")       \
	X(CALL_KMALLOC_SLAB, "kmalloc_slab")         \
	X(CALL_KMALLOC_NODE, "kmalloc_node")         \
	X(CALL_CACHE_ALLOC, "kmem_cache_alloc")      \
	X(CALL_KMALLOC_CACHE, "kmalloc_cache")       \
	X(CACHE_ALLOC_BULK, "kmem_cache_alloc_bulk") \
	X(CACHE_FREE_BULK, "kmem_cache_free_bulk")   \
	X(RCU_QUEUE, "kvfree_call_rcu")              \
	X(RCU_FREE, "rcu_free_sheaf")                \
	X(KMALLOC_NOLOCK, "kmalloc_nolock")          \
	X(KFREE_NOLOCK, "kfree_nolock")              \
	X(KREALLOC, "krealloc")                      \
	X(VMALLOC, "vmalloc")                        \
	X(VFREE, "vfree")                            \
	X(PERCPU_ALLOC, "percpu_alloc")              \
	X(PERCPU_FREE, "percpu_free")                \
	X(PAGE_ALLOC_BULK, "alloc_pages_bulk")       \
	X(PAGE_EXTFRAG, "mm_page_alloc_extfrag")

enum memmon_class {
#define MEMMON_CLASS_ENUM(id, name) MEMMON_CLASS_##id,
	MEMMON_CLASSES(MEMMON_CLASS_ENUM)
#undef MEMMON_CLASS_ENUM
	MEMMON_NR_CLASSES
};

/*
 * Where events come from, and the classes of each source as a mask of 1 << enum memmon_class. Hooks can be
 * asked for together with the tracepoints.
 */
enum memmon_source {
	MEMMON_SOURCE_TRACEPOINT,
	MEMMON_SOURCE_KPROBE,
	MEMMON_NR_SOURCES
};

#define MEMMON_CLASSES_TRACEPOINT ((1U << MEMMON_CLASS_CALL_KMALLOC) - (1U << MEMMON_CLASS_KMALLOC))
#define MEMMON_CLASSES_KPROBE \
	((1U << MEMMON_CLASS_CACHE_ALLOC_BULK) - (1U << MEMMON_CLASS_CALL_KMALLOC))
#define MEMMON_CLASSES_HOOK ((1U << MEMMON_NR_CLASSES) - (1U << MEMMON_CLASS_CACHE_ALLOC_BULK))

/*
 * Where the CPU was when the event happened. In all but the first, pid and comm are of the task
 * that was interrupted, not of one that asked for memory.
 */
#define MEMMON_CONTEXTS(X)    \
	X(TASK, "task")       \
	X(SOFTIRQ, "softirq") \
	X(HARDIRQ, "hardirq") \
	X(NMI, "nmi")

enum memmon_context {
#define MEMMON_CONTEXT_ENUM(id, name) MEMMON_CONTEXT_##id,
	MEMMON_CONTEXTS(MEMMON_CONTEXT_ENUM)
#undef MEMMON_CONTEXT_ENUM
	MEMMON_NR_CONTEXTS
};

/* struct memmon_record.pid_node: thread id in the low 22 bits (PID_MAX_LIMIT is 2^22), NUMA node above. */
#define MEMMON_PID_BITS 22
#define MEMMON_PID_MASK ((1U << MEMMON_PID_BITS) - 1)
#define MEMMON_NODE_UNKNOWN 0x3ffU

/* struct memmon_record.detail of page events; of slab events it is the cache id, 0 = not known. */
#define MEMMON_PAGE_ORDER_BITS 5
#define MEMMON_PAGE_ZONE_BITS 3
#define MEMMON_PAGE_DETAIL(order, zone, migratetype)  \
	((order) | (zone) << MEMMON_PAGE_ORDER_BITS | \
	 (migratetype) << (MEMMON_PAGE_ORDER_BITS + MEMMON_PAGE_ZONE_BITS))
#define MEMMON_PAGE_ORDER(detail) ((detail) & ((1U << MEMMON_PAGE_ORDER_BITS) - 1))
#define MEMMON_PAGE_ZONE(detail) \
	((detail) >> MEMMON_PAGE_ORDER_BITS & ((1U << MEMMON_PAGE_ZONE_BITS) - 1))
#define MEMMON_PAGE_MIGRATETYPE(detail) \
	((detail) >> (MEMMON_PAGE_ORDER_BITS + MEMMON_PAGE_ZONE_BITS))

/* Id of the stack that struct memmon_record.call_site names, or 0: no kernel has code that low. */
#define MEMMON_RECORD_STACK(call_site) ((call_site) >> 32 ? 0 : (__u32)(call_site))

/**
 * struct memmon_record - one allocator event; one cache line
 * @time: TSC ticks or nanoseconds of the kernel's monotonic clock; see struct memmon_info
 * @event_class: enum memmon_class
 * @context: enum memmon_context
 * @detail: cache id, or order, zone and migratetype of a page event (MEMMON_PAGE_*)
 * @gfp: gfp flags as this kernel numbers them; 0 for frees; of PAGE_EXTFRAG see below
 * @call_site: return address of the allocator call; 0 for page events, but for PAGE_ALLOC_BULK. In a session
 *	       that takes stacks a number below 2^32 other than 0 is the id of a struct memmon_stack: then
 *	       the call site is that stack's first frame, or 0 for page events (MEMMON_RECORD_STACK())
 * @object: address of the object; for page events the page frame number; 0 for calls and failures
 * @bytes_req: bytes asked for, saturated at 2^32-1; 0 for kfree and for hooks that free
 * @bytes_alloc: bytes taken: size class of a kmalloc, object size of a cache, pages of a page event or of a
 *		 vmalloc, all copies of a per-CPU object; 0 for frees that do not say it; saturated as above
 * @pid_node: thread id and NUMA node of the memory (MEMMON_PID_*)
 * @tgid: process id
 * @comm: name of the thread, NUL-terminated unless torn by a concurrent rename
 *
 * PAGE_EXTFRAG: a request had to take pages of another migratetype. @detail is that of the request,
 * @gfp the MEMMON_PAGE_DETAIL() of the block that was broken up (zone 0), @bytes_alloc that block's bytes.
 */
struct memmon_record {
	__u64 time;
	__u8 event_class;
	__u8 context;
	__u16 detail;
	__u32 gfp;
	__u64 call_site;
	__u64 object;
	__u32 bytes_req;
	__u32 bytes_alloc;
	__u32 pid_node;
	__u32 tgid;
	char comm[MEMMON_COMM_BYTES];
};

#endif /* _UAPI_MEM_MONITOR_RECORD_H */
