// SPDX-License-Identifier: GPL-2.0
/* Shows a comparison as tables for people. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "loss.h"
#include "ui.h"

static const struct {
	const char *name;
	const char *titles[3];
	bool is_bytes;
} metrics[] = {
	[DIFF_REQUESTS] = { "requests", { "Requests A", "B", "Change" }, false },
	[DIFF_BYTES_TAKEN] = { "bytes_taken", { "Taken A", "B", "Change" }, true },
	[DIFF_OUTSTANDING_BYTES] = { "outstanding_bytes", { "Outstanding A", "B", "Change" }, true },
	[DIFF_OUTSTANDING_OBJECTS] = { "outstanding_objects",
				       { "Objects A", "B", "Change" },
				       false },
};

const char *diff_metric_name(enum diff_metric metric)
{
	return metrics[metric].name;
}

/* Objects are for sides that know no bytes. */
static bool is_shown(const struct diff *diff, enum memmon_section section, enum diff_metric metric)
{
	if (metric == DIFF_OUTSTANDING_OBJECTS &&
	    diff_is_known(diff, section, DIFF_OUTSTANDING_BYTES))
		return false;
	return diff_is_known(diff, section, metric);
}

static void add_value(struct ui_table *table, const struct diff_entry *entry, double value,
		      bool is_bytes)
{
	uint64_t size = (uint64_t)(fabs(value) + 0.5);
	const char *sign = value < 0 && size ? "-" : "";

	if (!entry)
		ui_table_add(table, "-");
	else if (is_bytes && size < 1024)
		ui_table_add(table, "%s%" PRIu64 " B", sign, size);
	else
		ui_table_add(table, "%s%s", sign,
			     is_bytes ? ui_bytes(size).text : ui_count(size).text);
}

static void add_change(struct ui_table *table, const struct diff_row *row, double a, double b)
{
	double percent = diff_percent(a, b);

	if (!row->a)
		ui_table_add(table, "new");
	else if (!row->b)
		ui_table_add(table, "gone");
	else if (isinf(percent))
		ui_table_add(table, "from 0");
	else
		ui_table_add(table, "%s", ui_growth(percent).text);
}

/* The frames of a call stack that is the last of the keys; the first one stays in the row. */
static void add_name(const struct diff *diff, char *name, struct ui_table *table)
{
	bool has_stack = diff->options.keys[diff->options.nr_keys - 1] == MEMMON_KEY_STACK;
	char *next = has_stack ? strstr(name, MEMMON_CALLED_BY) : NULL;

	if (next)
		*next = '\0';
	ui_table_add(table, "%s", name);
	while (next) {
		char *frame = next + strlen(MEMMON_CALLED_BY);

		next = strstr(frame, MEMMON_CALLED_BY);
		if (next)
			*next = '\0';
		ui_table_note(table, "            <- %s", frame);
	}
}

static void add_row(const struct diff *diff, enum memmon_section section,
		    const struct diff_row *row, struct ui_table *table)
{
	char *name = strdup(diff_name(row));

	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++) {
		double a = diff_value(diff, &diff->a, row->a, i);
		double b = diff_value(diff, &diff->b, row->b, i);

		if (!is_shown(diff, section, i))
			continue;
		add_value(table, row->a, a, metrics[i].is_bytes);
		add_value(table, row->b, b, metrics[i].is_bytes);
		add_change(table, row, a, b);
	}
	if (name) {
		/* Keys that are combined. */
		for (char *tab = strchr(name, '\t'); tab; tab = strchr(tab, '\t'))
			*tab = '|';
		ui_clean(name);
	}
	if (name)
		add_name(diff, name, table);
	else
		ui_table_add(table, "?");
	free(name);
}

static int print_table(const struct diff *diff, enum memmon_section section, size_t nr_shown,
		       const char *title, FILE *out)
{
	struct ui_column columns[3 * DIFF_NR_METRICS + 1];
	struct ui_table *table;
	size_t nr = 0;
	int err;

	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++)
		for (unsigned int j = 0; j < 3 && is_shown(diff, section, i); j++)
			columns[nr++] = (struct ui_column){ .title = metrics[i].titles[j],
							    .is_right = true };
	columns[nr++] = (struct ui_column){ .title = title };
	table = ui_table_create(columns, nr);
	for (size_t i = 0; i < nr_shown; i++)
		add_row(diff, section, &diff->rows[section][i], table);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static int print_section(const struct diff *diff, enum memmon_section section, unsigned int top,
			 FILE *out)
{
	static const char *const titles[] = {
		[MEMMON_SECTION_SLAB] = "Slab objects",
		[MEMMON_SECTION_PAGES] = "Pages",
	};
	size_t nr = diff->nr_rows[section];
	size_t nr_shown = top && top < nr ? top : nr;
	char title[64] = "";
	int err = 0;

	if (!nr && !diff->nr_same[section])
		return 0;
	for (unsigned int i = 0; i < diff->options.nr_keys; i++) {
		size_t len = strlen(title);

		snprintf(title + len, sizeof(title) - len, "%s%s", i ? "|" : "",
			 memmon_key_name(diff->options.keys[i]));
	}
	fprintf(out, "\n%s by %s\n", titles[section], title);
	if (nr_shown)
		err = print_table(diff, section, nr_shown, title, out);
	if (nr_shown < nr)
		fprintf(out, "%s %s with smaller changes left out; --top 0 shows all\n",
			ui_count(nr - nr_shown).text, nr - nr_shown == 1 ? "row" : "rows");
	if (diff->nr_same[section])
		fprintf(out, "%s %s did not change\n", ui_count(diff->nr_same[section]).text,
			diff->nr_same[section] == 1 ? "row" : "rows");
	if (!diff_is_known(diff, section, DIFF_OUTSTANDING_OBJECTS))
		fputs("What is outstanding cannot be compared: it is not known of both sides.\n",
		      out);
	else if (diff->a.is_bound[section] || diff->b.is_bound[section])
		fputs("What is outstanding is an upper bound: not all frees were recorded.\n", out);
	return err;
}

static void print_side(const struct diff_side *side, const char *name, FILE *out)
{
	char text[DIFF_NAME_BYTES];

	snprintf(text, sizeof(text), "%s  %s%s%s", name, side->path,
		 side->kernel[0] ? ": Linux " : "", side->kernel);
	ui_clean(text);
	fprintf(out, "%s, %.3f s\n", text, side->seconds);
}

/* Pages have neither cache nor call site: the same one row would come in table after table. */
static bool is_repetition(const struct diff *diff, enum memmon_section section)
{
	return section == MEMMON_SECTION_PAGES && diff->nr_rows[section] == 1 &&
	       !strcmp(diff_name(&diff->rows[section][0]), "-");
}

int diff_text(const struct diff_view *view, FILE *out)
{
	const struct diff *first = &view->diffs[0];
	int err = 0;

	print_side(&first->a, "A", out);
	print_side(&first->b, "B", out);
	if (first->is_rate)
		fputs("They lasted differently: requests and bytes taken are per second.\n", out);
	for (size_t i = 0; i < view->nr_diffs && !err; i++)
		for (unsigned int j = 0; j < MEMMON_NR_SECTIONS && !err; j++)
			if (!i || !is_repetition(&view->diffs[i], j))
				err = print_section(&view->diffs[i], j, view->top, out);
	fputc('\n', out);
	if (first->a.has_loss) {
		fputs("A  ", out);
		loss_print(&first->a.loss, out);
	}
	if (first->b.has_loss) {
		fputs("B  ", out);
		loss_print(&first->b.loss, out);
	}
	return err;
}
