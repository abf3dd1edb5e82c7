// SPDX-License-Identifier: GPL-2.0
/* Reads the totals of a session, and compares them with its records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "symbols.h"
#include "tables.h"
#include "totals.h"

#define NR_BUCKETS 4096
#define TEXT_BYTES 128
#define HAS(keys, id) ((keys)&1U << MEMMON_TOTAL_##id)
#define OF_PAGES                                                                     \
	(1U << MEMMON_CLASS_PAGE_ALLOC | 1U << MEMMON_CLASS_PAGE_FREE |              \
	 1U << MEMMON_CLASS_PAGE_FREE_BATCHED | 1U << MEMMON_CLASS_PAGE_ALLOC_BULK | \
	 1U << MEMMON_CLASS_PAGE_EXTFRAG)

/**
 * struct sum - what there is of one key
 * @row: of all CPUs and intervals together
 * @record_count: records that have this key
 * @record_req: asked for by these
 * @record_alloc: taken by these
 */
struct sum {
	struct sum *next;
	struct memmon_total row;
	uint64_t record_count;
	uint64_t record_req;
	uint64_t record_alloc;
};

/**
 * struct totals - all that was read
 * @sums: by key
 * @nr_intervals: how many were read
 * @nr_gone: rows whose code was gone
 * @stats: in the end
 * @keys: those that the records have, too
 * @session: whose they are
 */
struct totals {
	struct sum *sums[NR_BUCKETS];
	unsigned int nr_intervals;
	uint64_t nr_gone;
	struct memmon_totals_stats stats;
	uint32_t keys;
	const struct session *session;
};

struct totals *totals_create(void)
{
	struct totals *totals = calloc(1, sizeof(*totals));

	if (!totals)
		die("no memory");
	return totals;
}

void totals_destroy(struct totals *totals)
{
	struct sum *sum, *next;
	int i;

	for (i = 0; i < NR_BUCKETS; i++) {
		for (sum = totals->sums[i]; sum; sum = next) {
			next = sum->next;
			free(sum);
		}
	}
	free(totals);
}

/* The sum of a key: what of a row does not count for that is zero. */
static struct sum *find(struct totals *totals, const struct memmon_total *key)
{
	const size_t bytes = offsetof(struct memmon_total, count);
	const uint64_t *word = (const void *)key;
	uint64_t mixed = 0;
	struct sum **link;
	size_t i;

	for (i = 0; i < bytes / sizeof(*word); i++)
		mixed = (mixed ^ word[i]) * 0x9e3779b97f4a7c15ULL;
	link = &totals->sums[mixed % NR_BUCKETS];
	while (*link && memcmp(&(*link)->row, key, bytes))
		link = &(*link)->next;
	if (!*link) {
		*link = calloc(1, sizeof(**link));
		if (!*link)
			die("no memory");
		memcpy(&(*link)->row, key, bytes);
	}
	return *link;
}

/*
 * What stands for the name of a cache. A cache that several CPUs enter at one moment may get two ids, and two sinks
 * that look it up one after the other then see one each.
 */
static uint16_t hash_cache(const struct session *session, uint16_t id)
{
	static uint16_t hashes[UINT16_MAX + 1];
	struct memmon_cache_info info = { .size = sizeof(info), .id = id };
	const char *c;

	if (!id || hashes[id])
		return hashes[id];
	if (ioctl(session->fd, MEMMON_IOC_CACHE, &info))
		die("cache %u has no name: %m", id);
	for (c = info.name; *c; c++)
		hashes[id] = (hashes[id] + (uint8_t)*c) * 40503;
	hashes[id] |= 1;
	return hashes[id];
}

static bool has_cache(uint8_t event_class)
{
	return event_class == MEMMON_CLASS_CACHE_ALLOC || event_class == MEMMON_CLASS_CACHE_FREE;
}

/* Adds a row; what the records of a session do not say counts for none. */
static void add_row(struct totals *totals, const struct memmon_total *row)
{
	struct memmon_total key = *row;
	struct sum *sum;

	if (row->zero || row->event_class >= MEMMON_NR_CLASSES ||
	    row->flags & ~(MEMMON_TOTAL_OTHER | MEMMON_TOTAL_GONE))
		die("a row makes no sense: class %u, flags %#x", row->event_class, row->flags);
	totals->nr_gone += !!(row->flags & MEMMON_TOTAL_GONE);
	key.flags &= ~MEMMON_TOTAL_GONE;
	key.cpu = 0;
	key.cgroup = 0;
	key.stack = 0;
	key.cache = has_cache(key.event_class) ? hash_cache(totals->session, key.cache) : 0;
	memset(key.comm, 0, sizeof(key.comm));
	sum = find(totals, &key);
	sum->row.count += row->count;
	sum->row.bytes_req += row->bytes_req;
	sum->row.bytes_alloc += row->bytes_alloc;
	sum->row.died += row->died;
	sum->row.died_bytes += row->died_bytes;
}

static void read_rows(struct totals *totals, const struct session *session, enum memmon_table which)
{
	struct table table;
	uint64_t i;
	int ret = table_read(session->fd, which, 100, &table);

	if (ret)
		die("MEMMON_TABLE_TOTALS: %s", strerror(-ret));
	for (i = 0; i < table.nr; i++)
		add_row(totals, &((const struct memmon_total *)table.rows)[i]);
	table_free(&table);
	totals->nr_intervals++;
}

void totals_turn(struct totals *totals, const struct session *session, bool is_end)
{
	totals->session = session;
	if (!is_end && ioctl(session->fd, MEMMON_IOC_TURN))
		die("MEMMON_IOC_TURN: %m");
	read_rows(totals, session, is_end ? MEMMON_TABLE_TOTALS : MEMMON_TABLE_TOTALS_LAST);
}

static uint32_t size_class(uint32_t bytes)
{
	uint64_t power = 1;

	while (power < bytes)
		power *= 2;
	if (bytes <= power - power / 4)
		return bytes ? power - power / 4 : 0;
	return power > UINT32_MAX ? UINT32_MAX : power;
}

/* The key that a record should have been counted under. */
static void add_record(void *arg, const struct memmon_record *r, uint64_t count)
{
	struct totals *totals = arg;
	struct memmon_total key = { .event_class = r->event_class };
	const uint32_t keys = totals->keys;
	struct sum *sum;

	if (HAS(keys, SITE))
		key.call_site = r->call_site;
	if (HAS(keys, CACHE) && has_cache(r->event_class))
		key.cache = hash_cache(totals->session, r->detail);
	if (HAS(keys, ORDER) && 1U << r->event_class & OF_PAGES)
		key.order = MEMMON_PAGE_ORDER(r->detail);
	if (HAS(keys, TGID))
		key.tgid = r->tgid;
	if (HAS(keys, NODE))
		key.node = r->pid_node >> MEMMON_PID_BITS;
	if (HAS(keys, CONTEXT))
		key.context = r->context;
	if (HAS(keys, SIZE))
		key.size_bytes = size_class(r->bytes_alloc);
	sum = find(totals, &key);
	sum->record_count += count;
	sum->record_req += count * r->bytes_req;
	sum->record_alloc += count * r->bytes_alloc;
}

static bool is_other(const struct sum *sum)
{
	return sum->row.flags & MEMMON_TOTAL_OTHER;
}

/* Each key has its records, or if some found no row, no more than these. Return: what the class has too few of. */
static void check_sum(const struct sum *sum, struct memmon_total *lacking)
{
	const struct memmon_total *row = &sum->row;

	if (is_other(sum)) {
		lacking->count -= row->count;
		lacking->bytes_req -= row->bytes_req;
		lacking->bytes_alloc -= row->bytes_alloc;
		return;
	}
	if (row->count > sum->record_count)
		die("%s of site %#" PRIx64 ", cache %u, process %u: %" PRIu64 " in totals, %" PRIu64
		    " records",
		    class_names[row->event_class], (uint64_t)row->call_site, row->cache, row->tgid,
		    (uint64_t)row->count, sum->record_count);
	lacking->count += sum->record_count - row->count;
	lacking->bytes_req += sum->record_req - row->bytes_req;
	lacking->bytes_alloc += sum->record_alloc - row->bytes_alloc;
}

static void compare_with_records(struct totals *totals, const struct tally *tally)
{
	struct memmon_total lacking[MEMMON_NR_CLASSES] = {};
	const struct sum *sum;
	int i;

	tally_for_each(tally, add_record, totals);
	for (i = 0; i < NR_BUCKETS; i++)
		for (sum = totals->sums[i]; sum; sum = sum->next)
			check_sum(sum, &lacking[sum->row.event_class]);
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		if (lacking[i].count || lacking[i].bytes_req || lacking[i].bytes_alloc)
			die("%s: %" PRId64 " more records than in totals, of %" PRId64
			    " bytes, %" PRId64 " taken",
			    class_names[i], (int64_t)lacking[i].count,
			    (int64_t)lacking[i].bytes_req, (int64_t)lacking[i].bytes_alloc);
}

/* What all rows of a class have, and of these what found no row. */
static void add_up(const struct totals *totals, int event_class, uint64_t *counted, uint64_t *other)
{
	const struct sum *sum;
	int i;

	*counted = 0;
	*other = 0;
	for (i = 0; i < NR_BUCKETS; i++) {
		for (sum = totals->sums[i]; sum; sum = sum->next) {
			if (sum->row.event_class != event_class)
				continue;
			*counted += sum->row.count;
			*other += is_other(sum) ? sum->row.count : 0;
		}
	}
}

void totals_check(struct totals *totals, const struct session *session, const struct tally *tally)
{
	struct memmon_totals_stats *s = &totals->stats;
	uint64_t seen = 0, done = 0, counted, other;
	int i;

	memset(s, 0xff, sizeof(*s));
	s->size = sizeof(*s);
	if (ioctl(session->fd, MEMMON_IOC_TOTALS, s))
		die("MEMMON_IOC_TOTALS: %m");
	for (i = 0; i < MEMMON_STATS_COUNTERS; i++) {
		seen += s->seen[i];
		done += s->filtered[i] + s->counted[i];
	}
	if (s->in_flight || seen != done)
		die("the books of totals: %" PRIu64 " seen, %" PRIu64 " accounted for", seen, done);
	if (s->interval + 1 != totals->nr_intervals || s->used > s->places || !s->began ||
	    s->now < s->began)
		die("interval %" PRIu64 ", %u were read; %u of %u rows", (uint64_t)s->interval,
		    totals->nr_intervals, s->used, s->places);
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		add_up(totals, i, &counted, &other);
		if (counted != s->counted[i] || other != s->other[i])
			die("%s: %" PRIu64 " in rows, %" PRIu64 " counted; other: %" PRIu64
			    ", %" PRIu64,
			    class_names[i], counted, (uint64_t)s->counted[i], other,
			    (uint64_t)s->other[i]);
	}
	totals->keys = s->keys;
	if (!(session->spec.options.flags & MEMMON_OPTION_NO_RINGS) &&
	    session->spec.way != WAY_NONE)
		compare_with_records(totals, tally);
}

static void print_row(const struct memmon_total *row, unsigned int number)
{
	char function[TEXT_BYTES] = "-", module[TEXT_BYTES] = "-";

	if (row->call_site)
		symbols_find(row->call_site, function, module);
	printf("%u total %s %s %s %u %u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %u\n",
	       number, class_names[row->event_class], function, module, row->tgid, row->size_bytes,
	       row->order, (uint64_t)row->count, (uint64_t)row->bytes_req,
	       (uint64_t)row->bytes_alloc, (uint64_t)row->died, (uint64_t)row->died_bytes,
	       row->flags);
}

/*
 * Lines of: NUMBER totals KEY VALUE, and
 * NUMBER total CLASS FUNCTION MODULE TGID SIZE ORDER COUNT REQ ALLOC DIED DIED_BYTES FLAGS.
 */
void totals_print(const struct totals *totals, const struct session *session, unsigned int number)
{
	const struct memmon_totals_stats *s = &totals->stats;
	uint64_t counted = 0, other = 0;
	const struct sum *sum;
	int i;

	(void)session;
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		counted += s->counted[i];
		other += s->other[i];
	}
	printf("%u totals counted %" PRIu64 "\n%u totals other %" PRIu64 "\n", number, counted,
	       number, other);
	printf("%u totals intervals %u\n%u totals used %u\n", number, totals->nr_intervals, number,
	       s->used);
	printf("%u totals places %u\n%u totals memory_bytes %" PRIu64 "\n", number, s->places,
	       number, (uint64_t)s->memory_bytes);
	printf("%u totals gone %" PRIu64 "\n", number, totals->nr_gone);
	for (i = 0; i < NR_BUCKETS; i++)
		for (sum = totals->sums[i]; sum; sum = sum->next)
			print_row(&sum->row, number);
}
