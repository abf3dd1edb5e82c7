// SPDX-License-Identifier: GPL-2.0
/* Shows a comparison as JSON; docs/json.md is its schema. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "loss.h"
#include "ui.h"

static json_t *percent_json(double percent)
{
	return isinf(percent) ? json_null() : json_real(percent);
}

/* One metric of a row: both values as they are, and what became of them. */
static json_t *metric_json(const struct diff *diff, const struct diff_row *row,
			   enum diff_metric metric)
{
	double a = diff_value(diff, &diff->a, row->a, metric);
	double b = diff_value(diff, &diff->b, row->b, metric);

	return json_pack("{s:I, s:I, s:f, s:o}", "a",
			 (json_int_t)(row->a ? row->a->values[metric] : 0), "b",
			 (json_int_t)(row->b ? row->b->values[metric] : 0), "change", b - a,
			 "change_percent", percent_json(diff_percent(a, b)));
}

/* The frames of a call stack, the innermost first; null where none was taken. */
static json_t *frames_json(const char *chain)
{
	json_t *list = json_array();
	char *copy = strdup(chain), *frame = copy;
	int err = copy ? 0 : -1;

	if (copy && !strcmp(copy, "(no stack)")) {
		json_decref(list);
		list = json_null();
		frame = NULL;
	}
	while (frame && !err) {
		char *next = strstr(frame, MEMMON_CALLED_BY);

		if (next)
			*next = '\0';
		err = json_array_append_new(list, ui_json_text(frame));
		frame = next ? next + strlen(MEMMON_CALLED_BY) : NULL;
	}
	free(copy);
	if (!err)
		return list;
	json_decref(list);
	return NULL;
}

/* The keys of a name, which tabs separate. */
static int set_names(const struct diff *diff, const char *name, json_t *object)
{
	char *copy = strdup(name), *rest = copy;
	int err = copy ? 0 : -1;

	for (unsigned int i = 0; i < diff->options.nr_keys && !err; i++) {
		char *word = rest ? strsep(&rest, "\t") : "";

		err = json_object_set_new(object, memmon_key_name(diff->options.keys[i]),
					  diff->options.keys[i] == MEMMON_KEY_STACK ?
						  frames_json(word) :
						  ui_json_text(word));
	}
	free(copy);
	return err;
}

static json_t *row_json(const struct diff *diff, enum memmon_section section,
			const struct diff_row *row)
{
	const char *name = diff_name(row);
	const char *state = !row->a ? "new" : !row->b ? "gone" : "changed";
	json_t *keys = json_object();
	json_t *object = json_pack("{s:o, s:s}", "key", keys, "state", state);
	int err = set_names(diff, row->a ? row->a->name : row->b->name, keys);

	/* With the offset, when there is one call site of this name. */
	err |= json_object_set_new(object, "detail",
				   strcmp(name, row->a ? row->a->name : row->b->name) ?
					   ui_json_text(name) :
					   json_null());
	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++)
		err |= json_object_set_new(
			object, diff_metric_name(i),
			diff_is_known(diff, section, i) ? metric_json(diff, row, i) : json_null());
	if (err) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *section_json(const struct diff *diff, enum memmon_section section, unsigned int top)
{
	size_t nr = diff->nr_rows[section];
	size_t nr_shown = top && top < nr ? top : nr;
	json_t *rows = json_array();

	for (size_t i = 0; i < nr_shown; i++) {
		if (json_array_append_new(rows, row_json(diff, section, &diff->rows[section][i]))) {
			json_decref(rows);
			return NULL;
		}
	}
	return json_pack("{s:o, s:I, s:I, s:b, s:s}", "rows", rows, "rows_left_out",
			 (json_int_t)(nr - nr_shown), "rows_unchanged",
			 (json_int_t)diff->nr_same[section], "outstanding_is_upper_bound",
			 diff->a.is_bound[section] || diff->b.is_bound[section], "sort",
			 diff_metric_name(diff->sort[section]));
}

static json_t *keys_json(const struct diff *diff)
{
	json_t *keys = json_array();

	for (unsigned int i = 0; i < diff->options.nr_keys; i++) {
		if (json_array_append_new(keys,
					  json_string(memmon_key_name(diff->options.keys[i])))) {
			json_decref(keys);
			return NULL;
		}
	}
	return keys;
}

static json_t *diffs_json(const struct diff_view *view)
{
	json_t *diffs = json_array();

	for (size_t i = 0; i < view->nr_diffs; i++) {
		const struct diff *diff = &view->diffs[i];

		if (json_array_append_new(
			    diffs,
			    json_pack("{s:o, s:{s:o, s:o}}", "by", keys_json(diff), "sections",
				      "slab", section_json(diff, MEMMON_SECTION_SLAB, view->top),
				      "pages",
				      section_json(diff, MEMMON_SECTION_PAGES, view->top)))) {
			json_decref(diffs);
			return NULL;
		}
	}
	return diffs;
}

static json_t *side_json(const struct diff_side *side)
{
	return json_pack("{s:o, s:o, s:f, s:o}", "path", ui_json_text(side->path), "kernel",
			 side->kernel[0] ? ui_json_text(side->kernel) : json_null(), "seconds",
			 side->seconds, "loss",
			 side->has_loss ? loss_json(&side->loss) : json_null());
}

int diff_json(const struct diff_view *view, FILE *out)
{
	const struct diff *first = &view->diffs[0];

	return ui_json_print(json_pack("{s:s, s:o, s:o, s:b, s:o}", "type", "memmon diff", "a",
				       side_json(&first->a), "b", side_json(&first->b),
				       "per_second", first->is_rate, "tables", diffs_json(view)),
			     out);
}
