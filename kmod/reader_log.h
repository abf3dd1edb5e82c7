/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/mem_monitor, made and removed by main.c. */
#ifndef MEMMON_READER_LOG_H
#define MEMMON_READER_LOG_H

#include <linux/types.h>

struct memmon_rings;

int memmon_reader_log_create(umode_t mode, const struct memmon_rings *rings, unsigned int entries);
void memmon_reader_log_remove(void);

#endif /* MEMMON_READER_LOG_H */
