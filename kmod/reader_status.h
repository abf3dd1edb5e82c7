/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/mem_monitor_status, made and removed by main.c. */
#ifndef MEMMON_READER_STATUS_H
#define MEMMON_READER_STATUS_H

#include <linux/types.h>

struct memmon_session;

int memmon_reader_status_create(umode_t mode, struct memmon_session *log);
void memmon_reader_status_remove(void);

#endif /* MEMMON_READER_STATUS_H */
