/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU rings of the newest records: one for requests, one for frees, so that a flood of frees
 * cannot push requests out.
 *
 * Who writes: only the CPU that owns the struct memmon_cpu, in any context, with preemption off, by
 * single instructions that an interrupt cannot split. Who reads: any CPU, without a lock.
 *
 * A writer announces itself (nest), reserves a slot, fills it, publishes when it is the outermost
 * one on its CPU, and leaves. Order of its stores, and of the loads they pair with:
 *
 *	writer (memmon_ring_enter ... memmon_ring_leave)	reader (memmon_ring_window, _copy)
 *	add 1 to nest						load reserved
 *	(wmb A)							(rmb)
 *	add 64 to reserved					load nest, published
 *	(wmb B)							(rmb)
 *	fill the slot						copy the slot
 *	(wmb C)							(rmb)
 *	published = reserved, if outermost			load reserved again
 *	take 1 from nest
 *
 * A and C pair with the first two rmb: what is published, or was reserved while nobody was inside, is
 * whole. B pairs with the last: that a slot was being refilled during the copy shows in reserved.
 *
 * An interrupt may write many records while the writer below it waits with its slot half filled. It must
 * not come round to that slot: memmon_ring_has_room().
 */
#ifndef MEMMON_RING_H
#define MEMMON_RING_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/percpu.h>

#include <uapi/mem_monitor.h>

#include "books.h"
#include "ring_math.h"

enum memmon_ring_kind {
	MEMMON_RING_REQUESTS,
	MEMMON_RING_FREES,
	MEMMON_NR_RINGS
};

/**
 * struct memmon_ring - one CPU's ring of one kind
 * @reserved: position behind the newest reserved record; written by the owning CPU
 * @published: position behind the newest record known to be whole; written by the owning CPU
 * @memory: the slots, or the CPU's scratch record while it has no ring; set while the CPU is not
 *	    online or no probe is attached
 * @mask: from memmon_ring_mask(); set with @memory
 * @first: position at which @memory came into use; what was reserved before went to the scratch
 *	   record and counts as dropped
 */
struct memmon_ring {
	u64 reserved;
	u64 published;
	void *memory;
	u64 mask;
	u64 first;
};

/**
 * struct memmon_cpu - everything a probe writes on its CPU
 * @nest: writers inside, one per interrupted context
 * @ring: by enum memmon_ring_kind
 * @books: counters of what was seen and filtered
 * @scratch: where records of a CPU without a ring go, to be lost and counted
 */
struct memmon_cpu {
	unsigned int nest;
	struct memmon_ring ring[MEMMON_NR_RINGS];
	struct memmon_books books;
	struct memmon_record scratch ____cacheline_aligned;
};

DECLARE_PER_CPU_ALIGNED(struct memmon_cpu, memmon_cpu);

/* Announces a writer. Context: any, preemption off until memmon_ring_leave(). */
static __always_inline void memmon_ring_enter(void)
{
	this_cpu_inc(memmon_cpu.nest);
	smp_wmb(); /* A, see the top of this file */
}

/* Reserves a slot; the caller fills all of it. Context: between enter and leave. */
static __always_inline struct memmon_record *memmon_ring_reserve(const enum memmon_ring_kind kind)
{
	/* The position before the addition; the compiler drops the two opposite constants. */
	u64 position = this_cpu_add_return(memmon_cpu.ring[kind].reserved, MEMMON_RECORD_BYTES) -
		       MEMMON_RECORD_BYTES;
	u64 offset = position & this_cpu_read(memmon_cpu.ring[kind].mask);

	smp_wmb(); /* B, see the top of this file */
	return this_cpu_read(memmon_cpu.ring[kind].memory) + offset;
}

/*
 * Whether an interrupt may reserve a slot without reaching one that a writer below it has not filled yet.
 * Leaves a slot for each context that could come on top between this look and the reservation.
 * Context: between enter and leave.
 */
static inline bool memmon_ring_has_room(enum memmon_ring_kind kind)
{
	const struct memmon_ring *ring = this_cpu_ptr(&memmon_cpu.ring[kind]);

	return this_cpu_read(memmon_cpu.nest) == 1 ||
	       memmon_ring_nested_fits(ring->reserved, ring->published, ring->mask);
}

/* Publishes what the filled slot completes. Context: between enter and leave. */
static __always_inline void memmon_ring_publish(const enum memmon_ring_kind kind)
{
	smp_wmb(); /* C, see the top of this file */
	if (likely(this_cpu_read(memmon_cpu.nest) == 1))
		this_cpu_write(memmon_cpu.ring[kind].published,
			       this_cpu_read(memmon_cpu.ring[kind].reserved));
}

/* The writer's last act. */
static __always_inline void memmon_ring_leave(void)
{
	smp_wmb(); /* C, for the reader that finds nobody inside */
	this_cpu_dec(memmon_cpu.nest);
}

int memmon_ring_init(unsigned int entries);
void memmon_ring_exit(void);
void memmon_ring_window(int cpu, enum memmon_ring_kind kind, u64 *oldest, u64 *end);
bool memmon_ring_copy(int cpu, enum memmon_ring_kind kind, u64 position, struct memmon_record *to);
unsigned int memmon_ring_slots(void);
unsigned int memmon_ring_cpus(void);

#endif /* MEMMON_RING_H */
