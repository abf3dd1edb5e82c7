// SPDX-License-Identifier: GPL-2.0
/* Shows pages as JSON; docs/json.md is its schema. */
#include <inttypes.h>

#include "ledger.h"
#include "loss.h"
#include "pages.h"
#include "ui.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* Null where the events do not tell it. */
static json_t *born(const struct pages_view *view, uint64_t value)
{
	if (!memmon_pages_knows_born(view->pages))
		return json_null();
	return number(value * pages_scale(view));
}

static json_t *row_json(const struct pages_view *view, const struct memmon_pages_row *row)
{
	uint64_t scale = pages_scale(view);

	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name",
			 row->name ? ui_json_text(row->name) : json_null(), "live_blocks",
			 number(row->blocks * scale), "live_bytes", number(row->bytes * scale),
			 "born_blocks", born(view, row->born_blocks), "born_bytes",
			 born(view, row->born_bytes));
}

static json_t *rows_json(const struct pages_view *view)
{
	const struct memmon_pages_row *rows;
	json_t *list = json_array();
	int err = 0;
	size_t nr;

	rows = memmon_pages_rows(view->pages, &nr);
	for (size_t i = 0; i < pages_shown(view, nr); i++)
		err |= json_array_append_new(list, row_json(view, &rows[i]));
	if (err) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *broken_json(const struct pages_view *view)
{
	const struct memmon_pages_broken *broken;
	json_t *list = json_array();
	int err = 0;
	size_t nr;

	broken = memmon_pages_broken(view->pages, &nr);
	for (size_t i = 0; i < pages_shown(view, nr); i++)
		err |= json_array_append_new(
			list, json_pack("{s:o, s:I, s:o, s:I, s:o}", "events",
					number(broken[i].events * pages_scale(view)), "order",
					(json_int_t)broken[i].order, "migratetype",
					ui_json_text(broken[i].type), "from_order",
					(json_int_t)broken[i].from_order, "from_migratetype",
					ui_json_text(broken[i].from_type)));
	if (err) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *remote_json(const struct pages_view *view, uint64_t value)
{
	if (!memmon_pages_total(view->pages)->has_nodes)
		return json_null();
	return number(value * pages_scale(view));
}

/* Null where it was not seen. */
static json_t *broken_number(const struct pages_view *view, uint64_t value)
{
	return pages_knows_broken(view) ? number(value * pages_scale(view)) : json_null();
}

static json_t *troubles_json(const struct pages_view *view)
{
	const struct memmon_pages_trouble *troubles;
	json_t *list = json_array();
	int err = 0;
	size_t nr;

	troubles = memmon_pages_troubles(view->pages, &nr);
	for (size_t i = 0; i < pages_shown(view, nr); i++)
		err |= json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:o, s:o}", "process",
					ui_json_text(troubles[i].name), "failed",
					number(troubles[i].failed), "broken",
					broken_number(view, troubles[i].broken), "remote",
					remote_json(view, troubles[i].remote), "remote_bytes",
					remote_json(view, troubles[i].remote_bytes)));
	if (err) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *failed_json(const struct pages_view *view)
{
	const struct memmon_pages_total *total = memmon_pages_total(view->pages);
	json_t *list = json_array();
	int err = 0;

	for (unsigned int order = 0; order < MEMMON_PAGES_ORDERS; order++)
		if (total->failed[order])
			err |= json_array_append_new(list, json_pack("{s:i, s:o}", "order",
								     (int)order, "requests",
								     number(total->failed[order])));
	if (err) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *requests_json(const struct pages_view *view)
{
	const struct memmon_pages_trouble *trouble = &memmon_pages_total(view->pages)->trouble;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "all", number(pages_requests(view)),
			 "failed", number(trouble->failed), "failed_by_order", failed_json(view),
			 "broken", broken_number(view, trouble->broken), "remote",
			 remote_json(view, trouble->remote), "remote_bytes",
			 remote_json(view, trouble->remote_bytes));
}

static json_t *free_json(const struct pages_view *view)
{
	uint32_t page_bytes = memmon_reader_machine(view->reader)->page_bytes;
	const struct memmon_free_lists *types = &view->free.types;

	return json_pack("{s:o, s:o, s:o}", "zones", pages_free_json(&view->free.zones, page_bytes),
			 "migratetypes", pages_free_json(types, page_bytes), "pageblock_bytes",
			 types->pageblock_pages ? number(types->pageblock_pages * page_bytes) :
						  json_null());
}

int pages_json(const struct pages_view *view, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(view->reader);
	const struct memmon_pages_total *total = memmon_pages_total(view->pages);
	size_t nr;

	memmon_pages_rows(view->pages, &nr);
	return ui_json_print(
		json_pack(
			"{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			"s:o, s:o}",
			"type", "memmon pages", "recording",
			view->recording ? ui_json_text(view->recording) : json_null(), "host",
			ui_json_text(machine->host), "kernel",
			ui_json_text(machine->kernel_release), "by",
			memmon_pages_key_name(view->key), "duration_ns",
			number(view->books.duration_ns), "sample_one_in", number(pages_scale(view)),
			"live_blocks_error", json_real(view->live.objects_error),
			"live_bytes_error", json_real(view->live.bytes_error), "total",
			row_json(view, &total->held), "rows", rows_json(view), "rows_left_out",
			number(nr - pages_shown(view, nr)), "requests", requests_json(view),
			"fragmentation", broken_json(view), "processes", troubles_json(view),
			"free", free_json(view), "loss",
			json_pack("{s:o, s:o}", "ledger", ledger_loss_json(&view->books), "events",
				  loss_json(&view->loss))),
		out);
}
