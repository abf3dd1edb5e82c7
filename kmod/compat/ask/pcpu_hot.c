// SPDX-License-Identifier: GPL-2.0
/* Is it in pcpu_hot? From commit 64701838bf05 ("x86/percpu: Move preempt_count next to current_task") (v6.2) on. */
#include <linux/preempt.h>

u32 *ask(void);
u32 *ask(void)
{
	return (u32 *)(uintptr_t)&pcpu_hot.preempt_count;
}
