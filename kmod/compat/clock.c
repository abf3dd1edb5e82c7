// SPDX-License-Identifier: GPL-2.0
/* Chooses the clock of the records, once, at load. */
#include <linux/cache.h>

#include "clock.h"
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

bool memmon_clock_uses_tsc __read_mostly;

/**
 * memmon_clock_init - choose the clock
 *
 * The kernel calls the TSC unstable when it may change its rate, or differ between CPUs.
 *
 * Context: process; before any probe is attached.
 */
void memmon_clock_init(void)
{
#ifdef CONFIG_X86
	memmon_clock_uses_tsc = boot_cpu_has(X86_FEATURE_TSC) && !check_tsc_unstable();
#endif
}

/* Context: any. Return: ticks of the clock in a millisecond, as the kernel has calibrated it. */
u64 memmon_clock_khz(void)
{
#ifdef CONFIG_X86
	if (memmon_clock_is_tsc())
		return tsc_khz;
#endif
	return USEC_PER_SEC; /* nanoseconds */
}

/* For the status. "tsc (unstable)" if the kernel has lost its trust since the module was loaded. */
const char *memmon_clock_name(void)
{
#ifdef CONFIG_X86
	if (memmon_clock_is_tsc())
		return check_tsc_unstable() ? "tsc (unstable)" : "tsc";
#endif
	return "mono";
}
