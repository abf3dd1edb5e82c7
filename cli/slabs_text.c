// SPDX-License-Identifier: GPL-2.0
/* Shows slab caches as tables for people: memory, objects, merged caches. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "slabs.h"
#include "ui.h"

/* Call sites of a merged cache that are named. */
#define MAX_SITES 4

static unsigned int percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned int)((double)part * 100 / (double)whole + 0.5) : 0;
}

static void print_head(const struct slabs_view *view, size_t nr_caches, FILE *out)
{
	const struct memmon_slabs_row *total = memmon_slabs_total(view->slabs);

	if (view->recording)
		fprintf(out, "%s: ", slabs_name(view->recording).text);
	if (!total->chain.total) {
		fprintf(out, "%s caches, whose slabs are not known\n", ui_count(nr_caches).text);
		return;
	}
	fprintf(out, "%s in %s slabs of %s caches, %u%% of it in objects\n",
		ui_bytes(total->chain.total).text, ui_count(total->slabs).text,
		ui_count(nr_caches).text, percent(total->chain.objects, total->chain.total));
}

static void add_memory(const struct memmon_slabs_row *row, struct ui_table *table)
{
	const struct memmon_slabs_chain *chain = &row->chain;

	ui_table_add(table, "%s", slabs_bytes(chain->total).text);
	ui_table_add(table, "%u%%", percent(chain->objects, chain->total));
	ui_table_add(table, "%s", slabs_bytes(chain->padding).text);
	ui_table_add(table, "%s", slabs_bytes(chain->free).text);
	ui_table_add(table, "%s", slabs_bytes(chain->ends).text);
	ui_table_add(table, "%s", slabs_name(row->name).text);
}

static int print_memory(const struct slabs_view *view, const size_t *order, size_t nr, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Total", .is_right = true },	  { .title = "Used", .is_right = true },
		{ .title = "Padding", .is_right = true }, { .title = "Free", .is_right = true },
		{ .title = "Ends", .is_right = true },	  { .title = "Cache" },
	};
	struct ui_table *table = ui_table_create(columns, sizeof(columns) / sizeof(columns[0]));
	int err;

	for (size_t i = 0; i < nr; i++)
		add_memory(memmon_slabs_at(view->slabs, order[i]), table);
	add_memory(memmon_slabs_total(view->slabs), table);
	fputs("\nMemory: objects in use, padding between them, free places, ends of slabs\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

/* "1,200", "1,150-1,200", or "up to 1,200" if there is no better bound than what is known. */
static void add_range(const struct memmon_slabs_row *row, struct ui_table *table)
{
	if (row->in_use_min == row->in_use_max)
		ui_table_add(table, "%s", ui_count(row->in_use_max).text);
	else if (row->in_use_min <= row->known)
		ui_table_add(table, "up to %s", ui_count(row->in_use_max).text);
	else
		ui_table_add(table, "%s-%s", ui_count(row->in_use_min).text,
			     ui_count(row->in_use_max).text);
}

static void add_objects(const struct slabs_view *view, const struct memmon_slabs_row *row,
			struct ui_table *table)
{
	if (row->has_kernel_active)
		ui_table_add(table, "%s", ui_count(row->kernel_active).text);
	else
		ui_table_add(table, "-");
	add_range(row, table);
	if (view->books) {
		ui_table_add(table, "%s", ui_count(row->known).text);
		ui_table_add(table, "%s", slabs_bytes(row->chain.asked).text);
		ui_table_add(table, "%s", slabs_bytes(row->chain.rounding).text);
	}
	ui_table_add(table, "%s", slabs_name(row->name).text);
}

static int print_objects(const struct slabs_view *view, const size_t *order, size_t nr, FILE *out)
{
	static const struct ui_column with_ledger[] = {
		{ .title = "Kernel says", .is_right = true },
		{ .title = "In use", .is_right = true },
		{ .title = "Known", .is_right = true },
		{ .title = "Asked for", .is_right = true },
		{ .title = "Rounded", .is_right = true },
		{ .title = "Cache" },
	};
	static const struct ui_column without[] = {
		{ .title = "Kernel says", .is_right = true },
		{ .title = "In use", .is_right = true },
		{ .title = "Cache" },
	};
	struct ui_table *table = view->books ? ui_table_create(with_ledger, 6) :
					       ui_table_create(without, 3);
	int err;

	for (size_t i = 0; i < nr; i++)
		add_objects(view, memmon_slabs_at(view->slabs, order[i]), table);
	add_objects(view, memmon_slabs_total(view->slabs), table);
	fputs("\nObjects: active as slabinfo says, and without what CPUs keep for themselves\n",
	      out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	if (view->books)
		slabs_wrap(view->is_filtered ?
				   "Known are those of the session that the filter let through." :
				   "Known are those of the session; the others are older than it.",
			   out);
	return err;
}

/* @holders are in order: of one cache those with most first. */
static void print_sites(const struct memmon_slabs_holder *holders, size_t nr, size_t row, FILE *out)
{
	size_t nr_sites = 0;

	for (size_t i = 0; i < nr; i++) {
		if (holders[i].row != row)
			continue;
		if (nr_sites == MAX_SITES) {
			fputs(", ...", out);
			return;
		}
		fprintf(out, "%s %s (%s)", nr_sites++ ? "," : "; used by",
			slabs_name(holders[i].site).text, ui_count(holders[i].sum.objects).text);
	}
}

static int print_merged_cache(const struct slabs_view *view, size_t at,
			      const struct memmon_slabs_holder *holders, size_t nr, FILE *out)
{
	const struct memmon_slabs_row *row = memmon_slabs_at(view->slabs, at);
	size_t size;
	char *text;
	FILE *line;

	line = open_memstream(&text, &size);
	if (!line)
		return -ENOMEM;
	fprintf(line, "%s is also", row->name);
	for (const char *name = row->aliases; *name; name += strspn(name, ",")) {
		size_t len = strcspn(name, ",");

		fprintf(line, "%s %.*s", name == row->aliases ? "" : ",", (int)len, name);
		name += len;
	}
	print_sites(holders, nr, at, line);
	if (fclose(line))
		return -ENOMEM;
	ui_clean(text);
	slabs_wrap(text, out);
	free(text);
	return 0;
}

static int print_merged(const struct slabs_view *view, const size_t *order, size_t nr, FILE *out)
{
	struct memmon_slabs_holder *holders = NULL;
	bool is_first = true;
	size_t nr_holders = 0;
	int err = 0;

	if (view->books)
		err = memmon_slabs_holders(view->slabs, "*", MEMMON_SLABS_BY_SITE, &holders,
					   &nr_holders);
	slabs_order_holders(holders, nr_holders);
	for (size_t i = 0; i < nr && !err; i++) {
		if (!memmon_slabs_at(view->slabs, order[i])->aliases[0])
			continue;
		if (is_first)
			fputs("\nMerged caches: objects of several users in the same slabs\n", out);
		is_first = false;
		err = print_merged_cache(view, order[i], holders, nr_holders, out);
	}
	free(holders);
	return err;
}

static int print_caches(const struct slabs_view *view, FILE *out)
{
	size_t *order, nr;
	int err = slabs_order_caches(view, &order, &nr);
	size_t nr_shown = slabs_shown(view, nr);

	if (err)
		return err;
	print_head(view, nr, out);
	if (memmon_slabs_total(view->slabs)->chain.total)
		err = print_memory(view, order, nr_shown, out);
	slabs_print_rest(view, nr, out);
	if (!err)
		err = print_objects(view, order, nr_shown, out);
	if (!err)
		err = print_merged(view, order, nr_shown, out);
	free(order);
	return err;
}

int slabs_text(const struct slabs_view *view, FILE *out)
{
	int err = 0;

	switch (view->what) {
	case SLABS_CACHES:
		err = print_caches(view, out);
		if (!err && view->has_slabs)
			err = slabs_text_pins(view, out);
		break;
	case SLABS_PINS:
		err = slabs_text_pins(view, out);
		break;
	case SLABS_HOLDERS:
		err = slabs_text_holders(view, out);
		break;
	case SLABS_ADVICE:
		err = slabs_text_advice(view, out);
		break;
	case SLABS_CGROUPS:
		err = slabs_text_cgroups(view, out);
		break;
	}
	if (err)
		return err;
	fputc('\n', out);
	slabs_print_notes(view, out);
	if (view->books)
		ledger_print_loss(view->books, out);
	return 0;
}
