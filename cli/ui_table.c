// SPDX-License-Identifier: GPL-2.0
/* Aligns cells into columns. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui.h"

#define GAP 3

/**
 * struct ui_note - a line between rows
 * @nr_cells: how many cells come before it
 */
struct ui_note {
	char *text;
	size_t nr_cells;
};

struct ui_table {
	const struct ui_column *columns;
	size_t nr_columns;
	char **cells;
	size_t nr_cells;
	size_t room;
	struct ui_note *notes;
	size_t nr_notes;
	size_t notes_room;
	bool has_lost_cells;
};

struct ui_table *ui_table_create(const struct ui_column *columns, size_t nr_columns)
{
	struct ui_table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	table->nr_columns = nr_columns;
	return table;
}

void ui_table_destroy(struct ui_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->nr_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	for (size_t i = 0; i < table->nr_notes; i++)
		free(table->notes[i].text);
	free(table->notes);
	free(table);
}

static int make_room(void **array, size_t nr, size_t *room, size_t size)
{
	size_t wanted = *room ? *room * 2 : 64;
	void *grown;

	if (nr < *room)
		return 0;
	grown = reallocarray(*array, wanted, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*room = wanted;
	return 0;
}

void ui_table_add(struct ui_table *table, const char *format, ...)
{
	va_list args;
	int len;

	if (!table || table->has_lost_cells)
		return;
	if (make_room((void **)&table->cells, table->nr_cells, &table->room,
		      sizeof(*table->cells))) {
		table->has_lost_cells = true;
		return;
	}
	va_start(args, format);
	len = vasprintf(&table->cells[table->nr_cells], format, args);
	va_end(args);
	if (len < 0)
		table->has_lost_cells = true;
	else
		table->nr_cells++;
}

void ui_table_note(struct ui_table *table, const char *format, ...)
{
	struct ui_note *note;
	va_list args;
	int len;

	if (!table || table->has_lost_cells)
		return;
	if (make_room((void **)&table->notes, table->nr_notes, &table->notes_room,
		      sizeof(*table->notes))) {
		table->has_lost_cells = true;
		return;
	}
	note = &table->notes[table->nr_notes];
	note->nr_cells = table->nr_cells;
	va_start(args, format);
	len = vasprintf(&note->text, format, args);
	va_end(args);
	if (len < 0)
		table->has_lost_cells = true;
	else
		table->nr_notes++;
}

static size_t column_width(const struct ui_table *table, size_t column)
{
	size_t width = table->columns[column].min_width;
	size_t title = strlen(table->columns[column].title);

	if (title > width)
		width = title;
	for (size_t i = column; i < table->nr_cells; i += table->nr_columns) {
		size_t len = strlen(table->cells[i]);

		if (len > width)
			width = len;
	}
	return width;
}

static void print_cell(const struct ui_table *table, size_t column, size_t width, const char *text,
		       FILE *out)
{
	bool is_last = column + 1 == table->nr_columns;
	int room = (int)width;

	if (column)
		fprintf(out, "%*s", GAP, "");
	if (table->columns[column].is_right)
		fprintf(out, "%*s", room, text);
	else
		fprintf(out, "%-*s", is_last ? 0 : room, text);
	if (is_last)
		fputc('\n', out);
}

/* The notes that come before a cell, from the one at @note on. Return: the one behind them. */
static size_t print_notes(const struct ui_table *table, size_t note, size_t cell, FILE *out)
{
	for (; note < table->nr_notes && table->notes[note].nr_cells <= cell; note++)
		fprintf(out, "%s\n", table->notes[note].text);
	return note;
}

int ui_table_print(const struct ui_table *table, FILE *out)
{
	size_t *widths;
	size_t note = 0;

	if (!table || table->has_lost_cells)
		return -ENOMEM;
	widths = calloc(table->nr_columns, sizeof(*widths));
	if (!widths)
		return -ENOMEM;
	for (size_t i = 0; i < table->nr_columns; i++) {
		widths[i] = column_width(table, i);
		print_cell(table, i, widths[i], table->columns[i].title, out);
	}
	for (size_t i = 0; i < table->nr_cells; i++) {
		size_t column = i % table->nr_columns;

		if (!column)
			note = print_notes(table, note, i, out);
		print_cell(table, column, widths[column], table->cells[i], out);
	}
	print_notes(table, note, table->nr_cells, out);
	free(widths);
	return 0;
}
