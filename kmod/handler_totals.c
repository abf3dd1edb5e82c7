// SPDX-License-Identifier: GPL-2.0
/*
 * The handlers of the kmem tracepoints for totals. What is frequent is compiled into them; the rest, and what hooks
 * see, goes by the functions of totals.c.
 */
#include <linux/slab.h>

#include "cache.h"
#include "handler.h"
#include "layout.h"
#include "totals_event.h"

/* Only a large kmalloc can be seen twice, or be too large for the key. */
static noinline notrace void on_large_kmalloc(unsigned long call_site, const void *ptr,
					      size_t bytes_req, size_t bytes_alloc, gfp_t gfp)
{
	if (memmon_layout_is_inner(call_site))
		memmon_totals_filter(MEMMON_CLASS_KMALLOC, MEMMON_FILTERED_DUPLICATE);
	else
		memmon_totals_submit(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
				     memmon_event_saturate(bytes_req),
				     memmon_event_saturate(bytes_alloc), gfp, MEMMON_CACHE_UNKNOWN);
}

/* A cache that is not in its first place in the registry. */
static noinline notrace void on_searched_cache(unsigned long call_site, const void *ptr,
					       const struct kmem_cache *s, gfp_t gfp,
					       enum memmon_class event_class)
{
	struct memmon_cache cache = memmon_cache_find(s);

	memmon_totals_submit(event_class, call_site, (unsigned long)ptr, cache.bytes, cache.bytes,
			     gfp, cache.id);
}

notrace void memmon_handler_kmalloc_totals(MEMMON_KMALLOC_PROTO)
{
	if (unlikely(bytes_alloc > KMALLOC_MAX_CACHE_SIZE))
		on_large_kmalloc(call_site, ptr, bytes_req, bytes_alloc, gfp);
	else
		memmon_totals_count(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr, bytes_req,
				    bytes_alloc, gfp, MEMMON_CACHE_UNKNOWN);
}

notrace void memmon_handler_cache_alloc_totals(MEMMON_CACHE_ALLOC_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache)))
		on_searched_cache(call_site, ptr, traced, gfp, MEMMON_CLASS_CACHE_ALLOC);
	else
		memmon_totals_count(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, gfp, cache.id);
}

notrace void memmon_handler_kfree_totals(MEMMON_KFREE_PROTO)
{
	if (unlikely(ZERO_OR_NULL_PTR(ptr)))
		memmon_totals_filter(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
	else
		memmon_totals_count(MEMMON_CLASS_KFREE, call_site, (unsigned long)ptr, 0, 0, 0,
				    MEMMON_CACHE_UNKNOWN);
}

notrace void memmon_handler_cache_free_totals(MEMMON_CACHE_FREE_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache)))
		on_searched_cache(call_site, ptr, traced, 0, MEMMON_CLASS_CACHE_FREE);
	else
		memmon_totals_count(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, 0, cache.id);
}

notrace void memmon_handler_page_alloc_totals(MEMMON_PAGE_ALLOC_PROTO)
{
	unsigned long pfn = page ? page_to_pfn(page) : 0;
	unsigned int zone = page ? page_zonenum(page) : 0;
	u32 bytes = memmon_handler_page_bytes(order);

	memmon_totals_count(MEMMON_CLASS_PAGE_ALLOC, 0, pfn, bytes, bytes, gfp,
			    MEMMON_PAGE_DETAIL(order, zone, migratetype));
}

notrace void memmon_handler_page_free_totals(MEMMON_PAGE_FREE_PROTO)
{
	u32 bytes = memmon_handler_page_bytes(order);

	memmon_totals_count(MEMMON_CLASS_PAGE_FREE, 0, page_to_pfn(page), bytes, bytes, 0,
			    MEMMON_PAGE_DETAIL(order, page_zonenum(page), 0));
}

notrace void memmon_handler_page_free_batched_totals(MEMMON_PAGE_FREE_BATCHED_PROTO)
{
	memmon_totals_count(MEMMON_CLASS_PAGE_FREE_BATCHED, 0, page_to_pfn(page), PAGE_SIZE,
			    PAGE_SIZE, 0, MEMMON_PAGE_DETAIL(0, page_zonenum(page), 0));
}
