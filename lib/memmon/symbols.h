/* SPDX-License-Identifier: GPL-2.0 */
/* Names of kernel addresses. Part of libmemmon; see memmon.h for its rules. */
#ifndef MEMMON_SYMBOLS_H
#define MEMMON_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMMON_KALLSYMS_PATH "/proc/kallsyms"
#define MEMMON_MODULES_PATH "/proc/modules"

struct memmon_symbols;

/**
 * struct memmon_symbol - what lies at an address
 * @name: of the function, or NULL when it is not known
 * @module: that the function belongs to, or NULL for the kernel itself
 * @offset: of the address in the function, bytes
 *
 * The strings live as long as the struct memmon_symbols.
 */
struct memmon_symbol {
	const char *name;
	const char *module;
	uint64_t offset;
};

/**
 * memmon_symbols_open() - the functions of the running kernel
 * @kallsyms: the table to read, or NULL for MEMMON_KALLSYMS_PATH
 * @modules: the list of modules, or NULL for MEMMON_MODULES_PATH
 * @ret: the symbols, when the call succeeds
 *
 * The table is read again when an address has no name and the list of modules has changed.
 *
 * Return: 0, also when the kernel hides its addresses, see memmon_symbols_are_known(); -EBADMSG when no
 * line makes sense; another negative errno.
 */
int memmon_symbols_open(const char *kallsyms, const char *modules, struct memmon_symbols **ret);

/**
 * memmon_symbols_open_recorded() - those that a recording names
 * @path: the file `symbols` of a recording; one that is not there names nothing
 * @ret: the symbols, when the call succeeds
 *
 * Return: 0 or a negative errno.
 */
int memmon_symbols_open_recorded(const char *path, struct memmon_symbols **ret);
void memmon_symbols_close(struct memmon_symbols *symbols);

/**
 * memmon_symbols_are_known() - is there any name?
 *
 * Return: false when the kernel shows its addresses as 0 (kptr_restrict, or no right to see them).
 */
bool memmon_symbols_are_known(const struct memmon_symbols *symbols);

/**
 * memmon_symbols_find() - name an address
 *
 * Return: whether it has a name; @ret is set in any case.
 */
bool memmon_symbols_find(struct memmon_symbols *symbols, uint64_t address,
			 struct memmon_symbol *ret);

/**
 * memmon_symbols_print() - "function+0x1c [module]", or the address in hex when it has no name
 *
 * Return: the length, as snprintf().
 */
int memmon_symbols_print(struct memmon_symbols *symbols, uint64_t address, char *text, size_t size);

/**
 * memmon_symbols_function_range() - where a function lies
 * @symbols: the symbols
 * @name: of the function, which several may have; "name" also finds its parts "name.constprop.0",
 *	  "name.cold" and the like, which the compiler has made of it
 * @ret: where the ranges go
 * @max: how many there is room for
 *
 * In symbols of a recording, a function reaches to the last address that the recording names.
 *
 * Return: how many there are, which may be more than @max; 0 when there is no such function.
 */
size_t memmon_symbols_function_range(struct memmon_symbols *symbols, const char *name,
				     struct memmon_site_range *ret, size_t max);

/**
 * memmon_symbols_module_range() - from the first to the last address of a module's functions
 * @symbols: the symbols
 * @name: of the module
 * @ret: the range, when the call succeeds
 *
 * Return: 0, or -ENOENT when no function of such a module is known.
 */
int memmon_symbols_module_range(struct memmon_symbols *symbols, const char *name,
				struct memmon_site_range *ret);

#ifdef __cplusplus
}
#endif

#endif
