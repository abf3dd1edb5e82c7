/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks, what they may do, and their cgroups. */
#ifndef SHIM_TASKS_H
#define SHIM_TASKS_H

#include "basics.h"

#define TASK_COMM_LEN 16
#define PID_MAX_LIMIT (4 * 1024 * 1024)

struct cgroup_root {
	int unused;
};

struct cgroup {
	u64 id;
	struct cgroup *parent;
	struct cgroup_root *root;
	int level;
	int nr_references;
};

/* The two ids lie side by side, and as one number where it may lie. */
struct task_struct {
	int pid __attribute__((aligned(8)));
	int tgid;
	char comm[TASK_COMM_LEN];
	struct cgroup *cgroup;
	void *stack;
};

/* The tasks that take turns on this thread, and the number of the one that runs. */
extern _Thread_local struct task_struct shim_tasks[2];
extern _Thread_local int shim_task;
#define current (&shim_tasks[shim_task])

#define THREAD_SIZE 16384UL
#define task_stack_page(task) ((task)->stack)
/* The registers of user space, at the end of the stack. */
#define task_pt_regs(task) ((void *)((char *)(task)->stack + THREAD_SIZE - 168))

struct cgroup *cgroup_get_from_fd(int fd);
void cgroup_put(struct cgroup *cgroup);
bool cgroup_is_descendant(struct cgroup *cgroup, struct cgroup *ancestor);
struct cgroup *cgroup_ancestor(struct cgroup *cgroup, int level);
extern struct cgroup_root cgrp_dfl_root;
#define task_dfl_cgroup(task) ((task)->cgroup)
#define cgroup_id(cgroup) ((cgroup) ? (cgroup)->id : 1)

#define CAP_SYS_ADMIN 21
#define CAP_PERFMON 38
extern u64 shim_capabilities; /* see shim.h */
#define capable(capability) (!!(shim_capabilities & 1ULL << (capability)))

#endif /* SHIM_TASKS_H */
