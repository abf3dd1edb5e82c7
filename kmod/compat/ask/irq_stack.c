// SPDX-License-Identifier: GPL-2.0
/*
 * Does the kernel tell modules where an interrupt began on a stack? Since commit f39f21b3ddc7 ("stacktrace: move
 * filter_irq_stacks() to kernel/stacktrace.c") (v5.16).
 */
#include <linux/stacktrace.h>

unsigned int ask(unsigned long *frames, unsigned int nr);
unsigned int ask(unsigned long *frames, unsigned int nr)
{
	return filter_irq_stacks(frames, nr);
}
