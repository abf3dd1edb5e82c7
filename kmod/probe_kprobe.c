// SPDX-License-Identifier: GPL-2.0
/* The source "kprobe": calls of the allocator's functions, with the labels of the first mem_monitor. */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/limits.h>

#include "cache.h"
#include "compat/call.h"
#include "event.h"
#include "probe.h"

/**
 * struct entry - a watched function
 * @probe: its state
 * @kp: made anew each time it is attached
 * @size_place: from memmon_call_argument_place(), of the size
 * @gfp_place: the same, of the gfp flags
 * @missed_before: what earlier attachments have missed
 */
struct entry {
	struct memmon_probe probe;
	struct kprobe kp;
	unsigned int size_place;
	unsigned int gfp_place;
	u64 missed_before;
};

static struct entry entries[MEMMON_NR_CALLS];

static struct entry *entry_of(struct kprobe *kp)
{
	return container_of(kp, struct entry, kp);
}

/* Calls that say a size. Inlined into one handler a class, so that the class is a constant. */
static __always_inline int record_size(struct kprobe *kp, struct pt_regs *regs,
				       const enum memmon_class event_class)
{
	const struct entry *e = entry_of(kp);
	u64 bytes = memmon_call_argument(regs, e->size_place);
	gfp_t gfp = (__force gfp_t)memmon_call_argument(regs, e->gfp_place);

	if (unlikely(!bytes))
		memmon_event_count(event_class, MEMMON_FILTERED_NULL);
	else
		memmon_event_record(event_class, memmon_call_return_address(regs), 0,
				    min_t(u64, bytes, U32_MAX), 0, gfp, MEMMON_CACHE_UNKNOWN);
	return 0;
}

static notrace int on_kmalloc(struct kprobe *kp, struct pt_regs *regs)
{
	return record_size(kp, regs, MEMMON_CLASS_CALL_KMALLOC);
}
NOKPROBE_SYMBOL(on_kmalloc);

static notrace int on_kmalloc_large(struct kprobe *kp, struct pt_regs *regs)
{
	return record_size(kp, regs, MEMMON_CLASS_CALL_KMALLOC_LARGE);
}
NOKPROBE_SYMBOL(on_kmalloc_large);

static notrace int on_kmalloc_slab(struct kprobe *kp, struct pt_regs *regs)
{
	return record_size(kp, regs, MEMMON_CLASS_CALL_KMALLOC_SLAB);
}
NOKPROBE_SYMBOL(on_kmalloc_slab);

static notrace int on_kmalloc_node(struct kprobe *kp, struct pt_regs *regs)
{
	return record_size(kp, regs, MEMMON_CLASS_CALL_KMALLOC_NODE);
}
NOKPROBE_SYMBOL(on_kmalloc_node);

static notrace int on_kmalloc_cache(struct kprobe *kp, struct pt_regs *regs)
{
	return record_size(kp, regs, MEMMON_CLASS_CALL_KMALLOC_CACHE);
}
NOKPROBE_SYMBOL(on_kmalloc_cache);

/* One of the caches not at home, apart from the others: its search is a call, which costs registers. */
static notrace noinline void on_searched_cache(const struct kmem_cache *s, unsigned long call_site,
					       gfp_t gfp)
{
	struct memmon_cache cache = memmon_cache_find(s);

	memmon_event_record(MEMMON_CLASS_CALL_CACHE_ALLOC, call_site, 0, cache.bytes, cache.bytes,
			    gfp, cache.id);
}
NOKPROBE_SYMBOL(on_searched_cache);

static notrace int on_cache_alloc(struct kprobe *kp, struct pt_regs *regs)
{
	const struct entry *e = entry_of(kp);
	const struct kmem_cache *s = (void *)memmon_call_argument(regs, e->size_place);
	gfp_t gfp = (__force gfp_t)memmon_call_argument(regs, e->gfp_place);
	unsigned long call_site = memmon_call_return_address(regs);
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(s, &cache)))
		on_searched_cache(s, call_site, gfp);
	else
		memmon_event_record_sizes(MEMMON_CLASS_CALL_CACHE_ALLOC, call_site, 0, cache.sizes,
					  gfp, cache.id);
	return 0;
}
NOKPROBE_SYMBOL(on_cache_alloc);

static const kprobe_pre_handler_t handlers[MEMMON_NR_CLASSES] = {
	[MEMMON_CLASS_CALL_KMALLOC] = on_kmalloc,
	[MEMMON_CLASS_CALL_KMALLOC_LARGE] = on_kmalloc_large,
	[MEMMON_CLASS_CALL_KMALLOC_SLAB] = on_kmalloc_slab,
	[MEMMON_CLASS_CALL_KMALLOC_NODE] = on_kmalloc_node,
	[MEMMON_CLASS_CALL_CACHE_ALLOC] = on_cache_alloc,
	[MEMMON_CLASS_CALL_KMALLOC_CACHE] = on_kmalloc_cache,
};

static struct memmon_probe *kprobe_probe(unsigned int i)
{
	struct memmon_probe *probe = &entries[i].probe;

	probe->name = memmon_calls[i].label;
	probe->event_class = memmon_calls[i].event_class;
	return probe;
}

static int try_symbol(struct entry *e, const struct memmon_call_symbol *symbol)
{
	int ret;

	/* register_kprobe() wants all that it sets itself to be zero. */
	memset(&e->kp, 0, sizeof(e->kp));
	e->kp.symbol_name = symbol->symbol;
	e->kp.pre_handler = handlers[e->probe.event_class];
	e->size_place = memmon_call_argument_place(symbol->size_argument);
	e->gfp_place = memmon_call_argument_place(symbol->gfp_argument);
	ret = register_kprobe(&e->kp);
	if (ret)
		return ret;
	e->probe.is_attached = true;
	e->probe.symbol = symbol->symbol;
	return 0;
}

static void kprobe_attach(unsigned int i)
{
	struct entry *e = &entries[i];
	char *reason = e->probe.reason;
	const size_t reason_bytes = sizeof(e->probe.reason);
	const struct memmon_call_symbol *symbol;
	int length = strscpy(reason, "no function", reason_bytes);

	for (symbol = memmon_calls[i].symbols; symbol->symbol; symbol++) {
		int ret = try_symbol(e, symbol);

		if (!ret) {
			reason[0] = '\0';
			return;
		}
		if (ret != -ENOENT) {
			snprintf(reason, reason_bytes, "%s cannot be probed (error %d)",
				 symbol->symbol, ret);
			return;
		}
		length += scnprintf(reason + length, reason_bytes - length, "%s %s",
				    symbol == memmon_calls[i].symbols ? "" : " or", symbol->symbol);
	}
	scnprintf(reason + length, reason_bytes - length, " in this kernel");
}

static void kprobe_detach(unsigned int i)
{
	struct entry *e = &entries[i];

	unregister_kprobe(&e->kp);
	e->missed_before += e->kp.nmissed;
	e->kp.nmissed = 0;
	e->probe.is_attached = false;
}

/* unregister_kprobe() has waited for the handlers. */
static void kprobe_drain(void)
{
}

static u64 kprobe_missed(unsigned int i)
{
	return entries[i].missed_before + READ_ONCE(entries[i].kp.nmissed);
}

const struct memmon_probe_source memmon_probe_kprobe = {
	.name = "kprobe",
	.nr_probes = MEMMON_NR_CALLS,
	.probe = kprobe_probe,
	.attach = kprobe_attach,
	.detach = kprobe_detach,
	.drain = kprobe_drain,
	.missed = kprobe_missed,
};
