/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where the allocators have no kmem tracepoint, what calls one of their functions is seen at its
 * start or at its return. probe_hook.c has the table of all hooks. Handlers that look at the start of a
 * function share one ftrace_ops (hook_entry.c) and are in hook_free.c; those that look at the return have
 * a kretprobe each, and are in hook_alloc.c and hook_page.c.
 *
 * Not kprobes for the starts, too: a kprobe does not see what happens in an interrupt while the handler of
 * another one runs, and counts it as missed.
 */
#ifndef MEMMON_HOOK_H
#define MEMMON_HOOK_H

#include <linux/kprobes.h>

#include "compat/hook.h"

/* How many functions can be watched at their start. */
#define MEMMON_HOOK_ENTRIES 9

/* What is called at the start of a function. Context: any. */
typedef void (*memmon_hook_entry_t)(struct pt_regs *regs, unsigned long call_site);

/**
 * struct memmon_hook_return - what is called for a function whose return is watched
 * @on_call: at its start; not 0 if this call is of no interest
 * @on_return: at its return
 * @data_bytes: what the first keeps for the second
 */
struct memmon_hook_return {
	kretprobe_handler_t on_call;
	kretprobe_handler_t on_return;
	size_t data_bytes;
};

/**
 * struct memmon_hook_call - what every on_call() keeps first
 * @call_site: return address of the call
 * @bytes: asked for, or how many objects or pages
 * @gfp: flags of the request
 */
struct memmon_hook_call {
	unsigned long call_site;
	unsigned long bytes;
	gfp_t gfp;
};

/* How the function was found that serves a class; written before it is probed. */
extern const struct memmon_call_symbol *memmon_hook_symbols[MEMMON_NR_CLASSES];

/* Context: any, at the start of the function that serves @event_class. */
static __always_inline void memmon_hook_read_call(struct memmon_hook_call *call,
						  struct pt_regs *regs,
						  const enum memmon_class event_class)
{
	const struct memmon_call_symbol *symbol = READ_ONCE(memmon_hook_symbols[event_class]);

	call->call_site = memmon_call_return_address(regs);
	call->bytes = regs_get_kernel_argument(regs, symbol->size_argument);
	call->gfp = (__force gfp_t)regs_get_kernel_argument(regs, symbol->gfp_argument);
}

int memmon_hook_find(const char *symbol, unsigned long *address);
int memmon_hook_entry_attach(unsigned long address, memmon_hook_entry_t handler);
void memmon_hook_entry_detach(unsigned long address);
void memmon_hook_entry_drain(void);

/* A vfree() in an interrupt is followed by another one for the same area; set before it is watched. */
extern bool memmon_hook_vfree_comes_again;

u64 memmon_hook_refused_sheaves(void);

void memmon_hook_cache_free_bulk(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_kvfree_call_rcu(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_kfree_call_rcu_nolock(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_rcu_free_sheaf(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_kfree_nolock(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_vfree(struct pt_regs *regs, unsigned long call_site);
void memmon_hook_vfree_part(struct pt_regs *regs, unsigned long call_site);

extern const struct memmon_hook_return memmon_hook_on_cache_alloc_bulk;
extern const struct memmon_hook_return memmon_hook_on_kmalloc_nolock;
extern const struct memmon_hook_return memmon_hook_on_krealloc;
extern const struct memmon_hook_return memmon_hook_on_vmalloc;
extern const struct memmon_hook_return memmon_hook_on_pages_bulk;

#define MEMMON_HOOK_TRACED(name, PROTO) void memmon_hook_##name(PROTO)

MEMMON_HOOK_TRACED(percpu_alloc, MEMMON_PERCPU_ALLOC_PROTO);
MEMMON_HOOK_TRACED(percpu_free, MEMMON_PERCPU_FREE_PROTO);
MEMMON_HOOK_TRACED(page_extfrag, MEMMON_PAGE_EXTFRAG_PROTO);

#endif /* MEMMON_HOOK_H */
