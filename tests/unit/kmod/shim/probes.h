/* SPDX-License-Identifier: GPL-2.0 */
/* Kprobes and the kmem tracepoints. */
#ifndef SHIM_PROBES_H
#define SHIM_PROBES_H

#include "memory.h"

struct pt_regs {
	unsigned long arguments[6];
	unsigned long stack[4];
	unsigned long result;
};

#define regs_get_kernel_argument(regs, i) ((regs)->arguments[i])
#define regs_get_kernel_stack_nth(regs, i) ((regs)->stack[i])

struct kprobe;
typedef int (*kprobe_pre_handler_t)(struct kprobe *p, struct pt_regs *regs);

struct kprobe {
	const char *symbol_name;
	kprobe_pre_handler_t pre_handler;
	void *addr;
	unsigned int flags;
	unsigned long nmissed;
	void *zero_when_registered;
};

#define KPROBE_FLAG_DISABLED 1

int register_kprobe(struct kprobe *p);
void unregister_kprobe(struct kprobe *p);
void unregister_kprobes(struct kprobe **ps, int nr);
#define NOKPROBE_SYMBOL(function) static_assert(sizeof(&(function)), "a function")

struct tracepoint {
	const char *name;
	void *iterator;
	void *handler;
};

void for_each_kernel_tracepoint(void (*call)(struct tracepoint *tp, void *data), void *data);
int tracepoint_probe_register(struct tracepoint *tp, void *handler, void *data);
void tracepoint_probe_unregister(struct tracepoint *tp, void *handler, void *data);
#define tracepoint_synchronize_unregister() barrier()

/* As the kernel's header declares them: the compiler compares the module's handlers with these. */
#define SHIM_CHECK(name, ...)                                                             \
	static inline void check_trace_callback_type_##name(void (*handler)(__VA_ARGS__)) \
	{                                                                                 \
		(void)handler;                                                            \
	}                                                                                 \
	typedef void shim_##name##_handler(__VA_ARGS__)

SHIM_CHECK(kmalloc, void *data, unsigned long call_site, const void *ptr, size_t bytes_req,
	   size_t bytes_alloc, gfp_t gfp, int node);
SHIM_CHECK(kmem_cache_alloc, void *data, unsigned long call_site, const void *ptr,
	   struct kmem_cache *s, gfp_t gfp, int node);
SHIM_CHECK(kfree, void *data, unsigned long call_site, const void *ptr);
SHIM_CHECK(kmem_cache_free, void *data, unsigned long call_site, const void *ptr,
	   const struct kmem_cache *s);
SHIM_CHECK(mm_page_alloc, void *data, struct page *page, unsigned int order, gfp_t gfp,
	   int migratetype);
SHIM_CHECK(mm_page_free, void *data, struct page *page, unsigned int order);
SHIM_CHECK(mm_page_free_batched, void *data, struct page *page);

#endif /* SHIM_PROBES_H */
