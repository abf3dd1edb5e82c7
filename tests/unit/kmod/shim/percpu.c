// SPDX-License-Identifier: GPL-2.0
/* The CPUs' copies of per-CPU variables. */
#include <stdlib.h>

#include "shim.h"

#define VARIABLES_MAX 300

static struct {
	const char *variable;
	size_t bytes;
	char *copies[SHIM_NR_CPUS];
} variables[VARIABLES_MAX];
static unsigned int nr_variables;

void shim_per_cpu_add(const void *variable, size_t bytes)
{
	int cpu;

	assert(nr_variables < VARIABLES_MAX);
	variables[nr_variables].variable = variable;
	variables[nr_variables].bytes = bytes;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		void *copy;

		if (posix_memalign(&copy, 64, bytes))
			abort();
		variables[nr_variables].copies[cpu] = memset(copy, 0, bytes);
	}
	nr_variables++;
}

static unsigned int find(const char *address)
{
	unsigned int i;

	for (i = 0; i < nr_variables; i++) {
		if (address >= variables[i].variable &&
		    address < variables[i].variable + variables[i].bytes)
			return i;
	}
	/* Freed, or never there. */
	abort();
}

void *shim_per_cpu(const void *address, int cpu)
{
	unsigned int i = find(address);

	assert(cpu >= 0 && cpu < SHIM_NR_CPUS);
	return variables[i].copies[cpu] + ((const char *)address - variables[i].variable);
}

/* What it gives is good for shim_per_cpu() only: the bytes there are nonsense. */
void *shim_alloc_percpu(size_t bytes)
{
	void *variable = kvcalloc(1, bytes, GFP_KERNEL);

	if (!variable)
		return NULL;
	memset(variable, 0xa5, bytes);
	shim_per_cpu_add(variable, bytes);
	return variable;
}

void free_percpu(void *variable)
{
	unsigned int i, cpu;

	if (!variable)
		return;
	i = find(variable);
	assert(variables[i].variable == variable);
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		free(variables[i].copies[cpu]);
	variables[i] = variables[--nr_variables];
	free(variable);
}
