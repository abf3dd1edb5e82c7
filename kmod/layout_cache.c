// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the name of a slab cache, and the cache of a slab, in structures that the kernel keeps private:
 * makes a cache with a known name and looks where the name, and in the slab the cache, turns up.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "layout.h"

struct memmon_layout memmon_layout = { .name_offset = -1, .slab_cache_offset = -1 };

/* An object size that nothing else uses, and how far into struct kmem_cache to look. */
#define TEST_OBJECT_BYTES 1352
#define SEARCH_BYTES 512
#define TEST_NAME_BYTES 32

/* A cache with a constructor is never merged with another, on any kernel. */
static void construct(void *object)
{
}

static bool holds_name(const void *field, const char *name)
{
	char copy[TEST_NAME_BYTES];
	const char *pointer;
	size_t bytes = strlen(name) + 1;

	if (copy_from_kernel_nofault(&pointer, field, sizeof(pointer)))
		return false;
	/* Kernel addresses are the upper half; anything else is not worth a fault. */
	if ((long)pointer >= 0 || copy_from_kernel_nofault(copy, pointer, bytes))
		return false;
	return !memcmp(copy, name, bytes);
}

static int find_name(const struct kmem_cache *s, const char *name)
{
	int offset;

	for (offset = 0; offset < SEARCH_BYTES; offset += sizeof(void *)) {
		if (holds_name((const void *)s + offset, name))
			return offset;
	}
	return -1;
}

static int find_slab_cache(struct kmem_cache *s)
{
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	int offset, found = -1;
	const void *page;

	if (!object)
		return -1;
	page = virt_to_head_page(object);
	for (offset = 0; offset < sizeof(struct page) && found < 0; offset += sizeof(void *)) {
		if (*(struct kmem_cache **)(page + offset) == s)
			found = offset;
	}
	kmem_cache_free(s, object);
	return found;
}

/* Looks with one test cache. Return: 0 or -ENOMEM. */
static int look(const char *name, struct memmon_layout *found)
{
	struct kmem_cache *s = kmem_cache_create(name, TEST_OBJECT_BYTES, 0, 0, construct);

	if (!s)
		return -ENOMEM;
	found->name_offset = find_name(s, name);
	found->slab_cache_offset = find_slab_cache(s);
	kmem_cache_destroy(s);
	return 0;
}

/**
 * memmon_layout_find_cache - find where struct kmem_cache keeps its name and a slab its cache
 *
 * What two test caches do not agree on stays unknown (-1).
 *
 * Context: process; may sleep.
 * Return: 0, also if nothing was found; -ENOMEM.
 */
int memmon_layout_find_cache(void)
{
	struct memmon_layout first, second;
	int ret;

	ret = look("mem_monitor-test-first", &first);
	if (ret)
		return ret;
	ret = look("mem_monitor-test-second", &second);
	if (ret)
		return ret;
	if (first.name_offset == second.name_offset)
		memmon_layout.name_offset = first.name_offset;
	if (first.slab_cache_offset == second.slab_cache_offset)
		memmon_layout.slab_cache_offset = first.slab_cache_offset;
	return 0;
}
