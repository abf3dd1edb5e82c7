/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of memmon/slabs.h share: caches, slabs, and where each known object is. */
#ifndef MEMMON_SLABS_INTERNAL_H
#define MEMMON_SLABS_INTERNAL_H

#include "aliases.h"
#include "intern.h"
#include "memmon.h"
#include "memmon/slabs.h"
#include "report_map.h"

#define SLABS_NONE UINT32_MAX

/* A kmalloc of more pages than this has its pages to itself; see KMALLOC_MAX_CACHE_SIZE. */
#define SLABS_KMALLOC_MAX_PAGES 2

/**
 * struct slabs_slab - a slab
 * @row: its cache; SLABS_NONE if that was not chosen
 * @in_use: places that are taken: at least @known
 * @known: objects of the snapshot in it
 */
struct slabs_slab {
	uint64_t pfn;
	uint32_t row;
	uint32_t pages;
	uint32_t objects;
	uint32_t in_use;
	uint32_t known;
	bool is_frozen;
};

/**
 * struct slabs_extra - what is known of a cache beside its row
 * @asked: by the known objects, no more than an object each
 * @frozen: objects that are not known, in the slabs that CPUs may be allocating from
 * @cpu_slabs: so many slabs belong to CPUs, if slabs are not known one by one
 * @cpu_places: places in these
 * @sheaf_capacity: objects that a sheaf holds; 0 without sheaves
 * @has_sizes: /sys told the sizes
 */
struct slabs_extra {
	uint64_t asked;
	uint64_t frozen;
	uint64_t cpu_slabs;
	uint64_t cpu_places;
	uint32_t sheaf_capacity;
	bool has_sizes;
};

/**
 * struct slabs_block - memory that lives as long as the result
 */
struct slabs_block {
	struct slabs_block *next;
	max_align_t memory[];
};

/**
 * struct memmon_slabs - the result
 * @input: what it was made of; its arrays are gone after memmon_slabs_create()
 * @extras: one for each row
 * @only: globs on the names of caches, or NULL
 * @by_id: row by cache id; @by_name by address of the name in @texts
 * @slabs: in the order of addresses
 * @held_row: cache of each slab object of the snapshot, or SLABS_NONE
 * @held_slab: its slab, or SLABS_NONE
 * @sites: call site by account; NULL until it is asked for
 * @cgroups: the same of cgroups
 * @processes: their names by context and id
 */
struct memmon_slabs {
	struct memmon_slabs_input input;
	struct memmon_slabs_row *rows;
	struct slabs_extra *extras;
	size_t nr_rows;
	size_t rows_room;
	size_t extras_room;
	struct memmon_slabs_row total;
	const char *only;
	struct report_map by_id;
	struct report_map by_name;
	struct slabs_slab *slabs;
	size_t nr_slabs;
	uint32_t *held_row;
	uint32_t *held_slab;
	uint64_t nr_strays;
	const char **sites;
	const char **cgroups;
	struct report_map processes;
	const char **process_names;
	size_t nr_processes;
	size_t processes_room;
	struct memmon_intern texts;
	struct memmon_aliases aliases;
	struct slabs_block *blocks;
};

/* ---- caches (slabs_rows.c) ---- */

/**
 * slabs_row_of_id() - the row of a cache, made if need be
 * @ret: set to it, or to SLABS_NONE if the cache was not chosen
 *
 * Return: 0 or -ENOMEM.
 */
int slabs_row_of_id(struct memmon_slabs *slabs, uint32_t id, uint32_t *ret);

/* The row of the caches that serve a size class of kmalloc. */
int slabs_row_of_class(struct memmon_slabs *slabs, uint64_t class_bytes, uint32_t *ret);

/* Takes /proc/slabinfo into account. Return: 0 or -ENOMEM. */
int slabs_rows_read(struct memmon_slabs *slabs, const struct memmon_slabinfo *info);

/* "kmalloc-512", "kmalloc-1k": as the kernel spells a size class. */
void slabs_class_name(uint64_t class_bytes, char *text, size_t size);

/* ---- sizes of a cache (slabs_sizes.c) ---- */

/**
 * struct slabs_sizes - what /sys/kernel/slab says of a cache
 * @cpu_slabs: slabs that belong to a CPU
 * @sheaf_capacity: objects in a sheaf; 0 if there are none, or the kernel has no sheaves
 */
struct slabs_sizes {
	uint64_t object_bytes;
	uint64_t slot_bytes;
	uint64_t objects_per_slab;
	uint64_t cpu_slabs;
	uint64_t sheaf_capacity;
};

/* Return: whether the cache is there, with sizes that make sense. */
bool slabs_sizes_read(const char *sys, const char *cache, struct slabs_sizes *ret);

/* ---- the chain of a cache (slabs_chain.c) ---- */

/* Works out the range of objects in use, and the chain. */
void slabs_chain_finish(struct memmon_slabs_row *row, const struct slabs_extra *extra,
			const struct memmon_slabs_input *input);
void slabs_chain_add(struct memmon_slabs_row *total, const struct memmon_slabs_row *row);

/* ---- known objects (slabs_find.c) ---- */

/* Finds the cache, and if possible the slab, of each object of the snapshot. Return: 0 or -ENOMEM. */
int slabs_find(struct memmon_slabs *slabs);

/* Births of slab objects, and of vmalloc and the like not. */
bool slabs_is_slab_class(enum memmon_class event_class);
bool slabs_is_kmalloc(enum memmon_class event_class);

/* Nearly empty, and no CPU allocates from it. */
bool slabs_is_nearly_empty(const struct memmon_slabs *slabs, const struct slabs_slab *slab);

/* ---- names and sums (slabs_names.c) ---- */

/* These return a name that is at the same address each time, or NULL without memory. */
const char *slabs_site(struct memmon_slabs *slabs, uint32_t account);
const char *slabs_cgroup(struct memmon_slabs *slabs, uint32_t account);
const char *slabs_process(struct memmon_slabs *slabs, const struct memmon_held *held);

void slabs_sum_add(struct memmon_slabs_sum *sum, const struct memmon_held *held);

/* Memory that lives as long as the result; NULL without memory. */
void *slabs_keep(struct memmon_slabs *slabs, size_t bytes);

/**
 * struct slabs_item - a known object and the group that it belongs to
 */
struct slabs_item {
	uint32_t row;
	uint32_t slab;
	const char *site;
	const char *who;
	const struct memmon_held *held;
};

/* Texts of slabs_site() and the like are the same where their addresses are. */
static inline int slabs_compare_texts(const char *a, const char *b)
{
	return (uintptr_t)a < (uintptr_t)b ? -1 : (uintptr_t)a > (uintptr_t)b;
}

/* By cache, call site, holder, slab. */
void slabs_items_sort(struct slabs_item *items, size_t nr);

#endif
