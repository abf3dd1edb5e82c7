// SPDX-License-Identifier: GPL-2.0
/* Tables of names, from the running kernel's own headers. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/mmflags.h>

#include "names.h"

struct row {
	unsigned long value;
	const char *name;
};

static const struct trace_print_flags gfp_rows[] = { __def_gfpflag_names };

/* The kernel keeps its own table of these to itself. */
static const struct row migratetype_rows[] = {
	{ MIGRATE_UNMOVABLE, "Unmovable" },
	{ MIGRATE_MOVABLE, "Movable" },
	{ MIGRATE_RECLAIMABLE, "Reclaimable" },
	{ MIGRATE_HIGHATOMIC, "HighAtomic" },
#ifdef CONFIG_CMA
	{ MIGRATE_CMA, "CMA" },
#endif
#ifdef CONFIG_MEMORY_ISOLATION
	{ MIGRATE_ISOLATE, "Isolate" },
#endif
};

/* Some kernels end the table with an empty row, and flags that a kernel does not have are 0. */
static const struct trace_print_flags *find_gfp_row(u32 index)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gfp_rows); i++) {
		if (gfp_rows[i].mask && gfp_rows[i].name && !index--)
			return &gfp_rows[i];
	}
	return NULL;
}

static int set_row(struct memmon_name *name, unsigned long value, const char *text)
{
	name->value = value;
	strscpy(name->name, text, sizeof(name->name));
	return 0;
}

/**
 * memmon_names_find - look up a row of a table
 * @name: table and index are set; value and name will be
 *
 * Context: any.
 * Return: 0, -ENOENT behind the last row, -EINVAL if there is no such table.
 */
int memmon_names_find(struct memmon_name *name)
{
	const struct trace_print_flags *gfp_row;
	u32 i = name->index;

	memset(name->name, 0, sizeof(name->name));
	switch (name->table) {
	case MEMMON_NAMES_GFP:
		gfp_row = find_gfp_row(i);
		return gfp_row ? set_row(name, gfp_row->mask, gfp_row->name) : -ENOENT;
	case MEMMON_NAMES_ZONE:
		/* All nodes name their zones alike. */
		if (i >= MAX_NR_ZONES)
			return -ENOENT;
		return set_row(name, i, NODE_DATA(first_online_node)->node_zones[i].name);
	case MEMMON_NAMES_MIGRATETYPE:
		if (i >= ARRAY_SIZE(migratetype_rows))
			return -ENOENT;
		return set_row(name, migratetype_rows[i].value, migratetype_rows[i].name);
	default:
		return -EINVAL;
	}
}
