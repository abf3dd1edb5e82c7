/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Call stacks, each kept once and known by a small id.
 *
 * A table of a fixed size, without a lock. Whoever brings a new stack takes a place with one cmpxchg of its
 * hash, writes the frames, and then says how many there are. Whoever comes by before that, another CPU or
 * an interrupt, goes by the hash alone, so that one stack never gets two ids while it is being written.
 * Places are never given back.
 */
#ifndef MEMMON_STACK_H
#define MEMMON_STACK_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

struct memmon_stacks;

u64 memmon_stacks_memory(u32 places);
struct memmon_stacks *memmon_stacks_create(u32 places);
void memmon_stacks_destroy(struct memmon_stacks *stacks);
u32 memmon_stacks_take(struct memmon_stacks *stacks, unsigned long call_site);
u32 memmon_stacks_intern(struct memmon_stacks *stacks, const unsigned long *frames, u32 nr);
u32 memmon_stacks_count(const struct memmon_stacks *stacks);
u32 memmon_stacks_places(const struct memmon_stacks *stacks);
u64 memmon_stacks_missed(const struct memmon_stacks *stacks);
void memmon_stacks_retire(struct memmon_stacks *stacks, unsigned long first, unsigned long last);
bool memmon_stacks_row(const struct memmon_stacks *stacks, u64 *position, struct memmon_stack *row);

#endif /* MEMMON_STACK_H */
