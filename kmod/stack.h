/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Call stacks of a session, each kept once and known by a small id.
 *
 * A table of a fixed size, without a lock. A stack is known by a 64-bit hash of its frames: two stacks share
 * one with a chance of 2^-63. Whoever brings a new one takes room for its frames with one atomic addition and
 * a place with one cmpxchg of its hash, writes the frames, and then says how many there are. Places and room are
 * never given back; when code of a frame goes, its stacks lose their hash, so that what comes to the same
 * address gets ids of its own.
 */
#ifndef MEMMON_STACK_H
#define MEMMON_STACK_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

/* Never a hash: a free place, and one whose code is gone. */
#define MEMMON_STACK_FREE 0ULL
#define MEMMON_STACK_RETIRED 1ULL

/**
 * struct memmon_stack_row - one stack
 * @start: number of its first frame among the frames of all
 * @nr_frames: how many frames there are; 0 while they are being written
 */
struct memmon_stack_row {
	u32 start;
	u32 nr_frames;
};

/**
 * struct memmon_stacks - a table of stacks
 * @node: in the list of all
 * @serial: no other table has it, nor had it; not 0
 * @places: how many there can be, a power of two
 * @shift: bits of a hash that do not choose its first place
 * @nr_frames: room for frames of all stacks
 * @frames_used: of these; may count beyond @nr_frames
 * @nr_taken: how many stacks there are
 * @nr_missed: stacks that were asked for and not given
 * @hashes: of the stack in each place
 * @rows: the stacks; the id of one is its place + 1
 * @frames: of all of them
 */
struct memmon_stacks {
	struct list_head node;
	u32 serial;
	u32 places;
	u32 shift;
	u32 nr_frames;
	atomic_t frames_used;
	atomic_t nr_taken;
	atomic64_t nr_missed;
	u64 *hashes;
	struct memmon_stack_row *rows;
	u64 *frames;
};

/**
 * struct memmon_trace - a stack
 * @hash: of its frames
 * @frames: return addresses, the innermost first. Of this CPU and context, until it unwinds again
 * @nr: how many, 1 to MEMMON_STACK_FRAMES
 */
struct memmon_trace {
	u64 hash;
	const unsigned long *frames;
	u32 nr;
};

u64 memmon_stacks_memory(u32 places);
u64 memmon_stacks_total_bytes(void);
u32 memmon_stacks_round(u32 places);
struct memmon_stacks *memmon_stacks_create(u32 places);
void memmon_stacks_destroy(struct memmon_stacks *stacks);
u32 memmon_stacks_search(const struct memmon_stacks *stacks, u64 hash);
u32 memmon_stacks_intern(struct memmon_stacks *stacks, u64 hash, const unsigned long *frames,
			 u32 nr);
u32 memmon_stacks_take(struct memmon_stacks *stacks, unsigned long call_site);
void memmon_stacks_retire(unsigned long first, unsigned long last);
bool memmon_stacks_row(const struct memmon_stacks *stacks, u64 *position, struct memmon_stack *row);

/* An odd number, so that no bit is lost. */
#define MEMMON_STACK_FACTOR 0x9e3779b97f4a7c15ULL

/* The hash of a stack that has one frame more. It begins with 0; memmon_stack_hash_end() ends it. */
static __always_inline u64 memmon_stack_hash_add(u64 hash, unsigned long frame)
{
	return (hash + frame) * MEMMON_STACK_FACTOR;
}

/* None of the two reserved values. */
static __always_inline u64 memmon_stack_hash_end(u64 hash)
{
	return hash | 2;
}

/**
 * memmon_stacks_find - the id of a stack
 * @stacks: the table
 * @hash: of its frames
 *
 * Context: any. Return: the id, or 0 if it is not there.
 */
static __always_inline u32 memmon_stacks_find(const struct memmon_stacks *stacks, u64 hash)
{
	u32 home = hash >> stacks->shift;

	if (likely(READ_ONCE(stacks->hashes[home]) == hash))
		return home + 1;
	return memmon_stacks_search(stacks, hash);
}

/* Stacks in the table; one being written counts soon. Context: any. */
static inline u32 memmon_stacks_count(const struct memmon_stacks *stacks)
{
	return atomic_read(&stacks->nr_taken);
}

/* Stacks that memmon_stacks_take() could not give an id. Context: any. */
static inline u64 memmon_stacks_missed(const struct memmon_stacks *stacks)
{
	return atomic64_read(&stacks->nr_missed);
}

#endif /* MEMMON_STACK_H */
