// SPDX-License-Identifier: GPL-2.0
/* Whose kmallocs waste most to their size class, and what cache would fit. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "slabs_internal.h"

/* A cache that asks for no more has its objects this far apart. */
#define OBJECT_ALIGN 8

static int make_items(struct memmon_slabs *slabs, struct slabs_item **ret, size_t *ret_nr)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	struct slabs_item *items = NULL;
	size_t nr = 0, room = 0;

	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_SLAB]; i++) {
		const struct memmon_held *held = &snapshot->held[MEMMON_SECTION_SLAB][i];

		/* What is freed already, and only waits, needs no better place. */
		if (!slabs_is_kmalloc(held->event_class) || held->queued_ns != MEMMON_NOT_QUEUED ||
		    (slabs->only && slabs->held_row[i] == SLABS_NONE))
			continue;
		if (memmon_array_grow((void **)&items, nr, &room, sizeof(*items))) {
			free(items);
			return -ENOMEM;
		}
		/* The size class in place of the cache: families are no help to a call site. */
		items[nr] = (struct slabs_item){ .row = held->bytes_alloc, .held = held };
		items[nr].site = slabs_site(slabs, held->account);
		if (!items[nr++].site) {
			free(items);
			return -ENOMEM;
		}
	}
	slabs_items_sort(items, nr);
	*ret = items;
	*ret_nr = nr;
	return 0;
}

/* @items are of one call site and size class. */
static struct memmon_slabs_advice advise(const struct memmon_slabs *slabs,
					 const struct slabs_item *items, size_t nr)
{
	struct memmon_slabs_advice ret = {
		.site = items->site,
		.class_bytes = items->held->bytes_alloc,
		.asked_min = UINT32_MAX,
	};
	uint64_t page_bytes = slabs->input.page_bytes;
	bool is_large = ret.class_bytes > SLABS_KMALLOC_MAX_PAGES * page_bytes;
	uint64_t align = is_large ? page_bytes : OBJECT_ALIGN;

	for (size_t i = 0; i < nr; i++) {
		uint32_t asked = items[i].held->bytes_req;

		slabs_sum_add(&ret.sum, items[i].held);
		if (asked < ret.asked_min)
			ret.asked_min = asked;
		if (asked > ret.asked_max)
			ret.asked_max = asked;
	}
	ret.fit_bytes = (ret.asked_max + align - 1) / align * align;
	if (!ret.fit_bytes)
		ret.fit_bytes = align;
	if (ret.fit_bytes < ret.class_bytes)
		ret.saved_bytes = nr * (ret.class_bytes - ret.fit_bytes);
	return ret;
}

/* What the accounts of the advised call sites say, whichever cgroup and whenever it was. */
static int add_accounts(struct memmon_slabs *slabs, struct memmon_slabs_advice *advices, size_t nr)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	struct report_map sites;
	uint64_t *born = calloc(2 * (snapshot->nr_accounts + 1), sizeof(*born));
	uint64_t *bytes = born + snapshot->nr_accounts + 1;
	uint32_t nr_sites = 0;
	int err = born ? report_map_init(&sites) : -ENOMEM;

	if (err) {
		free(born);
		return err;
	}
	for (size_t i = 0; i < snapshot->nr_accounts && !err; i++) {
		const struct memmon_held_account *account = &snapshot->accounts[i];
		const char *site = slabs_site(slabs, (uint32_t)i);
		uint32_t at = report_map_find(&sites, (uint64_t)(uintptr_t)site);

		if (at == REPORT_MAP_NONE) {
			at = nr_sites++;
			err = report_map_add(&sites, (uint64_t)(uintptr_t)site, at);
		}
		if (slabs_is_kmalloc(account->event_class)) {
			born[at] += account->born;
			bytes[at] += account->born_bytes;
		}
		if (!site)
			err = -ENOMEM;
	}
	for (size_t i = 0; i < nr && !err; i++) {
		uint32_t at = report_map_find(&sites, (uint64_t)(uintptr_t)advices[i].site);

		advices[i].born = born[at];
		advices[i].born_bytes = bytes[at];
	}
	report_map_exit(&sites);
	free(born);
	return err;
}

int memmon_slabs_advise(struct memmon_slabs *slabs, struct memmon_slabs_advice **ret,
			size_t *ret_nr)
{
	struct memmon_slabs_advice *advices = NULL;
	struct slabs_item *items;
	size_t nr_items, nr = 0, room = 0;
	int err;

	if (!slabs->input.snapshot)
		return -ENODATA;
	err = make_items(slabs, &items, &nr_items);
	if (err)
		return err;
	for (size_t first = 0, end; first < nr_items && !err; first = end) {
		for (end = first; end < nr_items && items[end].row == items[first].row &&
				  items[end].site == items[first].site;
		     end++)
			;
		err = memmon_array_grow((void **)&advices, nr, &room, sizeof(*advices));
		if (err)
			break;
		advices[nr] = advise(slabs, items + first, end - first);
		nr += advices[nr].saved_bytes != 0;
	}
	free(items);
	if (!err)
		err = add_accounts(slabs, advices, nr);
	if (err) {
		free(advices);
		return err;
	}
	*ret = advices;
	*ret_nr = nr;
	return 0;
}
