// SPDX-License-Identifier: GPL-2.0
/* CPUs, interrupts and clocks. */
#include "shim.h"

_Thread_local int shim_cpu;
_Thread_local unsigned int shim_preempt_count;
unsigned int nr_cpu_ids = SHIM_NR_CPUS;
unsigned int shim_nr_online = SHIM_NR_CPUS;
int shim_cpuhp_error;
static bool cpus_are_locked;
static int (*cpu_startup)(unsigned int cpu);

/* Which of the dynamic states the module gets. */
#define DYNAMIC_STATE 3

bool shim_tsc_is_unstable;
u64 shim_time = 1000;
u64 tsc_khz = 2400000;

static _Thread_local void (*interrupt)(void);
static _Thread_local unsigned int points_left;

void shim_point(void)
{
	void (*handler)(void) = interrupt;

	if (!handler || points_left--)
		return;
	interrupt = NULL;
	handler();
}

void shim_interrupt_at(unsigned int point, void (*handler)(void))
{
	points_left = point;
	interrupt = handler;
}

bool shim_interrupt_cancel(void)
{
	bool was_armed = interrupt;

	interrupt = NULL;
	return was_armed;
}

/* The module's state has no teardown. Its number is one of a range. */
int cpuhp_setup_state_nocalls(int state, const char *name, int (*startup)(unsigned int cpu),
			      int (*teardown)(unsigned int cpu))
{
	(void)name;
	assert(state == CPUHP_BP_PREPARE_DYN && !teardown && !cpus_are_locked && !cpu_startup);
	if (shim_cpuhp_error)
		return shim_cpuhp_error;
	cpu_startup = startup;
	return CPUHP_BP_PREPARE_DYN + DYNAMIC_STATE;
}

void cpus_read_lock(void)
{
	assert(!cpus_are_locked);
	cpus_are_locked = true;
}

void cpus_read_unlock(void)
{
	assert(cpus_are_locked);
	cpus_are_locked = false;
}

void cpuhp_remove_state_nocalls(int state)
{
	assert(state == CPUHP_BP_PREPARE_DYN + DYNAMIC_STATE);
	assert(cpu_startup);
	cpu_startup = NULL;
}

void on_each_cpu(void (*call)(void *data), void *data, int is_waiting)
{
	int old_cpu = shim_cpu;

	assert(is_waiting && cpus_are_locked && !shim_preempt_count);
	shim_preempt_count = HARDIRQ_OFFSET;
	for_each_online_cpu(shim_cpu)
		call(data);
	shim_preempt_count = 0;
	shim_cpu = old_cpu;
}

int shim_cpu_up(unsigned int cpu)
{
	return cpu_startup(cpu);
}

bool check_tsc_unstable(void)
{
	return shim_tsc_is_unstable;
}

u64 rdtsc(void)
{
	return __atomic_add_fetch(&shim_time, 1, __ATOMIC_RELAXED);
}

u64 ktime_get_mono_fast_ns(void)
{
	return rdtsc() * 1000;
}

u64 ktime_get_ns(void)
{
	return ktime_get_mono_fast_ns();
}

/* The time since the epoch is far ahead of the time since boot. */
u64 ktime_get_real_ns(void)
{
	return ktime_get_ns() + SHIM_BOOTED_NS;
}
