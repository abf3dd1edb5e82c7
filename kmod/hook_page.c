// SPDX-License-Identifier: GPL-2.0
/* Hooks for pages: many at once, the page allocator's compromises, and the pages of per-CPU objects. */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>

#include "event.h"
#include "hook.h"

/*
 * So many places of an array are known to have been empty or not. What lies beyond is taken for new if there
 * is a page afterwards; the ledger then finds out that it knows that page.
 */
#define KNOWN_PLACES 1024

/**
 * struct pages_call - a call of alloc_pages_bulk()
 * @call: who, and how many pages
 * @list: where the pages go; NULL if to @array
 * @array: places for pages, some of them taken
 * @first: the first place that is not
 * @taken: those behind it that are
 */
struct pages_call {
	struct memmon_hook_call call;
	struct list_head *list;
	struct page **array;
	unsigned int first;
	DECLARE_BITMAP(taken, KNOWN_PLACES);
};

static notrace void note_taken(struct pages_call *pages, unsigned int nr)
{
	unsigned int i, nr_known = min_t(unsigned int, nr, KNOWN_PLACES);

	pages->first = 0;
	while (pages->first < nr && pages->array[pages->first])
		pages->first++;
	bitmap_zero(pages->taken, nr_known);
	for (i = pages->first; i < nr_known; i++) {
		if (pages->array[i])
			__set_bit(i, pages->taken);
	}
}

/* alloc_pages_bulk(gfp, node, nodes, nr, [list,] array) */
static notrace int on_pages_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct pages_call *pages = (void *)ri->data;
	int nr;

	memmon_hook_read_call(&pages->call, regs, MEMMON_CLASS_PAGE_ALLOC_BULK);
	nr = (int)pages->call.bytes;
	if (nr <= 0)
		return 1;
	pages->call.bytes = nr;
	pages->list = MEMMON_PAGES_BULK_LIST(regs);
	pages->array = MEMMON_PAGES_BULK_ARRAY(regs);
	if (pages->list || !pages->array)
		return !pages->list;
	note_taken(pages, nr);
	return pages->first == nr; /* nothing to do */
}
NOKPROBE_SYMBOL(on_pages_call);

static notrace void submit_page(const struct memmon_hook_call *call, const struct page *page)
{
	gfp_t gfp = call->gfp;
	u32 type = gfp & __GFP_MOVABLE	   ? MIGRATE_MOVABLE :
		   gfp & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE :
					     MIGRATE_UNMOVABLE;
	u32 zone = page ? page_zonenum(page) : 0;

	memmon_event_submit(MEMMON_CLASS_PAGE_ALLOC_BULK, call->call_site,
			    page ? page_to_pfn(page) : 0, PAGE_SIZE, PAGE_SIZE, gfp,
			    MEMMON_PAGE_DETAIL(0, zone, type));
}

/* New pages are put in front of those that were in the list. Return: how many there are. */
static notrace unsigned long submit_list(const struct pages_call *pages, unsigned long nr)
{
	struct list_head *at = pages->list->next;
	unsigned long i;

	for (i = 0; i < nr && at != pages->list; i++, at = at->next)
		submit_page(&pages->call, list_entry(at, struct page, lru));
	return i;
}

/* Up to @nr all places have a page now. Return: how many are new. */
static notrace unsigned long submit_array(const struct pages_call *pages, unsigned long nr)
{
	unsigned long i, nr_new = 0;

	for (i = pages->first; i < nr; i++) {
		if ((i < KNOWN_PLACES && test_bit(i, pages->taken)) || !pages->array[i])
			continue;
		submit_page(&pages->call, pages->array[i]);
		nr_new++;
	}
	return nr_new;
}

static notrace int on_pages_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct pages_call *pages = (void *)ri->data;
	unsigned long nr = min_t(unsigned long, regs_return_value(regs), pages->call.bytes);

	if (!(pages->list ? submit_list(pages, nr) : submit_array(pages, nr)))
		submit_page(&pages->call, NULL);
	return 0;
}
NOKPROBE_SYMBOL(on_pages_return);

const struct memmon_hook_return memmon_hook_on_pages_bulk = {
	.on_call = on_pages_call,
	.on_return = on_pages_return,
	.data_bytes = sizeof(struct pages_call),
};

/* A request broke up a block of another migratetype; the record's gfp says which. */
notrace void memmon_hook_page_extfrag(MEMMON_PAGE_EXTFRAG_PROTO)
{
	u32 fallback = MEMMON_PAGE_DETAIL(fallback_order, 0, fallback_migratetype);

	memmon_event_submit(MEMMON_CLASS_PAGE_EXTFRAG, 0, page_to_pfn(page),
			    (u32)PAGE_SIZE << (alloc_order & 31),
			    (u32)PAGE_SIZE << (fallback_order & 31), (__force gfp_t)fallback,
			    MEMMON_PAGE_DETAIL(alloc_order, page_zonenum(page), alloc_migratetype));
}

notrace void memmon_hook_percpu_alloc(MEMMON_PERCPU_ALLOC_PROTO)
{
	memmon_event_submit(MEMMON_CLASS_PERCPU_ALLOC, MEMMON_TRACED_PERCPU_SITE,
			    (__force unsigned long)ptr, memmon_event_saturate(size),
			    memmon_event_saturate(MEMMON_TRACED_PERCPU_BYTES),
			    MEMMON_TRACED_PERCPU_GFP, 0);
}

notrace void memmon_hook_percpu_free(MEMMON_PERCPU_FREE_PROTO)
{
	memmon_event_submit(MEMMON_CLASS_PERCPU_FREE, 0, (__force unsigned long)ptr, 0, 0, 0, 0);
}
