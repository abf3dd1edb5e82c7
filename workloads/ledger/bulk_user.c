// SPDX-License-Identifier: GPL-2.0
/* bulk_user.ko: takes and frees many objects or pages with one call: paths without tracepoint. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>

#include "workload.h"

#define BULK_USER_CACHE_BYTES 248
#define BULK_USER_MAX_COUNT 64

#ifdef alloc_pages_bulk
#define bulk_user_alloc_pages alloc_pages_bulk
#else
#define bulk_user_alloc_pages alloc_pages_bulk_array
#endif

static unsigned int n;
module_param(n, uint, 0400);
MODULE_PARM_DESC(n, "rounds that are made while loading; 0: a thread makes them until unload");

static unsigned int count = 16;
module_param(count, uint, 0400);
MODULE_PARM_DESC(count, "objects or pages of a call, up to 64");

static unsigned int bytes = 104;
module_param(bytes, uint, 0400);
MODULE_PARM_DESC(bytes, "size of the objects that are not of the own cache");

static bool hold;
module_param(hold, bool, 0400);
MODULE_PARM_DESC(hold, "keep the objects and pages of the last round until unload");

enum bulk_user_site {
	BULK_BULK,
	BULK_SINGLE,
	SINGLE_BULK,
	KFREE_BULK,
	PAGES,
	NR_SITES
};

static struct workload_site sites[NR_SITES] = {
	[BULK_BULK] = { "bulk_user_take", "-", "bulk-user-object", BULK_USER_CACHE_BYTES },
	[BULK_SINGLE] = { "bulk_user_take_for_single", "-", "bulk-user-object",
			  BULK_USER_CACHE_BYTES },
	[SINGLE_BULK] = { "bulk_user_take_single", "-", "bulk-user-object", BULK_USER_CACHE_BYTES },
	[KFREE_BULK] = { "bulk_user_take_plain", "-", "-" },
	[PAGES] = { "bulk_user_take_pages", "-", "-", PAGE_SIZE },
};

static struct workload_sites all_sites = { NR_SITES, sites };
static struct kmem_cache *cache;
static struct task_struct *thread;
static void *objects[NR_SITES][BULK_USER_MAX_COUNT];
static unsigned int held[NR_SITES];

static noinline void bulk_user_take(void)
{
	if (kmem_cache_alloc_bulk(cache, GFP_KERNEL, count, objects[BULK_BULK]))
		held[BULK_BULK] = count;
}

static noinline void bulk_user_take_for_single(void)
{
	if (kmem_cache_alloc_bulk(cache, GFP_KERNEL, count, objects[BULK_SINGLE]))
		held[BULK_SINGLE] = count;
}

static noinline void *bulk_user_take_single(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static noinline void *bulk_user_take_plain(void)
{
	void *object = kmalloc(bytes, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static noinline void bulk_user_take_pages(void)
{
	struct page **pages = (struct page **)objects[PAGES];

	/* Only places that are NULL are filled. */
	memset(pages, 0, sizeof(objects[PAGES]));
	held[PAGES] = bulk_user_alloc_pages(GFP_KERNEL, count, pages);
}

static void take_one_by_one(enum bulk_user_site site, void *(*take)(void))
{
	while (held[site] < count) {
		void *object = take();

		if (!object)
			break;
		objects[site][held[site]++] = object;
	}
}

static void take_all(void)
{
	unsigned int site;

	bulk_user_take();
	bulk_user_take_for_single();
	take_one_by_one(SINGLE_BULK, bulk_user_take_single);
	take_one_by_one(KFREE_BULK, bulk_user_take_plain);
	bulk_user_take_pages();
	for (site = 0; site < NR_SITES; site++)
		atomic64_add(held[site], &sites[site].made);
}

static void free_all(void)
{
	unsigned int site, i;

	if (held[BULK_BULK])
		kmem_cache_free_bulk(cache, held[BULK_BULK], objects[BULK_BULK]);
	for (i = 0; i < held[BULK_SINGLE]; i++)
		kmem_cache_free(cache, objects[BULK_SINGLE][i]);
	if (held[SINGLE_BULK])
		kmem_cache_free_bulk(cache, held[SINGLE_BULK], objects[SINGLE_BULK]);
	if (held[KFREE_BULK])
		kfree_bulk(held[KFREE_BULK], objects[KFREE_BULK]);
	for (i = 0; i < held[PAGES]; i++)
		__free_page(objects[PAGES][i]);
	for (site = 0; site < NR_SITES; site++) {
		atomic64_add(held[site], &sites[site].freed);
		held[site] = 0;
	}
}

static int do_rounds(void *unused)
{
	while (!kthread_should_stop()) {
		take_all();
		free_all();
		usleep_range(2000, 4000);
	}
	return 0;
}

static int begin(void)
{
	unsigned int round;

	for (round = 0; round < n; round++) {
		take_all();
		if (!hold || round + 1 < n)
			free_all();
	}
	if (n)
		return 0;
	thread = kthread_run(do_rounds, NULL, "bulk_user");
	return PTR_ERR_OR_ZERO(thread);
}

static int __init bulk_user_init(void)
{
	int error;

	if (!count || count > BULK_USER_MAX_COUNT || bytes > KMALLOC_MAX_SIZE || !bytes) {
		pr_err("count=%u bytes=%u make no sense\n", count, bytes);
		return -EINVAL;
	}
	sites[KFREE_BULK].bytes_req = bytes;
	cache = kmem_cache_create("bulk-user-object", BULK_USER_CACHE_BYTES, 0, 0,
				  workload_construct);
	if (!cache)
		return -ENOMEM;
	error = workload_report_create(&all_sites);
	if (error)
		goto err_cache;
	error = begin();
	if (error)
		goto err_report;
	return 0;

err_report:
	workload_report_destroy();
err_cache:
	kmem_cache_destroy(cache);
	return error;
}
module_init(bulk_user_init);

static void __exit bulk_user_exit(void)
{
	if (!n)
		kthread_stop(thread);
	free_all();
	workload_report_destroy();
	kmem_cache_destroy(cache);
}
module_exit(bulk_user_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes and frees many objects or pages with one call");
