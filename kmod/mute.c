// SPDX-License-Identifier: GPL-2.0
/* The tasks that are inside one of the module's file operations. */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>

#include "event.h"
#include "mute.h"

/* More readers than this at the same instant wait for each other. */
#define NR_MUTED 32

/* Entry i is written under the lock by the task it names, and read by probes without it. */
static struct task_struct *muted[NR_MUTED];
static unsigned int nr_muted;
static DEFINE_SPINLOCK(mute_lock);
static struct semaphore free_entries = __SEMAPHORE_INITIALIZER(free_entries, NR_MUTED);

/**
 * memmon_mute_begin - stop recording what the current task does
 *
 * Context: process; may sleep. Does not nest.
 */
void memmon_mute_begin(void)
{
	int i;

	down(&free_entries);
	spin_lock(&mute_lock);
	for (i = 0; i < NR_MUTED; i++) {
		if (!muted[i]) {
			WRITE_ONCE(muted[i], current);
			break;
		}
	}
	if (!nr_muted++)
		memmon_event_gate_set(MEMMON_GATE_MUTE);
	spin_unlock(&mute_lock);
}

/**
 * memmon_mute_end - record again what the current task does
 *
 * Context: process.
 */
void memmon_mute_end(void)
{
	int i;

	spin_lock(&mute_lock);
	for (i = 0; i < NR_MUTED; i++) {
		if (muted[i] == current)
			WRITE_ONCE(muted[i], NULL);
	}
	if (!--nr_muted)
		memmon_event_gate_clear(MEMMON_GATE_MUTE);
	spin_unlock(&mute_lock);
	up(&free_entries);
}

/**
 * memmon_mute_holds - whether an event is the doing of a muted task
 *
 * What an interrupt does on top of a muted task is not the task's doing.
 *
 * Context: any.
 */
bool memmon_mute_holds(void)
{
	int i;

	if (!in_task())
		return false;
	for (i = 0; i < NR_MUTED; i++) {
		if (READ_ONCE(muted[i]) == current)
			return true;
	}
	return false;
}
