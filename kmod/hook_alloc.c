// SPDX-License-Identifier: GPL-2.0
/* Hooks at the return of functions that give objects without a tracepoint. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "cache.h"
#include "event.h"
#include "hook.h"

struct bulk_call {
	struct memmon_hook_call call;
	struct kmem_cache *cache;
	void **objects;
};

/* kmem_cache_alloc_bulk(s, gfp, nr, objects) */
static notrace int on_bulk_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct bulk_call *bulk = (void *)ri->data;

	memmon_hook_read_call(&bulk->call, regs, MEMMON_CLASS_CACHE_ALLOC_BULK);
	bulk->cache = (void *)regs_get_kernel_argument(regs, 0);
	bulk->objects = (void *)regs_get_kernel_argument(regs, 3);
	return !bulk->call.bytes; /* nothing was asked for */
}
NOKPROBE_SYMBOL(on_bulk_call);

static notrace int on_bulk_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct bulk_call *bulk = (void *)ri->data;
	struct memmon_cache cache = memmon_cache_lookup(bulk->cache);
	bool has_all = memmon_hook_has_bulk(regs);
	size_t i, nr_events = has_all ? bulk->call.bytes : 1;

	for (i = 0; i < nr_events; i++)
		memmon_event_submit(MEMMON_CLASS_CACHE_ALLOC_BULK, bulk->call.call_site,
				    has_all ? (unsigned long)bulk->objects[i] : 0, cache.bytes,
				    cache.bytes, bulk->call.gfp, cache.id);
	return 0;
}
NOKPROBE_SYMBOL(on_bulk_return);

const struct memmon_hook_return memmon_hook_on_cache_alloc_bulk = {
	.on_call = on_bulk_call,
	.on_return = on_bulk_return,
	.data_bytes = sizeof(struct bulk_call),
};

/* kmalloc_nolock(bytes, gfp, node) */
static notrace int on_nolock_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct memmon_hook_call *call = (void *)ri->data;

	memmon_hook_read_call(call, regs, MEMMON_CLASS_KMALLOC_NOLOCK);
	return !call->bytes; /* gives ZERO_SIZE_PTR */
}
NOKPROBE_SYMBOL(on_nolock_call);

static notrace int on_nolock_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct memmon_hook_call *call = (void *)ri->data;
	unsigned long object = regs_return_value(regs);
	struct memmon_cache cache = memmon_cache_lookup(memmon_cache_of_slab((void *)object));

	memmon_event_submit(MEMMON_CLASS_KMALLOC_NOLOCK, call->call_site, object,
			    memmon_event_saturate(call->bytes), cache.bytes, call->gfp, cache.id);
	return 0;
}
NOKPROBE_SYMBOL(on_nolock_return);

const struct memmon_hook_return memmon_hook_on_kmalloc_nolock = {
	.on_call = on_nolock_call,
	.on_return = on_nolock_return,
	.data_bytes = sizeof(struct memmon_hook_call),
};

struct krealloc_call {
	struct memmon_hook_call call;
	unsigned long object;
};

/* What an object can grow to where it is, as ksize() would say. */
static notrace unsigned long find_capacity(const void *object)
{
	struct memmon_cache cache = memmon_cache_lookup(memmon_cache_of_slab(object));

	if (cache.id != MEMMON_CACHE_UNKNOWN)
		return cache.bytes;
	return PAGE_SIZE << compound_order(virt_to_head_page(object));
}

/*
 * krealloc(object, bytes, gfp): without an object, or to nothing, it is a kmalloc() or a kfree(). One that has
 * to move is let alone also because it is the call site of the kmalloc() that it does: while its return is
 * watched, that would be the address of a trampoline.
 */
static notrace int on_krealloc_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct krealloc_call *krealloc_call = (void *)ri->data;

	memmon_hook_read_call(&krealloc_call->call, regs, MEMMON_CLASS_KREALLOC);
	krealloc_call->object = regs_get_kernel_argument(regs, 0);
	return ZERO_OR_NULL_PTR((void *)krealloc_call->object) || !krealloc_call->call.bytes ||
	       krealloc_call->call.bytes > find_capacity((void *)krealloc_call->object);
}
NOKPROBE_SYMBOL(on_krealloc_call);

/* What has moved was seen as kmalloc and kfree. */
static notrace int on_krealloc_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct krealloc_call *krealloc_call = (void *)ri->data;
	const struct memmon_hook_call *call = &krealloc_call->call;

	if (regs_return_value(regs) == krealloc_call->object)
		memmon_event_submit(MEMMON_CLASS_KREALLOC, call->call_site, krealloc_call->object,
				    memmon_event_saturate(call->bytes), 0, call->gfp,
				    MEMMON_CACHE_UNKNOWN);
	return 0;
}
NOKPROBE_SYMBOL(on_krealloc_return);

const struct memmon_hook_return memmon_hook_on_krealloc = {
	.on_call = on_krealloc_call,
	.on_return = on_krealloc_return,
	.data_bytes = sizeof(struct krealloc_call),
};

/* __vmalloc_node_range(bytes, align, start, end, gfp, prot, flags, node, caller) */
static notrace int on_vmalloc_call(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct memmon_hook_call *call = (void *)ri->data;

	memmon_hook_read_call(call, regs, MEMMON_CLASS_VMALLOC);
	call->call_site = memmon_hook_vmalloc_caller(regs);
	return 0;
}
NOKPROBE_SYMBOL(on_vmalloc_call);

static notrace int on_vmalloc_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct memmon_hook_call *call = (void *)ri->data;

	memmon_event_submit(MEMMON_CLASS_VMALLOC, call->call_site, regs_return_value(regs),
			    memmon_event_saturate(call->bytes),
			    memmon_event_saturate(PAGE_ALIGN(call->bytes)), call->gfp, 0);
	return 0;
}
NOKPROBE_SYMBOL(on_vmalloc_return);

const struct memmon_hook_return memmon_hook_on_vmalloc = {
	.on_call = on_vmalloc_call,
	.on_return = on_vmalloc_return,
	.data_bytes = sizeof(struct memmon_hook_call),
};
