/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of /dev/mem_monitor share: a module without a log, and programs that open the device. */
#ifndef DEVICES_H
#define DEVICES_H

#include "sessions.h"

#include "device.h"

/* Loads with 8 MiB for all rings. */
void devices_init(void);
/* Unloads. Nothing is open any more. */
void devices_exit(void);

/* What a program does. Each asserts that no lock and no muting is left behind. */
int devices_open(struct file *file);
void devices_close(struct file *file);
long devices_ioctl(struct file *file, unsigned int command, void *argument);
ssize_t devices_read(struct file *file, void *to, size_t bytes);
__poll_t devices_poll(struct file *file, poll_table *table);

/* Wishes for a session that keeps, of 64 records a CPU, woken at 16, with what this process does. */
struct memmon_options devices_options(void);
/* Opens a descriptor, sets it up and enables it. */
void devices_start(struct file *file, const struct memmon_options *options);
struct memmon_stats devices_stats(struct file *file);

/* A kmalloc on this thread's CPU, by way of the tracepoint. */
void devices_record(u32 bytes);
void devices_record_many(unsigned int nr);

#endif /* DEVICES_H */
