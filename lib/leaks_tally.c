// SPDX-License-Identifier: GPL-2.0
/* Counts objects and bytes by a row and something else. */
#include "leaks_tally.h"

#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "report_memory.h"

#define FIRST_SLOTS 1024

static uint32_t *find_slot(const struct leaks_tally *tally, uint32_t row, uint64_t key)
{
	size_t slot = (size_t)(report_hash_two(key, row) >> 32) & (tally->nr_slots - 1);

	while (tally->slots[slot]) {
		const struct leaks_entry *entry = &tally->entries[tally->slots[slot] - 1];

		if (entry->row == row && entry->key == key)
			break;
		slot = (slot + 1) & (tally->nr_slots - 1);
	}
	return &tally->slots[slot];
}

static int grow(struct leaks_tally *tally)
{
	size_t nr_slots = tally->nr_slots ? tally->nr_slots * 2 : FIRST_SLOTS;
	uint32_t *slots = calloc(nr_slots, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(tally->slots);
	tally->slots = slots;
	tally->nr_slots = nr_slots;
	for (size_t i = 0; i < tally->nr; i++)
		*find_slot(tally, tally->entries[i].row, tally->entries[i].key) = (uint32_t)i + 1;
	return 0;
}

int leaks_tally_add(struct leaks_tally *tally, uint32_t row, uint64_t key, uint64_t bytes)
{
	struct leaks_entry *entry;
	uint32_t *slot;

	if (tally->nr >= tally->nr_slots / 2 && grow(tally))
		return -ENOMEM;
	slot = find_slot(tally, row, key);
	if (!*slot) {
		if (memmon_array_grow((void **)&tally->entries, tally->nr, &tally->room,
				      sizeof(*tally->entries)))
			return -ENOMEM;
		tally->entries[tally->nr++] = (struct leaks_entry){ .row = row, .key = key };
		*slot = (uint32_t)tally->nr;
	}
	entry = &tally->entries[*slot - 1];
	entry->objects++;
	entry->bytes += bytes;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct leaks_entry *first = a, *second = b;

	if (first->row != second->row)
		return first->row < second->row ? -1 : 1;
	if (first->bytes != second->bytes)
		return first->bytes > second->bytes ? -1 : 1;
	if (first->objects != second->objects)
		return first->objects > second->objects ? -1 : 1;
	return first->key < second->key ? -1 : first->key > second->key;
}

void leaks_tally_sort(struct leaks_tally *tally)
{
	if (tally->nr)
		qsort(tally->entries, tally->nr, sizeof(*tally->entries), compare);
}

void leaks_tally_exit(struct leaks_tally *tally)
{
	free(tally->entries);
	free(tally->slots);
}
