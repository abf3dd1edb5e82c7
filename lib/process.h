/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says of a process. */
#ifndef MEMMON_PROCESS_H
#define MEMMON_PROCESS_H

#include <stddef.h>
#include <stdint.h>

/**
 * memmon_process_cgroup() - path of the cgroup that a process is in
 * @proc: a folder like /proc
 * @ret: the path in the unified hierarchy, or in that of the memory controller where there is none
 *
 * Return: 0; -ENOENT when there is no such process, or no such hierarchy; another negative errno.
 */
int memmon_process_cgroup(const char *proc, uint32_t tgid, char *ret, size_t size);

/* The name of its first thread. Return: 0 or a negative errno. */
int memmon_process_comm(const char *proc, uint32_t tgid, char *ret, size_t size);

#endif
