// SPDX-License-Identifier: GPL-2.0
/* Walks the page frames of the machine for its slabs. */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "cache.h"
#include "compat/kfence.h"
#include "layout.h"
#include "slab.h"

/* Whether memory is there does not change within so many aligned page frames. */
#ifdef PAGES_PER_SUBSECTION
#define HOLE_PAGES PAGES_PER_SUBSECTION
#else
#define HOLE_PAGES 1UL
#endif

/* Blocks up to this order are stepped over as a whole; larger ones page by page. */
#define STEP_ORDER_MAX 10
/* Others may run after so many steps. */
#define STEPS_AT_ONCE 1024

/* Behind the last page frame of all nodes. */
static unsigned long find_end(void)
{
	unsigned long end = 0;
	int node;

	for_each_online_node(node)
		end = max_t(unsigned long, end, node_end_pfn(node));
	return end;
}

static const struct kmem_cache *cache_of(const struct page *page)
{
	return READ_ONCE(*(struct kmem_cache **)((void *)page + memmon_layout.slab_cache_offset));
}

/*
 * Whether this is the address of a cache and of nothing else: then it is an object of the cache of caches.
 * A page that stops being a slab while it is looked at may hold anything in its place.
 */
static bool is_cache(const struct kmem_cache *s)
{
	return s && IS_ALIGNED((unsigned long)s, sizeof(void *)) && virt_addr_valid(s) &&
	       memmon_cache_of_slab(s) == memmon_slab_layout.cache_of_caches;
}

/*
 * Whether the first page of something is a slab of this cache. KFENCE's pages are not: they remember the
 * cache of an object that is gone.
 */
static bool is_slab_of(struct page *page, const struct kmem_cache *s)
{
	return PageSlab(page) && compound_head(page) == page && cache_of(page) == s &&
	       !memmon_kfence_owns(page_address(page));
}

/* Return: whether @page begins a slab, and went on to be the same one while it was read. */
static bool read_slab(struct page *page, struct memmon_slab *row)
{
	const struct kmem_cache *s = cache_of(page);
	unsigned int order = compound_order(page);
	struct memmon_slab_counters c;
	u32 word;

	if (!is_slab_of(page, s) || !is_cache(s) || order > STEP_ORDER_MAX)
		return false;
	word = READ_ONCE(*(u32 *)((void *)page + memmon_slab_layout.counters_offset));
	memcpy(&c, &word, sizeof(c));
	*row = (struct memmon_slab){
		.pfn = page_to_pfn(page),
		.cache = memmon_cache_lookup(s).id,
		.pages = 1U << order,
		.objects = c.objects,
		.in_use = c.in_use,
		.is_frozen = c.is_frozen,
		.node = page_to_nid(page),
	};
	smp_rmb(); /* as long as it is a slab of the cache, the cache is there */
	return is_slab_of(page, s) && c.objects && c.in_use <= c.objects;
}

/* Pages from @page on that need not be looked at: all of a free or a compound block, or one. */
static unsigned long step_over(struct page *page, unsigned long pfn)
{
	unsigned long order = PageBuddy(page) ? page_private(page) : compound_order(page);

	/* A block that is being taken apart may say anything, but not this. */
	if (order > STEP_ORDER_MAX || pfn & ((1UL << order) - 1))
		return 1;
	return 1UL << order;
}

/**
 * memmon_slab_row - the next slab
 * @position: page frame to look from; 0 at first. Set behind what was found
 * @row: set to the slab
 *
 * Holes in memory are left out. Memory that is taken from the running machine meanwhile is not held: that is
 * as with the kernel's own /proc/kpageflags.
 *
 * Context: process; may sleep.
 * Return: whether there was one; false also if slabs are not readable, or the task is being killed.
 */
bool memmon_slab_row(u64 *position, struct memmon_slab *row)
{
	unsigned long pfn = *position, end = find_end(), nr_steps = 0;
	bool is_found = false;

	if (!memmon_slab_is_readable())
		return false;
	while (pfn < end && !is_found) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page) {
			pfn = ALIGN(pfn + 1, HOLE_PAGES);
		} else {
			is_found = PageSlab(page) && read_slab(page, row);
			pfn += step_over(page, pfn);
		}
		if (++nr_steps % STEPS_AT_ONCE)
			continue;
		cond_resched();
		if (fatal_signal_pending(current))
			break;
	}
	*position = pfn;
	return is_found;
}

/* What a page of no type is used for. The lowest bits of the mapping say whose address it is. */
static u32 use_of(const struct page *head)
{
	unsigned long mapping = (unsigned long)READ_ONCE(head->mapping);

	if (PageAnon((struct page *)head))
		return MEMMON_OBJECT_ANON;
	return mapping && IS_ALIGNED(mapping, sizeof(void *)) ? MEMMON_OBJECT_FILE : 0;
}

/**
 * memmon_slab_page_flags - what a page is used for at this moment
 * @pfn: its frame number
 *
 * Context: process.
 * Return: MEMMON_OBJECT_IN_SLAB, _ANON, _FILE, _PAGE_TABLE, or 0 for another use, or if there is no such page.
 */
u32 memmon_slab_page_flags(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn), *head;

	if (!page)
		return 0;
	head = compound_head(page);
	if (PageSlab(head))
		return MEMMON_OBJECT_IN_SLAB;
	if (PageTable(head))
		return MEMMON_OBJECT_PAGE_TABLE;
	return page_has_type(head) ? 0 : use_of(head);
}
