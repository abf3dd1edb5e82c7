/* SPDX-License-Identifier: GPL-2.0 */
/* Paths of cgroups by their ids, which are the inode numbers of their folders. */
#ifndef MEMMON_SNAPSHOT_CGROUPS_H
#define MEMMON_SNAPSHOT_CGROUPS_H

#include <stdbool.h>

#include "intern.h"
#include "report_map.h"

/**
 * struct snapshot_cgroups - those that were found so far; one that is gone keeps its path
 * @mountinfo: a file like /proc/self/mountinfo, which stays the caller's
 * @of_id: number of each id that was asked for or found
 * @paths: by number; NULL for an id that has none
 * @can_walk: what is unknown may be found: not yet looked for in this round
 */
struct snapshot_cgroups {
	const char *mountinfo;
	struct memmon_intern texts;
	struct report_map of_id;
	const char **paths;
	size_t nr;
	size_t room;
	bool can_walk;
};

/* Return: 0 or -ENOMEM; snapshot_cgroups_exit() is right after either. */
int snapshot_cgroups_init(struct snapshot_cgroups *cgroups, const char *mountinfo);
void snapshot_cgroups_exit(struct snapshot_cgroups *cgroups);

/* From here on, an id that is not known is looked for again, once for all of them. */
static inline void snapshot_cgroups_refresh(struct snapshot_cgroups *cgroups)
{
	cgroups->can_walk = true;
}

/**
 * snapshot_cgroups_find() - the path of a cgroup below its mount, like "/system.slice/ssh.service"
 * @ret: the path, as long as @cgroups; NULL when it is not known
 *
 * Return: 0 or -ENOMEM.
 */
int snapshot_cgroups_find(struct snapshot_cgroups *cgroups, uint64_t id, const char **ret);

#endif
