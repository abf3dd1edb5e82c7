/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The totals of a session: what happened, added up by some keys while it happens. A sink like the rings and the
 * ledger, with books of its own:
 *
 *	seen = filtered + counted + in_flight
 *
 * Who writes: only the CPU that owns a set, in any context, with preemption off: a row is claimed with one
 * cmpxchg of its tag and never given to another key, and its counters are changed by single instructions. What
 * finds no row is added to that of its class for all others, so that the sums are always exact.
 *
 * Each CPU has two sets. Probes add to one; the other is what the interval before left (totals_memory.c). Who
 * changes which set is which, clears one, or retires rows has the lock of the totals; so has who reads.
 */
#ifndef MEMMON_TOTALS_H
#define MEMMON_TOTALS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include <asm/local64.h>

#include <uapi/mem_monitor.h>

struct memmon_facts;
struct memmon_ledger;
struct memmon_ledger_entry;
struct memmon_sieve;
struct memmon_stacks;

/* Rows in which a key is looked for: those of its group, which is so many in a row. */
#define MEMMON_TOTALS_WAYS 8

/* Never a tag: a row that is free, and one whose code is gone. */
#define MEMMON_TOTALS_FREE 0ULL
#define MEMMON_TOTALS_RETIRED 1ULL

/* A row is so large. */
#define MEMMON_TOTALS_ROW_SHIFT 7

#define MEMMON_TOTALS_KEY(id) (1U << MEMMON_TOTAL_##id)
#define MEMMON_TOTALS_KEYS ((1U << MEMMON_NR_TOTAL_KEYS) - 1)

/**
 * struct memmon_totals_key - what a row counts; see struct memmon_total
 * @flags: MEMMON_TOTAL_*
 * @comm: no part of what tells rows apart
 *
 * What is not among the keys of a session is 0.
 */
struct memmon_totals_key {
	u64 call_site;
	u64 cgroup;
	u32 stack;
	u32 tgid;
	u32 size_bytes;
	u16 cache;
	u16 node;
	u16 order;
	u8 event_class;
	u8 context;
	u32 flags;
	char comm[MEMMON_COMM_BYTES];
};

/**
 * struct memmon_totals_row - a row: in its first cache line what changes with every event
 * @tag: hash of the key, and that by which it is known: two keys share one with a chance of 2^-63. Or one of the
 *	 reserved values
 * @nr_taken: of the first row of a group: how many of its rows are taken, or less if two were at the same time
 * @is_ready: @key is there; written last, with release
 */
struct memmon_totals_row {
	u64 tag;
	local64_t count;
	local64_t bytes_req;
	local64_t bytes_alloc;
	local64_t died;
	local64_t died_bytes;
	u32 nr_taken;
	u32 is_ready;
	struct memmon_totals_key key;
} __aligned(64);

static_assert(sizeof(struct memmon_totals_row) == 1 << MEMMON_TOTALS_ROW_SHIFT, "a row's size");

/**
 * struct memmon_totals_set - a CPU's rows of one interval
 * @nr_used: of the places, how many are taken
 * @others: by enum memmon_class: of all that found no place
 * @rows: the places
 */
struct memmon_totals_set {
	local64_t nr_used;
	struct memmon_totals_row others[MEMMON_NR_CLASSES];
	struct memmon_totals_row rows[];
};

/**
 * struct memmon_totals_class - what one CPU has of one class, in all intervals
 * @seen: events
 * @counted: of these, added to a row
 */
struct memmon_totals_class {
	local64_t seen;
	local64_t counted;
};

/**
 * struct memmon_totals_cpu - what one CPU has
 * @set: the one that is in use; written by memmon_totals_turn(), read by probes
 * @mask: bits of a tag, where memmon_totals_home() has them, that choose its first row
 * @sets: both
 * @classes: by enum memmon_class
 * @filtered: by enum memmon_filter_reason
 * @other_before: by enum memmon_class: what found no row in the intervals that were ended; under the lock
 */
struct memmon_totals_cpu {
	struct memmon_totals_set *set;
	u64 mask;
	struct memmon_totals_set *sets[2];
	struct memmon_totals_class classes[MEMMON_NR_CLASSES];
	local64_t filtered[MEMMON_NR_FILTER_REASONS];
	u64 other_before[MEMMON_NR_CLASSES];
};

/**
 * struct memmon_totals - a session's totals
 * @next: the next of those that are enabled, or NULL; written under the session lock, read by probes
 * @cpu: what each CPU has
 * @classes: mask of 1 << enum memmon_class that the session wants
 * @skipped_tgid: the process whose doings are left out, or MEMMON_LISTENER_SKIPS_NOBODY
 * @is_slow: events are judged one by one: there is a sieve or a ledger, or stacks are taken
 * @costly: keys whose parts cost more than a mask
 * @costly_slab: the same for kmalloc and kfree, whose cache is looked up
 * @site_mask: all bits if the call site is a key, else 0; so are the next ones
 * @tgid_mask: for the process
 * @cache_mask: for the cache
 * @order_mask: for the order
 * @keys: mask of 1 << enum memmon_total_key
 * @places: rows of a set that keys can have, a power of two
 * @sieve: judges each event, or NULL if all are wanted; the session's
 * @stacks: call stacks, or NULL if none are taken; the session's
 * @ledger: that of the session, which probes find only here, or NULL
 * @node: in the list of all, enabled or not; under the lock of that list
 * @lock: see the top of this file; also of the next ones
 * @current_set: number of the set that is in use
 * @interval: how many have been ended
 * @began: when this one began, by the clock of the records; 0 before the session is enabled
 * @disabled_at: when the session was disabled, or 0
 * @bytes: memory that they take
 *
 * All others are set before any probe sees them.
 */
struct memmon_totals {
	struct memmon_totals *next;
	struct memmon_totals_cpu __percpu *cpu;
	u32 classes;
	u32 skipped_tgid;
	bool is_slow;
	u32 costly;
	u32 costly_slab;
	u64 site_mask;
	u32 tgid_mask;
	u32 cache_mask;
	u32 order_mask;
	u32 keys;
	u32 places;
	struct memmon_sieve *sieve;
	struct memmon_stacks *stacks;
	struct memmon_ledger *ledger;
	struct list_head node;
	struct mutex lock;
	unsigned int current_set;
	u64 interval;
	u64 began;
	u64 disabled_at;
	u64 bytes;
};

/* All that are enabled. */
extern struct memmon_totals *memmon_totals_first;

/*
 * Where the fast way begins: the totals of the only session that has some, if it wants the class and none of its
 * events is slow; else NULL. Written like the other.
 */
extern struct memmon_totals *memmon_totals_fast[MEMMON_NR_CLASSES];

/* ---- what probes call (totals.c, totals_ledger.c); any context ---- */
void memmon_totals_submit(enum memmon_class event_class, unsigned long call_site,
			  unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
			  u32 detail);
void memmon_totals_filter(enum memmon_class event_class, enum memmon_filter_reason reason);
void memmon_totals_go_on(unsigned long call_site, unsigned long object, u32 bytes_req,
			 u32 bytes_alloc, gfp_t gfp, u32 class_and_detail);
void memmon_totals_miss(struct memmon_totals_cpu *cpu, u64 tag, unsigned long call_site,
			unsigned long object, u64 bytes, u32 class_and_detail);
u16 memmon_totals_slab_cache(unsigned long object);
void memmon_totals_bury(struct memmon_totals *totals, const struct memmon_totals_key *key,
			bool is_end, u64 bytes);
void memmon_totals_find_birth(const struct memmon_ledger *ledger,
			      const struct memmon_ledger_entry *entry, unsigned long object,
			      struct memmon_totals_key *key);
void memmon_totals_keep(struct memmon_totals *totals, const struct memmon_facts *facts,
			const struct memmon_totals_key *key, int reason);

/* ---- memory, intervals, coming and going (totals_memory.c); process, may sleep ---- */
u64 memmon_totals_bytes(const struct memmon_options *options);
u64 memmon_totals_total_bytes(void);
int memmon_totals_create(const struct memmon_options *options, struct memmon_totals **ret);
void memmon_totals_destroy(struct memmon_totals *totals);
void memmon_totals_attach(struct memmon_totals *totals, struct memmon_sieve *sieve,
			  struct memmon_stacks *stacks, struct memmon_ledger *ledger);
void memmon_totals_add(struct memmon_totals *totals);
void memmon_totals_remove(struct memmon_totals *totals);
void memmon_totals_turn(struct memmon_totals *totals);
void memmon_totals_retire(unsigned long first, unsigned long last);

/* ---- reading (totals_rows.c); process, may sleep ---- */
void memmon_totals_balance(struct memmon_totals *totals, struct memmon_totals_stats *stats);
bool memmon_totals_next_row(struct memmon_totals *totals, bool is_last, u64 *position,
			    struct memmon_total *row);

#endif /* MEMMON_TOTALS_H */
