// SPDX-License-Identifier: GPL-2.0
/* Memory of the map from keys to numbers. */
#include <errno.h>
#include <stdlib.h>

#include "report_map.h"

#define FIRST_BITS 8

int report_map_init(struct report_map *map)
{
	map->nr = 0;
	map->shift = 64 - FIRST_BITS;
	map->slots = calloc((size_t)1 << FIRST_BITS, sizeof(*map->slots));
	return map->slots ? 0 : -ENOMEM;
}

void report_map_exit(struct report_map *map)
{
	free(map->slots);
}

static void put(struct report_map *map, uint64_t key, uint32_t number)
{
	size_t mask = ((size_t)1 << (64 - map->shift)) - 1;
	size_t at = report_hash(key) >> map->shift;

	while (map->slots[at].number)
		at = (at + 1) & mask;
	map->slots[at] = (struct report_map_slot){ .key = key, .number = number + 1 };
}

int report_map_add(struct report_map *map, uint64_t key, uint32_t number)
{
	struct report_map old = *map;
	size_t nr_slots = (size_t)1 << (64 - map->shift);

	if (map->nr >= nr_slots / 2) {
		map->slots = calloc(nr_slots * 2, sizeof(*map->slots));
		if (!map->slots) {
			*map = old;
			return -ENOMEM;
		}
		map->shift--;
		for (size_t i = 0; i < nr_slots; i++)
			if (old.slots[i].number)
				put(map, old.slots[i].key, old.slots[i].number - 1);
		free(old.slots);
	}
	put(map, key, number);
	map->nr++;
	return 0;
}
