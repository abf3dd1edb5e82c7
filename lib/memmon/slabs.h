/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the slab caches make of memory, and who holds their slabs: the slabs of the machine, what the kernel
 * says of its caches, and the objects of a snapshot, put together. Part of libmemmon; see memmon.h for its
 * rules.
 */
#ifndef MEMMON_SLABS_H
#define MEMMON_SLABS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

struct memmon_slabinfo;

/**
 * struct memmon_slabs_input - what is put together; only read during the call, but for @snapshot
 * @slabs: every slab of the machine, in the order of addresses; @nr_slabs of them
 * @has_slabs: they are known. If not, @info tells how many there are, and no object can be found in one
 * @info: /proc/slabinfo of the same moment, or NULL
 * @snapshot: the objects that are known, or NULL; must outlive the result
 * @cache: asks for the cache with an id, as memmon_session_cache(); NULL to ask @snapshot
 * @context: for @cache
 * @sys: folder to take the sizes and aliases of caches from, like /sys; NULL for none
 * @page_offset: address at which the kernel has page frame 0; 0 if it is not known
 * @page_bytes: of a page
 * @nr_cpus: that may keep objects for themselves
 * @nr_nodes: the same of NUMA nodes
 * @nearly_empty_percent: a slab with so much of its places in use or less is nearly empty
 * @only: globs on the names of caches separated by commas, or NULL for all
 */
struct memmon_slabs_input {
	const struct memmon_slab *slabs;
	size_t nr_slabs;
	bool has_slabs;
	const struct memmon_slabinfo *info;
	const struct memmon_snapshot *snapshot;
	int (*cache)(void *context, uint32_t id, struct memmon_cache_info *ret);
	void *context;
	const char *sys;
	uint64_t page_offset;
	uint32_t page_bytes;
	uint32_t nr_cpus;
	uint32_t nr_nodes;
	unsigned int nearly_empty_percent;
	const char *only;
};

/**
 * struct memmon_slabs_chain - what becomes of memory on its way from a page to who asked for it; in bytes
 * @total: of the slabs' pages
 * @ends: of these, at the ends of slabs, where no further object fits
 * @free: places that no object is in
 * @padding: between the objects that are in use, for alignment and debugging
 * @objects: the objects that are in use
 * @older: of these, the ones that are not known
 * @rounding: what the known ones have more than was asked for
 * @asked: what was asked for
 *
 * total = ends + free + padding + objects; objects = older + rounding + asked.
 */
struct memmon_slabs_chain {
	uint64_t total;
	uint64_t ends;
	uint64_t free;
	uint64_t padding;
	uint64_t objects;
	uint64_t older;
	uint64_t rounding;
	uint64_t asked;
};

/**
 * struct memmon_slabs_empty - the nearly empty slabs of a cache, those apart from which a CPU allocates
 * @slabs: how many
 * @explained_slabs: of these, all whose objects are known
 * @partly_slabs: of these, with some objects known
 * @bytes: taken by them
 * @explained_bytes: by the explained ones
 * @objects: in them
 * @known_objects: of these
 */
struct memmon_slabs_empty {
	uint64_t slabs;
	uint64_t explained_slabs;
	uint64_t partly_slabs;
	uint64_t bytes;
	uint64_t explained_bytes;
	uint64_t objects;
	uint64_t known_objects;
};

/**
 * struct memmon_slabs_row - a slab cache
 * @name: as the kernel has it
 * @aliases: other names merged into it, separated by commas; "" if there are none or they are not known
 * @object_bytes: of an object; @slot_bytes if it is not known
 * @slot_bytes: from one object to the next; 0 if it is not known
 * @is_size_class: a kmalloc of this size: the events did not say which cache
 * @slabs: how many
 * @places: room for so many objects
 * @has_kernel_active: @kernel_active is known
 * @kernel_active: active objects as /proc/slabinfo says, which takes all that CPUs keep for themselves for used
 * @in_use_min: objects that are in use at the least
 * @in_use_max: the same at the most; the chain takes this for granted
 * @known: of these, known by the snapshot
 * @chain: what becomes of the memory
 * @empty: nearly empty slabs
 */
struct memmon_slabs_row {
	const char *name;
	const char *aliases;
	uint32_t object_bytes;
	uint32_t slot_bytes;
	bool is_size_class;
	uint64_t slabs;
	uint64_t places;
	bool has_kernel_active;
	uint64_t kernel_active;
	uint64_t in_use_min;
	uint64_t in_use_max;
	uint64_t known;
	struct memmon_slabs_chain chain;
	struct memmon_slabs_empty empty;
};

struct memmon_slabs;

/**
 * memmon_slabs_create() - put it together
 * @ret: the result, when the call succeeds
 *
 * Return: 0, or -ENOMEM.
 */
int memmon_slabs_create(const struct memmon_slabs_input *input, struct memmon_slabs **ret);
void memmon_slabs_destroy(struct memmon_slabs *slabs);

/* The caches that have a slab or a known object, or had one in the session; in no order. */
size_t memmon_slabs_count(const struct memmon_slabs *slabs);
const struct memmon_slabs_row *memmon_slabs_at(const struct memmon_slabs *slabs, size_t row);

/* All rows added up; its name is "(all)", its sizes are 0. */
const struct memmon_slabs_row *memmon_slabs_total(const struct memmon_slabs *slabs);

/* Slab objects of the snapshot that are in no slab: freed between the two looks, or in @only's other caches. */
uint64_t memmon_slabs_strays(const struct memmon_slabs *slabs);

/**
 * struct memmon_slabs_sum - what some known objects add up to
 * @objects: how many
 * @queued: of these, given to kfree_rcu()
 * @asked_bytes: asked for
 * @taken_bytes: taken: with rounding, without padding
 * @squares: sum of the squares of what each has taken, for memmon_slabs_error()
 * @oldest_ns: age of the oldest
 * @youngest_ns: age of the youngest
 */
struct memmon_slabs_sum {
	uint64_t objects;
	uint64_t queued;
	uint64_t asked_bytes;
	uint64_t taken_bytes;
	double squares;
	uint64_t oldest_ns;
	uint64_t youngest_ns;
};

/* The snapshot knows the objects at one address in so many; 1 for all. */
uint32_t memmon_slabs_one_in(const struct memmon_slabs *slabs);

/* Half the width of the interval in which the bytes taken, times N, lie 95 times in 100; 0 if not sampled. */
double memmon_slabs_error(const struct memmon_slabs_sum *sum, uint32_t one_in);

/**
 * struct memmon_slabs_pin - the objects of one cache and call site that keep nearly empty slabs
 * @row: the cache
 * @site: the call site
 * @sum: the objects
 * @slabs: with at least one of them
 * @slabs_alone: of these, where they are all that is in use
 * @bytes: taken by @slabs
 * @who: processes, "name (pid)", the one with most objects first; @nr_who of them
 */
struct memmon_slabs_pin {
	size_t row;
	const char *site;
	struct memmon_slabs_sum sum;
	uint64_t slabs;
	uint64_t slabs_alone;
	uint64_t bytes;
	const struct memmon_slabs_pinner *who;
	size_t nr_who;
};

struct memmon_slabs_pinner {
	const char *name;
	uint64_t objects;
};

/**
 * struct memmon_slabs_holder - the known objects of one cache, call site and holder
 * @row: the cache
 * @site: the call site
 * @who: "name (pid)", "(softirq)", or a cgroup's path
 */
struct memmon_slabs_holder {
	size_t row;
	const char *site;
	const char *who;
	struct memmon_slabs_sum sum;
};

/**
 * struct memmon_slabs_advice - the objects that one call site has from one size class of kmalloc
 * @site: the call site
 * @class_bytes: the size class, or whole pages
 * @sum: the objects
 * @asked_min: the least that was asked for
 * @asked_max: the most
 * @fit_bytes: objects of a cache of its own that @asked_max fits into: to 8 bytes, or to a page
 * @saved_bytes: what @sum would take less in these
 * @born: objects that the call site ever asked for, in all size classes, since the session began
 * @born_bytes: taken by these
 */
struct memmon_slabs_advice {
	const char *site;
	uint64_t class_bytes;
	struct memmon_slabs_sum sum;
	uint32_t asked_min;
	uint32_t asked_max;
	uint64_t fit_bytes;
	uint64_t saved_bytes;
	uint64_t born;
	uint64_t born_bytes;
};

/**
 * struct memmon_slabs_cgroup - one cgroup and cache
 * @cgroup: its path; "(none)" of interrupts, and if it is not known; "(id 4711)" if only the id is
 * @cache: its name; a size class of kmalloc, "kmalloc-64", if @is_size_class; "(kmalloc)" if not even that
 * @is_size_class: which cache it was is not known
 * @sum: the objects that are held
 * @born: objects ever, since the session began; 0 if that is in another row, since their cache is not known
 * @born_bytes: taken by these
 */
struct memmon_slabs_cgroup {
	const char *cgroup;
	const char *cache;
	bool is_size_class;
	struct memmon_slabs_sum sum;
	uint64_t born;
	uint64_t born_bytes;
};

/* What a holder is; BY_SITE: nothing beside the call site, and "who" is "". */
enum memmon_slabs_by {
	MEMMON_SLABS_BY_PROCESS,
	MEMMON_SLABS_BY_CGROUP,
	MEMMON_SLABS_BY_SITE
};

/*
 * The next four make an array of rows, in no order, which free() lets go of; what it points to lives as long as
 * @slabs. They return 0, -ENODATA without a snapshot, or -ENOMEM.
 */

/* Who keeps nearly empty slabs. -ENODATA also if objects cannot be found in slabs. */
int memmon_slabs_pins(struct memmon_slabs *slabs, struct memmon_slabs_pin **ret, size_t *nr);

/* Who holds the objects of the caches whose names match @caches. */
int memmon_slabs_holders(struct memmon_slabs *slabs, const char *caches, enum memmon_slabs_by by,
			 struct memmon_slabs_holder **ret, size_t *nr);

/* Whose kmallocs would be smaller in a cache of their own; the ones that would not are left out. */
int memmon_slabs_advise(struct memmon_slabs *slabs, struct memmon_slabs_advice **ret, size_t *nr);

/* What each cgroup holds of each cache. */
int memmon_slabs_cgroups(struct memmon_slabs *slabs, struct memmon_slabs_cgroup **ret, size_t *nr);

#ifdef __cplusplus
}
#endif

#endif
