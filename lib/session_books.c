// SPDX-License-Identifier: GPL-2.0
/* A session's books as those of a reader. */
#include <string.h>

#include "session_internal.h"

void memmon_loss_from_stats(const struct memmon_stats *stats, uint64_t overwritten,
			    struct memmon_loss *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < MEMMON_NR_CLASSES; i++)
		ret->seen += stats->seen[i];
	for (int i = 0; i < MEMMON_NR_FILTER_REASONS; i++) {
		ret->filtered_by[i] = stats->filtered[i];
		ret->filtered += stats->filtered[i];
	}
	for (int i = 0; i < MEMMON_NR_DROP_REASONS; i++) {
		ret->dropped_by[i] = stats->dropped[i];
		ret->dropped += stats->dropped[i];
	}
	ret->recorded = stats->recorded;
	ret->in_flight = stats->in_flight;
	ret->overwritten = overwritten;
	ret->missing_classes = stats->missing_classes;
}
