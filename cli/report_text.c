// SPDX-License-Identifier: GPL-2.0
/* Shows a report as tables for people. */
#include <inttypes.h>
#include <string.h>

#include "loss.h"
#include "report.h"
#include "ui.h"

/* Of the lines below a row that say who called. */
#define CALLER_INDENT 12

static const char *const key_titles[] = {
	[MEMMON_KEY_CACHE] = "Cache",	  [MEMMON_KEY_SITE] = "Call site",
	[MEMMON_KEY_PROCESS] = "Process", [MEMMON_KEY_CGROUP] = "Cgroup",
	[MEMMON_KEY_SIZE] = "Size",	  [MEMMON_KEY_ORDER] = "Order",
	[MEMMON_KEY_NODE] = "Node",	  [MEMMON_KEY_ZONE] = "Zone",
	[MEMMON_KEY_CONTEXT] = "Context", [MEMMON_KEY_CPU] = "CPU",
	[MEMMON_KEY_MODULE] = "Module",	  [MEMMON_KEY_STACK] = "Call stack",
};

/* Which columns of a section a table has: those of keys follow those of numbers. */
struct shape {
	struct ui_column columns[REPORT_MAX_COLUMNS + MEMMON_REPORT_MAX_KEYS];
	size_t nr_columns;
};

static void add_column(struct shape *shape, const char *title, bool is_right)
{
	shape->columns[shape->nr_columns++] =
		(struct ui_column){ .title = title, .is_right = is_right };
}

static void add_numbers(const struct report_view *view, enum memmon_section section,
			const struct memmon_sums *sums, struct ui_table *table)
{
	char text[40];

	for (size_t i = 0; view->columns[i]; i++) {
		report_cell(view, section, sums, view->columns[i], text, sizeof(text));
		ui_table_add(table, "%s", text);
	}
}

static void name_frame(const struct report_view *view, uint64_t frame, char *name, size_t size)
{
	memmon_report_frame(view->report, frame, MEMMON_NAME_FULL, name, size);
	ui_clean(name);
}

static void add_key(const struct report_view *view, enum memmon_section section, size_t row,
		    unsigned int key, struct ui_table *table)
{
	char name[REPORT_NAME_BYTES];

	memmon_report_name(view->report, section, row, key, MEMMON_NAME_FULL, name, sizeof(name));
	ui_clean(name);
	ui_table_add(table, "%s", name);
}

/* A row has room for the first frame of a call stack; its callers go below it. */
static void add_names(const struct report_view *view, enum memmon_section section, size_t row,
		      struct ui_table *table)
{
	char name[REPORT_NAME_BYTES];
	const uint64_t *frames;
	size_t nr = memmon_report_stack(view->report, section, row, &frames);

	for (unsigned int key = 0; key < view->options.nr_keys; key++) {
		if (!nr || view->options.keys[key] != MEMMON_KEY_STACK) {
			add_key(view, section, row, key, table);
			continue;
		}
		name_frame(view, frames[0], name, sizeof(name));
		ui_table_add(table, "%s", name);
	}
	for (size_t i = 1; i < nr; i++) {
		name_frame(view, frames[i], name, sizeof(name));
		ui_table_note(table, "%*s<- %s", CALLER_INDENT, "", name);
	}
	if (nr == MEMMON_STACK_FRAMES)
		ui_table_note(table, "%*s<- (may go on)", CALLER_INDENT, "");
}

static int print_table(const struct report_view *view, enum memmon_section section,
		       const struct report_order *order, FILE *out)
{
	struct shape shape = { .nr_columns = 0 };
	struct ui_table *table;
	int err;

	for (size_t i = 0; view->columns[i]; i++)
		add_column(&shape, view->columns[i]->title, true);
	for (unsigned int key = 0; key < view->options.nr_keys; key++)
		add_column(&shape, key_titles[view->options.keys[key]], false);
	table = ui_table_create(shape.columns, shape.nr_columns);
	for (size_t i = 0; i < order->nr_shown; i++) {
		add_numbers(view, section,
			    memmon_report_sums(view->report, section, order->rows[i]), table);
		add_names(view, section, order->rows[i], table);
	}
	add_numbers(view, section, memmon_report_total(view->report, section), table);
	for (unsigned int key = 0; key < view->options.nr_keys; key++)
		ui_table_add(table, key ? "" : "(all)");
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static void print_rest(const struct report_view *view, enum memmon_section section,
		       const struct report_order *order, FILE *out)
{
	static const char *const names[] = { "requests", "bytes_requested", "bytes_taken",
					     "outstanding_bytes" };
	static const char *const words[] = { "requests", "requested", "taken", "outstanding" };
	char text[40];

	if (order->nr_shown == order->nr)
		return;
	fprintf(out, "%s %s left out:", ui_count(order->nr - order->nr_shown).text,
		order->nr - order->nr_shown == 1 ? "row" : "rows");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct report_column *column = report_column_find(names[i], strlen(names[i]));

		if (!report_is_known(view, section, &order->rest, column))
			continue;
		report_cell(view, section, &order->rest, column, text, sizeof(text));
		fprintf(out, "%s %s %s", i ? "," : "", text, words[i]);
	}
	fputs("; --top 0 shows all\n", out);
}

static bool has_size_class(const struct report_view *view, const struct report_order *order)
{
	for (size_t i = 0; i < order->nr_shown; i++)
		if (memmon_report_is_size_class(view->report, MEMMON_SECTION_SLAB, order->rows[i]))
			return true;
	return false;
}

/* What must be known to read the numbers right. */
static void print_notes(const struct report_view *view, enum memmon_section section,
			const struct report_order *order, FILE *out)
{
	const struct memmon_sums *total = memmon_report_total(view->report, section);
	enum memmon_frees frees = memmon_report_frees(view->report, section);
	bool unseen = memmon_report_unseen(view->report, section);

	if (section == MEMMON_SECTION_SLAB && has_size_class(view, order))
		fputs("kmalloc-N is a size class: the requests do not say which cache of that size "
		      "served them.\n",
		      out);
	if (frees == MEMMON_FREES_NONE)
		fputs("What is outstanding, and lifetimes, are not known: the session recorded "
		      "requests without their frees.\n",
		      out);
	if (frees == MEMMON_FREES_SOME)
		fputs("What is outstanding is an upper bound: the session's filter kept frees "
		      "elsewhere out.\n",
		      out);
	if (unseen)
		fputs("What is outstanding is an upper bound: the session did not record all hooks, "
		      "which see frees in bulk and by kfree_rcu.\n",
		      out);
	if (total->reused)
		fprintf(out,
			"%s objects were freed unseen%s: their addresses were given out again.\n",
			ui_count(total->reused).text, unseen ? " (in bulk, by kfree_rcu)" : "");
	if (section == MEMMON_SECTION_SLAB && memmon_report_has_areas(view->report))
		fputs("vmalloc and per-CPU memory is counted here, but is no slab memory; --by cache "
		      "tells it apart.\n",
		      out);
	if (!memmon_report_knows_taken(view->report))
		fputs("Calls of functions: one request may be several calls, and may have failed.\n",
		      out);
}

static int print_section(const struct report_view *view, enum memmon_section section, FILE *out)
{
	bool has_areas = memmon_report_has_areas(view->report);
	const char *const titles[] = {
		[MEMMON_SECTION_SLAB] = has_areas ? "Slab objects, vmalloc and per-CPU memory" :
						    "Slab objects",
		[MEMMON_SECTION_PAGES] = "Pages",
	};
	struct report_order order;
	int err;

	err = report_order_make(view, section, &order);
	if (err)
		return err;
	if (order.nr) {
		fprintf(out, "\n%s\n", titles[section]);
		err = print_table(view, section, &order, out);
		print_rest(view, section, &order, out);
		print_notes(view, section, &order, out);
	}
	report_order_drop(&order);
	return err;
}

static void print_head(const struct report_view *view, FILE *out)
{
	const struct memmon_machine *machine = memmon_reader_machine(view->reader);
	const struct memmon_options *options = memmon_reader_options(view->reader);
	struct memmon_report_window window = memmon_report_window(view->report);
	char text[REPORT_NAME_BYTES];
	double seconds = report_seconds(view);

	snprintf(text, sizeof(text), "%s: Linux %s (%s) on %s", view->recording,
		 machine->kernel_release, machine->architecture, machine->host);
	ui_clean(text);
	fprintf(out, "%s\n%s events from %.3f s to %.3f s", text, ui_count(window.events).text,
		(double)window.from_ns / 1e9, (double)window.until_ns / 1e9);
	if (seconds > 0)
		fprintf(out, ", %s per second",
			ui_count((uint64_t)((double)window.events / seconds + 0.5)).text);
	fputc('\n', out);
	if (options->filter.conditions & 1U << MEMMON_FILTERED_SAMPLE)
		fprintf(out, "A sample: the objects at one address in %" PRIu32 ".\n",
			options->filter.sample_one_in);
}

int report_text(const struct report_view *view, FILE *out)
{
	int err = 0;

	print_head(view, out);
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS && !err; i++)
		err = print_section(view, i, out);
	if (memmon_report_count(view->report, MEMMON_SECTION_SLAB) &&
	    memmon_report_count(view->report, MEMMON_SECTION_PAGES))
		fputs("\nSlabs, vmalloc and per-CPU memory are made of pages: the two tables must not "
		      "be added.\n",
		      out);
	if (loss_is_any(&view->loss))
		fputs("\nEvents were lost: of what is outstanding, some may have been freed.\n",
		      out);
	fputc('\n', out);
	loss_print(&view->loss, out);
	return err;
}
