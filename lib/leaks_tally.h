/* SPDX-License-Identifier: GPL-2.0 */
/* Counts objects and bytes by a row and something else: call sites, stacks, groups of pages. */
#ifndef MEMMON_LEAKS_TALLY_H
#define MEMMON_LEAKS_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct leaks_entry {
	uint64_t key;
	uint64_t objects;
	uint64_t bytes;
	uint32_t row;
};

/**
 * struct leaks_tally - all zero when it is empty
 * @slots: 1 more than the place of an entry, or 0; @nr_slots of them, a power of two
 */
struct leaks_tally {
	struct leaks_entry *entries;
	size_t nr;
	size_t room;
	uint32_t *slots;
	size_t nr_slots;
};

/* Return: 0 or -ENOMEM. */
int leaks_tally_add(struct leaks_tally *tally, uint32_t row, uint64_t key, uint64_t bytes);

/* Brings the entries into the order of rows, most bytes first; nothing may be added after it. */
void leaks_tally_sort(struct leaks_tally *tally);
void leaks_tally_exit(struct leaks_tally *tally);

#endif
