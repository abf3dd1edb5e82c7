// SPDX-License-Identifier: GPL-2.0
/* Prints an interval of memmon top as a JSON object on one line. */
#include <errno.h>

#include "top.h"
#include "ui.h"

static json_t *integer(uint64_t number)
{
	return json_integer((json_int_t)number);
}

static json_t *sums_json(const struct memmon_totals_sums *sums)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "requests", integer(sums->requests), "frees",
			 integer(sums->frees), "bytes_requested", integer(sums->bytes_requested),
			 "bytes_taken", integer(sums->bytes_taken), "bytes_freed",
			 integer(sums->bytes_freed));
}

/* What is held; null if it is not known. */
static json_t *live_json(const struct memmon_totals_row *row, bool has_live)
{
	if (!has_live)
		return json_null();
	return json_pack("{s:o, s:o, s:I}", "objects", integer(memmon_totals_live(&row->total)),
			 "bytes", integer(memmon_totals_live_bytes(&row->total)), "growth_bytes",
			 (json_int_t)(memmon_totals_live_bytes(&row->total) -
				      memmon_totals_live_bytes(&row->base)));
}

static json_t *row_json(const struct memmon_totals_row *row, const char *name, bool has_live)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "name", ui_json_text(name ? name : ""), "last",
			 sums_json(&row->last), "total", sums_json(&row->total), "live",
			 live_json(row, has_live));
}

static json_t *books_json(const struct memmon_totals_books *books)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "seen",
			 integer(books->seen), "filtered", integer(books->filtered), "counted",
			 integer(books->counted), "in_flight", integer(books->in_flight), "other",
			 integer(books->other), "untracked", integer(books->untracked), "lost",
			 integer(books->lost), "sample_one_in", integer(books->sample_one_in),
			 "unfinished", books->is_unfinished, "complete", !top_is_incomplete(books));
}

int top_json(struct top_model *model, unsigned int nr, FILE *out)
{
	const struct memmon_totals_books *books = memmon_totals_books(model->totals);
	struct top_level *level = top_level(model);
	json_t *rows, *line;
	int err = top_order(model);

	if (err)
		return err;
	rows = json_array();
	for (size_t i = 0; i < model->nr_rows && (!nr || i < nr); i++) {
		size_t row = model->order[i];

		err |= json_array_append_new(
			rows, row_json(memmon_totals_view_at(level->view, row),
				       memmon_totals_view_name(level->view, row), books->has_live));
	}
	line = json_pack("{s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "type", "memmon top",
			 "version", 1, "by", memmon_totals_key_name(level->key), "section",
			 level->section == MEMMON_SECTION_SLAB ? "objects" : "pages", "elapsed_ns",
			 integer(books->elapsed_ns), "interval_ns", integer(books->interval_ns),
			 "nr_rows", integer(model->nr_rows), "rows", rows, "sum",
			 row_json(memmon_totals_view_sum(level->view), "", books->has_live),
			 "books", books_json(books));
	if (err || !line) {
		json_decref(line);
		return -ENOMEM;
	}
	json_dumpf(line, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(line);
	return 0;
}
