/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the plain facts that a probe has to a record in the ring of every session that wants it: the hot
 * path.
 *
 * The law here: no allocation, no sleeping, no global lock, bounded time, in task, softirq, hardirq and
 * NMI. Preemption is disabled by us, since newer kernels call tracepoint probes preemptible. Each
 * event adds one to seen of each session, and then is either reserved in its ring or counted with the
 * reason why not.
 */
#ifndef MEMMON_EVENT_H
#define MEMMON_EVENT_H

#include <linux/jump_label.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "compat/clock.h"
#include "compat/cpu.h"
#include "listener.h"
#include "ring.h"

/* Set if the machine has more than one NUMA node, so that others do not pay for finding it. */
DECLARE_STATIC_KEY_FALSE(memmon_event_has_nodes);

int memmon_event_init(void);
void memmon_event_count(enum memmon_class event_class, enum memmon_filter_reason reason);
void memmon_event_record_slowly(unsigned long call_site, unsigned long object, u64 sizes, gfp_t gfp,
				u32 class_and_detail);
void memmon_event_go_on_slowly(unsigned long call_site, unsigned long object, u64 sizes, gfp_t gfp,
			       u32 class_and_detail);

void memmon_event_submit(enum memmon_class event_class, unsigned long call_site,
			 unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
			 u32 detail);

/* Where memmon_event_go_on_slowly() is to go on; only the task that leaves it there can take it away. */
DECLARE_PER_CPU(struct memmon_ring __percpu *, memmon_event_rest);

#define MEMMON_EVENT_BIT(id) (1U << MEMMON_CLASS_##id)
#define MEMMON_EVENT_PAGES                                                         \
	(MEMMON_EVENT_BIT(PAGE_ALLOC) | MEMMON_EVENT_BIT(PAGE_FREE) |              \
	 MEMMON_EVENT_BIT(PAGE_FREE_BATCHED) | MEMMON_EVENT_BIT(PAGE_ALLOC_BULK) | \
	 MEMMON_EVENT_BIT(PAGE_EXTFRAG))
#define MEMMON_EVENT_FREES                                                                      \
	(MEMMON_EVENT_BIT(KFREE) | MEMMON_EVENT_BIT(CACHE_FREE) | MEMMON_EVENT_BIT(PAGE_FREE) | \
	 MEMMON_EVENT_BIT(PAGE_FREE_BATCHED) | MEMMON_EVENT_BIT(CACHE_FREE_BULK) |              \
	 MEMMON_EVENT_BIT(RCU_QUEUE) | MEMMON_EVENT_BIT(RCU_FREE) |                             \
	 MEMMON_EVENT_BIT(KFREE_NOLOCK) | MEMMON_EVENT_BIT(VFREE) | MEMMON_EVENT_BIT(PERCPU_FREE))
#define MEMMON_EVENT_PERCPU (MEMMON_EVENT_BIT(PERCPU_ALLOC) | MEMMON_EVENT_BIT(PERCPU_FREE))

/* Bytes as a record has them. */
static inline u32 memmon_event_saturate(size_t bytes)
{
	return min_t(size_t, bytes, U32_MAX);
}

/* The two sizes of a record, side by side as they lie in it. */
static __always_inline u64 memmon_event_sizes(u32 bytes_req, u32 bytes_alloc)
{
	BUILD_BUG_ON(offsetof(struct memmon_record, bytes_alloc) !=
		     offsetof(struct memmon_record, bytes_req) + 4);
	return (u64)bytes_alloc << 32 | bytes_req;
}

/* The same for a size that is both. */
static __always_inline u64 memmon_event_same_sizes(u32 bytes)
{
	return bytes * 0x100000001ULL;
}

/* The object of such an event is a page frame number. */
static __always_inline bool memmon_event_is_page(const enum memmon_class event_class)
{
	return 1U << event_class & MEMMON_EVENT_PAGES;
}

/* Such an event ends a life, or is about to: it has no gfp flags, and nobody asks for bytes. */
static __always_inline bool memmon_event_is_free(const enum memmon_class event_class)
{
	return 1U << event_class & MEMMON_EVENT_FREES;
}

/* A free by address does not know how much it frees. */
static __always_inline bool memmon_event_has_size(const enum memmon_class event_class)
{
	return !(1U << event_class &
		 (MEMMON_EVENT_BIT(KFREE) | (MEMMON_EVENT_FREES & MEMMON_CLASSES_HOOK)));
}

/* Whether an event's object lies in the kernel's direct map, where its page can be found. */
static __always_inline bool memmon_event_is_mapped(const enum memmon_class event_class,
						   unsigned long object)
{
	if (1U << event_class & ~MEMMON_CLASSES_HOOK)
		return object;
	return object && !(1U << event_class & MEMMON_EVENT_PERCPU) &&
	       (object < VMALLOC_START || object >= VMALLOC_END);
}

/* Pages that are sampled together: the parts of a block, however it is split, are kept or not as one. */
#define MEMMON_EVENT_SAMPLE_PAGES_SHIFT 10

/* What stands for an object when one address in so many is chosen. */
static __always_inline unsigned long memmon_event_sample_key(const enum memmon_class event_class,
							     unsigned long object)
{
	return memmon_event_is_page(event_class) ? object >> MEMMON_EVENT_SAMPLE_PAGES_SHIFT :
						   object;
}

/* The node on which the memory lies, which is not always the one that was asked for. */
static __always_inline u32 memmon_event_node(const enum memmon_class event_class,
					     unsigned long object)
{
	if (object && memmon_event_is_page(event_class))
		return page_to_nid(pfn_to_page(object));
	if (!memmon_event_is_mapped(event_class, object))
		return MEMMON_NODE_UNKNOWN;
	return page_to_nid(memmon_cpu_page(object));
}

/*
 * Whether nothing below us on this CPU can be inside, so that the fast way may be taken: it knows itself
 * to be the outermost writer. Context: preemption off.
 */
static __always_inline bool memmon_event_is_outermost(void)
{
	return !memmon_cpu_is_in(NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET);
}

/* Where the CPU is. Context: any. */
static __always_inline u8 memmon_event_context(void)
{
	if (likely(memmon_event_is_outermost()))
		return MEMMON_CONTEXT_TASK;
	if (in_nmi())
		return MEMMON_CONTEXT_NMI;
	return hardirq_count() ? MEMMON_CONTEXT_HARDIRQ : MEMMON_CONTEXT_SOFTIRQ;
}

/**
 * memmon_event_pids - thread id, node of the memory, and process id as they lie in a record
 * @task: the current task
 * @event_class: of the event
 * @object: address or page frame number
 *
 * The two numbers lie side by side in the task as they do in the record, and are copied as one. The node
 * goes with them.
 */
static __always_inline u64 memmon_event_pids(const struct task_struct *task,
					     const enum memmon_class event_class,
					     unsigned long object)
{
	const u64 *pids = (const u64 *)&task->pid;

	BUILD_BUG_ON(offsetof(struct task_struct, tgid) != offsetof(struct task_struct, pid) + 4);
	BUILD_BUG_ON(offsetof(struct memmon_record, tgid) !=
		     offsetof(struct memmon_record, pid_node) + 4);
	/* They are read twice in the text, so that one register does for them and the node. */
	if (static_branch_unlikely(&memmon_event_has_nodes))
		return (u64)memmon_event_node(event_class, object) << MEMMON_PID_BITS | *pids;
	return READ_ONCE(*pids);
}

/* Fills a reserved record. Context: any, between memmon_ring_enter() and memmon_ring_leave(). */
static __always_inline void memmon_event_fill(struct memmon_record *r,
					      const struct task_struct *task, u64 time,
					      unsigned long call_site, unsigned long object,
					      u64 sizes, gfp_t gfp, u32 class_context_detail)
{
	r->time = time;
	*(u32 *)&r->event_class = class_context_detail;
	r->gfp = (__force u32)gfp;
	r->call_site = call_site;
	r->object = object;
	*(u64 *)&r->bytes_req = sizes;
	*(u64 *)&r->pid_node = memmon_event_pids(task, class_context_detail & 0xff, object);
	memcpy(r->comm, task->comm, MEMMON_COMM_BYTES);
}

/**
 * memmon_event_record_sizes - take an event into the books and the rings of all sessions that want it
 * @event_class: a constant
 * @call_site: return address of the allocator call, 0 if unknown
 * @object: address of the object, page frame number of a page, 0 if there is none
 * @sizes: bytes asked for and taken; see memmon_event_sizes(). One argument, so that all that is needed until
 *	   the end stays in registers
 * @gfp: flags of the request, 0 for frees
 * @detail: cache id, or MEMMON_PAGE_DETAIL()
 *
 * Calls nothing, but may end as a tail call: see docs/decisions/003.
 *
 * Context: any.
 */
static __always_inline void memmon_event_record_sizes(const enum memmon_class event_class,
						      unsigned long call_site, unsigned long object,
						      u64 sizes, gfp_t gfp, u16 detail)
{
	const u32 class_and_detail = event_class | (u32)detail << 16;
	struct memmon_ring __percpu *next;
	const struct task_struct *task;
	u64 time;

	preempt_disable_notrace();
	if (unlikely(!memmon_event_is_outermost())) {
		memmon_event_record_slowly(call_site, object, sizes, gfp, class_and_detail);
		return;
	}
	memmon_ring_enter();
	time = memmon_clock_tsc();
	task = current;
	next = READ_ONCE(memmon_listener_fast[event_class]);
	for (;;) {
		struct memmon_ring MEMMON_HERE *ring = memmon_here(struct memmon_ring, next);

		/* The limit changes on this CPU only: a plain load is whole. */
		if (unlikely(memmon_here_read(&ring->reserved) >= ring->fast_limit ||
			     (u32)task->tgid == ring->skipped_tgid)) {
			this_cpu_write(memmon_event_rest, next);
			memmon_event_go_on_slowly(call_site, object, sizes, gfp, class_and_detail);
			return;
		}
		memmon_here_inc(&ring->books.seen[event_class]);
		memmon_event_fill(memmon_ring_reserve_here(ring), task, time, call_site, object,
				  sizes, gfp, class_and_detail);
		/* Only looked at, in place: nobody takes one away while we are here, see listener.c. */
		if (likely(!ring->next[event_class]))
			break;
		next = ring->next[event_class];
	}
	memmon_ring_leave();
	preempt_enable_notrace();
}

/* The same with sizes apart. */
static __always_inline void memmon_event_record(const enum memmon_class event_class,
						unsigned long call_site, unsigned long object,
						u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						u16 detail)
{
	memmon_event_record_sizes(event_class, call_site, object,
				  memmon_event_sizes(bytes_req, bytes_alloc), gfp, detail);
}

#endif /* MEMMON_EVENT_H */
