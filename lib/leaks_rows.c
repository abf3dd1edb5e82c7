// SPDX-License-Identifier: GPL-2.0
/* Finds the row of a key. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "leaks_internal.h"

#define FIRST_SLOTS 256

static uint64_t hash(const struct leaks_key *key)
{
	uint64_t value = (uint64_t)key->section << 8 | key->kind;

	for (size_t i = 0; i < MEMMON_LEAKS_MAX_KEYS; i++)
		value = report_hash_two(value, (uintptr_t)key->names[i]);
	return value >> 32;
}

static bool is_same(const struct leaks_key *a, const struct leaks_key *b)
{
	return a->section == b->section && a->kind == b->kind &&
	       !memcmp(a->names, b->names, sizeof(a->names));
}

static uint32_t *find_slot(const struct leaks_rows *rows, const struct leaks_key *key)
{
	size_t slot = (size_t)hash(key) & (rows->nr_slots - 1);

	while (rows->slots[slot] && !is_same(&rows->rows[rows->slots[slot] - 1]->key, key))
		slot = (slot + 1) & (rows->nr_slots - 1);
	return &rows->slots[slot];
}

static int rehash(struct leaks_rows *rows, size_t nr_slots)
{
	uint32_t *slots = calloc(nr_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(rows->slots);
	rows->slots = slots;
	rows->nr_slots = nr_slots;
	for (size_t i = 0; i < rows->nr; i++)
		*find_slot(rows, &rows->rows[i]->key) = (uint32_t)i + 1;
	return 0;
}

uint32_t leaks_rows_find(const struct leaks_rows *rows, const struct leaks_key *key)
{
	/* Without a row 0 - 1 is LEAKS_NO_ROW. */
	return rows->nr_slots ? *find_slot(rows, key) - 1 : LEAKS_NO_ROW;
}

int leaks_rows_get(struct leaks_rows *rows, const struct leaks_key *key, uint32_t *ret)
{
	struct leaks_row *row;
	uint32_t *slot;

	if (rows->nr >= rows->nr_slots / 2 &&
	    rehash(rows, rows->nr_slots ? rows->nr_slots * 2 : FIRST_SLOTS))
		return -ENOMEM;
	slot = find_slot(rows, key);
	if (!*slot) {
		if (memmon_array_grow((void **)&rows->rows, rows->nr, &rows->room,
				      sizeof(struct leaks_row *)))
			return -ENOMEM;
		row = calloc(1, sizeof(*row));
		if (!row)
			return -ENOMEM;
		row->key = *key;
		rows->rows[rows->nr++] = row;
		*slot = (uint32_t)rows->nr;
	}
	*ret = *slot - 1;
	return 0;
}

int leaks_rows_keep(struct leaks_rows *rows,
		    bool (*is_wanted)(const struct leaks_row *row, void *arg), void *arg)
{
	size_t nr = 0;

	for (size_t i = 0; i < rows->nr; i++) {
		if (is_wanted(rows->rows[i], arg))
			rows->rows[nr++] = rows->rows[i];
		else
			free(rows->rows[i]);
	}
	rows->nr = nr;
	return rows->nr_slots ? rehash(rows, rows->nr_slots) : 0;
}

void leaks_rows_exit(struct leaks_rows *rows)
{
	for (size_t i = 0; i < rows->nr; i++)
		free(rows->rows[i]);
	free(rows->rows);
	free(rows->slots);
}
