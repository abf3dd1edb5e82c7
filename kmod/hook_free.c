// SPDX-License-Identifier: GPL-2.0
/* Hooks at the start of functions that free without a tracepoint, or promise to. */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cache.h"
#include "event.h"
#include "hook.h"

bool memmon_hook_vfree_comes_again;

static atomic64_t nr_refused_sheaves;

/**
 * struct begun - the last vfree() that began on a CPU
 * @object: of it, 0 if there is none
 * @task: that called it
 */
struct begun {
	unsigned long object;
	const struct task_struct *task;
};

static DEFINE_PER_CPU(struct begun, vfree_begun);

static __always_inline void submit_object(const enum memmon_class event_class,
					  unsigned long call_site, unsigned long object,
					  struct memmon_cache cache)
{
	if (!ZERO_OR_NULL_PTR((void *)object))
		memmon_event_submit(event_class, call_site, object, 0, cache.bytes, 0, cache.id);
}

/* kmem_cache_free_bulk(s, n, objects); s may be NULL, and then the objects may be of any cache or none. */
notrace void memmon_hook_cache_free_bulk(struct pt_regs *regs, unsigned long call_site)
{
	struct kmem_cache *s = (void *)regs_get_kernel_argument(regs, 0);
	size_t i, nr = regs_get_kernel_argument(regs, 1);
	void **objects = (void *)regs_get_kernel_argument(regs, 2);
	struct memmon_cache cache = memmon_cache_lookup(s);

	for (i = 0; i < nr; i++)
		submit_object(MEMMON_CLASS_CACHE_FREE_BULK, call_site, (unsigned long)objects[i],
			      cache);
}

/* kvfree_call_rcu(head, offset or object) */
notrace void memmon_hook_kvfree_call_rcu(struct pt_regs *regs, unsigned long call_site)
{
	submit_object(MEMMON_CLASS_RCU_QUEUE, call_site, memmon_hook_rcu_object(regs),
		      (struct memmon_cache){});
}

/* kfree_call_rcu_nolock(head, object) */
notrace void memmon_hook_kfree_call_rcu_nolock(struct pt_regs *regs, unsigned long call_site)
{
	submit_object(MEMMON_CLASS_RCU_QUEUE, call_site, regs_get_kernel_argument(regs, 1),
		      (struct memmon_cache){});
}

/* Whether the kernel's sheaf is what we take it for, as far as it can be known. */
static notrace bool is_sheaf(const struct memmon_sheaf *sheaf)
{
	return sheaf->size && sheaf->size <= MEMMON_SHEAF_OBJECTS && sheaf->cache &&
	       memmon_cache_of_slab(sheaf->objects[0]) == sheaf->cache;
}

/* rcu_free_sheaf(head), or rcu_free_sheaf_nobarn(head): a grace period after the last of its objects came. */
notrace void memmon_hook_rcu_free_sheaf(struct pt_regs *regs, unsigned long call_site)
{
	const struct memmon_sheaf *sheaf = (void *)regs_get_kernel_argument(regs, 0);
	struct memmon_cache cache;
	unsigned int i;

	if (unlikely(!is_sheaf(sheaf))) {
		atomic64_inc(&nr_refused_sheaves);
		return;
	}
	cache = memmon_cache_lookup(sheaf->cache);
	for (i = 0; i < sheaf->size; i++)
		submit_object(MEMMON_CLASS_RCU_FREE, call_site, (unsigned long)sheaf->objects[i],
			      cache);
}

/* kfree_nolock(object) */
notrace void memmon_hook_kfree_nolock(struct pt_regs *regs, unsigned long call_site)
{
	submit_object(MEMMON_CLASS_KFREE_NOLOCK, call_site, regs_get_kernel_argument(regs, 0),
		      (struct memmon_cache){});
}

/*
 * vfree(address), or vfree_atomic(address). What an interrupt cannot free is left to a worker. If that one calls
 * vfree() for it, then the area ends there, and only there.
 */
notrace void memmon_hook_vfree(struct pt_regs *regs, unsigned long call_site)
{
	unsigned long object = regs_get_kernel_argument(regs, 0);

	if (in_interrupt() && READ_ONCE(memmon_hook_vfree_comes_again))
		return;
	preempt_disable_notrace();
	this_cpu_write(vfree_begun.object, object);
	this_cpu_write(vfree_begun.task, current);
	preempt_enable_notrace();
	submit_object(MEMMON_CLASS_VFREE, call_site, object, (struct memmon_cache){});
}

/*
 * The compiler may have cut vfree() in two, and have the kernel's own calls from the same file, as those of the
 * worker and of vrealloc(), go to the second part at once. After a vfree() it is the same free, unless the
 * task was moved to another CPU just there: a second end of one area, which ends nothing.
 */
notrace void memmon_hook_vfree_part(struct pt_regs *regs, unsigned long call_site)
{
	unsigned long object = regs_get_kernel_argument(regs, 0);
	bool is_known;

	preempt_disable_notrace();
	is_known = this_cpu_read(vfree_begun.object) == object &&
		   this_cpu_read(vfree_begun.task) == current;
	this_cpu_write(vfree_begun.object, 0);
	preempt_enable_notrace();
	if (!is_known)
		submit_object(MEMMON_CLASS_VFREE, call_site, object, (struct memmon_cache){});
}

/* Sheaves that were freed but not understood. Context: any. */
u64 memmon_hook_refused_sheaves(void)
{
	return atomic64_read(&nr_refused_sheaves);
}
