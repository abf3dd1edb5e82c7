// SPDX-License-Identifier: GPL-2.0
/* Shows the outcome of memmon stat as a table or as JSON. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "stat.h"
#include "ui.h"

/* The class of a line that counts events of one class, like "kmalloc" of "seen.kmalloc". */
static const char *class_of(const char *key)
{
	return strncmp(key, "seen.", 5) ? NULL : key + 5;
}

static int print_caches(const struct stat_report *report, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Cache", .min_width = 12 },
		{ .title = "Before", .is_right = true, .min_width = 6 },
		{ .title = "During", .is_right = true, .min_width = 6 },
		{ .title = "After", .is_right = true, .min_width = 6 },
		{ .title = "Growth", .is_right = true, .min_width = 7 },
		{ .title = "Requests", .is_right = true, .min_width = 8 },
	};
	struct ui_table *table = ui_table_create(columns, 6);
	int err;

	for (size_t i = 0; i < report->nr_rows; i++) {
		const struct memmon_row *row = memmon_experiment_at(report->experiment, i);

		ui_table_add(table, "%s", row->name);
		ui_table_add(table, "%" PRIu64, row->before);
		ui_table_add(table, "%" PRIu64, row->during);
		ui_table_add(table, "%" PRIu64, row->after);
		ui_table_add(table, "%s", ui_growth(memmon_row_growth(row)).text);
		if (row->has_requests)
			ui_table_add(table, "%" PRIu64, row->counts.requests);
		else
			ui_table_add(table, "-");
	}
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static int print_events(const struct stat_module *module, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Event", .min_width = 20 },
		{ .title = "Seen", .is_right = true, .min_width = 9 },
	};
	const struct memmon_status *status = stat_module_status(module);
	struct ui_table *table = ui_table_create(columns, 2);
	int err;

	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *key = memmon_status_key(status, i);

		if (!class_of(key))
			continue;
		ui_table_add(table, "%s", class_of(key));
		ui_table_add(table, "%" PRIu64, stat_module_seen(module, key));
	}
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

int stat_report_text(const struct stat_report *report, FILE *out)
{
	struct memmon_books books;
	int err;

	err = print_caches(report, out);
	if (err)
		return err;
	fprintf(out, "\n%zu caches shown; %zu samples in %.3f s, one every %u ms\n",
		report->nr_rows, report->nr_samples, report->seconds, report->interval_ms);
	if (report->nr_skipped)
		fprintf(out, "lines of slabinfo that make no sense, left out: %zu\n",
			report->nr_skipped);
	if (report->not_counted)
		fprintf(out, "requests not counted: %s\n", report->not_counted);
	if (!report->module)
		return 0;
	fputc('\n', out);
	err = print_events(report->module, out);
	books = stat_module_books(report->module);
	module_print_loss(&books, out);
	return err;
}

static json_t *row_json(const struct memmon_row *row)
{
	double growth = memmon_row_growth(row);

	return json_pack("{s:o, s:I, s:I, s:I, s:o, s:o}", "name", ui_json_text(row->name),
			 "before", (json_int_t)row->before, "during", (json_int_t)row->during,
			 "after", (json_int_t)row->after, "growth_percent",
			 isinf(growth) ? json_null() : json_real(growth), "requests",
			 row->has_requests ? json_integer((json_int_t)row->counts.requests) :
					     json_null());
}

static json_t *rows_json(const struct stat_report *report)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < report->nr_rows; i++) {
		const struct memmon_row *row = memmon_experiment_at(report->experiment, i);

		if (json_array_append_new(rows, row_json(row))) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

static json_t *command_json(char **command)
{
	json_t *words = json_array();

	for (; *command; command++) {
		if (json_array_append_new(words, ui_json_text(*command))) {
			json_decref(words);
			return NULL;
		}
	}
	return words;
}

/* What the module saw; null without a module. */
static json_t *module_json(const struct stat_module *module)
{
	const struct memmon_status *status;
	struct memmon_books books;
	json_t *seen;

	if (!module)
		return json_null();
	status = stat_module_status(module);
	books = stat_module_books(module);
	seen = json_object();
	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *key = memmon_status_key(status, i);

		if (!class_of(key))
			continue;
		if (json_object_set_new(seen, class_of(key),
					json_integer((json_int_t)stat_module_seen(module, key)))) {
			json_decref(seen);
			return NULL;
		}
	}
	return json_pack("{s:o, s:o}", "seen", seen, "lost", module_loss_json(&books));
}

static json_t *not_counted_json(const char *reason)
{
	return reason ? json_string(reason) : json_null();
}

int stat_report_json(const struct stat_report *report, FILE *out)
{
	return ui_json_print(
		json_pack("{s:o, s:i, s:I, s:I, s:i, s:f, s:o, s:o, s:o}", "command",
			  command_json(report->command), "exit_code", report->exit_code, "samples",
			  (json_int_t)report->nr_samples, "lines_skipped",
			  (json_int_t)report->nr_skipped, "interval_ms", (int)report->interval_ms,
			  "seconds", report->seconds, "caches", rows_json(report),
			  "requests_not_counted", not_counted_json(report->not_counted), "module",
			  module_json(report->module)),
		out);
}
