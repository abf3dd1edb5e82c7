// SPDX-License-Identifier: GPL-2.0
/* Says who keeps nearly empty slabs: how many there are, and a sentence on each call site. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "slabs.h"
#include "ui.h"

/* Processes of a call site that are named. */
#define MAX_PINNERS 3

static void add_cache(const struct slabs_view *view, const struct memmon_slabs_row *row,
		      struct ui_table *table)
{
	ui_table_add(table, "%s", ui_count(row->empty.slabs).text);
	ui_table_add(table, "%s", slabs_bytes(row->empty.bytes).text);
	ui_table_add(table, "%s", ui_count(row->empty.objects).text);
	if (view->books) {
		ui_table_add(table, "%s", ui_count(row->empty.known_objects).text);
		ui_table_add(table, "%s", ui_count(row->empty.explained_slabs).text);
	}
	ui_table_add(table, "%s", slabs_name(row->name).text);
}

static int compare_caches(const void *a, const void *b, void *arg)
{
	const struct slabs_view *view = arg;
	const struct memmon_slabs_row *one = memmon_slabs_at(view->slabs, *(const size_t *)a);
	const struct memmon_slabs_row *other = memmon_slabs_at(view->slabs, *(const size_t *)b);

	if (one->empty.bytes != other->empty.bytes)
		return one->empty.bytes < other->empty.bytes ? 1 : -1;
	return strcmp(one->name, other->name);
}

static int print_caches(const struct slabs_view *view, FILE *out)
{
	static const struct ui_column with_ledger[] = {
		{ .title = "Slabs", .is_right = true },	    { .title = "Kept", .is_right = true },
		{ .title = "Objects", .is_right = true },   { .title = "Known", .is_right = true },
		{ .title = "Explained", .is_right = true }, { .title = "Cache" },
	};
	static const struct ui_column without[] = {
		{ .title = "Slabs", .is_right = true },
		{ .title = "Kept", .is_right = true },
		{ .title = "Objects", .is_right = true },
		{ .title = "Cache" },
	};
	size_t nr_rows = memmon_slabs_count(view->slabs), nr = 0;
	size_t *order = calloc(nr_rows + 1, sizeof(*order));
	struct ui_table *table = view->books ? ui_table_create(with_ledger, 6) :
					       ui_table_create(without, 4);
	int err;

	for (size_t i = 0; order && i < nr_rows; i++)
		if (memmon_slabs_at(view->slabs, i)->empty.slabs)
			order[nr++] = i;
	if (order)
		qsort_r(order, nr, sizeof(*order), compare_caches, (void *)(uintptr_t)view);
	for (size_t i = 0; i < slabs_shown(view, nr); i++)
		add_cache(view, memmon_slabs_at(view->slabs, order[i]), table);
	add_cache(view, memmon_slabs_total(view->slabs), table);
	err = order ? ui_table_print(table, out) : -ENOMEM;
	ui_table_destroy(table);
	free(order);
	slabs_print_rest(view, nr, out);
	return err;
}

static const char *plural(uint64_t nr, const char *one, const char *many)
{
	return nr == 1 ? one : many;
}

/* ": 91 of cat (42), 2 of sh (7) and 3 processes more" */
static void print_pinners(const struct memmon_slabs_pin *pin, FILE *out)
{
	if (pin->nr_who == 1) {
		fprintf(out, ": of %s", pin->who->name);
		return;
	}
	for (size_t i = 0; i < pin->nr_who && i < MAX_PINNERS; i++)
		fprintf(out, "%s %s of %s", i ? "," : ":", ui_count(pin->who[i].objects).text,
			pin->who[i].name);
	if (pin->nr_who > MAX_PINNERS)
		fprintf(out, " and %s %s more", ui_count(pin->nr_who - MAX_PINNERS).text,
			plural(pin->nr_who - MAX_PINNERS, "process", "processes"));
}

static void print_ages(const struct memmon_slabs_sum *sum, FILE *out)
{
	struct ui_text youngest = ui_duration(sum->youngest_ns);
	struct ui_text oldest = ui_duration(sum->oldest_ns);

	if (strcmp(youngest.text, oldest.text) != 0)
		fprintf(out, "; %s to %s old", youngest.text, oldest.text);
	else
		fprintf(out, "; %s old", oldest.text);
}

static int print_pin(const struct slabs_view *view, const struct memmon_slabs_pin *pin, FILE *out)
{
	size_t size;
	char *text;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return -ENOMEM;
	fprintf(line, "%s %s of %s from %s %s %s in %s nearly empty %s",
		ui_count(pin->sum.objects).text, plural(pin->sum.objects, "object", "objects"),
		memmon_slabs_at(view->slabs, pin->row)->name, pin->site,
		plural(pin->sum.objects, "keeps", "keep"), ui_bytes(pin->bytes).text,
		ui_count(pin->slabs).text, plural(pin->slabs, "slab", "slabs"));
	if (!pin->slabs_alone)
		fputs(", with others", line);
	else if (pin->slabs_alone != pin->slabs)
		fprintf(line, ", %s of them alone", ui_count(pin->slabs_alone).text);
	print_pinners(pin, line);
	print_ages(&pin->sum, line);
	if (pin->sum.queued)
		fprintf(line, "; %s only %s for kfree_rcu()", ui_count(pin->sum.queued).text,
			plural(pin->sum.queued, "waits", "wait"));
	if (fclose(line))
		return -ENOMEM;
	ui_clean(text);
	slabs_wrap(text, out);
	free(text);
	return 0;
}

/* What is not explained must not look as if it was nothing. */
static void print_unexplained(const struct slabs_view *view, FILE *out)
{
	const struct memmon_slabs_empty *empty = &memmon_slabs_total(view->slabs)->empty;
	uint64_t nr = empty->slabs - empty->explained_slabs;
	char text[300];

	if (!nr)
		return;
	snprintf(text, sizeof(text),
		 "Not explained: %s %s, %s; %s of them in part. What else is in them (%s objects) "
		 "is %s.",
		 ui_count(nr).text, plural(nr, "slab", "slabs"),
		 ui_bytes(empty->bytes - empty->explained_bytes).text,
		 ui_count(empty->partly_slabs).text,
		 ui_count(empty->objects - empty->known_objects).text,
		 view->is_filtered ? "older than the session, or was filtered out" :
				     "older than the session, or free objects that CPUs keep");
	slabs_wrap(text, out);
}

static int print_pins(const struct slabs_view *view, FILE *out)
{
	struct memmon_slabs_pin *pins;
	size_t nr;
	int err = memmon_slabs_pins(view->slabs, &pins, &nr);

	if (err)
		return err;
	slabs_order_pins(pins, nr);
	if (nr)
		fputc('\n', out);
	for (size_t i = 0; i < slabs_shown(view, nr) && !err; i++)
		err = print_pin(view, &pins[i], out);
	slabs_print_rest(view, nr, out);
	free(pins);
	print_unexplained(view, out);
	return err;
}

int slabs_text_pins(const struct slabs_view *view, FILE *out)
{
	int err;

	fprintf(out, "%sNearly empty slabs: at most %u%% of their places are in use\n",
		view->what == SLABS_PINS ? "" : "\n", view->nearly_empty_percent);
	err = print_caches(view, out);
	if (err || !view->books)
		return err;
	if (view->has_page_offset)
		return print_pins(view, out);
	fputs("Which objects are in which slab is not known: mem_monitor does not tell where "
	      "pages are.\n",
	      out);
	return 0;
}
