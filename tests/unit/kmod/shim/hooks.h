/* SPDX-License-Identifier: GPL-2.0 */
/* Kretprobes, ftrace, and what the paths without kmem tracepoint look like: as on a kernel with sheaves. */
#ifndef SHIM_HOOKS_H
#define SHIM_HOOKS_H

#include "probes.h"
#include "sync.h"

#define CONFIG_X86_64 1
#define CONFIG_DYNAMIC_FTRACE_WITH_REGS 1

#define in_interrupt() (!in_task())
#define __GFP_MOVABLE 0x08U
#define __GFP_RECLAIMABLE 0x10U
#define num_possible_cpus() SHIM_NR_CPUS
#define PAGE_ALIGN(bytes) (((bytes) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))
#define WARN_ON(condition) assert(!(condition))
#define list_entry(p, type, member) container_of(p, type, member)
#define DECLARE_BITMAP(name, bits) unsigned char name[bits]
#define bitmap_zero(map, bits) ((void)memset(map, 0, bits))
#define __set_bit(bit, map) ((void)((map)[bit] = 1))
#define test_bit(bit, map) ((map)[bit])

struct rcu_head {
	void *words[2];
};

#define regs_return_value(regs) ((regs)->result)

struct kretprobe_instance {
	void *unused;
	char data[];
};

typedef int (*kretprobe_handler_t)(struct kretprobe_instance *ri, struct pt_regs *regs);

struct kretprobe {
	struct kprobe kp;
	kretprobe_handler_t handler;
	kretprobe_handler_t entry_handler;
	int maxactive;
	int nmissed;
	size_t data_size;
};

int register_kretprobe(struct kretprobe *rp);
void unregister_kretprobes(struct kretprobe **rps, int nr);

struct ftrace_ops;

struct ftrace_regs {
	struct pt_regs *regs;
};

struct ftrace_ops {
	void (*func)(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		     struct ftrace_regs *regs);
	unsigned long flags;
};

#define FTRACE_OPS_FL_SAVE_REGS 1
#define FTRACE_OPS_FL_PERMANENT 2
#define ftrace_get_regs(fregs) ((fregs)->regs)

int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip, int remove, int reset);
int register_ftrace_function(struct ftrace_ops *ops);
int unregister_ftrace_function(struct ftrace_ops *ops);

SHIM_CHECK(percpu_alloc_percpu, void *data, unsigned long call_site, bool reserved, bool is_atomic,
	   size_t size, size_t align, void *base_addr, int off, void *ptr, size_t bytes_alloc,
	   gfp_t gfp);
SHIM_CHECK(percpu_free_percpu, void *data, void *base_addr, int off, void *ptr);
SHIM_CHECK(mm_page_alloc_extfrag, void *data, struct page *page, int alloc_order,
	   int fallback_order, int alloc_migratetype, int fallback_migratetype);

#endif /* SHIM_HOOKS_H */
