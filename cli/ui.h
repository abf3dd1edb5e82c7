/* SPDX-License-Identifier: GPL-2.0 */
/* How memmon talks: messages, tables, units and JSON. */
#ifndef UI_H
#define UI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- messages (ui_msg.c) ---- */

/**
 * ui_begin() - from now on messages begin with this program name
 */
void ui_begin(const char *prog);

/**
 * ui_error() - one line on stderr: what is wrong; what to do
 */
void ui_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * ui_flush() - make sure that everything written to a stream arrived
 * @out: the stream
 * @name: what a message calls it
 *
 * Return: 0 or a negative errno, after a message.
 */
int ui_flush(FILE *out, const char *name);

/* ---- tables (ui_table.c) ---- */

/**
 * struct ui_column - head of a column
 * @min_width: room that it takes at least
 */
struct ui_column {
	const char *title;
	bool is_right;
	size_t min_width;
};

struct ui_table;

/**
 * ui_table_create() - an empty table
 * @columns: its columns; the array must outlive the table
 *
 * Return: the table, or NULL without memory. Other calls take NULL and do nothing, and a table that
 * lost a cell for lack of memory says so when it is printed.
 */
struct ui_table *ui_table_create(const struct ui_column *columns, size_t nr_columns);
void ui_table_destroy(struct ui_table *table);

/**
 * ui_table_add() - the next cell, row by row from left to right
 */
void ui_table_add(struct ui_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * ui_table_note() - a line below the row that has been filled last, as it is
 */
void ui_table_note(struct ui_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * ui_table_print() - print heads and cells, columns aligned
 *
 * Return: 0 or -ENOMEM.
 */
int ui_table_print(const struct ui_table *table, FILE *out);

/* ---- numbers for people (ui_units.c) ---- */

struct ui_text {
	char text[32];
};

/**
 * ui_bytes() - like "512 bytes", "8.0 KiB", "1.5 MiB"
 */
struct ui_text ui_bytes(uint64_t bytes);

/**
 * ui_growth() - like "+144.3%", "-2.0%"; infinite growth is "new"
 */
struct ui_text ui_growth(double percent);

/**
 * ui_count() - like "5,000,000"
 */
struct ui_text ui_count(uint64_t count);

/**
 * ui_duration() - like "850 ns", "1.5 ms", "73.0 s"
 */
struct ui_text ui_duration(uint64_t ns);

/**
 * ui_clean() - make text from the kernel or its users harmless: what is not printable ASCII becomes '?'
 */
void ui_clean(char *text);

/* ---- JSON (ui_json.c) ---- */

/**
 * ui_json_text() - a JSON string from any bytes; what is no UTF-8 becomes '?'
 */
json_t *ui_json_text(const char *text);

/**
 * ui_json_print() - print a JSON value and let go of it
 * @value: the value; NULL stands for one that there was no memory for
 *
 * Return: 0 or -ENOMEM.
 */
int ui_json_print(json_t *value, FILE *out);

#endif
