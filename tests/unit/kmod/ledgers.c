// SPDX-License-Identifier: GPL-2.0
/* A ledger that is enabled, and what it has counted. */
#include "cache.h"
#include "compat/clock.h"
#include "layout.h"
#include "ledgers.h"
#include "stack.h"
#include "unit.h"

struct memmon_ledger *ledger;
static u64 counts_before[MEMMON_STATS_COUNTERS];

void ledgers_prepare(void)
{
	shim_allocations_left = -1;
	shim_preempt_count = 0;
	memset(shim_pages, 0, sizeof(shim_pages));
	memmon_layout.slab_cache_offset = offsetof(struct page, slab_cache);
	memmon_clock_init();
	memmon_cache_init();
	*current = (struct task_struct){
		.pid = 316, .tgid = 300, .comm = "a.out", .cgroup = &shim_cgroups[1]
	};
	shim_cgroups[1].id = 77;
}

void ledgers_start(u64 objects, u64 pages, u32 accounts, u32 stacks)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER | MEMMON_OPTION_WITH_SELF,
		.classes = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK,
		.ledger_objects = objects,
		.ledger_pages = pages,
		.ledger_accounts = accounts,
	};

	assert_int_equal(memmon_ledger_create(&options, &ledger), 0);
	if (stacks) {
		ledger->stacks = memmon_stacks_create(stacks);
		assert_non_null(ledger->stacks);
	}
	memmon_ledger_add(ledger);
	memset(counts_before, 0, sizeof(counts_before));
}

void ledgers_stop(void)
{
	memmon_ledger_remove(ledger);
	memmon_stacks_destroy(ledger->stacks);
	memmon_ledger_destroy(ledger);
	ledger = NULL;
	assert_int_equal(memmon_ledger_total_bytes(), 0);
}

struct memmon_ledger_stats ledgers_stats(void)
{
	struct memmon_ledger_stats stats;

	memmon_ledger_balance(ledger, &stats);
	return stats;
}

void ledgers_check_counted(enum memmon_ledger_count count, unsigned int nr)
{
	struct memmon_ledger_stats stats = ledgers_stats();
	unsigned int i;

	for (i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++)
		assert_int_equal(stats.counts[i] - counts_before[i], i == count ? nr : 0);
	memcpy(counts_before, stats.counts, sizeof(counts_before));
}

void ledgers_alloc(enum memmon_class event_class, unsigned long object)
{
	memmon_ledger_submit(event_class, LEDGERS_SITE, object, LEDGERS_BYTES_REQ, LEDGERS_BYTES,
			     0xcc0, 0);
}

void ledgers_free(enum memmon_class event_class, unsigned long object)
{
	memmon_ledger_submit(event_class, LEDGERS_SITE + 1, object, 0, 0, 0, 0);
}

void ledgers_alloc_pages(unsigned long pfn, unsigned int order)
{
	memmon_ledger_submit(MEMMON_CLASS_PAGE_ALLOC, 0, pfn, PAGE_SIZE << order,
			     PAGE_SIZE << order, 0xcc0, MEMMON_PAGE_DETAIL(order, 2, 1));
}

void ledgers_free_pages(unsigned long pfn, unsigned int order)
{
	memmon_ledger_submit(MEMMON_CLASS_PAGE_FREE, 0, pfn, 0, PAGE_SIZE << order, 0,
			     MEMMON_PAGE_DETAIL(order, 2, 0));
}

bool ledgers_find(u64 address, struct memmon_object *found)
{
	struct memmon_object row;
	unsigned int nr = 0;
	u64 position = 0;

	while (memmon_ledger_object_row(ledger, &position, &row)) {
		if (row.address != address)
			continue;
		*found = row;
		nr++;
	}
	assert_in_range(nr, 0, 1);
	return nr;
}

bool ledgers_find_pages(u64 pfn, unsigned int order, struct memmon_object *found)
{
	struct memmon_object row;
	unsigned int nr = 0;
	u64 position = 0;

	while (memmon_ledger_page_row(ledger, &position, &row)) {
		if (row.address != pfn || MEMMON_PAGE_ORDER(row.detail) != order)
			continue;
		*found = row;
		nr++;
	}
	assert_in_range(nr, 0, 1);
	return nr;
}

static u64 sum(const u64 *counts, unsigned int nr)
{
	u64 all = 0;

	while (nr--)
		all += counts[nr];
	return all;
}

/* Adds up the rows that lie in one table. Return: their number. */
static u64 add_rows(bool (*next)(struct memmon_ledger *ledger, u64 *position,
				 struct memmon_object *row),
		    u64 *bytes)
{
	struct memmon_object row;
	u64 position = 0, nr = 0;

	for (; next(ledger, &position, &row); nr++)
		*bytes += row.bytes_alloc;
	return nr;
}

void ledgers_check(void)
{
	struct memmon_ledger_stats stats = ledgers_stats();
	u64 position = 0, born = 0, died = 0, live_bytes = 0, row_bytes = 0;
	const u64 *c = stats.counts;
	struct memmon_account row;

	assert_int_equal(stats.in_flight, 0);
	assert_int_equal(sum(stats.seen, MEMMON_STATS_COUNTERS),
			 sum(stats.filtered, MEMMON_STATS_COUNTERS) +
				 sum(c, MEMMON_STATS_COUNTERS));
	while (memmon_ledger_account_row(ledger, &position, &row)) {
		assert_true(row.died <= row.born && row.died_bytes <= row.born_bytes);
		born += row.born;
		died += row.died;
		live_bytes += row.born_bytes - row.died_bytes;
	}
	assert_int_equal(born, c[MEMMON_LEDGER_BORN] + c[MEMMON_LEDGER_REBORN]);
	assert_int_equal(died, c[MEMMON_LEDGER_FREED] + c[MEMMON_LEDGER_REBORN]);
	assert_int_equal(stats.objects + stats.pages,
			 c[MEMMON_LEDGER_BORN] - c[MEMMON_LEDGER_FREED]);
	assert_int_equal(stats.objects, add_rows(memmon_ledger_object_row, &row_bytes));
	assert_int_equal(stats.pages, add_rows(memmon_ledger_page_row, &row_bytes));
	assert_int_equal(live_bytes, row_bytes);
}
