/* SPDX-License-Identifier: GPL-2.0 */
/* Cuts a stack where an interrupt began; see ask/irq_stack.c. */
#ifndef MEMMON_COMPAT_IRQ_STACK_H
#define MEMMON_COMPAT_IRQ_STACK_H

#include <linux/stacktrace.h>

/* Return: number of frames up to that; all, on a kernel that does not tell where it is. Context: any. */
static inline unsigned int memmon_irq_stack_cut(unsigned long *frames, unsigned int nr)
{
#ifdef MEMMON_HAVE_IRQ_STACK
	return filter_irq_stacks(frames, nr);
#else
	return nr;
#endif
}

#endif /* MEMMON_COMPAT_IRQ_STACK_H */
