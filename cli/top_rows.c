// SPDX-License-Identifier: GPL-2.0
/* Chooses and orders the rows that memmon top shows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

/**
 * struct entry - a row that matches
 * @value: of the column that is ordered by
 */
struct entry {
	double value;
	const char *name;
	size_t row;
};

static int compare_names(const struct entry *left, const struct entry *right)
{
	int order = strcmp(left->name, right->name);

	return order ? order : (left->row > right->row) - (left->row < right->row);
}

static int compare(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;

	if (left->value != right->value)
		return left->value > right->value ? -1 : 1;
	return compare_names(left, right);
}

static bool has_nothing(const struct memmon_totals_row *row)
{
	return !row->last.requests && !row->last.frees && !memmon_totals_live_bytes(&row->total);
}

/*
 * Rows without any number in their column come in the order in which they were first seen: there are many,
 * and to sort them would take longer than all the rest.
 */
static void put(struct top_model *model, struct entry *entries, size_t nr, const size_t *idle,
		size_t nr_idle)
{
	size_t to = 0;

	qsort(entries, nr, sizeof(*entries), compare);
	for (size_t i = 0; i < nr; i++)
		model->order[to++] = entries[i].row;
	for (size_t i = 0; i < nr_idle; i++)
		model->order[to++] = idle[i];
	model->nr_rows = to;
	if (!model->is_reversed)
		return;
	for (size_t i = 0; i < to / 2; i++) {
		size_t other = model->order[i];

		model->order[i] = model->order[to - 1 - i];
		model->order[to - 1 - i] = other;
	}
}

/* Return: the number of rows that do not matter now, behind the @nr others. */
static int collect(struct top_model *model, struct entry *entries, size_t *idle)
{
	struct top_level *level = top_level(model);
	uint64_t interval_ns = memmon_totals_books(model->totals)->interval_ns;
	size_t nr = 0, nr_idle = 0;

	for (size_t i = 0; i < memmon_totals_view_count(level->view); i++) {
		const struct memmon_totals_row *row = memmon_totals_view_at(level->view, i);
		const char *name = memmon_totals_view_name(level->view, i);
		double value = top_column_value(model->sort, row, interval_ns);

		if (!name)
			return -ENOMEM;
		if (model->match[0] && !strcasestr(name, model->match))
			continue;
		if (value == 0 && model->sort != TOP_NAME && has_nothing(row))
			idle[nr_idle++] = i;
		else
			entries[nr++] = (struct entry){ .value = value, .name = name, .row = i };
	}
	put(model, entries, nr, idle, nr_idle);
	return 0;
}

/* The choice stays with its row, wherever that goes. */
static void follow_chosen(struct top_model *model)
{
	struct top_level *level = top_level(model);

	if (level->has_chosen)
		for (size_t i = 0; i < model->nr_rows; i++)
			if (memmon_totals_view_at(level->view, model->order[i])->part ==
			    level->chosen)
				level->selected = i;
	if (level->selected >= model->nr_rows)
		level->selected = model->nr_rows ? model->nr_rows - 1 : 0;
}

int top_order(struct top_model *model)
{
	size_t nr = memmon_totals_view_count(top_level(model)->view);
	struct entry *entries;
	size_t *idle;
	int err = -ENOMEM;

	if (nr >= model->room) {
		size_t *order = reallocarray(model->order, nr + nr / 2 + 1, sizeof(*order));

		if (!order)
			return -ENOMEM;
		model->order = order;
		model->room = nr + nr / 2 + 1;
	}
	entries = calloc(nr + 1, sizeof(*entries));
	idle = calloc(nr + 1, sizeof(*idle));
	if (entries && idle)
		err = collect(model, entries, idle);
	free(entries);
	free(idle);
	if (!err)
		follow_chosen(model);
	return err;
}

void top_move(struct top_model *model, long rows)
{
	struct top_level *level = top_level(model);
	long to = (long)level->selected + rows;

	if (!model->nr_rows)
		return;
	if (to < 0)
		to = 0;
	if (to >= (long)model->nr_rows)
		to = (long)model->nr_rows - 1;
	level->selected = (size_t)to;
	/* At the top one sees whatever comes first. */
	level->has_chosen = to > 0;
	level->chosen = memmon_totals_view_at(level->view, model->order[to])->part;
}
