// SPDX-License-Identifier: GPL-2.0
/* Joins the two sides of a comparison by name, and sorts what changed. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* Sides whose lengths differ by less count as equally long. */
#define SAME_LENGTH 0.01

bool diff_is_known(const struct diff *diff, enum memmon_section section, enum diff_metric metric)
{
	return diff->a.is_known[section][metric] && diff->b.is_known[section][metric];
}

double diff_value(const struct diff *diff, const struct diff_side *side,
		  const struct diff_entry *entry, enum diff_metric metric)
{
	double value = entry ? (double)entry->values[metric] : 0;

	/* What is outstanding is a state, and does not come at a rate. */
	if (diff->is_rate && (metric == DIFF_REQUESTS || metric == DIFF_BYTES_TAKEN))
		return value / side->seconds;
	return value;
}

double diff_percent(double a, double b)
{
	if (a == b)
		return 0;
	if (a == 0)
		return INFINITY;
	return (b - a) / fabs(a) * 100;
}

const char *diff_name(const struct diff_row *row)
{
	const struct diff_entry *any = row->a ? row->a : row->b;

	if (row->a && row->b &&
	    (!row->a->detail || !row->b->detail || strcmp(row->a->detail, row->b->detail)))
		return any->name;
	return any->detail ? any->detail : any->name;
}

struct comparison {
	const struct diff *diff;
	enum diff_metric sort;
};

static double change(const struct diff *diff, const struct diff_row *row, enum diff_metric metric)
{
	return diff_value(diff, &diff->b, row->b, metric) -
	       diff_value(diff, &diff->a, row->a, metric);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct comparison *how = arg;
	double first = fabs(change(how->diff, a, how->sort));
	double second = fabs(change(how->diff, b, how->sort));

	if (first != second)
		return first > second ? -1 : 1;
	return strcmp(diff_name(a), diff_name(b));
}

static bool has_changed(const struct diff *diff, enum memmon_section section,
			const struct diff_row *row)
{
	if (!row->a || !row->b)
		return true;
	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++)
		if (diff_is_known(diff, section, i) && change(diff, row, i) != 0)
			return true;
	return false;
}

static void add_row(struct diff *diff, const struct diff_entry *a, const struct diff_entry *b)
{
	enum memmon_section section = a ? a->section : b->section;
	struct diff_row row = { .a = a, .b = b };

	if (has_changed(diff, section, &row))
		diff->rows[section][diff->nr_rows[section]++] = row;
	else
		diff->nr_same[section]++;
}

static int order(const struct diff_entry *a, const struct diff_entry *b)
{
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Both sides are sorted, so that one walk along them finds all pairs. */
static void walk(struct diff *diff)
{
	const struct diff_entry *a = diff->a.entries, *b = diff->b.entries;
	size_t nr_a = diff->a.nr_entries, nr_b = diff->b.nr_entries;

	while (nr_a || nr_b) {
		int which = !nr_a ? 1 : !nr_b ? -1 : order(a, b);

		add_row(diff, which <= 0 ? a : NULL, which >= 0 ? b : NULL);
		if (which <= 0) {
			a++;
			nr_a--;
		}
		if (which >= 0) {
			b++;
			nr_b--;
		}
	}
}

int diff_join(struct diff *diff, enum diff_metric sort)
{
	/* What grew most in bytes is what people look for; a stat result has objects only. */
	static const enum diff_metric defaults[] = { DIFF_BYTES_TAKEN, DIFF_OUTSTANDING_OBJECTS,
						     DIFF_REQUESTS };
	double longest = fmax(diff->a.seconds, diff->b.seconds);

	diff->is_rate = diff->a.seconds > 0 && diff->b.seconds > 0 &&
			fabs(diff->a.seconds - diff->b.seconds) > longest * SAME_LENGTH;
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		diff->rows[i] =
			calloc(diff->a.nr_entries + diff->b.nr_entries + 1, sizeof(*diff->rows[i]));
		if (!diff->rows[i])
			return -ENOMEM;
		diff->sort[i] = sort;
		for (size_t j = 0; diff->sort[i] == DIFF_NR_METRICS && j < 3; j++)
			if (diff_is_known(diff, i, defaults[j]))
				diff->sort[i] = defaults[j];
		if (diff->sort[i] == DIFF_NR_METRICS)
			diff->sort[i] = DIFF_REQUESTS;
	}
	walk(diff);
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		struct comparison how = { .diff = diff, .sort = diff->sort[i] };

		qsort_r(diff->rows[i], diff->nr_rows[i], sizeof(*diff->rows[i]), compare, &how);
	}
	return 0;
}

void diff_drop(struct diff *diff)
{
	for (unsigned int i = 0; i < MEMMON_NR_SECTIONS; i++)
		free(diff->rows[i]);
	diff_side_drop(&diff->a);
	diff_side_drop(&diff->b);
}
