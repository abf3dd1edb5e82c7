// SPDX-License-Identifier: GPL-2.0
/* The ways to the begin of a chain: from a system call, a thread, a workqueue, and interrupts upon another chain. */
#include <linux/cpu.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "chains.h"

#define REPEATS 3

/**
 * struct walker - a thread that goes through chains, or has them gone through
 * @run: as it, or the interrupt that it waits for, does
 * @way: which
 * @rounds: how often
 * @task: the thread
 * @done: it has
 * @work: on a workqueue
 * @irq_work: in a hard interrupt
 * @tasklet: in a softirq at the end of a section without
 * @timer: in a softirq at the end of a hard interrupt
 * @has_fired: set by the interrupt, for whom it has interrupted
 */
struct walker {
	struct chains_run run;
	const struct way *way;
	unsigned int rounds;
	struct task_struct *task;
	struct completion done;
	struct work_struct work;
	struct irq_work irq_work;
	struct tasklet_struct tasklet;
	struct timer_list timer;
	bool has_fired;
};

/**
 * struct way - one
 * @name: in commands and reports
 * @go: goes through all chains of a kind, once
 * @gfp: flags of the requests
 * @is_spread: a thread on each CPU does it at the same time
 */
struct way {
	const char *name;
	void (*go)(struct walker *walker);
	gfp_t gfp;
	bool is_spread;
};

/* Each chain several times in a row, so that it is one that is known, too. */
static noinline void go_straight(struct walker *walker)
{
	unsigned int i;

	for (i = 0; i < walker->run.kind->nr * REPEATS; i++)
		walker->run.kind->go(&walker->run, i / REPEATS);
}

static void fire(struct walker *walker)
{
	go_straight(walker);
	/* Pairs with spin(). */
	smp_store_release(&walker->has_fired, true);
}

static void fire_work(struct work_struct *work)
{
	fire(container_of(work, struct walker, work));
}

static void fire_irq_work(struct irq_work *work)
{
	fire(container_of(work, struct walker, irq_work));
}

static void fire_tasklet(struct tasklet_struct *tasklet)
{
	fire(container_of(tasklet, struct walker, tasklet));
}

static void fire_timer(struct timer_list *timer)
{
	fire(container_of(timer, struct walker, timer));
}

static void fire_call(void *walker)
{
	fire(walker);
}

static void begin_work(struct walker *walker)
{
	schedule_work(&walker->work);
	flush_work(&walker->work);
}

static void begin_irq_work(struct walker *walker)
{
	irq_work_queue(&walker->irq_work);
}

/* It runs before this returns, on the stack of interrupts, unless ksoftirqd is at work. */
static void begin_tasklet(struct walker *walker)
{
	local_bh_disable();
	tasklet_schedule(&walker->tasklet);
	local_bh_enable();
}

static void begin_timer(struct walker *walker)
{
	mod_timer(&walker->timer, jiffies + 1);
}

/* Upon whatever the next CPU is at: this chain of its own thread, most likely. */
static void begin_call(struct walker *walker)
{
	unsigned int cpu = cpumask_next(raw_smp_processor_id(), cpu_online_mask);

	smp_call_function_single(cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask), fire_call,
				 walker, true);
}

/* The chain that interrupts come upon. The thread stays on its CPU, so an interrupt that has fired has ended, too. */
static noinline void spin(struct walker *walker, void (*begin)(struct walker *walker))
{
	walker->has_fired = false;
	begin(walker);
	/* Pairs with fire(). */
	while (!smp_load_acquire(&walker->has_fired)) {
		cpu_relax();
		cond_resched();
	}
}

#define SPINS(name, begin)                                          \
	static noinline void spin_for_##name(struct walker *walker) \
	{                                                           \
		spin(walker, begin);                                \
		barrier(); /* no tail call */                       \
	}
SPINS(work, begin_work)
SPINS(irq_work, begin_irq_work)
SPINS(tasklet, begin_tasklet)
SPINS(timer, begin_timer)
SPINS(call, begin_call)

static const struct way ways[] = {
	{ "syscall", go_straight, GFP_KERNEL, false },
	{ "work", spin_for_work, GFP_KERNEL, false },
	{ "thread", go_straight, GFP_KERNEL, true },
	{ "irq_work", spin_for_irq_work, GFP_ATOMIC, true },
	{ "tasklet", spin_for_tasklet, GFP_ATOMIC, true },
	{ "timer", spin_for_timer, GFP_ATOMIC, true },
	{ "call", spin_for_call, GFP_ATOMIC, true },
};

static struct walker *create(const struct way *way, const struct chains_kind *kind,
			     unsigned int rounds)
{
	struct walker *walker = kzalloc(sizeof(*walker), GFP_KERNEL);

	if (!walker)
		return NULL;
	walker->run.kind = kind;
	walker->run.way = way->name;
	walker->run.gfp = way->gfp;
	walker->way = way;
	walker->rounds = rounds;
	init_completion(&walker->done);
	INIT_WORK(&walker->work, fire_work);
	init_irq_work(&walker->irq_work, fire_irq_work);
	tasklet_setup(&walker->tasklet, fire_tasklet);
	timer_setup(&walker->timer, fire_timer, TIMER_PINNED);
	return walker;
}

static int do_rounds(void *data)
{
	struct walker *walker = data;
	unsigned int i;

	for (i = 0; i < walker->rounds; i++) {
		walker->way->go(walker);
		cond_resched();
	}
	complete(&walker->done);
	return 0;
}

static void end_thread(struct walker *walker)
{
	wait_for_completion(&walker->done);
	kthread_stop(walker->task); /* it runs none of our code any more */
	put_task_struct(walker->task);
	tasklet_kill(&walker->tasklet);
	kfree(walker);
}

static int begin_thread(struct walker *walker, unsigned int cpu)
{
	walker->task = kthread_create(do_rounds, walker, "chains/%u", cpu);
	if (IS_ERR(walker->task))
		return PTR_ERR(walker->task);
	get_task_struct(walker->task);
	kthread_bind(walker->task, cpu);
	wake_up_process(walker->task);
	return 0;
}

/* A thread on each CPU, all at the same time. */
static int go_on_all_cpus(const struct way *way, const struct chains_kind *kind,
			  unsigned int rounds)
{
	struct walker **walkers = kcalloc(nr_cpu_ids, sizeof(*walkers), GFP_KERNEL);
	int error = walkers ? 0 : -ENOMEM;
	unsigned int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu) {
		struct walker *walker = error ? NULL : create(way, kind, rounds);

		if (!error)
			error = walker ? begin_thread(walker, cpu) : -ENOMEM;
		if (!error)
			walkers[cpu] = walker;
		else
			kfree(walker);
		if (error)
			break;
	}
	for (cpu = 0; walkers && cpu < nr_cpu_ids; cpu++) {
		if (walkers[cpu])
			end_thread(walkers[cpu]);
	}
	cpus_read_unlock();
	kfree(walkers);
	return error;
}

static int go_here(const struct way *way, const struct chains_kind *kind, unsigned int rounds)
{
	struct walker *walker = create(way, kind, rounds);

	if (!walker)
		return -ENOMEM;
	do_rounds(walker);
	kfree(walker);
	return 0;
}

/**
 * chains_go() - go through all chains of a kind
 * @way: name of the way to their begin
 * @kind: the kind
 * @rounds: how often
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if there is no such way, -EOPNOTSUPP if it takes two CPUs, or -ENOMEM.
 */
int chains_go(const char *way, const struct chains_kind *kind, unsigned int rounds)
{
	const struct way *it;

	for (it = ways; it < ways + ARRAY_SIZE(ways); it++) {
		if (strcmp(it->name, way))
			continue;
		if (it->go == spin_for_call && num_online_cpus() < 2)
			return -EOPNOTSUPP;
		return it->is_spread ? go_on_all_cpus(it, kind, rounds) : go_here(it, kind, rounds);
	}
	return -EINVAL;
}
