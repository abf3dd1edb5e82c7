// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the counters of a slab in the kernel's private struct slab: fills some slabs of a test cache, frees
 * a different number of objects in each, and looks for a word that counts what is left.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cache.h"
#include "compat/kfence.h"
#include "layout.h"
#include "slab.h"

struct memmon_slab_layout memmon_slab_layout = { .counters_offset = -1 };

/* An object size that nothing else uses. */
#define TEST_OBJECT_BYTES 1368
#define TEST_SLABS 4
/* More than fit into three slabs of the largest pages. */
#define TEST_OBJECTS 2048

/**
 * struct test_slab - a slab that objects of the test are in
 * @page: its first
 * @nr_objects: so many
 */
struct test_slab {
	struct page *page;
	unsigned int nr_objects;
};

/**
 * struct test - a cache with some objects
 * @s: the cache
 * @slabs: of it
 * @nr_slabs: how many there are
 * @nr_objects: in all slabs
 * @objects: TEST_OBJECTS of room
 */
struct test {
	struct kmem_cache *s;
	struct test_slab slabs[TEST_SLABS];
	unsigned int nr_slabs;
	unsigned int nr_objects;
	void **objects;
};

/* A cache with a constructor is never merged with another, on any kernel. */
static void construct(void *object)
{
}

/* The slab of an object, NULL if it is in none of the first ones. */
static struct test_slab *find_slab(struct test *t, const void *object)
{
	struct page *page = virt_to_head_page(object);
	unsigned int i;

	for (i = 0; i < t->nr_slabs; i++) {
		if (t->slabs[i].page == page)
			return &t->slabs[i];
	}
	if (t->nr_slabs == TEST_SLABS || memmon_kfence_owns(object))
		return NULL;
	t->slabs[t->nr_slabs].page = page;
	return &t->slabs[t->nr_slabs++];
}

/* Takes objects until all slabs are there, or room or memory is at its end. */
static void take_objects(struct test *t)
{
	while (t->nr_slabs < TEST_SLABS && t->nr_objects < TEST_OBJECTS) {
		void *object = kmem_cache_alloc(t->s, GFP_KERNEL);
		struct test_slab *slab;

		if (!object)
			break;
		t->objects[t->nr_objects++] = object;
		slab = find_slab(t, object);
		if (slab)
			slab->nr_objects++;
	}
}

/* Frees none of the first slab, one of the second, and so on, but never the last one that is left. */
static void free_some(struct test *t)
{
	unsigned int nr_freed[TEST_SLABS] = {}, i;

	for (i = 0; i < t->nr_objects; i++) {
		struct test_slab *slab = find_slab(t, t->objects[i]);
		unsigned int number = slab ? slab - t->slabs : 0;

		if (nr_freed[number] == number || slab->nr_objects == 1)
			continue;
		kmem_cache_free(t->s, t->objects[i]);
		t->objects[i] = NULL;
		nr_freed[number]++;
		slab->nr_objects--;
	}
}

/* Whether the slabs do not all have the same number of objects. */
static bool differ(const struct test *t)
{
	unsigned int i;

	for (i = 1; i < t->nr_slabs; i++) {
		if (t->slabs[i].nr_objects != t->slabs[0].nr_objects)
			return true;
	}
	return false;
}

/* Whether a word of a slab's struct page counts its objects as they are known to be. */
static bool counts(const struct test_slab *slab, int offset)
{
	unsigned long bytes = PAGE_SIZE << compound_order(slab->page);
	struct memmon_slab_counters c;

	memcpy(&c, (void *)slab->page + offset, sizeof(c));
	return c.in_use == slab->nr_objects && !c.is_frozen && c.objects >= c.in_use &&
	       c.objects <= bytes / TEST_OBJECT_BYTES;
}

/* Return: the one offset at which the counters of all slabs are right, -1 if there is not one. */
static int find_counters(const struct test *t)
{
	int offset, found = -1, nr_found = 0;
	unsigned int i;

	if (!differ(t))
		return -1;
	for (offset = 0; offset < sizeof(struct page); offset += sizeof(u32)) {
		for (i = 0; i < t->nr_slabs && counts(&t->slabs[i], offset); i++)
			;
		if (i == t->nr_slabs) {
			found = offset;
			nr_found++;
		}
	}
	return nr_found == 1 ? found : -1;
}

static void end_test(struct test *t)
{
	unsigned int i;

	for (i = 0; i < t->nr_objects; i++) {
		if (t->objects[i])
			kmem_cache_free(t->s, t->objects[i]);
	}
	kmem_cache_destroy(t->s);
	kvfree(t->objects);
}

/**
 * memmon_slab_find_layout - find where a slab keeps its counters
 *
 * Without memmon_layout_find_cache() having found the cache of a slab, there is nothing to find.
 *
 * Context: process; may sleep. While loading, after memmon_layout_find_cache().
 * Return: 0, also if nothing was found; -ENOMEM.
 */
int memmon_slab_find_layout(void)
{
	struct test t = { .objects = kvcalloc(TEST_OBJECTS, sizeof(void *), GFP_KERNEL) };

	if (!t.objects)
		return -ENOMEM;
	t.s = kmem_cache_create("mem_monitor-test-slabs", TEST_OBJECT_BYTES, 0, 0, construct);
	if (!t.s) {
		kvfree(t.objects);
		return -ENOMEM;
	}
	take_objects(&t);
	free_some(&t);
	/* What CPUs keep for themselves goes back to the slabs, whose counters are then right. */
	kmem_cache_shrink(t.s);
	memmon_slab_layout.cache_of_caches = memmon_cache_of_slab(t.s);
	if (memmon_slab_layout.cache_of_caches)
		memmon_slab_layout.counters_offset = find_counters(&t);
	end_test(&t);
	return 0;
}

/* For the status: whether slabs can be read, or why not. Context: any. */
const char *memmon_slab_state(void)
{
	if (memmon_layout.slab_cache_offset < 0)
		return "unavailable: no field of struct page held the cache of a test slab";
	if (!memmon_slab_is_readable())
		return "unavailable: no field of struct page held the counters of a test slab";
	return "calibrated";
}
