/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ledger of a session: live objects and pages, whose they are, and the slabs of the machine. Part of
 * the contract in mem_monitor.h.
 */
#ifndef _UAPI_MEM_MONITOR_LEDGER_H
#define _UAPI_MEM_MONITOR_LEDGER_H

#include <linux/types.h>

#include "mem_monitor_record.h"

/*
 * What a ledger made of an event that its filter let through: each is exactly one of these.
 *
 * BORN: an object or block that is tracked from now on; REBORN: the same, at an address whose death was not
 * seen; UNTRACKED: born, but there was no place; FAILED: a request that got nothing; DUPLICATE: a second event
 * of one birth; FREED: the end of a tracked one; PARTLY_FREED: of a part of a block; QUEUED: given to
 * kfree_rcu(); RESIZED: by krealloc() in place; UNKNOWN: of one that is not tracked, because it is older,
 * was untracked or filtered at birth; NOTED: nothing that lives or dies (PAGE_FREE_BATCHED, PAGE_EXTFRAG).
 */
#define MEMMON_LEDGER_COUNTS(X)         \
	X(BORN, "born")                 \
	X(REBORN, "reborn")             \
	X(UNTRACKED, "untracked")       \
	X(FAILED, "failed")             \
	X(DUPLICATE, "duplicate")       \
	X(FREED, "freed")               \
	X(PARTLY_FREED, "partly_freed") \
	X(QUEUED, "queued")             \
	X(RESIZED, "resized")           \
	X(UNKNOWN, "unknown")           \
	X(NOTED, "noted")

enum memmon_ledger_count {
#define MEMMON_LEDGER_ENUM(id, name) MEMMON_LEDGER_##id,
	MEMMON_LEDGER_COUNTS(MEMMON_LEDGER_ENUM)
#undef MEMMON_LEDGER_ENUM
	MEMMON_NR_LEDGER_COUNTS
};

/**
 * struct memmon_ledger_stats - MEMMON_IOC_LEDGER: the books of a session's ledger, all CPUs together
 * @size: of this structure
 * @zero: 0
 * @now: the clock of the records; of a session that was disabled, as it was then
 * @enabled_at: the same when the session was enabled; 0 before
 * @objects: tracked now; @counts of them is BORN - FREED, pages and objects together
 * @pages: blocks of pages tracked now
 * @object_places: how many there can be; a few are not tracked earlier, when their neighbourhood is full
 * @page_places: the same of pages
 * @accounts: in use
 * @account_places: how many there can be; what has none belongs to account 0
 * @stacks: in use
 * @stack_places: how many there can be; what has none has stack 0
 * @memory_bytes: what the ledger takes
 * @seen: by enum memmon_class: events that happened while the session was enabled
 * @filtered: by enum memmon_filter_reason: births only
 * @counts: by enum memmon_ledger_count; seen = filtered + counts + in_flight
 * @untracked_bytes: taken by what is counted as UNTRACKED
 * @in_flight: events on their way while the books were read
 */
struct memmon_ledger_stats {
	__u32 size;
	__u32 zero;
	__u64 now;
	__u64 enabled_at;
	__u64 objects;
	__u64 pages;
	__u64 object_places;
	__u64 page_places;
	__u32 accounts;
	__u32 account_places;
	__u32 stacks;
	__u32 stack_places;
	__u64 memory_bytes;
	__u64 seen[MEMMON_STATS_COUNTERS];
	__u64 filtered[MEMMON_STATS_COUNTERS];
	__u64 counts[MEMMON_STATS_COUNTERS];
	__u64 untracked_bytes;
	__u64 in_flight;
};

/* What a ledger holds, and what the machine does; the rows that MEMMON_IOC_TABLE gives. */
enum memmon_table {
	MEMMON_TABLE_OBJECTS, /* struct memmon_object: slab objects, vmalloc areas, per-CPU objects */
	MEMMON_TABLE_PAGES, /* struct memmon_object: blocks of pages */
	MEMMON_TABLE_ACCOUNTS, /* struct memmon_account */
	MEMMON_TABLE_STACKS, /* struct memmon_stack: of the session, with or without a ledger */
	MEMMON_TABLE_SLABS, /* struct memmon_slab: of the whole machine, with or without a ledger */
	MEMMON_TABLE_TOTALS, /* struct memmon_total: of the interval that goes on */
	MEMMON_TABLE_TOTALS_LAST, /* the same, of the interval that MEMMON_IOC_TURN ended last */
	MEMMON_NR_TABLES
};

/* struct memmon_object.flags. What a page is used for is looked up when the row is read. */
#define MEMMON_OBJECT_QUEUED (1U << 0) /* given to kfree_rcu(), not yet free */
#define MEMMON_OBJECT_IN_SLAB \
	(1U << 1) /* a page that is a slab: its objects are in the other table */
#define MEMMON_OBJECT_LARGE (1U << 2) /* a page that is a large kmalloc of the other table */
#define MEMMON_OBJECT_ANON (1U << 3) /* a page of a process */
#define MEMMON_OBJECT_FILE (1U << 4) /* a page of the page cache */
#define MEMMON_OBJECT_PAGE_TABLE (1U << 5) /* a page that is a page table */

/**
 * struct memmon_object - a live object, or a block of pages
 * @address: of the object; of pages the frame number of the first; of a per-CPU object its per-CPU pointer
 * @born: when, by the clock of the records
 * @queued: when it was given to kfree_rcu(), to 2^24 ticks of the clock; or 0
 * @bytes_req: bytes asked for, now
 * @bytes_alloc: bytes taken, now: less than at birth if a part of a block was freed
 * @pid_node: as in struct memmon_record, of the birth; so are the next ones
 * @tgid: process
 * @event_class: enum memmon_class
 * @context: enum memmon_context
 * @detail: cache id, looked up for a kmalloc, or MEMMON_PAGE_DETAIL()
 * @gfp: flags
 * @account: id of its struct memmon_account
 * @stack: id of its struct memmon_stack; 0 if none was taken
 * @generation: how often its place in the table was taken
 * @flags: MEMMON_OBJECT_*
 * @comm: name of the thread
 */
struct memmon_object {
	__u64 address;
	__u64 born;
	__u64 queued;
	__u32 bytes_req;
	__u32 bytes_alloc;
	__u32 pid_node;
	__u32 tgid;
	__u8 event_class;
	__u8 context;
	__u16 detail;
	__u32 gfp;
	__u32 account;
	__u32 stack;
	__u32 generation;
	__u32 flags;
	char comm[MEMMON_COMM_BYTES];
};

#define MEMMON_SITE_NAME_BYTES 96

/**
 * struct memmon_account - what was born and has died of one call site, cache and cgroup
 * @id: 0 is the account of all that have no own
 * @event_class: enum memmon_class of the births
 * @is_gone: the module of @call_site was unloaded
 * @detail: cache id as in the records (0 for kmalloc), or the order of pages, MEMMON_PAGE_DETAIL(order, 0, 0)
 * @call_site: return address of the allocator call; 0 for pages
 * @cgroup: id of the cgroup v2 of the task, which is the inode number of its folder; 0 in interrupts
 * @born: objects or blocks tracked, ever
 * @died: of these, how many are gone
 * @born_bytes: taken by @born at their births
 * @died_bytes: what was freed of @born_bytes
 * @site_name: "function+0x12/0x34 [module]" if the code at @call_site is gone: that of a module, or of its init
 *	       function; else ""
 *
 * What is held: born - died, born_bytes - died_bytes; in a moment's view they may differ by what is
 * being done at that moment.
 */
struct memmon_account {
	__u32 id;
	__u8 event_class;
	__u8 is_gone;
	__u16 detail;
	__u64 call_site;
	__u64 cgroup;
	__u64 born;
	__u64 died;
	__u64 born_bytes;
	__u64 died_bytes;
	char site_name[MEMMON_SITE_NAME_BYTES];
};

#define MEMMON_STACK_FRAMES 127

/**
 * struct memmon_stack - a call stack
 * @id: 1 or more
 * @nr_frames: how many of @frames count; a stack of MEMMON_STACK_FRAMES may go on
 * @frames: return addresses, the innermost first: that in the caller of the allocator, or of a page event, which
 *	    has no call site, that in the function of the allocator; 0 for code that is gone
 */
struct memmon_stack {
	__u32 id;
	__u32 nr_frames;
	__u64 frames[MEMMON_STACK_FRAMES];
};

/**
 * struct memmon_slab - a slab: some pages cut into objects of one cache
 * @pfn: frame number of its first page
 * @cache: id of its cache
 * @pages: of the slab
 * @objects: places in it
 * @in_use: of these, not on the slab's own list of free ones. Objects that a CPU keeps for itself count
 *	    as in use: all of a @is_frozen slab, and those in sheaves
 * @is_frozen: some CPU allocates from it
 * @node: NUMA node
 */
struct memmon_slab {
	__u64 pfn;
	__u32 cache;
	__u32 pages;
	__u16 objects;
	__u16 in_use;
	__u16 is_frozen;
	__u16 node;
};

/**
 * struct memmon_cursor - MEMMON_IOC_TABLE: a piece of a table
 * @size: of this structure
 * @table: enum memmon_table
 * @position: where to begin; 0 at first. Set to where to go on; meaningless once @nr is 0.
 * @to: address of room for rows
 * @capacity: how many rows there is room for
 * @nr: set to how many were copied; 0 at the end
 *
 * Rows are copied one by one while the kernel goes on: each is whole, but together they are no picture of one
 * moment. ENODATA without a ledger (but for MEMMON_TABLE_SLABS); EOPNOTSUPP if this kernel's slabs cannot
 * be read.
 */
struct memmon_cursor {
	__u32 size;
	__u32 table;
	__u64 position;
	__u64 to;
	__u32 capacity;
	__u32 nr;
};

#endif /* _UAPI_MEM_MONITOR_LEDGER_H */
