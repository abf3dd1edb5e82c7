/* SPDX-License-Identifier: GPL-2.0 */
/* The names that the snapshots of a live session share: caches, cgroups, call sites of modules that are gone. */
#ifndef MEMMON_SNAPSHOT_NAMES_H
#define MEMMON_SNAPSHOT_NAMES_H

#include "aliases.h"
#include "memmon/session.h"
#include "snapshot_cgroups.h"

/**
 * struct snapshot_names - what was asked for so far
 * @caches: by id; only what is used of the table takes memory
 * @texts: of the caches, and of whoever needs a text that lives as long as the session
 */
struct snapshot_names {
	struct memmon_session *session;
	struct memmon_cache *caches;
	struct memmon_aliases aliases;
	struct snapshot_cgroups cgroups;
	struct memmon_intern texts;
};

/**
 * snapshot_names_create() - of a session
 * @sys: a folder like /sys; stays the caller's, like the next one
 * @mountinfo: a file like /proc/self/mountinfo
 *
 * Return: 0 or -ENOMEM.
 */
int snapshot_names_create(struct memmon_session *session, const char *sys, const char *mountinfo,
			  struct snapshot_names **ret);
void snapshot_names_destroy(struct snapshot_names *names);

/* The cache, as long as the session; NULL if it is not known. */
const struct memmon_cache *snapshot_names_cache(struct snapshot_names *names, uint32_t id);

#endif
