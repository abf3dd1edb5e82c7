/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the leak finder share. */
#ifndef MEMMON_LEAKS_INTERNAL_H
#define MEMMON_LEAKS_INTERNAL_H

#include "intern.h"
#include "leaks_tally.h"
#include "memmon/filter.h"
#include "memmon/leaks.h"
#include "report_map.h"

#define LEAKS_NO_ROW UINT32_MAX

/* ---- what things are (leaks_kinds.c) ---- */

/**
 * struct leaks_cache - what is known of a slab cache
 * @why: why it grows by itself, or NULL
 * @is_merged: only some of the caches that it is merged with do
 */
struct leaks_cache {
	const char *why;
	bool is_merged;
};

struct leaks_cache leaks_cache_of(const struct memmon_snapshot *snapshot, uint32_t id);

/**
 * struct leaks_site - what is known of a call site
 * @name: "function+0x1c [module]"
 * @module: name of its module, or "(kernel)"
 * @why: why what it asks for grows by itself, or NULL
 * @is_vmalloc: pages that it asks for are the backing of vmalloc areas
 */
struct leaks_site {
	const char *name;
	const char *module;
	const char *why;
	bool is_vmalloc;
};

/* Fills in what the name of a site tells of it. */
void leaks_site_judge(struct leaks_site *site);

/**
 * leaks_kind_of() - what an object is
 * @has_vmalloc: vmalloc areas are seen, so that their pages need not be
 * @why: why it is expected to grow, set for MEMMON_LEAK_KIND_CACHE
 *
 * Return: enum memmon_leak_kind, or MEMMON_NR_LEAK_KINDS for a page that is the backing of objects.
 */
enum memmon_leak_kind leaks_kind_of(const struct memmon_held *held, enum memmon_section section,
				    const struct leaks_cache *cache, const struct leaks_site *site,
				    bool has_vmalloc, const char **why);

/* The classes of events that can be the end of what was born with @event_class, as a mask. */
uint32_t leaks_frees_of(uint32_t event_class);

/* ---- rows (leaks_rows.c) ---- */

/**
 * struct leaks_key - what makes a row; all names are interned, so that equal ones have one address
 */
struct leaks_key {
	const char *names[MEMMON_LEAKS_MAX_KEYS];
	uint8_t section;
	uint8_t kind;
};

/**
 * struct leaks_row - a row, and what is only known inside
 * @leak: what is told of it
 * @bytes: at each look
 * @objects: at each look
 * @freed_at_most: where it is not made of whole accounts: what was freed of all that it has a part in
 * @frees: classes of events that can free something of it
 * @is_merged: something of it is of a cache that is merged with one that grows by itself
 * @is_mixed: something of it is of an account of several call sites
 */
struct leaks_row {
	struct leaks_key key;
	struct memmon_leak leak;
	double bytes[MEMMON_LEAKS_MAX_LOOKS];
	uint32_t objects[MEMMON_LEAKS_MAX_LOOKS];
	uint64_t freed_at_most;
	uint32_t frees;
	bool is_merged;
	bool is_mixed;
};

/**
 * struct leaks_rows - all rows
 * @slots: 1 more than the place of a row, or 0; @nr_slots of them, a power of two
 */
struct leaks_rows {
	struct leaks_row **rows;
	size_t nr;
	size_t room;
	uint32_t *slots;
	size_t nr_slots;
};

/* Return: the place of the row, or LEAKS_NO_ROW. */
uint32_t leaks_rows_find(const struct leaks_rows *rows, const struct leaks_key *key);

/* Finds a row or makes it. Return: 0 or -ENOMEM. */
int leaks_rows_get(struct leaks_rows *rows, const struct leaks_key *key, uint32_t *ret);

/* Forgets the rows that @is_wanted does not want. Return: 0 or -ENOMEM. */
int leaks_rows_keep(struct leaks_rows *rows,
		    bool (*is_wanted)(const struct leaks_row *row, void *arg), void *arg);
void leaks_rows_exit(struct leaks_rows *rows);

/* ---- names (leaks_names.c) ---- */

/**
 * struct leaks_account - the names of an account
 * @site: its call site
 * @pending: of its objects, how many wait for kfree_rcu()
 * @is_gone: its module is unloaded
 */
struct leaks_account {
	struct leaks_site site;
	const char *cgroup;
	uint64_t pending;
	bool is_gone;
};

/**
 * struct leaks_stack - the names of a call stack
 * @name: as a key
 * @site: the innermost function that is none of the page allocator's; without a name if there is no stack
 */
struct leaks_stack {
	const char *name;
	struct leaks_site site;
};

/**
 * struct leaks_names - all names, and what was already looked up
 * @accounts: of the last snapshot, by their place
 * @caches: what is known, by the place that @of_cache has for an id; @cache_names beside
 * @stacks: names of stacks, and of the sites of pages that have a stack, by the place that @of_stack has
 * @processes: names, by the place that @of_process has for a process id
 */
struct leaks_names {
	struct memmon_intern texts;
	struct leaks_account *accounts;
	size_t room_accounts;
	struct report_map of_cache;
	struct leaks_cache *caches;
	const char **cache_names;
	size_t nr_caches;
	size_t room_caches;
	size_t room_cache_names;
	struct report_map of_stack;
	struct leaks_stack *stacks;
	size_t nr_stacks;
	size_t room_stacks;
	struct report_map of_process;
	const char **processes;
	size_t nr_processes;
	size_t room_processes;
};

int leaks_names_init(struct leaks_names *names);
void leaks_names_exit(struct leaks_names *names);

/* Looks the accounts of a snapshot up. Return: 0 or -ENOMEM. */
int leaks_names_begin(struct leaks_names *names, const struct memmon_snapshot *snapshot);

/* What is known of the cache of an object; NULL without memory. */
const struct leaks_cache *leaks_names_cache(struct leaks_names *names,
					    const struct memmon_snapshot *snapshot, uint32_t id);

/* The call stack of an object; NULL without memory. */
const struct leaks_stack *leaks_names_stack(struct leaks_names *names,
					    const struct memmon_snapshot *snapshot, uint32_t id);

/* The name of one key of an object; NULL without memory. */
const char *leaks_names_key(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			    const struct memmon_held *held, enum memmon_leak_key key);

/* The call site of an object; NULL without memory. */
const struct leaks_site *leaks_names_site(struct leaks_names *names,
					  const struct memmon_snapshot *snapshot,
					  const struct memmon_held *held);

/* ---- the whole (leaks.c, leaks_finish.c, leaks_rules.c) ---- */

/**
 * struct memmon_leaks - an observation
 * @splits_unloaded: rows are made of call sites, so that those of unloaded modules have their own
 * @look_ns: when each look was, @nr_looks of them
 * @seen_looks: how many there were
 * @stride: one in so many is remembered, beside the last
 * @row_of: row of each object of the last snapshot, or LEAKS_NO_ROW
 * @order: rows of the last finish, @nr_leaks of them
 * @parts: of all rows
 */
struct memmon_leaks {
	struct memmon_leaks_options options;
	bool splits_unloaded;
	struct leaks_names names;
	struct leaks_rows rows;
	uint64_t look_ns[MEMMON_LEAKS_MAX_LOOKS];
	size_t nr_looks;
	uint64_t seen_looks;
	uint64_t stride;
	uint32_t *row_of[MEMMON_NR_SECTIONS];
	size_t room_row_of[MEMMON_NR_SECTIONS];
	struct memmon_leak **order;
	size_t nr_leaks;
	struct memmon_leak_part *parts;
	struct memmon_leaks_total totals[MEMMON_NR_SECTIONS];
	uint64_t older_than_ns;
};

/* How many objects stand for one that was seen. */
static inline double leaks_scale(const struct memmon_snapshot_books *books)
{
	bool is_sample = books->filter.conditions & 1U << MEMMON_FILTERED_SAMPLE;

	return is_sample && books->filter.sample_one_in > 1 ? books->filter.sample_one_in : 1;
}

/* The key of an object that has a kind. Return: 0 or -ENOMEM. */
int leaks_key_of(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		 enum memmon_section section, const struct memmon_held *held,
		 enum memmon_leak_kind kind, struct leaks_key *key);

/* The look next to this share of the time, from 0 to 1; 0 if there is none between the first and the last. */
size_t leaks_look_next_to(const struct memmon_leaks *leaks, double share);

/* Judges a row of which all else is known. */
void leaks_judge(const struct memmon_leaks *leaks, const struct memmon_snapshot_books *books,
		 struct leaks_row *row);

#endif
