/* SPDX-License-Identifier: GPL-2.0 */
/* The names that the snapshots of a live session share: caches, cgroups, call sites of modules that are gone. */
#ifndef MEMMON_SNAPSHOT_NAMES_H
#define MEMMON_SNAPSHOT_NAMES_H

#include "aliases.h"
#include "memmon/session.h"
#include "module_list.h"
#include "snapshot_cgroups.h"

/**
 * struct snapshot_names - what was asked for so far
 * @caches: by id; only what is used of the table takes memory
 * @modules_path: a file like /proc/modules
 * @modules: as they were when the last snapshot asked, @nr_modules of them
 * @texts: of the caches, and of whoever needs a text that lives as long as the session
 */
struct snapshot_names {
	struct memmon_session *session;
	struct memmon_cache *caches;
	struct memmon_aliases aliases;
	struct snapshot_cgroups cgroups;
	const char *modules_path;
	struct memmon_module_entry *modules;
	size_t nr_modules;
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

/* Looks which modules are loaded now. Return: 0 or -ENOMEM. */
int snapshot_names_read_modules(struct snapshot_names *names);
bool snapshot_names_has_module(const struct snapshot_names *names, const char *name);

#endif
