// SPDX-License-Identifier: GPL-2.0
/* Checks what a session says of itself, and every record that it gives. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "session.h"

const char *const filter_names[] = {
#define FILTER_NAME(id, name) name,
	MEMMON_FILTER_REASONS(FILTER_NAME)
#undef FILTER_NAME
};

static const char *const drop_names[] = {
#define DROP_NAME(id, name) name,
	MEMMON_DROP_REASONS(DROP_NAME)
#undef DROP_NAME
};

static uint64_t sum(const __u64 *counters)
{
	uint64_t total = 0;
	int i;

	for (i = 0; i < MEMMON_STATS_COUNTERS; i++)
		total += counters[i];
	return total;
}

/* A record makes sense, is not the one before it again, and is not older than that. */
void ring_check(struct ring *ring, const struct memmon_record *r)
{
	if (r->event_class == MEMMON_CLASS_NONE || r->event_class >= MEMMON_NR_CLASSES ||
	    r->context >= MEMMON_NR_CONTEXTS || !r->time || !r->comm[0])
		die("a record makes no sense: class %u, context %u, time %" PRIu64, r->event_class,
		    r->context, (uint64_t)r->time);
	/* An interrupt may write between a task's look at the clock and its record. */
	if (r->context != MEMMON_CONTEXT_TASK)
		return;
	if (r->time < ring->last.time)
		die("time goes back from %" PRIu64 " to %" PRIu64, (uint64_t)ring->last.time,
		    (uint64_t)r->time);
	if (ring->last.time && !memcmp(r, &ring->last, sizeof(*r)))
		die("a record came twice, of time %" PRIu64, (uint64_t)r->time);
	ring->last = *r;
}

/* After the session was disabled, and all was taken. */
void books_check(const struct session *session)
{
	struct memmon_stats s;
	uint64_t seen, accounted;

	session_stats(session, &s);
	seen = sum(s.seen) + s.dropped[MEMMON_DROPPED_KPROBE_MISSED];
	accounted = s.recorded + sum(s.filtered) + sum(s.dropped) + s.in_flight;
	if (s.in_flight)
		die("%" PRIu64 " events are in flight", (uint64_t)s.in_flight);
	if (seen != accounted)
		die("seen %" PRIu64 ", accounted for %" PRIu64, seen, accounted);
	if (session->spec.way != WAY_NONE && !session->spec.slow &&
	    session->nr_taken + session->nr_overwritten != s.recorded)
		die("recorded %" PRIu64 ", taken %" PRIu64 " and overwritten %" PRIu64,
		    (uint64_t)s.recorded, session->nr_taken, session->nr_overwritten);
}

/* Lines of: NUMBER KEY VALUE. */
void books_print(const struct session *session, unsigned int number)
{
	struct memmon_stats s;
	int i;

	session_stats(session, &s);
	printf("%u state %u\n%u rings %u\n", number, s.state, number, s.nr_rings);
	printf("%u missing %u\n", number, s.missing_classes);
	printf("%u memory_bytes %" PRIu64 "\n", number, (uint64_t)s.memory_bytes);
	printf("%u seen %" PRIu64 "\n", number, sum(s.seen));
	printf("%u recorded %" PRIu64 "\n", number, (uint64_t)s.recorded);
	printf("%u taken %" PRIu64 "\n", number, session->nr_taken);
	printf("%u overwritten %" PRIu64 "\n", number, session->nr_overwritten);
	printf("%u filtered %" PRIu64 "\n", number, sum(s.filtered));
	printf("%u dropped %" PRIu64 "\n", number, sum(s.dropped));
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		if (s.seen[i])
			printf("%u seen.%s %" PRIu64 "\n", number, class_names[i],
			       (uint64_t)s.seen[i]);
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		printf("%u filtered.%s %" PRIu64 "\n", number, filter_names[i],
		       (uint64_t)s.filtered[i]);
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		printf("%u dropped.%s %" PRIu64 "\n", number, drop_names[i],
		       (uint64_t)s.dropped[i]);
}
