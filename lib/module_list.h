/* SPDX-License-Identifier: GPL-2.0 */
/* The modules of the running kernel, as /proc/modules lists them, and build-ids from sysfs. */
#ifndef MEMMON_MODULE_LIST_H
#define MEMMON_MODULE_LIST_H

#include <stddef.h>
#include <stdint.h>

/* The kernel allows 55 bytes, and the zero, on 64-bit machines. */
#define MEMMON_MODULE_NAME_BYTES 64
/* 20 for SHA-1; linkers can be told to make up to 64. */
#define MEMMON_BUILD_ID_BYTES 64

/**
 * struct memmon_module_entry - a line of /proc/modules
 * @address: 0 when the kernel hides it
 */
struct memmon_module_entry {
	char name[MEMMON_MODULE_NAME_BYTES];
	uint64_t address;
	uint64_t bytes;
};

/**
 * memmon_modules_parse() - read the text of /proc/modules
 * @text: zero-terminated, cut into pieces by this call
 * @ret: the modules, to be freed by the caller; NULL when there are none
 * @nr: how many; lines that make no sense are left out
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_modules_parse(char *text, size_t len, struct memmon_module_entry **ret, size_t *nr);

/**
 * memmon_build_id_parse() - find the GNU build-id in ELF notes
 * @ret: gets it in hex
 *
 * Return: 0, or -ENOENT when there is none.
 */
int memmon_build_id_parse(const void *notes, size_t len, char ret[2 * MEMMON_BUILD_ID_BYTES + 1]);

/* @sys: a folder like /sys; @module: NULL for the kernel itself. Return: 0 or a negative errno. */
int memmon_build_id_read(const char *sys, const char *module,
			 char ret[2 * MEMMON_BUILD_ID_BYTES + 1]);

#endif
