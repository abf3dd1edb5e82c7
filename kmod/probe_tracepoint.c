// SPDX-License-Identifier: GPL-2.0
/* The source "tracepoint": the kernel's kmem tracepoints, requests and frees of objects and pages. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "handler.h"
#include "probe.h"

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
	ENTRY(MEMMON_CLASS_KMALLOC, "kmalloc", memmon_handler_kmalloc),
	ENTRY(MEMMON_CLASS_CACHE_ALLOC, "kmem_cache_alloc", memmon_handler_cache_alloc),
	ENTRY(MEMMON_CLASS_KFREE, "kfree", memmon_handler_kfree),
	ENTRY(MEMMON_CLASS_CACHE_FREE, "kmem_cache_free", memmon_handler_cache_free),
	ENTRY(MEMMON_CLASS_PAGE_ALLOC, "mm_page_alloc", memmon_handler_page_alloc),
	ENTRY(MEMMON_CLASS_PAGE_FREE, "mm_page_free", memmon_handler_page_free),
	ENTRY(MEMMON_CLASS_PAGE_FREE_BATCHED, "mm_page_free_batched",
	      memmon_handler_page_free_batched),
};

/*
 * The table above holds untyped pointers: this is where the compiler compares each with the kernel's
 * own header.
 */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_kmalloc(memmon_handler_kmalloc);
	check_trace_callback_type_kmem_cache_alloc(memmon_handler_cache_alloc);
	check_trace_callback_type_kfree(memmon_handler_kfree);
	check_trace_callback_type_kmem_cache_free(memmon_handler_cache_free);
	check_trace_callback_type_mm_page_alloc(memmon_handler_page_alloc);
	check_trace_callback_type_mm_page_free(memmon_handler_page_free);
	check_trace_callback_type_mm_page_free_batched(memmon_handler_page_free_batched);
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
