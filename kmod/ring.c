// SPDX-License-Identifier: GPL-2.0
/* Memory of the per-CPU rings, and reading them without stopping a writer. */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "ring.h"

DEFINE_PER_CPU_ALIGNED(struct memmon_cpu, memmon_cpu);

/* Set once by memmon_ring_init() before any probe is attached. */
static unsigned int ring_slots;
static int hotplug_state;
static bool is_loaded;

static void ring_point_to_scratch(int cpu)
{
	struct memmon_cpu *c = per_cpu_ptr(&memmon_cpu, cpu);
	int kind;

	for (kind = 0; kind < MEMMON_NR_RINGS; kind++) {
		c->ring[kind].memory = &c->scratch;
		c->ring[kind].mask = 0;
	}
}

static bool ring_has_memory(const struct memmon_cpu *c)
{
	return c->ring[0].memory && c->ring[0].memory != &c->scratch;
}

/*
 * Gives a CPU its rings before it comes online. Once loaded, a lack of memory must not keep a CPU of
 * somebody's machine offline: it runs without a ring then, and its events are counted as dropped.
 */
static int ring_prepare_cpu(unsigned int cpu)
{
	struct memmon_cpu *c = per_cpu_ptr(&memmon_cpu, cpu);
	size_t bytes = (size_t)ring_slots * sizeof(struct memmon_record);
	void *memory;
	int kind;

	if (ring_has_memory(c))
		return 0;
	memory = vzalloc_node(array_size(bytes, MEMMON_NR_RINGS), cpu_to_node(cpu));
	if (!memory)
		return is_loaded ? 0 : -ENOMEM;
	for (kind = 0; kind < MEMMON_NR_RINGS; kind++) {
		struct memmon_ring *ring = &c->ring[kind];

		ring->first = ring->reserved;
		ring->mask = memmon_ring_mask(ring_slots);
		ring->memory = memory + kind * bytes;
	}
	return 0;
}

static void ring_free_all(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_cpu *c = per_cpu_ptr(&memmon_cpu, cpu);

		if (ring_has_memory(c))
			vfree(c->ring[0].memory);
		ring_point_to_scratch(cpu);
	}
}

/**
 * memmon_ring_init - give every online CPU its rings, and later ones as they come
 * @entries: records that each ring must be able to keep; rounded up to a power of two
 *
 * Context: process; may sleep. No probe may be attached.
 * Return: 0, or a negative errno with nothing left behind.
 */
int memmon_ring_init(unsigned int entries)
{
	int cpu, ret = 0;

	ring_slots = roundup_pow_of_two(max(entries, MEMMON_RING_SLOTS_MIN));
	for_each_possible_cpu(cpu)
		ring_point_to_scratch(cpu);
	/* Not left to the hot-plug core: before 6.2 it did not call dynamic "prepare" states at set-up. */
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		ret = ring_prepare_cpu(cpu);
		if (ret)
			break;
	}
	if (!ret)
		ret = cpuhp_setup_state_nocalls_cpuslocked(CPUHP_BP_PREPARE_DYN, "mem_monitor:ring",
							   ring_prepare_cpu, NULL);
	cpus_read_unlock();
	if (ret < 0) {
		ring_free_all();
		return ret;
	}
	hotplug_state = ret;
	is_loaded = true;
	return 0;
}

/**
 * memmon_ring_exit - free all rings
 *
 * Context: process; may sleep. Every probe is detached and has been waited for.
 */
void memmon_ring_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	ring_free_all();
}

/**
 * memmon_ring_window - which records of a CPU can be read now
 * @cpu: any possible CPU
 * @kind: which of its rings
 * @oldest: set to the position of the oldest kept record
 * @end: set to the position behind the newest whole record; may be below @oldest while a flood of
 *	 records is overwriting the ring
 *
 * Context: any.
 */
void memmon_ring_window(int cpu, enum memmon_ring_kind kind, u64 *oldest, u64 *end)
{
	const struct memmon_cpu *c = per_cpu_ptr(&memmon_cpu, cpu);
	const struct memmon_ring *ring = &c->ring[kind];
	u64 reserved = READ_ONCE(ring->reserved);
	unsigned int nest;
	u64 published;

	smp_rmb(); /* pairs with A and C in ring.h */
	nest = READ_ONCE(c->nest);
	published = READ_ONCE(ring->published);
	smp_rmb(); /* pairs with A and C in ring.h */
	*end = memmon_ring_complete(reserved, nest, published);
	if (!ring_has_memory(c)) {
		*oldest = *end;
		return;
	}
	*oldest = memmon_ring_oldest(ring->first, reserved, ring->mask);
}

/**
 * memmon_ring_copy - copy one record
 * @cpu: any possible CPU
 * @kind: which of its rings
 * @position: inside the window that memmon_ring_window() gave
 * @to: where the copy goes
 *
 * Context: any.
 * Return: false when the record has been overwritten meanwhile and @to is not to be used.
 */
bool memmon_ring_copy(int cpu, enum memmon_ring_kind kind, u64 position, struct memmon_record *to)
{
	const struct memmon_ring *ring = &per_cpu_ptr(&memmon_cpu, cpu)->ring[kind];

	memcpy(to, ring->memory + (position & ring->mask), sizeof(*to));
	smp_rmb(); /* pairs with B in ring.h */
	return memmon_ring_holds(position, READ_ONCE(ring->reserved), ring->mask);
}

/* Records that one ring keeps. */
unsigned int memmon_ring_slots(void)
{
	return ring_slots;
}

/* CPUs that have rings. */
unsigned int memmon_ring_cpus(void)
{
	unsigned int nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += ring_has_memory(per_cpu_ptr(&memmon_cpu, cpu));
	return nr;
}
