// SPDX-License-Identifier: GPL-2.0
/* Tests the way of an event to its record: contexts, clocks, and the reasons not to record it. */
#include "cache.h"
#include "event.h"
#include "mute.h"
#include "sessions.h"
#include "unit.h"

#define SITE 0xffffffff81234567
/* Of sessions_options(). */
#define SLOTS 64

static struct memmon_session session;

static int start(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	memmon_event_has_nodes = false;
	nr_node_ids = 1;
	shim_tsc_is_unstable = false;
	sessions_init();
	sessions_start(&session, &options);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sessions_stop(&session);
	sessions_exit();
	return 0;
}

/* Loads again, with what the test has changed meanwhile. */
static void restart(const struct memmon_options *options)
{
	sessions_stop(&session);
	sessions_exit();
	sessions_init();
	sessions_start(&session, options);
}

static bool is_fast(enum memmon_class event_class)
{
	return memmon_listener_fast[event_class] != memmon_listener_closed;
}

static void record_kmalloc(void)
{
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, (unsigned long)shim_memory + 64, 100, 128,
			    0xcc0, MEMMON_CACHE_UNKNOWN);
}

static u64 count_recorded(void)
{
	return sessions_balance(&session).recorded[MEMMON_RINGS_ALL];
}

static void check_kmalloc(enum memmon_context context)
{
	u64 before = shim_time;
	struct memmon_record r;

	record_kmalloc();
	r = sessions_newest(&session, 0);
	assert_in_range(r.time, before + 1, before + 1);
	assert_int_equal(r.call_site, SITE);
	assert_int_equal(r.object, (unsigned long)shim_memory + 64);
	assert_int_equal(r.bytes_req, 100);
	assert_int_equal(r.bytes_alloc, 128);
	assert_int_equal(r.gfp, 0xcc0);
	assert_int_equal(r.detail, MEMMON_CACHE_UNKNOWN);
	assert_int_equal(r.event_class, MEMMON_CLASS_KMALLOC);
	assert_int_equal(r.context, context);
	assert_int_equal(r.pid_node, 316);
	assert_int_equal(r.tgid, 300);
	assert_string_equal(r.comm, "a.out");
}

static void contexts_are_told_apart(void **state)
{
	(void)state;
	check_kmalloc(MEMMON_CONTEXT_TASK);
	shim_preempt_count = 1;
	check_kmalloc(MEMMON_CONTEXT_TASK);
	shim_preempt_count = 2 * SOFTIRQ_OFFSET;
	check_kmalloc(MEMMON_CONTEXT_TASK);
	shim_preempt_count = SOFTIRQ_OFFSET;
	check_kmalloc(MEMMON_CONTEXT_SOFTIRQ);
	shim_preempt_count = HARDIRQ_OFFSET | SOFTIRQ_OFFSET;
	check_kmalloc(MEMMON_CONTEXT_HARDIRQ);
	shim_preempt_count = NMI_OFFSET | HARDIRQ_OFFSET;
	check_kmalloc(MEMMON_CONTEXT_NMI);
	assert_int_equal(shim_preempt_count, NMI_OFFSET | HARDIRQ_OFFSET);
	shim_preempt_count = 0;
	assert_int_equal(count_recorded(), 6);
}

static void frees_go_to_their_ring(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_balance b;

	(void)state;
	sessions_stop(&session);
	assert_int_equal(memmon_session_set_up(&session, &options, true), 0);
	assert_int_equal(memmon_session_enable(&session), 0);
	memmon_event_record(MEMMON_CLASS_KFREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_CACHE_FREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_FREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_FREE_BATCHED, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_ALLOC, SITE, 1, 0, 0, 0, 0);
	b = sessions_balance(&session);
	assert_int_equal(b.recorded[MEMMON_RINGS_FREES], 4);
	assert_int_equal(b.recorded[MEMMON_RINGS_REQUESTS], 1);
	assert_int_equal(sessions_newest(&session, 0).event_class, MEMMON_CLASS_PAGE_ALLOC);
}

static void nodes_are_found_where_there_are_several(void **state)
{
	struct memmon_options options = sessions_options();

	(void)state;
	nr_node_ids = 2;
	restart(&options);
	shim_pages[0].node = 1;
	record_kmalloc();
	assert_int_equal(sessions_newest(&session, 0).pid_node, 316 | 1 << MEMMON_PID_BITS);
	shim_pages[3].node = 5;
	memmon_event_record(MEMMON_CLASS_PAGE_ALLOC, 0, page_to_pfn(&shim_pages[3]), 0, 0, 0, 0);
	assert_int_equal(sessions_newest(&session, 0).pid_node, 316 | 5 << MEMMON_PID_BITS);
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, 0, 100, 128, 0, 0);
	assert_int_equal(sessions_newest(&session, 0).pid_node,
			 316 | MEMMON_NODE_UNKNOWN << MEMMON_PID_BITS);
}

static void an_untrusted_tsc_is_not_used(void **state)
{
	struct memmon_options options = sessions_options();
	u64 before;

	(void)state;
	assert_string_equal(memmon_clock_name(), "tsc");
	shim_tsc_is_unstable = true;
	assert_string_equal(memmon_clock_name(), "tsc (unstable)");
	assert_int_equal(memmon_clock_khz(), tsc_khz);
	restart(&options);
	assert_string_equal(memmon_clock_name(), "mono");
	assert_int_equal(memmon_clock_khz(), 1000000);
	assert_false(is_fast(MEMMON_CLASS_KMALLOC));
	before = shim_time;
	record_kmalloc();
	assert_in_range(sessions_newest(&session, 0).time, (before + 1) * 1000, shim_time * 1000);
	assert_int_equal(sessions_newest(&session, 0).time % 1000, 0);
}

static void a_counted_event_leaves_no_record(void **state)
{
	struct memmon_balance b;

	(void)state;
	memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KFREE], 1);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(b.recorded[0], 0);
	assert_int_equal(shim_preempt_count, 0);
}

static void the_filter_is_asked(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_balance b;

	(void)state;
	options.filter.conditions = 1U << MEMMON_FILTERED_BYTES;
	options.filter.min_bytes = 101;
	options.filter.max_bytes = 200;
	restart(&options);
	record_kmalloc();
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, 1, 101, 128, 0, 0);
	b = sessions_balance(&session);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], 2);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_BYTES], 1);
	assert_int_equal(b.recorded[0], 1);
	assert_int_equal(sessions_newest(&session, 0).bytes_req, 101);
}

static void a_reader_is_not_recorded(void **state)
{
	struct memmon_balance b;
	int entry = memmon_mute_begin();

	(void)state;
	assert_false(is_fast(MEMMON_CLASS_KMALLOC));
	record_kmalloc();
	b = sessions_balance(&session);
	assert_int_equal(b.counts.filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(b.recorded[0], 0);
	memmon_mute_end(entry);
	record_kmalloc();
	assert_int_equal(count_recorded(), 1);
}

static void others_are_while_a_reader_reads(void **state)
{
	int entry = memmon_mute_begin();

	(void)state;
	shim_task = 1;
	record_kmalloc();
	assert_string_equal(sessions_newest(&session, 0).comm, "reader");
	shim_task = 0;
	shim_preempt_count = HARDIRQ_OFFSET;
	record_kmalloc();
	shim_preempt_count = 0;
	assert_int_equal(count_recorded(), 2);
	memmon_mute_end(entry);
}

static void readers_do_not_unmute_each_other(void **state)
{
	int first, second;

	(void)state;
	first = memmon_mute_begin();
	shim_task = 1;
	second = memmon_mute_begin();
	shim_task = 0;
	memmon_mute_end(first);
	record_kmalloc();
	shim_task = 1;
	record_kmalloc();
	memmon_mute_end(second);
	assert_int_equal(sessions_balance(&session).counts.filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(count_recorded(), 1);
	assert_true(is_fast(MEMMON_CLASS_KMALLOC));
}

static void too_many_readers_are_recorded(void **state)
{
	int entries[200], i;

	(void)state;
	shim_task = 1;
	for (i = 0; i < 199; i++)
		entries[i] = memmon_mute_begin();
	shim_task = 0;
	entries[i] = memmon_mute_begin();
	record_kmalloc();
	assert_int_equal(count_recorded(), 1);
	for (i = 0; i < 200; i++)
		memmon_mute_end(entries[i]);
	assert_true(is_fast(MEMMON_CLASS_KMALLOC));
	assert_int_equal(memmon_mute_begin(), entries[0]);
	memmon_mute_end(entries[0]);
}

static void interrupt(void)
{
	unsigned int i;

	shim_preempt_count += HARDIRQ_OFFSET;
	for (i = 0; i < 2 * SLOTS; i++)
		record_kmalloc();
	shim_preempt_count -= HARDIRQ_OFFSET;
}

/* All of the real way, interrupted at each of its points by more than the ring holds. */
static void books_balance_under_any_interrupt(void **state)
{
	unsigned int point;
	bool has_run = true;
	struct memmon_balance b;
	u64 nested;

	(void)state;
	for (point = 0; has_run; point++) {
		shim_interrupt_at(point, interrupt);
		record_kmalloc();
		has_run = !shim_interrupt_cancel();
	}
	assert_in_range(point, 8, 200);
	b = sessions_balance(&session);
	nested = b.counts.dropped[MEMMON_DROPPED_NESTED];
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], point + (point - 1) * 2 * SLOTS);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], b.recorded[0] + nested);
	assert_true(nested > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contexts_are_told_apart),
		TEST(frees_go_to_their_ring),
		TEST(nodes_are_found_where_there_are_several),
		TEST(a_counted_event_leaves_no_record),
		TEST(the_filter_is_asked),
		TEST(a_reader_is_not_recorded),
		TEST(others_are_while_a_reader_reads),
		TEST(readers_do_not_unmute_each_other),
		TEST(too_many_readers_are_recorded),
		TEST(books_balance_under_any_interrupt),
		/* The last one: the choice of the clock is for ever. */
		TEST(an_untrusted_tsc_is_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
