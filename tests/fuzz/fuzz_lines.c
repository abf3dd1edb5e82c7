// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of line files; and any name that is written must be read the same. */
#include "disk.h"
#include "fuzz.h"
#include "mem_monitor.h"
#include "reader_tables.h"
#include "stack_table.h"

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

static void read_stacks(const uint8_t *data, size_t size)
{
	struct stack_table table;
	char *text = fuzz_text(data, size);

	MUST(!stack_table_init(&table));
	MUST(!stack_table_add_lines(&table, text, size));
	free(text);
	for (uint32_t id = 0; id < 300; id++) {
		const struct stack_entry *stack = stack_table_find(&table, id);

		MUST(!stack || (id && stack->nr_frames && stack->nr_frames <= MEMMON_STACK_FRAMES));
	}
	stack_table_exit(&table);
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
	read_stacks(data, size);
	return 0;
}
