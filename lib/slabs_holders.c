// SPDX-License-Identifier: GPL-2.0
/* Who holds the objects of a cache. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "slabs_internal.h"

/* Which rows a glob chooses, asked once for each. NULL without memory. */
static bool *match_rows(const struct memmon_slabs *slabs, const char *caches)
{
	bool *is_wanted = calloc(slabs->nr_rows + 1, sizeof(*is_wanted));

	for (size_t i = 0; is_wanted && i < slabs->nr_rows; i++)
		is_wanted[i] = memmon_pattern_match(caches, slabs->rows[i].name);
	return is_wanted;
}

static int make_item(struct memmon_slabs *slabs, size_t i, enum memmon_slabs_by by,
		     struct slabs_item *item)
{
	const struct memmon_held *held = &slabs->input.snapshot->held[MEMMON_SECTION_SLAB][i];

	item->row = slabs->held_row[i];
	item->slab = SLABS_NONE;
	item->held = held;
	item->site = slabs_site(slabs, held->account);
	if (by == MEMMON_SLABS_BY_CGROUP)
		item->who = slabs_cgroup(slabs, held->account);
	else
		item->who = by == MEMMON_SLABS_BY_SITE ? "" : slabs_process(slabs, held);
	return item->site && item->who ? 0 : -ENOMEM;
}

static int make_items(struct memmon_slabs *slabs, const char *caches, enum memmon_slabs_by by,
		      struct slabs_item **ret, size_t *ret_nr)
{
	size_t nr_held = slabs->input.snapshot->nr_held[MEMMON_SECTION_SLAB];
	bool *is_wanted = match_rows(slabs, caches);
	struct slabs_item *items = NULL;
	size_t nr = 0, room = 0;
	int err = is_wanted ? 0 : -ENOMEM;

	for (size_t i = 0; i < nr_held && !err; i++) {
		uint32_t row = slabs->held_row[i];

		if (row == SLABS_NONE || !is_wanted[row])
			continue;
		err = memmon_array_grow((void **)&items, nr, &room, sizeof(*items));
		if (!err)
			err = make_item(slabs, i, by, &items[nr++]);
	}
	free(is_wanted);
	if (err) {
		free(items);
		return err;
	}
	slabs_items_sort(items, nr);
	*ret = items;
	*ret_nr = nr;
	return 0;
}

static bool is_same_holder(const struct memmon_slabs_holder *holder, const struct slabs_item *item)
{
	return holder->row == item->row && holder->site == item->site && holder->who == item->who;
}

int memmon_slabs_holders(struct memmon_slabs *slabs, const char *caches, enum memmon_slabs_by by,
			 struct memmon_slabs_holder **ret, size_t *ret_nr)
{
	struct memmon_slabs_holder *holders = NULL;
	struct slabs_item *items;
	size_t nr_items, nr = 0, room = 0;
	int err;

	if (!slabs->input.snapshot)
		return -ENODATA;
	err = make_items(slabs, caches, by, &items, &nr_items);
	if (err)
		return err;
	for (size_t i = 0; i < nr_items && !err; i++) {
		if (!nr || !is_same_holder(&holders[nr - 1], &items[i])) {
			err = memmon_array_grow((void **)&holders, nr, &room, sizeof(*holders));
			if (err)
				break;
			holders[nr++] = (struct memmon_slabs_holder){
				.row = items[i].row,
				.site = items[i].site,
				.who = items[i].who,
			};
		}
		slabs_sum_add(&holders[nr - 1].sum, items[i].held);
	}
	free(items);
	if (err) {
		free(holders);
		return err;
	}
	*ret = holders;
	*ret_nr = nr;
	return 0;
}
