// SPDX-License-Identifier: GPL-2.0
/*
 * Does the compiler address memory relative to %gs, where x86-64 keeps this CPU's variables? gcc does, but before
 * 13.3 not together with its sanitizers (https://gcc.gnu.org/bugzilla/show_bug.cgi?id=111736).
 */
#include <linux/types.h>

#if !defined(CONFIG_X86_64) || !defined(CONFIG_SMP) || defined(CONFIG_KASAN) || \
	defined(CONFIG_KCSAN)
#error not here
#endif

u64 ask(u64 __seg_gs *sum);
u64 ask(u64 __seg_gs *sum)
{
	u64 old = 64;

	asm volatile("xaddq %0, %1" : "+r"(old), "+m"(*sum) : : "memory");
	return old + sum[1];
}
