/* SPDX-License-Identifier: GPL-2.0 */
/* What the makers of snapshots share: from a live ledger, and by replaying a recording. */
#ifndef MEMMON_SNAPSHOT_INTERNAL_H
#define MEMMON_SNAPSHOT_INTERNAL_H

#include "memmon/snapshot.h"
#include "report_map.h"

/**
 * struct snapshot_texts - the texts of an account, which live as long as the snapshot
 * @site: of a call site whose code is gone: "function+0x12 [module]"; NULL: the symbols tell
 * @module: of such a call site, or NULL if it is not known
 * @cgroup: path, or NULL
 * @is_gone: the module is gone, not only the code of its init function
 */
struct snapshot_texts {
	const char *site;
	const char *module;
	const char *cgroup;
	bool is_gone;
};

/**
 * struct snapshot_ops - how the origin of a snapshot answers
 * @symbols: NULL when there are none
 * @read_stacks: fills the table of stacks, of an origin whose stacks change; else NULL
 * @stack: a stack, of an origin that keeps them; else NULL
 */
struct snapshot_ops {
	const struct memmon_cache *(*cache)(void *owner, uint32_t id);
	struct memmon_symbols *(*symbols)(void *owner);
	int (*read_stacks)(struct memmon_snapshot_origin *origin);
	size_t (*stack)(void *owner, uint32_t id, const uint64_t **frames);
};

/* A call stack, its frames in the type that memmon_snapshot_stack() gives out. */
struct snapshot_stack {
	size_t nr_frames;
	uint64_t frames[MEMMON_STACK_FRAMES];
};

/**
 * struct memmon_snapshot_origin - where a snapshot comes from
 * @owner: for @ops; outlives the snapshot
 * @texts: of each account
 * @stacks: read when the first one is asked for, @nr_stacks of them
 * @of_stack: place of each id there
 */
struct memmon_snapshot_origin {
	const struct snapshot_ops *ops;
	void *owner;
	struct snapshot_texts *texts;
	struct snapshot_stack *stacks;
	size_t nr_stacks;
	size_t room_stacks;
	struct report_map of_stack;
	bool has_stacks;
};

/* An empty snapshot, or NULL without memory. */
struct memmon_snapshot *snapshot_create(const struct snapshot_ops *ops, void *owner);

/* Where the objects of a class of births are. */
enum memmon_section snapshot_section(uint32_t event_class);

/* Does the detail of these births name a slab cache? */
bool snapshot_class_has_cache(uint32_t event_class);

/* Ticks of the clock of the records in nanoseconds. */
uint64_t snapshot_ns(const struct memmon_machine *machine, uint64_t ticks);

/**
 * snapshot_missing_classes() - what a ledger needs, and a session does not see
 * @options: of the session
 * @machine: where it is: what its kernel has no path for cannot be missed
 * @not_attached: mask of classes
 *
 * Return: a mask of 1 << enum memmon_class.
 */
uint32_t snapshot_missing_classes(const struct memmon_options *options,
				  const struct memmon_machine *machine, uint32_t not_attached);

/**
 * snapshot_detail() - fill in what the detail and the node of a birth say
 * @held: its event_class is set
 */
void snapshot_detail(struct memmon_held *held, uint32_t detail, uint32_t pid_node);

#endif
