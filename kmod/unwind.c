// SPDX-License-Identifier: GPL-2.0
/* Unwinds the stack, and leaves out what is not the caller's. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>

#include "compat/irq_stack.h"
#include "compat/kmem_tracepoint.h"
#include "event.h"
#include "stack.h"
#include "unwind.h"

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

/*
 * Where frames are gathered: too many for the stack. One for each context on top of another on a CPU, allocated
 * while anybody takes stacks; users are counted under users_lock.
 */
struct room {
	unsigned long frames[MEMMON_CONTEXT_NMI][MEMMON_UNWIND_FRAMES];
};
static struct room __percpu *rooms;
static unsigned int nr_users;
static DEFINE_MUTEX(users_lock);

static void find_iterators(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		const struct tracepoint *tp = memmon_tracepoint_find(tracepoints[i]);

		WRITE_ONCE(iterators[i], tp ? (unsigned long)tp->iterator : 0);
	}
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
	if (!nr_users) {
		find_iterators();
		rooms = alloc_percpu(struct room);
		ret = rooms ? 0 : -ENOMEM;
	}
	if (!ret)
		nr_users++;
	mutex_unlock(&users_lock);
	return ret;
}

/* Ends what memmon_unwind_get() began. Context: process, the caller takes no stack any more; may sleep. */
void memmon_unwind_put(void)
{
	mutex_lock(&users_lock);
	if (!--nr_users) {
		free_percpu(rooms);
		rooms = NULL;
	}
	mutex_unlock(&users_lock);
}

/* Forgets what is known of code that goes. Context: process. */
void memmon_unwind_retire(unsigned long first, unsigned long last)
{
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

static notrace u64 hash_frames(const unsigned long *frames, u32 nr)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		hash = memmon_stack_hash_add(hash, frames[i]);
	return memmon_stack_hash_end(hash);
}

/**
 * memmon_unwind - the stack of whoever asked for memory
 * @call_site: the return address that it begins with; if 0 or not there, it begins behind this module and
 *	       the tracepoint
 * @trace: set to the stack; too many frames are cut off at the outer end
 *
 * In an interrupt it ends where the interrupt began: what was interrupted has not asked for memory.
 *
 * Context: any, preemption off; nothing is unwound in NMI, since not every unwinder of the kernel is made for it.
 * Return: whether there is any.
 */
notrace bool memmon_unwind(unsigned long call_site, struct memmon_trace *trace)
{
	u8 context = memmon_event_context();
	unsigned long *frames;
	u32 nr, first;

	if (context == MEMMON_CONTEXT_NMI)
		return false;
	frames = this_cpu_ptr(rooms)->frames[context];
	nr = stack_trace_save(frames, MEMMON_UNWIND_FRAMES, 0);
	nr = memmon_irq_stack_cut(frames, nr);
	first = find_first(call_site, frames, nr);
	trace->frames = frames + first;
	trace->nr = min_t(u32, nr - first, MEMMON_STACK_FRAMES);
	trace->hash = hash_frames(trace->frames, trace->nr);
	return trace->nr;
}
