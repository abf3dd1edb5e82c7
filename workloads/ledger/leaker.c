// SPDX-License-Identifier: GPL-2.0
/* leaker.ko: takes memory at known places and a known rate, and keeps it: what a leak looks like. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>

#include "workload.h"

#define LEAKER_CACHE_BYTES 328
#define LEAKER_AREA_BYTES (3 * PAGE_SIZE)
#define LEAKER_PERCPU_BYTES 40
#define LEAKER_PAGE_ORDER 1
#define LEAKER_EXACT_BYTES (3 * PAGE_SIZE)
#define LEAKER_MAX_OTHERS 1000

static unsigned int n = 100;
module_param(n, uint, 0400);
MODULE_PARM_DESC(
	n, "rounds, 0 for no end; each takes 1 object by open, 2 by close, 1 of the own cache");

static unsigned int rate;
module_param(rate, uint, 0400);
MODULE_PARM_DESC(rate, "rounds in a second, up to 100, by a thread; 0: all of them while loading");

static unsigned int bytes = 200;
module_param(bytes, uint, 0400);
MODULE_PARM_DESC(bytes, "size of the objects that are not of the own cache");

static unsigned int keep_one_in = 1;
module_param(keep_one_in, uint, 0400);
MODULE_PARM_DESC(keep_one_in, "of so many objects of a site only the last is kept");

static unsigned int others;
module_param(others, uint, 0400);
MODULE_PARM_DESC(others, "how many vmalloc areas, per-CPU objects and blocks of pages to keep");

static bool leave;
module_param(leave, bool, 0400);
MODULE_PARM_DESC(leave, "do not give back at unload what is not of the own cache");

/* At the head of each object. */
struct leaker_object {
	struct list_head entry;
};

/**
 * struct leaker_other - memory that is no slab object
 * @area: of vmalloc()
 * @percpu: of alloc_percpu()
 * @pages: address of the pages
 * @exact: three pages of a block of four, the last of which was given back
 */
struct leaker_other {
	void *area;
	void __percpu *percpu;
	unsigned long pages;
	void *exact;
};

enum leaker_site {
	BY_OPEN,
	BY_CLOSE,
	CACHED,
	AREA,
	PERCPU,
	PAGES,
	EXACT,
	NR_SITES
};

static struct workload_site sites[NR_SITES] = {
	[BY_OPEN] = { "leaker_take", "leaker_open", "-" },
	[BY_CLOSE] = { "leaker_take", "leaker_close", "-" },
	[CACHED] = { "leaker_take_cached", "-", "leaker-object", LEAKER_CACHE_BYTES },
	[AREA] = { "leaker_take_area", "-", "-", LEAKER_AREA_BYTES },
	[PERCPU] = { "leaker_take_percpu", "-", "-", LEAKER_PERCPU_BYTES },
	[PAGES] = { "leaker_take_pages", "-", "-", PAGE_SIZE << LEAKER_PAGE_ORDER },
	[EXACT] = { "leaker_take_exact", "-", "-", LEAKER_EXACT_BYTES },
};

static struct workload_sites all_sites = { NR_SITES, sites };
static struct kmem_cache *cache;
static struct task_struct *thread;
static LIST_HEAD(kept);
static LIST_HEAD(kept_cached);
static struct leaker_other *kept_others;

static noinline void *leaker_take(struct workload_site *site)
{
	return workload_count_made(site, kmalloc(bytes, GFP_KERNEL));
}

static noinline void *leaker_open(void)
{
	void *object = leaker_take(&sites[BY_OPEN]);

	OPTIMIZER_HIDE_VAR(object); /* no tail call: this function is to be in the stack */
	return object;
}

static noinline void *leaker_close(void)
{
	void *object = leaker_take(&sites[BY_CLOSE]);

	OPTIMIZER_HIDE_VAR(object);
	return object;
}

static noinline void *leaker_take_cached(void)
{
	return workload_count_made(&sites[CACHED], kmem_cache_alloc(cache, GFP_KERNEL));
}

static noinline void leaker_take_area(struct leaker_other *other)
{
	other->area = workload_count_made(&sites[AREA], vmalloc(LEAKER_AREA_BYTES));
}

static noinline void leaker_take_percpu(struct leaker_other *other)
{
	other->percpu = __alloc_percpu(LEAKER_PERCPU_BYTES, sizeof(u64));
	if (other->percpu)
		atomic64_inc(&sites[PERCPU].made);
}

static noinline void leaker_take_pages(struct leaker_other *other)
{
	other->pages = __get_free_pages(GFP_KERNEL, LEAKER_PAGE_ORDER);
	if (other->pages)
		atomic64_inc(&sites[PAGES].made);
}

static noinline void leaker_take_exact(struct leaker_other *other)
{
	other->exact = workload_count_made(&sites[EXACT],
					   alloc_pages_exact(LEAKER_EXACT_BYTES, GFP_KERNEL));
}

static void free_object(struct workload_site *site, struct leaker_object *object)
{
	if (site == &sites[CACHED])
		kmem_cache_free(cache, object);
	else
		kfree(object);
	atomic64_inc(&site->freed);
}

static void keep(struct workload_site *site, struct leaker_object *object)
{
	if (!object)
		return;
	if (atomic64_read(&site->made) % keep_one_in)
		free_object(site, object);
	else
		list_add(&object->entry, site == &sites[CACHED] ? &kept_cached : &kept);
}

static void leak_round(void)
{
	keep(&sites[BY_OPEN], leaker_open());
	keep(&sites[BY_CLOSE], leaker_close());
	keep(&sites[BY_CLOSE], leaker_close());
	keep(&sites[CACHED], leaker_take_cached());
}

static int leak_for_a_while(void *unused)
{
	unsigned int round;

	for (round = 0; (!n || round < n) && !kthread_should_stop(); round++) {
		leak_round();
		msleep(1000 / rate);
	}
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static int leak_others(void)
{
	unsigned int i;

	if (!others)
		return 0;
	kept_others = kcalloc(others, sizeof(*kept_others), GFP_KERNEL);
	if (!kept_others)
		return -ENOMEM;
	for (i = 0; i < others; i++) {
		leaker_take_area(&kept_others[i]);
		leaker_take_percpu(&kept_others[i]);
		leaker_take_pages(&kept_others[i]);
		leaker_take_exact(&kept_others[i]);
	}
	return 0;
}

static void show_block(struct seq_file *file, unsigned long address, unsigned long bytes)
{
	if (address)
		seq_printf(file, "block %lu %lu\n", page_to_pfn(virt_to_page((void *)address)),
			   bytes);
}

/* Areas and per-CPU objects by address, blocks of pages by frame number. */
static int show(struct seq_file *file, void *unused)
{
	unsigned int i;

	workload_show(file, unused);
	for (i = 0; i < others; i++) {
		const struct leaker_other *other = &kept_others[i];

		seq_printf(file, "area 0x%lx %lu\n", (unsigned long)other->area, LEAKER_AREA_BYTES);
		seq_printf(file, "percpu 0x%lx %u\n", (__force unsigned long)other->percpu,
			   LEAKER_PERCPU_BYTES);
		show_block(file, other->pages, PAGE_SIZE << LEAKER_PAGE_ORDER);
		show_block(file, (unsigned long)other->exact, LEAKER_EXACT_BYTES);
	}
	return 0;
}

static void free_others(void)
{
	unsigned int i;

	for (i = 0; kept_others && i < others && !leave; i++) {
		vfree(kept_others[i].area);
		free_percpu(kept_others[i].percpu);
		free_pages(kept_others[i].pages, LEAKER_PAGE_ORDER);
		if (kept_others[i].exact)
			free_pages_exact(kept_others[i].exact, LEAKER_EXACT_BYTES);
	}
	kfree(kept_others);
}

static void free_everything(void)
{
	struct leaker_object *object, *next;

	list_for_each_entry_safe(object, next, &kept_cached, entry)
		kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	free_others();
	if (leave)
		return;
	list_for_each_entry_safe(object, next, &kept, entry)
		kfree(object);
}

static int check_settings(void)
{
	if (bytes < sizeof(struct leaker_object) || bytes > KMALLOC_MAX_SIZE) {
		pr_err("bytes=%u is not between %zu and %lu\n", bytes, sizeof(struct leaker_object),
		       KMALLOC_MAX_SIZE);
		return -EINVAL;
	}
	if (!keep_one_in || rate > 100 || (!rate && !n) || others > LEAKER_MAX_OTHERS) {
		pr_err("keep_one_in=%u rate=%u n=%u others=%u make no sense\n", keep_one_in, rate,
		       n, others);
		return -EINVAL;
	}
	return 0;
}

static int begin(void)
{
	unsigned int round;

	if (!rate) {
		for (round = 0; round < n; round++)
			leak_round();
		return 0;
	}
	thread = kthread_run(leak_for_a_while, NULL, "leaker");
	return PTR_ERR_OR_ZERO(thread);
}

static int __init leaker_init(void)
{
	int error = check_settings();

	if (error)
		return error;
	sites[BY_OPEN].bytes_req = bytes;
	sites[BY_CLOSE].bytes_req = bytes;
	cache = kmem_cache_create("leaker-object", LEAKER_CACHE_BYTES, 0, 0, workload_construct);
	if (!cache)
		return -ENOMEM;
	error = leak_others();
	if (error)
		goto err_free;
	error = -ENOMEM;
	if (!proc_create_single_data(KBUILD_MODNAME, 0400, NULL, show, &all_sites))
		goto err_free;
	error = begin();
	if (error)
		goto err_report;
	return 0;

err_report:
	workload_report_destroy();
err_free:
	leave = false;
	free_everything();
	return error;
}
module_init(leaker_init);

static void __exit leaker_exit(void)
{
	if (thread)
		kthread_stop(thread);
	workload_report_destroy();
	free_everything();
}
module_exit(leaker_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Leaks known objects at known places");
