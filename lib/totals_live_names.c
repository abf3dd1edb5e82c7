// SPDX-License-Identifier: GPL-2.0
/* Names the caches, cgroups and stacks in the totals of a live session. */
#include <inttypes.h>
#include <stdio.h>

#include "memmon/symbols.h"
#include "session_internal.h"
#include "snapshot_names.h"
#include "totals_live.h"

struct memmon_symbols *totals_live_symbols(struct memmon_totals *totals)
{
	struct memmon_symbols *symbols;
	struct totals_live *live = totals->source;

	return memmon_session_symbols(live->session, &symbols) ? NULL : symbols;
}

/* The root has this id also where no one has mounted it, so that there are no paths. */
#define ROOT_CGROUP 1

/* "kmem_cache_alloc+0x12 < getname_flags+0x4f < ..." */
static void name_stack(struct totals_live *live, uint32_t id, char *text, size_t size)
{
	struct memmon_symbols *symbols = totals_live_symbols(live->totals);
	const uint64_t *frames;
	size_t used = 0, nr_frames;

	snprintf(text, size, "stack %" PRIu32, id);
	if (!symbols || memmon_session_stack(live->session, id, &frames, &nr_frames))
		return;
	for (size_t i = 0; i < nr_frames && used < size; i++) {
		used += (size_t)snprintf(text + used, size - used, "%s", i ? " < " : "");
		if (used < size)
			used += (size_t)memmon_symbols_print(symbols, frames[i], text + used,
							     size - used);
	}
}

static void name_cgroup(struct totals_live *live, uint64_t id, char *text, size_t size)
{
	struct snapshot_cgroups *cgroups = &live->session->names->cgroups;
	const char *path;

	/* Each name is asked for once, so this walks the folders once for each new cgroup. */
	snapshot_cgroups_refresh(cgroups);
	if (!snapshot_cgroups_find(cgroups, id, &path) && path)
		snprintf(text, size, "%s", path);
	else if (id == ROOT_CGROUP)
		snprintf(text, size, "/");
	else
		snprintf(text, size, "cgroup@%" PRIu64, id);
}

void totals_live_name(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part,
		      char *text, size_t size)
{
	struct totals_live *live = totals->source;

	if (key == MEMMON_TOTAL_STACK)
		name_stack(live, (uint32_t)part, text, size);
	else if (key == MEMMON_TOTAL_CGROUP)
		name_cgroup(live, part, text, size);
	else
		totals_name_cache(snapshot_names_cache(live->session->names, (uint32_t)part), part,
				  text, size);
}
