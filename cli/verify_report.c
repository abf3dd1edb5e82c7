// SPDX-License-Identifier: GPL-2.0
/* Says what was seen: a table of paths and contexts, and what nobody sees; docs/json.md is the schema of JSON. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "ui.h"
#include "verify.h"

#define LINE_COLUMNS 78

static void add_row(struct ui_table *table, const struct verify_row *row)
{
	const struct verify_object *object = row->object;

	if (object->kind == VERIFY_PAGES)
		ui_table_add(table, "%s, order %" PRIu32, object->path, object->order);
	else
		ui_table_add(table, "%s", object->path);
	ui_table_add(table, "%s", object->freed_by);
	ui_table_add(table, "%s", object->context);
	ui_table_add(table, "%" PRIu32, row->made);
	ui_table_add(table, "%" PRIu32, row->seen);
	ui_table_add(table, "%" PRIu32, row->freed);
	ui_table_add(table, "%" PRIu32, row->freed_seen);
	ui_table_add(table, "%" PRIu32, row->pending);
	if (object->state == VERIFY_NULL || object->state == VERIFY_FAILED)
		ui_table_add(table, "-");
	else
		ui_table_add(table, "%" PRIu32, row->booked);
	ui_table_add(table, "%s", verify_verdict_name(row->verdict));
}

static int print_table(const struct verify_result *result, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Path" },
		{ .title = "Given back by" },
		{ .title = "Context" },
		{ .title = "Made", .is_right = true },
		{ .title = "Seen", .is_right = true },
		{ .title = "Freed", .is_right = true },
		{ .title = "Seen", .is_right = true },
		{ .title = "Pending", .is_right = true },
		{ .title = "Ledger", .is_right = true },
		{ .title = "Verdict" },
	};
	struct ui_table *table = ui_table_create(columns, sizeof(columns) / sizeof(columns[0]));
	int err;

	for (size_t i = 0; i < result->nr; i++)
		add_row(table, &result->rows[i]);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static void print_problems(const struct verify_result *result, FILE *out)
{
	for (size_t i = 0; i < result->nr; i++) {
		const struct verify_row *row = &result->rows[i];

		if (row->verdict != VERIFY_OK)
			fprintf(out, "%s: %s, %s, in %s: %s\n", verify_verdict_name(row->verdict),
				row->object->path, row->object->freed_by, row->object->context,
				row->problem);
	}
}

/* A sentence as an item of a list, broken where lines are full. */
static void print_item(const char *text, FILE *out)
{
	const char *indent = "  - ";

	while (*text) {
		size_t len = strlen(text), room = LINE_COLUMNS - 4;

		if (len > room) {
			len = room;
			while (len && text[len] != ' ')
				len--;
			if (!len)
				len = room;
		}
		fprintf(out, "%s%.*s\n", indent, (int)len, text);
		text += len;
		text += strspn(text, " ");
		indent = "    ";
	}
}

static size_t count_bad(const struct verify_result *result)
{
	size_t nr = 0;

	for (size_t i = 0; i < result->nr; i++)
		nr += result->rows[i].verdict != VERIFY_OK;
	return nr;
}

static void print_verdict(const struct verify_report *report, FILE *out)
{
	const struct verify_result *result = report->result;
	size_t nr_bad = count_bad(result);

	if (nr_bad)
		fprintf(out, "%zu of %zu paths are not seen as they are", nr_bad, result->nr);
	else
		fprintf(out, "All %zu paths are seen as they are", result->nr);
	fprintf(out, ": %s objects in %.1f s", ui_count(result->objects).text, report->seconds);
	if (result->pending)
		fprintf(out, "; %s given to kfree_rcu() are pending",
			ui_count(result->pending).text);
	fputs(".\n", out);
	if (nr_bad && report->loss->dropped)
		fprintf(out,
			"%s events were dropped meanwhile, and may be what was missed: try again when the "
			"machine has less to do.\n",
			ui_count(report->loss->dropped).text);
	if (nr_bad && report->untracked)
		fprintf(out,
			"The ledger had no room for %s of all objects, and may lack some of ours for that.\n",
			ui_count(report->untracked).text);
	if (!report->has_other_cpu)
		fputs("There is one CPU only: frees on another one were not tried.\n", out);
	if (report->is_kept)
		fputs(VERIFY_MODULE " stays loaded, with what it holds; 'rmmod " VERIFY_MODULE
				    "' gives it back.\n",
		      out);
}

int verify_report_text(const struct verify_report *report, FILE *out)
{
	int err = print_table(report->result, out);

	fputc('\n', out);
	print_problems(report->result, out);
	print_verdict(report, out);
	fputs("\nNot seen on this kernel, by any session:\n", out);
	for (size_t i = 0; i < report->blind->nr; i++)
		print_item(report->blind->text[i], out);
	fputc('\n', out);
	loss_print(report->loss, out);
	return err;
}

static json_t *row_json(const struct verify_row *row)
{
	const struct verify_object *object = row->object;
	json_t *json = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "path",
				 object->path, "freed_by", object->freed_by, "context",
				 object->context, "made", (json_int_t)row->made, "seen",
				 (json_int_t)row->seen, "freed", (json_int_t)row->freed,
				 "freed_seen", (json_int_t)row->freed_seen, "pending",
				 (json_int_t)row->pending, "ledger", (json_int_t)row->booked,
				 "verdict", verify_verdict_name(row->verdict));
	int err = 0;

	if (json && object->kind == VERIFY_PAGES)
		err |= json_object_set_new(json, "order", json_integer(object->order));
	if (json && *row->problem)
		err |= json_object_set_new(json, "problem", ui_json_text(row->problem));
	if (err) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *verify_report_json(const struct verify_report *report)
{
	const struct verify_result *result = report->result;
	json_t *rows = json_array(), *blind = json_array();
	int err = 0;

	for (size_t i = 0; i < result->nr; i++)
		err |= json_array_append_new(rows, row_json(&result->rows[i]));
	for (size_t i = 0; i < report->blind->nr; i++)
		err |= json_array_append_new(blind, ui_json_text(report->blind->text[i]));
	if (err) {
		json_decref(rows);
		json_decref(blind);
		return NULL;
	}
	return json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:f, s:b, s:o, s:o, s:o}", "type",
			 "memmon verify", "version", 1, "verdict",
			 verify_verdict_name(result->verdict), "objects",
			 (json_int_t)result->objects, "pending", (json_int_t)result->pending,
			 "untracked", (json_int_t)report->untracked, "seconds", report->seconds,
			 "has_other_cpu", report->has_other_cpu, "paths", rows, "blind_spots",
			 blind, "loss", loss_json(report->loss));
}
