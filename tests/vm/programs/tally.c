// SPDX-License-Identifier: GPL-2.0
/* Counts records that are alike, and prints how many there were of each kind. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "check.h"
#include "tally.h"

#define NR_BUCKETS 65536
#define OF_PAGES                                                                     \
	(1U << MEMMON_CLASS_PAGE_ALLOC | 1U << MEMMON_CLASS_PAGE_FREE |              \
	 1U << MEMMON_CLASS_PAGE_FREE_BATCHED | 1U << MEMMON_CLASS_PAGE_ALLOC_BULK | \
	 1U << MEMMON_CLASS_PAGE_EXTFRAG)

/**
 * struct kind - records that are alike in all but time and object
 * @like: one of them; what does not count is zero
 * @has_object: whether the request was met
 * @count: how many
 * @objects: sum of their addresses: the same for a set of requests and the set of their frees
 */
struct kind {
	struct kind *next;
	struct memmon_record like;
	bool has_object;
	uint64_t count;
	uint64_t objects;
};

struct tally {
	struct kind *buckets[NR_BUCKETS];
};

struct tally *tally_create(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		die("no memory");
	return tally;
}

void tally_destroy(struct tally *tally)
{
	struct kind *kind, *next;
	int i;

	for (i = 0; i < NR_BUCKETS; i++) {
		for (kind = tally->buckets[i]; kind; kind = next) {
			next = kind->next;
			free(kind);
		}
	}
	free(tally);
}

static uint32_t hash(const struct memmon_record *like)
{
	const uint64_t *word = (const uint64_t *)like;
	uint64_t mixed = 0;
	size_t i;

	for (i = 0; i < sizeof(*like) / sizeof(*word); i++)
		mixed = (mixed ^ word[i]) * 0x9e3779b97f4a7c15ULL;
	return mixed >> 48;
}

void tally_add(void *arg, const struct memmon_record *record)
{
	struct tally *tally = arg;
	struct memmon_record like = *record;
	bool has_object = record->object;
	struct kind **link, *kind;

	like.time = 0;
	like.object = 0;
	link = &tally->buckets[hash(&like)];
	for (kind = *link; kind; kind = kind->next)
		if (kind->has_object == has_object && !memcmp(&kind->like, &like, sizeof(like)))
			break;
	if (!kind) {
		kind = calloc(1, sizeof(*kind));
		if (!kind)
			die("no memory");
		kind->like = like;
		kind->has_object = has_object;
		kind->next = *link;
		*link = kind;
	}
	kind->count++;
	kind->objects += record->object;
}

void tally_for_each(const struct tally *tally, tally_fn visit, void *arg)
{
	const struct kind *kind;
	int i;

	for (i = 0; i < NR_BUCKETS; i++)
		for (kind = tally->buckets[i]; kind; kind = kind->next)
			visit(arg, &kind->like, kind->count);
}

static void find_cache(const struct session *session, uint32_t id, char *name)
{
	struct memmon_cache_info info = { .size = sizeof(info), .id = id };

	strcpy(name, "-");
	if (id && ioctl(session->fd, MEMMON_IOC_CACHE, &info))
		die("cache %u has no name: %m", id);
	if (id)
		strcpy(name, info.name);
}

static void find_zone(const struct session *session, uint32_t zone, char *text)
{
	struct memmon_name name = { .size = sizeof(name),
				    .table = MEMMON_NAMES_ZONE,
				    .index = zone };

	if (ioctl(session->fd, MEMMON_IOC_NAME, &name))
		die("zone %u has no name: %m", zone);
	strcpy(text, name.name);
}

static void print_kind(const struct kind *kind, const struct session *session, unsigned int number)
{
	const struct memmon_record *r = &kind->like;
	bool is_page = 1U << r->event_class & OF_PAGES;
	char comm[MEMMON_COMM_BYTES + 1] = "", cache[MEMMON_CACHE_NAME_BYTES] = "-",
				      zone[MEMMON_CACHE_NAME_BYTES] = "-";
	int i;

	memcpy(comm, r->comm, MEMMON_COMM_BYTES);
	for (i = 0; comm[i]; i++)
		if (!isgraph((unsigned char)comm[i]))
			comm[i] = '?';
	if (is_page)
		find_zone(session, MEMMON_PAGE_ZONE(r->detail), zone);
	else
		find_cache(session, r->detail, cache);
	printf("%u tally %s %s %s %u %u %u %u %u %s %s x%016" PRIx64 " %u x%08x %" PRIu64
	       " x%016" PRIx64 "\n",
	       number, class_names[r->event_class], context_names[r->context], comm,
	       r->pid_node & MEMMON_PID_MASK, r->tgid, r->pid_node >> MEMMON_PID_BITS, r->bytes_req,
	       is_page ? MEMMON_PAGE_ORDER(r->detail) : 0, zone, cache, (uint64_t)r->call_site,
	       kind->has_object, r->gfp, kind->count, kind->objects);
}

/*
 * Lines of: NUMBER tally CLASS CONTEXT COMM PID TGID NODE BYTES ORDER ZONE CACHE SITE HAS_OBJECT GFP COUNT
 * OBJECTS.
 */
void tally_print(const struct tally *tally, const struct session *session, unsigned int number)
{
	const struct kind *kind;
	int i;

	for (i = 0; i < NR_BUCKETS; i++)
		for (kind = tally->buckets[i]; kind; kind = kind->next)
			print_kind(kind, session, number);
}
