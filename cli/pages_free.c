// SPDX-License-Identifier: GPL-2.0
/* Reads and shows the free blocks of pages. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "memmon.h"
#include "pages.h"
#include "ui.h"

/* Zones side by side, so that a table fits 80 columns. */
#define ZONES_ABREAST 3

/* Return: 0, also when there is nothing to be read; -ENOMEM. */
static int read_lists(const char *path,
		      int (*parse)(const char *text, size_t len, struct memmon_free_lists *ret),
		      struct memmon_free_lists *ret)
{
	struct memmon_file *file;
	const char *text;
	size_t len;
	int err = memmon_file_open(path, &file);

	if (err)
		return err == -ENOMEM ? err : 0;
	err = memmon_file_read(file, &text, &len);
	if (!err)
		err = parse(text, len, ret);
	memmon_file_close(file);
	return err == -ENOMEM ? err : 0;
}

/* What was recorded last: at the end, or if there is none at the beginning. */
static int read_recorded(const char *recording, const char *name,
			 int (*parse)(const char *text, size_t len, struct memmon_free_lists *ret),
			 struct memmon_free_lists *ret)
{
	static const char *const moments[] = { "after", "before" };
	char path[PAGES_PATH_BYTES];
	int err = 0;

	for (size_t i = 0; i < 2 && !err && !ret->nr; i++) {
		if (snprintf(path, sizeof(path), "%s/memmon/%s/%s", recording, moments[i], name) <
		    (int)sizeof(path))
			err = read_lists(path, parse, ret);
	}
	return err;
}

int pages_free_read(const char *recording, struct pages_free *ret)
{
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!recording) {
		err = read_lists("/proc/buddyinfo", memmon_buddyinfo_parse, &ret->zones);
		return err ? err :
			     read_lists("/proc/pagetypeinfo", memmon_pagetypeinfo_parse,
					&ret->types);
	}
	err = read_recorded(recording, "buddyinfo", memmon_buddyinfo_parse, &ret->zones);
	if (!err)
		err = read_recorded(recording, "pagetypeinfo", memmon_pagetypeinfo_parse,
				    &ret->types);
	return err;
}

void pages_free_release(struct pages_free *free_blocks)
{
	memmon_free_lists_release(&free_blocks->zones);
	memmon_free_lists_release(&free_blocks->types);
}

/* ---- for people ---- */

static uint32_t greatest_order(const struct memmon_free_list *zones, size_t nr)
{
	uint32_t nr_orders = 0;

	for (size_t i = 0; i < nr; i++)
		if (zones[i].nr_orders > nr_orders)
			nr_orders = zones[i].nr_orders;
	return nr_orders;
}

static void add_order(struct ui_table *table, const struct memmon_free_list *zones, size_t nr,
		      uint32_t order, uint32_t page_bytes)
{
	ui_table_add(table, "%" PRIu32, order);
	ui_table_add(table, "%s", ui_bytes((uint64_t)page_bytes << order).text);
	for (size_t i = 0; i < nr; i++) {
		if (order >= zones[i].nr_orders) {
			ui_table_add(table, "-");
			ui_table_add(table, "-");
			continue;
		}
		ui_table_add(table, "%s", ui_count(zones[i].blocks[order]).text);
		ui_table_add(table, "%.0f%%", 100 * memmon_free_list_unusable(&zones[i], order));
	}
}

/* Some zones of one node side by side, the orders below each other. */
static int print_zones(const struct memmon_free_list *zones, size_t nr, uint32_t page_bytes,
		       FILE *out)
{
	struct ui_column columns[2 + 2 * ZONES_ABREAST] = {
		{ .title = "Order", .is_right = true },
		{ .title = "Block", .is_right = true },
	};
	struct ui_table *table;
	int err;

	for (size_t i = 0; i < nr; i++) {
		columns[2 + 2 * i] = (struct ui_column){ .title = zones[i].zone, .is_right = true };
		columns[3 + 2 * i] = (struct ui_column){ .title = "Unus.", .is_right = true };
	}
	table = ui_table_create(columns, 2 + 2 * nr);
	for (uint32_t order = 0; order < greatest_order(zones, nr); order++)
		add_order(table, zones, nr, order, page_bytes);
	ui_table_add(table, "free");
	ui_table_add(table, " ");
	for (size_t i = 0; i < nr; i++) {
		ui_table_add(table, "%s",
			     ui_bytes(memmon_free_list_pages(&zones[i]) * page_bytes).text);
		ui_table_add(table, " ");
	}
	fprintf(out, "\nFree blocks on node %" PRIu32 "\n", zones[0].node);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static int print_nodes(const struct memmon_free_lists *zones, uint32_t page_bytes, FILE *out)
{
	size_t first = 0, nr;
	int err = 0;

	for (; first < zones->nr && !err; first += nr) {
		for (nr = 1; nr < ZONES_ABREAST && first + nr < zones->nr; nr++)
			if (zones->lists[first + nr].node != zones->lists[first].node)
				break;
		err = print_zones(&zones->lists[first], nr, page_bytes, out);
	}
	if (!err && zones->nr)
		fputs("Unus.: the share of what is free that lies in blocks too small for the "
		      "order.\n",
		      out);
	return err;
}

static int largest_order(const struct memmon_free_list *list)
{
	int order = (int)list->nr_orders - 1;

	while (order >= 0 && !list->blocks[order])
		order--;
	return order;
}

static int print_types(const struct memmon_free_lists *types, uint32_t page_bytes, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Free", .is_right = true },
		{ .title = "Largest order", .is_right = true },
		{ .title = "Pageblocks", .is_right = true },
		{ .title = "Node", .is_right = true },
		{ .title = "Zone" },
		{ .title = "Migratetype" },
	};
	struct ui_table *table;
	int err;

	if (!types->nr)
		return 0;
	table = ui_table_create(columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < types->nr; i++) {
		const struct memmon_free_list *list = &types->lists[i];
		int largest = largest_order(list);

		/* Most migratetypes have nothing in most zones. */
		if (largest < 0 && !list->pageblocks)
			continue;
		ui_table_add(table, "%s%s", list->is_least ? ">" : "",
			     ui_bytes(memmon_free_list_pages(list) * page_bytes).text);
		if (largest < 0)
			ui_table_add(table, "-");
		else
			ui_table_add(table, "%d", largest);
		ui_table_add(table, "%s", ui_count(list->pageblocks).text);
		ui_table_add(table, "%" PRIu32, list->node);
		ui_table_add(table, "%s", list->zone);
		ui_table_add(table, "%s", list->type);
	}
	fprintf(out, "\nFree blocks by migratetype, which has pageblocks of %s\n",
		ui_bytes(types->pageblock_pages * page_bytes).text);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

int pages_free_text(const struct pages_free *free_blocks, uint32_t page_bytes, FILE *out)
{
	int err = print_nodes(&free_blocks->zones, page_bytes, out);

	return err ? err : print_types(&free_blocks->types, page_bytes, out);
}

/* ---- JSON ---- */

static json_t *orders_json(const struct memmon_free_list *list)
{
	json_t *orders = json_array();
	int err = 0;

	for (uint32_t order = 0; order < list->nr_orders; order++)
		err |= json_array_append_new(
			orders, json_pack("{s:I, s:f}", "blocks", (json_int_t)list->blocks[order],
					  "unusable", memmon_free_list_unusable(list, order)));
	if (err) {
		json_decref(orders);
		return NULL;
	}
	return orders;
}

json_t *pages_free_json(const struct memmon_free_lists *lists, uint32_t page_bytes)
{
	json_t *rows = json_array();
	int err = 0;

	if (!lists->nr) {
		json_decref(rows);
		return json_null();
	}
	for (size_t i = 0; i < lists->nr; i++) {
		const struct memmon_free_list *list = &lists->lists[i];
		json_t *row = json_pack("{s:I, s:o, s:I, s:b, s:o}", "node", (json_int_t)list->node,
					"zone", ui_json_text(list->zone), "free_bytes",
					(json_int_t)(memmon_free_list_pages(list) * page_bytes),
					"is_least", list->is_least, "orders", orders_json(list));

		if (*list->type) {
			err |= json_object_set_new(row, "migratetype", ui_json_text(list->type));
			err |= json_object_set_new(row, "pageblocks",
						   json_integer((json_int_t)list->pageblocks));
		}
		err |= json_array_append_new(rows, row);
	}
	if (err) {
		json_decref(rows);
		return NULL;
	}
	return rows;
}
