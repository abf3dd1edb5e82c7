// SPDX-License-Identifier: GPL-2.0
/*
 * The stack of whoever asked for memory, without what is not his: remembered (memo.h), walked (walk.h), or unwound
 * by the kernel, which teaches both.
 */
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>

#include <asm/local64.h>

#include "compat/irq_stack.h"
#include "compat/kmem_tracepoint.h"
#include "event.h"
#include "memo.h"
#include "stack.h"
#include "unwind.h"
#include "walk.h"

/* The functions through which a tracepoint calls its probes when it has more than one. */
static const char *const tracepoints[] = {
	"kmalloc",
	"kmem_cache_alloc",
	"kfree",
	"kmem_cache_free",
	"mm_page_alloc",
	"mm_page_free",
	"mm_page_free_batched",
	"mm_page_alloc_extfrag",
};
static unsigned long iterators[ARRAY_SIZE(tracepoints)];

/* None of them is longer, and behind them lie only others of their kind. */
#define ITERATOR_BYTES 256

/**
 * struct room - what a context needs to unwind: too much for the stack
 * @frames: return addresses
 * @truth: the same, to verify others
 * @name: to find out what an address belongs to
 */
struct room {
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	unsigned long truth[MEMMON_UNWIND_FRAMES];
	char name[KSYM_SYMBOL_LEN];
};

/**
 * struct rooms - of a CPU, one for each context on top of another, but NMI
 */
struct rooms {
	struct room of[MEMMON_CONTEXT_NMI];
};

/* Allocated while anybody takes stacks; users are counted under users_lock. */
static struct rooms __percpu *rooms;
static unsigned int nr_users;
static DEFINE_MUTEX(users_lock);

DEFINE_STATIC_KEY_FALSE(memmon_unwind_is_verified);
DEFINE_PER_CPU(u64[MEMMON_NR_UNWIND_COUNTS], memmon_unwind_counts);

static bool verify_stacks;
module_param(verify_stacks, bool, 0400);
MODULE_PARM_DESC(verify_stacks,
		 "unwind each stack the slow way, too, and count differences (default 0)");

static void find_iterators(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		const struct tracepoint *tp = memmon_tracepoint_find(tracepoints[i]);

		WRITE_ONCE(iterators[i], tp ? (unsigned long)tp->iterator : 0);
	}
}

static int create(void)
{
	find_iterators();
	rooms = alloc_percpu(struct rooms);
	if (!rooms)
		return -ENOMEM;
	if (memmon_walk_create())
		goto out_rooms;
	if (memmon_memo_create())
		goto out_walk;
	return 0;

out_walk:
	memmon_walk_destroy();
out_rooms:
	free_percpu(rooms);
	rooms = NULL;
	return -ENOMEM;
}

/**
 * memmon_unwind_get - prepare for memmon_unwind()
 *
 * Context: process; may sleep.
 * Return: 0 or -ENOMEM. Each success is to be followed by memmon_unwind_put().
 */
int memmon_unwind_get(void)
{
	int ret = 0;

	mutex_lock(&users_lock);
	if (!nr_users)
		ret = create();
	if (!ret)
		nr_users++;
	if (verify_stacks)
		static_branch_enable(&memmon_unwind_is_verified);
	mutex_unlock(&users_lock);
	return ret;
}

/* Ends what memmon_unwind_get() began. Context: process, the caller takes no stack any more; may sleep. */
void memmon_unwind_put(void)
{
	mutex_lock(&users_lock);
	if (!--nr_users) {
		memmon_memo_destroy();
		memmon_walk_destroy();
		free_percpu(rooms);
		rooms = NULL;
	}
	mutex_unlock(&users_lock);
}

/**
 * memmon_unwind_retire - forget what is known of code that goes
 * @first: its first address
 * @last: its last one
 *
 * Context: process, nobody runs through that code; may sleep.
 */
void memmon_unwind_retire(unsigned long first, unsigned long last)
{
	mutex_lock(&users_lock);
	if (nr_users) {
		memmon_walk_retire(first, last);
		memmon_memo_forget();
	}
	mutex_unlock(&users_lock);
}

/**
 * memmon_unwind_read_counts - how stacks were found, on all CPUs
 * @counts: by enum memmon_unwind_count; since the module was loaded
 * @nr_rules: set to the return addresses that can be walked
 *
 * Context: process; may sleep. Return: false if nobody takes stacks.
 */
bool memmon_unwind_read_counts(u64 counts[MEMMON_NR_UNWIND_COUNTS], u32 *nr_rules)
{
	int cpu, i;

	memset(counts, 0, MEMMON_NR_UNWIND_COUNTS * sizeof(*counts));
	mutex_lock(&users_lock);
	*nr_rules = memmon_walk_count();
	for_each_possible_cpu(cpu) {
		for (i = 0; nr_users && i < MEMMON_NR_UNWIND_COUNTS; i++)
			counts[i] += READ_ONCE((*per_cpu_ptr(&memmon_unwind_counts, cpu))[i]);
	}
	mutex_unlock(&users_lock);
	return *nr_rules;
}

static notrace bool is_iterator(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(iterators); i++) {
		unsigned long iterator = READ_ONCE(iterators[i]);

		if (iterator && address - iterator < ITERATOR_BYTES)
			return true;
	}
	return false;
}

/* The number of the first frame that is neither the module's nor the tracepoint's. */
static notrace u32 skip_own(const unsigned long *frames, u32 nr)
{
	u32 i = 0;

	while (i < nr && within_module(frames[i], THIS_MODULE))
		i++;
	while (i < nr && is_iterator(frames[i]))
		i++;
	return i;
}

/* The number of the first frame that is wanted. */
static notrace u32 find_first(unsigned long call_site, const unsigned long *frames, u32 nr)
{
	u32 i;

	for (i = 0; call_site && i < nr; i++) {
		if (frames[i] == call_site)
			return i;
	}
	return skip_own(frames, nr);
}

static notrace void set_trace(struct memmon_trace *trace, const unsigned long *frames, u32 first,
			      u32 nr)
{
	u32 i;

	trace->hash = 0;
	trace->frames = frames + first;
	trace->nr = min_t(u32, nr - first, MEMMON_STACK_FRAMES);
	for (i = 0; i < trace->nr; i++)
		trace->hash = memmon_stack_hash_add(trace->hash, trace->frames[i]);
	trace->hash = memmon_stack_hash_end(trace->hash);
}

/* The kernel's unwinder does it. Return: how many frames, those of ours among them. */
static notrace u32 unwind_by_kernel(unsigned long *frames)
{
	u32 nr = stack_trace_save(frames, MEMMON_UNWIND_FRAMES, 0);

	return memmon_irq_stack_cut(frames, nr);
}

/* Learns from a stack that the kernel has unwound, so that it can be walked next time. */
static notrace void learn(struct memmon_memos *m, struct room *room, u32 nr, unsigned long frame)
{
	unsigned long begin, end;
	u32 i;

	if (memmon_memo_end(m, frame) <= frame && memmon_frame_find_stack(frame, &begin, &end)) {
		m->stack_end = end;
		m->stack_begin = begin;
	}
	for (i = 0; i < nr; i++)
		memmon_walk_learn(room->frames[i], room->name);
}

/**
 * memmon_unwind_verify - compare what was found fast with what the kernel's unwinder finds
 * @call_site: as for memmon_unwind()
 * @hash: of the frames that were found
 *
 * Context: any but NMI, preemption off.
 */
noinline notrace void memmon_unwind_verify(unsigned long call_site, u64 hash)
{
	unsigned long *frames = this_cpu_ptr(rooms)->of[memmon_event_context()].truth;
	struct memmon_trace truth;
	u32 nr = unwind_by_kernel(frames);

	set_trace(&truth, frames, find_first(call_site, frames, nr), nr);
	this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_VERIFIED]);
	if (truth.hash != hash)
		this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_DISAGREED]);
}

/**
 * memmon_unwind - the stack of whoever asked for memory
 * @call_site: the return address that it begins with; if 0 or not there, it begins behind this module and
 *	       the tracepoint
 * @frame: frame address of the function that asks, which is to be the caller
 * @trace: set to the stack; too many frames are cut off at the outer end
 *
 * In an interrupt it ends where the interrupt began: what was interrupted has not asked for memory.
 *
 * Walks, and if that is not possible has the kernel unwind.
 *
 * Context: any but NMI, for which not every unwinder of the kernel is made; preemption off.
 * Return: whether there is any.
 */
notrace bool memmon_unwind(unsigned long call_site, unsigned long frame, struct memmon_trace *trace)
{
	u8 context = memmon_event_context();
	struct memmon_memos *m = this_cpu_read(memmon_memos) + context;
	struct room *room = &this_cpu_ptr(rooms)->of[context];
	unsigned long end = memmon_memo_end(m, frame);
	u32 nr = 0;

	if (end > frame)
		nr = memmon_walk(frame, end, room->frames, MEMMON_UNWIND_FRAMES);
	if (nr) {
		set_trace(trace, room->frames, find_first(call_site, room->frames, nr), nr);
		memmon_memo_keep(m, frame, end, call_site, room->frames, trace);
		this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_WALKED]);
		if (static_branch_unlikely(&memmon_unwind_is_verified))
			memmon_unwind_verify(call_site, trace->hash);
		return trace->nr;
	}
	nr = unwind_by_kernel(room->frames);
	learn(m, room, nr, frame);
	set_trace(trace, room->frames, find_first(call_site, room->frames, nr), nr);
	this_cpu_inc(memmon_unwind_counts[MEMMON_UNWIND_UNWOUND]);
	return trace->nr;
}
