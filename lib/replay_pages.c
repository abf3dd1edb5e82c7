// SPDX-License-Identifier: GPL-2.0
/* Blocks of pages in the ledger of a recording, which may be freed in parts and in any order. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "replay_internal.h"

struct replay_object *replay_find_block(const struct memmon_replay *replay, uint64_t pfn,
					unsigned int order)
{
	const struct replay_table *pages = &replay->tables[REPLAY_PAGES];
	struct replay_object *block = replay_table_find(pages, pfn);

	while (block && replay_order(block) != order)
		block = replay_table_next(pages, block);
	return block;
}

/* Whether all these pages of a block are still its own. */
static bool has_pages(const struct replay_object *block, uint64_t pfn, unsigned int order)
{
	if (!block->pages)
		return true;
	for (uint64_t i = pfn - block->key; i < pfn - block->key + (1ULL << order); i++)
		if (!(block->pages[i / 64] >> i % 64 & 1))
			return false;
	return true;
}

/*
 * The block that contains some pages which are not a whole block. Blocks are aligned to their size. Pages that
 * were freed before, and are freed again, belong to somebody whose birth nobody saw.
 */
static struct replay_object *find_container(const struct memmon_replay *replay, uint64_t pfn,
					    unsigned int order)
{
	const struct replay_table *pages = &replay->tables[REPLAY_PAGES];

	for (unsigned int wanted = order + 1; wanted < REPLAY_ORDERS; wanted++) {
		uint64_t first = pfn & ~((1ULL << wanted) - 1);
		struct replay_object *block;

		if (!first || !replay->blocks[wanted])
			continue;
		for (block = replay_table_find(pages, first); block;
		     block = replay_table_next(pages, block))
			if (replay_order(block) == wanted && has_pages(block, pfn, order))
				return block;
	}
	return NULL;
}

static int make_bitmap(struct replay_object *block)
{
	size_t nr = (size_t)1 << replay_order(block);

	block->pages = calloc((nr + 63) / 64, sizeof(*block->pages));
	if (!block->pages)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		block->pages[i / 64] |= 1ULL << i % 64;
	return 0;
}

static int free_part(struct memmon_replay *replay, struct replay_object *block, uint64_t pfn,
		     unsigned int order)
{
	uint32_t pages = 1U << order;
	uint32_t bytes = block->bytes_alloc / block->pages_left * pages;

	if (!block->pages && make_bitmap(block))
		return -ENOMEM;
	for (uint64_t i = pfn - block->key; i < pfn - block->key + pages; i++)
		block->pages[i / 64] &= ~(1ULL << i % 64);
	replay->accounts.accounts[block->account].died_bytes += bytes;
	if (replay->observer.end)
		replay->observer.end(replay->observer.arg, block, bytes, false);
	block->bytes_alloc -= bytes;
	block->pages_left -= pages;
	if (block->pages_left)
		return MEMMON_LEDGER_PARTLY_FREED;
	replay_end(replay, REPLAY_PAGES, block);
	return MEMMON_LEDGER_FREED;
}

int replay_free_pages(struct memmon_replay *replay, uint64_t pfn, unsigned int order)
{
	struct replay_object *block = replay_find_block(replay, pfn, order);

	if (block) {
		replay_end(replay, REPLAY_PAGES, block);
		return MEMMON_LEDGER_FREED;
	}
	block = find_container(replay, pfn, order);
	return block ? free_part(replay, block, pfn, order) : MEMMON_LEDGER_UNKNOWN;
}
