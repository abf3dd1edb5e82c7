/* SPDX-License-Identifier: GPL-2.0 */
/* Makes up allocator events like those of a busy machine, the same ones for the same seed. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"

#define LOAD_SITES 400
#define LOAD_CACHES 24
#define LOAD_PROCESSES 40
#define LOAD_FIRST_ADDRESS 0xffffffff81000000ULL
/* Functions lie so far apart, and each has two call sites. */
#define LOAD_FUNCTION_BYTES 0x200

/**
 * struct load_site - a place in the kernel that asks for memory
 * @cache: id of the slab cache; 0 for a kmalloc
 * @bytes_alloc: size class
 */
struct load_site {
	uint64_t address;
	uint32_t cache;
	uint32_t bytes_req;
	uint32_t bytes_alloc;
	uint32_t gfp;
};

/**
 * struct load_object - what has been allocated and not yet freed
 * @site: that asked for it
 * @order: of pages
 */
struct load_object {
	uint64_t address;
	uint32_t site;
	bool is_page;
	uint8_t order;
};

#define LOAD_AREAS 32

/* A stack of objects or of free addresses. */
struct load_pile {
	struct load_object *objects;
	size_t nr;
	size_t room;
};

/**
 * struct load - the machine and where it stands
 * @time: of the newest event, ns
 * @young: objects of each CPU that die soon
 * @old: objects that live for long
 * @old_room: so many of them
 * @free_slab: by size class: addresses to be given out again
 * @free_pages: by order
 * @has_hooks: events of hooks, too, and a machine of two NUMA nodes
 * @area_bytes: of each vmalloc area and per-CPU object; 0 while it is free
 */
struct load {
	uint64_t random;
	uint64_t time;
	uint32_t nr_cpus;
	uint64_t next_address;
	uint64_t next_pfn;
	size_t old_room;
	struct load_site sites[LOAD_SITES];
	struct load_pile *young;
	struct load_pile old;
	struct load_pile free_slab[64];
	struct load_pile free_pages[8];
	bool has_hooks;
	uint32_t area_bytes[LOAD_AREAS];
};

/* Without hooks; has_hooks may be set before the first event. Return: 0 or -ENOMEM. */
int load_init(struct load *load, uint32_t nr_cpus, size_t nr_old, uint64_t seed);
void load_exit(struct load *load);

/**
 * load_next() - the next event, later than all before
 * @cpu: set to where it happened
 *
 * Return: 0 or -ENOMEM.
 */
int load_next(struct load *load, struct memmon_record *record, uint32_t *cpu);

/* Name and object size of a cache by its id, from 1 to LOAD_CACHES. */
void load_cache(uint32_t id, struct memmon_cache_info *ret);

#endif
