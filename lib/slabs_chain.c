// SPDX-License-Identifier: GPL-2.0
/* Works out how many objects of a cache are in use, and what becomes of its memory. */
#include "slabs_internal.h"

/*
 * Sheaves are arrays of free objects, and count as in use. A CPU has up to three, and each NUMA node keeps
 * up to ten full ones for its CPUs; see struct slub_percpu_sheaves and MAX_FULL_SHEAVES in mm/slub.c.
 */
#define SHEAVES_OF_CPU 3
#define SHEAVES_OF_NODE 10

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Loss: what CPUs keep for themselves is not countable from outside, so that a range is all there is. */
static uint64_t uncertain_objects(const struct memmon_slabs_row *row,
				  const struct slabs_extra *extra,
				  const struct memmon_slabs_input *input)
{
	uint64_t sheaves =
		(uint64_t)SHEAVES_OF_CPU * input->nr_cpus + SHEAVES_OF_NODE * input->nr_nodes;
	uint64_t unknown = row->in_use_max - row->known;
	uint64_t kept = extra->sheaf_capacity * sheaves;

	if (!input->has_slabs && !extra->has_sizes)
		return unknown;
	kept += input->has_slabs ? extra->frozen : extra->cpu_places;
	return least(kept, unknown);
}

void slabs_chain_finish(struct memmon_slabs_row *row, const struct slabs_extra *extra,
			const struct memmon_slabs_input *input)
{
	struct memmon_slabs_chain *chain = &row->chain;
	uint64_t slot = row->slot_bytes ? row->slot_bytes : row->object_bytes;
	uint64_t slots, known, used;

	if (row->in_use_max < row->known)
		row->in_use_max = row->known;
	if (row->places < row->in_use_max)
		row->places = row->in_use_max;
	row->in_use_min = row->in_use_max - uncertain_objects(row, extra, input);
	/* Each step is cut where the one before ends: sizes and slabs are not looked at in one moment. */
	slots = least(row->places * slot, chain->total);
	chain->ends = chain->total - slots;
	chain->free = least((row->places - row->in_use_max) * slot, slots);
	used = slots - chain->free;
	chain->objects = least(row->in_use_max * row->object_bytes, used);
	chain->padding = used - chain->objects;
	known = least(row->known * row->object_bytes, chain->objects);
	chain->older = chain->objects - known;
	chain->asked = least(extra->asked, known);
	chain->rounding = known - chain->asked;
}

static void add_empty(struct memmon_slabs_empty *total, const struct memmon_slabs_empty *empty)
{
	total->slabs += empty->slabs;
	total->explained_slabs += empty->explained_slabs;
	total->partly_slabs += empty->partly_slabs;
	total->bytes += empty->bytes;
	total->explained_bytes += empty->explained_bytes;
	total->objects += empty->objects;
	total->known_objects += empty->known_objects;
}

void slabs_chain_add(struct memmon_slabs_row *total, const struct memmon_slabs_row *row)
{
	total->slabs += row->slabs;
	total->places += row->places;
	total->has_kernel_active &= row->has_kernel_active;
	total->kernel_active += row->kernel_active;
	total->in_use_min += row->in_use_min;
	total->in_use_max += row->in_use_max;
	total->known += row->known;
	total->chain.total += row->chain.total;
	total->chain.ends += row->chain.ends;
	total->chain.free += row->chain.free;
	total->chain.padding += row->chain.padding;
	total->chain.objects += row->chain.objects;
	total->chain.older += row->chain.older;
	total->chain.rounding += row->chain.rounding;
	total->chain.asked += row->chain.asked;
	add_empty(&total->empty, &row->empty);
}
