/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of abuse share. */
#ifndef REGION_H
#define REGION_H

#include <stddef.h>
#include <sys/types.h>

#include "session.h"

int device_open(void);
int device_open_set_up(struct memmon_options *options);
int device_open_enabled(struct memmon_options *options);
void *region_map(int fd, const struct memmon_options *options, unsigned int cpu);
uint32_t device_state(int fd);
uint64_t device_recorded(int fd);
/* Makes events of this process; some of them are kmallocs. */
void make_events(unsigned int nr);
/* Runs it in a process of its own. Return: its exit status, or 128 + the signal that killed it. */
int in_child(int (*run)(void *arg), void *arg);
/* A page behind which no memory is. */
void *page_before_hole(void);

#endif
