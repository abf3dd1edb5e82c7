// SPDX-License-Identifier: GPL-2.0
/* Tests the way of an event to its record: contexts, clocks, and the reasons not to record it. */
#include "event.h"
#include "filter.h"
#include "mute.h"
#include "rings.h"
#include "unit.h"

#define SITE 0xffffffff81234567

static int start(void **state)
{
	(void)state;
	memset(&memmon_filter, 0, sizeof(memmon_filter));
	memmon_event_gate = 0;
	memmon_event_has_nodes = false;
	nr_node_ids = 1;
	shim_tsc_is_unstable = false;
	shim_preempt_count = 0;
	shim_task = 0;
	memmon_clock_init();
	rings_start(64);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	assert_int_equal(per_cpu_ptr(&memmon_cpu, 0)->nest, 0);
	rings_stop();
	return 0;
}

static void record_kmalloc(void)
{
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, (unsigned long)shim_memory + 64, 100, 128,
			    0xcc0, MEMMON_CACHE_UNKNOWN);
}

/* The newest record of a ring. */
static struct memmon_record newest(enum memmon_ring_kind kind)
{
	struct memmon_record r;
	u64 oldest, end;

	memmon_ring_window(0, kind, &oldest, &end);
	assert_true(end > oldest);
	assert_true(memmon_ring_copy(0, kind, end - MEMMON_RECORD_BYTES, &r));
	return r;
}

static struct memmon_balance add_up(void)
{
	struct memmon_balance b;

	memmon_books_balance(&b);
	assert_int_equal(b.in_flight, 0);
	return b;
}

static void check_kmalloc(enum memmon_context context)
{
	u64 before = shim_time;
	struct memmon_record r;

	record_kmalloc();
	r = newest(MEMMON_RING_REQUESTS);
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
	shim_preempt_count = 0x10000 | SOFTIRQ_OFFSET;
	check_kmalloc(MEMMON_CONTEXT_HARDIRQ);
	shim_preempt_count = 0x110000;
	check_kmalloc(MEMMON_CONTEXT_NMI);
	assert_int_equal(shim_preempt_count, 0x110000);
	assert_int_equal(add_up().recorded[MEMMON_RING_REQUESTS], 6);
}

static void frees_go_to_their_ring(void **state)
{
	struct memmon_balance b;

	(void)state;
	memmon_event_record(MEMMON_CLASS_KFREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_CACHE_FREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_FREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_FREE_BATCHED, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_PAGE_ALLOC, SITE, 1, 0, 0, 0, 0);
	b = add_up();
	assert_int_equal(b.recorded[MEMMON_RING_FREES], 4);
	assert_int_equal(b.recorded[MEMMON_RING_REQUESTS], 1);
	assert_int_equal(newest(MEMMON_RING_FREES).event_class, MEMMON_CLASS_PAGE_FREE_BATCHED);
}

static void nodes_are_found_where_there_are_several(void **state)
{
	(void)state;
	nr_node_ids = 2;
	memmon_event_init();
	shim_pages[0].node = 1;
	record_kmalloc();
	assert_int_equal(newest(MEMMON_RING_REQUESTS).pid_node, 316 | 1 << MEMMON_PID_BITS);
	shim_pages[3].node = 5;
	memmon_event_record(MEMMON_CLASS_PAGE_ALLOC, 0, page_to_pfn(&shim_pages[3]), 0, 0, 0, 0);
	assert_int_equal(newest(MEMMON_RING_REQUESTS).pid_node, 316 | 5 << MEMMON_PID_BITS);
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, 0, 100, 128, 0, 0);
	assert_int_equal(newest(MEMMON_RING_REQUESTS).pid_node,
			 316 | MEMMON_NODE_UNKNOWN << MEMMON_PID_BITS);
}

static void an_untrusted_tsc_is_not_used(void **state)
{
	u64 before;

	(void)state;
	assert_string_equal(memmon_clock_name(), "tsc");
	shim_tsc_is_unstable = true;
	assert_string_equal(memmon_clock_name(), "tsc (unstable)");
	memmon_clock_init();
	assert_string_equal(memmon_clock_name(), "mono");
	memmon_event_init();
	before = shim_time;
	record_kmalloc();
	assert_int_equal(newest(MEMMON_RING_REQUESTS).time, (before + 1) * 1000);
}

static void a_counted_event_leaves_no_record(void **state)
{
	struct memmon_balance b;

	(void)state;
	memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
	b = add_up();
	assert_int_equal(b.seen[MEMMON_CLASS_KFREE], 1);
	assert_int_equal(b.filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(b.recorded[MEMMON_RING_FREES], 0);
	assert_int_equal(shim_preempt_count, 0);
}

static void the_filter_is_asked(void **state)
{
	struct memmon_balance b;

	(void)state;
	memmon_filter.min_bytes = 101;
	memmon_event_init();
	record_kmalloc();
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, 1, 101, 128, 0, 0);
	b = add_up();
	assert_int_equal(b.seen[MEMMON_CLASS_KMALLOC], 2);
	assert_int_equal(b.filtered[MEMMON_FILTERED_MIN_BYTES], 1);
	assert_int_equal(b.recorded[MEMMON_RING_REQUESTS], 1);
	assert_int_equal(newest(MEMMON_RING_REQUESTS).bytes_req, 101);
}

static void a_reader_is_not_recorded(void **state)
{
	struct memmon_balance b;
	int entry = memmon_mute_begin();

	(void)state;
	record_kmalloc();
	b = add_up();
	assert_int_equal(b.filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(b.recorded[MEMMON_RING_REQUESTS], 0);
	memmon_mute_end(entry);
	record_kmalloc();
	assert_int_equal(add_up().recorded[MEMMON_RING_REQUESTS], 1);
}

static void others_are_while_a_reader_reads(void **state)
{
	int entry = memmon_mute_begin();

	(void)state;
	shim_task = 1;
	record_kmalloc();
	assert_string_equal(newest(MEMMON_RING_REQUESTS).comm, "reader");
	shim_task = 0;
	shim_preempt_count = 0x10000;
	record_kmalloc();
	assert_int_equal(add_up().recorded[MEMMON_RING_REQUESTS], 2);
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
	assert_int_equal(add_up().filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(add_up().recorded[MEMMON_RING_REQUESTS], 1);
	assert_false(memmon_event_gate);
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
	assert_int_equal(add_up().recorded[MEMMON_RING_REQUESTS], 1);
	for (i = 0; i < 200; i++)
		memmon_mute_end(entries[i]);
	assert_false(memmon_event_gate);
	assert_int_equal(memmon_mute_begin(), entries[0]);
	memmon_mute_end(entries[0]);
}

static void interrupt(void)
{
	unsigned int i;

	shim_preempt_count |= 0x10000;
	for (i = 0; i < 2 * memmon_ring_slots(); i++)
		record_kmalloc();
	shim_preempt_count &= ~0x10000;
}

/* All of the real way, interrupted at each of its points by more than the ring holds. */
static void books_balance_under_any_interrupt(void **state)
{
	unsigned int point;
	bool has_run = true;
	struct memmon_balance b;

	(void)state;
	for (point = 0; has_run; point++) {
		shim_interrupt_at(point, interrupt);
		record_kmalloc();
		has_run = !shim_interrupt_cancel();
	}
	assert_in_range(point, 10, 200);
	b = add_up();
	assert_int_equal(b.seen[MEMMON_CLASS_KMALLOC],
			 point + (point - 1) * 2 * memmon_ring_slots());
	assert_int_equal(b.seen[MEMMON_CLASS_KMALLOC], b.recorded[MEMMON_RING_REQUESTS] + b.nested);
	assert_true(b.nested > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contexts_are_told_apart),
		TEST(frees_go_to_their_ring),
		TEST(nodes_are_found_where_there_are_several),
		TEST(an_untrusted_tsc_is_not_used),
		TEST(a_counted_event_leaves_no_record),
		TEST(the_filter_is_asked),
		TEST(a_reader_is_not_recorded),
		TEST(others_are_while_a_reader_reads),
		TEST(readers_do_not_unmute_each_other),
		TEST(too_many_readers_are_recorded),
		TEST(books_balance_under_any_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
