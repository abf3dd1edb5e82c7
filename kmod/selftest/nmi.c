// SPDX-License-Identifier: GPL-2.0
/*
 * Calls a function in an NMI of this CPU, which it sends to itself. Only where the kernel has paths that may
 * be taken there.
 */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "selftest.h"

#if defined(CONFIG_X86_LOCAL_APIC) && defined(kmalloc_nolock)
#include <asm/apic.h>
#include <asm/nmi.h>

#define PATIENCE_NS (100 * NSEC_PER_MSEC)

static selftest_call pending;
static int pending_cpu;

static int take_nmi(unsigned int type, struct pt_regs *regs)
{
	/* Pairs with the release in selftest_nmi_run(). */
	selftest_call call = smp_load_acquire(&pending);

	if (!call || raw_smp_processor_id() != pending_cpu)
		return NMI_DONE;
	call();
	/* Pairs with the acquire in selftest_nmi_run(). */
	smp_store_release(&pending, NULL);
	return NMI_HANDLED;
}

/**
 * selftest_nmi_init - be asked for each NMI
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int selftest_nmi_init(void)
{
	return register_nmi_handler(NMI_LOCAL, take_nmi, 0, "mem_monitor_selftest");
}

void selftest_nmi_exit(void)
{
	unregister_nmi_handler(NMI_LOCAL, "mem_monitor_selftest");
}

bool selftest_nmi_is_there(void)
{
	return true;
}

/**
 * selftest_nmi_run - call a function in an NMI
 * @call: the function
 *
 * Context: task.
 * Return: whether the NMI came.
 */
bool selftest_nmi_run(selftest_call call)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;
	bool has_come;

	preempt_disable();
	pending_cpu = smp_processor_id();
	/* Pairs with the acquire in take_nmi(). */
	smp_store_release(&pending, call);
	__apic_send_IPI_mask(cpumask_of(pending_cpu), NMI_VECTOR);
	/* Pairs with the release in take_nmi(). */
	while (!(has_come = !smp_load_acquire(&pending)) && ktime_get_ns() < end)
		cpu_relax();
	if (!has_come)
		has_come = !xchg(&pending, NULL);
	preempt_enable();
	return has_come;
}

#else

int selftest_nmi_init(void)
{
	return 0;
}

void selftest_nmi_exit(void)
{
}

bool selftest_nmi_is_there(void)
{
	return false;
}

bool selftest_nmi_run(selftest_call call)
{
	return false;
}

#endif
