// SPDX-License-Identifier: GPL-2.0
/* CPUs, their copies of per-CPU variables, interrupts and clocks. */
#include <stdlib.h>

#include "shim.h"

_Thread_local int shim_cpu;
_Thread_local unsigned int shim_preempt_count;
_Thread_local struct task_struct shim_tasks[2] = {
	{ .pid = 316, .tgid = 300, .comm = "a.out" },
	{ .pid = 317, .tgid = 317, .comm = "reader" },
};
_Thread_local int shim_task;

unsigned int nr_cpu_ids = SHIM_NR_CPUS;
unsigned int shim_nr_online = SHIM_NR_CPUS;
int shim_cpuhp_error;
static bool cpus_are_locked;
static int (*cpu_startup)(unsigned int cpu);

bool shim_tsc_is_unstable;
u64 shim_time = 1000;

static _Thread_local void (*interrupt)(void);
static _Thread_local unsigned int points_left;

/* There is one per-CPU variable: the module's. */
static const char *per_cpu_template;
static size_t per_cpu_bytes;
static char *per_cpu_copies[SHIM_NR_CPUS];

void shim_per_cpu_add(const void *variable, size_t bytes)
{
	int cpu;

	assert(!per_cpu_template);
	per_cpu_template = variable;
	per_cpu_bytes = bytes;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		per_cpu_copies[cpu] = aligned_alloc(64, bytes);
		assert(per_cpu_copies[cpu]);
		memset(per_cpu_copies[cpu], 0, bytes);
	}
}

void *shim_per_cpu(const void *address, int cpu)
{
	size_t offset = (const char *)address - per_cpu_template;

	assert(offset < per_cpu_bytes);
	return per_cpu_copies[cpu] + offset;
}

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

void shim_take(int *count)
{
	if (*count <= 0)
		abort();
	--*count;
}

/* The module's state has no teardown, and is set up with the CPUs held where they are. */
int cpuhp_setup_state_nocalls_cpuslocked(int state, const char *name,
					 int (*startup)(unsigned int cpu),
					 int (*teardown)(unsigned int cpu))
{
	(void)name;
	assert(!teardown && cpus_are_locked);
	if (shim_cpuhp_error)
		return shim_cpuhp_error;
	cpu_startup = startup;
	return state;
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
	assert(state == CPUHP_BP_PREPARE_DYN);
	assert(cpu_startup);
	cpu_startup = NULL;
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
