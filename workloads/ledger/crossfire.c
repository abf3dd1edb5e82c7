// SPDX-License-Identifier: GPL-2.0
/* crossfire.ko: each CPU takes objects that the next one frees, in every context, with exact counts. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>

#include "workload.h"

#define CROSSFIRE_BATCH 24
#define CROSSFIRE_QUEUE 256
#define CROSSFIRE_CACHE "crossfire-object"
#define CROSSFIRE_BYTES 168

static unsigned int n = 100;
module_param(n, uint, 0400);
MODULE_PARM_DESC(n, "rounds of each CPU; a round is 24 objects in each context");

static bool hold;
module_param(hold, bool, 0400);
MODULE_PARM_DESC(hold,
		 "keep what is in the queues at the end, up to 256 objects of a CPU, until unload");

enum crossfire_kind {
	PLAIN,
	CACHED,
	CACHED_KFREE,
	NR_KINDS
};

enum crossfire_context {
	TASK,
	SOFTIRQ,
	HARDIRQ,
	NR_CONTEXTS
};

struct crossfire_object {
	enum crossfire_kind kind;
};

/**
 * struct crossfire_cpu - what one CPU has
 * @lock: of the queue, which any CPU fills in any context
 * @queue: objects that this CPU is to free
 * @nr: of them
 * @round: objects taken so far, to choose the kind
 * @next: the one that frees what this one takes
 * @thread: takes and frees in task context
 * @irq_work: does so in hardirq context
 * @tasklet: and in softirq context
 * @has_fired: set by the interrupt, for the thread that waits for it
 */
struct crossfire_cpu {
	spinlock_t lock;
	struct crossfire_object *queue[CROSSFIRE_QUEUE];
	unsigned int nr;
	unsigned int round;
	struct crossfire_cpu *next;
	struct task_struct *thread;
	struct irq_work irq_work;
	struct tasklet_struct tasklet;
	bool has_fired;
};

static struct workload_site sites[NR_KINDS] = {
	[PLAIN] = { "crossfire_take", "-", "-", CROSSFIRE_BYTES },
	[CACHED] = { "crossfire_take_cached", "-", CROSSFIRE_CACHE, CROSSFIRE_BYTES },
	[CACHED_KFREE] = { "crossfire_take_for_kfree", "-", CROSSFIRE_CACHE, CROSSFIRE_BYTES },
};

static const char *const context_names[NR_CONTEXTS] = { "task", "softirq", "hardirq" };
static struct workload_sites all_sites = { NR_KINDS, sites };
static struct kmem_cache *cache;
static struct crossfire_cpu *cpus;
static atomic64_t made_in[NR_CONTEXTS];
static atomic_t nr_started, nr_done;
static unsigned int nr_threads;

static noinline struct crossfire_object *crossfire_take(void)
{
	return workload_count_made(&sites[PLAIN], kmalloc(CROSSFIRE_BYTES, GFP_ATOMIC));
}

static noinline struct crossfire_object *crossfire_take_cached(void)
{
	return workload_count_made(&sites[CACHED], kmem_cache_alloc(cache, GFP_ATOMIC));
}

static noinline struct crossfire_object *crossfire_take_for_kfree(void)
{
	return workload_count_made(&sites[CACHED_KFREE], kmem_cache_alloc(cache, GFP_ATOMIC));
}

static void give_back(struct crossfire_object *object)
{
	enum crossfire_kind kind = object->kind;

	if (kind == CACHED)
		kmem_cache_free(cache, object);
	else
		kfree(object);
	atomic64_inc(&sites[kind].freed);
}

static bool push(struct crossfire_cpu *cpu, struct crossfire_object *object)
{
	unsigned long flags;
	bool has_room;

	spin_lock_irqsave(&cpu->lock, flags);
	has_room = cpu->nr < CROSSFIRE_QUEUE;
	if (has_room)
		cpu->queue[cpu->nr++] = object;
	spin_unlock_irqrestore(&cpu->lock, flags);
	return has_room;
}

static struct crossfire_object *pop(struct crossfire_cpu *cpu)
{
	struct crossfire_object *object = NULL;
	unsigned long flags;

	spin_lock_irqsave(&cpu->lock, flags);
	if (cpu->nr)
		object = cpu->queue[--cpu->nr];
	spin_unlock_irqrestore(&cpu->lock, flags);
	return object;
}

/* Interrupts may come in between and do the same. */
static void fire(struct crossfire_cpu *cpu, enum crossfire_context context)
{
	struct crossfire_object *object;
	unsigned int i;

	for (i = 0; i < CROSSFIRE_BATCH; i++) {
		enum crossfire_kind kind = READ_ONCE(cpu->round) % NR_KINDS;

		WRITE_ONCE(cpu->round, cpu->round + 1);
		object = kind == PLAIN	? crossfire_take() :
			 kind == CACHED ? crossfire_take_cached() :
					  crossfire_take_for_kfree();
		if (!object)
			continue;
		atomic64_inc(&made_in[context]);
		object->kind = kind;
		if (!push(cpu->next, object))
			give_back(object);
	}
	for (i = 0; i < CROSSFIRE_BATCH; i++) {
		object = pop(cpu);
		if (!object)
			break;
		give_back(object);
	}
}

static void fire_tasklet(struct tasklet_struct *tasklet)
{
	struct crossfire_cpu *cpu = container_of(tasklet, struct crossfire_cpu, tasklet);

	fire(cpu, SOFTIRQ);
	/* Pairs with the acquire in wait_for(). */
	smp_store_release(&cpu->has_fired, true);
}

static void fire_irq_work(struct irq_work *work)
{
	struct crossfire_cpu *cpu = container_of(work, struct crossfire_cpu, irq_work);

	fire(cpu, HARDIRQ);
	/* Pairs with the acquire in wait_for(). */
	smp_store_release(&cpu->has_fired, true);
}

static void wait_for(struct crossfire_cpu *cpu)
{
	/* Pairs with the release in the interrupt. */
	while (!smp_load_acquire(&cpu->has_fired))
		cond_resched();
	cpu->has_fired = false;
}

static int run_thread(void *data)
{
	struct crossfire_cpu *cpu = data;
	unsigned int round;

	atomic_inc(&nr_started);
	while (atomic_read(&nr_started) < nr_threads)
		cond_resched();
	for (round = 0; round < n; round++) {
		fire(cpu, TASK);
		local_bh_disable();
		tasklet_schedule(&cpu->tasklet);
		local_bh_enable(); /* the tasklet runs here, unless ksoftirqd is already awake */
		wait_for(cpu);
		irq_work_queue(&cpu->irq_work);
		wait_for(cpu);
		cond_resched();
	}
	atomic_inc(&nr_done);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static int show(struct seq_file *file, void *unused)
{
	unsigned int i;

	workload_show(file, unused);
	seq_puts(file, "#context made\n");
	for (i = 0; i < NR_CONTEXTS; i++)
		seq_printf(file, "context %s %lld\n", context_names[i], atomic64_read(&made_in[i]));
	return 0;
}

static void drain(void)
{
	struct crossfire_object *object;
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		while ((object = pop(&cpus[i])))
			give_back(object);
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (cpus[i].thread)
			kthread_stop(cpus[i].thread);
	drain();
	kmem_cache_destroy(cache);
	kvfree(cpus);
}

static void prepare(void)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++) {
		spin_lock_init(&cpus[i].lock);
		init_irq_work(&cpus[i].irq_work, fire_irq_work);
		tasklet_setup(&cpus[i].tasklet, fire_tasklet);
		cpus[i].next = &cpus[(i + 1) % nr_threads];
	}
}

/* Called with CPU hotplug locked, so that each thread has its CPU. */
static int start(void)
{
	unsigned int cpu, i = 0;

	for_each_online_cpu(cpu) {
		struct task_struct *thread;

		thread = kthread_create(run_thread, &cpus[i], "crossfire/%u", cpu);
		if (IS_ERR(thread))
			return PTR_ERR(thread);
		kthread_bind(thread, cpu);
		cpus[i++].thread = thread;
	}
	for (i = 0; i < nr_threads; i++)
		wake_up_process(cpus[i].thread);
	return 0;
}

static int __init crossfire_init(void)
{
	int error = -ENOMEM;

	cache = kmem_cache_create(CROSSFIRE_CACHE, CROSSFIRE_BYTES, 0, 0, workload_construct);
	if (!cache)
		return -ENOMEM;
	cpus_read_lock();
	cpus = kvcalloc(num_online_cpus(), sizeof(*cpus), GFP_KERNEL);
	if (cpus) {
		nr_threads = num_online_cpus();
		prepare();
		error = start();
	}
	cpus_read_unlock();
	if (error)
		goto err_end;
	while (atomic_read(&nr_done) < nr_threads)
		usleep_range(5000, 6000);
	if (!hold)
		drain();
	if (!proc_create_single_data(KBUILD_MODNAME, 0400, NULL, show, &all_sites)) {
		error = -ENOMEM;
		goto err_end;
	}
	return 0;

err_end:
	end();
	return error;
}
module_init(crossfire_init);

static void __exit crossfire_exit(void)
{
	workload_report_destroy();
	end();
}
module_exit(crossfire_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes objects on one CPU and frees them on another, in every context");
