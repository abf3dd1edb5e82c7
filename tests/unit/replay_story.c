// SPDX-License-Identifier: GPL-2.0
/* What a ledger makes of each event, slowly: the words of mem_monitor_ledger.h, one by one. */
#include <assert.h>
#include <string.h>

#include "replay_story.h"

#define PAGE_BYTES 4096

enum {
	OBJECTS,
	PAGES
};

static bool is_percpu(uint32_t event_class)
{
	return event_class == MEMMON_CLASS_PERCPU_ALLOC || event_class == MEMMON_CLASS_PERCPU_FREE;
}

static struct memmon_object *find(struct story *story, uint64_t address, uint32_t event_class)
{
	for (uint32_t i = 0; i < story->nr_rows[OBJECTS]; i++) {
		struct memmon_object *row = &story->rows[OBJECTS][i];

		if (row->address == address &&
		    is_percpu(row->event_class) == is_percpu(event_class))
			return row;
	}
	return NULL;
}

static uint32_t order_of(const struct memmon_object *row)
{
	return MEMMON_PAGE_ORDER(row->detail);
}

static uint32_t all_pages(uint32_t order)
{
	return (uint32_t)((1ULL << (1U << order)) - 1);
}

static struct memmon_account *account_of(struct story *story, const struct memmon_object *row)
{
	return &story->accounts[row->account - 1];
}

static void end_row(struct story *story, int table, struct memmon_object *row)
{
	uint32_t at = (uint32_t)(row - story->rows[table]);
	uint32_t left = --story->nr_rows[table] - at;

	account_of(story, row)->died++;
	account_of(story, row)->died_bytes += row->bytes_alloc;
	memmove(row, row + 1, left * sizeof(*row));
	if (table == PAGES)
		memmove(&story->pages_left[at], &story->pages_left[at + 1],
			left * sizeof(story->pages_left[0]));
}

static uint32_t find_account(struct story *story, const struct memmon_record *record)
{
	struct memmon_account wanted = {
		.event_class = record->event_class,
		.call_site = record->call_site,
		.cgroup = record->context == MEMMON_CONTEXT_TASK,
	};

	if (record->event_class == MEMMON_CLASS_PAGE_ALLOC ||
	    record->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK)
		wanted.detail = MEMMON_PAGE_DETAIL(MEMMON_PAGE_ORDER(record->detail), 0, 0);
	else
		wanted.detail = record->detail;
	for (uint32_t i = 0; i < story->nr_accounts; i++) {
		const struct memmon_account *account = &story->accounts[i];

		if (account->event_class == wanted.event_class &&
		    account->call_site == wanted.call_site && account->cgroup == wanted.cgroup &&
		    account->detail == wanted.detail)
			return account->id;
	}
	wanted.id = story->nr_accounts + 1;
	story->accounts[story->nr_accounts++] = wanted;
	return wanted.id;
}

static void bear(struct story *story, int table, const struct memmon_record *record)
{
	uint32_t at = story->nr_rows[table]++;
	struct memmon_object *row = &story->rows[table][at];

	*row = (struct memmon_object){
		.address = record->object,
		.born = record->time,
		.bytes_req = record->bytes_req,
		.bytes_alloc = record->bytes_alloc,
		.pid_node = record->pid_node,
		.tgid = record->tgid,
		.event_class = record->event_class,
		.context = record->context,
		.detail = record->detail,
		.gfp = record->gfp,
		.account = find_account(story, record),
	};
	memcpy(row->comm, record->comm, sizeof(row->comm));
	if (table == PAGES)
		story->pages_left[at] = all_pages(order_of(row));
	account_of(story, row)->born++;
	account_of(story, row)->born_bytes += row->bytes_alloc;
}

static enum memmon_ledger_count bear_object(struct story *story, const struct memmon_record *record)
{
	struct memmon_object *old;

	if (!record->object)
		return MEMMON_LEDGER_FAILED;
	old = find(story, record->object, record->event_class);
	if (old)
		end_row(story, OBJECTS, old);
	bear(story, OBJECTS, record);
	return old ? MEMMON_LEDGER_REBORN : MEMMON_LEDGER_BORN;
}

static enum memmon_ledger_count bear_block(struct story *story, const struct memmon_record *record)
{
	enum memmon_ledger_count ret = MEMMON_LEDGER_BORN;

	if (!record->object)
		return MEMMON_LEDGER_FAILED;
	for (uint32_t i = 0; i < story->nr_rows[PAGES]; i++) {
		struct memmon_object *row = &story->rows[PAGES][i];

		if (row->address != record->object)
			continue;
		if (record->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK && !order_of(row))
			return MEMMON_LEDGER_DUPLICATE;
	}
	for (uint32_t i = 0; i < story->nr_rows[PAGES]; i++) {
		struct memmon_object *row = &story->rows[PAGES][i];

		if (row->address != record->object ||
		    story->pages_left[i] != all_pages(order_of(row)))
			continue;
		end_row(story, PAGES, row);
		ret = MEMMON_LEDGER_REBORN;
		break;
	}
	bear(story, PAGES, record);
	return ret;
}

static enum memmon_ledger_count end_object(struct story *story, const struct memmon_record *record)
{
	struct memmon_object *row = find(story, record->object, record->event_class);

	if (!row)
		return MEMMON_LEDGER_UNKNOWN;
	end_row(story, OBJECTS, row);
	return MEMMON_LEDGER_FREED;
}

/* First the block that is just that, then the smallest that has these pages. */
static enum memmon_ledger_count end_pages(struct story *story, const struct memmon_record *record)
{
	uint32_t order = MEMMON_PAGE_ORDER(record->detail);
	uint32_t mask;

	for (uint32_t wanted = order; wanted < 11; wanted++) {
		for (uint32_t i = 0; i < story->nr_rows[PAGES]; i++) {
			struct memmon_object *row = &story->rows[PAGES][i];

			if (order_of(row) != wanted ||
			    row->address >> wanted << wanted != record->object >> wanted << wanted)
				continue;
			if (wanted == order && row->address == record->object) {
				end_row(story, PAGES, row);
				return MEMMON_LEDGER_FREED;
			}
			if (wanted == order)
				continue;
			mask = all_pages(order) << (record->object - row->address);
			if ((story->pages_left[i] & mask) != mask)
				continue;
			row->bytes_alloc -= PAGE_BYTES << order;
			account_of(story, row)->died_bytes += PAGE_BYTES << order;
			story->pages_left[i] &= ~mask;
			if (story->pages_left[i])
				return MEMMON_LEDGER_PARTLY_FREED;
			end_row(story, PAGES, row);
			return MEMMON_LEDGER_FREED;
		}
	}
	return MEMMON_LEDGER_UNKNOWN;
}

static enum memmon_ledger_count amend(struct story *story, const struct memmon_record *record)
{
	struct memmon_object *row = find(story, record->object, MEMMON_CLASS_KMALLOC);

	if (!row)
		return MEMMON_LEDGER_UNKNOWN;
	if (record->event_class == MEMMON_CLASS_KREALLOC) {
		row->bytes_req = record->bytes_req;
		return MEMMON_LEDGER_RESIZED;
	}
	if (!row->queued)
		row->queued = record->time;
	row->flags |= MEMMON_OBJECT_QUEUED;
	return MEMMON_LEDGER_QUEUED;
}

static enum memmon_ledger_count live(struct story *story, const struct memmon_record *record)
{
	switch (record->event_class) {
	case MEMMON_CLASS_KMALLOC:
	case MEMMON_CLASS_CACHE_ALLOC:
	case MEMMON_CLASS_CACHE_ALLOC_BULK:
	case MEMMON_CLASS_KMALLOC_NOLOCK:
	case MEMMON_CLASS_VMALLOC:
	case MEMMON_CLASS_PERCPU_ALLOC:
		return bear_object(story, record);
	case MEMMON_CLASS_PAGE_ALLOC:
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		return bear_block(story, record);
	case MEMMON_CLASS_PAGE_FREE:
		return end_pages(story, record);
	case MEMMON_CLASS_PAGE_FREE_BATCHED:
	case MEMMON_CLASS_PAGE_EXTFRAG:
		return MEMMON_LEDGER_NOTED;
	case MEMMON_CLASS_KREALLOC:
	case MEMMON_CLASS_RCU_QUEUE:
		return amend(story, record);
	default:
		return end_object(story, record);
	}
}

void story_tell(struct story *story, const struct memmon_record *record)
{
	size_t at = story->nr++;

	assert(at < STORY_MAX);
	story->records[at] = *record;
	story->events[at] = (struct memmon_event){ .record = &story->records[at] };
	story->stats.seen[record->event_class]++;
	story->stats.counts[live(story, record)]++;
}

static uint32_t below(uint64_t *random, uint32_t limit)
{
	*random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*random >> 33) % limit;
}

/* Some pages of what lives: a whole block or a part of it, never what is free. */
static bool choose_free(const struct story *story, uint64_t *random, struct memmon_record *record)
{
	uint32_t page = below(random, STORY_PAGES);
	uint32_t order = below(random, 2) ? 0 : below(random, 4);

	page = page >> order << order;
	for (uint32_t i = page; i < page + (1U << order); i++)
		if (!story->owners[i] || story->owners[i] != story->owners[page])
			return false;
	/* Nobody frees more than was asked for. */
	if (story->orders[story->owners[page]] < order)
		return false;
	record->object = STORY_FIRST_PAGE + page;
	record->detail = (uint16_t)order;
	return true;
}

/* Pages that are free, or, as if their end was not seen, just those of a block. */
static bool choose_birth(const struct story *story, uint64_t *random, struct memmon_record *record)
{
	bool is_bulk = record->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK;
	uint32_t order = is_bulk ? 0 : below(random, 4);
	uint32_t page = below(random, STORY_PAGES) >> order << order;
	uint32_t owner = story->owners[page];

	for (uint32_t i = page; i < page + (1U << order); i++)
		if (story->owners[i] != owner)
			return false;
	if (owner && (story->orders[owner] != order || story->firsts[owner] != page))
		return false;
	record->object = STORY_FIRST_PAGE + page;
	record->detail = (uint16_t)MEMMON_PAGE_DETAIL(order, 2, below(random, 3));
	record->bytes_alloc = PAGE_BYTES << order;
	if (!is_bulk)
		record->call_site = 0;
	return true;
}

static void own(struct story *story, const struct memmon_record *record)
{
	uint32_t order = MEMMON_PAGE_ORDER(record->detail);
	uint32_t page = (uint32_t)(record->object - STORY_FIRST_PAGE);
	uint32_t owner = 0;

	if (record->event_class != MEMMON_CLASS_PAGE_FREE) {
		owner = ++story->nr_owners;
		story->orders[owner] = order;
		story->firsts[owner] = page;
	}
	for (uint32_t i = page; i < page + (1U << order); i++)
		story->owners[i] = owner;
}

/* Some more than once: as often as they shall come. */
static const uint8_t classes[] = {
	MEMMON_CLASS_KMALLOC,	     MEMMON_CLASS_CACHE_ALLOC,	   MEMMON_CLASS_CACHE_ALLOC_BULK,
	MEMMON_CLASS_KMALLOC_NOLOCK, MEMMON_CLASS_VMALLOC,	   MEMMON_CLASS_PERCPU_ALLOC,
	MEMMON_CLASS_PAGE_ALLOC,     MEMMON_CLASS_PAGE_ALLOC_BULK, MEMMON_CLASS_KFREE,
	MEMMON_CLASS_CACHE_FREE,     MEMMON_CLASS_CACHE_FREE_BULK, MEMMON_CLASS_RCU_FREE,
	MEMMON_CLASS_KFREE_NOLOCK,   MEMMON_CLASS_VFREE,	   MEMMON_CLASS_PERCPU_FREE,
	MEMMON_CLASS_PAGE_FREE,	     MEMMON_CLASS_PAGE_FREE,	   MEMMON_CLASS_PAGE_FREE_BATCHED,
	MEMMON_CLASS_PAGE_EXTFRAG,   MEMMON_CLASS_KREALLOC,	   MEMMON_CLASS_RCU_QUEUE,
};

void story_tell_random(struct story *story, uint64_t *random)
{
	struct memmon_record record = {
		.time = 1001 + 10 * story->nr,
		.event_class = classes[below(random, sizeof(classes))],
		.context = (uint8_t)below(random, MEMMON_NR_CONTEXTS),
		.call_site = 0xffffffff81000000 + below(random, 3),
		.object = 0xffff888000000000 + 64 * below(random, 40),
		.bytes_req = below(random, 500),
		.bytes_alloc = 512,
		.pid_node = below(random, 1000) | below(random, 2) << MEMMON_PID_BITS,
		.tgid = below(random, 5),
		.gfp = below(random, 16),
		.comm = "worker",
	};

	switch (record.event_class) {
	case MEMMON_CLASS_CACHE_ALLOC:
	case MEMMON_CLASS_CACHE_ALLOC_BULK:
		record.detail = (uint16_t)(1 + below(random, 3));
		break;
	case MEMMON_CLASS_PAGE_ALLOC:
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		if (!choose_birth(story, random, &record))
			return;
		own(story, &record);
		/* Nobody saw it. */
		if (below(random, 8) == 0)
			return;
		break;
	case MEMMON_CLASS_PAGE_FREE:
		if (!choose_free(story, random, &record))
			return;
		own(story, &record);
		break;
	default:
		break;
	}
	if (below(random, 20) == 0 && record.event_class <= MEMMON_CLASS_CACHE_ALLOC)
		record.object = 0;
	story_tell(story, &record);
}
