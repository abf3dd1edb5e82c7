/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps each of many names once, at an address that never changes. */
#ifndef MEMMON_INTERN_H
#define MEMMON_INTERN_H

#include <stddef.h>

struct memmon_intern_block;

/* All zero when it is empty. */
struct memmon_intern {
	struct memmon_intern_block *blocks;
	const char **slots;
	size_t nr_slots;
	size_t nr;
};

/* Return: the name, as long as the table lives; NULL without memory. */
const char *memmon_intern_add(struct memmon_intern *table, const char *name, size_t len);
void memmon_intern_exit(struct memmon_intern *table);

#endif
