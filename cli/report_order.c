// SPDX-License-Identifier: GPL-2.0
/* Puts the rows of a report into the order that was asked for, and adds up those that are not shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

struct comparison {
	const struct report_view *view;
	enum memmon_section section;
};

static uint64_t sort_value(const struct comparison *how, size_t row)
{
	const struct memmon_sums *sums = memmon_report_sums(how->view->report, how->section, row);
	const struct report_column *sort = how->view->sort;

	return report_is_known(how->view, how->section, sums, sort) ? sort->value(sums) : 0;
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct comparison *how = arg;
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	uint64_t most = sort_value(how, first), least = sort_value(how, second);
	const struct memmon_sums *sums = memmon_report_sums(how->view->report, how->section, first);
	const struct memmon_sums *other =
		memmon_report_sums(how->view->report, how->section, second);

	if (most != least)
		return most > least ? -1 : 1;
	if (sums->requests != other->requests)
		return sums->requests > other->requests ? -1 : 1;
	/* The one that was seen first. */
	return first < second ? -1 : first > second;
}

static void add(struct memmon_sums *rest, const struct memmon_sums *sums)
{
	rest->requests += sums->requests;
	rest->failed += sums->failed;
	rest->bytes_requested += sums->bytes_requested;
	rest->bytes_taken += sums->bytes_taken;
	rest->frees += sums->frees;
	rest->reused += sums->reused;
	rest->unknown_frees += sums->unknown_frees;
	rest->frees_other_cpu += sums->frees_other_cpu;
	rest->frees_other_node += sums->frees_other_node;
	rest->outstanding_objects += sums->outstanding_objects;
	rest->outstanding_bytes += sums->outstanding_bytes;
}

int report_order_make(const struct report_view *view, enum memmon_section section,
		      struct report_order *ret)
{
	struct comparison how = { .view = view, .section = section };
	size_t nr = memmon_report_count(view->report, section);

	memset(ret, 0, sizeof(*ret));
	/* One more, since calloc(0) may be NULL. */
	ret->rows = calloc(nr + 1, sizeof(*ret->rows));
	if (!ret->rows)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		ret->rows[i] = i;
	qsort_r(ret->rows, nr, sizeof(*ret->rows), compare, &how);
	ret->nr = nr;
	ret->nr_shown = view->top && view->top < nr ? view->top : nr;
	for (size_t i = ret->nr_shown; i < nr; i++)
		add(&ret->rest, memmon_report_sums(view->report, section, ret->rows[i]));
	return 0;
}

void report_order_drop(struct report_order *order)
{
	free(order->rows);
}
