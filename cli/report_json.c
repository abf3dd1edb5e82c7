// SPDX-License-Identifier: GPL-2.0
/* Shows a report as JSON; docs/json.md is its schema. */
#include <errno.h>
#include <inttypes.h>

#include "loss.h"
#include "memmon/filter.h"
#include "report.h"
#include "ui.h"

static const char *const section_names[] = {
	[MEMMON_SECTION_SLAB] = "slab",
	[MEMMON_SECTION_PAGES] = "pages",
};

static const char *const frees_names[] = {
	[MEMMON_FREES_ALL] = "all",
	[MEMMON_FREES_SOME] = "some",
	[MEMMON_FREES_NONE] = "none",
};

/* Sums as members of an object. */
static int set_sums(const struct report_view *view, enum memmon_section section,
		    const struct memmon_sums *sums, bool is_rest, json_t *object)
{
	int err = 0;

	for (const struct report_column *column = report_columns; column->name; column++) {
		if (!is_rest || column->is_sum)
			err |= json_object_set_new(object, column->name,
						   report_number(view, section, sums, column));
	}
	return err;
}

/* A call site does not fit in a JSON number; a cgroup and a module have none. */
static json_t *value_json(const struct report_view *view, enum memmon_section section, size_t row,
			  unsigned int key)
{
	char text[24];
	uint64_t value;

	if (!memmon_report_value(view->report, section, row, key, &value))
		return json_null();
	if (view->options.keys[key] != MEMMON_KEY_SITE)
		return json_integer((json_int_t)value);
	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

/* The frames of a call stack, the innermost first; null for none. */
static json_t *frames_json(const struct report_view *view, enum memmon_section section, size_t row)
{
	const uint64_t *frames;
	size_t nr = memmon_report_stack(view->report, section, row, &frames);
	json_t *list = nr ? json_array() : json_null();
	char name[REPORT_NAME_BYTES];

	for (size_t i = 0; i < nr; i++) {
		memmon_report_frame(view->report, frames[i], MEMMON_NAME_FULL, name, sizeof(name));
		if (json_array_append_new(list, ui_json_text(name))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *name_json(const struct report_view *view, enum memmon_section section, size_t row,
			 unsigned int key)
{
	char name[REPORT_NAME_BYTES];

	if (view->options.keys[key] == MEMMON_KEY_STACK)
		return frames_json(view, section, row);
	memmon_report_name(view->report, section, row, key, MEMMON_NAME_FULL, name, sizeof(name));
	return ui_json_text(name);
}

static json_t *row_json(const struct report_view *view, enum memmon_section section, size_t row)
{
	json_t *object = json_object(), *names = json_object(), *values = json_object();
	int err = 0;

	for (unsigned int key = 0; key < view->options.nr_keys; key++) {
		const char *kind = memmon_key_name(view->options.keys[key]);

		err |= json_object_set_new(names, kind, name_json(view, section, row, key));
		err |= json_object_set_new(values, kind, value_json(view, section, row, key));
	}
	err |= json_object_set_new(object, "key", names);
	err |= json_object_set_new(object, "value", values);
	err |= json_object_set_new(
		object, "is_size_class",
		json_boolean(memmon_report_is_size_class(view->report, section, row)));
	err |= set_sums(view, section, memmon_report_sums(view->report, section, row), false,
			object);
	if (err) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *rest_json(const struct report_view *view, enum memmon_section section,
			 const struct report_order *order)
{
	json_t *rest;

	if (order->nr_shown == order->nr)
		return json_null();
	rest = json_pack("{s:I}", "rows", (json_int_t)(order->nr - order->nr_shown));
	if (set_sums(view, section, &order->rest, true, rest)) {
		json_decref(rest);
		return NULL;
	}
	return rest;
}

static json_t *unseen_json(const struct report_view *view, enum memmon_section section)
{
	uint32_t unseen = memmon_report_unseen(view->report, section);
	json_t *list = json_array();

	for (unsigned int i = 0; i < MEMMON_NR_CLASSES; i++) {
		if (unseen >> i & 1 &&
		    json_array_append_new(list, json_string(memmon_class_name(i)))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *is_bound_json(const struct report_view *view, enum memmon_section section)
{
	return json_boolean(memmon_report_frees(view->report, section) == MEMMON_FREES_SOME ||
			    memmon_report_unseen(view->report, section));
}

static json_t *section_json(const struct report_view *view, enum memmon_section section)
{
	json_t *rows = json_array(), *total = json_object();
	struct report_order order;
	json_t *ret;
	int err;

	if (report_order_make(view, section, &order))
		return NULL;
	err = set_sums(view, section, memmon_report_total(view->report, section), false, total);
	for (size_t i = 0; i < order.nr_shown && !err; i++)
		err = json_array_append_new(rows, row_json(view, section, order.rows[i]));
	ret = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "frees_recorded",
			frees_names[memmon_report_frees(view->report, section)],
			"paths_not_recorded", unseen_json(view, section),
			"outstanding_is_upper_bound", is_bound_json(view, section), "rows", rows,
			"rest", rest_json(view, section, &order), "total", total);
	report_order_drop(&order);
	if (err) {
		json_decref(ret);
		return NULL;
	}
	return ret;
}

static json_t *sections_json(const struct report_view *view)
{
	json_t *sections = json_object();

	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		if (json_object_set_new(sections, section_names[i], section_json(view, i))) {
			json_decref(sections);
			return NULL;
		}
	}
	return sections;
}

static json_t *keys_json(const struct report_view *view)
{
	json_t *keys = json_array();

	for (unsigned int i = 0; i < view->options.nr_keys; i++) {
		if (json_array_append_new(keys,
					  json_string(memmon_key_name(view->options.keys[i])))) {
			json_decref(keys);
			return NULL;
		}
	}
	return keys;
}

static json_t *sample_json(const struct memmon_options *options)
{
	if (options->filter.conditions & 1U << MEMMON_FILTERED_SAMPLE)
		return json_integer(options->filter.sample_one_in);
	return json_integer(1);
}

int report_json(const struct report_view *view, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(view->reader);
	struct memmon_report_window window = memmon_report_window(view->report);
	double seconds = report_seconds(view);

	return ui_json_print(
		json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:s, s:o, s:o}",
			  "type", "memmon report", "recording", ui_json_text(view->recording),
			  "host", ui_json_text(machine->host), "kernel",
			  ui_json_text(machine->kernel_release), "architecture",
			  ui_json_text(machine->architecture), "by", keys_json(view), "from_ns",
			  (json_int_t)window.from_ns, "until_ns", (json_int_t)window.until_ns,
			  "events", (json_int_t)window.events, "events_per_second",
			  seconds > 0 ? json_real((double)window.events / seconds) : json_null(),
			  "sample_one_in", sample_json(memmon_reader_options(view->reader)), "sort",
			  view->sort->name, "sections", sections_json(view), "loss",
			  loss_json(&view->loss)),
		out);
}
