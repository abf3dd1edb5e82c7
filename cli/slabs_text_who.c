// SPDX-License-Identifier: GPL-2.0
/* Shows who holds objects: of one cache, by cgroup, and with advice for kmallocs, as tables for people. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memmon.h"
#include "slabs.h"
#include "ui.h"

#define NR_COLUMNS(columns) (sizeof(columns) / sizeof((columns)[0]))

static void add_up(struct memmon_slabs_sum *total, const struct memmon_slabs_sum *sum)
{
	total->objects += sum->objects;
	total->queued += sum->queued;
	total->asked_bytes += sum->asked_bytes;
	total->taken_bytes += sum->taken_bytes;
	total->squares += sum->squares;
	if (sum->oldest_ns > total->oldest_ns)
		total->oldest_ns = sum->oldest_ns;
}

static void print_error(const struct slabs_view *view, const struct memmon_slabs_sum *total,
			FILE *out)
{
	uint32_t one_in = memmon_slabs_one_in(view->slabs);
	double error = memmon_slabs_error(total, one_in);

	if (one_in > 1)
		fprintf(out, "All of it: %s, with an error below %s 95 times in 100.\n",
			slabs_bytes(slabs_scaled(view, total->taken_bytes)).text,
			slabs_bytes((uint64_t)(error + 0.5)).text);
}

/* ---- holders ---- */

static void add_holder(const struct slabs_view *view, const struct memmon_slabs_sum *sum,
		       struct ui_table *table)
{
	ui_table_add(table, "%s", slabs_bytes(slabs_scaled(view, sum->taken_bytes)).text);
	ui_table_add(table, "%s", ui_count(slabs_scaled(view, sum->objects)).text);
	ui_table_add(table, "%s", ui_duration(sum->oldest_ns).text);
}

/* Several caches are told apart by a line of their own. */
static void print_caches_meant(const struct slabs_view *view, FILE *out)
{
	for (size_t i = 0; i < memmon_slabs_count(view->slabs); i++) {
		const struct memmon_slabs_row *row = memmon_slabs_at(view->slabs, i);
		size_t size;
		char *text;
		FILE *line;

		if (!memmon_pattern_match(view->holders, row->name) ||
		    (!row->chain.total && !row->known))
			continue;
		line = open_memstream(&text, &size);
		if (!line)
			return;
		fprintf(line, "%s: up to %s objects in use in %s, %s of them known", row->name,
			ui_count(row->in_use_max).text, ui_bytes(row->chain.total).text,
			ui_count(row->known).text);
		if (row->aliases[0])
			fprintf(line, "; also %s", row->aliases);
		fclose(line);
		ui_clean(text);
		slabs_wrap(text, out);
		free(text);
	}
}

static int print_holders(const struct slabs_view *view, const struct memmon_slabs_holder *holders,
			 size_t nr, FILE *out)
{
	const struct ui_column columns[] = {
		{ .title = "Held", .is_right = true },
		{ .title = "Objects", .is_right = true },
		{ .title = "Oldest", .is_right = true },
		{ .title = view->by == MEMMON_SLABS_BY_CGROUP ? "Cgroup" : "Process" },
		{ .title = "Call site" },
		{ .title = "Cache" },
	};
	struct ui_table *table = ui_table_create(columns, NR_COLUMNS(columns));
	struct memmon_slabs_sum total = { 0 };
	int err;

	for (size_t i = 0; i < nr; i++) {
		add_up(&total, &holders[i].sum);
		if (i >= slabs_shown(view, nr))
			continue;
		add_holder(view, &holders[i].sum, table);
		ui_table_add(table, "%s", slabs_name(holders[i].who).text);
		ui_table_add(table, "%s", slabs_name(holders[i].site).text);
		ui_table_add(table, "%s",
			     slabs_name(memmon_slabs_at(view->slabs, holders[i].row)->name).text);
	}
	add_holder(view, &total, table);
	ui_table_add(table, "(all)");
	ui_table_add(table, "%s", "");
	ui_table_add(table, "%s", "");
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	slabs_print_rest(view, nr, out);
	if (total.queued)
		fprintf(out, "%s of the objects only wait for kfree_rcu().\n",
			ui_count(slabs_scaled(view, total.queued)).text);
	print_error(view, &total, out);
	return err;
}

int slabs_text_holders(const struct slabs_view *view, FILE *out)
{
	struct memmon_slabs_holder *holders;
	size_t nr;
	int err = memmon_slabs_holders(view->slabs, view->holders, view->by, &holders, &nr);

	if (err)
		return err;
	slabs_order_holders(holders, nr);
	print_caches_meant(view, out);
	if (nr)
		err = print_holders(view, holders, nr, out);
	else
		fprintf(out, "No object of '%s' is known.\n", slabs_name(view->holders).text);
	free(holders);
	return err;
}

/* ---- advice ---- */

static void add_advice(const struct slabs_view *view, const struct memmon_slabs_advice *advice,
		       struct ui_table *table)
{
	ui_table_add(table, "%s", slabs_bytes(slabs_scaled(view, advice->saved_bytes)).text);
	ui_table_add(
		table, "%s",
		slabs_bytes(slabs_scaled(view, advice->sum.taken_bytes - advice->sum.asked_bytes))
			.text);
	ui_table_add(table, "%s", ui_count(slabs_scaled(view, advice->sum.objects)).text);
	if (advice->asked_min == advice->asked_max)
		ui_table_add(table, "%" PRIu32, advice->asked_max);
	else
		ui_table_add(table, "%" PRIu32 "-%" PRIu32, advice->asked_min, advice->asked_max);
	ui_table_add(table, "%" PRIu64, advice->class_bytes);
	ui_table_add(table, "%" PRIu64, advice->fit_bytes);
	ui_table_add(table, "%s", slabs_name(advice->site).text);
}

int slabs_text_advice(const struct slabs_view *view, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Saves", .is_right = true },
		{ .title = "Wasted", .is_right = true },
		{ .title = "Objects", .is_right = true },
		{ .title = "Asked", .is_right = true },
		{ .title = "Gets", .is_right = true },
		{ .title = "Fits", .is_right = true },
		{ .title = "Call site" },
	};
	struct memmon_slabs_advice *advice;
	struct ui_table *table;
	size_t nr;
	int err = memmon_slabs_advise(view->slabs, &advice, &nr);

	if (err)
		return err;
	slabs_order_advice(advice, nr);
	fputs("Kmallocs that would take less in a cache whose objects fit; held now\n", out);
	table = ui_table_create(columns, NR_COLUMNS(columns));
	for (size_t i = 0; i < slabs_shown(view, nr); i++)
		add_advice(view, &advice[i], table);
	if (nr)
		err = ui_table_print(table, out);
	else
		fputs("There are none.\n", out);
	ui_table_destroy(table);
	free(advice);
	slabs_print_rest(view, nr, out);
	slabs_wrap("A cache of its own has slabs of its own, which are not full either: below some "
		   "hundred objects it saves nothing. Above 8 KiB a kmalloc takes whole pages, and "
		   "what fits is alloc_pages_exact().",
		   out);
	return err;
}

/* ---- cgroups ---- */

static void add_cgroup(const struct slabs_view *view, const struct memmon_slabs_cgroup *row,
		       struct ui_table *table)
{
	ui_table_add(table, "%s", slabs_bytes(slabs_scaled(view, row->sum.taken_bytes)).text);
	ui_table_add(table, "%s", ui_count(slabs_scaled(view, row->sum.objects)).text);
	ui_table_add(table, "%s", slabs_bytes(slabs_scaled(view, row->born_bytes)).text);
}

/* A row for the cgroup, then one for each of its caches. */
static void add_group(const struct slabs_view *view, const struct memmon_slabs_cgroup *rows,
		      size_t nr, struct ui_table *table)
{
	struct memmon_slabs_cgroup total = { .cgroup = rows->cgroup };

	for (size_t i = 0; i < nr; i++) {
		add_up(&total.sum, &rows[i].sum);
		total.born += rows[i].born;
		total.born_bytes += rows[i].born_bytes;
	}
	add_cgroup(view, &total, table);
	ui_table_add(table, "%s", slabs_name(total.cgroup).text);
	for (size_t i = 0; i < slabs_shown(view, nr); i++) {
		add_cgroup(view, &rows[i], table);
		ui_table_add(table, "  %s%s", slabs_name(rows[i].cache).text,
			     rows[i].is_size_class ? " *" : "");
	}
	if (slabs_shown(view, nr) < nr) {
		for (int column = 0; column < 3; column++)
			ui_table_add(table, "%s", "");
		ui_table_add(table, "  (%s more)", ui_count(nr - slabs_shown(view, nr)).text);
	}
}

int slabs_text_cgroups(const struct slabs_view *view, FILE *out)
{
	static const struct ui_column columns[] = {
		{ .title = "Held", .is_right = true },
		{ .title = "Objects", .is_right = true },
		{ .title = "Ever", .is_right = true },
		{ .title = "Cgroup, and its caches" },
	};
	struct memmon_slabs_sum total = { 0 };
	struct memmon_slabs_cgroup *rows;
	bool has_size_class = false;
	struct ui_table *table;
	size_t nr;
	int err = memmon_slabs_cgroups(view->slabs, &rows, &nr);

	if (err)
		return err;
	err = slabs_order_cgroups(rows, nr);
	if (err) {
		free(rows);
		return err;
	}
	table = ui_table_create(columns, NR_COLUMNS(columns));
	for (size_t first = 0, end; first < nr; first = end) {
		for (end = first; end < nr && rows[end].cgroup == rows[first].cgroup; end++) {
			has_size_class |= rows[end].is_size_class;
			add_up(&total, &rows[end].sum);
		}
		add_group(view, rows + first, end - first, table);
	}
	fputs("Slab objects by cgroup: held now, and all since the session began\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	free(rows);
	if (has_size_class)
		slabs_wrap("* a size class: of kmallocs that have been freed, which cache they "
			   "were in is not known. (kmalloc) is those whose sizes differ.",
			   out);
	print_error(view, &total, out);
	return err;
}
