/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slabs of the machine, read from its page frames: no lock is taken, no list of the allocator is
 * walked, and nothing is touched but struct page.
 *
 * Slabs come and go meanwhile. A row is what its page said at one moment; what changed while it was read
 * is left out.
 */
#ifndef MEMMON_SLAB_H
#define MEMMON_SLAB_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

struct kmem_cache;

/**
 * struct memmon_slab_counters - a word of the kernel's private struct slab, the same in all its versions
 * @in_use: objects that are not on the slab's own list of free ones
 * @objects: places in the slab
 * @is_frozen: some CPU allocates from it
 */
struct memmon_slab_counters {
	u32 in_use : 16;
	u32 objects : 15;
	u32 is_frozen : 1;
};

/**
 * struct memmon_slab_layout - found while loading; read-only afterwards
 * @counters_offset: bytes from a slab's struct page to its counters, or -1
 * @cache_of_caches: the cache that every struct kmem_cache is an object of
 */
struct memmon_slab_layout {
	int counters_offset;
	const struct kmem_cache *cache_of_caches;
};

extern struct memmon_slab_layout memmon_slab_layout;

int memmon_slab_find_layout(void);
const char *memmon_slab_state(void);
bool memmon_slab_row(u64 *position, struct memmon_slab *row);
u32 memmon_slab_page_flags(unsigned long pfn);

/* Whether memmon_slab_row() has rows on this kernel. Context: any, once loaded. */
static inline bool memmon_slab_is_readable(void)
{
	return memmon_slab_layout.counters_offset >= 0;
}

#endif /* MEMMON_SLAB_H */
