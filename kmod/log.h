/* SPDX-License-Identifier: GPL-2.0 */
/* The newest requests of all CPUs in the order of time, copied out of the rings. */
#ifndef MEMMON_LOG_H
#define MEMMON_LOG_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/**
 * struct memmon_log - a snapshot of the newest requests
 * @nr: how many there are
 * @capacity: how many there could be
 * @records: @capacity of them; the first one used, and so the oldest, is number @capacity - @nr
 */
struct memmon_log {
	unsigned int nr;
	unsigned int capacity;
	struct memmon_record records[];
};

struct memmon_rings;

struct memmon_log *memmon_log_create(const struct memmon_rings *rings, unsigned int capacity);
void memmon_log_destroy(struct memmon_log *log);

#endif /* MEMMON_LOG_H */
