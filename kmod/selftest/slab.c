// SPDX-License-Identifier: GPL-2.0
/* Paths of the slab allocator: single objects, large ones, bulks, krealloc(), and addresses that come again. */
#include <linux/mm.h>
#include <linux/topology.h>

#include "selftest.h"

/* Sizes that are known at compile time go another way through the allocator. */
#define CONSTANT_BYTES 1501
#define LARGE_CONSTANT_BYTES 20011
/* Of one size class; of another one; and more than there is. */
#define KREALLOC_BYTES 1033
#define KREALLOC_NEAR_BYTES 1913
#define KREALLOC_FAR_BYTES 3041
#define ABSURD_BYTES ((1UL << 40) + 1)
/* How often an address is waited for to come again. */
#define REUSE_TRIES 64

static void *get_constant(struct selftest_batch *batch)
{
	return kmalloc(CONSTANT_BYTES, batch->gfp);
}

static void *get_large_constant(struct selftest_batch *batch)
{
	return kmalloc(LARGE_CONSTANT_BYTES, batch->gfp);
}

static void *get_kmalloc(struct selftest_batch *batch)
{
	return kmalloc(batch->path->bytes, batch->gfp);
}

static void *get_node(struct selftest_batch *batch)
{
	return kmalloc_node(batch->path->bytes, batch->gfp, numa_mem_id());
}

static void *get_zeroed(struct selftest_batch *batch)
{
	return kzalloc(batch->path->bytes, batch->gfp);
}

static void *get_cache(struct selftest_batch *batch)
{
	return kmem_cache_alloc(batch->cache, batch->gfp);
}

static void *get_cache_node(struct selftest_batch *batch)
{
	return kmem_cache_alloc_node(batch->cache, batch->gfp, numa_mem_id());
}

static void put_kfree(struct selftest_batch *batch, void *object)
{
	kfree(object);
}

static void put_sensitive(struct selftest_batch *batch, void *object)
{
	kfree_sensitive(object);
}

static void put_cache(struct selftest_batch *batch, void *object)
{
	kmem_cache_free(batch->cache, object);
}

static void make_bulk(struct selftest_batch *batch)
{
	void *objects[SELFTEST_OBJECTS];
	unsigned int i;

	/* All or nothing: what is returned was a number once, and is a bool now. */
	if (!kmem_cache_alloc_bulk(batch->cache, batch->gfp, batch->nr, objects))
		return;
	for (i = 0; i < batch->nr; i++)
		selftest_got(batch, i, objects[i]);
}

static void free_cache_bulk(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	void *objects[SELFTEST_OBJECTS];
	unsigned int nr = selftest_gather(batch, first, end, objects);

	if (nr)
		kmem_cache_free_bulk(batch->cache, nr, objects);
}

static void free_kfree_bulk(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	void *objects[SELFTEST_OBJECTS];
	unsigned int nr = selftest_gather(batch, first, end, objects);

	if (nr)
		kfree_bulk(nr, objects);
}

static void make_resized(struct selftest_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		void *object = kmalloc(batch->path->bytes, batch->gfp);
		void *resized;

		selftest_got(batch, i, object);
		if (!object)
			continue;
		resized = krealloc(object, KREALLOC_NEAR_BYTES, batch->gfp);
		if (resized == object) {
			batch->objects[i].bytes = KREALLOC_NEAR_BYTES;
		} else if (resized) {
			/* An object of KFENCE has no room to grow. */
			batch->objects[i].state = SELFTEST_FREED;
			kfree(resized);
		}
	}
}

/* Every second object is the first one's new place. */
static void make_moved(struct selftest_batch *batch)
{
	unsigned int i;

	for (i = 0; i + 1 < batch->nr; i += 2) {
		void *object = kmalloc(batch->path->bytes, batch->gfp);
		void *moved;

		selftest_got(batch, i, object);
		if (!object)
			continue;
		moved = krealloc(object, KREALLOC_FAR_BYTES, batch->gfp);
		selftest_got(batch, i + 1, moved);
		batch->objects[i + 1].born_bytes = KREALLOC_FAR_BYTES;
		batch->objects[i + 1].bytes = KREALLOC_FAR_BYTES;
		if (moved)
			batch->objects[i].state = SELFTEST_FREED;
	}
}

/* Every second object is an attempt to enlarge the one before, which stays what it is. */
static void make_not_enlarged(struct selftest_batch *batch)
{
	unsigned int i;

	for (i = 0; i + 1 < batch->nr; i += 2) {
		void *object = kmalloc(batch->path->bytes, batch->gfp);

		selftest_got(batch, i, object);
		if (!object)
			continue;
		selftest_got(batch, i + 1, krealloc(object, ABSURD_BYTES, batch->gfp));
		batch->objects[i + 1].born_bytes = ABSURD_BYTES;
		batch->objects[i + 1].bytes = ABSURD_BYTES;
	}
}

/* Every second object lies where the first one was, if the allocator is willing. */
static void make_reused(struct selftest_batch *batch)
{
	void *others[REUSE_TRIES];
	unsigned int i, nr;

	for (i = 0; i + 1 < batch->nr; i += 2) {
		void *object = kmem_cache_alloc(batch->cache, batch->gfp), *again;

		selftest_got(batch, i, object);
		if (!object)
			continue;
		kmem_cache_free(batch->cache, object);
		batch->objects[i].state = SELFTEST_FREED;
		for (nr = 0; nr < REUSE_TRIES; nr++) {
			again = kmem_cache_alloc(batch->cache, batch->gfp);
			if (!again || again == object)
				break;
			others[nr] = again;
		}
		if (nr < REUSE_TRIES)
			selftest_got(batch, i + 1, again);
		while (nr--)
			kmem_cache_free(batch->cache, others[nr]);
	}
}

#define SLAB(name_, bytes_, contexts_, get_, freed_by_, put_)                     \
	{                                                                         \
		.name = name_, .freed_by = freed_by_, .contexts = contexts_,      \
		.makes_in = SELFTEST_ANYWHERE, .frees_in = SELFTEST_ANYWHERE,     \
		.nr = SELFTEST_OBJECTS, .bytes = bytes_, .get = get_, .put = put_ \
	}
#define CACHED(name_, which, get_, freed_by_, put_)                                  \
	{                                                                            \
		.name = name_, .freed_by = freed_by_, .contexts = SELFTEST_ANYWHERE, \
		.makes_in = SELFTEST_ANYWHERE, .frees_in = SELFTEST_ANYWHERE,        \
		.nr = SELFTEST_OBJECTS, .cache = which, .get = get_, .put = put_     \
	}
#define MADE(name_, bytes_, which, contexts_, make_, freed_by_, ...)                    \
	{                                                                               \
		.name = name_, .freed_by = freed_by_, .contexts = contexts_,            \
		.makes_in = SELFTEST_ANYWHERE, .frees_in = SELFTEST_ANYWHERE,           \
		.nr = SELFTEST_OBJECTS, .bytes = bytes_, .cache = which, .make = make_, \
		__VA_ARGS__                                                             \
	}

/* Where bulks may be made: the older allocators enable interrupts behind them. */
#define BULK_CONTEXTS (SELFTEST_IN_TASKS | SELFTEST_IN(SOFTIRQ))

const struct selftest_path selftest_slab_paths[] = {
	SLAB("kmalloc_constant", CONSTANT_BYTES, SELFTEST_ANYWHERE, get_constant, "kfree",
	     put_kfree),
	SLAB("kmalloc", 701, SELFTEST_ANYWHERE, get_kmalloc, "kfree", put_kfree),
	SLAB("kmalloc_node", 303, SELFTEST_ANYWHERE, get_node, "kfree", put_kfree),
	SLAB("kmalloc_large_constant", LARGE_CONSTANT_BYTES, SELFTEST_ANYWHERE, get_large_constant,
	     "kfree", put_kfree),
	SLAB("kmalloc_large", 17011, SELFTEST_ANYWHERE, get_kmalloc, "kfree", put_kfree),
	SLAB("kzalloc", 167, SELFTEST_ANYWHERE, get_zeroed, "kfree_sensitive", put_sensitive),
	MADE("krealloc_in_place", KREALLOC_BYTES, SELFTEST_NO_CACHE, SELFTEST_ANYWHERE,
	     make_resized, "kfree", .put = put_kfree),
	MADE("krealloc_moved", KREALLOC_BYTES, SELFTEST_NO_CACHE, SELFTEST_ANYWHERE, make_moved,
	     "kfree", .put = put_kfree),
	MADE("krealloc_failed", KREALLOC_BYTES, SELFTEST_NO_CACHE, SELFTEST_ANYWHERE,
	     make_not_enlarged, "kfree", .put = put_kfree),
	MADE("kmalloc", 89, SELFTEST_NO_CACHE, BULK_CONTEXTS, NULL, "kfree_bulk",
	     .get = get_kmalloc, .free = free_kfree_bulk),
	SLAB("kmalloc_failed", ABSURD_BYTES, SELFTEST_ANYWHERE, get_kmalloc, "kfree", put_kfree),
	CACHED("kmem_cache_alloc", SELFTEST_PLAIN, get_cache, "kmem_cache_free", put_cache),
	CACHED("kmem_cache_alloc", SELFTEST_PLAIN, get_cache, "kfree", put_kfree),
	CACHED("kmem_cache_alloc_node", SELFTEST_PLAIN, get_cache_node, "kmem_cache_free",
	       put_cache),
	CACHED("kmem_cache_typesafe", SELFTEST_TYPESAFE, get_cache, "kmem_cache_free", put_cache),
	MADE("kmem_cache_alloc_bulk", 0, SELFTEST_BULK, BULK_CONTEXTS, make_bulk,
	     "kmem_cache_free_bulk", .free = free_cache_bulk),
	MADE("kmem_cache_alloc_bulk", 0, SELFTEST_BULK, BULK_CONTEXTS, make_bulk, "kmem_cache_free",
	     .put = put_cache),
	MADE("kmem_cache_alloc", 0, SELFTEST_PLAIN, BULK_CONTEXTS, NULL, "kmem_cache_free_bulk",
	     .get = get_cache, .free = free_cache_bulk),
	MADE("kmem_cache_alloc_reused", 0, SELFTEST_REUSED, SELFTEST_IN(TASK), make_reused,
	     "kmem_cache_free", .put = put_cache),
	{}
};
