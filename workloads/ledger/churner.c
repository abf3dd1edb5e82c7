// SPDX-License-Identifier: GPL-2.0
/* churner.ko: takes and frees memory as fast as it may, with a working set that never grows: no leak. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>

#include "workload.h"

#define CHURNER_CACHE_BYTES 184
#define CHURNER_BATCH 64

static unsigned int slots = 64;
module_param(slots, uint, 0400);
MODULE_PARM_DESC(slots, "working set of each site: so many objects live at any time");

static unsigned int bytes = 120;
module_param(bytes, uint, 0400);
MODULE_PARM_DESC(bytes, "size of the objects that are not of the own cache");

static unsigned int pause_ms = 1;
module_param(pause_ms, uint, 0400);
MODULE_PARM_DESC(pause_ms, "rest after each 64 turns; 0 for none");

enum churner_site {
	PLAIN,
	CACHED,
	NR_SITES
};

static struct workload_site sites[NR_SITES] = {
	[PLAIN] = { "churner_take", "-", "-" },
	[CACHED] = { "churner_take_cached", "-", "churner-object", CHURNER_CACHE_BYTES },
};

static struct workload_sites all_sites = { NR_SITES, sites };
static struct kmem_cache *cache;
static struct task_struct *thread;
static void **objects[NR_SITES];

static noinline void *churner_take(void)
{
	return workload_count_made(&sites[PLAIN], kmalloc(bytes, GFP_KERNEL));
}

static noinline void *churner_take_cached(void)
{
	return workload_count_made(&sites[CACHED], kmem_cache_alloc(cache, GFP_KERNEL));
}

static void give_back(enum churner_site site, void **object)
{
	if (!*object)
		return;
	if (site == CACHED)
		kmem_cache_free(cache, *object);
	else
		kfree(*object);
	*object = NULL;
	atomic64_inc(&sites[site].freed);
}

/* One object of each site is replaced, now here, now there, so that ages differ. */
static void turn(unsigned int slot)
{
	give_back(PLAIN, &objects[PLAIN][slot]);
	objects[PLAIN][slot] = churner_take();
	give_back(CACHED, &objects[CACHED][slot]);
	objects[CACHED][slot] = churner_take_cached();
}

static int churn(void *unused)
{
	unsigned int random = 1, i;

	while (!kthread_should_stop()) {
		for (i = 0; i < CHURNER_BATCH; i++) {
			random = random * 1664525 + 1013904223;
			turn((random >> 8) % slots);
		}
		if (pause_ms)
			msleep(pause_ms);
		cond_resched();
	}
	return 0;
}

static void free_everything(void)
{
	unsigned int site, i;

	for (site = 0; site < NR_SITES; site++) {
		for (i = 0; objects[site] && i < slots; i++)
			give_back(site, &objects[site][i]);
		kvfree(objects[site]);
	}
	kmem_cache_destroy(cache);
}

static int __init churner_init(void)
{
	unsigned int site;
	int error = -ENOMEM;

	if (!slots || bytes > KMALLOC_MAX_SIZE) {
		pr_err("slots=%u bytes=%u make no sense\n", slots, bytes);
		return -EINVAL;
	}
	sites[PLAIN].bytes_req = bytes;
	for (site = 0; site < NR_SITES; site++) {
		objects[site] = kvcalloc(slots, sizeof(void *), GFP_KERNEL);
		if (!objects[site])
			goto err_free;
	}
	cache = kmem_cache_create("churner-object", CHURNER_CACHE_BYTES, 0, 0, workload_construct);
	if (!cache)
		goto err_free;
	error = workload_report_create(&all_sites);
	if (error)
		goto err_free;
	thread = kthread_run(churn, NULL, "churner");
	error = PTR_ERR_OR_ZERO(thread);
	if (error)
		goto err_report;
	return 0;

err_report:
	workload_report_destroy();
err_free:
	free_everything();
	return error;
}
module_init(churner_init);

static void __exit churner_exit(void)
{
	kthread_stop(thread);
	workload_report_destroy();
	free_everything();
}
module_exit(churner_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes and frees memory at a high rate, with a steady working set");
