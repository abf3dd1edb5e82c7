/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The totals of a session: what happened, added up in the kernel by some keys. Part of the contract in mem_monitor.h. */
#ifndef _UAPI_MEM_MONITOR_TOTALS_H
#define _UAPI_MEM_MONITOR_TOTALS_H

#include <linux/types.h>

#include "mem_monitor_record.h"

/*
 * By what totals may be kept, several at once: (constant suffix, name). The event class is always part of the
 * key. SIZE is the size class of the request: the bytes taken, up to the next power of two or 3/4 of it, which
 * are the sizes of kmalloc's caches; 0 for a free that does not say it.
 */
#define MEMMON_TOTAL_KEYS(X)  \
	X(CACHE, "cache")     \
	X(SITE, "site")       \
	X(STACK, "stack")     \
	X(TGID, "process")    \
	X(CGROUP, "cgroup")   \
	X(ORDER, "order")     \
	X(NODE, "node")       \
	X(CONTEXT, "context") \
	X(SIZE, "size")

enum memmon_total_key {
#define MEMMON_TOTAL_KEY_ENUM(id, name) MEMMON_TOTAL_##id,
	MEMMON_TOTAL_KEYS(MEMMON_TOTAL_KEY_ENUM)
#undef MEMMON_TOTAL_KEY_ENUM
	MEMMON_NR_TOTAL_KEYS
};

/* struct memmon_total.flags */
#define MEMMON_TOTAL_OTHER \
	(1U << 0) /* all that found no row of their own; of the key only the class counts */
#define MEMMON_TOTAL_GONE \
	(1U << 1) /* the code at @call_site is gone, with its module or its init function */

/**
 * struct memmon_total - what one CPU has added up for one key since the interval began
 * @event_class: enum memmon_class
 * @context: enum memmon_context; this and the next are 0 unless they are among the keys
 * @cache: cache id; of kmalloc and kfree looked up
 * @cpu: whose row it is: several CPUs may have one for the same key
 * @flags: MEMMON_TOTAL_*
 * @call_site: return address of the allocator call
 * @cgroup: id of the cgroup v2 of the task; 0 in interrupts
 * @stack: id of its struct memmon_stack
 * @tgid: process
 * @size_bytes: size class
 * @node: NUMA node of the memory, or MEMMON_NODE_UNKNOWN
 * @order: of a page event
 * @comm: name of the thread that was first to count here, if the process is among the keys
 * @count: events
 * @bytes_req: asked for, by all of them
 * @bytes_alloc: taken by all of them, or given back as far as a free says it
 * @died: with a ledger, of births counted here, in whatever interval: objects that are gone
 * @died_bytes: the same, what they took
 *
 * With a ledger, and while no interval has been ended, count - died is what lives. CPUs count births where they
 * happen, and deaths on the CPU on which they happen.
 */
struct memmon_total {
	__u8 event_class;
	__u8 context;
	__u16 cache;
	__u32 cpu;
	__u32 flags;
	__u32 stack;
	__u64 call_site;
	__u64 cgroup;
	__u32 tgid;
	__u32 size_bytes;
	__u16 node;
	__u16 order;
	__u32 zero;
	char comm[MEMMON_COMM_BYTES];
	__u64 count;
	__u64 bytes_req;
	__u64 bytes_alloc;
	__u64 died;
	__u64 died_bytes;
};

/**
 * struct memmon_totals_stats - MEMMON_IOC_TOTALS: the books of a session's totals, all CPUs together
 * @size: of this structure
 * @keys: mask of 1 << enum memmon_total_key
 * @places: rows that each CPU has room for
 * @used: of these, on the CPU that uses most, in the interval that goes on
 * @interval: number of the interval that goes on, from 0
 * @began: when it began, by the clock of the records; 0 before the session is enabled
 * @now: that clock; of a session that was disabled, as it was then
 * @memory_bytes: what the totals take
 * @in_flight: events on their way while the books were read
 * @seen: by enum memmon_class: events that happened while the session was enabled
 * @filtered: by enum memmon_filter_reason
 * @counted: by enum memmon_class: what has been added to a row, in all intervals;
 *	     seen = filtered + counted + in_flight
 * @other: by enum memmon_class: of these, what was added to a MEMMON_TOTAL_OTHER row
 */
struct memmon_totals_stats {
	__u32 size;
	__u32 keys;
	__u32 places;
	__u32 used;
	__u64 interval;
	__u64 began;
	__u64 now;
	__u64 memory_bytes;
	__u64 in_flight;
	__u64 seen[MEMMON_STATS_COUNTERS];
	__u64 filtered[MEMMON_STATS_COUNTERS];
	__u64 counted[MEMMON_STATS_COUNTERS];
	__u64 other[MEMMON_STATS_COUNTERS];
};

#endif /* _UAPI_MEM_MONITOR_TOTALS_H */
