// SPDX-License-Identifier: GPL-2.0
/* Puts the slabs of the machine, what the kernel says of its caches, and known objects together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "slabs_internal.h"

static int compare_slabs(const void *a, const void *b)
{
	const struct slabs_slab *one = a, *other = b;

	return one->pfn < other->pfn ? -1 : one->pfn > other->pfn;
}

static int copy_slab(struct memmon_slabs *slabs, const struct memmon_slab *from)
{
	struct slabs_slab *slab = &slabs->slabs[slabs->nr_slabs];

	/* The kernel's rows are looked at while slabs come and go. */
	if (!from->pages || !from->objects)
		return 0;
	slab->pfn = from->pfn;
	slab->pages = from->pages;
	slab->objects = from->objects;
	slab->in_use = from->in_use < from->objects ? from->in_use : from->objects;
	slab->is_frozen = from->is_frozen;
	slabs->nr_slabs++;
	return slabs_row_of_id(slabs, from->cache, &slab->row);
}

static int copy_slabs(struct memmon_slabs *slabs)
{
	const struct memmon_slabs_input *input = &slabs->input;
	int err = 0;

	if (!input->has_slabs)
		return 0;
	slabs->slabs = calloc(input->nr_slabs + 1, sizeof(*slabs->slabs));
	if (!slabs->slabs)
		return -ENOMEM;
	for (size_t i = 0; i < input->nr_slabs && !err; i++)
		err = copy_slab(slabs, &input->slabs[i]);
	qsort(slabs->slabs, slabs->nr_slabs, sizeof(*slabs->slabs), compare_slabs);
	return err;
}

static int put_together(struct memmon_slabs *slabs)
{
	const struct memmon_slabs_input *input = &slabs->input;
	int err;

	if (input->only) {
		slabs->only = memmon_intern_add(&slabs->texts, input->only, strlen(input->only));
		if (!slabs->only)
			return -ENOMEM;
	}
	err = report_map_init(&slabs->by_id);
	if (!err)
		err = report_map_init(&slabs->by_name);
	if (!err)
		err = report_map_init(&slabs->processes);
	if (!err)
		err = copy_slabs(slabs);
	if (!err && input->info)
		err = slabs_rows_read(slabs, input->info);
	if (!err)
		err = slabs_find(slabs);
	if (err)
		return err;
	slabs->total = (struct memmon_slabs_row){
		.name = "(all)",
		.aliases = "",
		.has_kernel_active = true,
	};
	for (size_t i = 0; i < slabs->nr_rows; i++) {
		slabs_chain_finish(&slabs->rows[i], &slabs->extras[i], input);
		slabs_chain_add(&slabs->total, &slabs->rows[i]);
	}
	return 0;
}

int memmon_slabs_create(const struct memmon_slabs_input *input, struct memmon_slabs **ret)
{
	struct memmon_slabs *slabs = calloc(1, sizeof(*slabs));
	int err;

	if (!slabs)
		return -ENOMEM;
	slabs->input = *input;
	slabs->aliases.sys = input->sys;
	err = put_together(slabs);
	/* The caller's, and maybe gone from now on. */
	slabs->input.slabs = NULL;
	slabs->input.info = NULL;
	slabs->input.sys = NULL;
	slabs->input.only = NULL;
	if (err) {
		memmon_slabs_destroy(slabs);
		return err;
	}
	*ret = slabs;
	return 0;
}

void memmon_slabs_destroy(struct memmon_slabs *slabs)
{
	if (!slabs)
		return;
	while (slabs->blocks) {
		struct slabs_block *next = slabs->blocks->next;

		free(slabs->blocks);
		slabs->blocks = next;
	}
	free(slabs->rows);
	free(slabs->extras);
	free(slabs->slabs);
	free(slabs->held_row);
	free(slabs->held_slab);
	free(slabs->sites);
	free(slabs->cgroups);
	free(slabs->process_names);
	report_map_exit(&slabs->by_id);
	report_map_exit(&slabs->by_name);
	report_map_exit(&slabs->processes);
	memmon_aliases_exit(&slabs->aliases);
	memmon_intern_exit(&slabs->texts);
	free(slabs);
}

size_t memmon_slabs_count(const struct memmon_slabs *slabs)
{
	return slabs->nr_rows;
}

const struct memmon_slabs_row *memmon_slabs_at(const struct memmon_slabs *slabs, size_t row)
{
	return &slabs->rows[row];
}

const struct memmon_slabs_row *memmon_slabs_total(const struct memmon_slabs *slabs)
{
	return &slabs->total;
}

uint64_t memmon_slabs_strays(const struct memmon_slabs *slabs)
{
	return slabs->nr_strays;
}
