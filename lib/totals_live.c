// SPDX-License-Identifier: GPL-2.0
/* The totals of a live session, look by look. */
#include <errno.h>
#include <stdlib.h>

#include "session_internal.h"
#include "snapshot_internal.h"
#include "snapshot_names.h"
#include "totals_live.h"

#define SYS_PATH "/sys"
#define MOUNTINFO_PATH "/proc/self/mountinfo"

/*
 * The rows are emptied when so many are used. The kernel looks for a row in a group of places, and groups are full
 * by chance long before all of them are: with a quarter used, hardly one in a million is.
 */
#define FULL(places) ((places) / 4)

/* Has the kernel begin anew with empty rows, and takes what is in the old ones. */
static int turn(struct totals_live *live)
{
	int err = session_turn(live->session);

	if (!err)
		err = totals_live_read(live, MEMMON_TABLE_TOTALS_LAST);
	if (!err)
		err = totals_live_hand_over(live);
	if (err)
		return err;
	live->totals->books.turns++;
	return totals_live_forget(live);
}

static uint64_t sum_of(const __u64 *parts, size_t nr)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += parts[i];
	return sum;
}

static int fill_more_books(struct totals_live *live, struct memmon_totals_books *books)
{
	struct memmon_ledger_stats ledger;
	struct memmon_stats stats;
	int err = memmon_session_stats(live->session, &stats);

	if (err)
		return err;
	/* Events that the probes themselves missed; what rings had no room for is no loss of totals. */
	books->lost =
		stats.dropped[MEMMON_DROPPED_NESTED] + stats.dropped[MEMMON_DROPPED_KPROBE_MISSED];
	books->missing_classes = stats.missing_classes;
	if (!books->has_live)
		return 0;
	err = session_ledger_stats(live->session, &ledger);
	if (!err)
		books->untracked = ledger.counts[MEMMON_LEDGER_UNTRACKED];
	return err;
}

static int fill_books(struct totals_live *live, const struct memmon_totals_stats *stats)
{
	struct memmon_totals_books *books = &live->totals->books;
	uint64_t elapsed_ns = 0;

	books->seen = sum_of(stats->seen, MEMMON_STATS_COUNTERS);
	books->filtered = sum_of(stats->filtered, MEMMON_STATS_COUNTERS);
	books->counted = sum_of(stats->counted, MEMMON_STATS_COUNTERS);
	books->other = sum_of(stats->other, MEMMON_STATS_COUNTERS);
	books->in_flight = stats->in_flight;
	books->places = stats->places;
	books->used = stats->used;
	if (stats->now > memmon_session_machine(live->session)->clock_at_start)
		elapsed_ns = snapshot_ns(
			memmon_session_machine(live->session),
			stats->now - memmon_session_machine(live->session)->clock_at_start);
	books->interval_ns = elapsed_ns > books->elapsed_ns ? elapsed_ns - books->elapsed_ns : 0;
	books->elapsed_ns = elapsed_ns;
	return fill_more_books(live, books);
}

int memmon_totals_look(struct memmon_totals *totals)
{
	struct totals_live *live = totals->source;
	struct memmon_totals_stats stats;
	int err = session_totals_stats(live->session, &stats);

	if (err)
		return err;
	totals_begin(totals);
	if (stats.used > FULL(stats.places))
		err = turn(live);
	if (!err)
		err = totals_live_read(live, MEMMON_TABLE_TOTALS);
	if (!err)
		err = totals_live_hand_over(live);
	if (!err)
		err = fill_books(live, &stats);
	totals_end(totals);
	return err;
}

static void close_live(struct memmon_totals *totals)
{
	struct totals_live *live = totals->source;

	report_map_exit(&live->of_row);
	free(live->rows);
	free(live->piece);
	free(live);
}

static const struct totals_ops live_ops = {
	.close = close_live,
	.symbols = totals_live_symbols,
	.name = totals_live_name,
};

int totals_live_open(struct memmon_session *session, const char *proc, struct memmon_totals **ret)
{
	struct memmon_totals *totals;
	struct totals_live *live;
	int err = 0;

	if ((session->options.total_keys & MEMMON_TOTALS_KEYS) != MEMMON_TOTALS_KEYS)
		return -EINVAL;
	if (!session->names)
		err = snapshot_names_create(session, SYS_PATH, MOUNTINFO_PATH, &session->names);
	if (err)
		return err;
	totals = totals_create();
	live = calloc(1, sizeof(*live));
	if (!totals || !live) {
		memmon_totals_close(totals);
		free(live);
		return -ENOMEM;
	}
	live->totals = totals;
	live->session = session;
	live->proc = proc;
	totals->ops = &live_ops;
	totals->source = live;
	totals->books.has_live = session->options.flags & MEMMON_OPTION_LEDGER;
	if (session->options.filter.conditions & 1U << MEMMON_FILTERED_SAMPLE)
		totals->books.sample_one_in = session->options.filter.sample_one_in;
	live->piece = malloc(TOTALS_PIECE_BYTES);
	if (report_map_init(&live->of_row) || !live->piece) {
		memmon_totals_close(totals);
		return -ENOMEM;
	}
	*ret = totals;
	return 0;
}

int memmon_totals_open_session(struct memmon_session *session, struct memmon_totals **ret)
{
	return totals_live_open(session, "/proc", ret);
}
