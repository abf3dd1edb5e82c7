// SPDX-License-Identifier: GPL-2.0
/* Shows what is held as JSON; docs/json.md is its schema. */
#include <inttypes.h>
#include <math.h>

#include "ledger.h"
#include "leaks.h"
#include "ui.h"

static const char *const section_names[] = {
	[MEMMON_SECTION_SLAB] = "slab",
	[MEMMON_SECTION_PAGES] = "pages",
};

static const char *const kind_names[] = {
	[MEMMON_LEAK_KIND_PLAIN] = "plain",	[MEMMON_LEAK_KIND_UNLOADED] = "unloaded",
	[MEMMON_LEAK_KIND_RCU] = "rcu",		[MEMMON_LEAK_KIND_CACHE] = "cache",
	[MEMMON_LEAK_KIND_PROCESS] = "process",
};

/* Appends to an array of which one addition may have failed before. */
static void append(json_t **array, json_t *value)
{
	if (*array && !json_array_append_new(*array, value))
		return;
	json_decref(*array);
	*array = NULL;
}

static json_t *whole(double value)
{
	return json_integer((json_int_t)llround(value));
}

static json_t *key_json(const struct leaks_view *view, const struct memmon_leak *leak)
{
	json_t *key = json_object();

	for (unsigned int i = 0; i < view->options.nr_keys; i++) {
		if (json_object_set_new(key, memmon_leak_key_name(view->options.keys[i]),
					ui_json_text(leak->names[i]))) {
			json_decref(key);
			return NULL;
		}
	}
	return key;
}

static json_t *ages_json(const struct memmon_leak *leak)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "below_1s", (json_int_t)leak->ages[0],
			 "below_10s", (json_int_t)leak->ages[1], "below_1min",
			 (json_int_t)leak->ages[2], "below_10min", (json_int_t)leak->ages[3],
			 "more", (json_int_t)leak->ages[4]);
}

static json_t *series_json(const struct leaks_view *view, const struct memmon_leak *leak)
{
	json_t *series = json_array();

	for (size_t i = 0; i < memmon_leaks_looks(view->leaks); i++)
		append(&series, whole(leak->series[i]));
	return series;
}

static json_t *parts_json(const struct memmon_leak *leak)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < leak->nr_parts; i++)
		append(&parts,
		       json_pack("{s:o, s:I, s:I}", "site", ui_json_text(leak->parts[i].name),
				 "objects_seen", (json_int_t)leak->parts[i].objects, "bytes_seen",
				 (json_int_t)leak->parts[i].bytes));
	return parts;
}

static json_t *stack_json(const struct leaks_view *view, const struct memmon_leak *leak)
{
	char name[LEAKS_NAME_BYTES];
	const uint64_t *frames;
	size_t nr = memmon_snapshot_stack(view->snapshot, leak->stack, &frames);
	json_t *stack;

	if (!nr)
		return json_null();
	stack = json_array();
	for (size_t i = 0; i < nr; i++) {
		memmon_snapshot_address(view->snapshot, frames[i], name, sizeof(name));
		append(&stack, ui_json_text(name));
	}
	return stack;
}

/* What the verdict rests on; numbers of objects are those that were seen. */
static json_t *grounds_json(const struct leaks_view *view, const struct memmon_leak *leak)
{
	return json_pack("{s:I, s:I, s:o, s:I, s:o, s:o, s:I, s:I, s:f, s:f, s:o}", "objects_seen",
			 (json_int_t)leak->objects, "old_objects", (json_int_t)leak->old_objects,
			 "ages", ages_json(leak), "oldest_ns", (json_int_t)leak->oldest_ns, "born",
			 leak->knows_freed ? json_integer((json_int_t)leak->born) : json_null(),
			 "freed",
			 leak->knows_freed ? json_integer((json_int_t)leak->freed) : json_null(),
			 "at_half", (json_int_t)leak->at_half, "stayed", (json_int_t)leak->stayed,
			 "tau", leak->tau, "bytes_per_second", leak->bytes_per_second,
			 "bytes_at_looks", series_json(view, leak));
}

static json_t *row_json(const struct leaks_view *view, const struct memmon_leak *leak)
{
	double scale = leak->held.objects / (double)leak->objects;
	json_t *row = json_pack(
		"{s:o, s:s, s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}",
		"key", key_json(view, leak), "kind", kind_names[leak->kind], "verdict",
		memmon_leak_verdict_name(leak->verdict), "confidence", (json_int_t)leak->confidence,
		"reason", memmon_leak_reason_name(leak->reason), "words",
		memmon_leak_reason_words(leak->reason), "why",
		leak->why ? json_string(leak->why) : json_null(), "objects",
		whole(leak->held.objects), "objects_error", whole(leak->held.objects_error),
		"bytes", whole(leak->held.bytes), "bytes_error", whole(leak->held.bytes_error),
		"bytes_requested", whole(scale * (double)leak->bytes_req), "sites",
		parts_json(leak), "stack", stack_json(view, leak), "stack_bytes_seen",
		(json_int_t)leak->stack_bytes);
	json_t *grounds = grounds_json(view, leak);

	if (!row || !grounds || json_object_update(row, grounds)) {
		json_decref(row);
		row = NULL;
	}
	json_decref(grounds);
	return row;
}

static json_t *total_json(const struct memmon_leaks_total *total)
{
	json_t *kinds = json_object();
	int err = 0;

	for (size_t i = 0; i < MEMMON_NR_LEAK_KINDS; i++)
		err |= json_object_set_new(kinds, kind_names[i],
					   json_pack("{s:o, s:o, s:I}", "objects",
						     whole(total->objects[i]), "bytes",
						     whole(total->bytes[i]), "oldest_ns",
						     (json_int_t)total->oldest_ns[i]));
	if (err) {
		json_decref(kinds);
		return NULL;
	}
	return json_pack("{s:o, s:o, s:o}", "allocated_bytes", whole(total->born_bytes),
			 "backing_bytes", whole(total->backing_bytes), "held", kinds);
}

static json_t *section_json(const struct leaks_view *view, enum memmon_section section)
{
	json_t *rows = json_array();
	size_t nr = 0;

	for (size_t i = 0; i < memmon_leaks_count(view->leaks); i++) {
		const struct memmon_leak *leak = memmon_leaks_at(view->leaks, i);

		if (leak->section != section || !leaks_is_shown(view, leak))
			continue;
		if (!view->top || nr < view->top)
			append(&rows, row_json(view, leak));
		nr++;
	}
	return json_pack("{s:o, s:o, s:I}", "total",
			 total_json(memmon_leaks_total(view->leaks, section)), "rows", rows,
			 "rows_left_out",
			 (json_int_t)(view->top && nr > view->top ? nr - view->top : 0));
}

static json_t *sections_json(const struct leaks_view *view)
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

static json_t *verdicts_json(const struct leaks_view *view)
{
	json_t *verdicts = json_object();

	for (int i = 0; i < MEMMON_NR_LEAK_VERDICTS; i++) {
		enum memmon_leak_verdict verdict = (enum memmon_leak_verdict)i;

		if (json_object_set_new(verdicts, memmon_leak_verdict_name(verdict),
					json_integer((json_int_t)leaks_count(view, verdict)))) {
			json_decref(verdicts);
			return NULL;
		}
	}
	return verdicts;
}

int leaks_json(const struct leaks_view *view, FILE *out)
{
	json_t *keys = json_array(), *looks = json_array();

	for (unsigned int i = 0; i < view->options.nr_keys; i++)
		append(&keys, json_string(memmon_leak_key_name(view->options.keys[i])));
	for (size_t i = 0; i < memmon_leaks_looks(view->leaks); i++)
		append(&looks, json_integer((json_int_t)memmon_leaks_look_ns(view->leaks, i)));
	return ui_json_print(
		json_pack("{s:s, s:i, s:o, s:b, s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "type",
			  "memmon leaks", "version", 1, "recording",
			  view->recording ? ui_json_text(view->recording) : json_null(), "is_last",
			  view->is_last, "by", keys, "watched_ns",
			  (json_int_t)view->snapshot->books.duration_ns, "older_than_ns",
			  (json_int_t)memmon_leaks_older_than_ns(view->leaks), "looks_ns", looks,
			  "verdicts", verdicts_json(view), "sections", sections_json(view), "loss",
			  ledger_loss_json(&view->snapshot->books)),
		out);
}
