// SPDX-License-Identifier: GPL-2.0
/* Shows pages as tables for people. */
#include <inttypes.h>
#include <string.h>

#include "ledger.h"
#include "loss.h"
#include "pages.h"
#include "ui.h"

#define NAME_BYTES 512
/* What a line of 80 columns has room for beside the numbers. */
#define NAME_COLUMNS 26

static const char *const key_titles[] = {
	[MEMMON_PAGES_KEY_ORDER] = "Order",	[MEMMON_PAGES_KEY_MIGRATETYPE] = "Migratetype",
	[MEMMON_PAGES_KEY_NODE] = "Node",	[MEMMON_PAGES_KEY_ZONE] = "Zone",
	[MEMMON_PAGES_KEY_PROCESS] = "Process", [MEMMON_PAGES_KEY_CGROUP] = "Cgroup",
	[MEMMON_PAGES_KEY_SITE] = "Call site",	[MEMMON_PAGES_KEY_USE] = "Use",
};

static bool is_sampled(const struct pages_view *view)
{
	return pages_scale(view) > 1;
}

/* Of a path, the end tells most; of other names, the beginning. JSON has the whole. */
static void add_name(struct ui_table *table, const char *name, bool is_path)
{
	char text[NAME_BYTES];
	size_t len;

	snprintf(text, sizeof(text), "%s", name);
	ui_clean(text);
	len = strlen(text);
	if (len <= NAME_COLUMNS)
		ui_table_add(table, "%s", text);
	else if (is_path)
		ui_table_add(table, "...%s", text + len - NAME_COLUMNS + 3);
	else
		ui_table_add(table, "%.*s...", NAME_COLUMNS - 3, text);
}

static void add_row(const struct pages_view *view, const struct memmon_pages_row *row,
		    const char *name, struct ui_table *table)
{
	uint64_t scale = pages_scale(view);

	ui_table_add(table, "%s", ui_count(row->blocks * scale).text);
	ui_table_add(table, "%s", ui_bytes(row->bytes * scale).text);
	if (memmon_pages_knows_born(view->pages)) {
		ui_table_add(table, "%s", ui_count(row->born_blocks * scale).text);
		ui_table_add(table, "%s", ui_bytes(row->born_bytes * scale).text);
	}
	add_name(table, name, view->key == MEMMON_PAGES_KEY_CGROUP);
}

static void print_rest(const struct pages_view *view, const struct memmon_pages_row *rows,
		       size_t nr, FILE *out)
{
	size_t nr_shown = pages_shown(view, nr);
	uint64_t bytes = 0;

	if (nr_shown == nr)
		return;
	for (size_t i = nr_shown; i < nr; i++)
		bytes += rows[i].bytes;
	fprintf(out, "%s %s left out: %s live; --top 0 shows all\n", ui_count(nr - nr_shown).text,
		nr - nr_shown == 1 ? "row" : "rows", ui_bytes(bytes * pages_scale(view)).text);
}

static int print_rows(const struct pages_view *view, FILE *out)
{
	struct ui_column columns[5] = {
		{ .title = "Live blocks", .is_right = true },
		{ .title = "Live", .is_right = true },
		{ .title = "Born blocks", .is_right = true },
		{ .title = "Born", .is_right = true },
	};
	size_t nr_columns = memmon_pages_knows_born(view->pages) ? 5 : 3;
	const struct memmon_pages_row *rows;
	struct ui_table *table;
	size_t nr;
	int err;

	rows = memmon_pages_rows(view->pages, &nr);
	columns[nr_columns - 1] = (struct ui_column){ .title = key_titles[view->key] };
	table = ui_table_create(columns, nr_columns);
	for (size_t i = 0; i < pages_shown(view, nr); i++)
		add_row(view, &rows[i], rows[i].name, table);
	add_row(view, &memmon_pages_total(view->pages)->held, "(all)", table);
	fputs("\nPages, live at the end and born since the beginning\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	print_rest(view, rows, nr, out);
	return err;
}

static int print_broken(const struct pages_view *view, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Times", .is_right = true },
		{ .title = "Order", .is_right = true },
		{ .title = "Migratetype" },
		{ .title = "From order", .is_right = true },
		{ .title = "From migratetype" },
	};
	const struct memmon_pages_broken *broken;
	struct ui_table *table;
	size_t nr;
	int err;

	broken = memmon_pages_broken(view->pages, &nr);
	if (!nr)
		return 0;
	table = ui_table_create(columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < pages_shown(view, nr); i++) {
		ui_table_add(table, "%s", ui_count(broken[i].events * pages_scale(view)).text);
		ui_table_add(table, "%" PRIu32, broken[i].order);
		add_name(table, broken[i].type, false);
		ui_table_add(table, "%" PRIu32, broken[i].from_order);
		add_name(table, broken[i].from_type, false);
	}
	fputs("\nFragmentation: requests that broke up a block of another migratetype\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	if (pages_shown(view, nr) < nr)
		fprintf(out, "%s more; --top 0 shows all\n",
			ui_count(nr - pages_shown(view, nr)).text);
	return err;
}

static int print_troubles(const struct pages_view *view, FILE *out)
{
	struct ui_column columns[5] = {
		{ .title = "Failed", .is_right = true },
		{ .title = "Broken up", .is_right = true },
		{ .title = "Remote", .is_right = true },
		{ .title = "Remote bytes", .is_right = true },
	};
	bool has_nodes = memmon_pages_total(view->pages)->has_nodes;
	size_t nr, nr_columns = has_nodes ? 5 : 3;
	const struct memmon_pages_trouble *troubles;
	uint64_t scale = pages_scale(view);
	struct ui_table *table;
	int err;

	troubles = memmon_pages_troubles(view->pages, &nr);
	if (!nr)
		return 0;
	columns[nr_columns - 1] = (struct ui_column){ .title = "Process" };
	table = ui_table_create(columns, nr_columns);
	for (size_t i = 0; i < pages_shown(view, nr); i++) {
		ui_table_add(table, "%s", ui_count(troubles[i].failed).text);
		ui_table_add(table, "%s", ui_count(troubles[i].broken * scale).text);
		if (has_nodes) {
			ui_table_add(table, "%s", ui_count(troubles[i].remote * scale).text);
			ui_table_add(table, "%s", ui_bytes(troubles[i].remote_bytes * scale).text);
		}
		add_name(table, troubles[i].name, false);
	}
	fputs("\nWho asked for what failed, broke up a block or came from another node\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	if (pages_shown(view, nr) < nr)
		fprintf(out, "%s more; --top 0 shows all\n",
			ui_count(nr - pages_shown(view, nr)).text);
	return err;
}

static void print_requests(const struct pages_view *view, FILE *out)
{
	const struct memmon_pages_total *total = memmon_pages_total(view->pages);
	uint64_t scale = pages_scale(view);
	const char *before = " (";

	fprintf(out, "%s requests", ui_count(pages_requests(view)).text);
	fprintf(out, ", %s failed", ui_count(total->trouble.failed).text);
	for (unsigned int order = 0; order < MEMMON_PAGES_ORDERS; order++) {
		if (!total->failed[order])
			continue;
		fprintf(out, "%sorder %u: %s", before, order, ui_count(total->failed[order]).text);
		before = ", ";
	}
	fputs(total->trouble.failed ? ")\n" : "\n", out);
	if (pages_knows_broken(view))
		fprintf(out, "%s broke up a block of another migratetype",
			ui_count(total->trouble.broken * scale).text);
	else
		fputs("which broke up a block of another migratetype is not known", out);
	if (total->has_nodes)
		fprintf(out, "\n%s got memory of another node (%s)",
			ui_count(total->trouble.remote * scale).text,
			ui_bytes(total->trouble.remote_bytes * scale).text);
	fputc('\n', out);
}

static void print_head(const struct pages_view *view, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(view->reader);
	char text[NAME_BYTES];

	snprintf(text, sizeof(text), "%s%sLinux %s on %s", view->recording ? view->recording : "",
		 view->recording ? ": " : "", machine->kernel_release, machine->host);
	ui_clean(text);
	fprintf(out, "%s, %s\n", text, ui_duration(view->books.duration_ns).text);
	print_requests(view, out);
	if (is_sampled(view))
		fprintf(out,
			"A sample of 1 in %" PRIu64
			": numbers are estimates, those of all live pages "
			"%s +- %s\n",
			pages_scale(view), ui_bytes((uint64_t)view->live.bytes).text,
			ui_bytes((uint64_t)view->live.bytes_error).text);
}

static void print_notes(const struct pages_view *view, FILE *out)
{
	uint64_t lost = view->loss.dropped + view->loss.overwritten;

	if (view->key == MEMMON_PAGES_KEY_USE)
		fputs("What pages are used for was looked up at the end; that of all that is born is not "
		      "known.\n",
		      out);
	if (lost && !view->recording)
		fprintf(out,
			"%s events were lost on the way to memmon: more was born, failed, broke up\n"
			"blocks or was remote than is shown. What is live is not affected.\n",
			ui_count(lost).text);
}

int pages_text(const struct pages_view *view, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(view->reader);
	int err;

	print_head(view, out);
	err = print_rows(view, out);
	if (!err)
		err = print_broken(view, out);
	if (!err)
		err = print_troubles(view, out);
	if (!err)
		err = pages_free_text(&view->free, machine->page_bytes, out);
	fputc('\n', out);
	print_notes(view, out);
	ledger_print_loss(&view->books, out);
	return err;
}
