// SPDX-License-Identifier: GPL-2.0
/* Paths that give back later: kfree_rcu() in all its forms. */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "selftest.h"

/*
 * Newer kernels collect such objects by CPU and size, and give them back when there are enough: so many
 * that some of them do come back.
 */
#define QUEUED_OBJECTS 96
#define QUEUED_AREAS 4

struct queued {
	struct rcu_head rcu;
};

static void *get_kmalloc(struct selftest_batch *batch)
{
	return kmalloc(batch->path->bytes, batch->gfp);
}

static void *get_cache(struct selftest_batch *batch)
{
	return kmem_cache_alloc(batch->cache, batch->gfp);
}

static void *get_vmalloc(struct selftest_batch *batch)
{
	return vmalloc(batch->path->bytes);
}

static void put_rcu(struct selftest_batch *batch, void *object)
{
	struct queued *queued = object;

	kfree_rcu(queued, rcu);
}

static void put_rcu_mightsleep(struct selftest_batch *batch, void *object)
{
	kvfree_rcu_mightsleep(object);
}

#ifdef kfree_rcu_nolock
struct queued_nolock {
	struct kvfree_rcu_head rcu;
};

static void *get_nolock(struct selftest_batch *batch)
{
	return kmalloc_nolock(batch->path->bytes, 0, NUMA_NO_NODE);
}

static void put_rcu_nolock(struct selftest_batch *batch, void *object)
{
	struct queued_nolock *queued = object;

	kfree_rcu_nolock(queued, rcu);
}
#endif

#define QUEUED(name_, bytes_, which, contexts_, nr_, get_, freed_by_, put_)                  \
	{                                                                                    \
		.name = name_, .freed_by = freed_by_, .contexts = contexts_,                 \
		.makes_in = SELFTEST_ANYWHERE, .frees_in = SELFTEST_ANYWHERE, .nr = nr_,     \
		.bytes = bytes_, .cache = which, .is_queued = true, .get = get_, .put = put_ \
	}

const struct selftest_path selftest_rcu_paths[] = {
	QUEUED("kmalloc", 269, SELFTEST_NO_CACHE, SELFTEST_ANYWHERE, QUEUED_OBJECTS, get_kmalloc,
	       "kfree_rcu", put_rcu),
	QUEUED("kmem_cache_alloc", 0, SELFTEST_RCU, SELFTEST_ANYWHERE, QUEUED_OBJECTS, get_cache,
	       "kfree_rcu", put_rcu),
	QUEUED("kmalloc", 271, SELFTEST_NO_CACHE, SELFTEST_IN_TASKS, QUEUED_OBJECTS, get_kmalloc,
	       "kfree_rcu_mightsleep", put_rcu_mightsleep),
	QUEUED("kmalloc_large", 18013, SELFTEST_NO_CACHE, SELFTEST_IN(TASK), QUEUED_AREAS,
	       get_kmalloc, "kfree_rcu", put_rcu),
	{ .name = "vmalloc",
	  .freed_by = "kvfree_rcu_mightsleep",
	  .kind = SELFTEST_VMALLOC,
	  .contexts = SELFTEST_IN(TASK),
	  .nr = QUEUED_AREAS,
	  .bytes = 14009,
	  .is_queued = true,
	  .get = get_vmalloc,
	  .put = put_rcu_mightsleep },
#ifdef kfree_rcu_nolock
	{ .name = "kmalloc_nolock",
	  .freed_by = "kfree_rcu_nolock",
	  .contexts = SELFTEST_ANYWHERE | SELFTEST_IN(NMI),
	  .makes_in = SELFTEST_ANYWHERE | SELFTEST_IN(NMI),
	  .frees_in = SELFTEST_ANYWHERE | SELFTEST_IN(NMI),
	  .nr = QUEUED_OBJECTS,
	  .bytes = 277,
	  .is_queued = true,
	  .get = get_nolock,
	  .put = put_rcu_nolock },
#endif
	{}
};
