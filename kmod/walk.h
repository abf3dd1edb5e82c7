/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks a stack by the rules of its return addresses, which the kernel's unwinder has taught us once.
 *
 * The rules lie in one table for all CPUs: address and rule in one word each, so that both are read and written
 * at once. A place is claimed by one cmpxchg; it is given back when code goes. A walk that meets an address
 * without a rule fails, and the kernel's unwinder does the work.
 */
#ifndef MEMMON_WALK_H
#define MEMMON_WALK_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "compat/frame.h"
#include "frame_rule.h"

#define MEMMON_WALK_BITS 14
#define MEMMON_WALK_PLACES (1U << MEMMON_WALK_BITS)
/* Places that are looked at for an address. */
#define MEMMON_WALK_PROBES 8

/* Address in the lower half of a word, of which it says all; its rule in the upper half. 0: free. */
extern u64 *memmon_walk_rules;

u32 memmon_walk_search(u32 address);
void memmon_walk_learn(unsigned long address, char *name);
void memmon_walk_retire(unsigned long first, unsigned long last);
u32 memmon_walk_count(void);
int memmon_walk_create(void);
void memmon_walk_destroy(void);

static __always_inline u32 memmon_walk_home(u32 address)
{
	return address * 0x9e3779b1U >> (32 - MEMMON_WALK_BITS);
}

/* The rule of a return address, or MEMMON_FRAME_UNKNOWN. Context: any. */
static __always_inline u32 memmon_walk_rule(unsigned long address)
{
	u64 there = READ_ONCE(memmon_walk_rules[memmon_walk_home(address)]);

	if (likely((u32)there == (u32)address))
		return there >> 32;
	return memmon_walk_search(address);
}

/**
 * struct memmon_walk - where a walk is
 * @ip: the return address
 * @sp: what the stack pointer was there, behind that address
 * @bp: what the frame pointer was there
 * @low: begin of what may be read of the stack
 * @bytes: how much that is
 */
struct memmon_walk {
	unsigned long ip;
	unsigned long sp;
	unsigned long bp;
	unsigned long low;
	unsigned long bytes;
};

/* Whether a frame may end at @end. */
static __always_inline bool memmon_walk_holds(const struct memmon_walk *w, unsigned long end)
{
	return end - w->low - sizeof(long) <= w->bytes - sizeof(long);
}

/* A word of the stack that we run on, above us: nobody changes it meanwhile. KASAN would not let us look. */
static __always_inline unsigned long memmon_walk_read(unsigned long address)
{
#ifdef CONFIG_KASAN
	return READ_ONCE_NOCHECK(*(unsigned long *)address);
#else
	return *(const unsigned long *)address;
#endif
}

/* memmon_walk_step() behind a function that has aligned its stack. */
static __always_inline bool memmon_walk_step_aligned(struct memmon_walk *w, unsigned long offset)
{
	unsigned long end;

	if (!memmon_walk_holds(w, w->bp + sizeof(long)) || w->bp - offset < w->low)
		return false;
	end = memmon_walk_read(w->bp - offset);
	if (!memmon_walk_holds(w, end))
		return false;
	w->bp = memmon_walk_read(w->bp);
	w->ip = memmon_walk_read(end - sizeof(long));
	w->sp = end;
	return true;
}

/**
 * memmon_walk_step - go to the next return address
 * @w: set to it
 * @rule: of the present one, which goes on
 *
 * Context: any. Return: false if that is not on the stack.
 */
static __always_inline bool memmon_walk_step(struct memmon_walk *w, u32 rule)
{
	unsigned long end = memmon_frame_offset(rule), bp = memmon_frame_bp(rule);

	if (unlikely(memmon_frame_kind(rule) == MEMMON_FRAME_ALIGNED))
		return memmon_walk_step_aligned(w, end);
	end += memmon_frame_kind(rule) == MEMMON_FRAME_BP ? w->bp : w->sp;
	if (unlikely(memmon_frame_kind(rule) == MEMMON_FRAME_SWITCH)) {
		end += memmon_walk_read(w->sp) - w->sp;
		w->low = (unsigned long)task_stack_page(current);
		w->bytes = THREAD_SIZE;
	}
	if (unlikely(!memmon_walk_holds(w, end)) || unlikely(end - bp < w->low))
		return false;
	if (bp)
		w->bp = memmon_walk_read(end - bp);
	w->ip = memmon_walk_read(end - sizeof(long));
	w->sp = end;
	return true;
}

/* Begins a walk in the caller of the function whose frame is @frame: see __builtin_frame_address(). */
static __always_inline void memmon_walk_begin(struct memmon_walk *w, unsigned long frame,
					      unsigned long end)
{
	w->bp = memmon_walk_read(frame);
	w->ip = memmon_walk_read(frame + sizeof(long));
	w->sp = frame + 2 * sizeof(long);
	w->low = frame;
	w->bytes = end - frame;
}

u32 memmon_walk(unsigned long frame, unsigned long end, unsigned long *frames, u32 room);

#endif /* MEMMON_WALK_H */
