// SPDX-License-Identifier: GPL-2.0
/* fragmenter.ko: fills slabs and frees all but one object of each, which pin them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/sort.h>

#include "workload.h"

#define FRAGMENTER_CACHE "fragmenter-object"

static unsigned int slabs = 40;
module_param(slabs, uint, 0400);
MODULE_PARM_DESC(slabs, "slabs that are to be pinned");

static unsigned int bytes = 500;
module_param(bytes, uint, 0400);
MODULE_PARM_DESC(bytes, "size of the objects");

static struct workload_site site = { "fragmenter_take", "-", FRAGMENTER_CACHE };
static struct workload_sites all_sites = { 1, &site };
static struct kmem_cache *cache;
/* Objects in the order of their addresses; those that pin a slab, at last. */
static void **objects;
static unsigned int nr_objects;

static noinline void *fragmenter_take(void)
{
	return workload_count_made(&site, kmem_cache_alloc(cache, GFP_KERNEL));
}

static unsigned long slab_of(const void *object)
{
	return page_to_pfn(virt_to_head_page(object));
}

static int compare(const void *a, const void *b)
{
	const unsigned long one = *(const unsigned long *)a, other = *(const unsigned long *)b;

	return one < other ? -1 : one > other;
}

static void free_everything(void)
{
	unsigned int i;

	for (i = 0; i < nr_objects; i++)
		kmem_cache_free(cache, objects[i]);
	kvfree(objects);
	kmem_cache_destroy(cache);
}

/* Takes until there are more slabs than wanted: the last one of each CPU is not filled. */
static int fill(void)
{
	unsigned int most = slabs * ((PAGE_SIZE << get_order(bytes)) / bytes + 1) * 16;

	objects = kvcalloc(most, sizeof(void *), GFP_KERNEL);
	if (!objects)
		return -ENOMEM;
	while (nr_objects < most) {
		unsigned int i, nr_slabs = 0;

		objects[nr_objects] = fragmenter_take();
		if (!objects[nr_objects])
			return -ENOMEM;
		nr_objects++;
		/* Slabs are counted when it may be enough. */
		if (nr_objects % 64)
			continue;
		sort(objects, nr_objects, sizeof(void *), compare, NULL);
		for (i = 0; i < nr_objects; i++)
			nr_slabs += !i || slab_of(objects[i]) != slab_of(objects[i - 1]);
		if (nr_slabs >= slabs)
			return 0;
	}
	return -ENOSPC;
}

/* Keeps the first object of each of the first slabs. */
static void thin_out(void)
{
	unsigned int i, nr_kept = 0;
	unsigned long last = 0;

	for (i = 0; i < nr_objects; i++) {
		void *object = objects[i];

		if (nr_kept < slabs && slab_of(object) != last) {
			last = slab_of(object);
			objects[nr_kept++] = object;
			continue;
		}
		kmem_cache_free(cache, object);
		atomic64_inc(&site.freed);
	}
	nr_objects = nr_kept;
	kmem_cache_shrink(cache);
}

static int show_slabs(struct seq_file *file, void *unused)
{
	unsigned int i;

	workload_show(file, unused);
	seq_puts(file, "#pfn pages object\n");
	for (i = 0; i < nr_objects; i++)
		seq_printf(file, "slab %lu %lu 0x%lx\n", slab_of(objects[i]),
			   1UL << compound_order(virt_to_head_page(objects[i])),
			   (unsigned long)objects[i]);
	return 0;
}

static int __init fragmenter_init(void)
{
	int error;

	if (!slabs || slabs > 10000 || bytes < sizeof(long) || bytes > PAGE_SIZE) {
		pr_err("slabs=%u bytes=%u make no sense\n", slabs, bytes);
		return -EINVAL;
	}
	site.bytes_req = bytes;
	cache = kmem_cache_create(FRAGMENTER_CACHE, bytes, 0, 0, workload_construct);
	if (!cache)
		return -ENOMEM;
	error = fill();
	if (error)
		goto err_free;
	thin_out();
	error = proc_create_single_data(KBUILD_MODNAME, 0400, NULL, show_slabs, &all_sites) ?
			0 :
			-ENOMEM;
	if (error)
		goto err_free;
	return 0;

err_free:
	free_everything();
	return error;
}
module_init(fragmenter_init);

static void __exit fragmenter_exit(void)
{
	workload_report_destroy();
	free_everything();
}
module_exit(fragmenter_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Pins slabs with one object each");
