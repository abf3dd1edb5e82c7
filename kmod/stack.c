// SPDX-License-Identifier: GPL-2.0
/* The tables of call stacks. */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "stack_take.h"

/* Places to look at for a stack: beyond these, the table counts as full. */
#define PROBES 16
/* And so many of stacks whose code is gone, on the way: else those of a module that comes back often would crowd it out. */
#define MOST_RETIRED 256
#define MAX_PLACES (1U << 22)
/* Room for frames, for each place: stacks are 10 to 15 frames deep on average. */
#define FRAMES_PER_PLACE 20

/* All tables, for code that goes. Under tables_lock. */
static LIST_HEAD(all_tables);
static DEFINE_MUTEX(tables_lock);
static u32 last_serial; /* under tables_lock */
static atomic64_t total_bytes;

/* How many places there will be for a wish. Context: any. */
u32 memmon_stacks_round(u32 places)
{
	return roundup_pow_of_two(clamp_t(u32, places, PROBES, MAX_PLACES));
}

/**
 * memmon_stacks_memory - what a table would take
 * @places: as for memmon_stacks_create(); 0 for no table
 *
 * Context: any. Return: bytes.
 */
u64 memmon_stacks_memory(u32 places)
{
	u64 each = sizeof(u64) + sizeof(struct memmon_stack_row) + FRAMES_PER_PLACE * sizeof(u64);

	return places ? sizeof(struct memmon_stacks) + memmon_stacks_round(places) * each : 0;
}

/* Memory that all tables take. Context: any. */
u64 memmon_stacks_total_bytes(void)
{
	return atomic64_read(&total_bytes);
}

static void free_table(struct memmon_stacks *stacks)
{
	vfree(stacks->frames);
	vfree(stacks->rows);
	vfree(stacks->hashes);
	kfree(stacks);
}

/**
 * memmon_stacks_create - make room for call stacks
 * @places: how many different ones; memmon_stacks_round() says what becomes of it
 *
 * Context: process; may sleep.
 * Return: the table, or NULL for lack of memory.
 */
struct memmon_stacks *memmon_stacks_create(u32 places)
{
	struct memmon_stacks *stacks = kzalloc(sizeof(*stacks), GFP_KERNEL);

	if (!stacks)
		return NULL;
	stacks->places = memmon_stacks_round(places);
	stacks->shift = 64 - ilog2(stacks->places);
	stacks->nr_frames = stacks->places * FRAMES_PER_PLACE;
	stacks->hashes = vzalloc(array_size(stacks->places, sizeof(*stacks->hashes)));
	stacks->rows = vzalloc(array_size(stacks->places, sizeof(*stacks->rows)));
	stacks->frames = vzalloc(array_size(stacks->nr_frames, sizeof(*stacks->frames)));
	if (!stacks->hashes || !stacks->rows || !stacks->frames || memmon_unwind_get()) {
		free_table(stacks);
		return NULL;
	}
	atomic64_add(memmon_stacks_memory(places), &total_bytes);
	mutex_lock(&tables_lock);
	stacks->serial = ++last_serial ?: ++last_serial;
	list_add(&stacks->node, &all_tables);
	mutex_unlock(&tables_lock);
	return stacks;
}

/* Gives the memory back; NULL is fine. Context: process, nobody takes stacks any more; may sleep. */
void memmon_stacks_destroy(struct memmon_stacks *stacks)
{
	if (!stacks)
		return;
	mutex_lock(&tables_lock);
	list_del(&stacks->node);
	mutex_unlock(&tables_lock);
	memmon_unwind_put();
	atomic64_sub(memmon_stacks_memory(stacks->places), &total_bytes);
	free_table(stacks);
}

/**
 * memmon_stacks_search - memmon_stacks_find() for a stack that is not in its first place
 * @stacks: the table
 * @hash: of its frames
 *
 * Context: any. Return: the id, or 0.
 */
notrace u32 memmon_stacks_search(const struct memmon_stacks *stacks, u64 hash)
{
	u32 place = hash >> stacks->shift, nr_others = 0, nr_retired = 0;

	for (; nr_others < PROBES && nr_retired < MOST_RETIRED; place++) {
		u64 there = READ_ONCE(stacks->hashes[place & (stacks->places - 1)]);

		if (there == hash)
			return (place & (stacks->places - 1)) + 1;
		if (there == MEMMON_STACK_FREE)
			return 0;
		if (there == MEMMON_STACK_RETIRED)
			nr_retired++;
		else
			nr_others++;
	}
	return 0;
}

static notrace void fill(struct memmon_stacks *stacks, u32 place, u32 start,
			 const unsigned long *frames, u32 nr)
{
	struct memmon_stack_row *row = &stacks->rows[place];
	u32 i;

	row->start = start;
	for (i = 0; i < nr; i++)
		stacks->frames[start + i] = frames[i];
	/* Whoever sees the number sees the frames. */
	smp_store_release(&row->nr_frames, nr);
	atomic_inc(&stacks->nr_taken);
}

/* Takes room for frames. Return: where it begins, or -1. */
static notrace int take_frames(struct memmon_stacks *stacks, u32 nr)
{
	u32 end;

	/* So that the sum never wraps. */
	if (atomic_read(&stacks->frames_used) >= stacks->nr_frames)
		return -1;
	end = atomic_add_return(nr, &stacks->frames_used);
	return end > stacks->nr_frames ? -1 : end - nr;
}

/**
 * memmon_stacks_intern - the id of a stack, entering it if it is new
 * @stacks: the table
 * @hash: of its frames
 * @frames: return addresses, the innermost first
 * @nr: how many, 1 to MEMMON_STACK_FRAMES
 *
 * Context: any.
 * Return: the id, 0 if the neighbourhood in the table or the room for frames is full; the caller counts that.
 */
notrace u32 memmon_stacks_intern(struct memmon_stacks *stacks, u64 hash,
				 const unsigned long *frames, u32 nr)
{
	u32 place = hash >> stacks->shift, nr_others = 0, nr_retired = 0;
	int start = -1;

	for (; nr_others < PROBES && nr_retired < MOST_RETIRED; place++) {
		u64 there;

		place &= stacks->places - 1;
		there = READ_ONCE(stacks->hashes[place]);
		if (there == MEMMON_STACK_FREE) {
			/* Room first, so that no place is taken that stays empty. */
			if (start < 0)
				start = take_frames(stacks, nr);
			if (start < 0)
				return 0;
			there = cmpxchg(&stacks->hashes[place], MEMMON_STACK_FREE, hash);
		}
		if (there == MEMMON_STACK_FREE) {
			fill(stacks, place, start, frames, nr);
			return place + 1;
		}
		if (there == hash)
			return place + 1;
		if (there == MEMMON_STACK_RETIRED)
			nr_retired++;
		else
			nr_others++;
	}
	return 0;
}

/* Counts a stack that was not taken. Context: any. Return: 0, the id of none. */
notrace u32 memmon_stacks_miss(struct memmon_stacks *stacks)
{
	atomic64_inc(&stacks->nr_missed);
	return 0;
}

/* The id of a stack that is known again, and is asked for once more soon. Return: it, or 0 if the table has it not. */
static notrace u32 look_up(const struct memmon_stacks *stacks, unsigned long call_site,
			   struct memmon_memo *memo)
{
	if (!memmon_stacks_has_id(stacks, memo)) {
		u32 id = memmon_stacks_find(stacks, memo->hash);

		if (!id)
			return 0;
		/* Only this context of this CPU reads it. */
		memo->id = id;
		memo->serial = stacks->serial;
	}
	return memmon_stacks_recall(call_site, memo);
}

/* memmon_stacks_take_here() for a stack that was not the last of its call site. @frame: of its caller. */
noinline notrace u32 memmon_stacks_take_other(struct memmon_stacks *stacks, unsigned long call_site,
					      unsigned long frame, bool is_direct)
{
	struct memmon_memos *m = this_cpu_read(memmon_memos) + memmon_event_context();
	struct memmon_memo *memo = memmon_memo_search(m, frame, call_site, is_direct);
	struct memmon_trace trace;
	u32 id = memo ? look_up(stacks, call_site, memo) : 0;

	if (id)
		return id;
	if (memmon_unwind(call_site, frame, &trace)) {
		id = memmon_stacks_find(stacks, trace.hash);
		if (!id)
			id = memmon_stacks_intern(stacks, trace.hash, trace.frames, trace.nr);
	}
	return id ? id : memmon_stacks_miss(stacks);
}

/**
 * memmon_stacks_take - the id of the stack that the kernel is on
 * @stacks: the table
 * @call_site: the frame that it begins with; see memmon_unwind()
 *
 * Context: any, preemption off.
 * Return: the id, or 0 (counted) if there is no place, or nothing was unwound, as in NMI.
 */
noinline notrace u32 memmon_stacks_take(struct memmon_stacks *stacks, unsigned long call_site)
{
	return memmon_stacks_take_here(stacks, call_site);
}

static void retire_row(struct memmon_stacks *stacks, u32 place, unsigned long first,
		       unsigned long last)
{
	const struct memmon_stack_row *row = &stacks->rows[place];
	u32 nr = smp_load_acquire(&row->nr_frames); /* pairs with fill() */
	u64 *frames = &stacks->frames[row->start];
	u32 i;

	for (i = 0; i < nr; i++) {
		if (frames[i] < first || frames[i] > last)
			continue;
		WRITE_ONCE(stacks->hashes[place], MEMMON_STACK_RETIRED);
		WRITE_ONCE(frames[i], 0);
	}
}

/**
 * memmon_stacks_retire - forget frames of code that is about to go, in all tables
 * @first: first address of that code
 * @last: last address
 *
 * They become 0, so that they are not taken for frames of what comes to the same address; a stack of that
 * gets an id of its own then.
 *
 * Context: process; while stacks are taken, but none that runs through that code; may sleep.
 */
void memmon_stacks_retire(unsigned long first, unsigned long last)
{
	struct memmon_stacks *stacks;
	u32 place;

	mutex_lock(&tables_lock);
	memmon_unwind_retire(first, last);
	list_for_each_entry(stacks, &all_tables, node) {
		for (place = 0; place < stacks->places; place++)
			retire_row(stacks, place, first, last);
	}
	mutex_unlock(&tables_lock);
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
		const struct memmon_stack_row *from = &stacks->rows[*position];
		u32 nr = smp_load_acquire(&from->nr_frames), i; /* pairs with fill() */

		if (!nr)
			continue;
		memset(row, 0, sizeof(*row));
		row->id = ++*position;
		row->nr_frames = nr;
		/* retire_row() may clear some meanwhile. */
		for (i = 0; i < nr; i++)
			row->frames[i] = READ_ONCE(stacks->frames[from->start + i]);
		return true;
	}
	return false;
}
