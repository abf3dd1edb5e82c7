// SPDX-License-Identifier: GPL-2.0
/* Does kmem_cache_alloc_bulk() say that it succeeded by a bool instead of the number of objects? */
#include <linux/slab.h>

void ask(struct kmem_cache *s, void **objects);
void ask(struct kmem_cache *s, void **objects)
{
	_Static_assert(__builtin_types_compatible_p(
			       __typeof__(kmem_cache_alloc_bulk(s, GFP_KERNEL, 1, objects)), bool),
		       "a bool");
}
