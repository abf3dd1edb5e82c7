/* SPDX-License-Identifier: GPL-2.0 */
/* Slab caches that the kernel has merged, as /sys/kernel/slab shows them. */
#ifndef MEMMON_ALIASES_H
#define MEMMON_ALIASES_H

#include <stddef.h>

struct memmon_aliases_entry;

/**
 * struct memmon_aliases - names and what they point to; all zero but for @sys when it is empty
 * @sys: a folder like /sys, which stays the caller's
 */
struct memmon_aliases {
	const char *sys;
	struct memmon_aliases_entry *entries;
	size_t nr;
	size_t room;
};

void memmon_aliases_exit(struct memmon_aliases *aliases);

/**
 * memmon_aliases_find() - the other names of a cache
 * @name: of the cache
 * @ret: the names, separated by commas and cut where they do not fit; "" when there are none
 *
 * Looks at sysfs the first time, and again when a name is new.
 */
void memmon_aliases_find(struct memmon_aliases *aliases, const char *name, char *ret, size_t size);

#endif
