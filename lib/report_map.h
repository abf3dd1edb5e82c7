/* SPDX-License-Identifier: GPL-2.0 */
/* Turns 64-bit keys into small numbers that count from 0, for the rows and names of a report. */
#ifndef MEMMON_REPORT_MAP_H
#define MEMMON_REPORT_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "report_memory.h"

#define REPORT_MAP_NONE UINT32_MAX

/**
 * struct report_map_slot - a key and its number
 * @number: plus 1; 0 marks a free slot
 */
struct report_map_slot {
	uint64_t key;
	uint32_t number;
};

/**
 * struct report_map - an open-addressing table with linear probing
 * @slots: 1 << (64 - @shift) of them
 */
struct report_map {
	struct report_map_slot *slots;
	size_t nr;
	unsigned int shift;
};

/* Return: 0 or -ENOMEM. */
int report_map_init(struct report_map *map);
void report_map_exit(struct report_map *map);

/* Adds a key that is not in the map. Return: 0 or -ENOMEM. */
int report_map_add(struct report_map *map, uint64_t key, uint32_t number);

/* Return: the number of @key, or REPORT_MAP_NONE. */
static inline uint32_t report_map_find(const struct report_map *map, uint64_t key)
{
	size_t mask = ((size_t)1 << (64 - map->shift)) - 1;
	size_t at = report_hash(key) >> map->shift;

	while (map->slots[at].number && map->slots[at].key != key)
		at = (at + 1) & mask;
	return map->slots[at].number - 1;
}

#endif
