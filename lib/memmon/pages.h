/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has pages of the page allocator, what could not be given as it was asked for, and what is free in
 * blocks of which size. Part of libmemmon; see memmon.h for its rules.
 */
#ifndef MEMMON_PAGES_H
#define MEMMON_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"
#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- pages that are held, and requests that went wrong (pages.c) ---- */

/* What rows may be made of: (constant suffix, name). */
#define MEMMON_PAGES_KEYS(X)          \
	X(ORDER, "order")             \
	X(MIGRATETYPE, "migratetype") \
	X(NODE, "node")               \
	X(ZONE, "zone")               \
	X(PROCESS, "process")         \
	X(CGROUP, "cgroup")           \
	X(SITE, "site")               \
	X(USE, "use")

enum memmon_pages_key {
#define MEMMON_PAGES_KEY_ENUM(id, name) MEMMON_PAGES_KEY_##id,
	MEMMON_PAGES_KEYS(MEMMON_PAGES_KEY_ENUM)
#undef MEMMON_PAGES_KEY_ENUM
	MEMMON_PAGES_NR_KEYS
};

/**
 * struct memmon_pages_row - the blocks of pages of one kind
 * @name: of the kind, as long as the pages
 * @blocks: held at the end
 * @bytes: of these what is not yet freed
 * @born_blocks: that were given out; 0 if it is not known, see memmon_pages_knows_born()
 * @born_bytes: in these
 */
struct memmon_pages_row {
	const char *name;
	uint64_t blocks;
	uint64_t bytes;
	uint64_t born_blocks;
	uint64_t born_bytes;
};

/**
 * struct memmon_pages_trouble - what one process did not get as it asked for
 * @name: "comm (1234)", or "(softirq)"
 * @failed: requests that got nothing
 * @broken: requests that broke up a block of another migratetype
 * @remote: requests that got memory of another node than that of the CPU
 * @remote_bytes: in these
 */
struct memmon_pages_trouble {
	const char *name;
	uint64_t failed;
	uint64_t broken;
	uint64_t remote;
	uint64_t remote_bytes;
};

/**
 * struct memmon_pages_broken - blocks of one kind that were broken up for requests of one kind
 * @order: of the requests
 * @from_order: of the blocks
 * @type: name of the migratetype of the requests
 * @from_type: of the blocks
 * @events: how often
 */
struct memmon_pages_broken {
	uint32_t order;
	uint32_t from_order;
	const char *type;
	const char *from_type;
	uint64_t events;
};

#define MEMMON_PAGES_ORDERS (1U << MEMMON_PAGE_ORDER_BITS)

/**
 * struct memmon_pages_total - all of it
 * @held: of all rows
 * @trouble: of all processes
 * @requests: for pages, those that failed included
 * @failed: by order
 * @has_nodes: the machine has more than one NUMA node, so that memory can be remote
 */
struct memmon_pages_total {
	struct memmon_pages_row held;
	struct memmon_pages_trouble trouble;
	uint64_t requests;
	uint64_t failed[MEMMON_PAGES_ORDERS];
	bool has_nodes;
};

struct memmon_pages;

/* Return: 0, or -ENOENT. */
int memmon_pages_key_find(const char *name, enum memmon_pages_key *ret);
const char *memmon_pages_key_name(enum memmon_pages_key key);

/**
 * memmon_pages_create() - nothing is known yet
 * @reader: whose events will be taken; must outlive the pages
 * @key: what rows are made of
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_pages_create(struct memmon_reader *reader, enum memmon_pages_key key,
			struct memmon_pages **ret);
void memmon_pages_destroy(struct memmon_pages *pages);

/**
 * memmon_pages_take() - take events into account, in the order of time; those not of pages are ignored
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_pages_take(struct memmon_pages *pages, const struct memmon_event *events,
		      unsigned int nr);

/**
 * memmon_pages_hold() - take what is held at the end into account, when all events have been taken
 *
 * Sorts everything; nothing may be added afterwards.
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_pages_hold(struct memmon_pages *pages, const struct memmon_snapshot *snapshot);

/* Whether the events tell how many blocks were given out: not under the keys site and use. */
bool memmon_pages_knows_born(const struct memmon_pages *pages);

/* Those that hold most come first. */
const struct memmon_pages_row *memmon_pages_rows(const struct memmon_pages *pages, size_t *nr);

/* Those with the most troubles come first; nobody is here without one. */
const struct memmon_pages_trouble *memmon_pages_troubles(const struct memmon_pages *pages,
							 size_t *nr);

/* The most frequent come first. */
const struct memmon_pages_broken *memmon_pages_broken(const struct memmon_pages *pages, size_t *nr);
const struct memmon_pages_total *memmon_pages_total(const struct memmon_pages *pages);

/* ---- free blocks (pages_free.c) ---- */

/**
 * struct memmon_free_list - the free blocks of a zone, or of one migratetype in it
 * @node: NUMA node
 * @zone: name
 * @type: name of the migratetype; "" for all of the zone
 * @nr_orders: how many of @blocks count
 * @blocks: by order
 * @pageblocks: that are of the migratetype; 0 if that is not told
 * @is_least: the kernel stopped counting: some of @blocks are more
 */
struct memmon_free_list {
	uint32_t node;
	char zone[16];
	char type[16];
	uint32_t nr_orders;
	uint64_t blocks[MEMMON_PAGES_ORDERS];
	uint64_t pageblocks;
	bool is_least;
};

/**
 * struct memmon_free_lists - the free blocks of the machine
 * @lists: @nr of them, in the order of the file
 * @pageblock_pages: pages that share a migratetype; 0 if that is not told
 */
struct memmon_free_lists {
	struct memmon_free_list *lists;
	size_t nr;
	uint64_t pageblock_pages;
};

/**
 * memmon_buddyinfo_parse() - understand /proc/buddyinfo
 *
 * Return: 0, -EBADMSG when a line makes no sense or there is none, or -ENOMEM.
 */
int memmon_buddyinfo_parse(const char *text, size_t len, struct memmon_free_lists *ret);

/* The same for /proc/pagetypeinfo: a list for each migratetype of a zone. */
int memmon_pagetypeinfo_parse(const char *text, size_t len, struct memmon_free_lists *ret);
void memmon_free_lists_release(struct memmon_free_lists *lists);

/* Pages in all free blocks of a list. */
uint64_t memmon_free_list_pages(const struct memmon_free_list *list);

/**
 * memmon_free_list_unusable() - how much of what is free cannot serve a request of an order
 *
 * The kernel's unusable free space index: the share of the free pages that lies in blocks too small for it.
 *
 * Return: 0 to 1; 0 without free pages.
 */
double memmon_free_list_unusable(const struct memmon_free_list *list, unsigned int order);

#ifdef __cplusplus
}
#endif

#endif
