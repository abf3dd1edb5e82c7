// SPDX-License-Identifier: GPL-2.0
/* Locks, waiting and waking. */
#include <stdlib.h>

#include "shim.h"

bool shim_has_signal;
void (*shim_while_asleep)(void);
void (*shim_while_synchronizing)(void);
unsigned int shim_nr_synchronized;
unsigned int shim_nr_locked;

/* Of the CPU, which is the thread. */
static _Thread_local struct irq_work *pending_works;

void shim_take(int *count)
{
	if (*count <= 0)
		abort();
	--*count;
	shim_nr_locked++;
}

void shim_give(int *count)
{
	++*count;
	shim_nr_locked--;
	shim_point();
}

void synchronize_rcu(void)
{
	assert(!shim_preempt_count);
	shim_nr_synchronized++;
	if (shim_while_synchronizing)
		shim_while_synchronizing();
}

void init_irq_work(struct irq_work *work, void (*function)(struct irq_work *work))
{
	*work = (struct irq_work){ .function = function };
}

bool irq_work_queue(struct irq_work *work)
{
	assert(work->function);
	if (work->is_pending)
		return false;
	work->is_pending = true;
	work->next = pending_works;
	pending_works = work;
	return true;
}

void irq_work_sync(struct irq_work *work)
{
	struct irq_work **link = &pending_works;

	if (!work->is_pending)
		return;
	while (*link != work)
		link = &(*link)->next;
	*link = work->next;
	work->is_pending = false;
	work->function(work);
}

unsigned int shim_irq_work_run(void)
{
	unsigned int nr = 0;

	for (; pending_works; nr++)
		irq_work_sync(pending_works);
	return nr;
}

int shim_sleep(void)
{
	void (*handler)(void) = shim_while_asleep;

	/* Else it would sleep for ever. */
	assert(handler || shim_has_signal);
	shim_while_asleep = NULL;
	if (handler)
		handler();
	return shim_has_signal;
}

void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	(void)file;
	if (table)
		table->queue = queue;
}
