// SPDX-License-Identifier: GPL-2.0
/*
 * The lists of listeners, and the gates before them.
 *
 * A probe on the fast way begins at memmon_listener_fast, and trusts that nobody behind an open gate has
 * a sieve before him. So a list is only shortened while its gate has been closed for as long as a probe
 * may run, and a gate is opened only after the list is in order.
 */
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

#include "listener.h"
#include "ring.h"

struct memmon_listener *memmon_listener_first[MEMMON_NR_CLASSES] __read_mostly;
struct memmon_ring __percpu *memmon_listener_fast[MEMMON_NR_CLASSES] __read_mostly;
struct memmon_ring __percpu *memmon_listener_closed __read_mostly;

/* By class; under gate_lock, which no probe takes. Bits are MEMMON_GATE_*. */
static unsigned int gates[MEMMON_NR_CLASSES];
static DEFINE_SPINLOCK(gate_lock);
bool memmon_listener_muted __read_mostly;

static void change_gate(int event_class, unsigned int bit, bool is_set)
{
	const struct memmon_listener *first = memmon_listener_first[event_class];
	unsigned int *gate = &gates[event_class];

	*gate = is_set ? *gate | bit : *gate & ~bit;
	/* Who sees the gate open sees the list behind it: pairs with the dependent loads of probes. */
	smp_store_release(&memmon_listener_fast[event_class],
			  *gate || !first ? memmon_listener_closed : first->ring);
}

/**
 * memmon_listener_init - close all gates, as all lists are empty
 * @bits: more bits, which stay set for ever
 *
 * Context: process; before any probe is attached.
 * Return: 0 or -ENOMEM.
 */
int memmon_listener_init(unsigned int bits)
{
	int i;

	/* Nobody's ring: its limit is 0. */
	memmon_listener_closed = alloc_percpu(struct memmon_ring);
	if (!memmon_listener_closed)
		return -ENOMEM;
	spin_lock(&gate_lock);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		change_gate(i, MEMMON_GATE_LIST | bits, true);
	spin_unlock(&gate_lock);
	return 0;
}

/* Frees what memmon_listener_init() took. No probe is attached. */
void memmon_listener_exit(void)
{
	free_percpu(memmon_listener_closed);
}

/* Makes the events of all classes take the slow way, or no longer. Context: process. */
void memmon_listener_mute(bool is_on)
{
	int i;

	spin_lock(&gate_lock);
	WRITE_ONCE(memmon_listener_muted, is_on);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		change_gate(i, MEMMON_GATE_MUTE, is_on);
	spin_unlock(&gate_lock);
}

/**
 * memmon_listener_close_gates - make the events of some classes take the slow way
 * @classes: mask of 1 << enum memmon_class
 *
 * Before a listener is removed; the caller waits for all probes in between. Context: under the session lock.
 */
void memmon_listener_close_gates(u32 classes)
{
	int i;

	spin_lock(&gate_lock);
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (classes & 1U << i)
			change_gate(i, MEMMON_GATE_LIST, true);
	}
	spin_unlock(&gate_lock);
}

/**
 * memmon_listener_open_gates - let the events of some classes take the fast way, where the list allows it
 * @classes: mask of 1 << enum memmon_class
 *
 * Context: under the session lock.
 */
void memmon_listener_open_gates(u32 classes)
{
	int i;

	spin_lock(&gate_lock);
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		const struct memmon_listener *first = memmon_listener_first[i];

		if (classes & 1U << i)
			change_gate(i, MEMMON_GATE_LIST, !first || first->is_slow);
	}
	spin_unlock(&gate_lock);
}

static struct memmon_ring __percpu *ring_of(const struct memmon_listener *listener)
{
	return listener ? listener->ring : NULL;
}

/* Has the fast way go on from the ring of one listener, which it is on perhaps, to that of another, or nowhere. */
static void set_next_ring(enum memmon_class event_class, const struct memmon_listener *listener,
			  const struct memmon_listener *next)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(listener->ring, cpu)->next[event_class], ring_of(next));
}

/**
 * memmon_listener_add - put a listener into the list of a class, the plain ones before all others
 * @event_class: the class
 * @listener: whole, but for @next
 *
 * The gate stays as it is. Context: under the session lock.
 */
void memmon_listener_add(enum memmon_class event_class, struct memmon_listener *listener)
{
	struct memmon_listener **link = &memmon_listener_first[event_class], *last = NULL;
	int cpu;

	while (listener->is_slow && *link) {
		last = *link;
		link = &last->next;
	}
	listener->next = *link;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(listener->ring, cpu)->next[event_class] = ring_of(*link);
	smp_store_release(link, listener); /* pairs with the dependent loads of probes */
	if (!last)
		return;
	smp_wmb(); /* pairs with the dependent loads of probes */
	set_next_ring(event_class, last, listener);
}

/**
 * memmon_listener_remove - take a listener out of the list of a class
 * @event_class: the class, whose gate is closed and probes have been waited for
 * @listener: in that list; probes may still be looking at it until the caller has waited again
 *
 * Context: under the session lock.
 */
void memmon_listener_remove(enum memmon_class event_class, struct memmon_listener *listener)
{
	struct memmon_listener **link = &memmon_listener_first[event_class], *last = NULL;

	while (*link != listener) {
		last = *link;
		link = &last->next;
	}
	WRITE_ONCE(*link, listener->next);
	if (last)
		set_next_ring(event_class, last, listener->next);
}
