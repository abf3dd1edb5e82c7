/* SPDX-License-Identifier: GPL-2.0 */
/* What lies behind struct memmon_symbols: a sorted table, filled from kallsyms or a recording. */
#ifndef MEMMON_SYMBOLS_INTERNAL_H
#define MEMMON_SYMBOLS_INTERNAL_H

#include "intern.h"
#include "memmon/symbols.h"
#include "module_list.h"

/**
 * struct memmon_symbols_entry - a named address
 * @offset: of @address in the function; 0 in a table of the running kernel
 * @module: NULL for the kernel itself
 */
struct memmon_symbols_entry {
	uint64_t address;
	uint64_t offset;
	const char *name;
	const char *module;
};

struct memmon_symbols_table {
	struct memmon_symbols_entry *entries;
	size_t nr;
	size_t room;
};

/**
 * struct memmon_symbols_near - what memmon_symbols_find() found last at an address like this
 * @generation: of the table that @entry is in; another one makes this void
 */
struct memmon_symbols_near {
	uint64_t address;
	const struct memmon_symbols_entry *entry;
	uint64_t generation;
};

#define MEMMON_SYMBOLS_NEAR 512

/**
 * struct memmon_symbols - named addresses
 * @is_recorded: only exactly these addresses have names
 * @kallsyms: to read again, NULL for recorded ones
 * @modules: to see whether that is of use
 * @modules_hash: of the list of modules when @table was read
 * @module_list: that list, @nr_modules of them
 */
struct memmon_symbols {
	struct memmon_symbols_table table;
	struct memmon_intern names;
	bool is_recorded;
	char *kallsyms;
	char *modules;
	uint64_t modules_hash;
	struct memmon_module_entry *module_list;
	size_t nr_modules;
	uint64_t generation;
	struct memmon_symbols_near near[MEMMON_SYMBOLS_NEAR];
};

/* Bytes that a function is believed to have at most: what is farther from its start lies in a hole. */
#define MEMMON_FUNCTION_LIMIT_BYTES (1024 * 1024)

/**
 * memmon_kallsyms_parse() - the functions among the lines of a kallsyms file
 * @text: zero-terminated, cut into pieces by this call
 * @table: gets the entries, sorted; what it had before is gone
 *
 * Return: 0; -EBADMSG when not one line makes sense; -ENOMEM.
 */
int memmon_kallsyms_parse(char *text, size_t len, struct memmon_intern *names,
			  struct memmon_symbols_table *table);

/* The same for the symbols file of a recording; an empty one is fine, and a torn line is left out. */
int memmon_symbols_parse_recorded(char *text, size_t len, struct memmon_intern *names,
				  struct memmon_symbols_table *table);

/* Reads the tables again if modules have come or gone. Return: 1 if it did, 0 if not, negative errno. */
int memmon_kallsyms_refresh(struct memmon_symbols *symbols);

/* The address behind a module, as far as that is known; UINT64_MAX for the kernel itself. */
uint64_t memmon_symbols_module_end(const struct memmon_symbols *symbols, const char *module);

int memmon_symbols_add(struct memmon_symbols_table *table,
		       const struct memmon_symbols_entry *entry);
void memmon_symbols_sort(struct memmon_symbols_table *table);

#endif
