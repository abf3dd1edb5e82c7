// SPDX-License-Identifier: GPL-2.0
/* Adds up what happens in cells, interval by interval, and tells the views. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon/snapshot.h"
#include "totals_internal.h"

#define FREES                                                                                  \
	(REPORT_CLASS(KFREE) | REPORT_CLASS(CACHE_FREE) | REPORT_CLASS(PAGE_FREE) |            \
	 REPORT_CLASS(CACHE_FREE_BULK) | REPORT_CLASS(RCU_FREE) | REPORT_CLASS(KFREE_NOLOCK) | \
	 REPORT_CLASS(VFREE) | REPORT_CLASS(PERCPU_FREE))

static const char *const key_names[MEMMON_TOTALS_NR_KEYS] = {
	[MEMMON_TOTAL_CACHE] = "cache",	  [MEMMON_TOTAL_SITE] = "site",
	[MEMMON_TOTAL_STACK] = "stack",	  [MEMMON_TOTAL_TGID] = "process",
	[MEMMON_TOTAL_CGROUP] = "cgroup", [MEMMON_TOTAL_ORDER] = "order",
};

const char *memmon_totals_key_name(unsigned int key)
{
	return key < MEMMON_TOTALS_NR_KEYS ? key_names[key] : NULL;
}

int memmon_totals_key_find(const char *name, enum memmon_total_key *ret)
{
	for (unsigned int i = 0; i < MEMMON_TOTALS_NR_KEYS; i++) {
		if (!strcmp(key_names[i], name)) {
			*ret = i;
			return 0;
		}
	}
	return -ENOENT;
}

uint64_t memmon_totals_live(const struct memmon_totals_sums *sums)
{
	return sums->requests > sums->died ? sums->requests - sums->died : 0;
}

uint64_t memmon_totals_live_bytes(const struct memmon_totals_sums *sums)
{
	return sums->bytes_taken > sums->died_bytes ? sums->bytes_taken - sums->died_bytes : 0;
}

bool totals_class_counts(uint32_t event_class)
{
	return memmon_class_is_birth(event_class) ||
	       (event_class < MEMMON_NR_CLASSES && FREES & 1U << event_class);
}

enum memmon_section totals_section(uint32_t event_class)
{
	return report_class_is_page(event_class) ? MEMMON_SECTION_PAGES : MEMMON_SECTION_SLAB;
}

struct memmon_totals *totals_create(void)
{
	struct memmon_totals *totals = calloc(1, sizeof(*totals));

	if (!totals)
		return NULL;
	if (report_map_init(&totals->of_key) || report_map_init(&totals->of_tgid)) {
		memmon_totals_close(totals);
		return NULL;
	}
	return totals;
}

void memmon_totals_close(struct memmon_totals *totals)
{
	if (!totals)
		return;
	while (totals->views)
		memmon_totals_view_close(totals->views);
	if (totals->ops)
		totals->ops->close(totals);
	report_map_exit(&totals->of_key);
	report_map_exit(&totals->of_tgid);
	memmon_intern_exit(&totals->texts);
	free(totals->comms);
	free(totals->cells);
	free(totals);
}

int totals_cell(struct memmon_totals *totals, const struct totals_key *key, uint32_t *ret)
{
	uint64_t hash = key->section;

	for (int i = 0; i < MEMMON_TOTALS_NR_KEYS; i++)
		hash = report_hash_two(hash, key->parts[i]);
	/* Two cells of one hash sit at neighbouring keys. */
	for (;; hash++) {
		*ret = report_map_find(&totals->of_key, hash);
		if (*ret == REPORT_MAP_NONE)
			break;
		if (totals->cells[*ret].key.section == key->section &&
		    !memcmp(totals->cells[*ret].key.parts, key->parts, sizeof(key->parts)))
			return 0;
	}
	if (memmon_array_grow((void **)&totals->cells, totals->nr_cells, &totals->room_cells,
			      sizeof(*totals->cells)))
		return -ENOMEM;
	*ret = (uint32_t)totals->nr_cells;
	totals->cells[totals->nr_cells++] = (struct totals_cell){ .key = *key };
	return report_map_add(&totals->of_key, hash, *ret);
}

int totals_keep_comm(struct memmon_totals *totals, uint32_t tgid, const char *comm)
{
	const char *name;

	if (report_map_find(&totals->of_tgid, tgid) != REPORT_MAP_NONE)
		return 0;
	name = memmon_intern_add(&totals->texts, comm, strnlen(comm, MEMMON_COMM_BYTES));
	if (!name || memmon_array_grow((void **)&totals->comms, totals->nr_comms,
				       &totals->room_comms, sizeof(*totals->comms)))
		return -ENOMEM;
	totals->comms[totals->nr_comms] = name;
	return report_map_add(&totals->of_tgid, tgid, (uint32_t)totals->nr_comms++);
}

void totals_begin(struct memmon_totals *totals)
{
	for (struct memmon_totals_view *view = totals->views; view; view = view->next)
		totals_view_begin(view);
}

void totals_sums_add(struct memmon_totals_sums *sums, const struct memmon_totals_sums *more)
{
	sums->requests += more->requests;
	sums->frees += more->frees;
	sums->bytes_requested += more->bytes_requested;
	sums->bytes_taken += more->bytes_taken;
	sums->bytes_freed += more->bytes_freed;
	sums->died += more->died;
	sums->died_bytes += more->died_bytes;
}

int totals_add(struct memmon_totals *totals, uint32_t place, const struct memmon_totals_sums *more)
{
	struct totals_cell *cell = &totals->cells[place];
	int err = 0;

	/* The views first: one that sees the cell for the first time takes what it had before. */
	for (struct memmon_totals_view *view = totals->views; view && !err; view = view->next)
		err = totals_view_add(view, place, more);
	totals_sums_add(&cell->sums, more);
	if (cell->last_in != totals->nr_intervals + 1) {
		cell->last_in = totals->nr_intervals + 1;
		cell->last = (struct memmon_totals_sums){ 0 };
	}
	totals_sums_add(&cell->last, more);
	return err;
}

void totals_end(struct memmon_totals *totals)
{
	unsigned int slot = (unsigned int)(totals->nr_intervals++ % MEMMON_TOTALS_HISTORY);

	for (struct memmon_totals_view *view = totals->views; view; view = view->next)
		totals_view_end(view, slot);
}

const struct memmon_totals_books *memmon_totals_books(const struct memmon_totals *totals)
{
	return &totals->books;
}

uint64_t memmon_totals_intervals(const struct memmon_totals *totals)
{
	return totals->nr_intervals;
}

void memmon_totals_restart(struct memmon_totals *totals)
{
	for (size_t i = 0; i < totals->nr_cells; i++)
		totals->cells[i].base = totals->cells[i].sums;
	for (struct memmon_totals_view *view = totals->views; view; view = view->next) {
		for (size_t i = 0; i < view->nr; i++)
			view->rows[i].row.base = view->rows[i].row.total;
		view->sum.base = view->sum.total;
	}
}
