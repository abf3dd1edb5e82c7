// SPDX-License-Identifier: GPL-2.0
/* Reads a ledger, and adds up what lives by account. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "ledger.h"

#define ROWS_AT_ONCE 1000

void ledger_read_books(const struct session *session, struct memmon_ledger_stats *books)
{
	memset(books, 0xff, sizeof(*books));
	books->size = sizeof(*books);
	if (ioctl(session->fd, MEMMON_IOC_LEDGER, books))
		die("MEMMON_IOC_LEDGER: %m");
}

static void read_table(const struct session *session, enum memmon_table which, struct table *table)
{
	int ret = table_read(session->fd, which, ROWS_AT_ONCE, table);

	if (ret)
		die("table %u: %s", which, strerror(-ret));
}

static int compare_objects(const void *a, const void *b)
{
	const struct memmon_object *one = a, *other = b;

	return one->address < other->address ? -1 : one->address > other->address;
}

static int compare_stacks(const void *a, const void *b)
{
	return ((const struct memmon_stack *)a)->id < ((const struct memmon_stack *)b)->id ?
		       -1 :
		       ((const struct memmon_stack *)a)->id > ((const struct memmon_stack *)b)->id;
}

static int compare_accounts(const void *a, const void *b)
{
	const struct account *one = a, *other = b;

	return one->row.id < other->row.id ? -1 : one->row.id > other->row.id;
}

static void read_accounts(struct ledger *ledger)
{
	struct table rows;
	uint64_t i;

	read_table(ledger->session, MEMMON_TABLE_ACCOUNTS, &rows);
	ledger->nr_accounts = rows.nr;
	ledger->accounts = calloc(rows.nr + 1, sizeof(*ledger->accounts));
	if (!ledger->accounts)
		die("no memory");
	for (i = 0; i < rows.nr; i++)
		ledger->accounts[i].row = ((struct memmon_account *)rows.rows)[i];
	qsort(ledger->accounts, rows.nr, sizeof(*ledger->accounts), compare_accounts);
	for (i = 1; i < rows.nr; i++)
		if (ledger->accounts[i].row.id == ledger->accounts[i - 1].row.id)
			die("account %u came twice", ledger->accounts[i].row.id);
	table_free(&rows);
}

static void add_live(struct ledger *ledger, const struct table *table)
{
	const struct memmon_object *objects = (const void *)table->rows;
	uint64_t i;

	for (i = 0; i < table->nr; i++) {
		const struct memmon_object *o = &objects[i];
		struct account key = { .row.id = o->account }, *account;

		account = bsearch(&key, ledger->accounts, ledger->nr_accounts, sizeof(key),
				  compare_accounts);
		if (!account)
			die("there is no account %u of %#" PRIx64, o->account,
			    (uint64_t)o->address);
		account->live++;
		account->live_bytes_req += o->bytes_req;
		account->live_bytes_alloc += o->bytes_alloc;
		account->queued += !!(o->flags & MEMMON_OBJECT_QUEUED);
		account->contexts |= 1U << o->context;
		if (!account->oldest || o->born < account->oldest)
			account->oldest = o->born;
		if (o->born > account->newest)
			account->newest = o->born;
	}
}

static int compare_by_account(const void *a, const void *b)
{
	const struct memmon_object *one = *(void *const *)a, *other = *(void *const *)b;

	if (one->account != other->account)
		return one->account < other->account ? -1 : 1;
	return one->stack < other->stack ? -1 : one->stack > other->stack;
}

static void count_stacks(struct ledger *ledger, const struct table *table)
{
	const struct memmon_object *rows = (const void *)table->rows, **sorted;
	uint64_t i;

	sorted = calloc(table->nr + 1, sizeof(*sorted));
	if (!sorted)
		die("no memory");
	for (i = 0; i < table->nr; i++)
		sorted[i] = &rows[i];
	qsort(sorted, table->nr, sizeof(*sorted), compare_by_account);
	for (i = 0; i < table->nr; i++) {
		struct account key = { .row.id = sorted[i]->account }, *account;

		account = bsearch(&key, ledger->accounts, ledger->nr_accounts, sizeof(key),
				  compare_accounts);
		if (sorted[i]->stack && (!i || compare_by_account(&sorted[i], &sorted[i - 1])))
			account->stacks++;
	}
	free(sorted);
}

void ledger_peek(const struct session *session)
{
	struct memmon_ledger_stats books;
	struct table table;
	uint64_t i;
	int which;

	ledger_read_books(session, &books);
	if (books.objects > books.object_places || books.pages > books.page_places)
		die("more is tracked than there are places: %" PRIu64 " objects, %" PRIu64 " pages",
		    (uint64_t)books.objects, (uint64_t)books.pages);
	for (which = MEMMON_TABLE_OBJECTS; which <= MEMMON_TABLE_PAGES; which++) {
		const struct memmon_object *rows;

		read_table(session, which, &table);
		rows = (const void *)table.rows;
		for (i = 0; i < table.nr; i++)
			if (!rows[i].born || !rows[i].address || !rows[i].comm[0] ||
			    rows[i].context >= MEMMON_NR_CONTEXTS ||
			    rows[i].event_class >= MEMMON_NR_CLASSES)
				die("a row makes no sense: %#" PRIx64 ", class %u, born %" PRIu64,
				    (uint64_t)rows[i].address, rows[i].event_class,
				    (uint64_t)rows[i].born);
		table_free(&table);
	}
}

void ledger_read(const struct session *session, struct ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
	ledger->session = session;
	ledger_read_books(session, &ledger->books);
	read_table(session, MEMMON_TABLE_OBJECTS, &ledger->objects);
	read_table(session, MEMMON_TABLE_PAGES, &ledger->pages);
	if (session->spec.options.stacks)
		read_table(session, MEMMON_TABLE_STACKS, &ledger->stacks);
	qsort(ledger->objects.rows, ledger->objects.nr, sizeof(struct memmon_object),
	      compare_objects);
	qsort(ledger->pages.rows, ledger->pages.nr, sizeof(struct memmon_object), compare_objects);
	qsort(ledger->stacks.rows, ledger->stacks.nr, sizeof(struct memmon_stack), compare_stacks);
	read_accounts(ledger);
	add_live(ledger, &ledger->objects);
	add_live(ledger, &ledger->pages);
	count_stacks(ledger, &ledger->objects);
	count_stacks(ledger, &ledger->pages);
}

void ledger_free(struct ledger *ledger)
{
	table_free(&ledger->objects);
	table_free(&ledger->pages);
	table_free(&ledger->stacks);
	free(ledger->accounts);
}
