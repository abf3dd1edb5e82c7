/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of a replay share. */
#ifndef MEMMON_REPLAY_INTERNAL_H
#define MEMMON_REPLAY_INTERNAL_H

#include <stdbool.h>

#include "replay_accounts.h"
#include "replay_table.h"

/* Events that are taken from the reader at a time. */
#define REPLAY_BATCH 256

/* The orders of blocks that are told apart when a part of one is freed. */
#define REPLAY_ORDERS (1 << MEMMON_PAGE_ORDER_BITS)

/* What is kept apart: the address of a per-CPU object is no address, and may be that of another object. */
enum replay_kind {
	REPLAY_OBJECTS,
	REPLAY_PERCPU,
	REPLAY_PAGES,
	REPLAY_NR_KINDS
};

/**
 * struct replay_observer - who wants to know when something ends
 * @end: called with the object as it was, or the block, and how many bytes of it are gone
 */
struct replay_observer {
	void (*end)(void *arg, const struct replay_object *object, uint32_t bytes, bool is_all);
	void *arg;
};

/**
 * struct memmon_replay - the ledger of a recording
 * @classes: mask of those that count
 * @is_wanted: whose births count; NULL for all
 * @observer: all NULL for nobody
 * @tables: what lives
 * @blocks: blocks of pages of each order that live, also in part
 * @counts: by enum memmon_ledger_count
 * @seen: events
 * @filtered: births that were not wanted, and frees of nothing
 * @events: taken from the reader and not all looked at: @at is the next of @nr_events
 * @last: ticks of the newest event that was looked at
 */
struct memmon_replay {
	struct memmon_reader *reader;
	uint32_t classes;
	bool (*is_wanted)(void *arg, const struct memmon_event *event);
	void *arg;
	struct replay_observer observer;
	struct replay_table tables[REPLAY_NR_KINDS];
	struct replay_accounts accounts;
	uint64_t blocks[REPLAY_ORDERS];
	uint64_t counts[MEMMON_NR_LEDGER_COUNTS];
	uint64_t seen;
	uint64_t filtered;
	struct memmon_event events[REPLAY_BATCH];
	int nr_events;
	int at;
	uint64_t last;
};

/* The next event, which is not yet looked at; NULL at the end. Return: 0 or a negative errno. */
int replay_peek(struct memmon_replay *replay, const struct memmon_event **ret);

/* Takes one event into account, by the rules of the kernel's ledger. Return: 0 or -ENOMEM. */
int replay_event(struct memmon_replay *replay, const struct memmon_event *event);

/* The block with this first page and just this order, or NULL. */
struct replay_object *replay_find_block(const struct memmon_replay *replay, uint64_t pfn,
					unsigned int order);

/* Some pages are freed. Return: what that counts as, or -ENOMEM. */
int replay_free_pages(struct memmon_replay *replay, uint64_t pfn, unsigned int order);

/* Ends an object: takes it from its account and its table. */
void replay_end(struct memmon_replay *replay, enum replay_kind kind, struct replay_object *object);

static inline unsigned int replay_order(const struct replay_object *block)
{
	return MEMMON_PAGE_ORDER(block->detail);
}

/* All that lives at a moment of the recording. */
int replay_snapshot(struct memmon_replay *replay, uint64_t now_ns, struct memmon_snapshot **ret);

#endif
