// SPDX-License-Identifier: GPL-2.0
/* Paths of the page allocator: blocks of all small orders, split ones, bulks. */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/topology.h>

#include "selftest.h"

/* Pages of one that asks for a number of bytes, and gets the rest of its block taken away again. */
#define EXACT_PAGES 5

static void *get_block(struct selftest_batch *batch)
{
	return alloc_pages(batch->gfp, batch->path->order);
}

static void *get_address(struct selftest_batch *batch)
{
	unsigned long address = __get_free_pages(batch->gfp, batch->path->order);

	return address ? virt_to_page((void *)address) : NULL;
}

static void put_block(struct selftest_batch *batch, void *object)
{
	__free_pages(object, batch->path->order);
}

static void put_address(struct selftest_batch *batch, void *object)
{
	free_pages((unsigned long)page_address(object), batch->path->order);
}

static void put_page_reference(struct selftest_batch *batch, void *object)
{
	put_page(object);
}

static void free_released(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	struct page *pages[SELFTEST_OBJECTS];
	unsigned int nr = selftest_gather(batch, first, end, (void **)pages);

	if (nr)
		release_pages(pages, nr);
}

static void make_bulk(struct selftest_batch *batch)
{
	struct page *pages[SELFTEST_OBJECTS] = {};
	unsigned int i, nr;

#ifdef alloc_pages_bulk
	nr = alloc_pages_bulk(batch->gfp, batch->nr, pages);
#else
	nr = alloc_pages_bulk_array(batch->gfp, batch->nr, pages);
#endif
	for (i = 0; i < nr; i++)
		selftest_got(batch, i, pages[i]);
}

static void *get_split(struct selftest_batch *batch)
{
	struct page *page = alloc_pages(batch->gfp, batch->path->order);

	if (page)
		split_page(page, batch->path->order);
	return page;
}

/* The last pages of the block go one by one, until so many are left. */
static void shrink(struct selftest_object *object, unsigned int pages_left)
{
	struct page *page = object->object;

	while (object->pages_left > pages_left)
		__free_page(page + --object->pages_left);
}

static void put_split(struct selftest_batch *batch, void *object)
{
	unsigned int i;

	for (i = 0; i < 1U << batch->path->order; i++)
		__free_page((struct page *)object + i);
}

/* Of each block the last half first, and the rest with the rest of the batch. */
static void free_halves(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	unsigned int i;

	if (!first) {
		for (i = 0; i < batch->nr; i++)
			if (batch->objects[i].state == SELFTEST_HELD)
				shrink(&batch->objects[i], 1U << batch->path->order >> 1);
		return;
	}
	for (i = 0; i < batch->nr; i++) {
		if (batch->objects[i].state != SELFTEST_HELD)
			continue;
		shrink(&batch->objects[i], 0);
		selftest_gave(batch, i);
	}
}

static void make_exact(struct selftest_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		void *address = alloc_pages_exact(EXACT_PAGES * PAGE_SIZE, batch->gfp);

		selftest_got(batch, i, address ? virt_to_page(address) : NULL);
		if (address)
			batch->objects[i].pages_left = EXACT_PAGES;
	}
}

static void put_exact(struct selftest_batch *batch, void *object)
{
	free_pages_exact(page_address(object), EXACT_PAGES * PAGE_SIZE);
}

#ifdef alloc_pages_nolock
static void *get_nolock(struct selftest_batch *batch)
{
	return alloc_pages_nolock(0, NUMA_NO_NODE, batch->path->order);
}
#endif

#define PAGES(name_, order_, freed_by_, ...)                                            \
	{                                                                               \
		.name = name_, .freed_by = freed_by_, .kind = SELFTEST_PAGES,           \
		.contexts = SELFTEST_ANYWHERE, .makes_in = SELFTEST_ANYWHERE,           \
		.frees_in = SELFTEST_ANYWHERE, .nr = SELFTEST_OBJECTS, .order = order_, \
		__VA_ARGS__                                                             \
	}

const struct selftest_path selftest_page_paths[] = {
	PAGES("alloc_pages", 0, "__free_pages", .get = get_block, .put = put_block),
	PAGES("alloc_pages", 1, "__free_pages", .get = get_block, .put = put_block),
	PAGES("alloc_pages", 2, "__free_pages", .get = get_block, .put = put_block),
	PAGES("alloc_pages", 3, "__free_pages", .get = get_block, .put = put_block),
	PAGES("alloc_pages", 4, "__free_pages", .get = get_block, .put = put_block),
	PAGES("alloc_pages", 0, "put_page", .get = get_block, .put = put_page_reference),
	PAGES("alloc_pages", 0, "release_pages", .get = get_block, .free = free_released,
	      .frees_in = SELFTEST_IN_TASKS),
	PAGES("__get_free_pages", 1, "free_pages", .get = get_address, .put = put_address),
	PAGES("alloc_pages_bulk", 0, "__free_pages", .make = make_bulk, .put = put_block),
	PAGES("split_page", 3, "__free_page", .get = get_split, .put = put_split),
	PAGES("split_page", 2, "__free_page_halves", .get = get_split, .free = free_halves),
	PAGES("alloc_pages_exact", 3, "free_pages_exact", .make = make_exact, .put = put_exact),
#ifdef alloc_pages_nolock
	{ .name = "alloc_pages_nolock",
	  .freed_by = "__free_pages",
	  .kind = SELFTEST_PAGES,
	  .contexts = SELFTEST_ANYWHERE | SELFTEST_IN(NMI),
	  .makes_in = SELFTEST_ANYWHERE | SELFTEST_IN(NMI),
	  .frees_in = SELFTEST_ANYWHERE,
	  .nr = SELFTEST_OBJECTS,
	  .order = 1,
	  .get = get_nolock,
	  .put = put_block },
#endif
	{}
};
