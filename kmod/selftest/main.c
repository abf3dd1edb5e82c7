// SPDX-License-Identifier: GPL-2.0
/*
 * mem_monitor_selftest.ko: asks for memory in every way there is, and lists what it got, so that `memmon
 * verify` can see what mem_monitor makes of it. What is to be done is written to its file in /proc: "make", then
 * "free", which gives back the first part of each batch, then "end", which gives back the rest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "selftest.h"

static DEFINE_MUTEX(lock);
static struct selftest_phase phase = { .name = "idle", .cpu = -1, .other_cpu = -1 };

/**
 * struct errand - what a thread is to do
 * @work: with each batch ...
 * @is_elsewhere: ... that is given back on the other CPU, or each that is not
 * @is_rest: the second half of it, not the first
 */
struct errand {
	selftest_work work;
	bool is_elsewhere;
	bool is_rest;
	struct completion done;
};

void selftest_lock(void)
{
	mutex_lock(&lock);
}

void selftest_unlock(void)
{
	mutex_unlock(&lock);
}

const struct selftest_phase *selftest_phase(void)
{
	return &phase;
}

static enum selftest_context context_for(const struct selftest_batch *batch, unsigned int possible)
{
	return possible & 1U << batch->context ? batch->context : SELFTEST_TASK;
}

static void make_all(void)
{
	unsigned int i;

	for (i = 0; i < selftest_nr_batches(); i++) {
		struct selftest_batch *batch = selftest_batch(i);

		selftest_run_in(context_for(batch, batch->path->makes_in), batch, selftest_make, 0,
				batch->nr);
		cond_resched();
	}
}

/* How many objects go first: half of them, but all that come back later. */
static unsigned int first_part(const struct selftest_batch *batch)
{
	return batch->path->is_queued ? batch->nr : DIV_ROUND_UP(batch->nr, 2);
}

/* A batch whose context cannot be reached any more is given back in a task. */
static void free_some(const struct errand *errand)
{
	unsigned int i;

	for (i = 0; i < selftest_nr_batches(); i++) {
		struct selftest_batch *batch = selftest_batch(i);
		unsigned int half = first_part(batch);
		unsigned int first = errand->is_rest ? half : 0;
		unsigned int end = errand->is_rest ? batch->nr : half;

		if (!batch->is_made ||
		    (batch->context == SELFTEST_OTHER_CPU) != errand->is_elsewhere)
			continue;
		if (!selftest_run_in(context_for(batch, batch->path->frees_in), batch,
				     selftest_free, first, end))
			selftest_free(batch, first, end);
		cond_resched();
	}
}

static int run_errand(void *data)
{
	struct errand *errand = data;

	if (errand->work == selftest_make)
		make_all();
	else
		free_some(errand);
	complete(&errand->done);
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

/* Has a thread on @cpu do it, and waits for it. */
static int do_errand(struct errand *errand, int cpu, pid_t *pid)
{
	struct task_struct *task;

	init_completion(&errand->done);
	task = kthread_create(run_errand, errand, "memmon_selftest");
	if (IS_ERR(task))
		return PTR_ERR(task);
	if (pid)
		*pid = task->pid;
	kthread_bind(task, cpu);
	wake_up_process(task);
	wait_for_completion(&errand->done);
	kthread_stop(task);
	return 0;
}

static int make(void)
{
	struct errand errand = { .work = selftest_make };
	int err;

	phase.cpu = cpumask_first(cpu_online_mask);
	phase.other_cpu = num_online_cpus() > 1 ? cpumask_next(phase.cpu, cpu_online_mask) : -1;
	err = do_errand(&errand, phase.cpu, &phase.maker_pid);
	if (!err)
		phase.name = "made";
	return err;
}

static int free_half(bool is_rest)
{
	struct errand here = { .work = selftest_free, .is_rest = is_rest };
	struct errand there = { .work = selftest_free, .is_rest = is_rest, .is_elsewhere = true };
	int err = do_errand(&here, phase.cpu, NULL);

	if (!err && phase.other_cpu >= 0)
		err = do_errand(&there, phase.other_cpu, NULL);
	if (!err)
		phase.name = is_rest ? "ended" : "freed";
	return err;
}

/**
 * selftest_do - go on to the next phase
 * @command: "make", "free" or "end", in this order
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if it is not its turn, or another negative errno.
 */
int selftest_do(const char *command)
{
	int err = -EINVAL;

	mutex_lock(&lock);
	if (!strcmp(command, "make") && !strcmp(phase.name, "idle")) {
		err = make();
	} else if (!strcmp(command, "free") && !strcmp(phase.name, "made")) {
		err = free_half(false);
	} else if (!strcmp(command, "end") && !strcmp(phase.name, "freed")) {
		err = free_half(true);
		if (!err)
			selftest_caches_destroy();
	}
	mutex_unlock(&lock);
	return err;
}

/* What the phases have left; no thread can be made any more, so all of it in this one. */
static void free_everything(void)
{
	unsigned int i;

	for (i = 0; i < selftest_nr_batches(); i++) {
		struct selftest_batch *batch = selftest_batch(i);

		if (!batch->is_made || !strcmp(phase.name, "ended"))
			continue;
		if (!strcmp(phase.name, "made"))
			selftest_free(batch, 0, first_part(batch));
		selftest_free(batch, first_part(batch), batch->nr);
	}
}

static int __init selftest_init(void)
{
	int err = selftest_nmi_init();

	if (err)
		return err;
	selftest_context_init();
	err = selftest_paths_init();
	if (err)
		goto err_context;
	err = selftest_list_create();
	if (err)
		goto err_paths;
	return 0;

err_paths:
	selftest_paths_exit();
err_context:
	selftest_context_exit();
	selftest_nmi_exit();
	return err;
}
module_init(selftest_init);

static void __exit selftest_exit(void)
{
	selftest_list_destroy();
	selftest_context_exit();
	selftest_nmi_exit();
	free_everything();
	selftest_paths_exit();
}
module_exit(selftest_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_DESCRIPTION("Asks for memory in every way there is, for memmon verify to look on");
