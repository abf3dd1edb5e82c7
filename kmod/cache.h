/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registry of slab caches: struct kmem_cache * to a small id with a copied name and object size.
 *
 * An entry is made at the first event of a cache, in whatever context that is, and is kept until the
 * module is unloaded, because records name it. Slots are claimed with one cmpxchg and never given to
 * another cache; when a cache is destroyed its key is exchanged for a tombstone.
 */
#ifndef MEMMON_CACHE_H
#define MEMMON_CACHE_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

#include "cache_hash.h"
#include "compat/cpu.h"
#include "layout.h"

#define MEMMON_CACHE_UNKNOWN 0

struct kmem_cache;

/*
 * The two arrays that probes read, written by cache.c only: address of the cache, or NULL, or a mark; and,
 * set before the key, its object size in bytes, in both halves: as a record has it.
 */
extern const struct kmem_cache *memmon_cache_keys[MEMMON_CACHE_SLOTS];
extern u64 memmon_cache_sizes[MEMMON_CACHE_SLOTS];

/**
 * struct memmon_cache - what a record says of a cache
 * @id: in the registry, or MEMMON_CACHE_UNKNOWN
 * @bytes: object size
 * @sizes: the same in both halves
 */
struct memmon_cache {
	u32 id;
	u32 bytes;
	u64 sizes;
};

struct memmon_cache memmon_cache_find(const struct kmem_cache *s);

/**
 * memmon_cache_is_home - the facts of a cache, if it is where it is looked for first
 * @s: a live cache
 * @cache: set if so
 *
 * Context: any. Calls nothing, for the sake of the hot path.
 */
static __always_inline bool memmon_cache_is_home(const struct kmem_cache *s,
						 struct memmon_cache *cache)
{
	unsigned int home = memmon_cache_home((unsigned long)s);

	/* Compared in memory, by one instruction. */
	if (unlikely(memmon_cache_keys[home] != s))
		return false;
	barrier(); /* the size is read after the key: pairs with claim() */
	cache->id = home;
	cache->sizes = memmon_cache_sizes[home];
	cache->bytes = cache->sizes;
	return true;
}

/* The facts of a live cache. Context: any. */
static inline struct memmon_cache memmon_cache_lookup(const struct kmem_cache *s)
{
	struct memmon_cache cache;

	return memmon_cache_is_home(s, &cache) ? cache : memmon_cache_find(s);
}

/**
 * memmon_cache_of_mapped - the cache of an object that lies in the direct map, on a kernel whose layout is known
 * @object: address of a live object
 *
 * Context: any. Calls nothing, for the sake of the hot path.
 * Return: the cache, or NULL if it is no slab object.
 */
static __always_inline const struct kmem_cache *memmon_cache_of_mapped(const void *object)
{
	struct page *page = compound_head(memmon_cpu_page((unsigned long)object));

	if (unlikely(!PageSlab(page)))
		return NULL;
	return *(struct kmem_cache **)((void *)page + memmon_layout.slab_cache_offset);
}

void memmon_cache_init(void);
void memmon_cache_doubt(void);
int memmon_cache_watch(void);
void memmon_cache_unwatch(void);
const struct kmem_cache *memmon_cache_of_slab(const void *object);
bool memmon_cache_is_entered(u32 id);
void memmon_cache_name(u16 id, char name[MEMMON_CACHE_NAME_BYTES]);
unsigned int memmon_cache_count(void);
u64 memmon_cache_overflows(void);
const char *memmon_cache_names_state(void);
const char *memmon_cache_watch_state(void);

#endif /* MEMMON_CACHE_H */
