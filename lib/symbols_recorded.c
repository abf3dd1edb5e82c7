// SPDX-License-Identifier: GPL-2.0
/* Reads the call sites that a recording names. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "symbols_internal.h"

#define SYMBOLS_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

enum {
	FIELD_ADDRESS,
	FIELD_NAME,
	FIELD_OFFSET,
	FIELD_MODULE,
	NR_FIELDS
};

static int add_line(char *line, struct memmon_intern *names, struct memmon_symbols_table *table)
{
	struct memmon_symbols_entry entry = { 0 };
	char *fields[NR_FIELDS];
	const char *name;

	if (memmon_fields_split(line, fields, NR_FIELDS) ||
	    memmon_field_hex(fields[FIELD_ADDRESS], &entry.address) || !entry.address)
		return 0;
	name = fields[FIELD_NAME];
	if (!name || memmon_field_hex(fields[FIELD_OFFSET], &entry.offset) ||
	    entry.offset > entry.address)
		return 0;
	entry.name = memmon_intern_add(names, name, strlen(name));
	if (!entry.name)
		return -ENOMEM;
	if (fields[FIELD_MODULE]) {
		entry.module = memmon_intern_add(names, fields[FIELD_MODULE],
						 strlen(fields[FIELD_MODULE]));
		if (!entry.module)
			return -ENOMEM;
	}
	return memmon_symbols_add(table, &entry);
}

int memmon_symbols_parse_recorded(char *text, size_t len, struct memmon_intern *names,
				  struct memmon_symbols_table *table)
{
	struct memmon_line line;
	char *next = text;

	table->nr = 0;
	/* A last line without its newline was cut off while it was written. */
	while (len && text[len - 1] != '\n')
		len--;
	while (memmon_text_next(&next, text + len, &line)) {
		int err = add_line(line.start, names, table);

		if (err)
			return err;
	}
	memmon_symbols_sort(table);
	return 0;
}

int memmon_symbols_open_recorded(const char *path, struct memmon_symbols **ret)
{
	struct memmon_symbols *symbols = calloc(1, sizeof(*symbols));
	char *text;
	size_t len;
	int err;

	if (!symbols)
		return -ENOMEM;
	symbols->is_recorded = true;
	symbols->generation = 1;
	err = memmon_disk_read(AT_FDCWD, path, SYMBOLS_LIMIT_BYTES, &text, &len);
	if (err == -ENOENT) {
		*ret = symbols;
		return 0;
	}
	if (!err) {
		err = memmon_symbols_parse_recorded(text, len, &symbols->names, &symbols->table);
		free(text);
	}
	if (err) {
		memmon_symbols_close(symbols);
		return err;
	}
	*ret = symbols;
	return 0;
}
