// SPDX-License-Identifier: GPL-2.0
/* Names the rows of a report, and tells their keys as numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memmon/symbols.h"
#include "report_internal.h"

static const char *const context_names[] = {
#define CONTEXT_NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(CONTEXT_NAME)
#undef CONTEXT_NAME
};

static const char *context_name(uint64_t context)
{
	return context < MEMMON_NR_CONTEXTS ? context_names[context] : "(not known)";
}

static uint64_t part_of(const struct memmon_report *report, enum memmon_section section, size_t row,
			unsigned int key)
{
	return report->sections[section].parts[row * report->options.nr_keys + key];
}

static int name_cache(struct memmon_report *report, uint64_t part, char *text, size_t size)
{
	const struct memmon_cache *cache;
	uint64_t bytes = part & ~REPORT_PART_SIZE_CLASS;

	if (part & REPORT_PART_AREA)
		return snprintf(text, size, "%s",
				part == (REPORT_PART_AREA | MEMMON_CLASS_VMALLOC) ? "vmalloc" :
										    "percpu");
	if (part & REPORT_PART_SIZE_CLASS) {
		if (!bytes)
			return snprintf(text, size, "kmalloc-large");
		/* As the kernel spells them: kmalloc-512, kmalloc-1k. */
		if (bytes >= 1024 && bytes % 1024 == 0)
			return snprintf(text, size, "kmalloc-%" PRIu64 "k", bytes / 1024);
		return snprintf(text, size, "kmalloc-%" PRIu64, bytes);
	}
	cache = memmon_reader_cache(report->reader, (uint32_t)part);
	if (cache)
		return snprintf(text, size, "%s", cache->name);
	return snprintf(text, size, "cache@%" PRIu64, part);
}

static int name_site(struct memmon_report *report, uint64_t address, enum memmon_naming naming,
		     char *text, size_t size)
{
	struct memmon_symbols *symbols = memmon_reader_symbols(report->reader);
	struct memmon_symbol symbol = { 0 };

	if (symbols && naming == MEMMON_NAME_FULL)
		return memmon_symbols_print(symbols, address, text, size);
	if (symbols)
		memmon_symbols_find(symbols, address, &symbol);
	if (!symbol.name && naming == MEMMON_NAME_FULL)
		return snprintf(text, size, "0x%" PRIx64, address);
	if (!symbol.name)
		return snprintf(text, size, "(not known)");
	if (symbol.module)
		return snprintf(text, size, "%s [%s]", symbol.name, symbol.module);
	return snprintf(text, size, "%s", symbol.name);
}

int memmon_report_frame(struct memmon_report *report, uint64_t frame, enum memmon_naming naming,
			char *text, size_t size)
{
	if (!frame)
		return snprintf(text, size, "(code that is gone)");
	return name_site(report, frame, naming, text, size);
}

static int name_stack(struct memmon_report *report, uint64_t part, enum memmon_naming naming,
		      char *text, size_t size)
{
	const uint64_t *frames;
	size_t nr, used = 0;

	if (part == REPORT_PART_NONE)
		return snprintf(text, size, "(no stack)");
	nr = memmon_reader_stack(report->reader, (uint32_t)part, &frames);
	if (!nr)
		return snprintf(text, size, "(not known)");
	for (size_t i = 0; i < nr; i++) {
		size_t room = used < size ? size - used : 0;

		if (i)
			used += (size_t)snprintf(room ? text + used : NULL, room, MEMMON_CALLED_BY);
		room = used < size ? size - used : 0;
		used += (size_t)memmon_report_frame(report, frames[i], naming,
						    room ? text + used : NULL, room);
	}
	return (int)used;
}

static int name_process(const struct memmon_report *report, uint64_t part,
			enum memmon_naming naming, char *text, size_t size)
{
	const struct report_process *process = &report->parts.processes[part];

	if (naming == MEMMON_NAME_STABLE)
		return snprintf(text, size, "%.*s", MEMMON_COMM_BYTES, process->comm);
	return snprintf(text, size, "%.*s (%" PRIu32 ")", MEMMON_COMM_BYTES, process->comm,
			process->tgid);
}

static int name_zone(const struct memmon_report *report, uint64_t zone, char *text, size_t size)
{
	for (size_t i = 0; i < report->machine->nr_zones; i++)
		if (report->machine->zones[i].value == zone)
			return snprintf(text, size, "%s", report->machine->zones[i].name);
	return snprintf(text, size, "zone %" PRIu64, zone);
}

static int name_size(uint64_t greatest, char *text, size_t size)
{
	if (greatest <= 2)
		return snprintf(text, size, "%" PRIu64, greatest);
	return snprintf(text, size, "%" PRIu64 "-%" PRIu64, greatest / 2 + 1, greatest);
}

int memmon_report_name(struct memmon_report *report, enum memmon_section section, size_t row,
		       unsigned int key, enum memmon_naming naming, char *text, size_t size)
{
	uint64_t part = part_of(report, section, row, key);
	enum memmon_key kind = report->options.keys[key];

	if (kind == MEMMON_KEY_STACK)
		return name_stack(report, part, naming, text, size);
	if (part == REPORT_PART_NONE)
		return snprintf(text, size, "-");
	if (part == REPORT_PART_UNKNOWN)
		return snprintf(text, size, "(not known)");
	switch (kind) {
	case MEMMON_KEY_CACHE:
		return name_cache(report, part, text, size);
	case MEMMON_KEY_SITE:
		return name_site(report, part, naming, text, size);
	case MEMMON_KEY_PROCESS:
	case MEMMON_KEY_CGROUP:
		if (part & REPORT_PART_CONTEXT)
			return snprintf(text, size, "(%s)",
					context_name(part & ~REPORT_PART_CONTEXT));
		if (kind == MEMMON_KEY_PROCESS)
			return name_process(report, part, naming, text, size);
		return snprintf(text, size, "%s", report->parts.texts[part]);
	case MEMMON_KEY_MODULE:
		return snprintf(text, size, "%s", report->parts.texts[part]);
	case MEMMON_KEY_SIZE:
		return name_size(part, text, size);
	case MEMMON_KEY_ZONE:
		return name_zone(report, part, text, size);
	case MEMMON_KEY_CONTEXT:
		return snprintf(text, size, "%s", context_name(part));
	default:
		return snprintf(text, size, "%" PRIu64, part);
	}
}

bool memmon_report_value(const struct memmon_report *report, enum memmon_section section,
			 size_t row, unsigned int key, uint64_t *ret)
{
	uint64_t part = part_of(report, section, row, key);

	if (part == REPORT_PART_NONE || part == REPORT_PART_UNKNOWN)
		return false;
	switch (report->options.keys[key]) {
	case MEMMON_KEY_CGROUP:
	case MEMMON_KEY_MODULE:
		return false;
	case MEMMON_KEY_CACHE:
		*ret = part;
		return !(part & (REPORT_PART_SIZE_CLASS | REPORT_PART_AREA));
	case MEMMON_KEY_PROCESS:
		if (part & REPORT_PART_CONTEXT)
			return false;
		*ret = report->parts.processes[part].tgid;
		return true;
	default:
		*ret = part;
		return true;
	}
}

size_t memmon_report_stack(struct memmon_report *report, enum memmon_section section, size_t row,
			   const uint64_t **frames)
{
	*frames = NULL;
	for (unsigned int i = 0; i < report->options.nr_keys; i++) {
		uint64_t part = part_of(report, section, row, i);

		if (report->options.keys[i] == MEMMON_KEY_STACK && part != REPORT_PART_NONE)
			return memmon_reader_stack(report->reader, (uint32_t)part, frames);
	}
	return 0;
}

bool memmon_report_is_size_class(const struct memmon_report *report, enum memmon_section section,
				 size_t row)
{
	for (unsigned int i = 0; i < report->options.nr_keys; i++) {
		uint64_t part = part_of(report, section, row, i);

		if (report->options.keys[i] == MEMMON_KEY_CACHE && part < REPORT_PART_UNKNOWN &&
		    (part & REPORT_PART_SIZE_CLASS))
			return true;
	}
	return false;
}
