// SPDX-License-Identifier: GPL-2.0
/* Takes out of an event what each key is about. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon/filter.h"
#include "memmon/symbols.h"
#include "report_parts.h"

/* The largest kmalloc that has a cache, on all kernels since 5.17 or with 4-KiB pages. */
#define LARGEST_CLASS 8192

int report_parts_init(struct report_parts *parts, struct memmon_reader *reader)
{
	memset(parts, 0, sizeof(*parts));
	parts->reader = reader;
	parts->last_process = REPORT_MAP_NONE;
	if (report_map_init(&parts->process_map) || report_map_init(&parts->text_map) ||
	    report_map_init(&parts->of_tgid) || report_map_init(&parts->of_site))
		return -ENOMEM;
	return 0;
}

void report_parts_exit(struct report_parts *parts)
{
	report_map_exit(&parts->process_map);
	report_map_exit(&parts->text_map);
	report_map_exit(&parts->of_tgid);
	report_map_exit(&parts->of_site);
	free(parts->processes);
	for (size_t i = 0; i < parts->nr_texts; i++)
		free(parts->texts[i]);
	free(parts->texts);
}

/* The number of a text; the first to come with it gives it one. */
static int intern_text(struct report_parts *parts, const char *text, uint32_t *ret)
{
	uint64_t hash = 0;

	for (const char *at = text; *at; at++)
		hash = report_hash_two(hash, (unsigned char)*at);
	/* Two texts of one hash sit at neighbouring keys. */
	for (;; hash++) {
		*ret = report_map_find(&parts->text_map, hash);
		if (*ret == REPORT_MAP_NONE)
			break;
		if (!strcmp(parts->texts[*ret], text))
			return 0;
	}
	if (memmon_array_grow((void **)&parts->texts, parts->nr_texts, &parts->room_texts,
			      sizeof(*parts->texts)))
		return -ENOMEM;
	*ret = (uint32_t)parts->nr_texts;
	parts->texts[*ret] = strdup(text);
	if (!parts->texts[*ret])
		return -ENOMEM;
	parts->nr_texts++;
	return report_map_add(&parts->text_map, hash, *ret);
}

static int intern_process(struct report_parts *parts, const struct memmon_record *record,
			  uint32_t *ret)
{
	struct report_process wanted = { .tgid = record->tgid };
	uint64_t words[2], hash;

	/* Behind the zero may be anything. */
	memcpy(wanted.comm, record->comm, strnlen(record->comm, MEMMON_COMM_BYTES));
	memcpy(words, wanted.comm, sizeof(words));
	hash = report_hash_two(report_hash_two(words[0], words[1]), wanted.tgid);
	for (;; hash++) {
		*ret = report_map_find(&parts->process_map, hash);
		if (*ret == REPORT_MAP_NONE)
			break;
		if (parts->processes[*ret].tgid == wanted.tgid &&
		    !memcmp(parts->processes[*ret].comm, wanted.comm, MEMMON_COMM_BYTES))
			return 0;
	}
	if (memmon_array_grow((void **)&parts->processes, parts->nr_processes,
			      &parts->room_processes, sizeof(*parts->processes)))
		return -ENOMEM;
	*ret = (uint32_t)parts->nr_processes;
	parts->processes[parts->nr_processes++] = wanted;
	return report_map_add(&parts->process_map, hash, *ret);
}

static int process_part(struct report_parts *parts, const struct memmon_record *record,
			uint64_t *ret)
{
	if (record->context != MEMMON_CONTEXT_TASK) {
		*ret = REPORT_PART_CONTEXT | record->context;
		return 0;
	}
	if (parts->last_process == REPORT_MAP_NONE || parts->last.tgid != record->tgid ||
	    memcmp(parts->last.comm, record->comm, MEMMON_COMM_BYTES)) {
		parts->last.tgid = record->tgid;
		memcpy(parts->last.comm, record->comm, MEMMON_COMM_BYTES);
		if (intern_process(parts, record, &parts->last_process))
			return -ENOMEM;
	}
	*ret = parts->last_process;
	return 0;
}

static int cgroup_part(struct report_parts *parts, const struct memmon_record *record,
		       uint64_t *ret)
{
	const char *path;
	uint32_t text;

	if (record->context != MEMMON_CONTEXT_TASK) {
		*ret = REPORT_PART_CONTEXT | record->context;
		return 0;
	}
	text = report_map_find(&parts->of_tgid, record->tgid);
	if (text == REPORT_MAP_NONE) {
		path = memmon_reader_cgroup(parts->reader, record->tgid);
		if (intern_text(parts, path ? path : "", &text) ||
		    report_map_add(&parts->of_tgid, record->tgid, text))
			return -ENOMEM;
	}
	*ret = parts->texts[text][0] ? text : REPORT_PART_UNKNOWN;
	return 0;
}

/* Pages are asked for without a word of who does, unless it is in bulk. */
static bool has_site(const struct memmon_record *record)
{
	return record->call_site || !report_class_is_page(record->event_class);
}

static int module_part(struct report_parts *parts, const struct memmon_record *record,
		       uint64_t *ret)
{
	struct memmon_symbols *symbols;
	struct memmon_symbol symbol = { 0 };
	uint32_t text;

	if (!has_site(record)) {
		*ret = REPORT_PART_NONE;
		return 0;
	}
	text = report_map_find(&parts->of_site, record->call_site);
	if (text == REPORT_MAP_NONE) {
		symbols = memmon_reader_symbols(parts->reader);
		if (symbols)
			memmon_symbols_find(symbols, record->call_site, &symbol);
		if (!symbol.module)
			symbol.module = symbol.name ? "(kernel)" : "";
		if (intern_text(parts, symbol.module, &text) ||
		    report_map_add(&parts->of_site, record->call_site, text))
			return -ENOMEM;
	}
	*ret = parts->texts[text][0] ? text : REPORT_PART_UNKNOWN;
	return 0;
}

/* What kmalloc makes of a size, where only the wish is known. */
static uint64_t size_class(uint64_t bytes)
{
	uint64_t size = 8;

	if (bytes > 64 && bytes <= 96)
		return 96;
	if (bytes > 128 && bytes <= 192)
		return 192;
	while (size < bytes)
		size *= 2;
	return size;
}

static uint64_t cache_part(const struct memmon_record *record)
{
	uint64_t bytes = record->bytes_alloc, area = report_part_area(record->event_class);

	if (area)
		return area;
	switch (record->event_class) {
	case MEMMON_CLASS_PAGE_ALLOC:
	case MEMMON_CLASS_PAGE_FREE:
	case MEMMON_CLASS_PAGE_FREE_BATCHED:
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
	case MEMMON_CLASS_PAGE_EXTFRAG:
		return REPORT_PART_NONE;
	}
	if (record->detail)
		return record->detail;
	if (!bytes)
		bytes = record->bytes_req ? size_class(record->bytes_req) : 0;
	/* A free, or a cache that the module had no room to remember. */
	if (!bytes || record->event_class == MEMMON_CLASS_CACHE_ALLOC ||
	    record->event_class == MEMMON_CLASS_CACHE_FREE ||
	    record->event_class == MEMMON_CLASS_CACHE_ALLOC_BULK ||
	    record->event_class == MEMMON_CLASS_CALL_CACHE_ALLOC)
		return REPORT_PART_UNKNOWN;
	return REPORT_PART_SIZE_CLASS | (bytes > LARGEST_CLASS ? 0 : bytes);
}

/* The greatest size of the class: a power of two. */
static uint64_t size_part(const struct memmon_record *record)
{
	if (!record->bytes_req)
		return memmon_class_has_bytes(record->event_class) ? 0 : REPORT_PART_UNKNOWN;
	if (record->bytes_req == 1)
		return 1;
	return 1ULL << (32 - __builtin_clz(record->bytes_req - 1));
}

int report_parts_get(struct report_parts *parts, enum memmon_key key,
		     const struct memmon_event *event, uint64_t *ret)
{
	const struct memmon_record *record = event->record;
	bool is_page = report_class_is_page(record->event_class);
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;

	switch (key) {
	case MEMMON_KEY_SITE:
		*ret = has_site(record) ? record->call_site : REPORT_PART_NONE;
		return 0;
	case MEMMON_KEY_CACHE:
		*ret = cache_part(record);
		return 0;
	case MEMMON_KEY_PROCESS:
		return process_part(parts, record, ret);
	case MEMMON_KEY_CGROUP:
		return cgroup_part(parts, record, ret);
	case MEMMON_KEY_MODULE:
		return module_part(parts, record, ret);
	case MEMMON_KEY_SIZE:
		*ret = size_part(record);
		return 0;
	case MEMMON_KEY_ORDER:
		*ret = is_page ? MEMMON_PAGE_ORDER(record->detail) : REPORT_PART_NONE;
		return 0;
	case MEMMON_KEY_ZONE:
		*ret = is_page ? MEMMON_PAGE_ZONE(record->detail) : REPORT_PART_NONE;
		return 0;
	case MEMMON_KEY_NODE:
		*ret = node == MEMMON_NODE_UNKNOWN ? REPORT_PART_UNKNOWN : node;
		return 0;
	case MEMMON_KEY_CONTEXT:
		*ret = record->context;
		return 0;
	case MEMMON_KEY_CPU:
		*ret = event->cpu;
		return 0;
	case MEMMON_KEY_STACK:
		*ret = event->stack ? event->stack : REPORT_PART_NONE;
		return 0;
	case MEMMON_NR_KEYS:
		break;
	}
	return -EINVAL;
}
