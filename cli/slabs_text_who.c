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

/* "dentry: 12 objects known, of up to 400 in use, in 80.0 KiB; is also X" */
static int print_cache(const struct memmon_slabs_row *row, FILE *out)
{
	const char *before = "; is also";
	size_t size;
	char *text;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	fprintf(line, "%s: %s objects known", row->name, ui_count(row->known).text);
	if (row->chain.total)
		fprintf(line, ", of up to %s in use, in %s", ui_count(row->in_use_max).text,
			ui_bytes(row->chain.total).text);
	for (const char *name = row->aliases; *name; name += strspn(name, ",")) {
		size_t len = strcspn(name, ",");

		fprintf(line, "%s %.*s", before, (int)len, name);
		before = ",";
		name += len;
	}
	if (fclose(line))
		return -ENOMEM;
	ui_clean(text);
	slabs_wrap(text, out);
	free(text);
	return 0;
}

/* Of many caches only those that something is known of are worth a line. */
static bool is_worth_a_line(const struct slabs_view *view, const struct memmon_slabs_row *row)
{
	return memmon_pattern_match(view->holders, row->name) &&
	       (row->known || !strpbrk(view->holders, "*?["));
}

/* The caches that are meant, before who holds them. */
static int print_caches_meant(const struct slabs_view *view, FILE *out)
{
	size_t *order, nr, nr_meant = 0;
	int err = slabs_order_caches(view, &order, &nr);

	if (err)
		return err;
	for (size_t i = 0; i < nr; i++)
		if (is_worth_a_line(view, memmon_slabs_at(view->slabs, order[i])))
			order[nr_meant++] = order[i];
	for (size_t i = 0; i < slabs_shown(view, nr_meant) && !err; i++)
		err = print_cache(memmon_slabs_at(view->slabs, order[i]), out);
	slabs_print_rest(view, nr_meant, out);
	free(order);
	return err;
}

static bool are_of_one_cache(const struct memmon_slabs_holder *holders, size_t nr)
{
	for (size_t i = 1; i < nr; i++)
		if (holders[i].row != holders[0].row)
			return false;
	return true;
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
	bool has_one_cache = are_of_one_cache(holders, nr);
	struct ui_table *table = ui_table_create(columns, NR_COLUMNS(columns) - has_one_cache);
	struct memmon_slabs_sum total = { 0 };
	int err;

	for (size_t i = 0; i < nr; i++) {
		add_up(&total, &holders[i].sum);
		if (i >= slabs_shown(view, nr))
			continue;
		add_holder(view, &holders[i].sum, table);
		ui_table_add(table, "%s", slabs_name(holders[i].who).text);
		ui_table_add(table, "%s", slabs_name(holders[i].site).text);
		if (!has_one_cache)
			ui_table_add(
				table, "%s",
				slabs_name(memmon_slabs_at(view->slabs, holders[i].row)->name).text);
	}
	add_holder(view, &total, table);
	ui_table_add(table, "%s", "");
	if (!has_one_cache)
		ui_table_add(table, "%s", "");
	ui_table_add(table, "(all)");
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
	err = print_caches_meant(view, out);
	if (!err && nr)
		fputc('\n', out);
	if (nr && !err)
		err = print_holders(view, holders, nr, out);
	else if (!err)
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
	struct memmon_slabs_cgroup total = { .cgroup = "(all)" };
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
			add_up(&total.sum, &rows[end].sum);
			total.born_bytes += rows[end].born_bytes;
		}
		add_group(view, rows + first, end - first, table);
	}
	add_cgroup(view, &total, table);
	ui_table_add(table, "%s", total.cgroup);
	fputs("Slab objects by cgroup: held now, and all since the session began\n", out);
	err = ui_table_print(table, out);
	ui_table_destroy(table);
	free(rows);
	if (has_size_class)
		slabs_wrap("* a size class: of kmallocs that have been freed, which cache they "
			   "were in is not known. (kmalloc) is those whose sizes differ.",
			   out);
	print_error(view, &total.sum, out);
	return err;
}
