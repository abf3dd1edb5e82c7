// SPDX-License-Identifier: GPL-2.0
/* Says on the terminal how a recording goes. */
#include <inttypes.h>
#include <stdio.h>

#include "record.h"
#include "ui.h"

static uint64_t sum(const __u64 *parts, size_t nr)
{
	uint64_t ret = 0;

	for (size_t i = 0; i < nr; i++)
		ret += parts[i];
	return ret;
}

void record_progress_show(struct record_progress *progress, const struct recorder *recorder,
			  const struct memmon_stats *stats, uint64_t now_ms)
{
	uint64_t passed_ms = now_ms - progress->last_ms;
	uint64_t dropped = sum(stats->dropped, MEMMON_NR_DROP_REASONS);
	uint64_t rate;

	if (!recorder->shows_progress || !passed_ms)
		return;
	rate = (stats->recorded - progress->last_records) * 1000 / passed_ms;
	fprintf(stderr, "\r\033[K%" PRIu64 " s  recorded %s  %s/s  written %s  dropped %s",
		now_ms / 1000, ui_count(stats->recorded).text, ui_count(rate).text,
		ui_bytes(memmon_recording_bytes(recorder->recording)).text, ui_count(dropped).text);
	progress->last_records = stats->recorded;
	progress->last_ms = now_ms;
	progress->is_shown = true;
}

void record_progress_clear(struct record_progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
