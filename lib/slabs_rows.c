// SPDX-License-Identifier: GPL-2.0
/* The slab caches of a result: one row for each name, whether it comes from an id or from slabinfo. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "slabs_internal.h"

#define ALIASES_BYTES 4096
#define KMALLOC "kmalloc-"

/* What the map by id holds for a cache that was not chosen. */
#define NOT_CHOSEN (SLABS_NONE - 1)

void slabs_class_name(uint64_t class_bytes, char *text, size_t size)
{
	if (class_bytes >= 1024 && class_bytes % 1024 == 0)
		snprintf(text, size, KMALLOC "%" PRIu64 "k", class_bytes / 1024);
	else
		snprintf(text, size, KMALLOC "%" PRIu64, class_bytes);
}

/*
 * "kmalloc-cg-64", "kmalloc-rnd-03-64" and "dma-kmalloc-64" are families of "kmalloc-64". Without slabs, a
 * kmalloc does not tell which one served it, so they become one row.
 *
 * Return: whether it is one of them.
 */
static bool fold_family(const char *name, char *text, size_t size)
{
	const char *kmalloc = strstr(name, KMALLOC);
	const char *last = strrchr(name, '-');
	const char *end;

	if (!kmalloc || !isdigit((unsigned char)last[1]))
		return false;
	for (end = last + 1; isdigit((unsigned char)*end); end++)
		;
	end += *end == 'k' || *end == 'M';
	if (*end)
		return false;
	snprintf(text, size, KMALLOC "%s", last + 1);
	return true;
}

static int fill_sizes(struct memmon_slabs *slabs, size_t at, uint32_t object_bytes)
{
	struct memmon_slabs_row *row = &slabs->rows[at];
	struct slabs_extra *extra = &slabs->extras[at];
	char aliases[ALIASES_BYTES];
	struct slabs_sizes sizes;

	row->object_bytes = object_bytes;
	if (!slabs->input.sys)
		return 0;
	if (slabs_sizes_read(slabs->input.sys, row->name, &sizes)) {
		row->object_bytes = (uint32_t)sizes.object_bytes;
		row->slot_bytes = (uint32_t)sizes.slot_bytes;
		extra->cpu_slabs = sizes.cpu_slabs;
		extra->cpu_places = sizes.cpu_slabs * sizes.objects_per_slab;
		extra->sheaf_capacity = (uint32_t)sizes.sheaf_capacity;
		extra->has_sizes = true;
	}
	memmon_aliases_find(&slabs->aliases, row->name, aliases, sizeof(aliases));
	if (aliases[0])
		row->aliases = memmon_intern_add(&slabs->texts, aliases, strlen(aliases));
	return row->aliases ? 0 : -ENOMEM;
}

static int add_row(struct memmon_slabs *slabs, const char *name, uint32_t object_bytes,
		   uint32_t *ret)
{
	struct memmon_slabs_row *row;

	if (memmon_array_grow((void **)&slabs->rows, slabs->nr_rows, &slabs->rows_room,
			      sizeof(*slabs->rows)) ||
	    memmon_array_grow((void **)&slabs->extras, slabs->nr_rows, &slabs->extras_room,
			      sizeof(*slabs->extras)) ||
	    report_map_add(&slabs->by_name, (uint64_t)(uintptr_t)name, (uint32_t)slabs->nr_rows))
		return -ENOMEM;
	row = &slabs->rows[slabs->nr_rows];
	*row = (struct memmon_slabs_row){ .name = name, .aliases = "" };
	slabs->extras[slabs->nr_rows] = (struct slabs_extra){ 0 };
	*ret = (uint32_t)slabs->nr_rows++;
	return fill_sizes(slabs, *ret, object_bytes);
}

/* @name may be a family of a size class; @object_bytes is 0 if it is not known. */
static int row_of_name(struct memmon_slabs *slabs, const char *name, uint32_t object_bytes,
		       uint32_t *ret)
{
	bool can_fold = !slabs->input.has_slabs && slabs->input.snapshot;
	char folded[MEMMON_CACHE_NAME_BYTES + 1];
	bool is_class = can_fold && fold_family(name, folded, sizeof(folded));
	const char *only = slabs->only;
	const char *shown = is_class ? folded : name;

	*ret = SLABS_NONE;
	if (only && !memmon_pattern_match(only, name) && !memmon_pattern_match(only, shown))
		return 0;
	shown = memmon_intern_add(&slabs->texts, shown, strlen(shown));
	if (!shown)
		return -ENOMEM;
	*ret = report_map_find(&slabs->by_name, (uint64_t)(uintptr_t)shown);
	if (*ret == REPORT_MAP_NONE && add_row(slabs, shown, object_bytes, ret))
		return -ENOMEM;
	slabs->rows[*ret].is_size_class |= is_class;
	return 0;
}

static void cache_of_id(const struct memmon_slabs *slabs, uint32_t id,
			struct memmon_cache_info *ret)
{
	const struct memmon_cache *cache = NULL;

	if (id && slabs->input.cache && !slabs->input.cache(slabs->input.context, id, ret)) {
		ret->name[sizeof(ret->name) - 1] = '\0';
		return;
	}
	if (id && !slabs->input.cache && slabs->input.snapshot)
		cache = memmon_snapshot_cache(slabs->input.snapshot, id);
	*ret = (struct memmon_cache_info){ .id = id };
	if (cache) {
		ret->object_bytes = cache->object_bytes;
		snprintf(ret->name, sizeof(ret->name), "%s", cache->name);
	} else {
		snprintf(ret->name, sizeof(ret->name), "cache@%" PRIu32, id);
	}
}

/* A recording tells the aliases of the caches that it met. */
static int add_recorded_aliases(struct memmon_slabs *slabs, uint32_t id, uint32_t row)
{
	const struct memmon_cache *cache;

	if (slabs->input.sys || !slabs->input.snapshot || row == SLABS_NONE)
		return 0;
	cache = memmon_snapshot_cache(slabs->input.snapshot, id);
	if (!cache || !cache->aliases || !cache->aliases[0])
		return 0;
	slabs->rows[row].aliases =
		memmon_intern_add(&slabs->texts, cache->aliases, strlen(cache->aliases));
	return slabs->rows[row].aliases ? 0 : -ENOMEM;
}

int slabs_row_of_id(struct memmon_slabs *slabs, uint32_t id, uint32_t *ret)
{
	struct memmon_cache_info info;
	int err;

	*ret = report_map_find(&slabs->by_id, id);
	if (*ret != REPORT_MAP_NONE) {
		*ret = *ret == NOT_CHOSEN ? SLABS_NONE : *ret;
		return 0;
	}
	cache_of_id(slabs, id, &info);
	err = row_of_name(slabs, info.name, info.object_bytes, ret);
	if (!err)
		err = add_recorded_aliases(slabs, id, *ret);
	if (err)
		return err;
	/* slabinfo has the size of a slot, and it came first. */
	if (*ret != SLABS_NONE && info.object_bytes && !slabs->extras[*ret].has_sizes)
		slabs->rows[*ret].object_bytes = info.object_bytes;
	return report_map_add(&slabs->by_id, id, *ret == SLABS_NONE ? NOT_CHOSEN : *ret);
}

int slabs_row_of_class(struct memmon_slabs *slabs, uint64_t class_bytes, uint32_t *ret)
{
	char name[MEMMON_CACHE_NAME_BYTES];

	slabs_class_name(class_bytes, name, sizeof(name));
	return row_of_name(slabs, name, (uint32_t)class_bytes, ret);
}

/* With slabs known one by one, what slabinfo says of them is only put beside. */
static void add_active(struct memmon_slabs *slabs, const struct memmon_slabinfo_row *from,
		       uint32_t at)
{
	struct memmon_slabs_row *row = &slabs->rows[at];
	uint64_t per_slab = from->objs_per_slab ? from->objs_per_slab : 1;
	uint64_t nr_slabs = (from->num_objs + per_slab - 1) / per_slab;

	row->has_kernel_active = true;
	row->kernel_active += from->active_objs;
	if (!row->slot_bytes)
		row->slot_bytes = (uint32_t)from->objsize_bytes;
	if (!row->object_bytes)
		row->object_bytes = row->slot_bytes;
	if (slabs->input.has_slabs)
		return;
	row->slabs += nr_slabs;
	row->places += from->num_objs;
	row->in_use_max += from->active_objs;
	row->chain.total += nr_slabs * from->pages_per_slab * slabs->input.page_bytes;
}

int slabs_rows_read(struct memmon_slabs *slabs, const struct memmon_slabinfo *info)
{
	for (size_t i = 0; i < memmon_slabinfo_count(info); i++) {
		const struct memmon_slabinfo_row *from = memmon_slabinfo_at(info, i);
		const char *name;
		uint32_t row;

		if (slabs->input.has_slabs) {
			name = memmon_intern_add(&slabs->texts, from->name, strlen(from->name));
			if (!name)
				return -ENOMEM;
			row = report_map_find(&slabs->by_name, (uint64_t)(uintptr_t)name);
			if (row != REPORT_MAP_NONE)
				add_active(slabs, from, row);
			continue;
		}
		if (!from->num_objs)
			continue;
		if (row_of_name(slabs, from->name, 0, &row))
			return -ENOMEM;
		if (row != SLABS_NONE)
			add_active(slabs, from, row);
	}
	return 0;
}
