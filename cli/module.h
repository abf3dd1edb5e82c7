/* SPDX-License-Identifier: GPL-2.0 */
/* How the commands reach what the kernel shows: the module's files and /proc/slabinfo. */
#ifndef MODULE_H
#define MODULE_H

#include <jansson.h>
#include <stdio.h>

#include "memmon.h"
#include "memmon/reader.h"

/**
 * struct module_look - one reading of the module's status
 */
struct module_look {
	struct memmon_status *status;
	struct memmon_books books;
};

/* The paths below /proc and /sys, or what the environment says instead (for tests without root). */
const char *module_status_path(void);
const char *module_log_path(void);
const char *module_slabinfo_path(void);
const char *module_sys_path(void);
const char *module_device_path(void);

/**
 * module_look_take() - read and understand the status
 * @file: the open status file
 * @look: the reading, to be given back with module_look_drop()
 *
 * Return: 0 or a negative errno, after a message.
 */
int module_look_take(struct memmon_file *file, struct module_look *look);
void module_look_drop(struct module_look *look);

/**
 * module_explain_device() - say why the device cannot be opened, and what to do
 * @err: negative errno of memmon_session_open()
 *
 * Return: the exit code to end with.
 */
int module_explain_device(int err);

/**
 * module_loss() - the books of the log as those of any view; without reasons
 */
struct memmon_loss module_loss(const struct memmon_books *books);

/**
 * module_loss_of() - the same since the module was loaded, with the reasons
 */
struct memmon_loss module_loss_of(const struct module_look *look);

/**
 * module_loss_json() - what the log lost as an object, or NULL without memory
 */
json_t *module_loss_json(const struct memmon_books *books);

#endif
