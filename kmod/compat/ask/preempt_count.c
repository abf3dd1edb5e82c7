// SPDX-License-Identifier: GPL-2.0
/*
 * Is the preempt count of x86 a variable of its own? Until 6.2 and since commit 46e8fff6d45f ("x86/preempt:
 * Move preempt count to percpu hot section") (v6.15).
 */
#include <linux/preempt.h>

u32 *ask(void);
u32 *ask(void)
{
	return (u32 *)(uintptr_t)&__preempt_count;
}
