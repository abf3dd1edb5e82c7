/* SPDX-License-Identifier: GPL-2.0 */
/* What the files about an experiment share. */
#ifndef EXPERIMENT_H
#define EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memmon.h"

/* How much is known of what the module saw of a run. */
enum memmon_counted {
	MEMMON_COUNTED_NOTHING,
	MEMMON_COUNTED_REQUESTS,
	MEMMON_COUNTED_ALL,
};

/**
 * struct memmon_tracked - a cache and what the next look needs
 * @row: its name is ours
 * @look: active objects in the look being added
 * @idle_start: active objects when the idle time began
 * @has_moved: in a run that has ended
 */
struct memmon_tracked {
	struct memmon_row row;
	uint64_t look;
	uint64_t idle_start;
	bool has_moved;
};

/**
 * struct memmon_experiment - all caches that any look has seen
 * @counted: of the run that is going on
 * @all_counted: the least of all runs that have ended
 */
struct memmon_experiment {
	struct memmon_tracked *caches;
	size_t nr_caches;
	size_t room;
	const struct memmon_row **selected;
	size_t nr_selected;
	uint64_t nr_runs;
	bool is_running;
	bool is_idle;
	enum memmon_counted counted;
	enum memmon_counted all_counted;
};

/**
 * memmon_experiment_find() - the cache with this name, or NULL
 * @hint: where it is likely to be
 *
 * Looks come in the same order nearly always, so a search starts where the last one ended.
 */
struct memmon_tracked *memmon_experiment_find(struct memmon_experiment *experiment,
					      const char *name, size_t hint);

/**
 * memmon_experiment_track() - a cache that was not there in any look so far
 *
 * Return: the cache, or NULL without memory.
 */
struct memmon_tracked *memmon_experiment_track(struct memmon_experiment *experiment,
					       const char *name);

/**
 * memmon_experiment_mark_counted() - tell each row what of its counts is exact
 */
void memmon_experiment_mark_counted(struct memmon_experiment *experiment);

#endif
