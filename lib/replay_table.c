// SPDX-License-Identifier: GPL-2.0
/* The table of what lives at a moment of a recording. */
#include <errno.h>
#include <stdlib.h>

#include "replay_table.h"
#include "report_memory.h"

#define FIRST_BITS 12

size_t replay_table_slots(const struct replay_table *table)
{
	return (size_t)1 << (64 - table->shift);
}

int replay_table_init(struct replay_table *table)
{
	table->nr = 0;
	table->shift = 64 - FIRST_BITS;
	table->slots = calloc((size_t)1 << FIRST_BITS, sizeof(*table->slots));
	return table->slots ? 0 : -ENOMEM;
}

void replay_table_exit(struct replay_table *table)
{
	for (size_t i = 0; table->slots && i < replay_table_slots(table); i++)
		if (table->slots[i].key)
			free(table->slots[i].pages);
	free(table->slots);
}

static size_t home_of(const struct replay_table *table, uint64_t key)
{
	return report_hash(key) >> table->shift;
}

/* The first slot from @at on that is free or has this key. */
static struct replay_object *search(const struct replay_table *table, size_t at, uint64_t key)
{
	size_t mask = replay_table_slots(table) - 1;

	while (table->slots[at].key && table->slots[at].key != key)
		at = (at + 1) & mask;
	return &table->slots[at];
}

struct replay_object *replay_table_find(const struct replay_table *table, uint64_t key)
{
	struct replay_object *object = search(table, home_of(table, key), key);

	return object->key ? object : NULL;
}

struct replay_object *replay_table_next(const struct replay_table *table,
					const struct replay_object *object)
{
	size_t at = ((size_t)(object - table->slots) + 1) & (replay_table_slots(table) - 1);
	struct replay_object *next = search(table, at, object->key);

	return next->key ? next : NULL;
}

static struct replay_object *free_slot(const struct replay_table *table, uint64_t key)
{
	size_t mask = replay_table_slots(table) - 1;
	size_t at = home_of(table, key);

	while (table->slots[at].key)
		at = (at + 1) & mask;
	return &table->slots[at];
}

static int grow(struct replay_table *table)
{
	struct replay_table old = *table;

	table->shift--;
	table->slots = calloc(replay_table_slots(table), sizeof(*table->slots));
	if (!table->slots) {
		*table = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < replay_table_slots(&old); i++)
		if (old.slots[i].key)
			*free_slot(table, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}

struct replay_object *replay_table_add(struct replay_table *table, uint64_t key)
{
	struct replay_object *object;

	if (table->nr >= replay_table_slots(table) / 8 * 5 && grow(table))
		return NULL;
	object = free_slot(table, key);
	*object = (struct replay_object){ .key = key };
	table->nr++;
	return object;
}

/* Moves those up that had to make way for it. */
void replay_table_remove(struct replay_table *table, struct replay_object *object)
{
	size_t mask = replay_table_slots(table) - 1;
	size_t hole = (size_t)(object - table->slots);
	size_t at = hole;

	free(object->pages);
	table->nr--;
	for (;;) {
		at = (at + 1) & mask;
		if (!table->slots[at].key)
			break;
		if (((at - home_of(table, table->slots[at].key)) & mask) >= ((at - hole) & mask)) {
			table->slots[hole] = table->slots[at];
			hole = at;
		}
	}
	table->slots[hole].key = 0;
}
