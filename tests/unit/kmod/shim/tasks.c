// SPDX-License-Identifier: GPL-2.0
/* Tasks, what they may do, and their cgroups. */
#include "shim.h"

_Thread_local struct task_struct shim_tasks[2] = {
	{ .pid = 316, .tgid = 300, .comm = "a.out" },
	{ .pid = 317, .tgid = 317, .comm = "reader" },
};
_Thread_local int shim_task;

u64 shim_capabilities = ~0ULL;
struct cgroup shim_cgroups[SHIM_NR_CGROUPS];

/* Descriptor number SHIM_CGROUP_FD + i is cgroup number i; there are others, which are none. */
struct cgroup *cgroup_get_from_fd(int fd)
{
	if (fd < 0)
		return ERR_PTR(-EBADF);
	if (fd < SHIM_CGROUP_FD || fd >= SHIM_CGROUP_FD + SHIM_NR_CGROUPS)
		return ERR_PTR(-ENOTDIR);
	shim_cgroups[fd - SHIM_CGROUP_FD].nr_references++;
	return &shim_cgroups[fd - SHIM_CGROUP_FD];
}

void cgroup_put(struct cgroup *cgroup)
{
	assert(cgroup->nr_references > 0);
	cgroup->nr_references--;
}

struct cgroup_root cgrp_dfl_root;

/* NULL if it lies less deep itself, as in the kernel. */
struct cgroup *cgroup_ancestor(struct cgroup *cgroup, int level)
{
	while (cgroup && cgroup->level > level)
		cgroup = cgroup->parent;
	return cgroup && cgroup->level == level ? cgroup : NULL;
}

bool cgroup_is_descendant(struct cgroup *cgroup, struct cgroup *ancestor)
{
	while (cgroup && cgroup != ancestor)
		cgroup = cgroup->parent;
	return cgroup;
}
