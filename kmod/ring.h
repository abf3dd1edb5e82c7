/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU rings of records. A session has a set of them, struct memmon_rings: one ring for each CPU.
 *
 * Who writes: only the CPU that owns the struct memmon_ring, in any context, with preemption off, by
 * single instructions that an interrupt cannot split. Who reads: any CPU, without a lock, and the
 * process that has mapped the ring.
 *
 * A writer announces itself (nest), reserves a slot, says where it is if it is the outermost writer on its
 * CPU (outer), fills it, and leaves. Order of its stores, and of the loads they pair with:
 *
 *	writer (memmon_ring_enter ... memmon_ring_leave)	reader (memmon_ring_window, _copy)
 *	add 1 to nest						load reserved
 *	(wmb A)							(rmb)
 *	add 64 to reserved					load nest, outer
 *	(wmb B)							(rmb)
 *	set outer, fill the slot				copy the slot
 *	(wmb C)							(rmb)
 *	take 1 from nest					load reserved again
 *
 * A and C pair with the first two rmb: what was reserved while nobody was inside is whole, and so is what
 * lies before the last record of an outermost writer. B pairs with the last: that a slot was being
 * refilled during the copy shows in reserved.
 *
 * An interrupt may write many records while the writer below it waits with its slot half filled. It must
 * not come round to that slot, which is not before outer: see memmon_ring_look().
 *
 * The reader's process is told what is whole when it asks (MEMMON_IOC_SYNC), not at every event, so that
 * writers and readers share no cache line that changes with every event.
 *
 * The region of a CPU is a page for struct memmon_ring_page, which the process may write to, and then the
 * records. The module believes nothing that it reads there: a wrong position costs the session its own
 * records, and nothing else.
 */
#ifndef MEMMON_RING_H
#define MEMMON_RING_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/wait.h>

#include <asm/local64.h>

#include <uapi/mem_monitor.h>

#include "books.h"
#include "compat/cpu.h"
#include "ring_math.h"

struct memmon_stacks;

/**
 * struct memmon_ring - one CPU's ring
 * @reserved: position behind the newest reserved record; written by the owning CPU
 * @fast_limit: position from which on the fast way may not reserve: @limit, or 0 if events take the slow way
 * @limit: position from which on a writer has to look around, see memmon_ring_look(); 0 without memory.
 *	   Both written by the owning CPU
 * @outer: position of the newest record of an outermost writer; written by the owning CPU
 * @mask: from memmon_ring_mask(); set once, with @memory
 * @skipped_tgid: the process whose doings are left out, or MEMMON_LISTENER_SKIPS_NOBODY; set before anybody writes
 * @stacks: takes the stack of each event, which its record names then; or NULL. Set before anybody writes
 * @memory: the records, a page behind the struct memmon_ring_page; NULL for lack of memory. Set while
 *	    the CPU is not online or nothing is attached, before @limit
 * @next: by class, the ring of the next session that wants it, for the fast way; written under the session lock
 * @told: what memmon_ring_sync() told last; under the lock of its caller
 * @books: counters; written by the owning CPU
 * @rings: the set that this ring is of
 * @wake: wakes the reader, outside of the probe
 */
struct memmon_ring {
	local64_t reserved;
	u64 fast_limit;
	u64 outer;
	u64 mask;
	void *memory;
	struct memmon_stacks *stacks;
	u32 skipped_tgid;
	u64 limit;
	struct memmon_ring __percpu *next[MEMMON_NR_CLASSES];
	u64 told;
	struct memmon_books books;
	struct memmon_rings *rings;
	struct irq_work wake;
};

/**
 * struct memmon_rings - a session's rings
 * @cpu: one for each possible CPU
 * @data_bytes: of records that one keeps
 * @watermark_bytes: so many unread ones wake the reader; 0 = nobody waits, ever
 * @is_keeping: no record is written over an unread one
 * @skipped_tgid: for each ring
 * @stacks: for each ring
 * @is_slow: events must take the slow way, where they are judged, or their stack is taken
 * @is_closed: no writer knows the rings any more, so that all is whole; set for good
 * @has_waiter: somebody sleeps in @wait; written by readers, read by writers
 * @wait: where readers sleep
 * @node: in the list of all, for CPUs that come later
 */
struct memmon_rings {
	struct memmon_ring __percpu *cpu;
	u64 data_bytes;
	u64 watermark_bytes;
	struct memmon_stacks *stacks;
	u32 skipped_tgid;
	bool is_keeping;
	bool is_slow;
	bool is_closed;
	bool has_waiter;
	wait_queue_head_t wait;
	struct list_head node;
};

/* Writers inside, on each CPU: one per interrupted context. Of all sessions together. */
DECLARE_PER_CPU(unsigned int, memmon_ring_nest);

/* Announces a writer. Context: any, preemption off until memmon_ring_leave(). */
static __always_inline void memmon_ring_enter(void)
{
	this_cpu_inc(memmon_ring_nest);
	smp_wmb(); /* A, see the top of this file */
}

/* The writer's last act. */
static __always_inline void memmon_ring_leave(void)
{
	smp_wmb(); /* C, for the reader that finds nobody inside */
	this_cpu_dec(memmon_ring_nest);
}

/*
 * Reserves a slot; the caller fills all of it. @is_outermost: nobody else is inside on this CPU. Context:
 * between enter and leave, on the ring's CPU.
 */
static __always_inline struct memmon_record *memmon_ring_reserve(struct memmon_ring *ring,
								 bool is_outermost)
{
	/* The position before the addition; the compiler drops the two opposite constants. */
	u64 position =
		local64_add_return(MEMMON_RECORD_BYTES, &ring->reserved) - MEMMON_RECORD_BYTES;

	if (is_outermost)
		WRITE_ONCE(ring->outer, position);
	smp_wmb(); /* B, see the top of this file */
	return ring->memory + (position & ring->mask);
}

/* The same for a ring of this CPU that is reached through MEMMON_HERE, by an outermost writer. */
static __always_inline struct memmon_record *
memmon_ring_reserve_here(struct memmon_ring MEMMON_HERE *ring)
{
	u64 position = memmon_here_fetch_add(MEMMON_RECORD_BYTES, &ring->reserved);

	memmon_here_write(&ring->outer, position);
	smp_wmb(); /* B, see the top of this file */
	return ring->memory + (position & ring->mask);
}

/* The page before the records. */
static inline struct memmon_ring_page *memmon_ring_page(void *memory)
{
	return memory - PAGE_SIZE;
}

bool memmon_ring_look(struct memmon_ring *ring);

int memmon_rings_init(void);
void memmon_rings_exit(void);
int memmon_rings_create(struct memmon_rings *rings);
void memmon_rings_destroy(struct memmon_rings *rings);
u64 memmon_rings_bytes(const struct memmon_rings *rings);
void memmon_rings_set_slow(struct memmon_rings *rings, bool is_slow);
unsigned int memmon_rings_count(const struct memmon_rings *rings);
u64 memmon_rings_total_bytes(void);
void memmon_ring_window(const struct memmon_ring *ring, int cpu, u64 *oldest, u64 *end);
bool memmon_ring_copy(const struct memmon_ring *ring, u64 position, struct memmon_record *to);
void memmon_ring_sync(struct memmon_ring *ring, int cpu);
u64 memmon_ring_unread_bytes(const struct memmon_ring *ring, int cpu);

#endif /* MEMMON_RING_H */
