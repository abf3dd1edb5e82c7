// SPDX-License-Identifier: GPL-2.0
/* Does a piece of work on this CPU in a chosen context, in an interrupt of the thread that calls. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/sched.h>

#include "selftest.h"

/* An interrupt can hit another thread; then nothing is done, and it is sent again. */
#define TRIES 1000
#define NMI_OBJECTS 8

/* What the interrupt is to do; there is one at a time. */
static struct {
	struct selftest_batch *batch;
	selftest_work work;
	unsigned int first;
	unsigned int end;
	struct task_struct *task;
	bool has_fired;
	bool has_hit;
} job;

static struct tasklet_struct tasklet;
static struct irq_work irq_work;

static void fire(bool is_context_right)
{
	job.has_hit = is_context_right && current == job.task;
	if (job.has_hit)
		job.work(job.batch, job.first, job.end);
	/* Pairs with the acquire of who waits. */
	smp_store_release(&job.has_fired, true);
}

static void fire_tasklet(struct tasklet_struct *unused)
{
	fire(in_serving_softirq());
}

static void fire_irq_work(struct irq_work *unused)
{
	fire(in_hardirq());
}

static void fire_nmi(void)
{
	fire(true);
}

/* The tasklet runs in local_bh_enable(), unless ksoftirqd is awake already. */
static void send_softirq(void)
{
	local_bh_disable();
	tasklet_schedule(&tasklet);
	local_bh_enable();
	/* Pairs with the release in fire(). */
	while (!smp_load_acquire(&job.has_fired))
		usleep_range(50, 100);
}

static void send_hardirq(void)
{
	preempt_disable();
	irq_work_queue(&irq_work);
	/* Pairs with the release in fire(). */
	while (!smp_load_acquire(&job.has_fired))
		cpu_relax();
	preempt_enable();
}

static bool send(enum selftest_context context)
{
	switch (context) {
	case SELFTEST_SOFTIRQ:
		send_softirq();
		return true;
	case SELFTEST_HARDIRQ:
		send_hardirq();
		return true;
	default:
		return selftest_nmi_run(fire_nmi);
	}
}

static bool interrupt(enum selftest_context context, unsigned int first, unsigned int end)
{
	unsigned int tries;

	job.first = first;
	job.end = end;
	for (tries = 0; tries < TRIES; tries++) {
		job.has_fired = false;
		job.has_hit = false;
		if (!send(context))
			return false;
		if (job.has_hit)
			return true;
	}
	return false;
}

/**
 * selftest_run_in - do a piece of work in a context
 * @context: which one
 * @batch: first argument of the work
 * @work: the work
 * @first: number of the first object
 * @end: number behind the last
 *
 * Context: a thread that is bound to its CPU; one at a time.
 * Return: whether all was done; false if the context could not be reached.
 */
bool selftest_run_in(enum selftest_context context, struct selftest_batch *batch,
		     selftest_work work, unsigned int first, unsigned int end)
{
	/* The kernel complains of an NMI that takes long. */
	unsigned int step = context == SELFTEST_NMI ? NMI_OBJECTS : batch->nr;

	if (context == SELFTEST_TASK || context == SELFTEST_OTHER_CPU) {
		work(batch, first, end);
		return true;
	}
	job.batch = batch;
	job.work = work;
	job.task = current;
	for (; first < end; first += step)
		if (!interrupt(context, first, min(first + step, end)))
			return false;
	return true;
}

void selftest_context_init(void)
{
	tasklet_setup(&tasklet, fire_tasklet);
	init_irq_work(&irq_work, fire_irq_work);
}

/* Context: may sleep. */
void selftest_context_exit(void)
{
	tasklet_kill(&tasklet);
	irq_work_sync(&irq_work);
}
