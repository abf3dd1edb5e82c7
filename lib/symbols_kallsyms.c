// SPDX-License-Identifier: GPL-2.0
/* Reads the functions of the running kernel from /proc/kallsyms, and again when modules come or go. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "symbols_internal.h"

#define KALLSYMS_LIMIT_BYTES ((size_t)256 * 1024 * 1024)
#define MODULES_LIMIT_BYTES ((size_t)16 * 1024 * 1024)

static bool is_text(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

/* "address type name", and "\t[module]". The text types are wanted, not the marks of ARM ("$x"). */
static int parse_line(char *line, struct memmon_intern *names, struct memmon_symbols_entry *entry,
		      bool *is_wanted)
{
	char *type = strchr(line, ' ');
	char *module;
	char *name;

	if (!type || type[1] == '\0' || type[2] != ' ' || type[3] == '\0')
		return -EBADMSG;
	*type++ = '\0';
	if (memmon_field_hex(line, &entry->address))
		return -EBADMSG;
	*is_wanted = is_text(*type) && type[2] != '$' && entry->address;
	if (!*is_wanted)
		return 0;
	name = type + 2;
	module = strchr(name, '\t');
	entry->module = NULL;
	if (module) {
		size_t len;

		*module++ = '\0';
		len = strlen(module);
		if (len < 3 || module[0] != '[' || module[len - 1] != ']')
			return -EBADMSG;
		entry->module = memmon_intern_add(names, module + 1, len - 2);
		if (!entry->module)
			return -ENOMEM;
	}
	entry->offset = 0;
	entry->name = memmon_intern_add(names, name, strlen(name));
	return entry->name ? 0 : -ENOMEM;
}

int memmon_kallsyms_parse(char *text, size_t len, struct memmon_intern *names,
			  struct memmon_symbols_table *table)
{
	struct memmon_line line;
	bool has_sense = false;
	char *next = text;

	table->nr = 0;
	while (memmon_text_next(&next, text + len, &line)) {
		struct memmon_symbols_entry entry;
		bool is_wanted;
		int err = parse_line(line.start, names, &entry, &is_wanted);

		if (err == -EBADMSG)
			continue;
		if (err)
			return err;
		has_sense = true;
		if (is_wanted && memmon_symbols_add(table, &entry))
			return -ENOMEM;
	}
	if (!has_sense)
		return -EBADMSG;
	memmon_symbols_sort(table);
	return 0;
}

static uint64_t hash_text(const char *text, size_t len)
{
	uint64_t value = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		value = (value ^ (unsigned char)text[i]) * 0x100000001b3;
	return value;
}

/* Which modules there are and where, not how often they are used: that changes all the time. */
static uint64_t hash_modules(const struct memmon_module_entry *modules, size_t nr)
{
	uint64_t value = nr;

	for (size_t i = 0; i < nr; i++)
		value = (value * 31 + hash_text(modules[i].name, strlen(modules[i].name))) * 31 +
			modules[i].address;
	return value;
}

/* A kernel without modules has no list of them. Return: 0 or -ENOMEM. */
static int read_modules(const char *path, struct memmon_module_entry **modules, size_t *nr)
{
	char *text;
	size_t len;
	int err;

	*modules = NULL;
	*nr = 0;
	if (memmon_disk_read(AT_FDCWD, path, MODULES_LIMIT_BYTES, &text, &len))
		return 0;
	err = memmon_modules_parse(text, len, modules, nr);
	free(text);
	return err;
}

static int read_table(struct memmon_symbols *symbols, struct memmon_symbols_table *table)
{
	char *text;
	size_t len;
	int err;

	err = memmon_disk_read(AT_FDCWD, symbols->kallsyms, KALLSYMS_LIMIT_BYTES, &text, &len);
	if (err)
		return err;
	err = memmon_kallsyms_parse(text, len, &symbols->names, table);
	free(text);
	if (err)
		free(table->entries);
	return err;
}

int memmon_kallsyms_refresh(struct memmon_symbols *symbols)
{
	struct memmon_symbols_table table = { 0 };
	struct memmon_module_entry *modules;
	uint64_t hash;
	size_t nr;
	int err;

	err = read_modules(symbols->modules, &modules, &nr);
	if (err)
		return err;
	hash = hash_modules(modules, nr);
	if (symbols->generation && hash == symbols->modules_hash) {
		free(modules);
		return 0;
	}
	err = read_table(symbols, &table);
	if (err) {
		free(modules);
		return err;
	}
	free(symbols->table.entries);
	free(symbols->module_list);
	symbols->table = table;
	symbols->module_list = modules;
	symbols->nr_modules = nr;
	symbols->modules_hash = hash;
	symbols->generation++;
	return 1;
}
