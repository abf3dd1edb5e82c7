// SPDX-License-Identifier: GPL-2.0
/* The tasks that are inside one of the module's file operations. */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "listener.h"
#include "mute.h"

/* Readers beyond these are recorded like everybody else. */
#define NR_MUTED 64

/* Entry i is written under the lock by the task it names, and read by probes without it. */
static struct task_struct *muted[NR_MUTED];
static unsigned int nr_muted;
static DEFINE_SPINLOCK(mute_lock);

/**
 * memmon_mute_begin - stop recording what the current task does
 *
 * Does not wait for an entry: a reader may stay inside as long as it likes, for example by reading into
 * memory whose page faults it handles itself, and must not hold up others so.
 *
 * Context: process. Does not nest.
 * Return: what to give to memmon_mute_end().
 */
int memmon_mute_begin(void)
{
	int i;

	spin_lock(&mute_lock);
	for (i = 0; i < NR_MUTED; i++) {
		if (!muted[i])
			break;
	}
	if (i < NR_MUTED) {
		WRITE_ONCE(muted[i], current);
		if (!nr_muted++)
			memmon_listener_mute(true);
	}
	spin_unlock(&mute_lock);
	return i;
}

/**
 * memmon_mute_end - record again what the current task does
 * @entry: from memmon_mute_begin()
 *
 * Context: process.
 */
void memmon_mute_end(int entry)
{
	if (entry == NR_MUTED)
		return;
	spin_lock(&mute_lock);
	WRITE_ONCE(muted[entry], NULL);
	if (!--nr_muted)
		memmon_listener_mute(false);
	spin_unlock(&mute_lock);
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
