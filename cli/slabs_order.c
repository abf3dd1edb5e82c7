// SPDX-License-Identifier: GPL-2.0
/* The order in which memmon slabs shows its rows: what is most comes first, and names decide between equals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "slabs.h"

uint64_t slabs_wasted(const struct memmon_slabs_chain *chain)
{
	return chain->ends + chain->free + chain->padding + chain->rounding;
}

static uint64_t total(const struct memmon_slabs_row *row)
{
	return row->chain.total;
}

static uint64_t wasted(const struct memmon_slabs_row *row)
{
	return slabs_wasted(&row->chain);
}

static uint64_t unused(const struct memmon_slabs_row *row)
{
	return row->chain.free;
}

static uint64_t objects(const struct memmon_slabs_row *row)
{
	return row->in_use_max;
}

static uint64_t known(const struct memmon_slabs_row *row)
{
	return row->known;
}

static uint64_t pinned(const struct memmon_slabs_row *row)
{
	return row->empty.bytes;
}

const struct slabs_sort slabs_sorts[] = {
	{ "total", total }, { "wasted", wasted }, { "free", unused }, { "objects", objects },
	{ "known", known }, { "pinned", pinned }, { NULL, NULL },
};

const struct slabs_sort *slabs_sort_find(const char *name)
{
	for (const struct slabs_sort *sort = slabs_sorts; sort->name; sort++)
		if (!strcmp(sort->name, name))
			return sort;
	return NULL;
}

size_t slabs_shown(const struct slabs_view *view, size_t nr)
{
	return view->top && view->top < nr ? view->top : nr;
}

static int compare(uint64_t one, uint64_t other)
{
	return one < other ? 1 : -(one > other);
}

static int compare_caches(const void *a, const void *b, void *arg)
{
	const struct slabs_view *view = arg;
	const struct memmon_slabs_row *one = memmon_slabs_at(view->slabs, *(const size_t *)a);
	const struct memmon_slabs_row *other = memmon_slabs_at(view->slabs, *(const size_t *)b);
	int ret = compare(view->sort->value(one), view->sort->value(other));

	return ret ? ret : strcmp(one->name, other->name);
}

int slabs_order_caches(const struct slabs_view *view, size_t **ret, size_t *ret_nr)
{
	size_t nr_rows = memmon_slabs_count(view->slabs);
	size_t *order = calloc(nr_rows + 1, sizeof(*order));
	size_t nr = 0;

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < nr_rows; i++) {
		const struct memmon_slabs_row *row = memmon_slabs_at(view->slabs, i);

		if (row->chain.total || row->known)
			order[nr++] = i;
	}
	qsort_r(order, nr, sizeof(*order), compare_caches, (void *)(uintptr_t)view);
	*ret = order;
	*ret_nr = nr;
	return 0;
}

static int compare_pins(const void *a, const void *b)
{
	const struct memmon_slabs_pin *one = a, *other = b;
	int ret = compare(one->bytes, other->bytes);

	if (!ret)
		ret = compare(one->sum.objects, other->sum.objects);
	if (!ret)
		ret = strcmp(one->site, other->site);
	return ret ? ret : compare(other->row, one->row);
}

static int compare_holders(const void *a, const void *b)
{
	const struct memmon_slabs_holder *one = a, *other = b;
	int ret = compare(one->sum.taken_bytes, other->sum.taken_bytes);

	if (!ret)
		ret = strcmp(one->site, other->site);
	if (!ret)
		ret = strcmp(one->who, other->who);
	return ret ? ret : compare(other->row, one->row);
}

static int compare_advice(const void *a, const void *b)
{
	const struct memmon_slabs_advice *one = a, *other = b;
	int ret = compare(one->saved_bytes, other->saved_bytes);

	if (!ret)
		ret = strcmp(one->site, other->site);
	return ret ? ret : compare(other->class_bytes, one->class_bytes);
}

static void sort(void *rows, size_t nr, size_t size, int (*by)(const void *a, const void *b))
{
	if (nr)
		qsort(rows, nr, size, by);
}

void slabs_order_pins(struct memmon_slabs_pin *pins, size_t nr)
{
	sort(pins, nr, sizeof(*pins), compare_pins);
}

void slabs_order_holders(struct memmon_slabs_holder *holders, size_t nr)
{
	sort(holders, nr, sizeof(*holders), compare_holders);
}

void slabs_order_advice(struct memmon_slabs_advice *advice, size_t nr)
{
	sort(advice, nr, sizeof(*advice), compare_advice);
}

/**
 * struct cgroup_total - what all rows of one cgroup hold and ever got
 */
struct cgroup_total {
	const char *cgroup;
	uint64_t held;
	uint64_t born;
};

struct cgroup_totals {
	struct cgroup_total *totals;
	size_t nr;
};

/* Names of cgroups are the same where their addresses are. */
static int compare_addresses(const void *a, const void *b)
{
	const struct memmon_slabs_cgroup *one = a, *other = b;

	return (uintptr_t)one->cgroup < (uintptr_t)other->cgroup ? -1 :
								   one->cgroup != other->cgroup;
}

static const struct cgroup_total *total_of(const struct cgroup_totals *totals, const char *cgroup)
{
	size_t low = 0, high = totals->nr;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if ((uintptr_t)totals->totals[middle].cgroup <= (uintptr_t)cgroup)
			low = middle;
		else
			high = middle;
	}
	return &totals->totals[low];
}

static int compare_cgroups(const void *a, const void *b, void *arg)
{
	const struct memmon_slabs_cgroup *one = a, *other = b;
	const struct cgroup_total *first = total_of(arg, one->cgroup);
	const struct cgroup_total *second = total_of(arg, other->cgroup);
	int ret = compare(first->held, second->held);

	if (!ret)
		ret = compare(first->born, second->born);
	if (!ret)
		ret = strcmp(one->cgroup, other->cgroup);
	if (!ret)
		ret = compare(one->sum.taken_bytes, other->sum.taken_bytes);
	if (!ret)
		ret = compare(one->born_bytes, other->born_bytes);
	return ret ? ret : strcmp(one->cache, other->cache);
}

int slabs_order_cgroups(struct memmon_slabs_cgroup *cgroups, size_t nr)
{
	struct cgroup_totals totals = { .totals = calloc(nr + 1, sizeof(*totals.totals)) };

	if (!totals.totals)
		return -ENOMEM;
	sort(cgroups, nr, sizeof(*cgroups), compare_addresses);
	for (size_t i = 0; i < nr; i++) {
		if (!i || cgroups[i].cgroup != cgroups[i - 1].cgroup)
			totals.totals[totals.nr++].cgroup = cgroups[i].cgroup;
		totals.totals[totals.nr - 1].held += cgroups[i].sum.taken_bytes;
		totals.totals[totals.nr - 1].born += cgroups[i].born_bytes;
	}
	if (nr)
		qsort_r(cgroups, nr, sizeof(*cgroups), compare_cgroups, &totals);
	free(totals.totals);
	return 0;
}
