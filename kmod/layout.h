/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this kernel looks like where its headers do not say: found out at load by trying, never by
 * version.
 */
#ifndef MEMMON_LAYOUT_H
#define MEMMON_LAYOUT_H

#include <linux/types.h>

/* Allocator entry points through which a variable-size large kmalloc can come: see layout_large.c. */
#define MEMMON_INNER_SITES 8

/**
 * struct memmon_layout - set while loading, before any probe is attached; read-only afterwards
 * @name_offset: bytes from a struct kmem_cache to its name pointer, or -1
 * @slab_cache_offset: bytes from a slab's struct page to its cache pointer, or -1
 * @inner_sites: call sites inside the allocator whose kmalloc event is followed by another one
 *		 for the same request
 * @nr_inner_sites: how many there are
 */
struct memmon_layout {
	int name_offset;
	int slab_cache_offset;
	unsigned long inner_sites[MEMMON_INNER_SITES];
	unsigned int nr_inner_sites;
};

extern struct memmon_layout memmon_layout;

int memmon_layout_find_cache(void);
int memmon_layout_find_inner_sites(void);

/**
 * memmon_layout_is_inner - whether a large kmalloc's event is the first of two for one request
 * @call_site: of the event
 *
 * Context: any.
 */
static inline bool memmon_layout_is_inner(unsigned long call_site)
{
	unsigned int i;

	for (i = 0; i < memmon_layout.nr_inner_sites; i++) {
		if (memmon_layout.inner_sites[i] == call_site)
			return true;
	}
	return false;
}

#endif /* MEMMON_LAYOUT_H */
