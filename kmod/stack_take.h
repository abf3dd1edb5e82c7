/* SPDX-License-Identifier: GPL-2.0 */
/* Takes the stack that the kernel is on: the hot path, to be compiled into whoever takes one. */
#ifndef MEMMON_STACK_TAKE_H
#define MEMMON_STACK_TAKE_H

#include "event.h"
#include "memo.h"
#include "stack.h"
#include "unwind.h"

u32 memmon_stacks_miss(struct memmon_stacks *stacks);
u32 memmon_stacks_take_other(struct memmon_stacks *stacks, unsigned long call_site,
			     unsigned long frame, bool is_direct);

/* What is left to do once the hash is known. Return: the id, or 0 if the table does not have it. */
static __always_inline u32 memmon_stacks_give(const struct memmon_stacks *stacks,
					      unsigned long call_site, u64 hash)
{
	u32 id = memmon_stacks_find(stacks, hash);

	if (unlikely(!id))
		return 0;
	this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_REMEMBERED]);
	if (static_branch_unlikely(&memmon_unwind_is_verified))
		memmon_unwind_verify(call_site, hash);
	return id;
}

/**
 * memmon_stacks_take_here - memmon_stacks_take(), to be compiled into the caller
 * @stacks: the table
 * @call_site: as there
 * @is_direct: a constant: the caller is a handler of a tracepoint, and knows that the CPU is in no interrupt, and so
 *	       on the stack of the task
 *
 * The frames begin with that of the caller.
 *
 * Context: any, preemption off. Return: the id, or 0 (counted).
 */
static __always_inline u32 memmon_stacks_take_here(struct memmon_stacks *stacks,
						   unsigned long call_site, const bool is_direct)
{
	unsigned long frame = (unsigned long)__builtin_frame_address(0), end;
	u8 context = is_direct ? MEMMON_CONTEXT_TASK : memmon_event_context();
	struct memmon_memos *m = this_cpu_read(memmon_memos) + context;
	u64 hash = 0;
	u32 id = 0;

	if (!is_direct && unlikely(context == MEMMON_CONTEXT_NMI))
		return memmon_stacks_miss(stacks);
	end = is_direct ? memmon_memo_task_end(frame) : memmon_memo_end(m, frame);
	if (is_direct || likely(end > frame))
		hash = memmon_memo_find(m, frame, end, call_site, is_direct);
	if (likely(hash))
		id = memmon_stacks_give(stacks, call_site, hash);
	if (unlikely(!id)) {
		id = memmon_stacks_take_other(stacks, call_site, frame, is_direct);
		barrier(); /* no tail call: it reads our frame */
	}
	return id;
}

#endif /* MEMMON_STACK_TAKE_H */
