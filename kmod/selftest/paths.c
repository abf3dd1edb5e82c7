// SPDX-License-Identifier: GPL-2.0
/* All paths in all their contexts: a batch for each, with room for its objects, before anything is made. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "selftest.h"

#define PATIENCE_SECONDS 60

static const struct selftest_path *const tables[] = {
	selftest_slab_paths,
	selftest_rcu_paths,
	selftest_page_paths,
	selftest_other_paths,
};

static struct kmem_cache *caches[SELFTEST_NR_CACHES];
static const char *const cache_names[SELFTEST_NR_CACHES] = {
	[SELFTEST_PLAIN] = "memmon_selftest_plain",
	[SELFTEST_BULK] = "memmon_selftest_bulk",
	[SELFTEST_RCU] = "memmon_selftest_rcu",
	[SELFTEST_TYPESAFE] = "memmon_selftest_typesafe",
	[SELFTEST_REUSED] = "memmon_selftest_reused",
};

static const unsigned int cache_bytes[SELFTEST_NR_CACHES] = {
	[SELFTEST_PLAIN] = 456,	   [SELFTEST_BULK] = 328,   [SELFTEST_RCU] = 264,
	[SELFTEST_TYPESAFE] = 392, [SELFTEST_REUSED] = 584,
};

static struct selftest_batch *batches;
static unsigned int nr_batches;

/* A cache with a constructor is never merged with another, so its name stays its own. */
static void construct(void *object)
{
}

const char *selftest_cache_name(enum selftest_cache which)
{
	return cache_names[which];
}

/*
 * Where kmem_cache_destroy() does not wait for what is on its way through kfree_rcu(), the last slab of the
 * cache is waited for. What takes longer than this will be reported by the kernel.
 */
static void await_queued(struct kmem_cache *cache)
{
	unsigned long end = jiffies + PATIENCE_SECONDS * HZ;

	if (IS_ENABLED(CONFIG_KVFREE_RCU_BATCHED))
		return;
	while (kmem_cache_shrink(cache) && time_before(jiffies, end))
		msleep(100);
}

/**
 * selftest_caches_destroy - all caches go; their objects are given back
 *
 * Context: may sleep.
 */
void selftest_caches_destroy(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caches); i++) {
		if (!caches[i])
			continue;
		await_queued(caches[i]);
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
}

static int create_caches(void)
{
	unsigned int i;

	for (i = SELFTEST_NO_CACHE + 1; i < ARRAY_SIZE(caches); i++) {
		slab_flags_t flags = i == SELFTEST_TYPESAFE ? SLAB_TYPESAFE_BY_RCU : 0;

		caches[i] = kmem_cache_create(cache_names[i], cache_bytes[i], 0, flags, construct);
		if (!caches[i])
			return -ENOMEM;
	}
	return 0;
}

static bool is_possible(enum selftest_context context)
{
	switch (context) {
	case SELFTEST_OTHER_CPU:
		return num_online_cpus() > 1;
	case SELFTEST_HARDIRQ:
		/* There the allocators take locks that sleep. */
		return !IS_ENABLED(CONFIG_PREEMPT_RT);
	case SELFTEST_NMI:
		return selftest_nmi_is_there();
	default:
		return true;
	}
}

static int init_batch(struct selftest_batch *batch, const struct selftest_path *path,
		      enum selftest_context context)
{
	bool is_atomic = context != SELFTEST_TASK && context != SELFTEST_OTHER_CPU &&
			 path->makes_in & 1U << context;

	batch->path = path;
	batch->context = context;
	batch->gfp = (is_atomic ? GFP_ATOMIC : GFP_KERNEL) | __GFP_NOWARN;
	batch->cache = caches[path->cache];
	if (path->kind == SELFTEST_PAGES)
		batch->bytes = PAGE_SIZE << path->order;
	else
		batch->bytes = batch->cache ? kmem_cache_size(batch->cache) : path->bytes;
	batch->nr = path->nr;
	batch->objects = kvcalloc(path->nr, sizeof(*batch->objects), GFP_KERNEL);
	return batch->objects ? 0 : -ENOMEM;
}

/* Goes over all paths and contexts; @to is NULL to count only. */
static int each_batch(struct selftest_batch *to)
{
	const struct selftest_path *path;
	unsigned int i, context;
	int nr = 0, err;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (path = tables[i]; path->name; path++) {
			for (context = 0; context < SELFTEST_NR_CONTEXTS; context++) {
				if (!(path->contexts & 1U << context) || !is_possible(context))
					continue;
				err = to ? init_batch(&to[nr], path, context) : 0;
				if (err)
					return err;
				nr++;
			}
		}
	}
	return nr;
}

/**
 * selftest_paths_init - get all that the paths need, so that they ask for nothing but what is listed
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int selftest_paths_init(void)
{
	int err = create_caches();

	if (err)
		goto err_exit;
	nr_batches = each_batch(NULL);
	batches = kvcalloc(nr_batches, sizeof(*batches), GFP_KERNEL);
	if (!batches) {
		nr_batches = 0;
		err = -ENOMEM;
		goto err_exit;
	}
	err = each_batch(batches);
	if (err < 0)
		goto err_exit;
	return 0;

err_exit:
	selftest_paths_exit();
	return err;
}

/**
 * selftest_paths_exit - undo selftest_paths_init(); all objects are given back
 *
 * Context: may sleep.
 */
void selftest_paths_exit(void)
{
	unsigned int i;

	for (i = 0; i < nr_batches; i++)
		kvfree(batches[i].objects);
	kvfree(batches);
	batches = NULL;
	nr_batches = 0;
	selftest_caches_destroy();
}

unsigned int selftest_nr_batches(void)
{
	return nr_batches;
}

struct selftest_batch *selftest_batch(unsigned int i)
{
	return &batches[i];
}

/* Notes that an object was asked for; @object is NULL if it was not got. Context: any. */
void selftest_got(struct selftest_batch *batch, unsigned int i, void *object)
{
	struct selftest_object *entry = &batch->objects[i];

	entry->object = object;
	entry->born_bytes = batch->bytes;
	entry->bytes = entry->born_bytes;
	entry->state = object ? SELFTEST_HELD : SELFTEST_FAILED;
	entry->pages_left =
		batch->path->kind == SELFTEST_PAGES && object ? 1U << batch->path->order : 0;
}

/* Notes that an object was given back. Context: any. */
void selftest_gave(struct selftest_batch *batch, unsigned int i)
{
	batch->objects[i].state = batch->path->is_queued ? SELFTEST_QUEUED : SELFTEST_FREED;
	batch->objects[i].pages_left = 0;
}

/**
 * selftest_make - make a batch: the work of a context
 * @batch: nothing of it is made yet
 * @first: 0
 * @end: number of its objects
 *
 * Context: any that the path may be taken in.
 */
void selftest_make(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	unsigned int i;

	batch->is_made = true;
	if (batch->path->make) {
		batch->path->make(batch);
		return;
	}
	for (i = first; i < end; i++)
		selftest_got(batch, i, batch->path->get(batch));
}

/**
 * selftest_free - give back those of some objects that are held: the work of a context
 * @batch: the batch
 * @first: number of the first
 * @end: number behind the last
 *
 * Context: any that the path may be taken in.
 */
void selftest_free(struct selftest_batch *batch, unsigned int first, unsigned int end)
{
	unsigned int i;

	if (batch->path->free) {
		batch->path->free(batch, first, end);
		return;
	}
	for (i = first; i < end; i++) {
		if (batch->objects[i].state != SELFTEST_HELD)
			continue;
		batch->path->put(batch, batch->objects[i].object);
		selftest_gave(batch, i);
	}
}

/**
 * selftest_gather - those of some objects that are held, in a row, to be given back at once
 * @batch: the batch
 * @first: number of the first
 * @end: number behind the last
 * @objects: where they go
 *
 * They count as given back from now on.
 *
 * Context: any.
 * Return: how many there are.
 */
unsigned int selftest_gather(struct selftest_batch *batch, unsigned int first, unsigned int end,
			     void **objects)
{
	unsigned int i, nr = 0;

	for (i = first; i < end; i++) {
		if (batch->objects[i].state != SELFTEST_HELD)
			continue;
		objects[nr++] = batch->objects[i].object;
		selftest_gave(batch, i);
	}
	return nr;
}
