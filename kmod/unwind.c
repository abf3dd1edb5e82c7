// SPDX-License-Identifier: GPL-2.0
/* Unwinds the stack, and leaves out what is not the caller's. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>

#include "compat/irq_stack.h"
#include "compat/kmem_tracepoint.h"
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

/**
 * memmon_unwind_init - find what lies between a tracepoint and its probes
 *
 * Context: process; before memmon_unwind(). To do it again changes nothing.
 */
void memmon_unwind_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		const struct tracepoint *tp = memmon_tracepoint_find(tracepoints[i]);

		WRITE_ONCE(iterators[i], tp ? (unsigned long)tp->iterator : 0);
	}
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

/**
 * memmon_unwind - the stack of whoever asked for memory
 * @call_site: the return address that it begins with; if 0 or not there, it begins behind this module and
 *	       the tracepoint
 * @frames: room; too many frames are cut off at the outer end
 * @first: set to the number of the frame to begin with
 *
 * In an interrupt it ends where the interrupt began: what was interrupted has not asked for memory.
 *
 * Context: any; nothing is unwound in NMI, since not every unwinder of the kernel is made for it.
 * Return: number of frames from @first on, 0 to MEMMON_STACK_FRAMES.
 */
notrace u32 memmon_unwind(unsigned long call_site, unsigned long frames[MEMMON_UNWIND_FRAMES],
			  u32 *first)
{
	u32 nr;

	*first = 0;
	if (in_nmi())
		return 0;
	nr = stack_trace_save(frames, MEMMON_UNWIND_FRAMES, 0);
	nr = memmon_irq_stack_cut(frames, nr);
	*first = find_first(call_site, frames, nr);
	return min_t(u32, nr - *first, MEMMON_STACK_FRAMES);
}
