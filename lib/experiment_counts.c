// SPDX-License-Identifier: GPL-2.0
/* Gives the slab caches of an experiment what the module counted for them. */
#include "experiment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static struct memmon_tracked *find_size_class(struct memmon_experiment *experiment, uint64_t bytes)
{
	struct memmon_tracked *best = NULL;
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
static struct memmon_tracked *find_or_track(struct memmon_experiment *experiment, const char *name)
{
	struct memmon_tracked *cache = memmon_experiment_find(experiment, name, 0);

	return cache ? cache : memmon_experiment_track(experiment, name);
}

static int count_request(struct memmon_experiment *experiment, const struct memmon_request *request)
{
	struct memmon_tracked *cache = NULL;

	if (request->cache) {
		cache = find_or_track(experiment, request->cache);
		if (!cache)
			return -ENOMEM;
	} else if (!strcmp(request->label, "kmalloc")) {
		cache = find_size_class(experiment, request->bytes);
	}
	if (cache)
		cache->row.counts.requests++;
	return 0;
}

static void begin_counts(struct memmon_experiment *experiment, enum memmon_counted counted)
{
	experiment->is_running = true;
	experiment->counted = counted;
	for (size_t i = 0; i < experiment->nr_caches; i++)
		experiment->caches[i].row.counts = (struct memmon_counts){ 0 };
}

int memmon_experiment_count_requests(struct memmon_experiment *experiment,
				     const struct memmon_log *log, size_t first, size_t nr)
{
	size_t nr_logged = memmon_log_count(log);

	if (first > nr_logged || nr > nr_logged - first)
		return -EINVAL;
	begin_counts(experiment, MEMMON_COUNTED_REQUESTS);
	for (size_t i = first; i < first + nr; i++) {
		int err = count_request(experiment, memmon_log_at(log, i));

		if (err)
			return err;
	}
	return 0;
}

void memmon_experiment_begin_counts(struct memmon_experiment *experiment)
{
	begin_counts(experiment, MEMMON_COUNTED_ALL);
}

void memmon_counts_add(struct memmon_counts *counts, const struct memmon_counts *more)
{
	counts->requests += more->requests;
	counts->failed += more->failed;
	counts->bytes_requested += more->bytes_requested;
	counts->bytes_taken += more->bytes_taken;
	counts->frees += more->frees;
	counts->outstanding_objects += more->outstanding_objects;
	counts->outstanding_bytes += more->outstanding_bytes;
}

int memmon_experiment_add_counts(struct memmon_experiment *experiment, const char *cache,
				 const struct memmon_counts *counts)
{
	struct memmon_tracked *tracked = find_or_track(experiment, cache);

	if (!tracked)
		return -ENOMEM;
	memmon_counts_add(&tracked->row.counts, counts);
	return 0;
}

/* Rows whose requests the log tells apart: named caches, and kmalloc-N for the whole class. */
static bool is_countable(const struct memmon_row *row)
{
	return row->counts.requests || row->total.requests || size_class_bytes(row->name) ||
	       !strstr(row->name, "kmalloc-");
}

void memmon_experiment_mark_counted(struct memmon_experiment *experiment)
{
	enum memmon_counted counted = experiment->all_counted;

	if (experiment->is_running && experiment->counted < counted)
		counted = experiment->counted;
	if (!experiment->is_running && !experiment->nr_runs)
		counted = MEMMON_COUNTED_NOTHING;
	for (size_t i = 0; i < experiment->nr_caches; i++) {
		struct memmon_row *row = &experiment->caches[i].row;
		bool is_exact = is_countable(row);

		row->has_requests = is_exact && counted >= MEMMON_COUNTED_REQUESTS;
		row->has_counts = is_exact && counted >= MEMMON_COUNTED_ALL;
	}
}
