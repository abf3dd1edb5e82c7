// SPDX-License-Identifier: GPL-2.0
/* Runs a phase: threads with a name of their own, and batches of requests in a chosen context. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "kcount.h"

static void note_where(struct kcount_run *run, void *object)
{
	struct page *page = object;

	if (run->pages_at)
		run->pages_at[page_to_nid(page) * MAX_NR_ZONES + page_zonenum(page)]++;
}

/* One batch, in whatever context the caller runs. Nothing here asks for memory but the kind. */
static void do_batch(struct kcount_run *run)
{
	struct kcount_phase *phase = run->phase;
	struct kcount_kind *kind = phase->kind;
	unsigned int end = min(run->position + KCOUNT_BATCH, phase->nr_requests);
	unsigned int i;

	for (i = run->position; kind->alloc && i < end; i++) {
		run->objects[i] = kind->alloc(phase);
		if (!run->objects[i]) {
			run->failed++;
			continue;
		}
		run->made++;
		note_where(run, run->objects[i]);
	}
	for (i = run->position; !phase->is_held && i < end; i++) {
		if (kind->alloc && !run->objects[i])
			continue;
		kind->free(phase, run->objects[i]);
		run->objects[i] = NULL;
		run->freed++;
	}
	run->position = end;
}

/*
 * The batch counts for the thread's pid and comm only when the interrupt hits that thread:
 * a softirq can be put off to ksoftirqd. Then nothing is done and the thread tries again.
 * The thread bears the comm of the phase only meanwhile, so that what other interrupts hit it
 * and free, a page of a slab that RCU gives back for one, is not taken for a request of the phase.
 * Nobody else writes this comm: the thread is ours.
 */
static void fire(struct kcount_run *run, bool is_context_right)
{
	char comm[TASK_COMM_LEN];

	run->has_hit = is_context_right && current == run->task;
	if (run->has_hit) {
		memcpy(comm, current->comm, sizeof(comm));
		memcpy(current->comm, run->phase->comm, sizeof(comm));
		do_batch(run);
		memcpy(current->comm, comm, sizeof(comm));
	}
	/* Pairs with the acquire in batch_in_softirq() and batch_in_hardirq(). */
	smp_store_release(&run->has_fired, true);
}

static void fire_tasklet(struct tasklet_struct *tasklet)
{
	fire(container_of(tasklet, struct kcount_run, tasklet), in_serving_softirq());
}

static void fire_irq_work(struct irq_work *work)
{
	fire(container_of(work, struct kcount_run, irq_work), in_hardirq());
}

static void batch_in_softirq(struct kcount_run *run)
{
	do {
		run->has_fired = false;
		local_bh_disable();
		tasklet_schedule(&run->tasklet);
		local_bh_enable(); /* the tasklet runs here, unless ksoftirqd is already awake */
		while (!smp_load_acquire(&run->has_fired))
			usleep_range(50, 100);
	} while (!run->has_hit);
}

static void batch_in_hardirq(struct kcount_run *run)
{
	do {
		run->has_fired = false;
		preempt_disable();
		irq_work_queue(&run->irq_work); /* an interrupt to this CPU, taken at once */
		while (!smp_load_acquire(&run->has_fired))
			cpu_relax();
		preempt_enable();
	} while (!run->has_hit);
}

static void take_turn(struct kcount_run *run)
{
	/* Pairs with the release in pass_turn(): the sequence number goes with the turn. */
	while (smp_load_acquire(&run->phase->turn) != run->index)
		usleep_range(20, 50);
}

static void pass_turn(struct kcount_run *run)
{
	/* Pairs with the acquire in take_turn(). */
	smp_store_release(&run->phase->turn, (run->index + 1) % run->phase->nr_runs);
}

static void do_all_batches(struct kcount_run *run)
{
	bool takes_turns = run->phase->kind->flags & KCOUNT_TURNS;

	while (run->position < run->phase->nr_requests) {
		if (takes_turns)
			take_turn(run);
		switch (run->phase->context) {
		case KCOUNT_SOFT:
			batch_in_softirq(run);
			break;
		case KCOUNT_HARD:
			batch_in_hardirq(run);
			break;
		default:
			do_batch(run);
		}
		if (takes_turns)
			pass_turn(run);
		cond_resched();
	}
}

static int run_thread(void *data)
{
	struct kcount_run *run = data;

	/* All CPUs start together, so that their requests truly overlap. */
	atomic_inc(&run->phase->nr_ready);
	while (atomic_read(&run->phase->nr_ready) < run->phase->nr_runs)
		cond_resched();
	do_all_batches(run);
	complete(&run->done);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static size_t request_bytes(const struct kcount_kind *kind, enum kcount_context context)
{
	if (kind->flags & KCOUNT_PAGES || kind->cache_name || !kind->bytes)
		return kind->bytes;
	return kind->bytes + 2 * context;
}

static void run_free(struct kcount_run *run)
{
	struct kcount_phase *phase = run->phase;
	unsigned int i;

	if (run->task)
		kthread_stop(run->task);
	for (i = 0; run->objects && i < phase->nr_requests; i++)
		if (run->objects[i])
			phase->kind->free(phase, run->objects[i]);
	kvfree(run->objects);
	kfree(run->pages_at);
}

/* Adds a run; if that fails, what there is of it is still for run_free(). */
static int run_init(struct kcount_phase *phase, unsigned int cpu)
{
	struct kcount_run *run = &phase->runs[phase->nr_runs];

	run->phase = phase;
	run->index = phase->nr_runs++;
	run->cpu = cpu;
	init_completion(&run->done);
	init_irq_work(&run->irq_work, fire_irq_work);
	tasklet_setup(&run->tasklet, fire_tasklet);

	run->objects = kvcalloc(phase->nr_requests, sizeof(*run->objects), GFP_KERNEL);
	if (!run->objects)
		return -ENOMEM;
	if (phase->kind->flags & KCOUNT_PAGES) {
		run->pages_at =
			kcalloc(nr_node_ids * MAX_NR_ZONES, sizeof(*run->pages_at), GFP_KERNEL);
		if (!run->pages_at)
			return -ENOMEM;
	}
	run->task = kthread_create(run_thread, run, "%s",
				   phase->context == KCOUNT_TASK ? phase->comm : "kcount-waits");
	if (IS_ERR(run->task)) {
		int error = PTR_ERR(run->task);

		run->task = NULL;
		return error;
	}
	run->pid = run->task->pid;
	kthread_bind(run->task, cpu);
	return 0;
}

/**
 * kcount_phase_create() - get everything a phase needs, so that it asks for nothing else later
 * @kind: what is asked for; its cache exists
 * @context: where it is asked for
 * @settings: how often and where
 *
 * Context: may sleep.
 * Return: the phase, to be given to kcount_phase_free(), or an error pointer.
 */
struct kcount_phase *kcount_phase_create(struct kcount_kind *kind, enum kcount_context context,
					 const struct kcount_settings *settings)
{
	struct kcount_phase *phase;
	unsigned int cpu;
	int error;

	phase = kvzalloc(struct_size(phase, runs, num_online_cpus()), GFP_KERNEL);
	if (!phase)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&phase->entry);
	phase->kind = kind;
	phase->context = context;
	phase->bytes = request_bytes(kind, context);
	phase->node = kind->flags & KCOUNT_NODE ? settings->node : NUMA_NO_NODE;
	phase->gfp = (context == KCOUNT_TASK ? GFP_KERNEL : GFP_ATOMIC) | __GFP_NOWARN;
	phase->nr_requests = settings->nr_requests;
	phase->is_held = settings->is_held && !(kind->flags & KCOUNT_TRANSIENT);
	snprintf(phase->comm, sizeof(phase->comm), "kc-%s-%s", kind->name,
		 kcount_context_names[context]);

	for_each_online_cpu(cpu) {
		if (!settings->is_spread && cpu != settings->cpu)
			continue;
		error = run_init(phase, cpu);
		if (error)
			goto err_free;
	}
	return phase;

err_free:
	kcount_phase_free(phase);
	return ERR_PTR(error);
}

/**
 * kcount_phase_free() - undo kcount_phase_create(), and give back what the phase still holds
 * @phase: the phase
 *
 * Context: may sleep.
 */
void kcount_phase_free(struct kcount_phase *phase)
{
	unsigned int i;

	for (i = 0; i < phase->nr_runs; i++)
		run_free(&phase->runs[i]);
	list_del(&phase->entry);
	kvfree(phase);
}

/**
 * kcount_phase_run() - make all requests of the phase; returns when the last one is made
 * @phase: a phase that has not run yet
 *
 * Context: may sleep.
 */
void kcount_phase_run(struct kcount_phase *phase)
{
	unsigned int i;

	for (i = 0; i < phase->nr_runs; i++)
		wake_up_process(phase->runs[i].task);
	for (i = 0; i < phase->nr_runs; i++)
		wait_for_completion(&phase->runs[i].done);
	for (i = 0; i < phase->nr_runs; i++) {
		kthread_stop(phase->runs[i].task);
		phase->runs[i].task = NULL;
	}
}
