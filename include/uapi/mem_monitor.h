/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between mem_monitor.ko and user space: one record per event.
 *
 * A record is 64 bytes, one cache line, in the byte order of the machine. Its layout is fixed by the
 * assertions at the end of this file. Rule for changes: a new meaning for a bit or byte that was
 * zero raises MEMMON_ABI_MINOR; everything else raises MEMMON_ABI_MAJOR.
 */
#ifndef _UAPI_MEM_MONITOR_H
#define _UAPI_MEM_MONITOR_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <assert.h>
#include <stddef.h>
#include <linux/types.h>
#endif

#define MEMMON_ABI_MAJOR 0
#define MEMMON_ABI_MINOR 1

#define MEMMON_COMM_BYTES 16

/*
 * Event classes: (constant suffix, name in status files and tables). The first group comes from the
 * kernel's tracepoints, the second, "calls", from probes at the entry of allocator functions, which
 * know what was asked for but not whether it was given.
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
	X(CALL_KMALLOC_CACHE, "kmalloc_cache")

enum memmon_class {
#define MEMMON_CLASS_ENUM(id, name) MEMMON_CLASS_##id,
	MEMMON_CLASSES(MEMMON_CLASS_ENUM)
#undef MEMMON_CLASS_ENUM
	MEMMON_NR_CLASSES
};

/*
 * Where the CPU was when the event happened. In all but the first, pid and comm are of the task
 * that was interrupted, not of one that asked for memory.
 */
enum memmon_context {
	MEMMON_CONTEXT_TASK,
	MEMMON_CONTEXT_SOFTIRQ,
	MEMMON_CONTEXT_HARDIRQ,
	MEMMON_CONTEXT_NMI,
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

/**
 * struct memmon_record - one allocator event
 * @time: TSC ticks or nanoseconds of the kernel's monotonic clock; the status says which ("clock")
 * @call_site: return address of the allocator call; 0 for page events
 * @object: address of the object; for page events the page frame number; 0 for calls and failures
 * @bytes_req: bytes asked for, saturated at 2^32-1
 * @bytes_alloc: bytes taken: size class of a kmalloc, object size of a cache, pages of a page event
 * @gfp: gfp flags as this kernel numbers them; 0 for frees
 * @detail: cache id, or order, zone and migratetype of a page event (MEMMON_PAGE_*)
 * @event_class: enum memmon_class
 * @context: enum memmon_context
 * @pid_node: thread id and NUMA node of the memory (MEMMON_PID_*)
 * @tgid: process id
 * @comm: name of the thread, NUL-terminated unless torn by a concurrent rename
 */
struct memmon_record {
	__u64 time;
	__u64 call_site;
	__u64 object;
	__u32 bytes_req;
	__u32 bytes_alloc;
	__u32 gfp;
	__u16 detail;
	__u8 event_class;
	__u8 context;
	__u32 pid_node;
	__u32 tgid;
	char comm[MEMMON_COMM_BYTES];
};

static_assert(offsetof(struct memmon_record, call_site) == 8, "memmon_record layout");
static_assert(offsetof(struct memmon_record, object) == 16, "memmon_record layout");
static_assert(offsetof(struct memmon_record, bytes_req) == 24, "memmon_record layout");
static_assert(offsetof(struct memmon_record, bytes_alloc) == 28, "memmon_record layout");
static_assert(offsetof(struct memmon_record, gfp) == 32, "memmon_record layout");
static_assert(offsetof(struct memmon_record, detail) == 36, "memmon_record layout");
static_assert(offsetof(struct memmon_record, event_class) == 38, "memmon_record layout");
static_assert(offsetof(struct memmon_record, context) == 39, "memmon_record layout");
static_assert(offsetof(struct memmon_record, pid_node) == 40, "memmon_record layout");
static_assert(offsetof(struct memmon_record, tgid) == 44, "memmon_record layout");
static_assert(offsetof(struct memmon_record, comm) == 48, "memmon_record layout");
static_assert(sizeof(struct memmon_record) == 64, "a record is one cache line");

#endif /* _UAPI_MEM_MONITOR_H */
