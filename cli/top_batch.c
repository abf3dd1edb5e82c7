// SPDX-License-Identifier: GPL-2.0
/* Prints an interval of memmon top as text, for pipes and for terminals that can do no more. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "top.h"
#include "ui.h"

static const struct ui_column with_live[] = {
	{ "req/s", true, 7 },  { "free/s", true, 7 },  { "bytes/s", true, 7 }, { "live", true, 7 },
	{ "growth", true, 7 }, { "objects", true, 7 }, { "name", false, 0 },
};

static const struct ui_column without_live[] = {
	{ "req/s", true, 7 },
	{ "free/s", true, 7 },
	{ "bytes/s", true, 7 },
	{ "name", false, 0 },
};

static void add_cells(struct ui_table *table, const struct memmon_totals_row *row,
		      uint64_t interval_ns, bool has_live)
{
	char text[32];

	for (unsigned int i = 0; i < TOP_NAME; i++) {
		if (top_column_needs_live(i) && !has_live)
			continue;
		top_column_print(i, top_column_value(i, row, interval_ns), text, sizeof(text));
		ui_table_add(table, "%s", text);
	}
}

static struct ui_table *fill_table(struct top_model *model, unsigned int nr)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	struct top_level *level = top_level(model);
	char name[TOP_NAME_BYTES];
	struct ui_table *table;

	if (books->has_live)
		table = ui_table_create(with_live, sizeof(with_live) / sizeof(with_live[0]));
	else
		table = ui_table_create(without_live,
					sizeof(without_live) / sizeof(without_live[0]));
	for (size_t i = 0; i < model->nr_rows && (!nr || i < nr); i++) {
		size_t row = model->order[i];

		add_cells(table, memmon_totals_view_at(level->view, row), books->interval_ns,
			  books->has_live);
		snprintf(name, sizeof(name), "%s", memmon_totals_view_name(level->view, row));
		ui_clean(name);
		ui_table_add(table, "%s", name);
	}
	return table;
}

int top_batch(struct top_model *model, unsigned int nr, FILE *out)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	struct ui_table *table;
	char text[TOP_LINE_BYTES];
	int err = top_order(model);

	if (err)
		return err;
	if (memmon_totals_intervals(model->totals) > 1)
		fputc('\n', out);
	fprintf(out, "%s (%s) after %.3f s, last %.3f s, %zu rows\n",
		top_key_title(top_level(model)->key),
		top_level(model)->section == MEMMON_SECTION_SLAB ? "objects" : "pages",
		(double)books->elapsed_ns / 1e9, (double)books->interval_ns / 1e9, model->nr_rows);
	table = fill_table(model, nr);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	if (err)
		return err;
	top_loss(books, UINT32_MAX, text, sizeof(text));
	fprintf(out, "%s\n", text);
	return 0;
}
