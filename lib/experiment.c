// SPDX-License-Identifier: GPL-2.0
/* Compares looks at the slab caches before, during and after an experiment. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon.h"

struct tracked {
	struct memmon_row row; /* its name is ours */
	uint64_t look; /* active objects in the look being added */
};

struct memmon_experiment {
	struct tracked *caches;
	size_t nr_caches;
	size_t room;
	const struct memmon_row **selected;
	size_t nr_selected;
};

int memmon_experiment_create(struct memmon_experiment **ret)
{
	struct memmon_experiment *experiment = calloc(1, sizeof(*experiment));

	if (!experiment)
		return -ENOMEM;
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

/* Looks come in the same order nearly always, so the search starts where the last one ended. */
static struct tracked *find(struct memmon_experiment *experiment, const char *name, size_t hint)
{
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		struct tracked *cache = &experiment->caches[(hint + i) % experiment->nr_caches];

		if (!strcmp(cache->row.name, name))
			return cache;
	}
	return NULL;
}

static struct tracked *track(struct memmon_experiment *experiment, const char *name)
{
	struct tracked *cache;
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
	return cache;
}

static void take_look(struct memmon_row *row, enum memmon_phase phase, uint64_t active)
{
	switch (phase) {
	case MEMMON_BEFORE:
		row->before = active;
		break;
	case MEMMON_DURING:
		if (active > row->during)
			row->during = active;
		break;
	case MEMMON_AFTER:
		row->after = active;
		break;
	}
}

int memmon_experiment_add(struct memmon_experiment *experiment, enum memmon_phase phase,
			  const struct memmon_slabinfo *info)
{
	size_t hint = 0;

	for (size_t i = 0; i < experiment->nr_caches; i++)
		experiment->caches[i].look = 0;
	for (size_t i = 0; i < memmon_slabinfo_count(info); i++) {
		const struct memmon_slab *slab = memmon_slabinfo_at(info, i);
		struct tracked *cache = find(experiment, slab->name, hint);

		if (!cache)
			cache = track(experiment, slab->name);
		if (!cache)
			return -ENOMEM;
		/* Two caches may have one name; nobody could tell their rows apart. */
		cache->look += slab->active_objs;
		hint = (size_t)(cache - experiment->caches) + 1;
	}
	for (size_t i = 0; i < experiment->nr_caches; i++)
		take_look(&experiment->caches[i].row, phase, experiment->caches[i].look);
	return 0;
}

/* The N of kmalloc-N in bytes, or 0 for every other name. The kernel writes 1024 as 1k. */
static uint64_t size_class_bytes(const char *name)
{
	uint64_t bytes;
	char *unit;

	if (strncmp(name, "kmalloc-", 8) || name[8] < '1' || name[8] > '9')
		return 0;
	bytes = strtoull(name + 8, &unit, 10);
	if (*unit == 'k')
		return unit[1] ? 0 : bytes << 10;
	if (*unit == 'M')
		return unit[1] ? 0 : bytes << 20;
	return *unit ? 0 : bytes;
}

static struct tracked *find_size_class(struct memmon_experiment *experiment, uint64_t bytes)
{
	struct tracked *best = NULL;
	uint64_t best_bytes = UINT64_MAX;

	for (size_t i = 0; i < experiment->nr_caches; i++) {
		uint64_t class_bytes = size_class_bytes(experiment->caches[i].row.name);

		if (class_bytes >= bytes && class_bytes < best_bytes) {
			best = &experiment->caches[i];
			best_bytes = class_bytes;
		}
	}
	return best;
}

/* A cache that came and went between two looks is known from its requests only. */
static struct tracked *find_or_track(struct memmon_experiment *experiment, const char *name)
{
	struct tracked *cache = find(experiment, name, 0);

	if (cache)
		return cache;
	cache = track(experiment, name);
	if (cache)
		cache->row.has_requests = true;
	return cache;
}

static int count_request(struct memmon_experiment *experiment, const struct memmon_request *request)
{
	struct tracked *cache = NULL;

	if (request->cache) {
		cache = find_or_track(experiment, request->cache);
		if (!cache)
			return -ENOMEM;
	} else if (!strcmp(request->label, "kmalloc")) {
		cache = find_size_class(experiment, request->bytes);
	}
	if (cache)
		cache->row.requests++;
	return 0;
}

/* Rows whose requests the log tells apart: named caches, and kmalloc-N for the whole class. */
static bool is_countable(const char *name)
{
	return size_class_bytes(name) || !strstr(name, "kmalloc-");
}

int memmon_experiment_count_requests(struct memmon_experiment *experiment,
				     const struct memmon_log *log, size_t first, size_t nr)
{
	size_t nr_logged = memmon_log_count(log);

	if (first > nr_logged || nr > nr_logged - first)
		return -EINVAL;
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		struct memmon_row *row = &experiment->caches[i].row;

		row->requests = 0;
		row->has_requests = is_countable(row->name);
	}
	for (size_t i = first; i < first + nr; i++) {
		int err = count_request(experiment, memmon_log_at(log, i));

		if (err)
			return err;
	}
	return 0;
}

double memmon_row_growth(const struct memmon_row *row)
{
	if (!row->before)
		return row->during ? INFINITY : 0.0;
	return ((double)row->during - (double)row->before) * 100.0 / (double)row->before;
}

static int compare_rows(const void *left, const void *right)
{
	const struct memmon_row *a = *(const struct memmon_row *const *)left;
	const struct memmon_row *b = *(const struct memmon_row *const *)right;
	double growth_a = memmon_row_growth(a), growth_b = memmon_row_growth(b);
	int64_t gain_a = (int64_t)(a->during - a->before);
	int64_t gain_b = (int64_t)(b->during - b->before);

	if (growth_a != growth_b)
		return growth_a < growth_b ? 1 : -1;
	if (gain_a != gain_b)
		return gain_a < gain_b ? 1 : -1;
	return strcmp(a->name, b->name);
}

/* A cache that no look saw an object of, but that had requests, has come and gone. */
static bool has_moved(const struct memmon_row *row)
{
	return row->during != row->before || row->after != row->before ||
	       (row->requests && !row->before);
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
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		const struct memmon_row *row = &experiment->caches[i].row;

		if (only && !memmon_pattern_match(only, row->name))
			continue;
		if (!has_moved(row) && !(also && memmon_pattern_match(also, row->name)))
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
