/* SPDX-License-Identifier: GPL-2.0 */
/* What the files share that fetch the totals of a live session. */
#ifndef MEMMON_TOTALS_LIVE_H
#define MEMMON_TOTALS_LIVE_H

#include "totals_internal.h"

/* Room for what is read at a time. */
#define TOTALS_PIECE_BYTES ((size_t)128 * 1024)

/* The counters of a struct memmon_total. */
struct totals_counters {
	uint64_t count;
	uint64_t bytes_req;
	uint64_t bytes_alloc;
	uint64_t died;
	uint64_t died_bytes;
};

/**
 * struct totals_live_row - what all CPUs have of one key
 * @key: the first that was seen of it; its counters do not count
 * @cell: where it belongs; REPORT_MAP_NONE for what is neither a request nor a free
 * @follower: the row that came behind it at the last look, where it is looked for first
 * @look: the last one that has seen it
 * @now: what it has
 * @taken: of that, what the cell has got
 */
struct totals_live_row {
	struct memmon_total key;
	uint32_t cell;
	uint32_t follower;
	uint64_t look;
	struct totals_counters now;
	struct totals_counters taken;
};

/**
 * struct totals_live - the totals of a session
 * @proc: a folder like /proc
 * @of_row: place of a row, by the hash of its key
 * @look: number of the look that goes on
 * @previous: row that was read before
 * @piece: room for what is read
 */
struct totals_live {
	struct memmon_totals *totals;
	struct memmon_session *session;
	const char *proc;
	struct totals_live_row *rows;
	size_t nr;
	size_t room;
	struct report_map of_row;
	uint64_t look;
	uint32_t previous;
	void *piece;
};

/* memmon_totals_open_session() with another folder than /proc. */
int totals_live_open(struct memmon_session *session, const char *proc, struct memmon_totals **ret);

/* ---- rows (totals_live_rows.c) ---- */

/* Reads all rows of a table. Return: 0 or a negative errno. */
int totals_live_read(struct totals_live *live, enum memmon_table table);

/* The kernel has begun anew with empty rows. Return: 0 or -ENOMEM. */
int totals_live_forget(struct totals_live *live);

/* Gives the cells what the rows have more than before. Return: 0 or -ENOMEM. */
int totals_live_hand_over(struct totals_live *live);

/* ---- names (totals_live_names.c) ---- */

struct memmon_symbols *totals_live_symbols(struct memmon_totals *totals);
void totals_live_name(struct memmon_totals *totals, enum memmon_total_key key, uint64_t part,
		      char *text, size_t size);

#endif
