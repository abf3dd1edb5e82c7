/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A story of births and deaths, told twice: as events, and as the rows that the kernel's ledger would have at
 * its end, worked out by a list that is searched from end to end.
 */
#ifndef REPLAY_STORY_H
#define REPLAY_STORY_H

#include "memmon/reader.h"
#include "mem_monitor.h"

#define STORY_MAX 6000
#define STORY_PAGES 64
#define STORY_FIRST_PAGE 64

/**
 * struct story - the events, and what they come to
 * @records: @nr of them, and the same as events
 * @rows: what lives, in the order of birth: of objects, and of pages
 * @pages_left: of each row of pages, a bit for each that was not freed
 * @accounts: @nr_accounts of them, with ids from 1 on
 * @owners: of each page, which of the random blocks it belongs to; 0 if it is free
 * @orders: of each of these blocks
 * @firsts: its first page
 */
struct story {
	struct memmon_record records[STORY_MAX];
	struct memmon_event events[STORY_MAX];
	size_t nr;
	struct memmon_object rows[2][STORY_MAX];
	uint32_t pages_left[STORY_MAX];
	uint32_t nr_rows[2];
	struct memmon_account accounts[STORY_MAX];
	uint32_t nr_accounts;
	struct memmon_ledger_stats stats;
	uint32_t owners[STORY_PAGES];
	uint32_t orders[STORY_MAX];
	uint32_t firsts[STORY_MAX];
	uint32_t nr_owners;
};

/* Records, to tell: at a time, of an object or page frame. */
#define STORY_KMALLOC(at, address)                                                      \
	{                                                                               \
		.time = (at), .event_class = MEMMON_CLASS_KMALLOC, .object = (address), \
		.bytes_req = 100, .bytes_alloc = 128                                    \
	}
#define STORY_EVENT(at, name, address)                                                \
	{                                                                             \
		.time = (at), .event_class = MEMMON_CLASS_##name, .object = (address) \
	}
#define STORY_BLOCK(at, name, pfn, order)                                                         \
	{                                                                                         \
		.time = (at), .event_class = MEMMON_CLASS_##name, .object = (pfn),                \
		.detail = (order), .bytes_req = 4096U << (order), .bytes_alloc = 4096U << (order) \
	}

/* Adds an event to the story, and does to the rows what it does. */
void story_tell(struct story *story, const struct memmon_record *record);

/* The next event of a random one: few addresses, so that much happens to each. */
void story_tell_random(struct story *story, uint64_t *random);

#endif
