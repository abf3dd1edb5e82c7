// SPDX-License-Identifier: GPL-2.0
/* Prints a ledger: its books, and what each account holds. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "ledger.h"
#include "symbols.h"

#define TEXT_BYTES 128
#define NS_PER_MS 1000000

static const char *const count_names[] = {
#define COUNT_NAME(id, name) name,
	MEMMON_LEDGER_COUNTS(COUNT_NAME)
#undef COUNT_NAME
};

static bool is_of_pages(uint8_t event_class)
{
	return event_class == MEMMON_CLASS_PAGE_ALLOC ||
	       event_class == MEMMON_CLASS_PAGE_ALLOC_BULK;
}

static void find_cache(const struct session *session, uint8_t event_class, uint32_t id, char *name)
{
	struct memmon_cache_info info = { .size = sizeof(info), .id = id };

	strcpy(name, "-");
	if (!id || is_of_pages(event_class))
		return;
	if (ioctl(session->fd, MEMMON_IOC_CACHE, &info))
		die("cache %u has no name: %m", id);
	strcpy(name, info.name);
}

/* Of "function+0x12/0x34 [module]", as the kernel writes it. */
static void split_site_name(const char *text, char *function, char *module)
{
	int nr = sscanf(text, "%127[^+]+%*[^[][%127[^]]", function, module);

	if (nr < 1)
		strcpy(function, "-");
	if (nr < 2)
		strcpy(module, "-");
}

static void print_books(const struct ledger *ledger, unsigned int number)
{
	const struct memmon_ledger_stats *b = &ledger->books;
	uint64_t seen = 0, filtered = 0;
	int i;

	for (i = 0; i < MEMMON_STATS_COUNTERS; i++) {
		seen += b->seen[i];
		filtered += b->filtered[i];
	}
	printf("%u ledger objects %" PRIu64 "\n%u ledger pages %" PRIu64 "\n", number,
	       (uint64_t)b->objects, number, (uint64_t)b->pages);
	printf("%u ledger object_places %" PRIu64 "\n%u ledger page_places %" PRIu64 "\n", number,
	       (uint64_t)b->object_places, number, (uint64_t)b->page_places);
	printf("%u ledger accounts %u\n%u ledger account_places %u\n", number, b->accounts, number,
	       b->account_places);
	printf("%u ledger stacks %u\n%u ledger stack_places %u\n", number, b->stacks, number,
	       b->stack_places);
	printf("%u ledger memory_bytes %" PRIu64 "\n", number, (uint64_t)b->memory_bytes);
	printf("%u ledger untracked_bytes %" PRIu64 "\n", number, (uint64_t)b->untracked_bytes);
	printf("%u ledger seen %" PRIu64 "\n%u ledger filtered %" PRIu64 "\n", number, seen, number,
	       filtered);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		if (b->seen[i])
			printf("%u ledger seen.%s %" PRIu64 "\n", number, class_names[i],
			       (uint64_t)b->seen[i]);
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		printf("%u ledger filtered.%s %" PRIu64 "\n", number, filter_names[i],
		       (uint64_t)b->filtered[i]);
	for (i = 0; i < MEMMON_NR_LEDGER_COUNTS; i++)
		printf("%u ledger %s %" PRIu64 "\n", number, count_names[i],
		       (uint64_t)b->counts[i]);
}

static uint64_t age_ms(const struct ledger *ledger, uint64_t born)
{
	const struct memmon_info *info = &ledger->session->info;

	if (!born)
		return 0;
	return (ledger->books.now - born) /
	       (info->clock == MEMMON_CLOCK_TSC ? info->clock_khz : NS_PER_MS);
}

/*
 * Lines of: NUMBER account CLASS FUNCTION MODULE CACHE ORDER SITE BORN DIED BORN_BYTES DIED_BYTES LIVE LIVE_REQ
 * LIVE_ALLOC QUEUED OLDEST_MS NEWEST_MS STACKS CONTEXTS CGROUP RETIRED.
 */
static void print_account(const struct ledger *ledger, const struct account *account,
			  unsigned int number)
{
	const struct memmon_account *row = &account->row;
	char function[TEXT_BYTES] = "-", module[TEXT_BYTES] = "-", cache[MEMMON_CACHE_NAME_BYTES];
	bool is_page = is_of_pages(row->event_class);

	if (row->site_name[0])
		split_site_name(row->site_name, function, module);
	else if (row->call_site)
		symbols_find(row->call_site, function, module);
	find_cache(ledger->session, row->event_class, row->detail, cache);
	printf("%u account %s %s %s %s %u x%016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %" PRIu64,
	       number, class_names[row->event_class], function, module, cache,
	       is_page ? MEMMON_PAGE_ORDER(row->detail) : 0, (uint64_t)row->call_site,
	       (uint64_t)row->born, (uint64_t)row->died, (uint64_t)row->born_bytes,
	       (uint64_t)row->died_bytes);
	printf(" %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %u %u %" PRIu64 " %u\n",
	       account->live, account->live_bytes_req, account->live_bytes_alloc, account->queued,
	       age_ms(ledger, account->oldest), age_ms(ledger, account->newest), account->stacks,
	       account->contexts, (uint64_t)row->cgroup, row->site_name[0] != '\0');
}

/* Lines of: NUMBER object ADDRESS REQ ALLOC FLAGS AGE_MS COMM. */
static void print_rows(const struct ledger *ledger, unsigned int number)
{
	const char *wanted = ledger->session->spec.rows;
	bool wants_pages = !strcmp(wanted, "pages");
	const struct table *table = wants_pages ? &ledger->pages : &ledger->objects;
	const struct memmon_object *rows = (const void *)table->rows;
	char cache[MEMMON_CACHE_NAME_BYTES];
	uint64_t i;

	for (i = 0; i < table->nr; i++) {
		const struct memmon_object *o = &rows[i];

		find_cache(ledger->session, o->event_class, o->detail, cache);
		if (!wants_pages && strcmp(cache, wanted))
			continue;
		printf("%u object x%016" PRIx64 " %u %u %u %" PRIu64 " %.16s\n", number,
		       (uint64_t)o->address, o->bytes_req, o->bytes_alloc, o->flags,
		       age_ms(ledger, o->born), o->comm);
	}
}

/* Lines of: NUMBER live CACHE OBJECTS BYTES QUEUED, of slab objects with a known cache. */
static void print_caches(const struct ledger *ledger, unsigned int number)
{
	const struct memmon_object *rows = (const void *)ledger->objects.rows;
	static uint64_t objects[UINT16_MAX + 1], bytes[UINT16_MAX + 1], queued[UINT16_MAX + 1];
	char cache[MEMMON_CACHE_NAME_BYTES];
	uint64_t i;

	memset(objects, 0, sizeof(objects));
	memset(bytes, 0, sizeof(bytes));
	memset(queued, 0, sizeof(queued));
	for (i = 0; i < ledger->objects.nr; i++) {
		objects[rows[i].detail]++;
		bytes[rows[i].detail] += rows[i].bytes_alloc;
		queued[rows[i].detail] += !!(rows[i].flags & MEMMON_OBJECT_QUEUED);
	}
	for (i = 1; i <= UINT16_MAX; i++) {
		if (!objects[i])
			continue;
		find_cache(ledger->session, MEMMON_CLASS_CACHE_ALLOC, i, cache);
		printf("%u live %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", number, cache,
		       objects[i], bytes[i], queued[i]);
	}
}

void ledger_print(const struct ledger *ledger, unsigned int number)
{
	uint64_t i;

	print_books(ledger, number);
	for (i = 0; i < ledger->nr_accounts; i++)
		print_account(ledger, &ledger->accounts[i], number);
	print_caches(ledger, number);
	if (ledger->session->spec.rows)
		print_rows(ledger, number);
}
