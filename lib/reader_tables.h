/* SPDX-License-Identifier: GPL-2.0 */
/* What the line files of a recording say of slab caches and processes. */
#ifndef MEMMON_READER_TABLES_H
#define MEMMON_READER_TABLES_H

#include "memmon/reader.h"

struct reader_process;

/**
 * struct reader_tables - all zero when nothing is known
 * @caches_text: what the strings of @caches are part of; likewise @processes_text
 * @caches: by id; without a name when there is none
 * @processes: by tgid
 */
struct reader_tables {
	char *caches_text;
	struct memmon_cache *caches;
	uint32_t nr_caches;
	char *processes_text;
	struct reader_process *processes;
	size_t nr_processes;
};

/* Both take a text that is zero-terminated and was allocated, in any case. Return: 0 or -ENOMEM. */
int reader_tables_add_caches(struct reader_tables *tables, char *text, size_t len);
int reader_tables_add_processes(struct reader_tables *tables, char *text, size_t len);
void reader_tables_exit(struct reader_tables *tables);

/* NULL when it is not known. */
const struct memmon_cache *reader_tables_cache(const struct reader_tables *tables, uint32_t id);
const char *reader_tables_cgroup(const struct reader_tables *tables, uint32_t tgid);

#endif
