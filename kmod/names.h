/* SPDX-License-Identifier: GPL-2.0 */
/* Names of numbers that differ from kernel to kernel. */
#ifndef MEMMON_NAMES_H
#define MEMMON_NAMES_H

#include <uapi/mem_monitor.h>

int memmon_names_find(struct memmon_name *name);

#endif /* MEMMON_NAMES_H */
