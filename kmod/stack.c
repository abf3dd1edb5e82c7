// SPDX-License-Identifier: GPL-2.0
/* The table of call stacks. */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "stack.h"
#include "unwind.h"

/**
 * struct stack_row - one stack
 * @nr_frames: how many frames there are; 0 while they are being written
 * @zero: 0
 * @frames: return addresses, the innermost first
 */
struct stack_row {
	u32 nr_frames;
	u32 zero;
	u64 frames[MEMMON_STACK_FRAMES];
};

/**
 * struct memmon_stacks - a table of stacks
 * @places: how many there can be, a power of two
 * @nr_taken: how many there are
 * @nr_missed: stacks that were asked for and not given
 * @hashes: of the stack in each place, apart from the stacks, so that a search stays in one or two cache
 *	    lines; 0 if the place is free
 * @rows: the stacks; the id of one is its place + 1
 */
struct memmon_stacks {
	u32 places;
	atomic_t nr_taken;
	atomic64_t nr_missed;
	u64 *hashes;
	struct stack_row *rows;
};

/* Places to look at for a stack: beyond these, the table counts as full. */
#define PROBES 16
#define MAX_PLACES (1U << 24)

static u32 places_for(u32 wanted)
{
	return roundup_pow_of_two(clamp_t(u32, wanted, PROBES, MAX_PLACES));
}

/**
 * memmon_stacks_memory - what a table would take
 * @places: as for memmon_stacks_create(); 0 for no table
 *
 * Context: any.
 * Return: bytes.
 */
u64 memmon_stacks_memory(u32 places)
{
	u64 each = sizeof(struct stack_row) + sizeof(u64);

	return places ? sizeof(struct memmon_stacks) + places_for(places) * each : 0;
}

/**
 * memmon_stacks_create - make room for call stacks
 * @places: how many different ones, rounded up to a power of two; at least 16, at most 2^24
 *
 * Context: process; may sleep.
 * Return: the table, or NULL for lack of memory.
 */
struct memmon_stacks *memmon_stacks_create(u32 places)
{
	struct memmon_stacks *stacks;

	stacks = kzalloc(sizeof(*stacks), GFP_KERNEL);
	if (!stacks)
		return NULL;
	memmon_unwind_init();
	stacks->places = places_for(places);
	stacks->hashes = vzalloc(array_size(stacks->places, sizeof(*stacks->hashes)));
	stacks->rows = vzalloc(array_size(stacks->places, sizeof(*stacks->rows)));
	if (!stacks->hashes || !stacks->rows) {
		memmon_stacks_destroy(stacks);
		return NULL;
	}
	return stacks;
}

/* Gives the memory back; NULL is fine. Context: process, nobody takes stacks any more. */
void memmon_stacks_destroy(struct memmon_stacks *stacks)
{
	if (!stacks)
		return;
	vfree(stacks->rows);
	vfree(stacks->hashes);
	kfree(stacks);
}

/* Never 0, which is the mark of a free place. */
static notrace u64 hash_frames(const unsigned long *frames, u32 nr)
{
	u64 hash = nr;
	u32 i;

	for (i = 0; i < nr; i++) {
		hash = (hash ^ frames[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return hash ? hash : 1;
}

/* Whether a row of the same hash is this stack. */
static notrace bool is_same(const struct stack_row *row, const unsigned long *frames, u32 nr)
{
	u32 i, nr_there = smp_load_acquire(&row->nr_frames); /* pairs with fill() */

	if (!nr_there)
		return true; /* being written: the hash has to do */
	if (nr_there != nr)
		return false;
	for (i = 0; i < nr; i++) {
		if (READ_ONCE(row->frames[i]) != frames[i])
			return false;
	}
	return true;
}

static notrace void fill(struct stack_row *row, const unsigned long *frames, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		row->frames[i] = frames[i];
	/* Whoever sees the number sees the frames. */
	smp_store_release(&row->nr_frames, nr);
}

/**
 * memmon_stacks_intern - the id of a stack, entering it if it is new
 * @stacks: the table
 * @frames: return addresses, the innermost first
 * @nr: how many, up to MEMMON_STACK_FRAMES
 *
 * Context: any, NMI included.
 * Return: the id, 0 if @nr is 0 or the neighbourhood in the table is full; the caller counts that.
 */
notrace u32 memmon_stacks_intern(struct memmon_stacks *stacks, const unsigned long *frames, u32 nr)
{
	u64 hash = hash_frames(frames, nr);
	u32 place = hash, i;

	if (!nr)
		return 0;
	for (i = 0; i < PROBES; i++, place++) {
		u64 there;

		place &= stacks->places - 1;
		there = READ_ONCE(stacks->hashes[place]);
		if (!there)
			there = cmpxchg(&stacks->hashes[place], 0ULL, hash);
		if (!there) {
			fill(&stacks->rows[place], frames, nr);
			atomic_inc(&stacks->nr_taken);
			return place + 1;
		}
		if (there == hash && is_same(&stacks->rows[place], frames, nr))
			return place + 1;
	}
	return 0;
}

/**
 * memmon_stacks_take - the id of the stack that the kernel is on
 * @stacks: the table
 * @call_site: the frame that it begins with; see memmon_unwind()
 *
 * Context: any.
 * Return: the id, or 0 (counted) if there is no place, or nothing was unwound, as in NMI.
 */
notrace u32 memmon_stacks_take(struct memmon_stacks *stacks, unsigned long call_site)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	u32 first, nr, id;

	nr = memmon_unwind(call_site, frames, &first);
	id = memmon_stacks_intern(stacks, frames + first, nr);
	if (!id)
		atomic64_inc(&stacks->nr_missed);
	return id;
}

/* Stacks in the table; one being written counts soon. Context: any. */
u32 memmon_stacks_count(const struct memmon_stacks *stacks)
{
	return atomic_read(&stacks->nr_taken);
}

/* How many stacks there can be. Context: any. */
u32 memmon_stacks_places(const struct memmon_stacks *stacks)
{
	return stacks->places;
}

/* Stacks that memmon_stacks_take() could not give an id. Context: any. */
u64 memmon_stacks_missed(const struct memmon_stacks *stacks)
{
	return atomic64_read(&stacks->nr_missed);
}

/**
 * memmon_stacks_retire - forget frames of code that is about to go
 * @stacks: the table
 * @first: first address of that code
 * @last: last address
 *
 * They become 0, so that they are not taken for frames of what comes to the same address; a stack of that
 * gets an id of its own then.
 *
 * Context: process; while stacks are taken.
 */
void memmon_stacks_retire(struct memmon_stacks *stacks, unsigned long first, unsigned long last)
{
	u32 place, i;

	for (place = 0; place < stacks->places; place++) {
		struct stack_row *row = &stacks->rows[place];
		u32 nr = smp_load_acquire(&row->nr_frames); /* pairs with fill() */

		for (i = 0; i < nr; i++) {
			if (row->frames[i] >= first && row->frames[i] <= last)
				WRITE_ONCE(row->frames[i], 0);
		}
	}
}

/**
 * memmon_stacks_row - the next stack
 * @stacks: the table
 * @position: where to look; 0 at first. Set behind what was found
 * @row: set to the stack
 *
 * Context: process; while stacks are taken.
 * Return: whether there was one.
 */
bool memmon_stacks_row(const struct memmon_stacks *stacks, u64 *position, struct memmon_stack *row)
{
	for (; *position < stacks->places; ++*position) {
		const struct stack_row *from = &stacks->rows[*position];
		u32 nr = smp_load_acquire(&from->nr_frames); /* pairs with fill() */

		if (!nr)
			continue;
		memset(row, 0, sizeof(*row));
		row->id = ++*position;
		row->nr_frames = nr;
		memcpy(row->frames, from->frames, nr * sizeof(row->frames[0]));
		return true;
	}
	return false;
}
