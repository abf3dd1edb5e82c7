/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/mem_monitor: every open descriptor is a session. */
#ifndef MEMMON_DEVICE_H
#define MEMMON_DEVICE_H

#include <linux/fs.h>
#include <linux/mutex.h>

#include "session.h"

/**
 * struct memmon_descriptor - an open descriptor
 * @session: its session; what it holds once set up stays until the descriptor is released
 * @options: of the session, as MEMMON_IOC_SETUP gave them back
 * @lock: orders the calls that change @session or its ring pages. Not held while memory of the user is
 *	  touched: mmap() comes with the user's memory map locked.
 * @read_lock: orders the calls of read()
 * @node: in the list of all
 * @number: of the session, as the status names it
 * @tgid: process that opened it
 * @next_cpu: where the next read() begins, so that a busy CPU does not starve others; under @read_lock
 */
struct memmon_descriptor {
	struct memmon_session session;
	struct memmon_options options;
	struct mutex lock;
	struct mutex read_lock;
	struct list_head node;
	unsigned int number;
	pid_t tgid;
	unsigned int next_cpu;
};

/* Whether the session has its memory. It stays, so that no lock is needed. */
static inline bool memmon_descriptor_is_set_up(const struct memmon_descriptor *d)
{
	/* Pairs with memmon_session_set_up(). */
	return smp_load_acquire(&d->session.state) != MEMMON_SESSION_NEW;
}

/* The same, and it has rings. */
static inline bool memmon_descriptor_has_rings(const struct memmon_descriptor *d)
{
	return memmon_descriptor_is_set_up(d) && d->session.nr_rings;
}

int memmon_device_create(void);
void memmon_device_remove(void);
void memmon_device_for_each(void (*visit)(struct memmon_descriptor *d, void *data), void *data);
unsigned int memmon_device_count(void);
long memmon_device_ioctl(struct file *file, unsigned int command, unsigned long argument);
int memmon_device_ledger(struct memmon_descriptor *d, void __user *argument);
int memmon_device_check_totals(struct memmon_options *options);
int memmon_device_totals(struct memmon_descriptor *d, void __user *argument);
int memmon_device_turn(struct memmon_descriptor *d);
int memmon_device_table(struct memmon_descriptor *d, void __user *argument);
int memmon_device_get_struct(void *to, size_t bytes, const void __user *from, u32 *size);
int memmon_device_put_struct(void __user *to, void *from, size_t bytes, u32 size);
ssize_t memmon_device_read(struct file *file, char __user *to, size_t bytes, loff_t *unused);

#endif /* MEMMON_DEVICE_H */
