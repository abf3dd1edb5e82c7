// SPDX-License-Identifier: GPL-2.0
/*
 * The handlers of the kmem tracepoints while some session with rings takes call stacks: what is frequent, as in
 * handler.c, with the stack. The rest goes by the slow twins of event.c, which take stacks as well.
 */
#include <linux/limits.h>
#include <linux/slab.h>

#include "cache.h"
#include "event.h"
#include "handler.h"
#include "layout.h"
#include "stack_take.h"

/* memmon_event_record_sizes() for listeners of which some take stacks. Context: any. */
static __always_inline void record(const enum memmon_class event_class, unsigned long call_site,
				   unsigned long object, u64 sizes, gfp_t gfp, u16 detail)
{
	const u32 class_and_detail = event_class | (u32)detail << 16;
	struct memmon_ring __percpu *next;

	preempt_disable_notrace();
	if (unlikely(!memmon_event_is_outermost())) {
		memmon_event_record_slowly(call_site, object, sizes, gfp, class_and_detail);
		return;
	}
	memmon_ring_enter();
	next = READ_ONCE(memmon_listener_fast[event_class]);
	for (;;) {
		struct memmon_ring MEMMON_HERE *ring = memmon_here(struct memmon_ring, next);
		unsigned long site = call_site;

		if (unlikely(memmon_here_read(&ring->reserved) >= ring->fast_limit ||
			     (u32)current->tgid == ring->skipped_tgid)) {
			this_cpu_write(memmon_event_rest, next);
			memmon_event_go_on_slowly(call_site, object, sizes, gfp, class_and_detail);
			return;
		}
		memmon_here_inc(&ring->books.seen[event_class]);
		if (ring->stacks)
			site = memmon_stacks_name_here(ring->stacks, call_site,
						       !memmon_event_is_page(event_class));
		memmon_event_fill(memmon_ring_reserve_here(ring), current, memmon_clock_tsc(), site,
				  object, sizes, gfp, class_and_detail);
		if (likely(!ring->next[event_class]))
			break;
		next = ring->next[event_class];
	}
	memmon_ring_leave();
	preempt_enable_notrace();
}

/* Only a large kmalloc can be seen twice, or be too large for the record. */
static notrace noinline void on_large_kmalloc(unsigned long call_site, const void *ptr,
					      size_t bytes_req, size_t bytes_alloc, gfp_t gfp)
{
	if (memmon_layout_is_inner(call_site)) {
		memmon_event_count(MEMMON_CLASS_KMALLOC, MEMMON_FILTERED_DUPLICATE);
		return;
	}
	record(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
	       memmon_event_sizes(memmon_event_saturate(bytes_req),
				  memmon_event_saturate(bytes_alloc)),
	       gfp, MEMMON_CACHE_UNKNOWN);
}

notrace void memmon_handler_kmalloc_stack(MEMMON_KMALLOC_PROTO)
{
	if (unlikely(bytes_alloc > KMALLOC_MAX_CACHE_SIZE)) {
		on_large_kmalloc(call_site, ptr, bytes_req, bytes_alloc, gfp);
		return;
	}
	record(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
	       memmon_event_sizes(bytes_req, bytes_alloc), gfp, MEMMON_CACHE_UNKNOWN);
}

notrace void memmon_handler_cache_alloc_stack(MEMMON_CACHE_ALLOC_PROTO)
{
	struct memmon_cache cache = memmon_cache_lookup(MEMMON_TRACED_CACHE);

	record(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr, cache.sizes, gfp, cache.id);
}

notrace void memmon_handler_kfree_stack(MEMMON_KFREE_PROTO)
{
	if (unlikely(ZERO_OR_NULL_PTR(ptr))) {
		memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
		return;
	}
	record(MEMMON_CLASS_KFREE, call_site, (unsigned long)ptr, 0, 0, MEMMON_CACHE_UNKNOWN);
}

notrace void memmon_handler_cache_free_stack(MEMMON_CACHE_FREE_PROTO)
{
	struct memmon_cache cache = memmon_cache_lookup(MEMMON_TRACED_CACHE);

	record(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr, cache.sizes, 0, cache.id);
}

notrace void memmon_handler_page_alloc_stack(MEMMON_PAGE_ALLOC_PROTO)
{
	unsigned long pfn = page ? page_to_pfn(page) : 0;
	unsigned int zone = page ? page_zonenum(page) : 0;
	u32 bytes = memmon_handler_page_bytes(order);

	record(MEMMON_CLASS_PAGE_ALLOC, 0, pfn, memmon_event_same_sizes(bytes), gfp,
	       MEMMON_PAGE_DETAIL(order, zone, migratetype));
}

notrace void memmon_handler_page_free_stack(MEMMON_PAGE_FREE_PROTO)
{
	u32 bytes = memmon_handler_page_bytes(order);

	record(MEMMON_CLASS_PAGE_FREE, 0, page_to_pfn(page), memmon_event_same_sizes(bytes), 0,
	       MEMMON_PAGE_DETAIL(order, page_zonenum(page), 0));
}

notrace void memmon_handler_page_free_batched_stack(MEMMON_PAGE_FREE_BATCHED_PROTO)
{
	record(MEMMON_CLASS_PAGE_FREE_BATCHED, 0, page_to_pfn(page),
	       memmon_event_same_sizes(PAGE_SIZE), 0, MEMMON_PAGE_DETAIL(0, page_zonenum(page), 0));
}
