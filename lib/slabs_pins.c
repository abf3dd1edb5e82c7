// SPDX-License-Identifier: GPL-2.0
/* Who keeps nearly empty slabs: the known objects in them, by cache and call site. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "slabs_internal.h"

/* The known objects in nearly empty slabs, not yet with a holder. */
static int make_items(struct memmon_slabs *slabs, struct slabs_item **ret, size_t *ret_nr)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	struct slabs_item *items = NULL;
	size_t nr = 0, room = 0;
	int err = 0;

	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_SLAB] && !err; i++) {
		uint32_t slab = slabs->held_slab[i];

		if (slab == SLABS_NONE || !slabs_is_nearly_empty(slabs, &slabs->slabs[slab]))
			continue;
		err = memmon_array_grow((void **)&items, nr, &room, sizeof(*items));
		if (err)
			break;
		items[nr] = (struct slabs_item){
			.row = slabs->held_row[i],
			.slab = slab,
			.held = &snapshot->held[MEMMON_SECTION_SLAB][i],
		};
		items[nr].site = slabs_site(slabs, items[nr].held->account);
		err = items[nr].site ? 0 : -ENOMEM;
		nr++;
	}
	if (err) {
		free(items);
		return err;
	}
	*ret = items;
	*ret_nr = nr;
	return 0;
}

/* @items are those of one pin, in the order of slabs. */
static void add_slabs(const struct memmon_slabs *slabs, const struct slabs_item *items, size_t nr,
		      struct memmon_slabs_pin *pin)
{
	for (size_t first = 0, end; first < nr; first = end) {
		const struct slabs_slab *slab = &slabs->slabs[items[first].slab];

		for (end = first; end < nr && items[end].slab == items[first].slab; end++)
			slabs_sum_add(&pin->sum, items[end].held);
		pin->slabs++;
		pin->slabs_alone += end - first == slab->in_use;
		pin->bytes += (uint64_t)slab->pages * slabs->input.page_bytes;
	}
}

static int compare_pinners(const void *a, const void *b)
{
	const struct memmon_slabs_pinner *one = a, *other = b;

	return one->objects < other->objects ? 1 : -(one->objects > other->objects);
}

/* Sorts @items again, by holder. */
static int add_pinners(struct memmon_slabs *slabs, struct slabs_item *items, size_t nr,
		       struct memmon_slabs_pin *pin)
{
	struct memmon_slabs_pinner *who;
	size_t nr_who = 0;

	for (size_t i = 0; i < nr; i++) {
		items[i].who = slabs_process(slabs, items[i].held);
		if (!items[i].who)
			return -ENOMEM;
	}
	slabs_items_sort(items, nr);
	for (size_t i = 0; i < nr; i++)
		nr_who += !i || items[i].who != items[i - 1].who;
	who = slabs_keep(slabs, nr_who * sizeof(*who));
	if (!who)
		return -ENOMEM;
	nr_who = 0;
	for (size_t i = 0; i < nr; i++) {
		if (!i || items[i].who != items[i - 1].who)
			who[nr_who++] = (struct memmon_slabs_pinner){ .name = items[i].who };
		who[nr_who - 1].objects++;
	}
	qsort(who, nr_who, sizeof(*who), compare_pinners);
	pin->who = who;
	pin->nr_who = nr_who;
	return 0;
}

int memmon_slabs_pins(struct memmon_slabs *slabs, struct memmon_slabs_pin **ret, size_t *ret_nr)
{
	struct memmon_slabs_pin *pins = NULL;
	struct slabs_item *items;
	size_t nr_items, nr = 0, room = 0;
	int err;

	if (!slabs->input.snapshot || !slabs->input.has_slabs || !slabs->input.page_offset)
		return -ENODATA;
	err = make_items(slabs, &items, &nr_items);
	if (err)
		return err;
	slabs_items_sort(items, nr_items);
	for (size_t first = 0, end; first < nr_items && !err; first = end) {
		for (end = first; end < nr_items && items[end].row == items[first].row &&
				  items[end].site == items[first].site;
		     end++)
			;
		err = memmon_array_grow((void **)&pins, nr, &room, sizeof(*pins));
		if (err)
			break;
		pins[nr] = (struct memmon_slabs_pin){
			.row = items[first].row,
			.site = items[first].site,
		};
		add_slabs(slabs, items + first, end - first, &pins[nr]);
		err = add_pinners(slabs, items + first, end - first, &pins[nr++]);
	}
	free(items);
	if (err) {
		free(pins);
		return err;
	}
	*ret = pins;
	*ret_nr = nr;
	return 0;
}
