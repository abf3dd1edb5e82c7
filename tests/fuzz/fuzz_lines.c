// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of line files; and any name that is written must be read the same. */
#include "disk.h"
#include "fuzz.h"
#include "reader_tables.h"

static void write_and_read(const char *name)
{
	struct memmon_buffer line = { 0 };
	char *fields[2];

	memmon_buffer_add_field(&line, name);
	memmon_buffer_add(&line, "\t", 1);
	memmon_buffer_add_field(&line, NULL);
	MUST(!line.err && !strchr(line.text, '\n'));
	MUST(!memmon_fields_split(line.text, fields, 2));
	MUST(fields[0] && !strcmp(fields[0], name) && !fields[1]);
	memmon_buffer_exit(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader_tables tables = { 0 };
	char *name = fuzz_text(data, size);

	write_and_read(name);
	free(name);
	MUST(!reader_tables_add_caches(&tables, fuzz_text(data, size), size));
	MUST(!reader_tables_add_processes(&tables, fuzz_text(data, size), size));
	for (uint32_t id = 0; id < 300; id++) {
		const struct memmon_cache *cache = reader_tables_cache(&tables, id);
		const char *cgroup = reader_tables_cgroup(&tables, id);

		MUST(!cache || (cache->id == id && strlen(cache->name) <= size));
		MUST(!cgroup || strlen(cgroup) <= size);
	}
	reader_tables_exit(&tables);
	return 0;
}
