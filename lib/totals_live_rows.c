// SPDX-License-Identifier: GPL-2.0
/* Reads the rows of a session's totals, and finds out what each has more than at the last look. */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "memmon/snapshot.h"
#include "process.h"
#include "session_internal.h"
#include "totals_live.h"

static bool is_interrupt(const struct memmon_total *total)
{
	return total->context != MEMMON_CONTEXT_TASK && total->context < MEMMON_NR_CONTEXTS;
}

static bool is_kmalloc(uint32_t event_class)
{
	return event_class == MEMMON_CLASS_KMALLOC || event_class == MEMMON_CLASS_KFREE;
}

static uint64_t cache_part(const struct memmon_total *total)
{
	uint64_t area = report_part_area(total->event_class);

	if (area)
		return area;
	if (totals_section(total->event_class) == MEMMON_SECTION_PAGES)
		return REPORT_PART_NONE;
	if (total->cache)
		return total->cache;
	/* The cache of a kmalloc was looked up: only large ones have none. */
	return is_kmalloc(total->event_class) ? REPORT_PART_SIZE_CLASS : REPORT_PART_UNKNOWN;
}

static void make_key(const struct memmon_total *total, struct totals_key *key)
{
	uint64_t context = TOTALS_PART_CONTEXT | total->context;
	bool is_page;

	key->section = totals_section(total->event_class);
	is_page = key->section == MEMMON_SECTION_PAGES;
	if (total->flags & MEMMON_TOTAL_OTHER) {
		for (int i = 0; i < MEMMON_TOTALS_NR_KEYS; i++)
			key->parts[i] = TOTALS_PART_OTHER;
		return;
	}
	key->parts[MEMMON_TOTAL_CACHE] = cache_part(total);
	key->parts[MEMMON_TOTAL_SITE] = total->call_site;
	if (!total->call_site)
		key->parts[MEMMON_TOTAL_SITE] = is_page ? REPORT_PART_NONE : REPORT_PART_UNKNOWN;
	key->parts[MEMMON_TOTAL_STACK] = total->stack ? total->stack : REPORT_PART_NONE;
	key->parts[MEMMON_TOTAL_TGID] = is_interrupt(total) ? context : total->tgid;
	key->parts[MEMMON_TOTAL_CGROUP] = is_interrupt(total) ? context :
					  total->cgroup	      ? total->cgroup :
								REPORT_PART_UNKNOWN;
	key->parts[MEMMON_TOTAL_ORDER] = is_page ? total->order : REPORT_PART_NONE;
}

/* The name of the process, or of the thread that was first to count, if it is gone already. */
static int keep_comm(struct totals_live *live, const struct memmon_total *total)
{
	char comm[MEMMON_COMM_BYTES + 1];

	if (total->flags & MEMMON_TOTAL_OTHER || is_interrupt(total) ||
	    report_map_find(&live->totals->of_tgid, total->tgid) != REPORT_MAP_NONE)
		return 0;
	if (!memmon_process_comm(live->proc, total->tgid, comm, sizeof(comm)))
		return totals_keep_comm(live->totals, total->tgid, comm);
	return totals_keep_comm(live->totals, total->tgid, total->comm);
}

static bool is_same(const struct memmon_total *a, const struct memmon_total *b)
{
	return a->call_site == b->call_site && a->cgroup == b->cgroup && a->tgid == b->tgid &&
	       a->cache == b->cache && a->event_class == b->event_class &&
	       a->context == b->context && a->stack == b->stack && a->order == b->order &&
	       a->size_bytes == b->size_bytes && a->node == b->node &&
	       !((a->flags ^ b->flags) & MEMMON_TOTAL_OTHER);
}

static int add_row(struct totals_live *live, const struct memmon_total *total, uint64_t hash,
		   uint32_t *ret)
{
	struct totals_live_row *row;
	struct totals_key key;

	if (memmon_array_grow((void **)&live->rows, live->nr, &live->room, sizeof(*live->rows)))
		return -ENOMEM;
	*ret = (uint32_t)live->nr++;
	row = &live->rows[*ret];
	*row = (struct totals_live_row){ .key = *total,
					 .cell = REPORT_MAP_NONE,
					 .follower = REPORT_MAP_NONE };
	if (totals_class_counts(total->event_class)) {
		make_key(total, &key);
		if (keep_comm(live, total) || totals_cell(live->totals, &key, &row->cell))
			return -ENOMEM;
	}
	return report_map_add(&live->of_row, hash, *ret);
}

static int find_row(struct totals_live *live, const struct memmon_total *total, uint32_t *ret)
{
	uint64_t hash = report_hash_two(total->call_site, total->cgroup);

	hash = report_hash_two(hash, total->tgid | (uint64_t)total->cache << 32 |
					     (uint64_t)total->event_class << 48 |
					     (uint64_t)total->context << 56);
	hash = report_hash_two(hash, total->stack | (uint64_t)total->order << 32 |
					     (uint64_t)(total->flags & MEMMON_TOTAL_OTHER) << 48);
	/* Two rows of one hash sit at neighbouring keys. */
	for (;; hash++) {
		*ret = report_map_find(&live->of_row, hash);
		if (*ret == REPORT_MAP_NONE)
			return add_row(live, total, hash, ret);
		if (is_same(&live->rows[*ret].key, total))
			return 0;
	}
}

/*
 * Rows of the kernel keep their order while an interval lasts, so that most of them are where they are
 * looked for first. Several may be of one key: of different CPUs, or of code that is gone and what was
 * loaded in its place.
 */
static int take_row(const void *data, void *arg)
{
	const struct memmon_total *total = data;
	struct totals_live *live = arg;
	uint32_t place = REPORT_MAP_NONE;
	struct totals_live_row *row;
	int err;

	if (live->previous != REPORT_MAP_NONE)
		place = live->rows[live->previous].follower;
	if (place == REPORT_MAP_NONE || !is_same(&live->rows[place].key, total)) {
		err = find_row(live, total, &place);
		if (err)
			return err;
		if (live->previous != REPORT_MAP_NONE)
			live->rows[live->previous].follower = place;
	}
	live->previous = place;
	row = &live->rows[place];
	if (row->look != live->look)
		row->now = (struct totals_counters){ 0 };
	row->look = live->look;
	row->now.count += total->count;
	row->now.bytes_req += total->bytes_req;
	row->now.bytes_alloc += total->bytes_alloc;
	row->now.died += total->died;
	row->now.died_bytes += total->died_bytes;
	return 0;
}

int totals_live_read(struct totals_live *live, enum memmon_table table)
{
	live->look++;
	live->previous = REPORT_MAP_NONE;
	return session_table_read_by(live->session, table, live->piece, TOTALS_PIECE_BYTES,
				     take_row, live);
}

int totals_live_forget(struct totals_live *live)
{
	live->nr = 0;
	report_map_exit(&live->of_row);
	return report_map_init(&live->of_row);
}

/* What there is more now than was taken; a row that is read while it is written to may lag behind. */
static uint64_t more(uint64_t now, uint64_t *taken)
{
	uint64_t ret = now > *taken ? now - *taken : 0;

	*taken += ret;
	return ret;
}

static int hand_over(struct totals_live *live, struct totals_live_row *row)
{
	struct totals_counters *taken = &row->taken;
	const struct totals_counters *now = &row->now;
	struct memmon_totals_sums sums = {
		.died = more(now->died, &taken->died),
		.died_bytes = more(now->died_bytes, &taken->died_bytes),
	};
	uint64_t count = more(now->count, &taken->count);
	uint64_t bytes = more(now->bytes_alloc, &taken->bytes_alloc);

	if (memmon_class_is_birth(row->key.event_class)) {
		sums.requests = count;
		sums.bytes_taken = bytes;
		sums.bytes_requested = more(now->bytes_req, &taken->bytes_req);
	} else {
		sums.frees = count;
		sums.bytes_freed = bytes;
	}
	return totals_add(live->totals, row->cell, &sums);
}

/* Most rows are as they were at the last look. */
static bool is_as_before(const struct totals_live_row *row)
{
	return row->now.count == row->taken.count && row->now.died == row->taken.died &&
	       row->now.died_bytes == row->taken.died_bytes &&
	       row->now.bytes_alloc == row->taken.bytes_alloc;
}

int totals_live_hand_over(struct totals_live *live)
{
	int err = 0;

	for (size_t i = 0; i < live->nr && !err; i++) {
		struct totals_live_row *row = &live->rows[i];

		if (row->look == live->look && row->cell != REPORT_MAP_NONE && !is_as_before(row))
			err = hand_over(live, row);
	}
	return err;
}
