// SPDX-License-Identifier: GPL-2.0
/* Sessions for tests to record with. */
#include "cache.h"
#include "compat/clock.h"
#include "event.h"
#include "sessions.h"
#include "unit.h"

const char *const sessions_tracepoints[] = {
	"kmalloc",	"kmem_cache_alloc",	"kfree", "kmem_cache_free", "mm_page_alloc",
	"mm_page_free", "mm_page_free_batched", NULL,
};

void sessions_init(void)
{
	shim_cpu = 0;
	shim_task = 0;
	shim_preempt_count = 0;
	shim_tracepoints = sessions_tracepoints;
	shim_tracepoint_error = 0;
	memmon_clock_init();
	memmon_cache_init();
	assert_int_equal(memmon_event_init(), 0);
	assert_int_equal(memmon_rings_init(), 0);
}

void sessions_exit(void)
{
	int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		assert_null(memmon_listener_first[i]);
	assert_int_equal(shim_preempt_count, 0);
	assert_int_equal(per_cpu(memmon_ring_nest, 0), 0);
	assert_int_equal(memmon_rings_total_bytes(), 0);
	memmon_rings_exit();
	memmon_listener_exit();
}

struct memmon_options sessions_options(void)
{
	return (struct memmon_options){
		.flags = MEMMON_OPTION_OVERWRITE | MEMMON_OPTION_WITH_SELF,
		.classes = MEMMON_CLASSES_TRACEPOINT,
		.ring_bytes = 64 * MEMMON_RECORD_BYTES,
	};
}

void sessions_start(struct memmon_session *session, const struct memmon_options *options)
{
	memset(session, 0, sizeof(*session));
	assert_int_equal(memmon_session_set_up(session, options, false), 0);
	assert_int_equal(memmon_session_enable(session), 0);
}

void sessions_stop(struct memmon_session *session)
{
	if (session->state == MEMMON_SESSION_ENABLED)
		memmon_session_disable(session);
	assert_int_equal(session->state == MEMMON_SESSION_NEW, 0);
	memmon_session_tear_down(session);
	memset(session, 0, sizeof(*session));
}

struct memmon_balance sessions_balance(struct memmon_session *session)
{
	struct memmon_balance b;
	u64 dropped;

	memset(&b, 0xff, sizeof(b));
	memmon_session_balance(session, &b);
	dropped = memmon_books_sum(b.counts.dropped, MEMMON_NR_DROP_REASONS) -
		  b.counts.dropped[MEMMON_DROPPED_KPROBE_MISSED];
	assert_int_equal(b.in_flight, 0);
	assert_int_equal(memmon_books_sum(b.counts.seen, MEMMON_NR_CLASSES),
			 memmon_books_sum(b.recorded, MEMMON_BOOKS_RINGS) + dropped +
				 memmon_books_sum(b.counts.filtered, MEMMON_NR_FILTER_REASONS));
	return b;
}

u64 sessions_count(const struct memmon_session *session, int cpu)
{
	u64 oldest, end;

	memmon_ring_window(per_cpu_ptr(session->rings[0].cpu, cpu), cpu, &oldest, &end);
	return (end - oldest) / MEMMON_RECORD_BYTES;
}

struct memmon_record sessions_newest(const struct memmon_session *session, unsigned int back)
{
	const struct memmon_ring *ring = per_cpu_ptr(session->rings[0].cpu, 0);
	struct memmon_record r;
	u64 oldest, end;

	memmon_ring_window(ring, 0, &oldest, &end);
	assert_true(end > oldest + back * MEMMON_RECORD_BYTES);
	assert_true(memmon_ring_copy(ring, end - (back + 1) * MEMMON_RECORD_BYTES, &r));
	return r;
}
