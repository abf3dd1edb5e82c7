// SPDX-License-Identifier: GPL-2.0
/* Names kernel addresses, and finds the addresses of names, in a sorted table. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "symbols_internal.h"

int memmon_symbols_open(const char *kallsyms, const char *modules, struct memmon_symbols **ret)
{
	struct memmon_symbols *symbols = calloc(1, sizeof(*symbols));
	int err = -ENOMEM;

	if (!symbols)
		return err;
	symbols->kallsyms = strdup(kallsyms ? kallsyms : MEMMON_KALLSYMS_PATH);
	symbols->modules = strdup(modules ? modules : MEMMON_MODULES_PATH);
	if (symbols->kallsyms && symbols->modules)
		err = memmon_kallsyms_refresh(symbols);
	if (err < 0) {
		memmon_symbols_close(symbols);
		return err;
	}
	*ret = symbols;
	return 0;
}

void memmon_symbols_close(struct memmon_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->table.entries);
	free(symbols->module_list);
	memmon_intern_exit(&symbols->names);
	free(symbols->kallsyms);
	free(symbols->modules);
	free(symbols);
}

bool memmon_symbols_are_known(const struct memmon_symbols *symbols)
{
	return symbols->table.nr != 0;
}

int memmon_symbols_add(struct memmon_symbols_table *table, const struct memmon_symbols_entry *entry)
{
	int err = memmon_array_grow((void **)&table->entries, table->nr, &table->room,
				    sizeof(*entry));

	if (!err)
		table->entries[table->nr++] = *entry;
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct memmon_symbols_entry *left = a;
	const struct memmon_symbols_entry *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* Of several names for one address the first one in the alphabet counts: always the same one. */
void memmon_symbols_sort(struct memmon_symbols_table *table)
{
	if (table->nr)
		qsort(table->entries, table->nr, sizeof(*table->entries), compare);
}

/* The first entry at the highest address that is not above @address, or NULL. */
static const struct memmon_symbols_entry *search(const struct memmon_symbols_table *table,
						 uint64_t address)
{
	size_t low = 0;
	size_t high = table->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->entries[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	for (low--; low && table->entries[low - 1].address == table->entries[low].address;)
		low--;
	return &table->entries[low];
}

uint64_t memmon_symbols_module_end(const struct memmon_symbols *symbols, const char *module)
{
	for (size_t i = 0; module && i < symbols->nr_modules; i++) {
		const struct memmon_module_entry *entry = &symbols->module_list[i];

		if (!strcmp(entry->name, module) && entry->address)
			return entry->address + entry->bytes;
	}
	return UINT64_MAX;
}

static const struct memmon_symbols_entry *look_up(const struct memmon_symbols *symbols,
						  uint64_t address)
{
	const struct memmon_symbols_entry *entry = search(&symbols->table, address);
	uint64_t end;

	if (!entry || symbols->is_recorded)
		return entry && entry->address == address ? entry : NULL;
	if (address - entry->address >= MEMMON_FUNCTION_LIMIT_BYTES)
		return NULL;
	/* Code of a module may lie outside of what the list says: only then is the end not its. */
	end = memmon_symbols_module_end(symbols, entry->module);
	return address >= end && entry->address < end ? NULL : entry;
}

/*
 * Where modules come and go, a name from the last look at them may be that of another one, or of the
 * module before a new one: so for these the list is looked at, once for each address.
 */
static const struct memmon_symbols_entry *look_up_now(struct memmon_symbols *symbols,
						      uint64_t address)
{
	const struct memmon_symbols_entry *entry = look_up(symbols, address);

	if (!symbols->kallsyms || !symbols->table.nr || (entry && !entry->module))
		return entry;
	if (memmon_kallsyms_refresh(symbols) > 0)
		entry = look_up(symbols, address);
	return entry;
}

bool memmon_symbols_find(struct memmon_symbols *symbols, uint64_t address,
			 struct memmon_symbol *ret)
{
	struct memmon_symbols_near *near =
		&symbols->near[(address ^ address >> 9) % MEMMON_SYMBOLS_NEAR];

	memset(ret, 0, sizeof(*ret));
	if (!address)
		return false;
	if (near->address != address || near->generation != symbols->generation) {
		near->entry = look_up_now(symbols, address);
		near->address = address;
		near->generation = symbols->generation;
	}
	if (!near->entry)
		return false;
	ret->name = near->entry->name;
	ret->module = near->entry->module;
	ret->offset = address - near->entry->address + near->entry->offset;
	return true;
}

int memmon_symbols_print(struct memmon_symbols *symbols, uint64_t address, char *text, size_t size)
{
	struct memmon_symbol symbol;

	if (!memmon_symbols_find(symbols, address, &symbol))
		return snprintf(text, size, "0x%" PRIx64, address);
	return snprintf(text, size, "%s+0x%" PRIx64 "%s%s%s", symbol.name, symbol.offset,
			symbol.module ? " [" : "", symbol.module ? symbol.module : "",
			symbol.module ? "]" : "");
}
