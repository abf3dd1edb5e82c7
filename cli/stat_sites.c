// SPDX-License-Identifier: GPL-2.0
/* Adds up what the call sites asked for in all runs of memmon stat. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stat.h"

struct stat_sites {
	struct stat_site *rows;
	size_t nr;
	size_t room;
};

struct stat_sites *stat_sites_create(void)
{
	return calloc(1, sizeof(struct stat_sites));
}

static void drop(struct stat_site *site)
{
	free(site->name);
	free(site->function);
	free(site->cache);
}

void stat_sites_destroy(struct stat_sites *sites)
{
	if (!sites)
		return;
	for (size_t i = 0; i < sites->nr; i++)
		drop(&sites->rows[i]);
	free(sites->rows);
	free(sites);
}

static int make_room(struct stat_sites *sites)
{
	size_t room = sites->room ? sites->room * 2 : 256;
	struct stat_site *rows;

	if (sites->nr < sites->room)
		return 0;
	rows = reallocarray(sites->rows, room, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	sites->rows = rows;
	sites->room = room;
	return 0;
}

int stat_sites_add(struct stat_sites *sites, const struct stat_site *site)
{
	struct stat_site copy = { .total = site->total };

	if (make_room(sites))
		return -ENOMEM;
	copy.name = strdup(site->name);
	copy.function = strdup(site->function);
	copy.cache = strdup(site->cache);
	if (!copy.name || !copy.function || !copy.cache) {
		drop(&copy);
		return -ENOMEM;
	}
	sites->rows[sites->nr++] = copy;
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	const struct stat_site *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->cache, b->cache);
}

static int compare_bytes(const void *left, const void *right)
{
	const struct stat_site *a = left, *b = right;

	if (a->total.bytes_taken != b->total.bytes_taken)
		return a->total.bytes_taken < b->total.bytes_taken ? 1 : -1;
	if (a->total.requests != b->total.requests)
		return a->total.requests < b->total.requests ? 1 : -1;
	return compare_names(left, right);
}

void stat_sites_sort(struct stat_sites *sites)
{
	size_t nr = 0;

	if (!sites->nr)
		return;
	qsort(sites->rows, sites->nr, sizeof(*sites->rows), compare_names);
	for (size_t i = 1; i < sites->nr; i++) {
		if (compare_names(&sites->rows[nr], &sites->rows[i])) {
			sites->rows[++nr] = sites->rows[i];
			continue;
		}
		memmon_counts_add(&sites->rows[nr].total, &sites->rows[i].total);
		drop(&sites->rows[i]);
	}
	sites->nr = nr + 1;
	qsort(sites->rows, sites->nr, sizeof(*sites->rows), compare_bytes);
}

size_t stat_sites_count(const struct stat_sites *sites)
{
	return sites->nr;
}

const struct stat_site *stat_sites_at(const struct stat_sites *sites, size_t i)
{
	return &sites->rows[i];
}
