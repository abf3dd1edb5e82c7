/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of a ledger: live objects, or blocks of pages, by a 64-bit key.
 *
 * Seven keys lie in one cache line, a bucket; what is known of each lies elsewhere, at the same number. A
 * key is looked for in its home bucket, and in the next ones only if the home has ever sent
 * keys there that are still alive (@overflow).
 *
 * Who writes: any CPU in any context, with preemption off. A place is taken by a cmpxchg of its key from
 * 0 to BUSY, filled, and published by storing the key with release semantics; it is left by a cmpxchg
 * from the key to BUSY, and freed by storing 0. Nobody waits for anybody: who finds a place BUSY goes on to
 * the next. That suffices because the allocators themselves order the events of one address: the birth
 * is told before anybody else knows the address, the death before the memory goes back.
 *
 * Who reads: any task, see ledger_rows.c, which believes a copy if the key and the generation are the same
 * before and after it.
 */
#ifndef MEMMON_LEDGER_TABLE_H
#define MEMMON_LEDGER_TABLE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

#define MEMMON_LEDGER_WAYS 7
/* Entries of a bucket lie where their keys do, eight times as far: one of each eight is not used. */
#define MEMMON_LEDGER_STRIDE 8
/* Buckets that are searched: the home and those behind it. */
#define MEMMON_LEDGER_REACH 4

#define MEMMON_LEDGER_KEY_BUSY 1ULL
/* Bit of the key of a per-CPU object, whose address is no address. */
#define MEMMON_LEDGER_KEY_PERCPU 2ULL

/**
 * struct memmon_ledger_bucket - one cache line of keys
 * @keys: 0 if free
 * @overflow: live keys whose home this is and that lie in the buckets behind it
 */
struct memmon_ledger_bucket {
	u64 keys[MEMMON_LEDGER_WAYS];
	atomic_t overflow;
	u32 unused;
} __aligned(64);

/**
 * struct memmon_ledger_entry - what is known of a live object, in a cache line; see struct memmon_object
 * @queued: when it was given to kfree_rcu(), after the ledger began, in units of 2^24 of the clock; or 0
 * @pages_left: of a block of pages: those that have not been freed, as bits, or as their number in a block
 *	       of an order above MEMMON_LEDGER_BITS_ORDER
 */
struct memmon_ledger_entry {
	u64 born;
	u64 pids;
	u32 bytes_req;
	u32 bytes_alloc;
	u32 class_context_detail;
	u32 gfp;
	u32 account;
	u32 stack;
	u32 generation;
	union {
		u32 queued;
		atomic_t pages_left;
	};
	char comm[MEMMON_COMM_BYTES];
} __aligned(64);

#define MEMMON_LEDGER_QUEUED_SHIFT 24
#define MEMMON_LEDGER_BITS_ORDER 5

/**
 * struct memmon_ledger_table - set once, before any probe sees it
 * @buckets: @nr_buckets and MEMMON_LEDGER_REACH - 1 more, so that no search wraps
 * @entries: MEMMON_LEDGER_STRIDE for each of them
 */
struct memmon_ledger_table {
	struct memmon_ledger_bucket *buckets;
	struct memmon_ledger_entry *entries;
	u32 nr_buckets;
};

/* Places of the table: numbers below this, of which each eighth is none. */
static __always_inline u64 memmon_ledger_slots(const struct memmon_ledger_table *t)
{
	return (u64)(t->nr_buckets + MEMMON_LEDGER_REACH - 1) * MEMMON_LEDGER_STRIDE;
}

/* Fibonacci hashing, and then the highest 32 bits scaled to the number of buckets. */
static __always_inline struct memmon_ledger_bucket *
memmon_ledger_home(const struct memmon_ledger_table *t, u64 key)
{
	u64 hash = key * 0x9e3779b97f4a7c15ULL >> 32;

	return t->buckets + (hash * t->nr_buckets >> 32);
}

/* What is known of the object whose key is at @place. */
static __always_inline struct memmon_ledger_entry *
memmon_ledger_entry(const struct memmon_ledger_table *t, const u64 *place)
{
	return t->entries + (place - (const u64 *)t->buckets);
}

/* The way of a key in one bucket, or MEMMON_LEDGER_WAYS. */
static __always_inline unsigned int memmon_ledger_scan(const struct memmon_ledger_bucket *bucket,
						       u64 key)
{
	unsigned int way;

#pragma GCC unroll 7
	for (way = 0; way < MEMMON_LEDGER_WAYS; way++) {
		if (READ_ONCE(bucket->keys[way]) == key)
			break;
	}
	return way;
}

/* Searches the buckets behind a home. Return: the place, or NULL. */
static __always_inline u64 *memmon_ledger_find_away(struct memmon_ledger_bucket *bucket, u64 key)
{
	unsigned int i, way;

	for (i = 1; i < MEMMON_LEDGER_REACH; i++) {
		way = memmon_ledger_scan(++bucket, key);
		if (way < MEMMON_LEDGER_WAYS)
			return &bucket->keys[way];
	}
	return NULL;
}

/**
 * memmon_ledger_find - where a key is
 * @bucket: its home
 * @key: not 0
 *
 * Context: any. Return: its place, or NULL.
 */
static __always_inline u64 *memmon_ledger_find(struct memmon_ledger_bucket *bucket, u64 key)
{
	unsigned int way = memmon_ledger_scan(bucket, key);

	if (way < MEMMON_LEDGER_WAYS)
		return &bucket->keys[way];
	if (likely(!atomic_read(&bucket->overflow)))
		return NULL;
	return memmon_ledger_find_away(bucket, key);
}

/**
 * memmon_ledger_claim - take a free place for a key
 * @home: its home
 *
 * Context: any. Return: the place, whose key is BUSY now, or NULL if there is none.
 */
static __always_inline u64 *memmon_ledger_claim(struct memmon_ledger_bucket *home)
{
	struct memmon_ledger_bucket *bucket = home;
	unsigned int i, tries, way;

	for (i = 0; i < MEMMON_LEDGER_REACH; i++, bucket++) {
		for (tries = 0; tries < MEMMON_LEDGER_WAYS; tries++) {
			way = memmon_ledger_scan(bucket, 0);
			if (unlikely(way == MEMMON_LEDGER_WAYS))
				break;
			/* Somebody may be faster; then the next free one. */
			if (unlikely(cmpxchg(&bucket->keys[way], 0, MEMMON_LEDGER_KEY_BUSY)))
				continue;
			if (unlikely(i))
				atomic_inc(&home->overflow);
			return &bucket->keys[way];
		}
	}
	return NULL;
}

/* Takes a found place away from its key, so that only one can. Context: any. */
static __always_inline bool memmon_ledger_seize(u64 *place, u64 key)
{
	return cmpxchg(place, key, MEMMON_LEDGER_KEY_BUSY) == key;
}

/* Frees a place that is BUSY by us. Context: any. */
static __always_inline void memmon_ledger_vacate(struct memmon_ledger_bucket *home, u64 *place)
{
	if (unlikely((unsigned long)place - (unsigned long)home >= sizeof(*home)))
		atomic_dec(&home->overflow);
	smp_store_release(place, 0); /* pairs with the cmpxchg of the next claim */
}

/* Publishes a place that is BUSY by us, and filled. Context: any. */
static __always_inline void memmon_ledger_publish(u64 *place, u64 key)
{
	smp_store_release(place, key); /* pairs with the acquire of ledger_rows.c */
}

#endif /* MEMMON_LEDGER_TABLE_H */
