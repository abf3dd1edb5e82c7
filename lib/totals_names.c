// SPDX-License-Identifier: GPL-2.0
/* Names the rows of totals. */
#include <inttypes.h>
#include <stdio.h>

#include "memmon/symbols.h"
#include "totals_internal.h"

static const char *const context_names[] = {
#define CONTEXT_NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(CONTEXT_NAME)
#undef CONTEXT_NAME
};

void totals_name_cache(const struct memmon_cache *cache, uint64_t part, char *text, size_t size)
{
	uint64_t bytes = part & ~REPORT_PART_SIZE_CLASS;

	if (part & REPORT_PART_AREA)
		snprintf(text, size, "%s",
			 part == (REPORT_PART_AREA | MEMMON_CLASS_VMALLOC) ? "vmalloc" : "percpu");
	else if (!(part & REPORT_PART_SIZE_CLASS) && cache)
		snprintf(text, size, "%s", cache->name);
	else if (!(part & REPORT_PART_SIZE_CLASS))
		snprintf(text, size, "cache@%" PRIu64, part);
	else if (!bytes)
		snprintf(text, size, "kmalloc-large");
	/* As the kernel spells them: kmalloc-512, kmalloc-1k. */
	else if (bytes >= 1024 && bytes % 1024 == 0)
		snprintf(text, size, "kmalloc-%" PRIu64 "k", bytes / 1024);
	else
		snprintf(text, size, "kmalloc-%" PRIu64, bytes);
}

void totals_name_stack(struct memmon_symbols *symbols, uint32_t id, const uint64_t *frames,
		       size_t nr_frames, char *text, size_t size)
{
	size_t used = 0;

	snprintf(text, size, "stack %" PRIu32, id);
	for (size_t i = 0; symbols && i < nr_frames && used < size; i++) {
		used += (size_t)snprintf(text + used, size - used, "%s", i ? " < " : "");
		if (used < size && !frames[i])
			used += (size_t)snprintf(text + used, size - used, "(code that is gone)");
		else if (used < size)
			used += (size_t)memmon_symbols_print(symbols, frames[i], text + used,
							     size - used);
	}
}

static void name_process(const struct memmon_totals *totals, uint64_t tgid, char *text, size_t size)
{
	uint32_t place = report_map_find(&totals->of_tgid, tgid);

	snprintf(text, size, "%s (%" PRIu64 ")",
		 place == REPORT_MAP_NONE ? "?" : totals->comms[place], tgid);
}

static void name_site(struct memmon_totals *totals, uint64_t address, char *text, size_t size)
{
	struct memmon_symbols *symbols = totals->ops->symbols(totals);

	if (symbols)
		memmon_symbols_print(symbols, address, text, size);
	else
		snprintf(text, size, "0x%" PRIx64, address);
}

void totals_name(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part, char *text,
		 size_t size)
{
	if (part == TOTALS_PART_OTHER)
		snprintf(text, size, "(other)");
	else if (part == REPORT_PART_NONE)
		snprintf(text, size, "(none)");
	else if (part == REPORT_PART_UNKNOWN)
		snprintf(text, size, "(not known)");
	else if (key == MEMMON_TOTAL_ORDER)
		snprintf(text, size, "order %" PRIu64, part);
	else if (key == MEMMON_TOTAL_SITE)
		name_site(totals, part, text, size);
	else if (key != MEMMON_TOTAL_TGID && key != MEMMON_TOTAL_CGROUP)
		totals->ops->name(totals, key, part, text, size);
	else if (part & TOTALS_PART_CONTEXT)
		snprintf(text, size, "(%s)", context_names[part & (MEMMON_NR_CONTEXTS - 1)]);
	else if (key == MEMMON_TOTAL_TGID)
		name_process(totals, part, text, size);
	else
		totals->ops->name(totals, key, part, text, size);
}
