/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between mem_monitor.ko and user space: the record of an event, and the device
 * /dev/mem_monitor, where every open descriptor is a session of its own.
 *
 * A session:	open, MEMMON_IOC_SETUP, mmap one region for each CPU, MEMMON_IOC_ENABLE,
 *		poll and MEMMON_IOC_SYNC and take the records, MEMMON_IOC_DISABLE, close.
 *
 * Everything is in the byte order of the machine. Its layout is fixed by the assertions of
 * mem_monitor_layout.h.
 *
 * Versions. Structures that begin with @size may grow at their end: the caller sets @size to what it
 * knows. One that is longer than the kernel's is taken if the unknown rest is zero, and refused with
 * E2BIG otherwise; of one that is shorter the rest counts as zero, and is not written back. A new
 * member at an end, or a new meaning for a bit or byte that had to be zero, raises MEMMON_ABI_MINOR.
 * Everything else raises MEMMON_ABI_MAJOR, and programs refuse a module with another one.
 */
#ifndef _UAPI_MEM_MONITOR_H
#define _UAPI_MEM_MONITOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "mem_monitor_ledger.h"
#include "mem_monitor_record.h"
#include "mem_monitor_totals.h"

#define MEMMON_ABI_MAJOR 2
#define MEMMON_ABI_MINOR 0

#define MEMMON_CACHE_NAME_BYTES 64

/*
 * The conditions of a filter: (constant suffix, name as a counter), in the order in which they are tried,
 * the cheap ones first. Each that is set must hold; an event that does not have what a condition asks
 * for (a kfree has no size) does not meet it.
 */
#define MEMMON_CONDITIONS(X)  \
	X(PID, "pid")         \
	X(TGID, "tgid")       \
	X(BYTES, "bytes")     \
	X(ORDER, "order")     \
	X(GFP, "gfp")         \
	X(SITE, "site")       \
	X(CONTEXT, "context") \
	X(SAMPLE, "sample")   \
	X(NODE, "node")       \
	X(COMM, "comm")       \
	X(CGROUP, "cgroup")   \
	X(CACHE, "cache")

/*
 * Why a session did not want an event: one of the conditions; NULL: a kfree(NULL); DUPLICATE: the
 * inner one of two events for one request; SELF: the doing of a reader of mem_monitor.
 */
#define MEMMON_FILTER_REASONS(X)  \
	MEMMON_CONDITIONS(X)      \
	X(NULL, "null")           \
	X(DUPLICATE, "duplicate") \
	X(SELF, "self")

enum memmon_filter_reason {
#define MEMMON_FILTER_ENUM(id, name) MEMMON_FILTERED_##id,
	MEMMON_FILTER_REASONS(MEMMON_FILTER_ENUM)
#undef MEMMON_FILTER_ENUM
	MEMMON_NR_FILTER_REASONS
};

#define MEMMON_FILTER_COMM_BYTES 32
#define MEMMON_FILTER_CACHE_BYTES 256
#define MEMMON_FILTER_SITES 16
#define MEMMON_FILTER_NODES 1024

/**
 * struct memmon_site_range - a function, or the text of a module
 * @first: first address
 * @last: last address
 */
struct memmon_site_range {
	__u64 first;
	__u64 last;
};

/**
 * struct memmon_filter - what a session wants to see
 * @conditions: mask of 1 << enum memmon_filter_reason, the conditions only: which members count
 * @pid: thread id, or process id of all its threads
 * @tgid: process id
 * @cgroup_fd: open directory of a cgroup v2; its descendants are meant too
 * @contexts: mask of 1 << enum memmon_context
 * @orders: mask of 1 << page order; only page events have one
 * @gfp_mask: these bits of the gfp flags ...
 * @gfp_value: ... must be these; only requests have any
 * @min_bytes: least size: what was requested, or the object size of a cache, or the pages
 * @max_bytes: greatest size
 * @sample_one_in: keep the objects of one address in so many, with their frees; 1 or more. Pages go by
 *		   groups of 1024 frames, so that the parts of a block that is split stay together.
 * @nr_sites: how many of @sites count; 1 or more
 * @sites: the call site must be in one of them
 * @nodes: NUMA nodes of the memory: node n is bit n % 64 of word n / 64
 * @comm: globs on the name of the thread, separated by commas; '*' and '?' match any characters
 * @cache: globs on the name of the slab cache, separated by commas
 */
struct memmon_filter {
	__u32 conditions;
	__u32 pid;
	__u32 tgid;
	__s32 cgroup_fd;
	__u32 contexts;
	__u32 orders;
	__u32 gfp_mask;
	__u32 gfp_value;
	__u64 min_bytes;
	__u64 max_bytes;
	__u32 sample_one_in;
	__u32 nr_sites;
	struct memmon_site_range sites[MEMMON_FILTER_SITES];
	__u64 nodes[MEMMON_FILTER_NODES / 64];
	char comm[MEMMON_FILTER_COMM_BYTES];
	char cache[MEMMON_FILTER_CACHE_BYTES];
};

/* struct memmon_options.flags: keep the newest records instead of dropping new ones when a ring is full. */
#define MEMMON_OPTION_OVERWRITE (1U << 0)
/* Record what the process that calls MEMMON_IOC_SETUP does, too. */
#define MEMMON_OPTION_WITH_SELF (1U << 1)
/* Keep books on live objects and pages: see struct memmon_object. The filter says whose births count. */
#define MEMMON_OPTION_LEDGER (1U << 2)
/* No rings: the ledger, the totals, or both are all. */
#define MEMMON_OPTION_NO_RINGS (1U << 3)
/* Add up what happens by some keys: see struct memmon_total. */
#define MEMMON_OPTION_TOTALS (1U << 4)
#define MEMMON_OPTIONS_KNOWN                                                        \
	(MEMMON_OPTION_OVERWRITE | MEMMON_OPTION_WITH_SELF | MEMMON_OPTION_LEDGER | \
	 MEMMON_OPTION_NO_RINGS | MEMMON_OPTION_TOTALS)

/**
 * struct memmon_options - MEMMON_IOC_SETUP: what a session is to be
 * @size: of this structure
 * @flags: MEMMON_OPTION_*
 * @source: enum memmon_source
 * @classes: mask of 1 << enum memmon_class, all of @source, or hooks beside tracepoints; 0 means all of the
 *	     source, and for a ledger all hooks too
 * @ring_bytes: of each CPU, rounded up to a power of two; 0 means the default. Set to what it became.
 * @watermark_bytes: poll() reports a CPU that has so many unread, at the latest when it has twice as many;
 *		     rounded up to a power of two, at most half the ring; 0 means a quarter of it.
 *		     Set to what it became.
 * @map_bytes: set to the size of one CPU's region: a page for struct memmon_ring_page, then the records
 * @filter: all zero for every event
 * @ledger_objects: places for live objects; 0 means the default. Set to what it became, like the next ones.
 * @ledger_pages: places for live blocks of pages
 * @ledger_accounts: places for accounts
 * @stacks: places for different call stacks; 0 means none: no stack is taken. Else each record, each object
 *	    of the ledger, and totals by stack name theirs; see struct memmon_stack. Set to what it became.
 * @total_keys: mask of 1 << enum memmon_total_key: by what totals are kept
 * @total_places: rows of totals on each CPU, rounded up to a power of two; 0 means the default. Set to what
 *		  it became.
 */
struct memmon_options {
	__u32 size;
	__u32 flags;
	__u32 source;
	__u32 classes;
	__u64 ring_bytes;
	__u64 watermark_bytes;
	__u64 map_bytes;
	struct memmon_filter filter;
	__u64 ledger_objects;
	__u64 ledger_pages;
	__u32 ledger_accounts;
	__u32 stacks;
	__u32 total_keys;
	__u32 total_places;
};

/**
 * struct memmon_ring_page - the first page of a CPU's region: mmap() at offset cpu * map_bytes
 * @cpu: whose ring it is
 * @record_bytes: sizeof(struct memmon_record)
 * @data_offset: where the records begin in the region
 * @data_bytes: of the ring, a power of two; position p lies at @data_offset + p % @data_bytes
 * @complete: written by MEMMON_IOC_SYNC: all before this position is whole
 * @reserved: written by MEMMON_IOC_SYNC: position behind the newest record that is being written
 * @consumed: written by the reader: position before which it needs no record any more
 *
 * A position counts bytes from the start of the session and never wraps. Records from @consumed up to
 * @complete can be read. In a session that keeps (the default), the kernel writes no record over an unread
 * one. In one that overwrites, what lay before @reserved - @data_bytes, when @reserved is read after a
 * MEMMON_IOC_SYNC that followed the copy, may be torn.
 *
 * Load @complete with acquire, store @consumed with release semantics.
 */
struct memmon_ring_page {
	__u32 cpu;
	__u32 record_bytes;
	__u64 data_offset;
	__u64 data_bytes;
	__u64 complete;
	__u64 reserved;
	__u64 zero[11];
	__u64 consumed;
};

/* Why an event that a session wanted was not recorded. */
#define MEMMON_DROP_REASONS(X) \
	X(FULL, "full")        \
	X(NO_RING, "no_ring")  \
	X(NESTED, "nested")    \
	X(KPROBE_MISSED, "kprobe_missed")

enum memmon_drop_reason {
#define MEMMON_DROP_ENUM(id, name) MEMMON_DROPPED_##id,
	MEMMON_DROP_REASONS(MEMMON_DROP_ENUM)
#undef MEMMON_DROP_ENUM
	MEMMON_NR_DROP_REASONS
};

enum memmon_session_state {
	MEMMON_SESSION_NEW,
	MEMMON_SESSION_SET_UP,
	MEMMON_SESSION_ENABLED,
	MEMMON_SESSION_DISABLED
};

/**
 * struct memmon_stats - MEMMON_IOC_STATS: a session's books, all CPUs together
 * @size: of this structure
 * @state: enum memmon_session_state
 * @nr_rings: CPUs that have a ring
 * @missing_classes: mask of 1 << enum memmon_class: asked for, but not attached on this kernel
 * @recorded: records written, by @seen = recorded + filtered + dropped + in_flight
 * @in_flight: events that were being written while the books were read
 * @memory_bytes: what the session's rings take
 * @seen: by enum memmon_class: events that happened while the session was enabled
 * @filtered: by enum memmon_filter_reason
 * @dropped: by enum memmon_drop_reason; KPROBE_MISSED is also part of no @seen
 *
 * How many of the recorded ones were overwritten before they were read, the reader knows: positions
 * count all.
 */
struct memmon_stats {
	__u32 size;
	__u32 state;
	__u32 nr_rings;
	__u32 missing_classes;
	__u64 recorded;
	__u64 in_flight;
	__u64 memory_bytes;
	__u64 seen[MEMMON_STATS_COUNTERS];
	__u64 filtered[MEMMON_STATS_COUNTERS];
	__u64 dropped[MEMMON_STATS_COUNTERS];
};

enum memmon_clock {
	MEMMON_CLOCK_TSC,
	MEMMON_CLOCK_MONO_NS
};

/**
 * struct memmon_info - MEMMON_IOC_INFO: the module, and the clocks at one moment
 * @size: of this structure
 * @abi_major: MEMMON_ABI_MAJOR
 * @abi_minor: MEMMON_ABI_MINOR
 * @record_bytes: sizeof(struct memmon_record)
 * @page_bytes: of a page of this kernel
 * @nr_cpus: possible CPUs are 0 to this - 1
 * @clock: enum memmon_clock, of the records
 * @clock_khz: ticks of that clock in a millisecond, as the kernel has calibrated it
 * @clock_now: that clock
 * @monotonic_ns: the kernel's monotonic clock at the same moment
 * @realtime_ns: time since the epoch at the same moment
 * @classes: mask of 1 << enum memmon_class that this kernel may have
 * @session_max_bytes: memory that one session may take
 * @page_offset: address at which page frame 0 is, or would be, in the kernel's direct map
 */
struct memmon_info {
	__u32 size;
	__u16 abi_major;
	__u16 abi_minor;
	__u32 record_bytes;
	__u32 page_bytes;
	__u32 nr_cpus;
	__u32 clock;
	__u64 clock_khz;
	__u64 clock_now;
	__u64 monotonic_ns;
	__u64 realtime_ns;
	__u32 classes;
	__u32 zero;
	__u64 session_max_bytes;
	__u64 page_offset;
};

/**
 * struct memmon_cache_info - MEMMON_IOC_CACHE: a slab cache by the id in a record
 * @size: of this structure
 * @id: which one
 * @object_bytes: its object size
 * @zero: 0
 * @name: NUL-terminated, as the kernel has it; "cache@<id>" if the module cannot read names here
 */
struct memmon_cache_info {
	__u32 size;
	__u32 id;
	__u32 object_bytes;
	__u32 zero;
	char name[MEMMON_CACHE_NAME_BYTES];
};

/* Tables of names that differ from kernel to kernel. */
enum memmon_name_table {
	MEMMON_NAMES_GFP,
	MEMMON_NAMES_ZONE,
	MEMMON_NAMES_MIGRATETYPE
};

/**
 * struct memmon_name - MEMMON_IOC_NAME: one row of a table of names
 * @size: of this structure
 * @table: enum memmon_name_table
 * @index: which row, from 0; ENOENT behind the last one
 * @zero: 0
 * @value: set to the number: bits of the gfp flags, zone, migratetype. Names of several gfp bits
 *	   stand before those of single ones.
 * @name: set to its name, NUL-terminated
 */
struct memmon_name {
	__u32 size;
	__u32 table;
	__u32 index;
	__u32 zero;
	__u64 value;
	char name[40];
};

/* The argument of each is a pointer to the structure named, or nothing. The size in the structure counts. */
#define MEMMON_IOC_MAGIC 0xB8
#define MEMMON_IOC_INFO _IO(MEMMON_IOC_MAGIC, 0) /* struct memmon_info */
#define MEMMON_IOC_SETUP _IO(MEMMON_IOC_MAGIC, 1) /* struct memmon_options; once */
#define MEMMON_IOC_ENABLE _IO(MEMMON_IOC_MAGIC, 2) /* begins to record */
#define MEMMON_IOC_DISABLE \
	_IO(MEMMON_IOC_MAGIC, 3) /* ends it for good; what is unread can be read */
#define MEMMON_IOC_SYNC \
	_IO(MEMMON_IOC_MAGIC, 4) /* brings ring pages up to date; returns nr_rings */
#define MEMMON_IOC_STATS _IO(MEMMON_IOC_MAGIC, 5) /* struct memmon_stats */
#define MEMMON_IOC_CACHE _IO(MEMMON_IOC_MAGIC, 6) /* struct memmon_cache_info */
#define MEMMON_IOC_NAME _IO(MEMMON_IOC_MAGIC, 7) /* struct memmon_name */
#define MEMMON_IOC_LEDGER _IO(MEMMON_IOC_MAGIC, 8) /* struct memmon_ledger_stats */
#define MEMMON_IOC_TABLE _IO(MEMMON_IOC_MAGIC, 9) /* struct memmon_cursor */
#define MEMMON_IOC_TOTALS _IO(MEMMON_IOC_MAGIC, 10) /* struct memmon_totals_stats */
#define MEMMON_IOC_TURN \
	_IO(MEMMON_IOC_MAGIC, 11) /* ends an interval of the totals, and begins the next */

#endif /* _UAPI_MEM_MONITOR_H */
