// SPDX-License-Identifier: GPL-2.0
/*
 * Slab caches. A slab is two pages; a new one lies behind all free memory. The slab that a cache allocates
 * from is frozen, and all its objects count as in use, until the cache is shrunk.
 */
#include "shim.h"

#define SLAB_ORDER 1
#define SLAB_BYTES (PAGE_SIZE << SLAB_ORDER)
/* Where the counters have it. */
#define OBJECTS_SHIFT 16
#define FROZEN (1U << 31)

bool shim_caches_differ;
bool shim_slabs_do_not_count;
bool shim_kfence_samples;

/* By number of the first page: whose it is, and which objects are taken. */
static struct {
	struct kmem_cache *s;
	u64 used;
} slabs[SHIM_NR_PAGES];

/* The cache that all are objects of, itself among them. */
static struct kmem_cache *cache_of_caches;

static unsigned int objects_of(const struct kmem_cache *s)
{
	assert(SLAB_BYTES / s->object_size > 1 && SLAB_BYTES / s->object_size < 64);
	return SLAB_BYTES / s->object_size;
}

static void count(unsigned int slab)
{
	const struct kmem_cache *s = slabs[slab].s;
	unsigned int objects = objects_of(s);
	bool is_frozen = s->cpu_slab == slab + 1;

	if (shim_slabs_do_not_count)
		return;
	shim_pages[slab].counters = (is_frozen ?
					     objects | FROZEN :
					     (unsigned int)__builtin_popcountll(slabs[slab].used)) |
				    objects << OBJECTS_SHIFT;
}

/* Page frame numbers of blocks are multiples of their size; numbers of pages are one less. */
static unsigned int make_slab(struct kmem_cache *s)
{
	unsigned int slab = SHIM_NR_PAGES - 3;

	while (slabs[slab].s) {
		assert(slab > SHIM_NR_PAGES / 2);
		slab -= 2;
	}
	slabs[slab].s = s;
	shim_pages[slab] = (struct page){ .is_slab = true, .slab_cache = s, .order = SLAB_ORDER };
	shim_pages[slab + 1] = (struct page){ .head = &shim_pages[slab] };
	return slab;
}

static void free_slab(unsigned int slab)
{
	slabs[slab].s = NULL;
	shim_pages[slab] = (struct page){};
	shim_pages[slab + 1] = (struct page){};
}

static bool has_room(unsigned int slab)
{
	return slabs[slab].used != (1ULL << objects_of(slabs[slab].s)) - 1;
}

/* The slab to take an object from, which is frozen from now on. */
static unsigned int choose_slab(struct kmem_cache *s)
{
	unsigned int slab, old = s->cpu_slab;

	if (old && has_room(old - 1))
		return old - 1;
	for (slab = 0; slab < SHIM_NR_PAGES; slab++) {
		if (slabs[slab].s == s && has_room(slab))
			break;
	}
	if (slab == SHIM_NR_PAGES)
		slab = make_slab(s);
	s->cpu_slab = slab + 1;
	if (old)
		count(old - 1);
	return slab;
}

static void *take(struct kmem_cache *s)
{
	unsigned int slab = choose_slab(s), i = 0;

	while (slabs[slab].used & 1ULL << i)
		i++;
	slabs[slab].used |= 1ULL << i;
	count(slab);
	return shim_memory + slab * PAGE_SIZE + i * s->object_size;
}

static void give(struct kmem_cache *s, const void *object)
{
	unsigned int slab = virt_to_head_page(object) - shim_pages;
	u64 bit = 1ULL << ((const char *)object - shim_memory - slab * PAGE_SIZE) / s->object_size;

	assert(slabs[slab].s == s && slabs[slab].used & bit);
	slabs[slab].used &= ~bit;
	count(slab);
	if (!slabs[slab].used && s->cpu_slab != slab + 1)
		free_slab(slab);
}

static struct kmem_cache *take_cache(unsigned int bytes)
{
	static struct kmem_cache first = { .object_size = sizeof(struct kmem_cache) };
	struct kmem_cache *s = take(cache_of_caches ? cache_of_caches : &first);

	memset(s, 0, sizeof(*s));
	s->object_size = bytes;
	return s;
}

static void make_cache_of_caches(void)
{
	unsigned int slab;

	cache_of_caches = take_cache(sizeof(struct kmem_cache));
	slab = virt_to_head_page(cache_of_caches) - shim_pages;
	slabs[slab].s = cache_of_caches;
	shim_pages[slab].slab_cache = cache_of_caches;
	cache_of_caches->cpu_slab = slab + 1;
	cache_of_caches->name = shim_kernel_address("kmem_cache");
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int bytes, unsigned int align,
				     unsigned int flags, void (*construct)(void *object))
{
	static unsigned int nr_made;
	struct kmem_cache *s;

	(void)align;
	(void)flags;
	(void)construct;
	if (!shim_may_allocate())
		return NULL;
	if (!cache_of_caches)
		make_cache_of_caches();
	s = take_cache(bytes);
	if (shim_caches_differ && nr_made++ % 2)
		s->unrelated[1] = shim_kernel_address(name);
	else
		s->name = shim_kernel_address(name);
	return s;
}

int kmem_cache_shrink(struct kmem_cache *s)
{
	unsigned int old = s->cpu_slab;

	s->cpu_slab = 0;
	if (old)
		count(old - 1);
	if (old && !slabs[old - 1].used)
		free_slab(old - 1);
	return 0;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	unsigned int slab;

	kmem_cache_shrink(s);
	for (slab = 0; slab < SHIM_NR_PAGES; slab++)
		assert(slabs[slab].s != s);
	give(cache_of_caches, s);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	(void)gfp;
	if (!shim_may_allocate())
		return NULL;
	if (shim_kfence_samples)
		return (void *)shim_kfence;
	return take(s);
}

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	if (!is_kfence_address(object))
		give(s, object);
}
