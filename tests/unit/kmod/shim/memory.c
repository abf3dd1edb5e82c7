// SPDX-License-Identifier: GPL-2.0
/* Allocations, pages, and reads that can fault. */
#include <stdlib.h>

#include "shim.h"

int nr_node_ids = 1;
struct shim_node shim_node = {
	.node_zones = { { "DMA" }, { "DMA32" }, { "Normal" }, { "Movable" }, { "Device" } },
};
struct page shim_pages[SHIM_NR_PAGES];
char shim_memory[SHIM_NR_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));

int shim_allocations_left = -1;
unsigned int shim_kmalloc_events = 1;
unsigned long shim_kmalloc_sites[2];
const char *shim_unreadable;
const char *shim_kfence;

#define UPPER_HALF (1UL << 63)

bool virt_addr_valid(const void *address)
{
	return (const char *)address >= shim_memory &&
	       (const char *)address < shim_memory + sizeof(shim_memory);
}

struct page *virt_to_page(const void *address)
{
	assert(virt_addr_valid(address));
	return &shim_pages[((const char *)address - shim_memory) / PAGE_SIZE];
}

struct page *pfn_to_online_page(unsigned long pfn)
{
	if (!pfn || pfn > SHIM_NR_PAGES || pfn_to_page(pfn)->is_missing)
		return NULL;
	return pfn_to_page(pfn);
}

bool is_kfence_address(const void *address)
{
	return shim_kfence && (const char *)address >= shim_kfence &&
	       (const char *)address < shim_kfence + PAGE_SIZE;
}

bool shim_may_allocate(void)
{
	if (shim_allocations_left > 0)
		shim_allocations_left--;
	else if (!shim_allocations_left)
		return false;
	return true;
}

void *vzalloc_node(size_t bytes, int node)
{
	void *memory;

	(void)node;
	if (!shim_may_allocate() || posix_memalign(&memory, PAGE_SIZE, bytes))
		return NULL;
	return memset(memory, 0, bytes);
}

void vfree(void *memory)
{
	free(memory);
}

void *kvcalloc(size_t nr, size_t bytes, gfp_t gfp)
{
	(void)gfp;
	return shim_may_allocate() ? calloc(nr, bytes) : NULL;
}

void *kvmalloc(size_t bytes, gfp_t gfp)
{
	return kmalloc(bytes, gfp);
}

void *kmalloc(size_t bytes, gfp_t gfp)
{
	void *memory = shim_may_allocate() ? malloc(bytes) : NULL;
	shim_kmalloc_handler *handler = shim_handler("kmalloc");
	unsigned int i;

	for (i = 0; handler && i < shim_kmalloc_events; i++)
		handler(NULL, shim_kmalloc_sites[i], memory, bytes, bytes, gfp, 0);
	if (memory && gfp & __GFP_ZERO)
		memset(memory, 0, bytes);
	return memory;
}

void *kmemdup(const void *from, size_t bytes, gfp_t gfp)
{
	void *to = kmalloc(bytes, gfp);

	return to ? memcpy(to, from, bytes) : NULL;
}

void kvfree(void *memory)
{
	free(memory);
}

void *shim_kernel_address(const void *address)
{
	return (void *)((unsigned long)address | UPPER_HALF);
}

int copy_from_kernel_nofault(void *to, const void *from, size_t bytes)
{
	const char *address = (const char *)((unsigned long)from & ~UPPER_HALF);

	shim_point();
	if (shim_unreadable && address + bytes > shim_unreadable &&
	    address < shim_unreadable + PAGE_SIZE)
		return -EFAULT;
	memcpy(to, address, bytes);
	return 0;
}
