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

/* Whether a memo has the id that its stack has in a table. */
static __always_inline bool memmon_stacks_has_id(const struct memmon_stacks *stacks,
						 const struct memmon_memo *memo)
{
	return likely(memo->serial == stacks->serial);
}

/* The id that a memo has, which is counted and perhaps verified. */
static __always_inline u32 memmon_stacks_recall(unsigned long call_site,
						const struct memmon_memo *memo)
{
	this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_REMEMBERED]);
	if (static_branch_unlikely(&memmon_unwind_is_verified))
		memmon_unwind_verify(call_site, memo->hash);
	return memo->id;
}

/**
 * memmon_stacks_take_here - memmon_stacks_take(), to be compiled into the caller
 * @stacks: the table
 * @call_site: as there
 *
 * The frames begin with that of the caller.
 *
 * Context: any, preemption off. Return: the id, or 0 (counted).
 */
static __always_inline u32 memmon_stacks_take_here(struct memmon_stacks *stacks,
						   unsigned long call_site)
{
	unsigned long frame = (unsigned long)__builtin_frame_address(0), end;
	u8 context = memmon_event_context();
	struct memmon_memos *m = this_cpu_read(memmon_memos) + context;
	const struct memmon_memo *memo;
	u32 id = 0;

	if (unlikely(context == MEMMON_CONTEXT_NMI))
		return memmon_stacks_miss(stacks);
	end = memmon_memo_end(m, frame);
	if (likely(end > frame) &&
	    memmon_memo_find(m, frame, end - frame, call_site, call_site, false, &memo) &&
	    memmon_stacks_has_id(stacks, memo))
		id = memmon_stacks_recall(call_site, memo);
	if (unlikely(!id)) {
		id = memmon_stacks_take_other(stacks, call_site, frame, false);
		barrier(); /* no tail call: it reads our frame */
	}
	return id;
}

/**
 * memmon_stacks_name_here - what a record has instead of its call site
 * @stacks: the table
 * @call_site: as for memmon_stacks_take()
 * @has_site: a constant: it is not 0
 *
 * For a handler of a tracepoint that knows that the CPU is in no interrupt, and so on the stack of the task.
 *
 * Context: task, preemption off. Return: the id of its stack; the call site if there is none (counted).
 */
static __always_inline unsigned long
memmon_stacks_name_here(struct memmon_stacks *stacks, unsigned long call_site, const bool has_site)
{
	unsigned long frame = (unsigned long)__builtin_frame_address(0);
	struct memmon_memos *m = this_cpu_read(memmon_memos) + MEMMON_CONTEXT_TASK;
	const struct memmon_memo *memo;
	u32 id;

	if (memmon_memo_find(m, frame, memmon_memo_task_bytes(frame), call_site, has_site, true,
			     &memo) &&
	    memmon_stacks_has_id(stacks, memo))
		return memmon_stacks_recall(call_site, memo);
	id = memmon_stacks_take_other(stacks, call_site, frame, true);
	barrier(); /* no tail call: it reads our frame */
	return id ? id : call_site;
}

#endif /* MEMMON_STACK_TAKE_H */
