// SPDX-License-Identifier: GPL-2.0
/* The source "tracepoint": the kernel's kmem tracepoints, requests and frees of objects and pages. */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "cache.h"
#include "compat/kmem_tracepoint.h"
#include "event.h"
#include "layout.h"
#include "probe.h"

static u32 saturate(size_t bytes)
{
	return min_t(size_t, bytes, U32_MAX);
}

/* Only a large kmalloc can be seen twice, or be too large for the record, and then have failed. */
static notrace noinline void on_large_kmalloc(unsigned long call_site, const void *ptr,
					      size_t bytes_req, size_t bytes_alloc, gfp_t gfp)
{
	if (memmon_layout_is_inner(call_site)) {
		memmon_event_count(MEMMON_CLASS_KMALLOC, MEMMON_FILTERED_DUPLICATE);
		return;
	}
	memmon_event_record(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
			    saturate(bytes_req), saturate(bytes_alloc), gfp, MEMMON_CACHE_UNKNOWN);
}

static notrace void on_kmalloc(MEMMON_KMALLOC_PROTO)
{
	if (unlikely(bytes_alloc > KMALLOC_MAX_CACHE_SIZE)) {
		on_large_kmalloc(call_site, ptr, bytes_req, bytes_alloc, gfp);
		return;
	}
	memmon_event_record(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr, bytes_req,
			    bytes_alloc, gfp, MEMMON_CACHE_UNKNOWN);
}

/* The caches not at home, apart from the others: their search is a call, which costs registers. */
static notrace noinline void on_searched_cache(unsigned long call_site, const void *ptr,
					       const struct kmem_cache *s, gfp_t gfp, bool is_free)
{
	struct memmon_cache cache = memmon_cache_find(s);

	if (is_free)
		memmon_event_record(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, 0, cache.id);
	else
		memmon_event_record(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, gfp, cache.id);
}

static notrace void on_cache_alloc(MEMMON_CACHE_ALLOC_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache))) {
		on_searched_cache(call_site, ptr, traced, gfp, false);
		return;
	}
	memmon_event_record(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr, cache.bytes,
			    cache.bytes, gfp, cache.id);
}

static notrace void on_kfree(MEMMON_KFREE_PROTO)
{
	if (unlikely(ZERO_OR_NULL_PTR(ptr))) {
		memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
		return;
	}
	memmon_event_record(MEMMON_CLASS_KFREE, call_site, (unsigned long)ptr, 0, 0, 0,
			    MEMMON_CACHE_UNKNOWN);
}

static notrace void on_cache_free(MEMMON_CACHE_FREE_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache))) {
		on_searched_cache(call_site, ptr, traced, 0, true);
		return;
	}
	memmon_event_record(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr, cache.bytes,
			    cache.bytes, 0, cache.id);
}

/* The mask costs nothing, and spares kernels with UBSAN_SHIFT a check on the hot path. */
static __always_inline u32 page_bytes(unsigned int order)
{
	return (u32)PAGE_SIZE << (order & 31);
}

static notrace void on_page_alloc(MEMMON_PAGE_ALLOC_PROTO)
{
	unsigned long pfn = page ? page_to_pfn(page) : 0;
	unsigned int zone = page ? page_zonenum(page) : 0;
	u32 bytes = page_bytes(order);

	memmon_event_record(MEMMON_CLASS_PAGE_ALLOC, 0, pfn, bytes, bytes, gfp,
			    MEMMON_PAGE_DETAIL(order, zone, migratetype));
}

static notrace void on_page_free(MEMMON_PAGE_FREE_PROTO)
{
	u32 bytes = page_bytes(order);

	memmon_event_record(MEMMON_CLASS_PAGE_FREE, 0, page_to_pfn(page), bytes, bytes, 0,
			    MEMMON_PAGE_DETAIL(order, page_zonenum(page), 0));
}

static notrace void on_page_free_batched(MEMMON_PAGE_FREE_BATCHED_PROTO)
{
	memmon_event_record(MEMMON_CLASS_PAGE_FREE_BATCHED, 0, page_to_pfn(page), PAGE_SIZE,
			    PAGE_SIZE, 0, MEMMON_PAGE_DETAIL(0, page_zonenum(page), 0));
}

struct entry {
	struct memmon_probe probe;
	void *handler;
	struct tracepoint *tp;
};

#define ENTRY(class_, name_, handler_)                                                        \
	{                                                                                     \
		.probe = { .name = (name_), .event_class = (class_) }, .handler = (handler_), \
	}

static struct entry entries[] = {
	ENTRY(MEMMON_CLASS_KMALLOC, "kmalloc", on_kmalloc),
	ENTRY(MEMMON_CLASS_CACHE_ALLOC, "kmem_cache_alloc", on_cache_alloc),
	ENTRY(MEMMON_CLASS_KFREE, "kfree", on_kfree),
	ENTRY(MEMMON_CLASS_CACHE_FREE, "kmem_cache_free", on_cache_free),
	ENTRY(MEMMON_CLASS_PAGE_ALLOC, "mm_page_alloc", on_page_alloc),
	ENTRY(MEMMON_CLASS_PAGE_FREE, "mm_page_free", on_page_free),
	ENTRY(MEMMON_CLASS_PAGE_FREE_BATCHED, "mm_page_free_batched", on_page_free_batched),
};

/*
 * The table above holds untyped pointers: this is where the compiler compares each with the kernel's
 * own header.
 */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_kmalloc(on_kmalloc);
	check_trace_callback_type_kmem_cache_alloc(on_cache_alloc);
	check_trace_callback_type_kfree(on_kfree);
	check_trace_callback_type_kmem_cache_free(on_cache_free);
	check_trace_callback_type_mm_page_alloc(on_page_alloc);
	check_trace_callback_type_mm_page_free(on_page_free);
	check_trace_callback_type_mm_page_free_batched(on_page_free_batched);
}

static struct memmon_probe *tracepoint_probe(unsigned int i)
{
	return &entries[i].probe;
}

static void tracepoint_attach(unsigned int i)
{
	struct entry *e = &entries[i];
	int ret;

	e->tp = memmon_tracepoint_find(e->probe.name);
	if (!e->tp) {
		strscpy(e->probe.reason, "no such tracepoint in this kernel",
			sizeof(e->probe.reason));
		return;
	}
	ret = tracepoint_probe_register(e->tp, e->handler, NULL);
	e->probe.is_attached = !ret;
	if (ret)
		snprintf(e->probe.reason, sizeof(e->probe.reason),
			 "the kernel refused with error %d", ret);
}

static void tracepoint_detach(unsigned int i)
{
	struct entry *e = &entries[i];

	tracepoint_probe_unregister(e->tp, e->handler, NULL);
	e->probe.is_attached = false;
}

static void tracepoint_drain(void)
{
	tracepoint_synchronize_unregister();
}

static u64 tracepoint_missed(unsigned int i)
{
	return 0;
}

const struct memmon_probe_source memmon_probe_tracepoint = {
	.name = "tracepoint",
	.nr_probes = ARRAY_SIZE(entries),
	.probe = tracepoint_probe,
	.attach = tracepoint_attach,
	.detach = tracepoint_detach,
	.drain = tracepoint_drain,
	.missed = tracepoint_missed,
};
