// SPDX-License-Identifier: GPL-2.0
/* What must be true of a ledger when nothing happens any more. */
#include <inttypes.h>
#include <stdlib.h>

#include "check.h"
#include "ledger.h"

/* Ends the program if two numbers differ that must not. */
static void same(uint64_t one, uint64_t other, const char *what)
{
	if (one != other)
		die("ledger: %s: %" PRIu64 " and %" PRIu64, what, one, other);
}

static uint64_t sum(const __u64 *counters)
{
	uint64_t total = 0;
	int i;

	for (i = 0; i < MEMMON_STATS_COUNTERS; i++)
		total += counters[i];
	return total;
}

static int compare_id(const void *id, const void *stack)
{
	uint32_t one = *(const uint32_t *)id, other = ((const struct memmon_stack *)stack)->id;

	return one < other ? -1 : one > other;
}

static void check_stack(const struct ledger *ledger, const struct memmon_object *o)
{
	const struct memmon_stack *stack;

	if (!o->stack)
		return;
	stack = bsearch(&o->stack, ledger->stacks.rows, ledger->stacks.nr, sizeof(*stack),
			compare_id);
	if (!stack || !stack->nr_frames || stack->nr_frames > MEMMON_STACK_FRAMES)
		die("ledger: stack %u of %#" PRIx64 " is not there, or has no frames", o->stack,
		    (uint64_t)o->address);
}

static void check_row(const struct ledger *ledger, const struct memmon_object *o)
{
	if (!o->comm[0] || o->context >= MEMMON_NR_CONTEXTS || !o->generation || !o->bytes_alloc ||
	    o->born < ledger->books.enabled_at || o->born > ledger->books.now)
		die("ledger: a row makes no sense: %#" PRIx64 " class %u context %u generation %u "
		    "bytes %u born %" PRIu64 ", between %" PRIu64 " and %" PRIu64,
		    (uint64_t)o->address, o->event_class, o->context, o->generation, o->bytes_alloc,
		    (uint64_t)o->born, (uint64_t)ledger->books.enabled_at,
		    (uint64_t)ledger->books.now);
	if (!!(o->flags & MEMMON_OBJECT_QUEUED) != !!o->queued ||
	    (o->queued && (o->queued < o->born || o->queued > ledger->books.now)))
		die("ledger: %#" PRIx64 " born at %" PRIu64 " was queued at %" PRIu64,
		    (uint64_t)o->address, (uint64_t)o->born, (uint64_t)o->queued);
	check_stack(ledger, o);
}

static void check_rows(const struct ledger *ledger, const struct table *table, bool are_pages)
{
	const struct memmon_object *rows = (const void *)table->rows;
	uint64_t i;

	for (i = 0; i < table->nr; i++) {
		bool is_page = rows[i].event_class == MEMMON_CLASS_PAGE_ALLOC ||
			       rows[i].event_class == MEMMON_CLASS_PAGE_ALLOC_BULK;

		if (is_page != are_pages)
			die("ledger: class %u in the wrong table", rows[i].event_class);
		check_row(ledger, &rows[i]);
		if (i && rows[i].address == rows[i - 1].address)
			die("ledger: %#" PRIx64 " is there twice", (uint64_t)rows[i].address);
	}
}

static void check_accounts(const struct ledger *ledger)
{
	uint64_t born = 0, died = 0, i;

	for (i = 0; i < ledger->nr_accounts; i++) {
		const struct account *account = &ledger->accounts[i];
		const struct memmon_account *row = &account->row;

		born += row->born;
		died += row->died;
		if (row->born - row->died != account->live ||
		    row->born_bytes - row->died_bytes != account->live_bytes_alloc)
			die("ledger: account %u, class %u, site %#" PRIx64 ": born %" PRIu64
			    ", died %" PRIu64 ", live %" PRIu64 "; bytes born %" PRIu64
			    ", died %" PRIu64 ", live %" PRIu64,
			    row->id, row->event_class, (uint64_t)row->call_site,
			    (uint64_t)row->born, (uint64_t)row->died, account->live,
			    (uint64_t)row->born_bytes, (uint64_t)row->died_bytes,
			    account->live_bytes_alloc);
	}
	same(born,
	     ledger->books.counts[MEMMON_LEDGER_BORN] + ledger->books.counts[MEMMON_LEDGER_REBORN],
	     "births of the accounts and in the books");
	same(died,
	     ledger->books.counts[MEMMON_LEDGER_FREED] + ledger->books.counts[MEMMON_LEDGER_REBORN],
	     "deaths of the accounts and in the books");
}

void ledger_check(const struct ledger *ledger)
{
	const struct memmon_ledger_stats *b = &ledger->books;

	same(b->in_flight, 0, "in flight after the end");
	same(sum(b->seen), sum(b->filtered) + sum(b->counts), "seen and accounted for");
	same(b->objects + b->pages, b->counts[MEMMON_LEDGER_BORN] - b->counts[MEMMON_LEDGER_FREED],
	     "tracked now, and born less freed");
	same(b->objects, ledger->objects.nr, "objects in the books and in the table");
	same(b->pages, ledger->pages.nr, "blocks of pages in the books and in the table");
	same(b->stacks, ledger->stacks.nr, "stacks in the books and in the table");
	check_rows(ledger, &ledger->objects, false);
	check_rows(ledger, &ledger->pages, true);
	check_accounts(ledger);
}
