/* SPDX-License-Identifier: GPL-2.0 */
/* Memory: allocations that can fail, pages, slab caches, and reads that can fault. */
#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

#include "sync.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define KMALLOC_MAX_CACHE_SIZE 8192
#define GFP_KERNEL 1U
#define GFP_KERNEL_ACCOUNT 2U
#define __GFP_ZERO 4U
#define NUMA_NO_NODE (-1)
#define MAX_NUMNODES 1024
#define MAX_NR_ZONES 5
#define SHIM_RAM_PAGES (1UL << 18)
#define totalram_pages() SHIM_RAM_PAGES

/* Names of numbers, some of them. */
struct trace_print_flags {
	unsigned long mask;
	const char *name;
};

/* With a flag that this kernel does not have, and an empty row at the end, as some have it. */
#define __def_gfpflag_names                                                    \
	{ 0xcc0, "GFP_KERNEL" }, { 0x820, "GFP_ATOMIC" }, { 0, "__GFP_NONE" }, \
		{ 0x100, "__GFP_ZERO" },                                       \
	{                                                                      \
		0, NULL                                                        \
	}

enum {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_HIGHATOMIC
};

struct zone {
	const char *name;
};

struct shim_node {
	struct zone node_zones[MAX_NR_ZONES];
};

extern struct shim_node shim_node;
extern int nr_node_ids;
#define NODE_DATA(node) ((void)(node), &shim_node)
#define first_online_node 0

/*
 * A page frame for each page of shim_memory; page frame number 0 is none of them. What a page is of, beside
 * a slab, is set by tests.
 */
struct page {
	void *unrelated;
	struct kmem_cache *slab_cache;
	bool is_slab;
	int node;
	int zone;
	struct list_head lru;
	u32 counters; /* of a slab: in use, objects << 16, frozen << 31 */
	struct page *head; /* of a page that is not the first of a block; else NULL */
	unsigned int order;
	unsigned long private; /* the order, of a free block */
	void *mapping;
	bool is_buddy;
	bool is_table;
	bool is_missing; /* a hole in memory */
};

#define SHIM_NR_PAGES 64
extern struct page shim_pages[SHIM_NR_PAGES];
extern char shim_memory[SHIM_NR_PAGES * PAGE_SIZE];

#define PAGE_OFFSET ((unsigned long)shim_memory)
#define high_memory ((const void *)(shim_memory + sizeof(shim_memory)))

/* Where vmalloc() and per-CPU memory lie, which has no pages to look at; not where it is in truth. */
#define VMALLOC_START 0xffffc90000000000UL
#define VMALLOC_END 0xffffe8ffffffffffUL

bool virt_addr_valid(const void *address);
struct page *virt_to_page(const void *address);
#define compound_head(page) ((page)->head ? (page)->head : (page))
#define compound_order(page) ((page)->order)
#define virt_to_head_page(address) compound_head(virt_to_page(address))
#define pfn_to_page(pfn) (&shim_pages[(pfn)-1])
#define page_to_pfn(page) ((unsigned long)((page)-shim_pages) + 1)
#define page_to_nid(page) ((page)->node)
#define page_zonenum(page) ((page)->zone)
#define page_private(page) ((page)->private)
#define page_address(page) ((void *)(shim_memory + ((page)-shim_pages) * PAGE_SIZE))
#define PageSlab(page) ((page)->is_slab)
#define PageBuddy(page) ((page)->is_buddy)
#define PageTable(page) ((page)->is_table)
#define PageAnon(page) ((unsigned long)(page)->mapping & 1)
#define page_has_type(page) ((page)->is_slab || (page)->is_buddy || (page)->is_table)

/* All memory is on one node, with holes of this alignment. */
#define PAGES_PER_SUBSECTION 8UL
#define for_each_online_node(node) for ((node) = 0; (node) < 1; (node)++)
#define node_end_pfn(node) ((void)(node), SHIM_NR_PAGES + 1UL)
struct page *pfn_to_online_page(unsigned long pfn);
/* KFENCE's memory is one page, if there is any. */
bool is_kfence_address(const void *address);

/* The name is a kernel address, see shim_kernel_address(); the rest is known by its functions only. */
struct kmem_cache {
	void *unrelated[3];
	const char *name;
	unsigned int object_size;
	unsigned int cpu_slab; /* number of the page after the first one, or 0 */
	unsigned int unused[128];
};

static inline unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return s->object_size;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int bytes, unsigned int align,
				     unsigned int flags, void (*construct)(void *object));
void kmem_cache_destroy(struct kmem_cache *s);
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *s, void *object);
int kmem_cache_shrink(struct kmem_cache *s);
int copy_from_kernel_nofault(void *to, const void *from, size_t bytes);

void *vzalloc_node(size_t bytes, int node);
#define vzalloc(bytes) vzalloc_node(bytes, NUMA_NO_NODE)
void vfree(void *memory);
void *kvcalloc(size_t nr, size_t bytes, gfp_t gfp);
void *kvmalloc(size_t bytes, gfp_t gfp);
void *kmalloc(size_t bytes, gfp_t gfp);
void *kmemdup(const void *from, size_t bytes, gfp_t gfp);
#define kmalloc_node(bytes, gfp, node) ((void)(node), kmalloc(bytes, gfp))
void kvfree(void *memory);
#define kfree(memory) kvfree(memory)
#define kzalloc(bytes, gfp) kvcalloc(1, bytes, gfp)
#define kvzalloc(bytes, gfp) kvcalloc(1, bytes, gfp)
#define __get_free_page(gfp) ((unsigned long)kvcalloc(1, PAGE_SIZE, gfp))
#define free_page(page) kvfree((void *)(page))
#define ZERO_OR_NULL_PTR(p) ((unsigned long)(p) <= 16)
#define array_size(a, b) ((a) * (b))
#define struct_size(p, member, nr) (sizeof(*(p)) + (nr) * sizeof((p)->member[0]))

#endif /* SHIM_MEMORY_H */
