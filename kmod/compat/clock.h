/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of the records: the TSC if the kernel itself trusts it, else the kernel's monotonic clock,
 * in the variant that may be read in NMI.
 */
#ifndef MEMMON_COMPAT_CLOCK_H
#define MEMMON_COMPAT_CLOCK_H

#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/types.h>
#ifdef CONFIG_X86
#include <asm/tsc.h>
#endif

/* Set once, before any probe is attached. */
extern bool memmon_clock_uses_tsc;

/* Whether the clock is the TSC. Context: any. */
static __always_inline bool memmon_clock_is_tsc(void)
{
	return memmon_clock_uses_tsc;
}

/* Context: any; only if memmon_clock_is_tsc(). Return: the time in ticks. */
static __always_inline u64 memmon_clock_tsc(void)
{
#ifdef CONFIG_X86
	return rdtsc();
#else
	return 0;
#endif
}

/* Context: any. Return: a time that only grows, on all CPUs alike; unit by memmon_clock_name(). */
static __always_inline u64 memmon_clock_now(void)
{
	return likely(memmon_clock_is_tsc()) ? memmon_clock_tsc() : ktime_get_mono_fast_ns();
}

void memmon_clock_init(void);
u64 memmon_clock_khz(void);
const char *memmon_clock_name(void);

#endif /* MEMMON_COMPAT_CLOCK_H */
