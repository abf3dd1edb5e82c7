/* SPDX-License-Identifier: GPL-2.0 */
/* A set of numbers that is asked millions of times a second, and rarely grows. */
#ifndef MEMMON_NUMBER_SET_H
#define MEMMON_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct memmon_number_set - open addressing
 * @slots: 2^(64 - @shift) numbers, 0 where there is none; at most half of them are in use
 */
struct memmon_number_set {
	uint64_t *slots;
	size_t nr;
	unsigned int shift;
};

/* Return: 0 or -ENOMEM. */
int memmon_number_set_init(struct memmon_number_set *set);
void memmon_number_set_exit(struct memmon_number_set *set);

/* A number that is not in the set. Return: 0 or -ENOMEM. */
int memmon_number_set_add(struct memmon_number_set *set, uint64_t number);

/* 0 is in every set. */
static inline bool memmon_number_set_has(const struct memmon_number_set *set, uint64_t number)
{
	size_t mask = ((size_t)1 << (64 - set->shift)) - 1;
	size_t slot = (size_t)(number * 0x9e3779b97f4a7c15 >> set->shift);

	while (set->slots[slot] != number) {
		if (!set->slots[slot])
			return false;
		slot = (slot + 1) & mask;
	}
	return true;
}

#endif
