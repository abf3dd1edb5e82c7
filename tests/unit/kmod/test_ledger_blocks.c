// SPDX-License-Identifier: GPL-2.0
/*
 * Compares a ledger with a plain model of the machine's pages, on events made by chance: blocks are split, freed
 * in parts and in any order, and what is free again is taken while other parts live.
 */
#include <stdlib.h>

#include "ledgers.h"
#include "unit.h"

#define NR_STEPS 60000
#define NR_PFNS SHIM_NR_PAGES
#define NR_BLOCKS NR_PFNS

struct block {
	unsigned long pfn;
	unsigned int order;
	unsigned int left;
};

static struct block blocks[NR_BLOCKS];
static int owners[NR_PFNS + 1]; /* of each page: number of its block + 1 */
static u64 nr_parts;

static unsigned int one_in(unsigned int n)
{
	return random() % n;
}

static bool are_owned_by(unsigned long pfn, unsigned int order, int owner)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++) {
		if (i < 1 || i > NR_PFNS || owners[i] != owner)
			return false;
	}
	return true;
}

static void set_owner(unsigned long pfn, unsigned int order, int owner)
{
	unsigned long i;

	for (i = pfn; i < pfn + (1UL << order); i++)
		owners[i] = owner;
}

/* Takes a free block, as the page allocator does, if there is one at a place chosen by chance. */
static void bear_block(void)
{
	unsigned int order = one_in(5), i;
	unsigned long pfn = one_in(NR_PFNS) & ~((1UL << order) - 1);

	if (!are_owned_by(pfn, order, 0))
		return;
	for (i = 0; blocks[i].left; i++)
		;
	blocks[i] = (struct block){ .pfn = pfn, .order = order, .left = 1U << order };
	set_owner(pfn, order, i + 1);
	ledgers_alloc_pages(pfn, order);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
}

/* Frees some pages that are of one block: all of it, or a part. */
static void bury_pages(void)
{
	unsigned long pfn = 1 + one_in(NR_PFNS);
	unsigned int order;
	struct block *b;

	if (!owners[pfn])
		return;
	b = &blocks[owners[pfn] - 1];
	order = one_in(2) ? b->order : one_in(b->order + 1);
	pfn &= ~((1UL << order) - 1);
	if (!are_owned_by(pfn, order, b - blocks + 1))
		return;
	b->left -= 1U << order;
	set_owner(pfn, order, 0);
	ledgers_free_pages(pfn, order);
	ledgers_check_counted(b->left ? MEMMON_LEDGER_PARTLY_FREED : MEMMON_LEDGER_FREED, 1);
	nr_parts += b->left > 0;
}

/* A page that has left its block, and went to somebody who is not known, comes back: that is not its block's. */
static void bury_stray(void)
{
	unsigned long pfn = 1 + one_in(NR_PFNS);

	if (owners[pfn])
		return;
	ledgers_free_pages(pfn, 0);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
}

static void compare_blocks(void)
{
	struct memmon_object row;
	u64 position = 0;
	unsigned int nr = 0, i;

	for (; memmon_ledger_page_row(ledger, &position, &row); nr++) {
		for (i = 0; i < NR_BLOCKS; i++) {
			if (blocks[i].left && blocks[i].pfn == row.address &&
			    blocks[i].order == MEMMON_PAGE_ORDER(row.detail))
				break;
		}
		assert_in_range(i, 0, NR_BLOCKS - 1);
		assert_int_equal(row.bytes_alloc, blocks[i].left * PAGE_SIZE);
		assert_int_equal(row.bytes_req, PAGE_SIZE << blocks[i].order);
	}
	for (i = 0; i < NR_BLOCKS; i++)
		nr -= blocks[i].left > 0;
	assert_int_equal(nr, 0);
}

static void blocks_are_as_in_the_model(void **state)
{
	unsigned int i;

	(void)state;
	srandom(1);
	ledgers_prepare();
	ledgers_start(16, 400, 64, 0);
	for (i = 0; i < NR_STEPS; i++) {
		shim_cpu = one_in(SHIM_NR_CPUS);
		if (!one_in(20))
			bury_stray();
		else if (one_in(8))
			bury_pages();
		else
			bear_block();
		if (i % 100)
			continue;
		compare_blocks();
		ledgers_check();
	}
	shim_cpu = 0;
	assert_true(nr_parts > 1000);
	ledgers_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(blocks_are_as_in_the_model) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
