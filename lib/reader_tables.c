// SPDX-License-Identifier: GPL-2.0
/* What the line files of a recording say of slab caches and processes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "reader_tables.h"

#define MAX_CACHE_ID UINT16_MAX

enum {
	CACHE_ID,
	CACHE_BYTES,
	CACHE_NAME,
	CACHE_ALIASES,
	NR_CACHE_FIELDS
};
enum {
	PROCESS_TGID,
	PROCESS_COMM,
	PROCESS_CGROUP,
	NR_PROCESS_FIELDS
};

/**
 * struct reader_process - a line of the file of processes
 * @line: its number: the first one for a tgid counts, as it was there first
 */
struct reader_process {
	uint32_t tgid;
	size_t line;
	const char *cgroup;
};

/* Without a last line that was cut off while it was written. */
static size_t whole_lines(const char *text, size_t len)
{
	while (len && text[len - 1] != '\n')
		len--;
	return len;
}

static int reserve_cache(struct reader_tables *tables, uint32_t id)
{
	struct memmon_cache *grown;
	uint32_t nr = tables->nr_caches;

	if (id < nr)
		return 0;
	nr = id < 512 ? 1024 : 2 * id;
	grown = reallocarray(tables->caches, nr, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + tables->nr_caches, 0, (nr - tables->nr_caches) * sizeof(*grown));
	tables->caches = grown;
	tables->nr_caches = nr;
	return 0;
}

int reader_tables_add_caches(struct reader_tables *tables, char *text, size_t len)
{
	struct memmon_line line;
	char *next = text;

	free(tables->caches_text);
	tables->caches_text = text;
	len = whole_lines(text, len);
	while (memmon_text_next(&next, text + len, &line)) {
		char *fields[NR_CACHE_FIELDS];
		struct memmon_cache *cache;
		uint64_t bytes;
		uint64_t id;

		if (memmon_fields_split(line.start, fields, NR_CACHE_FIELDS) ||
		    memmon_field_hex(fields[CACHE_ID], &id) || id > MAX_CACHE_ID ||
		    memmon_field_hex(fields[CACHE_BYTES], &bytes) || bytes > UINT32_MAX ||
		    !fields[CACHE_NAME])
			continue;
		if (reserve_cache(tables, (uint32_t)id))
			return -ENOMEM;
		cache = &tables->caches[id];
		cache->id = (uint32_t)id;
		cache->object_bytes = (uint32_t)bytes;
		cache->name = fields[CACHE_NAME];
		cache->aliases = fields[CACHE_ALIASES] ? fields[CACHE_ALIASES] : "";
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct reader_process *left = a;
	const struct reader_process *right = b;

	if (left->tgid != right->tgid)
		return left->tgid < right->tgid ? -1 : 1;
	return left->line < right->line ? -1 : left->line > right->line;
}

int reader_tables_add_processes(struct reader_tables *tables, char *text, size_t len)
{
	struct memmon_line line;
	char *next = text;
	size_t room = 0;

	free(tables->processes_text);
	free(tables->processes);
	tables->processes_text = text;
	tables->processes = NULL;
	tables->nr_processes = 0;
	len = whole_lines(text, len);
	while (memmon_text_next(&next, text + len, &line)) {
		char *fields[NR_PROCESS_FIELDS];
		size_t nr = tables->nr_processes;
		uint64_t tgid;

		if (memmon_fields_split(line.start, fields, NR_PROCESS_FIELDS) ||
		    memmon_field_hex(fields[PROCESS_TGID], &tgid) || tgid > UINT32_MAX)
			continue;
		if (memmon_array_grow((void **)&tables->processes, nr, &room,
				      sizeof(*tables->processes)))
			return -ENOMEM;
		tables->processes[nr].tgid = (uint32_t)tgid;
		tables->processes[nr].line = nr;
		tables->processes[nr].cgroup = fields[PROCESS_CGROUP];
		tables->nr_processes++;
	}
	if (tables->nr_processes)
		qsort(tables->processes, tables->nr_processes, sizeof(*tables->processes), compare);
	return 0;
}

void reader_tables_exit(struct reader_tables *tables)
{
	free(tables->caches_text);
	free(tables->caches);
	free(tables->processes_text);
	free(tables->processes);
	memset(tables, 0, sizeof(*tables));
}

const struct memmon_cache *reader_tables_cache(const struct reader_tables *tables, uint32_t id)
{
	if (id >= tables->nr_caches || !tables->caches[id].name)
		return NULL;
	return &tables->caches[id];
}

const char *reader_tables_cgroup(const struct reader_tables *tables, uint32_t tgid)
{
	size_t low = 0;
	size_t high = tables->nr_processes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tables->processes[middle].tgid < tgid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == tables->nr_processes || tables->processes[low].tgid != tgid)
		return NULL;
	return tables->processes[low].cgroup;
}
