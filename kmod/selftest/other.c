// SPDX-License-Identifier: GPL-2.0
/* Paths of vmalloc, of the per-CPU allocator and of kmalloc_nolock(); failures, and frees of nothing. */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>

#include "selftest.h"

/* More than there is. */
#define ABSURD_BYTES ((1UL << 40) + 1)

static void *get_vmalloc(struct selftest_batch *batch)
{
	return vmalloc(batch->path->bytes);
}

static void *get_failing_vmalloc(struct selftest_batch *batch)
{
	return __vmalloc(batch->path->bytes, batch->gfp);
}

static void put_vmalloc(struct selftest_batch *batch, void *object)
{
	vfree(object);
}

static void *get_percpu(struct selftest_batch *batch)
{
	void __percpu *object = __alloc_percpu_gfp(batch->path->bytes, sizeof(long), batch->gfp);

	return (void *)(__force unsigned long)object;
}

static void put_percpu(struct selftest_batch *batch, void *object)
{
	free_percpu((__force void __percpu *)(unsigned long)object);
}

static void make_nothing(struct selftest_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		kfree(i % 2 ? NULL : ZERO_SIZE_PTR);
		batch->objects[i].state = SELFTEST_NULL;
	}
}

#ifdef kmalloc_nolock
static void *get_nolock(struct selftest_batch *batch)
{
	return kmalloc_nolock(batch->path->bytes, 0, NUMA_NO_NODE);
}

static void put_nolock(struct selftest_batch *batch, void *object)
{
	kfree_nolock(object);
}

static void put_kfree(struct selftest_batch *batch, void *object)
{
	kfree(object);
}

#define NOLOCK(bytes_, contexts_, freed_by_, put_)                                      \
	{                                                                               \
		.name = "kmalloc_nolock", .freed_by = freed_by_, .contexts = contexts_, \
		.makes_in = contexts_, .frees_in = contexts_, .nr = SELFTEST_OBJECTS,   \
		.bytes = bytes_, .get = get_nolock, .put = put_                         \
	}
#endif

const struct selftest_path selftest_other_paths[] = {
	{ .name = "vmalloc",
	  .freed_by = "vfree",
	  .kind = SELFTEST_VMALLOC,
	  .contexts = SELFTEST_ANYWHERE,
	  .frees_in = SELFTEST_ANYWHERE,
	  .nr = SELFTEST_OBJECTS,
	  .bytes = 13001,
	  .get = get_vmalloc,
	  .put = put_vmalloc },
	{ .name = "vmalloc_failed",
	  .freed_by = "vfree",
	  .kind = SELFTEST_VMALLOC,
	  .contexts = SELFTEST_IN(TASK),
	  .nr = SELFTEST_OBJECTS,
	  .bytes = ABSURD_BYTES,
	  .get = get_failing_vmalloc,
	  .put = put_vmalloc },
	{ .name = "alloc_percpu",
	  .freed_by = "free_percpu",
	  .kind = SELFTEST_PERCPU,
	  .contexts = SELFTEST_ANYWHERE,
	  .makes_in = SELFTEST_ANYWHERE,
	  .frees_in = SELFTEST_ANYWHERE,
	  .nr = SELFTEST_OBJECTS,
	  .bytes = 72,
	  .get = get_percpu,
	  .put = put_percpu },
	{ .name = "nothing",
	  .freed_by = "kfree",
	  .contexts = SELFTEST_ANYWHERE,
	  .makes_in = SELFTEST_ANYWHERE,
	  .nr = SELFTEST_OBJECTS,
	  .make = make_nothing },
#ifdef kmalloc_nolock
	NOLOCK(347, SELFTEST_ANYWHERE | SELFTEST_IN(NMI), "kfree_nolock", put_nolock),
	NOLOCK(349, SELFTEST_ANYWHERE, "kfree", put_kfree),
	/* It has no large objects. */
	NOLOCK(KMALLOC_MAX_CACHE_SIZE + 1, SELFTEST_IN(TASK), "kfree_failed", put_kfree),
#endif
	{}
};
