// SPDX-License-Identifier: GPL-2.0
/* What each cgroup holds and has asked for of each slab cache. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "slabs_internal.h"

/**
 * struct part - what an account, or an object, adds to a row
 * @cache: name of the cache, at one address
 */
struct part {
	const char *cgroup;
	const char *cache;
	bool is_size_class;
	const struct memmon_held *held;
	uint64_t born;
	uint64_t born_bytes;
};

struct parts {
	struct part *parts;
	size_t nr;
	size_t room;
};

/**
 * struct held_cache - in which cache the objects of an account are
 * @row: the cache of those seen so far, or SLABS_NONE
 * @is_mixed: they are in several
 */
struct held_cache {
	uint32_t row;
	bool is_mixed;
};

static int add_part(struct parts *parts, const struct part *part)
{
	if (!part->cgroup || !part->cache ||
	    memmon_array_grow((void **)&parts->parts, parts->nr, &parts->room,
			      sizeof(*parts->parts)))
		return -ENOMEM;
	parts->parts[parts->nr++] = *part;
	return 0;
}

static int add_held(struct memmon_slabs *slabs, struct parts *parts, struct held_cache *caches)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	int err = 0;

	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_SLAB] && !err; i++) {
		const struct memmon_held *held = &snapshot->held[MEMMON_SECTION_SLAB][i];
		struct held_cache *cache = &caches[held->account];
		uint32_t row = slabs->held_row[i];
		struct part part = { .held = held };

		if (row == SLABS_NONE)
			continue;
		cache->is_mixed |= cache->row != SLABS_NONE && cache->row != row;
		cache->row = row;
		part.cgroup = slabs_cgroup(slabs, held->account);
		part.cache = slabs->rows[row].name;
		part.is_size_class = slabs->rows[row].is_size_class;
		err = add_part(parts, &part);
	}
	return err;
}

/* A size that kmalloc has a class for: a power of two, or 96 or 192. */
static bool is_size_class(uint64_t bytes, uint32_t page_bytes)
{
	return bytes >= 8 && bytes <= (uint64_t)SLABS_KMALLOC_MAX_PAGES * page_bytes &&
	       (!(bytes & (bytes - 1)) || bytes == 96 || bytes == 192);
}

/*
 * Loss: an account of a kmalloc does not tell the cache, and may have objects of several. What it holds now
 * tells, if that is of one cache and all it ever got had that size; otherwise the mean size is a size
 * class, or it is left open.
 */
static const char *cache_of_kmalloc(struct memmon_slabs *slabs,
				    const struct memmon_held_account *account,
				    const struct held_cache *cache, bool *is_class)
{
	uint64_t mean = account->born ? account->born_bytes / account->born : 0;
	char text[MEMMON_CACHE_NAME_BYTES] = "(kmalloc)";

	*is_class = true;
	if (mean * account->born == account->born_bytes &&
	    is_size_class(mean, slabs->input.page_bytes)) {
		if (cache->row != SLABS_NONE && !cache->is_mixed &&
		    slabs->rows[cache->row].object_bytes == mean) {
			*is_class = slabs->rows[cache->row].is_size_class;
			return slabs->rows[cache->row].name;
		}
		slabs_class_name(mean, text, sizeof(text));
	}
	return memmon_intern_add(&slabs->texts, text, strlen(text));
}

static int add_account(struct memmon_slabs *slabs, struct parts *parts, size_t i,
		       const struct held_cache *cache)
{
	const struct memmon_held_account *account = &slabs->input.snapshot->accounts[i];
	struct part part = { .born = account->born, .born_bytes = account->born_bytes };
	uint32_t row;

	if (account->section != MEMMON_SECTION_SLAB || !slabs_is_slab_class(account->event_class) ||
	    !account->born)
		return 0;
	part.cgroup = slabs_cgroup(slabs, (uint32_t)i);
	if (account->cache) {
		row = report_map_find(&slabs->by_id, account->cache);
		/* Each of an account has a row, but those that were not chosen. */
		if (row >= slabs->nr_rows)
			return 0;
		part.cache = slabs->rows[row].name;
		part.is_size_class = slabs->rows[row].is_size_class;
	} else {
		part.cache = cache_of_kmalloc(slabs, account, cache, &part.is_size_class);
		if (slabs->only && part.cache && !memmon_pattern_match(slabs->only, part.cache))
			return 0;
	}
	return add_part(parts, &part);
}

static int compare_parts(const void *a, const void *b)
{
	const struct part *one = a, *other = b;
	int ret = slabs_compare_texts(one->cgroup, other->cgroup);

	if (!ret)
		ret = slabs_compare_texts(one->cache, other->cache);
	return ret ? ret : one->is_size_class - other->is_size_class;
}

static int add_up(const struct parts *parts, struct memmon_slabs_cgroup **ret, size_t *ret_nr)
{
	struct memmon_slabs_cgroup *rows = NULL;
	size_t nr = 0, room = 0;

	if (parts->nr)
		qsort(parts->parts, parts->nr, sizeof(*parts->parts), compare_parts);
	for (size_t i = 0; i < parts->nr; i++) {
		const struct part *part = &parts->parts[i];

		if (!i || compare_parts(part, part - 1)) {
			if (memmon_array_grow((void **)&rows, nr, &room, sizeof(*rows))) {
				free(rows);
				return -ENOMEM;
			}
			rows[nr++] = (struct memmon_slabs_cgroup){
				.cgroup = part->cgroup,
				.cache = part->cache,
				.is_size_class = part->is_size_class,
			};
		}
		if (part->held)
			slabs_sum_add(&rows[nr - 1].sum, part->held);
		rows[nr - 1].born += part->born;
		rows[nr - 1].born_bytes += part->born_bytes;
	}
	*ret = rows;
	*ret_nr = nr;
	return 0;
}

int memmon_slabs_cgroups(struct memmon_slabs *slabs, struct memmon_slabs_cgroup **ret,
			 size_t *ret_nr)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	struct parts parts = { 0 };
	struct held_cache *caches;
	int err;

	if (!snapshot)
		return -ENODATA;
	caches = calloc(snapshot->nr_accounts + 1, sizeof(*caches));
	if (!caches)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->nr_accounts; i++)
		caches[i].row = SLABS_NONE;
	err = add_held(slabs, &parts, caches);
	for (size_t i = 0; i < snapshot->nr_accounts && !err; i++)
		err = add_account(slabs, &parts, i, &caches[i]);
	if (!err)
		err = add_up(&parts, ret, ret_nr);
	free(parts.parts);
	free(caches);
	return err;
}
