/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the plain facts that a probe has to a record in a ring: the hot path.
 *
 * The law here: no allocation, no sleeping, no global lock, bounded time, in task, softirq, hardirq and
 * NMI. Preemption is disabled by us, since newer kernels call tracepoint probes preemptible. Each
 * event adds one to seen, and then is either reserved in a ring or counted with the reason why not.
 */
#ifndef MEMMON_EVENT_H
#define MEMMON_EVENT_H

#include <linux/jump_label.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "compat/clock.h"
#include "ring.h"

/*
 * Bits of the gate: while one is set, every event takes the slow way, which can judge it and read
 * any clock. What interrupts do takes it too. The fast way calls no function, so that the compiler
 * need not save a register.
 */
#define MEMMON_GATE_FILTER 0
#define MEMMON_GATE_MUTE 1
#define MEMMON_GATE_CLOCK 2

/* Written by memmon_event_gate_set/clear(); read by every probe. */
extern unsigned long memmon_event_gate;

/* Set if the machine has more than one NUMA node, so that others do not pay for finding it. */
DECLARE_STATIC_KEY_FALSE(memmon_event_has_nodes);

void memmon_event_init(void);
void memmon_event_gate_set(int bit);
void memmon_event_gate_clear(int bit);
void memmon_event_count(enum memmon_class event_class, enum memmon_filter_reason reason);
void memmon_event_record_slowly(unsigned long call_site, unsigned long object, u32 bytes_req,
				u32 bytes_alloc, gfp_t gfp, u32 class_and_detail);

/* The ring that an event class goes to. */
static __always_inline enum memmon_ring_kind memmon_event_ring(const enum memmon_class event_class)
{
	switch (event_class) {
	case MEMMON_CLASS_KFREE:
	case MEMMON_CLASS_CACHE_FREE:
	case MEMMON_CLASS_PAGE_FREE:
	case MEMMON_CLASS_PAGE_FREE_BATCHED:
		return MEMMON_RING_FREES;
	default:
		return MEMMON_RING_REQUESTS;
	}
}

static __always_inline bool memmon_event_is_page(const enum memmon_class event_class)
{
	return event_class == MEMMON_CLASS_PAGE_ALLOC || event_class == MEMMON_CLASS_PAGE_FREE ||
	       event_class == MEMMON_CLASS_PAGE_FREE_BATCHED;
}

/* The node on which the memory lies, which is not always the one that was asked for. */
static __always_inline u32 memmon_event_node(const enum memmon_class event_class,
					     unsigned long object)
{
	if (!object)
		return MEMMON_NODE_UNKNOWN;
	if (memmon_event_is_page(event_class))
		return page_to_nid(pfn_to_page(object));
	return page_to_nid(virt_to_page((void *)object));
}

/* Whether the fast way may be taken. */
static __always_inline bool memmon_event_is_plain(void)
{
	return !READ_ONCE(memmon_event_gate) &&
	       !(preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET));
}

/* Writes one record. Context: any, between memmon_ring_enter() and memmon_ring_leave(). */
static __always_inline void memmon_event_write(const enum memmon_ring_kind kind, u64 time,
					       unsigned long call_site, unsigned long object,
					       u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
					       u16 detail, u8 event_class, u8 context)
{
	struct memmon_record *r = memmon_ring_reserve(kind);
	const struct task_struct *task = current;
	u32 pid = task->pid, tgid = task->tgid;

	r->time = time;
	r->call_site = call_site;
	r->object = object;
	r->bytes_req = bytes_req;
	r->bytes_alloc = bytes_alloc;
	r->gfp = (__force u32)gfp;
	r->detail = detail;
	r->event_class = event_class;
	r->context = context;
	r->pid_node = pid;
	r->tgid = tgid;
	memcpy(r->comm, task->comm, MEMMON_COMM_BYTES);
	if (static_branch_unlikely(&memmon_event_has_nodes))
		r->pid_node |= memmon_event_node(event_class, object) << MEMMON_PID_BITS;
	memmon_ring_publish(kind);
}

/**
 * memmon_event_record - take an event into the books and into a ring
 * @event_class: a constant
 * @call_site: return address of the allocator call, 0 if unknown
 * @object: address of the object, page frame number of a page, 0 if there is none
 * @bytes_req: bytes asked for
 * @bytes_alloc: bytes taken
 * @gfp: flags of the request, 0 for frees
 * @detail: cache id, or MEMMON_PAGE_DETAIL()
 *
 * Context: any.
 */
static __always_inline void memmon_event_record(const enum memmon_class event_class,
						unsigned long call_site, unsigned long object,
						u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						u16 detail)
{
	if (unlikely(!memmon_event_is_plain())) {
		memmon_event_record_slowly(call_site, object, bytes_req, bytes_alloc, gfp,
					   event_class << 16 | detail);
		return;
	}
	preempt_disable_notrace();
	memmon_ring_enter();
	this_cpu_inc(memmon_cpu.books.seen[event_class]);
	memmon_event_write(memmon_event_ring(event_class), memmon_clock_tsc(), call_site, object,
			   bytes_req, bytes_alloc, gfp, detail, event_class, MEMMON_CONTEXT_TASK);
	memmon_ring_leave();
	preempt_enable_notrace();
}

#endif /* MEMMON_EVENT_H */
