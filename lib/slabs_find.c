// SPDX-License-Identifier: GPL-2.0
/* Finds the cache and the slab of each known object, and adds up what that tells of caches. */
#include <errno.h>
#include <stdlib.h>

#include "slabs_internal.h"

bool slabs_is_kmalloc(enum memmon_class event_class)
{
	return event_class == MEMMON_CLASS_KMALLOC || event_class == MEMMON_CLASS_KMALLOC_NOLOCK;
}

bool slabs_is_slab_class(enum memmon_class event_class)
{
	return slabs_is_kmalloc(event_class) || event_class == MEMMON_CLASS_CACHE_ALLOC ||
	       event_class == MEMMON_CLASS_CACHE_ALLOC_BULK;
}

static bool is_slab_object(const struct memmon_held *held, uint32_t page_bytes)
{
	if (!slabs_is_kmalloc(held->event_class))
		return slabs_is_slab_class(held->event_class);
	return held->cache || held->bytes_alloc <= SLABS_KMALLOC_MAX_PAGES * page_bytes;
}

/* The last slab that begins at or before a page. */
static uint32_t slab_of_page(const struct memmon_slabs *slabs, uint64_t pfn)
{
	size_t low = 0, high = slabs->nr_slabs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slabs->slabs[middle].pfn <= pfn)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || pfn - slabs->slabs[low - 1].pfn >= slabs->slabs[low - 1].pages)
		return SLABS_NONE;
	return (uint32_t)(low - 1);
}

static uint32_t slab_of_address(const struct memmon_slabs *slabs, uint64_t address)
{
	const struct memmon_slabs_input *input = &slabs->input;

	if (!input->page_offset || address < input->page_offset)
		return SLABS_NONE;
	return slab_of_page(slabs, (address - input->page_offset) / input->page_bytes);
}

static void count_known(struct memmon_slabs *slabs, const struct memmon_held *held, uint32_t at)
{
	struct memmon_slabs_row *row = &slabs->rows[at];

	row->known++;
	slabs->extras[at].asked += held->bytes_req < row->object_bytes || !row->object_bytes ?
					   held->bytes_req :
					   row->object_bytes;
}

/* By what the event said: the slab is not known. */
static int find_by_event(struct memmon_slabs *slabs, const struct memmon_held *held, uint32_t *row)
{
	int err;

	if (held->cache)
		err = slabs_row_of_id(slabs, held->cache, row);
	else
		err = slabs_row_of_class(slabs, held->bytes_alloc, row);
	return err;
}

/*
 * By the slab that the object is in. If it is not in one, or in one of another cache, it was freed since the
 * snapshot was taken, and maybe the slab was, too.
 */
static int find_by_slab(struct memmon_slabs *slabs, const struct memmon_held *held, size_t i,
			uint32_t *row)
{
	uint32_t at = slab_of_address(slabs, held->address);
	struct slabs_slab *slab;
	uint32_t claimed;

	if (held->cache) {
		if (slabs_row_of_id(slabs, held->cache, &claimed))
			return -ENOMEM;
		if (claimed == SLABS_NONE)
			return 0;
	}
	if (at == SLABS_NONE) {
		slabs->nr_strays++;
		return 0;
	}
	slab = &slabs->slabs[at];
	if (slab->row == SLABS_NONE)
		return 0;
	if ((held->cache && claimed != slab->row) || slab->known == slab->objects) {
		slabs->nr_strays++;
		return 0;
	}
	slab->known++;
	slabs->held_slab[i] = at;
	*row = slab->row;
	return 0;
}

static int find_held(struct memmon_slabs *slabs, size_t i)
{
	const struct memmon_held *held = &slabs->input.snapshot->held[MEMMON_SECTION_SLAB][i];
	uint32_t row = SLABS_NONE;
	int err;

	slabs->held_row[i] = SLABS_NONE;
	slabs->held_slab[i] = SLABS_NONE;
	if (!is_slab_object(held, slabs->input.page_bytes))
		return 0;
	if (slabs->input.has_slabs && slabs->input.page_offset)
		err = find_by_slab(slabs, held, i, &row);
	else
		err = find_by_event(slabs, held, &row);
	if (err || row == SLABS_NONE)
		return err;
	slabs->held_row[i] = row;
	count_known(slabs, held, row);
	return 0;
}

bool slabs_is_nearly_empty(const struct memmon_slabs *slabs, const struct slabs_slab *slab)
{
	return slab->row != SLABS_NONE && !slab->is_frozen && slab->in_use &&
	       (uint64_t)slab->in_use * 100 <=
		       (uint64_t)slab->objects * slabs->input.nearly_empty_percent;
}

static void add_empty(struct memmon_slabs *slabs, const struct slabs_slab *slab)
{
	struct memmon_slabs_empty *empty = &slabs->rows[slab->row].empty;
	uint64_t bytes = (uint64_t)slab->pages * slabs->input.page_bytes;

	empty->slabs++;
	empty->bytes += bytes;
	empty->objects += slab->in_use;
	empty->known_objects += slab->known;
	if (slab->known == slab->in_use) {
		empty->explained_slabs++;
		empty->explained_bytes += bytes;
	} else if (slab->known) {
		empty->partly_slabs++;
	}
}

/* After all objects have been found. */
static void add_slab(struct memmon_slabs *slabs, struct slabs_slab *slab)
{
	struct memmon_slabs_row *row = &slabs->rows[slab->row];

	if (slab->in_use < slab->known)
		slab->in_use = slab->known;
	row->slabs++;
	row->places += slab->objects;
	row->in_use_max += slab->in_use;
	row->chain.total += (uint64_t)slab->pages * slabs->input.page_bytes;
	if (slabs_is_nearly_empty(slabs, slab))
		add_empty(slabs, slab);
}

/* By cache, those with most objects that are not known first. */
static int compare_frozen(const void *a, const void *b)
{
	const struct slabs_slab *one = *(struct slabs_slab *const *)a;
	const struct slabs_slab *other = *(struct slabs_slab *const *)b;
	uint32_t unknown = one->in_use - one->known, others = other->in_use - other->known;

	if (one->row != other->row)
		return one->row < other->row ? -1 : 1;
	return unknown < others ? 1 : -(unknown > others);
}

/*
 * A CPU has all free objects of the one slab that it allocates from; of the others on its list they are
 * counted. Both kinds are frozen, so that the worst of them may be the former.
 */
static int count_frozen(struct memmon_slabs *slabs)
{
	const struct slabs_slab **frozen = calloc(slabs->nr_slabs + 1, sizeof(*frozen));
	uint32_t of_row = 0;
	size_t nr = 0;

	if (!frozen)
		return -ENOMEM;
	for (size_t i = 0; i < slabs->nr_slabs; i++)
		if (slabs->slabs[i].is_frozen && slabs->slabs[i].row != SLABS_NONE)
			frozen[nr++] = &slabs->slabs[i];
	if (nr)
		qsort(frozen, nr, sizeof(*frozen), compare_frozen);
	for (size_t i = 0; i < nr; i++) {
		of_row = i && frozen[i]->row == frozen[i - 1]->row ? of_row + 1 : 0;
		if (of_row < slabs->input.nr_cpus)
			slabs->extras[frozen[i]->row].frozen +=
				frozen[i]->in_use - frozen[i]->known;
	}
	free(frozen);
	return 0;
}

/* A cache may have been asked for a lot, and have neither a slab nor an object now. */
static int find_accounts(struct memmon_slabs *slabs)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	uint32_t unused;
	int err = 0;

	for (size_t i = 0; snapshot && i < snapshot->nr_accounts && !err; i++) {
		const struct memmon_held_account *account = &snapshot->accounts[i];

		if (account->cache && slabs_is_slab_class(account->event_class))
			err = slabs_row_of_id(slabs, account->cache, &unused);
	}
	return err;
}

int slabs_find(struct memmon_slabs *slabs)
{
	const struct memmon_snapshot *snapshot = slabs->input.snapshot;
	size_t nr = snapshot ? snapshot->nr_held[MEMMON_SECTION_SLAB] : 0;
	int err = 0;

	slabs->held_row = calloc(nr + 1, sizeof(*slabs->held_row));
	slabs->held_slab = calloc(nr + 1, sizeof(*slabs->held_slab));
	if (!slabs->held_row || !slabs->held_slab)
		return -ENOMEM;
	for (size_t i = 0; i < nr && !err; i++)
		err = find_held(slabs, i);
	for (size_t i = 0; i < slabs->nr_slabs && !err; i++)
		if (slabs->slabs[i].row != SLABS_NONE)
			add_slab(slabs, &slabs->slabs[i]);
	if (!err)
		err = count_frozen(slabs);
	return err ? err : find_accounts(slabs);
}
