// SPDX-License-Identifier: GPL-2.0
/* The kinds of requests: how one is made, how it is given back, which sizes tell it apart. */
#include <linux/gfp.h>
#include <linux/mm.h>

#include "kcount.h"

/* Every size below 8192, so that a request's size tells its place in the sequence. */
#define KCOUNT_SEQUENCE_SIZES 8191

const char *const kcount_context_names[KCOUNT_CONTEXTS] = { "task", "soft", "hard" };

/* Calls @alloc with a size that is a compile-time constant in each of the three contexts. */
#define KCOUNT_ALLOC_CONSTANT(phase, base, alloc, ...)                                      \
	((phase)->context == KCOUNT_TASK ? alloc((base), (phase)->gfp, ##__VA_ARGS__) :     \
	 (phase)->context == KCOUNT_SOFT ? alloc((base) + 2, (phase)->gfp, ##__VA_ARGS__) : \
					   alloc((base) + 4, (phase)->gfp, ##__VA_ARGS__))

#define KCOUNT_CONST_BYTES 1501
#define KCOUNT_LCONST_BYTES 20011
#define KCOUNT_CNODE_BYTES 301

static void *alloc_const(struct kcount_phase *phase)
{
	return KCOUNT_ALLOC_CONSTANT(phase, KCOUNT_CONST_BYTES, kmalloc);
}

static void *alloc_large_const(struct kcount_phase *phase)
{
	return KCOUNT_ALLOC_CONSTANT(phase, KCOUNT_LCONST_BYTES, kmalloc);
}

static void *alloc_const_node(struct kcount_phase *phase)
{
	return KCOUNT_ALLOC_CONSTANT(phase, KCOUNT_CNODE_BYTES, kmalloc_node, phase->node);
}

static void *alloc_variable(struct kcount_phase *phase)
{
	return kmalloc(phase->bytes, phase->gfp);
}

static void *alloc_variable_node(struct kcount_phase *phase)
{
	return kmalloc_node(phase->bytes, phase->gfp, phase->node);
}

static void *alloc_sequence(struct kcount_phase *phase)
{
	return kmalloc(1 + phase->sequence++ % KCOUNT_SEQUENCE_SIZES, phase->gfp);
}

static void free_kmalloc(struct kcount_phase *phase, void *object)
{
	kfree(object);
}

static void *alloc_cache(struct kcount_phase *phase)
{
	return kmem_cache_alloc(phase->kind->cache, phase->gfp);
}

static void *alloc_cache_node(struct kcount_phase *phase)
{
	return kmem_cache_alloc_node(phase->kind->cache, phase->gfp, phase->node);
}

static void free_cache(struct kcount_phase *phase, void *object)
{
	kmem_cache_free(phase->kind->cache, object);
}

static void *alloc_page_order(struct kcount_phase *phase)
{
	return alloc_pages(phase->gfp, phase->kind->order);
}

static void *alloc_page_node(struct kcount_phase *phase)
{
	return alloc_pages_node(phase->node, phase->gfp, phase->kind->order);
}

static void *alloc_page_dma(struct kcount_phase *phase)
{
	return alloc_pages(phase->gfp | GFP_DMA, phase->kind->order);
}

static void free_page_order(struct kcount_phase *phase, void *object)
{
	__free_pages(object, phase->kind->order);
}

#define KMALLOC(kind, size, how, what)                                                         \
	{                                                                                      \
		.name = kind, .bytes = size, .flags = what, .alloc = how, .free = free_kmalloc \
	}
#define CACHE(kind, size, how, what)                                                          \
	{                                                                                     \
		.name = kind, .bytes = size, .flags = what, .alloc = how, .free = free_cache, \
		.cache_name = "kcount-" kind                                                  \
	}
#define PAGES(kind, power, how, what)                                                        \
	{                                                                                    \
		.name = kind, .bytes = PAGE_SIZE << (power), .flags = KCOUNT_PAGES | (what), \
		.alloc = how, .free = free_page_order, .order = power                        \
	}

struct kcount_kind kcount_kinds[] = {
	KMALLOC("const", KCOUNT_CONST_BYTES, alloc_const, 0),
	KMALLOC("var", 701, alloc_variable, 0),
	KMALLOC("lconst", KCOUNT_LCONST_BYTES, alloc_large_const, 0),
	KMALLOC("lvar", 17011, alloc_variable, 0),
	KMALLOC("cnode", KCOUNT_CNODE_BYTES, alloc_const_node, KCOUNT_NODE),
	KMALLOC("node", 3001, alloc_variable_node, KCOUNT_NODE),
	KMALLOC("lnode", 12001, alloc_variable_node, KCOUNT_NODE),
	/* More than there is: each request fails. */
	KMALLOC("fail", (1UL << 40) + 1, alloc_variable, 0),
	/* Only frees, of NULL. */
	KMALLOC("null", 0, NULL, 0),
	CACHE("cache", 457, alloc_cache, 0),
	CACHE("ncache", 941, alloc_cache_node, KCOUNT_NODE),
	PAGES("page0", 0, alloc_page_order, 0),
	PAGES("page1", 1, alloc_page_order, 0),
	PAGES("page2", 2, alloc_page_order, 0),
	PAGES("page3", 3, alloc_page_order, 0),
	PAGES("npage", 1, alloc_page_node, KCOUNT_NODE),
	PAGES("dma", 0, alloc_page_dma, 0),
	/* The second cache is made right after the first is gone, most likely in its place. */
	CACHE("gone", 463, alloc_cache, KCOUNT_TRANSIENT),
	CACHE("reborn", 467, alloc_cache, KCOUNT_TRANSIENT),
	/* Sizes that count up, to tell the place of each request in the whole. */
	KMALLOC("seq", 0, alloc_sequence, KCOUNT_TURNS | KCOUNT_ON_DEMAND),
};

const unsigned int kcount_nr_kinds = ARRAY_SIZE(kcount_kinds);

/* A cache with a constructor is never merged with another, so its name stays its own. */
static void construct(void *object)
{
}

/**
 * kcount_cache_create() - make the kind's own cache, if it has one and it does not exist
 * @kind: the kind
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int kcount_cache_create(struct kcount_kind *kind)
{
	if (!kind->cache_name || kind->cache)
		return 0;
	kind->cache = kmem_cache_create(kind->cache_name, kind->bytes, 0, 0, construct);
	return kind->cache ? 0 : -ENOMEM;
}

/**
 * kcount_cache_destroy() - undo kcount_cache_create()
 * @kind: the kind; all its objects are free
 *
 * Context: may sleep.
 */
void kcount_cache_destroy(struct kcount_kind *kind)
{
	kmem_cache_destroy(kind->cache);
	kind->cache = NULL;
}
