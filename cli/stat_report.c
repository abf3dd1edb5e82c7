// SPDX-License-Identifier: GPL-2.0
/* Shows the outcome of memmon stat as text. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "stat.h"
#include "ui.h"

#define MAX_COLUMNS 10

/* The class of a line that counts events of one class, like "kmalloc" of "seen.kmalloc". */
static const char *class_of(const char *key)
{
	return strncmp(key, "seen.", 5) ? NULL : key + 5;
}

/* Names come from the kernel and from whoever loaded a module into it. */
static void add_name(struct ui_table *table, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text), "%s", name);
	ui_clean(text);
	ui_table_add(table, "%s", text);
}

/* "5632" of one run, "5632.4 ±12.1" of several. */
static void add_level(struct ui_table *table, const struct memmon_row *row, enum memmon_phase phase,
		      uint64_t nr_runs)
{
	double level = memmon_row_level(row, phase);

	if (nr_runs > 1)
		ui_table_add(table, "%.1f +-%.1f", level,
			     memmon_spread_deviation(&row->phases[phase]));
	else
		ui_table_add(table, "%.0f", level);
}

static void add_growth(struct ui_table *table, const struct memmon_row *row, uint64_t nr_runs,
		       bool has_noise)
{
	bool has_moved = memmon_row_gain(row) != 0.0 || memmon_row_leak(row) != 0.0;
	const char *mark = has_noise && has_moved && memmon_row_is_noise(row) ? "~ " : "";
	struct ui_text growth = ui_growth(memmon_row_growth(row));

	if (nr_runs > 1 && row->growth.nr == nr_runs)
		ui_table_add(table, "%s%s +-%.1f", mark, growth.text,
			     memmon_spread_deviation(&row->growth));
	else
		ui_table_add(table, "%s%s", mark, growth.text);
}

/* The mean of one run; without a fraction where there is none. */
static void add_mean(struct ui_table *table, uint64_t total, uint64_t nr_runs)
{
	double mean = (double)total / (double)(nr_runs ? nr_runs : 1);

	ui_table_add(table, "%.*f", mean == floor(mean) ? 0 : 1, mean);
}

static void add_counts(struct ui_table *table, const struct memmon_counts *total, uint64_t nr_runs)
{
	uint64_t runs = nr_runs ? nr_runs : 1;

	ui_table_add(table, "%s", ui_bytes(total->bytes_requested / runs).text);
	ui_table_add(table, "%s", ui_bytes(total->bytes_taken / runs).text);
	add_mean(table, total->outstanding_objects, nr_runs);
}

static void add_row(struct ui_table *table, const struct memmon_row *row,
		    const struct stat_result *result)
{
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);

	add_name(table, row->name);
	add_level(table, row, MEMMON_BEFORE, nr_runs);
	add_level(table, row, MEMMON_DURING, nr_runs);
	add_level(table, row, MEMMON_AFTER, nr_runs);
	add_growth(table, row, nr_runs, !result->no_noise);
	if (!result->no_noise)
		ui_table_add(table, "%" PRIu64, row->noise);
	if (row->has_requests)
		add_mean(table, row->total.requests, nr_runs);
	else
		ui_table_add(table, "-");
	if (!result->session)
		return;
	if (row->has_counts) {
		add_counts(table, &row->total, nr_runs);
		return;
	}
	for (int i = 0; i < 3; i++)
		ui_table_add(table, "-");
}

static int print_caches(const struct stat_result *result, size_t nr_rows, FILE *out)
{
	struct ui_column columns[MAX_COLUMNS] = {
		{ .title = "Cache", .min_width = 12 },
		{ .title = "Before", .is_right = true, .min_width = 6 },
		{ .title = "During", .is_right = true, .min_width = 6 },
		{ .title = "After", .is_right = true, .min_width = 6 },
		{ .title = "Growth", .is_right = true, .min_width = 7 },
	};
	size_t nr = 5;
	struct ui_table *table;
	int err;

	if (!result->no_noise)
		columns[nr++] =
			(struct ui_column){ .title = "Noise", .is_right = true, .min_width = 5 };
	columns[nr++] = (struct ui_column){ .title = "Requests", .is_right = true, .min_width = 8 };
	if (result->session) {
		columns[nr++] = (struct ui_column){ .title = "Requested", .is_right = true };
		columns[nr++] = (struct ui_column){ .title = "Taken", .is_right = true };
		columns[nr++] = (struct ui_column){ .title = "Held", .is_right = true };
	}
	table = ui_table_create(columns, nr);
	for (size_t i = 0; i < nr_rows; i++)
		add_row(table, memmon_experiment_at(result->looks.experiment, i), result);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static void print_facts(const struct stat_settings *settings, const struct stat_result *result,
			size_t nr_rows, FILE *out)
{
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);

	fprintf(out, "\n%zu caches shown; %zu samples in %.3f s, one every %u ms\n", nr_rows,
		result->looks.nr_samples, result->seconds.mean * (double)result->seconds.nr,
		settings->interval_ms);
	if (settings->repeat > 1)
		fprintf(out,
			"%" PRIu64 " of %u runs, %.3f s +-%.3f each; numbers are means of one run, "
			"+- their standard deviation\n",
			nr_runs, settings->repeat, result->seconds.mean,
			memmon_spread_deviation(&result->seconds));
	if (result->looks.nr_skipped)
		fprintf(out, "lines of slabinfo that make no sense, left out: %zu\n",
			result->looks.nr_skipped);
	if (result->no_noise)
		fprintf(out, "noise not measured: %s\n", result->no_noise);
	else
		fprintf(out,
			"noise: how far each cache moved in %.3f s without the command; "
			"~ marks what moved no further with it\n",
			result->idle_seconds);
	if (result->not_counted)
		fprintf(out, "requests not counted: %s\n", result->not_counted);
	else if (result->module)
		fprintf(out, "requests counted from the log in /proc/mem_monitor: %s\n",
			result->no_session);
	if (result->session && stat_session_lacks_frees(result->session))
		fputs("held is at most what is shown: some frees were not seen\n", out);
}

static void add_site(struct ui_table *table, const struct stat_site *site, uint64_t nr_runs)
{
	add_name(table, site->name);
	add_name(table, site->cache);
	add_mean(table, site->total.requests, nr_runs);
	add_counts(table, &site->total, nr_runs);
}

/* The innermost frame is in the row, its callers are below it. */
static void add_stack(struct ui_table *table, const struct stat_site *stack, uint64_t nr_runs)
{
	char *copy = strdup(stack->name), *rest = copy;
	char *frame = copy ? strsep(&rest, "\n") : NULL;

	add_name(table, frame ? frame : "?");
	add_name(table, stack->cache);
	add_mean(table, stack->total.requests, nr_runs);
	add_counts(table, &stack->total, nr_runs);
	while (rest && (frame = strsep(&rest, "\n"))) {
		ui_clean(frame);
		ui_table_note(table, "    <- %s", frame);
	}
	free(copy);
}

/* @title: of the first column; @what: what the rows are, in the plural. */
static int print_ranked(const struct stat_settings *settings, const struct stat_result *result,
			const struct stat_sites *sites, const char *title, const char *what,
			void (*add)(struct ui_table *, const struct stat_site *, uint64_t),
			FILE *out)
{
	const struct ui_column columns[] = {
		{ .title = title, .min_width = 20 },
		{ .title = "Cache", .min_width = 12 },
		{ .title = "Requests", .is_right = true, .min_width = 8 },
		{ .title = "Requested", .is_right = true },
		{ .title = "Taken", .is_right = true },
		{ .title = "Held", .is_right = true },
	};
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);
	struct ui_table *table = ui_table_create(columns, 6);
	int err;

	for (size_t i = 0; i < stat_sites_count(sites) && i < settings->nr_sites; i++)
		add(table, stat_sites_at(sites, i), nr_runs);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	fprintf(out, "\n%zu %s; those that took most come first\n", stat_sites_count(sites), what);
	return err;
}

static int print_events(const struct stat_module *module, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Event", .min_width = 20 },
		{ .title = "Seen", .is_right = true, .min_width = 9 },
	};
	const struct memmon_status *status = stat_module_status(module);
	struct ui_table *table = ui_table_create(columns, 2);
	int err;

	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *key = memmon_status_key(status, i);

		if (!class_of(key))
			continue;
		ui_table_add(table, "%s", class_of(key));
		ui_table_add(table, "%" PRIu64, stat_module_seen(module, i));
	}
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	return err;
}

static int print_session(const struct stat_settings *settings, const struct stat_result *result,
			 FILE *out)
{
	int err = 0;

	if (settings->nr_sites) {
		fputc('\n', out);
		err = print_ranked(settings, result, stat_session_sites(result->session),
				   "Call site", "call sites", add_site, out);
	}
	if (settings->nr_sites && !err && stat_session_stacks(result->session)) {
		fputc('\n', out);
		err = print_ranked(settings, result, stat_session_stacks(result->session),
				   "Call stack", "call stacks", add_stack, out);
	}
	loss_print(stat_session_loss(result->session), out);
	return err;
}

int stat_report_text(const struct stat_settings *settings, const struct stat_result *result,
		     FILE *out)
{
	struct memmon_books books;
	struct memmon_loss loss;
	size_t nr_rows;
	int err;

	err = memmon_experiment_select(result->looks.experiment, settings->caches,
				       settings->show_all ? "*" : settings->also, &nr_rows);
	if (!err)
		err = print_caches(result, nr_rows, out);
	if (err)
		return err;
	print_facts(settings, result, nr_rows, out);
	if (result->session)
		return print_session(settings, result, out);
	if (!result->module)
		return 0;
	fputc('\n', out);
	err = print_events(result->module, out);
	books = stat_module_books(result->module);
	loss = module_loss(&books);
	loss_print(&loss, out);
	return err;
}
