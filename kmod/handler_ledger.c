// SPDX-License-Identifier: GPL-2.0
/*
 * The handlers of the kmem tracepoints for ledgers. What is frequent is compiled into them; the rest, and
 * what hooks see, goes by the functions of ledger.c.
 */
#include <linux/slab.h>

#include "cache.h"
#include "handler.h"
#include "layout.h"
#include "ledger_event.h"

/* A large kmalloc, which can be seen twice or be too large for the ledger's numbers, or one that failed. */
static noinline notrace void on_rare_kmalloc(unsigned long call_site, const void *ptr,
					     size_t bytes_req, size_t bytes_alloc, gfp_t gfp)
{
	if (!ptr)
		memmon_ledger_count(MEMMON_CLASS_KMALLOC, MEMMON_LEDGER_FAILED);
	else if (memmon_layout_is_inner(call_site))
		memmon_ledger_count(MEMMON_CLASS_KMALLOC, MEMMON_LEDGER_DUPLICATE);
	else
		memmon_ledger_bear(call_site, (unsigned long)ptr, memmon_event_saturate(bytes_req),
				   memmon_event_saturate(bytes_alloc), gfp, MEMMON_CLASS_KMALLOC);
}

/* A cache that is not in its first place in the registry, or a request that failed. */
static noinline notrace void on_rare_cache_alloc(unsigned long call_site, const void *ptr,
						 const struct kmem_cache *s, gfp_t gfp)
{
	struct memmon_cache cache;

	if (!ptr) {
		memmon_ledger_count(MEMMON_CLASS_CACHE_ALLOC, MEMMON_LEDGER_FAILED);
		return;
	}
	cache = memmon_cache_find(s);
	memmon_ledger_bear(call_site, (unsigned long)ptr, cache.bytes, cache.bytes, gfp,
			   MEMMON_CLASS_CACHE_ALLOC | cache.id << 16);
}

notrace void memmon_handler_kmalloc_ledger(MEMMON_KMALLOC_PROTO)
{
	if (unlikely(!ptr || bytes_alloc > KMALLOC_MAX_CACHE_SIZE))
		on_rare_kmalloc(call_site, ptr, bytes_req, bytes_alloc, gfp);
	else
		memmon_ledger_bear_object(call_site, (unsigned long)ptr, bytes_req, bytes_alloc,
					  gfp, MEMMON_CLASS_KMALLOC);
}

notrace void memmon_handler_cache_alloc_ledger(MEMMON_CACHE_ALLOC_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!ptr || !memmon_cache_is_home(traced, &cache)))
		on_rare_cache_alloc(call_site, ptr, traced, gfp);
	else
		memmon_ledger_bear_object(call_site, (unsigned long)ptr, cache.bytes, cache.bytes,
					  gfp, MEMMON_CLASS_CACHE_ALLOC | cache.id << 16);
}

notrace void memmon_handler_kfree_ledger(MEMMON_KFREE_PROTO)
{
	if (likely(!ZERO_OR_NULL_PTR(ptr)))
		memmon_ledger_bury_object((unsigned long)ptr, MEMMON_CLASS_KFREE);
	else
		memmon_ledger_filter(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
}

notrace void memmon_handler_cache_free_ledger(MEMMON_CACHE_FREE_PROTO)
{
	memmon_ledger_bury_object((unsigned long)ptr, MEMMON_CLASS_CACHE_FREE);
}

notrace void memmon_handler_page_alloc_ledger(MEMMON_PAGE_ALLOC_PROTO)
{
	if (likely(page))
		memmon_ledger_bear_traced_pages(page_to_pfn(page), gfp,
						MEMMON_PAGE_DETAIL(order, page_zonenum(page),
								   migratetype));
	else
		memmon_ledger_count(MEMMON_CLASS_PAGE_ALLOC, MEMMON_LEDGER_FAILED);
}

notrace void memmon_handler_page_free_ledger(MEMMON_PAGE_FREE_PROTO)
{
	memmon_ledger_bury_pages(page_to_pfn(page), order);
}

notrace void memmon_handler_page_free_batched_ledger(MEMMON_PAGE_FREE_BATCHED_PROTO)
{
	memmon_ledger_count(MEMMON_CLASS_PAGE_FREE_BATCHED, MEMMON_LEDGER_NOTED);
}
