/* SPDX-License-Identifier: GPL-2.0 */
/* Made slabs, caches and snapshots for the tests of memmon/slabs.h. */
#ifndef SLABS_MAKER_H
#define SLABS_MAKER_H

#include "memmon.h"
#include "memmon/slabs.h"
#include "snapshot_internal.h"

#define MAKER_MAX_SLABS 512
#define MAKER_MAX_HELD 8192
#define MAKER_MAX_ACCOUNTS 64
#define MAKER_MAX_CACHES 16
#define MAKER_PAGE_BYTES 4096
#define MAKER_PAGE_OFFSET 0xffff888000000000ULL

/**
 * struct slabs_maker - a machine that a test makes up
 * @caches: by id less 1
 * @slabs: in the order of addresses
 * @slots: distance of the objects in each slab
 */
struct slabs_maker {
	struct memmon_cache_info caches[MAKER_MAX_CACHES];
	uint32_t nr_caches;
	struct memmon_slab slabs[MAKER_MAX_SLABS];
	uint32_t slots[MAKER_MAX_SLABS];
	size_t nr_slabs;
	struct memmon_slabinfo *info;
	struct memmon_snapshot *snapshot;
};

void slabs_maker_init(struct slabs_maker *maker);
void slabs_maker_exit(struct slabs_maker *maker);

/* Return: its id. */
uint32_t slabs_maker_cache(struct slabs_maker *maker, const char *name, uint32_t object_bytes);

/* Return: its number. Its objects are @slot_bytes apart. */
size_t slabs_maker_slab(struct slabs_maker *maker, uint32_t cache, uint32_t pages, uint16_t objects,
			uint16_t in_use, uint32_t slot_bytes);

/* Return: its number. @cgroup may be NULL; its id is then 0. */
uint32_t slabs_maker_account(struct slabs_maker *maker, const char *site, const char *cgroup,
			     enum memmon_class event_class, uint32_t cache);

/* An object at no place; the test may change it. It is born in its account. */
struct memmon_held *slabs_maker_object(struct slabs_maker *maker, uint32_t account,
				       uint32_t bytes_req, uint32_t bytes_alloc);

/* The same, at a place of a slab. */
struct memmon_held *slabs_maker_place(struct slabs_maker *maker, uint32_t account, size_t slab,
				      uint32_t place, uint32_t bytes_req, uint32_t bytes_alloc);

/* Lines of slabinfo without its head: "name active objects size per_slab pages". */
void slabs_maker_slabinfo(struct slabs_maker *maker, const char *lines);

/* With slabs and snapshot, nearly empty up to a quarter, one CPU and node. */
struct memmon_slabs_input slabs_maker_input(struct slabs_maker *maker);

struct memmon_slabs *slabs_maker_join(const struct memmon_slabs_input *input);

/* The row with this name, which must be there. */
const struct memmon_slabs_row *slabs_maker_row(const struct memmon_slabs *slabs, const char *name);

#endif
