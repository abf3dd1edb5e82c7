// SPDX-License-Identifier: GPL-2.0
/* rcu_user.ko: frees all that it takes with kfree_rcu(), which no tracepoint shows when it comes in batches. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>

#include "workload.h"

static unsigned int n;
module_param(n, uint, 0400);
MODULE_PARM_DESC(n, "batches that are made while loading; 0: a thread makes them until unload");

static unsigned int batch = 32;
module_param(batch, uint, 0400);
MODULE_PARM_DESC(batch, "objects of a batch and site");

static unsigned int bytes = 136;
module_param(bytes, uint, 0400);
MODULE_PARM_DESC(bytes, "size of the objects");

static unsigned int pause_ms = 5;
module_param(pause_ms, uint, 0400);
MODULE_PARM_DESC(pause_ms, "rest after each batch, so that RCU keeps up; at least 1");

struct rcu_user_object {
	struct rcu_head rcu;
};

enum rcu_user_site {
	WITH_HEAD,
	HEADLESS,
	NR_SITES
};

/* @freed counts what was given to kfree_rcu(). */
static struct workload_site sites[NR_SITES] = {
	[WITH_HEAD] = { "rcu_user_take", "-", "-" },
	[HEADLESS] = { "rcu_user_take_headless", "-", "-" },
};

static struct workload_sites all_sites = { NR_SITES, sites };
static struct task_struct *thread;

static noinline struct rcu_user_object *rcu_user_take(void)
{
	return workload_count_made(&sites[WITH_HEAD], kmalloc(bytes, GFP_KERNEL));
}

static noinline struct rcu_user_object *rcu_user_take_headless(void)
{
	return workload_count_made(&sites[HEADLESS], kmalloc(bytes, GFP_KERNEL));
}

static void do_batch(void)
{
	struct rcu_user_object *object;
	unsigned int i;

	for (i = 0; i < batch; i++) {
		object = rcu_user_take();
		if (object) {
			kfree_rcu(object, rcu);
			atomic64_inc(&sites[WITH_HEAD].freed);
		}
		object = rcu_user_take_headless();
		if (object) {
			kfree_rcu_mightsleep(object);
			atomic64_inc(&sites[HEADLESS].freed);
		}
	}
	msleep(pause_ms);
}

static int do_batches(void *unused)
{
	while (!kthread_should_stop())
		do_batch();
	return 0;
}

static int __init rcu_user_init(void)
{
	unsigned int i;
	int error;

	if (bytes < sizeof(struct rcu_user_object) || bytes > KMALLOC_MAX_SIZE || !pause_ms) {
		pr_err("bytes=%u pause_ms=%u make no sense\n", bytes, pause_ms);
		return -EINVAL;
	}
	sites[WITH_HEAD].bytes_req = bytes;
	sites[HEADLESS].bytes_req = bytes;
	error = workload_report_create(&all_sites);
	if (error)
		return error;
	for (i = 0; i < n; i++)
		do_batch();
	if (n)
		return 0;
	thread = kthread_run(do_batches, NULL, "rcu_user");
	error = PTR_ERR_OR_ZERO(thread);
	if (error)
		workload_report_destroy();
	return error;
}
module_init(rcu_user_init);

static void __exit rcu_user_exit(void)
{
	if (!n)
		kthread_stop(thread);
	workload_report_destroy();
}
module_exit(rcu_user_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Frees all that it takes with kfree_rcu()");
