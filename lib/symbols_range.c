// SPDX-License-Identifier: GPL-2.0
/* Finds where functions and modules lie, from their names. */
#include <errno.h>
#include <string.h>

#include "symbols_internal.h"

/* The compiler's parts of a function are named after it, with a dot. */
static bool is_named(const char *symbol, const char *name, size_t len)
{
	return !strncmp(symbol, name, len) && (symbol[len] == '\0' || symbol[len] == '.');
}

/* The last address that can belong to the function of entry @i. */
static uint64_t last_address(const struct memmon_symbols *symbols, size_t i)
{
	const struct memmon_symbols_table *table = &symbols->table;
	uint64_t address = table->entries[i].address;
	uint64_t limit = address + MEMMON_FUNCTION_LIMIT_BYTES - 1;
	uint64_t end = memmon_symbols_module_end(symbols, table->entries[i].module);

	if (symbols->is_recorded)
		return address;
	if (limit < address)
		limit = UINT64_MAX;
	if (end > address && end - 1 < limit)
		limit = end - 1;
	while (++i < table->nr)
		if (table->entries[i].address != address)
			return table->entries[i].address - 1 < limit ?
				       table->entries[i].address - 1 :
				       limit;
	return limit;
}

static uint64_t start(const struct memmon_symbols_entry *entry)
{
	return entry->address - entry->offset;
}

size_t memmon_symbols_function_range(struct memmon_symbols *symbols, const char *name,
				     struct memmon_site_range *ret, size_t max)
{
	const struct memmon_symbols_entry *last = NULL;
	struct memmon_site_range range = { 0 };
	size_t len = strlen(name);
	size_t nr = 0;

	for (size_t i = 0; i < symbols->table.nr; i++) {
		const struct memmon_symbols_entry *entry = &symbols->table.entries[i];

		if (!is_named(entry->name, name, len))
			continue;
		/* Recorded: several addresses of one function. Kernel: several names of one place. */
		if (!last || start(entry) != start(last)) {
			nr++;
			range.first = start(entry);
		}
		range.last = last_address(symbols, i);
		if (nr <= max)
			ret[nr - 1] = range;
		last = entry;
	}
	return nr;
}

int memmon_symbols_module_range(struct memmon_symbols *symbols, const char *name,
				struct memmon_site_range *ret)
{
	bool is_known = false;

	for (size_t i = 0; i < symbols->table.nr; i++) {
		const struct memmon_symbols_entry *entry = &symbols->table.entries[i];

		if (!entry->module || strcmp(entry->module, name))
			continue;
		if (!is_known || start(entry) < ret->first)
			ret->first = start(entry);
		ret->last = last_address(symbols, i);
		is_known = true;
	}
	return is_known ? 0 : -ENOENT;
}
