// SPDX-License-Identifier: GPL-2.0
/* Keeps each of many names once, at an address that never changes: blocks, and a hash table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "intern.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

struct memmon_intern_block {
	struct memmon_intern_block *next;
	size_t used;
	size_t room;
	char text[];
};

static size_t hash(const char *name, size_t len)
{
	uint64_t value = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		value = (value ^ (unsigned char)name[i]) * 0x100000001b3;
	return (size_t)(value ^ value >> 32);
}

/* The slot that holds the name, or the empty one where it belongs. */
static const char **find_slot(const struct memmon_intern *table, const char *name, size_t len)
{
	size_t slot = hash(name, len) & (table->nr_slots - 1);

	while (table->slots[slot]) {
		const char *other = table->slots[slot];

		if (!strncmp(other, name, len) && !other[len])
			break;
		slot = (slot + 1) & (table->nr_slots - 1);
	}
	return &table->slots[slot];
}

static int grow(struct memmon_intern *table)
{
	struct memmon_intern grown = *table;

	grown.nr_slots = table->nr_slots ? table->nr_slots * 2 : 1024;
	grown.slots = calloc(grown.nr_slots, sizeof(*grown.slots));
	if (!grown.slots)
		return -1;
	for (size_t i = 0; i < table->nr_slots; i++)
		if (table->slots[i])
			*find_slot(&grown, table->slots[i], strlen(table->slots[i])) =
				table->slots[i];
	free(table->slots);
	*table = grown;
	return 0;
}

static char *reserve(struct memmon_intern *table, size_t len)
{
	struct memmon_intern_block *block = table->blocks;
	char *text;

	if (!block || block->room - block->used < len) {
		size_t room = len > BLOCK_BYTES ? len : BLOCK_BYTES;

		block = malloc(sizeof(*block) + room);
		if (!block)
			return NULL;
		block->used = 0;
		block->room = room;
		block->next = table->blocks;
		table->blocks = block;
	}
	text = block->text + block->used;
	block->used += len;
	return text;
}

const char *memmon_intern_add(struct memmon_intern *table, const char *name, size_t len)
{
	const char **slot;
	char *text;

	len = strnlen(name, len);
	if (table->nr * 2 >= table->nr_slots && grow(table))
		return NULL;
	slot = find_slot(table, name, len);
	if (*slot)
		return *slot;
	text = reserve(table, len + 1);
	if (!text)
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	*slot = text;
	table->nr++;
	return text;
}

void memmon_intern_exit(struct memmon_intern *table)
{
	while (table->blocks) {
		struct memmon_intern_block *next = table->blocks->next;

		free(table->blocks);
		table->blocks = next;
	}
	free(table->slots);
	memset(table, 0, sizeof(*table));
}
