/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of the records: the TSC if the kernel itself trusts it, else the kernel's monotonic clock,
 * in the variant that may be read in NMI.
 */
#ifndef MEMMON_COMPAT_CLOCK_H
#define MEMMON_COMPAT_CLOCK_H

#include <linux/ktime.h>
#include <linux/types.h>
#ifdef CONFIG_X86
#include <asm/tsc.h>
#endif

bool memmon_clock_is_tsc(void);

/* Context: any; only if memmon_clock_is_tsc(). Return: the time in ticks. */
static __always_inline u64 memmon_clock_tsc(void)
{
#ifdef CONFIG_X86
	return rdtsc();
#else
	return 0;
#endif
}

void memmon_clock_init(void);
u64 memmon_clock_now(void);
u64 memmon_clock_khz(void);
const char *memmon_clock_name(void);

#endif /* MEMMON_COMPAT_CLOCK_H */
