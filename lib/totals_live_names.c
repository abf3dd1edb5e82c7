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

static void name_stack(struct totals_live *live, uint32_t id, char *text, size_t size)
{
	const uint64_t *frames;
	size_t nr_frames;

	if (memmon_session_stack(live->session, id, &frames, &nr_frames))
		nr_frames = 0;
	totals_name_stack(totals_live_symbols(live->totals), id, frames, nr_frames, text, size);
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
