/* SPDX-License-Identifier: GPL-2.0 */
/* Who listens to the events of a class: one list per class, the plain listeners before all others. */
#ifndef MEMMON_LISTENER_H
#define MEMMON_LISTENER_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

struct memmon_ring;
struct memmon_sieve;

/**
 * struct memmon_listener - one session's interest in one class
 * @next: the next of the class, or NULL; written under the session lock, read by probes
 * @ring: where its records go, which also knows whose doings are left out, and whether stacks are taken
 * @sieve: judges each event, or NULL if all are wanted
 * @is_slow: it takes stacks, or there is a sieve, and no handler has done its work already, see quick.h;
 *	     written under the session lock while the gate is closed
 *
 * The others are set before the listener is in a list.
 */
struct memmon_listener {
	struct memmon_listener *next;
	struct memmon_ring __percpu *ring;
	struct memmon_sieve *sieve;
	bool is_slow;
};

/* In place of a process whose doings are left out. */
#define MEMMON_LISTENER_SKIPS_NOBODY U32_MAX

/*
 * Bits of the gate of a class. While any is set every event of the class takes the slow way, which can
 * walk an empty list, judge, and read any clock.
 */
#define MEMMON_GATE_LIST (1U << 0) /* the first listener is slow, or there is none */
#define MEMMON_GATE_MUTE (1U << 1) /* a reader is inside a file operation */
#define MEMMON_GATE_CLOCK (1U << 2) /* the clock is not the TSC */

/* All listeners of a class. */
extern struct memmon_listener *memmon_listener_first[MEMMON_NR_CLASSES];

/*
 * Where the fast way begins: the ring of the first of them, from which it goes on by the rings' own @next; or while
 * the gate is closed a ring that lets nobody in. So the fast way need not look at the gate.
 */
extern struct memmon_ring __percpu *memmon_listener_fast[MEMMON_NR_CLASSES];
extern struct memmon_ring __percpu *memmon_listener_closed;

/* Written under the lock of the gates, read by probes. */
extern bool memmon_listener_muted;

/* Whether any reader is inside a file operation. Context: any. */
static __always_inline bool memmon_listener_is_muted(void)
{
	return READ_ONCE(memmon_listener_muted);
}

int memmon_listener_init(unsigned int gates);
void memmon_listener_exit(void);
void memmon_listener_add(enum memmon_class event_class, struct memmon_listener *listener);
void memmon_listener_remove(enum memmon_class event_class, struct memmon_listener *listener);
void memmon_listener_close_gates(u32 classes);
void memmon_listener_open_gates(u32 classes);
void memmon_listener_mute(bool is_muted);

#endif /* MEMMON_LISTENER_H */
