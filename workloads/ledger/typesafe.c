// SPDX-License-Identifier: GPL-2.0
/* typesafe.ko: churns a SLAB_TYPESAFE_BY_RCU cache, whose objects are used again before a grace period. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "workload.h"

#define TYPESAFE_CACHE "typesafe-object"
#define TYPESAFE_SLOTS 97
#define TYPESAFE_THREADS 2
#define TYPESAFE_BATCH 64

static unsigned int n;
module_param(n, uint, 0400);
MODULE_PARM_DESC(n, "batches that each of the two threads makes; 0 for no end");

/**
 * struct typesafe_object - what readers may look at while it is freed and taken again
 * @lock: makes sure that it is the object that was looked for
 * @key: slot of the object; 0 while it is free
 */
struct typesafe_object {
	spinlock_t lock;
	unsigned int key;
	char rest[112];
};

static struct workload_site site = { "typesafe_take", "-", TYPESAFE_CACHE,
				     sizeof(struct typesafe_object) };
static struct workload_sites all_sites = { 1, &site };
static struct kmem_cache *cache;
static struct task_struct *threads[TYPESAFE_THREADS];
static struct typesafe_object __rcu *slots[TYPESAFE_SLOTS];
static atomic_t nr_done;

/* The lock stays valid from one life of the object to the next. */
static void construct(void *memory)
{
	struct typesafe_object *object = memory;

	spin_lock_init(&object->lock);
	object->key = 0;
}

static noinline struct typesafe_object *typesafe_take(void)
{
	return workload_count_made(&site, kmem_cache_alloc(cache, GFP_KERNEL));
}

static void typesafe_free(struct typesafe_object *object)
{
	if (!object)
		return;
	spin_lock(&object->lock);
	object->key = 0;
	spin_unlock(&object->lock);
	kmem_cache_free(cache, object);
	atomic64_inc(&site.freed);
}

static void replace(unsigned int slot)
{
	struct typesafe_object *object = typesafe_take();

	if (object) {
		spin_lock(&object->lock);
		object->key = slot + 1;
		spin_unlock(&object->lock);
	}
	typesafe_free(unrcu_pointer(xchg(&slots[slot], RCU_INITIALIZER(object))));
}

static bool look(unsigned int slot)
{
	struct typesafe_object *object;
	bool is_right = false;

	rcu_read_lock();
	object = rcu_dereference(slots[slot]);
	if (object) {
		spin_lock(&object->lock);
		is_right = object->key == slot + 1;
		spin_unlock(&object->lock);
	}
	rcu_read_unlock();
	return is_right;
}

static int churn(void *data)
{
	unsigned int random = (unsigned long)data, round, i;

	for (round = 0; (!n || round < n) && !kthread_should_stop(); round++) {
		for (i = 0; i < TYPESAFE_BATCH; i++) {
			random = random * 1664525 + 1013904223;
			replace((random >> 8) % TYPESAFE_SLOTS);
			look((random >> 16) % TYPESAFE_SLOTS);
		}
		usleep_range(1000, 2000);
	}
	atomic_inc(&nr_done);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < TYPESAFE_THREADS; i++)
		if (!IS_ERR_OR_NULL(threads[i]))
			kthread_stop(threads[i]);
	for (i = 0; i < TYPESAFE_SLOTS; i++)
		typesafe_free(rcu_dereference_protected(slots[i], true));
	kmem_cache_destroy(cache);
}

static int __init typesafe_init(void)
{
	unsigned long i;
	int error;

	cache = kmem_cache_create(TYPESAFE_CACHE, sizeof(struct typesafe_object), 0,
				  SLAB_TYPESAFE_BY_RCU, construct);
	if (!cache)
		return -ENOMEM;
	error = workload_report_create(&all_sites);
	if (error)
		goto err_end;
	for (i = 0; i < TYPESAFE_THREADS; i++) {
		threads[i] = kthread_run(churn, (void *)(i + 1), "typesafe/%lu", i);
		error = PTR_ERR_OR_ZERO(threads[i]);
		if (error)
			goto err_report;
	}
	/* What is counted at the end of loading stays so. */
	while (n && atomic_read(&nr_done) < TYPESAFE_THREADS)
		usleep_range(1000, 2000);
	return 0;

err_report:
	workload_report_destroy();
err_end:
	end();
	return error;
}
module_init(typesafe_init);

static void __exit typesafe_exit(void)
{
	workload_report_destroy();
	end();
}
module_exit(typesafe_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Churns a SLAB_TYPESAFE_BY_RCU cache");
