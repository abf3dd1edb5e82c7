// SPDX-License-Identifier: GPL-2.0
/* Compares looks at the slab caches before, during and after an experiment. */
#include "experiment.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int memmon_experiment_create(struct memmon_experiment **ret)
{
	struct memmon_experiment *experiment = calloc(1, sizeof(*experiment));

	if (!experiment)
		return -ENOMEM;
	experiment->all_counted = MEMMON_COUNTED_ALL;
	*ret = experiment;
	return 0;
}

void memmon_experiment_destroy(struct memmon_experiment *experiment)
{
	if (!experiment)
		return;
	for (size_t i = 0; i < experiment->nr_caches; i++)
		free((char *)experiment->caches[i].row.name);
	free(experiment->caches);
	free(experiment->selected);
	free(experiment);
}

struct memmon_tracked *memmon_experiment_find(struct memmon_experiment *experiment,
					      const char *name, size_t hint)
{
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		struct memmon_tracked *cache =
			&experiment->caches[(hint + i) % experiment->nr_caches];

		if (!strcmp(cache->row.name, name))
			return cache;
	}
	return NULL;
}

/* The numbers of the run go to those of all runs. */
static void end_run_of(struct memmon_row *row)
{
	memmon_spread_add(&row->phases[MEMMON_BEFORE], (double)row->before);
	memmon_spread_add(&row->phases[MEMMON_DURING], (double)row->during);
	memmon_spread_add(&row->phases[MEMMON_AFTER], (double)row->after);
	if (row->before)
		memmon_spread_add(&row->growth, ((double)row->during - (double)row->before) *
							100.0 / (double)row->before);
	memmon_counts_add(&row->total, &row->counts);
}

struct memmon_tracked *memmon_experiment_track(struct memmon_experiment *experiment,
					       const char *name)
{
	struct memmon_tracked *cache;
	char *copy;

	if (memmon_array_grow((void **)&experiment->caches, experiment->nr_caches,
			      &experiment->room, sizeof(*cache)))
		return NULL;
	copy = strdup(name);
	if (!copy)
		return NULL;
	cache = &experiment->caches[experiment->nr_caches++];
	memset(cache, 0, sizeof(*cache));
	cache->row.name = copy;
	/* It had no objects in the runs before. */
	for (uint64_t run = 0; run < experiment->nr_runs; run++)
		end_run_of(&cache->row);
	return cache;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void take_look(struct memmon_tracked *cache, enum memmon_phase phase, bool is_first_idle)
{
	struct memmon_row *row = &cache->row;

	switch (phase) {
	case MEMMON_BEFORE:
		row->before = cache->look;
		row->during = 0;
		row->after = 0;
		break;
	case MEMMON_DURING:
		if (cache->look > row->during)
			row->during = cache->look;
		break;
	case MEMMON_AFTER:
		row->after = cache->look;
		break;
	case MEMMON_IDLE:
		if (is_first_idle)
			cache->idle_start = cache->look;
		if (distance(cache->look, cache->idle_start) > row->noise)
			row->noise = distance(cache->look, cache->idle_start);
		break;
	}
}

/* What an earlier run had asked for is in the totals by now. */
static void begin_run(struct memmon_experiment *experiment)
{
	experiment->is_running = true;
	experiment->counted = MEMMON_COUNTED_NOTHING;
	for (size_t i = 0; i < experiment->nr_caches; i++)
		experiment->caches[i].row.counts = (struct memmon_counts){ 0 };
}

int memmon_experiment_add(struct memmon_experiment *experiment, enum memmon_phase phase,
			  const struct memmon_slabinfo *info)
{
	bool is_first_idle = phase == MEMMON_IDLE && !experiment->is_idle;
	size_t hint = 0;

	if (phase != MEMMON_IDLE && !experiment->is_running)
		begin_run(experiment);
	for (size_t i = 0; i < experiment->nr_caches; i++)
		experiment->caches[i].look = 0;
	for (size_t i = 0; i < memmon_slabinfo_count(info); i++) {
		const struct memmon_slabinfo_row *slab = memmon_slabinfo_at(info, i);
		struct memmon_tracked *cache = memmon_experiment_find(experiment, slab->name, hint);

		if (!cache)
			cache = memmon_experiment_track(experiment, slab->name);
		if (!cache)
			return -ENOMEM;
		/* Two caches may have one name; nobody could tell their rows apart. */
		cache->look += slab->active_objs;
		hint = (size_t)(cache - experiment->caches) + 1;
	}
	for (size_t i = 0; i < experiment->nr_caches; i++)
		take_look(&experiment->caches[i], phase, is_first_idle);
	experiment->is_idle |= phase == MEMMON_IDLE;
	return 0;
}

/* A cache that no look saw an object of, but that had requests, has come and gone. */
static bool has_moved(const struct memmon_row *row)
{
	return row->during != row->before || row->after != row->before ||
	       (row->counts.requests && !row->before);
}

void memmon_experiment_end_run(struct memmon_experiment *experiment)
{
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		struct memmon_tracked *cache = &experiment->caches[i];

		cache->has_moved |= has_moved(&cache->row);
		end_run_of(&cache->row);
	}
	if (experiment->counted < experiment->all_counted)
		experiment->all_counted = experiment->counted;
	experiment->is_running = false;
	experiment->nr_runs++;
}

uint64_t memmon_experiment_runs(const struct memmon_experiment *experiment)
{
	return experiment->nr_runs;
}

static int compare_rows(const void *left, const void *right)
{
	const struct memmon_row *a = *(const struct memmon_row *const *)left;
	const struct memmon_row *b = *(const struct memmon_row *const *)right;
	double growth_a = memmon_row_growth(a), growth_b = memmon_row_growth(b);
	double gain_a = memmon_row_gain(a), gain_b = memmon_row_gain(b);

	if (growth_a != growth_b)
		return growth_a < growth_b ? 1 : -1;
	if (gain_a != gain_b)
		return gain_a < gain_b ? 1 : -1;
	return strcmp(a->name, b->name);
}

int memmon_experiment_select(struct memmon_experiment *experiment, const char *only,
			     const char *also, size_t *nr)
{
	free(experiment->selected);
	experiment->nr_selected = 0;
	/* One more than needed: nothing to select is no lack of memory. */
	experiment->selected = calloc(experiment->nr_caches + 1, sizeof(*experiment->selected));
	if (!experiment->selected)
		return -ENOMEM;
	memmon_experiment_mark_counted(experiment);
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		const struct memmon_tracked *cache = &experiment->caches[i];
		const struct memmon_row *row = &cache->row;

		if (only && !memmon_pattern_match(only, row->name))
			continue;
		if (!cache->has_moved && !has_moved(row) &&
		    !(also && memmon_pattern_match(also, row->name)))
			continue;
		experiment->selected[experiment->nr_selected++] = row;
	}
	qsort(experiment->selected, experiment->nr_selected, sizeof(*experiment->selected),
	      compare_rows);
	*nr = experiment->nr_selected;
	return 0;
}

const struct memmon_row *memmon_experiment_at(const struct memmon_experiment *experiment, size_t i)
{
	return experiment->selected[i];
}

double memmon_row_level(const struct memmon_row *row, enum memmon_phase phase)
{
	const uint64_t last[MEMMON_RUN_PHASES] = { row->before, row->during, row->after };

	return row->phases[phase].nr ? row->phases[phase].mean : (double)last[phase];
}

double memmon_row_gain(const struct memmon_row *row)
{
	return memmon_row_level(row, MEMMON_DURING) - memmon_row_level(row, MEMMON_BEFORE);
}

double memmon_row_leak(const struct memmon_row *row)
{
	return memmon_row_level(row, MEMMON_AFTER) - memmon_row_level(row, MEMMON_BEFORE);
}

double memmon_row_growth(const struct memmon_row *row)
{
	double before = memmon_row_level(row, MEMMON_BEFORE);

	if (before == 0.0)
		return memmon_row_gain(row) > 0.0 ? INFINITY : 0.0;
	return memmon_row_gain(row) * 100.0 / before;
}

bool memmon_row_is_noise(const struct memmon_row *row)
{
	return fabs(memmon_row_gain(row)) <= (double)row->noise &&
	       fabs(memmon_row_leak(row)) <= (double)row->noise;
}
