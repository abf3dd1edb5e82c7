// SPDX-License-Identifier: GPL-2.0
/*
 * Do the tracepoints of slab objects say the cache, and is the node in them all? Since commit 2c1d697fb8ba
 * ("mm/slab_common: drop kmem_alloc & avoid dereferencing fields when not using") (v6.1) and 11e9734bcb6a
 * ("mm/slab_common: unify NUMA and UMA version of tracepoints") (v6.1).
 */
#include <linux/slab.h>
#include <trace/events/kmem.h>

static void on_cache_alloc(void *data, unsigned long call_site, const void *ptr,
			   struct kmem_cache *s, gfp_t gfp, int node)
{
}

void ask(void);
void ask(void)
{
	check_trace_callback_type_kmem_cache_alloc(on_cache_alloc);
}
