// SPDX-License-Identifier: GPL-2.0
/* A set of numbers that is asked millions of times a second, and rarely grows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number_set.h"

#define FIRST_SHIFT (64 - 12)

int memmon_number_set_init(struct memmon_number_set *set)
{
	set->nr = 0;
	set->shift = FIRST_SHIFT;
	set->slots = calloc((size_t)1 << (64 - FIRST_SHIFT), sizeof(*set->slots));
	return set->slots ? 0 : -ENOMEM;
}

void memmon_number_set_exit(struct memmon_number_set *set)
{
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

static void insert(struct memmon_number_set *set, uint64_t number)
{
	size_t mask = ((size_t)1 << (64 - set->shift)) - 1;
	size_t slot = (size_t)(number * 0x9e3779b97f4a7c15 >> set->shift);

	while (set->slots[slot])
		slot = (slot + 1) & mask;
	set->slots[slot] = number;
	set->nr++;
}

static int grow(struct memmon_number_set *set)
{
	size_t nr_slots = (size_t)1 << (64 - set->shift);
	struct memmon_number_set grown = { .shift = set->shift - 1 };

	grown.slots = calloc(2 * nr_slots, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (size_t i = 0; i < nr_slots; i++)
		if (set->slots[i])
			insert(&grown, set->slots[i]);
	free(set->slots);
	*set = grown;
	return 0;
}

int memmon_number_set_add(struct memmon_number_set *set, uint64_t number)
{
	if (2 * set->nr >= (size_t)1 << (64 - set->shift) && grow(set))
		return -ENOMEM;
	insert(set, number);
	return 0;
}
