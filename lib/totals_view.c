// SPDX-License-Identifier: GPL-2.0
/* Rows by one key of the cells that meet some conditions, and what they were in the last intervals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "totals_internal.h"

static bool is_within(const struct memmon_totals_view *view, const struct totals_key *key)
{
	if (key->section != view->section)
		return false;
	for (unsigned int i = 0; i < view->nr_where; i++)
		if (key->parts[view->where[i].key] != view->where[i].part)
			return false;
	return true;
}

static int find_row(struct memmon_totals_view *view, uint64_t part, uint32_t *ret)
{
	*ret = report_map_find(&view->of_part, part);
	if (*ret != REPORT_MAP_NONE)
		return 0;
	if (memmon_array_grow((void **)&view->rows, view->nr, &view->room, sizeof(*view->rows)))
		return -ENOMEM;
	*ret = (uint32_t)view->nr;
	memset(&view->rows[*ret], 0, sizeof(view->rows[*ret]));
	view->rows[*ret].row.part = part;
	view->nr++;
	return report_map_add(&view->of_part, part, *ret);
}

/* Takes in the cells that have come since the last time, with all that they have. */
static int catch_up(struct memmon_totals_view *view, size_t nr_cells)
{
	for (; view->nr_cells < nr_cells; view->nr_cells++) {
		const struct totals_cell *cell = &view->totals->cells[view->nr_cells];
		uint32_t row = REPORT_MAP_NONE;

		if (memmon_array_grow((void **)&view->row_of, view->nr_cells, &view->room_cells,
				      sizeof(*view->row_of)))
			return -ENOMEM;
		if (is_within(view, &cell->key)) {
			if (find_row(view, cell->key.parts[view->key], &row))
				return -ENOMEM;
			totals_sums_add(&view->rows[row].row.total, &cell->sums);
			totals_sums_add(&view->rows[row].row.base, &cell->base);
			totals_sums_add(&view->sum.total, &cell->sums);
			totals_sums_add(&view->sum.base, &cell->base);
		}
		view->row_of[view->nr_cells] = row;
	}
	return 0;
}

static void remember(const struct memmon_totals_view *view, struct memmon_totals_row *row,
		     unsigned int slot)
{
	double seconds = (double)view->totals->books.interval_ns / 1e9;
	uint64_t requests = row->last.requests;

	/* Most rows had none, and dividing takes time. */
	row->rates[slot] = requests && seconds > 0 ? (uint64_t)((double)requests / seconds + 0.5) :
						     0;
	row->live_bytes[slot] = memmon_totals_live_bytes(&row->total);
}

/* A new view begins with the last interval. */
static void look_back(struct memmon_totals_view *view)
{
	uint64_t nr_intervals = view->totals->nr_intervals;

	for (size_t i = 0; i < view->nr_cells; i++) {
		const struct totals_cell *cell = &view->totals->cells[i];

		if (cell->last_in != nr_intervals || view->row_of[i] == REPORT_MAP_NONE)
			continue;
		totals_sums_add(&view->rows[view->row_of[i]].row.last, &cell->last);
		totals_sums_add(&view->sum.last, &cell->last);
	}
	if (nr_intervals)
		totals_view_end(view, (unsigned int)((nr_intervals - 1) % MEMMON_TOTALS_HISTORY));
}

void totals_view_begin(struct memmon_totals_view *view)
{
	for (size_t i = 0; i < view->nr; i++)
		memset(&view->rows[i].row.last, 0, sizeof(view->rows[i].row.last));
	memset(&view->sum.last, 0, sizeof(view->sum.last));
}

int totals_view_add(struct memmon_totals_view *view, uint32_t cell,
		    const struct memmon_totals_sums *more)
{
	struct memmon_totals_row *row;
	int err = cell < view->nr_cells ? 0 : catch_up(view, (size_t)cell + 1);

	if (err || view->row_of[cell] == REPORT_MAP_NONE)
		return err;
	row = &view->rows[view->row_of[cell]].row;
	totals_sums_add(&row->total, more);
	totals_sums_add(&row->last, more);
	totals_sums_add(&view->sum.total, more);
	totals_sums_add(&view->sum.last, more);
	return 0;
}

void totals_view_end(struct memmon_totals_view *view, unsigned int slot)
{
	for (size_t i = 0; i < view->nr; i++)
		remember(view, &view->rows[i].row, slot);
	remember(view, &view->sum, slot);
}

int memmon_totals_view_open(struct memmon_totals *totals, enum memmon_section section,
			    enum memmon_total_key key, const struct memmon_totals_where *where,
			    unsigned int nr_where, struct memmon_totals_view **ret)
{
	struct memmon_totals_view *view;

	if (key >= MEMMON_TOTALS_NR_KEYS || nr_where > MEMMON_TOTALS_MAX_WHERE)
		return -EINVAL;
	for (unsigned int i = 0; i < nr_where; i++)
		if (where[i].key >= MEMMON_TOTALS_NR_KEYS)
			return -EINVAL;
	view = calloc(1, sizeof(*view));
	if (!view)
		return -ENOMEM;
	view->totals = totals;
	view->section = section;
	view->key = key;
	if (nr_where)
		memcpy(view->where, where, nr_where * sizeof(*where));
	view->nr_where = nr_where;
	view->next = totals->views;
	totals->views = view;
	if (report_map_init(&view->of_part) || catch_up(view, totals->nr_cells)) {
		memmon_totals_view_close(view);
		return -ENOMEM;
	}
	look_back(view);
	*ret = view;
	return 0;
}

void memmon_totals_view_close(struct memmon_totals_view *view)
{
	struct memmon_totals_view **link;

	if (!view)
		return;
	for (link = &view->totals->views; *link != view;)
		link = &(*link)->next;
	*link = view->next;
	report_map_exit(&view->of_part);
	free(view->rows);
	free(view->row_of);
	free(view);
}

size_t memmon_totals_view_count(const struct memmon_totals_view *view)
{
	return view->nr;
}

const struct memmon_totals_row *memmon_totals_view_at(const struct memmon_totals_view *view,
						      size_t i)
{
	return &view->rows[i].row;
}

const struct memmon_totals_row *memmon_totals_view_sum(const struct memmon_totals_view *view)
{
	return &view->sum;
}

const char *memmon_totals_view_name(struct memmon_totals_view *view, size_t i)
{
	struct totals_row *row = &view->rows[i];
	char text[TOTALS_NAME_BYTES] = "";

	if (!row->name) {
		totals_name(view->totals, view->key, row->row.part, text, sizeof(text));
		row->name = memmon_intern_add(&view->totals->texts, text, strlen(text));
	}
	return row->name;
}
