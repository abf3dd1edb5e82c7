// SPDX-License-Identifier: GPL-2.0
/* Names who holds objects, and adds up what they hold. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "slabs_internal.h"

#define NAME_BYTES 512

/* The root has this id also where no one has mounted it, so that there are no paths. */
#define ROOT_CGROUP 1

static const char *const context_names[] = {
#define CONTEXT_NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(CONTEXT_NAME)
#undef CONTEXT_NAME
};

static const char *keep_text(struct memmon_slabs *slabs, const char *text)
{
	return memmon_intern_add(&slabs->texts, text, strlen(text));
}

/* A table with a place for each account, made when it is needed. */
static bool has_table(const struct memmon_slabs *slabs, const char ***table)
{
	if (!*table)
		*table = calloc(slabs->input.snapshot->nr_accounts + 1, sizeof(**table));
	return *table;
}

const char *slabs_site(struct memmon_slabs *slabs, uint32_t account)
{
	char text[NAME_BYTES];

	if (!has_table(slabs, &slabs->sites))
		return NULL;
	if (!slabs->sites[account]) {
		memmon_snapshot_site(slabs->input.snapshot, account, text, sizeof(text));
		slabs->sites[account] = keep_text(slabs, text);
	}
	return slabs->sites[account];
}

const char *slabs_cgroup(struct memmon_slabs *slabs, uint32_t account)
{
	uint64_t id = slabs->input.snapshot->accounts[account].cgroup;
	const char *path;
	char text[64];

	if (!has_table(slabs, &slabs->cgroups))
		return NULL;
	if (slabs->cgroups[account])
		return slabs->cgroups[account];
	path = memmon_snapshot_cgroup(slabs->input.snapshot, account);
	if (!path) {
		if (slabs->input.snapshot->accounts[account].is_other)
			snprintf(text, sizeof(text), "(other)");
		else if (!id)
			snprintf(text, sizeof(text), "(none)");
		else if (id == ROOT_CGROUP)
			snprintf(text, sizeof(text), "/");
		else
			snprintf(text, sizeof(text), "(id %" PRIu64 ")", id);
		path = text;
	}
	slabs->cgroups[account] = keep_text(slabs, path);
	return slabs->cgroups[account];
}

static const char *name_process(struct memmon_slabs *slabs, const struct memmon_held *held)
{
	char text[NAME_BYTES];

	if (held->context == MEMMON_CONTEXT_TASK)
		snprintf(text, sizeof(text), "%.*s (%" PRIu32 ")", MEMMON_COMM_BYTES, held->comm,
			 held->tgid);
	else
		snprintf(text, sizeof(text), "(%s)",
			 held->context < MEMMON_NR_CONTEXTS ? context_names[held->context] : "?");
	return keep_text(slabs, text);
}

const char *slabs_process(struct memmon_slabs *slabs, const struct memmon_held *held)
{
	/* Who was interrupted did not ask for the memory. */
	uint64_t key = held->context == MEMMON_CONTEXT_TASK ? held->tgid :
							      (uint64_t)(held->context + 1) << 32;
	uint32_t number = report_map_find(&slabs->processes, key);
	const char *name;

	if (number != REPORT_MAP_NONE)
		return slabs->process_names[number];
	name = name_process(slabs, held);
	if (!name ||
	    memmon_array_grow((void **)&slabs->process_names, slabs->nr_processes,
			      &slabs->processes_room, sizeof(name)) ||
	    report_map_add(&slabs->processes, key, (uint32_t)slabs->nr_processes))
		return NULL;
	slabs->process_names[slabs->nr_processes++] = name;
	return name;
}

void slabs_sum_add(struct memmon_slabs_sum *sum, const struct memmon_held *held)
{
	if (!sum->objects || held->age_ns > sum->oldest_ns)
		sum->oldest_ns = held->age_ns;
	if (!sum->objects || held->age_ns < sum->youngest_ns)
		sum->youngest_ns = held->age_ns;
	sum->objects++;
	sum->queued += held->queued_ns != MEMMON_NOT_QUEUED;
	sum->asked_bytes += held->bytes_req;
	sum->taken_bytes += held->bytes_alloc;
	sum->squares += (double)held->bytes_alloc * held->bytes_alloc;
}

uint32_t memmon_slabs_one_in(const struct memmon_slabs *slabs)
{
	const struct memmon_filter *filter;

	if (!slabs->input.snapshot)
		return 1;
	filter = &slabs->input.snapshot->books.filter;
	return filter->conditions & 1U << MEMMON_FILTERED_SAMPLE ? filter->sample_one_in : 1;
}

/* Poisson sampling: see struct memmon_estimate. */
double memmon_slabs_error(const struct memmon_slabs_sum *sum, uint32_t one_in)
{
	double p = 1.0 / one_in;

	if (one_in <= 1)
		return 0;
	return 1.96 * sqrt(sum->squares * (1 - p)) / p;
}

void *slabs_keep(struct memmon_slabs *slabs, size_t bytes)
{
	struct slabs_block *block = malloc(sizeof(*block) + bytes);

	if (!block)
		return NULL;
	block->next = slabs->blocks;
	slabs->blocks = block;
	return block->memory;
}

static int compare_items(const void *a, const void *b)
{
	const struct slabs_item *one = a, *other = b;
	int ret;

	if (one->row != other->row)
		return one->row < other->row ? -1 : 1;
	ret = slabs_compare_texts(one->site, other->site);
	if (!ret)
		ret = slabs_compare_texts(one->who, other->who);
	if (!ret && one->slab != other->slab)
		ret = one->slab < other->slab ? -1 : 1;
	return ret;
}

void slabs_items_sort(struct slabs_item *items, size_t nr)
{
	if (nr)
		qsort(items, nr, sizeof(*items), compare_items);
}
