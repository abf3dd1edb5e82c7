// SPDX-License-Identifier: GPL-2.0
/* Tests events that several sessions listen to, each with its own wishes, rings and books. */
#include "cache.h"
#include "event.h"
#include "mute.h"
#include "sessions.h"
#include "stack.h"
#include "unit.h"

#define SITE 0xffffffff81234567
#define SESSIONS 5
#define SLOTS 64

static struct memmon_session sessions[SESSIONS];
static unsigned int nr_sessions;

static int start(void **state)
{
	(void)state;
	nr_sessions = 0;
	sessions_init();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	while (nr_sessions)
		sessions_stop(&sessions[--nr_sessions]);
	sessions_exit();
	return 0;
}

static struct memmon_session *open_session(const struct memmon_options *options)
{
	sessions_start(&sessions[nr_sessions], options);
	return &sessions[nr_sessions++];
}

static struct memmon_session *open_plain(void)
{
	struct memmon_options options = sessions_options();

	return open_session(&options);
}

static struct memmon_session *open_filtering(u64 min_bytes)
{
	struct memmon_options options = sessions_options();

	options.filter.conditions = 1U << MEMMON_FILTERED_BYTES;
	options.filter.min_bytes = min_bytes;
	options.filter.max_bytes = U64_MAX;
	return open_session(&options);
}

static void record_bytes(u32 bytes)
{
	memmon_event_record(MEMMON_CLASS_KMALLOC, SITE, (unsigned long)shim_memory + 64, bytes, 128,
			    0xcc0, MEMMON_CACHE_UNKNOWN);
}

static void check_counts(struct memmon_session *session, u64 seen, u64 recorded)
{
	struct memmon_balance b = sessions_balance(session);

	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], seen);
	assert_int_equal(b.recorded[0], recorded);
}

/* All that wish for the same get the same, byte for byte. */
static void records_are_identical(void **state)
{
	struct memmon_record first, other;
	unsigned int context, back, i;

	(void)state;
	for (i = 0; i < SESSIONS - 1; i++)
		open_plain();
	open_filtering(1);
	for (context = 0; context < 4; context++) {
		shim_preempt_count = (const unsigned int[]){ 0, SOFTIRQ_OFFSET, HARDIRQ_OFFSET,
							     NMI_OFFSET }[context];
		record_bytes(100 + context);
	}
	shim_preempt_count = 0;
	for (back = 0; back < 4; back++) {
		first = sessions_newest(&sessions[0], back);
		assert_int_equal(first.context, 3 - back);
		assert_int_equal(first.bytes_req, 103 - back);
		for (i = 1; i < nr_sessions; i++) {
			other = sessions_newest(&sessions[i], back);
			/* The slow way reads the clock anew. */
			assert_true(other.time - first.time <= 1);
			other.time = first.time;
			assert_memory_equal(&first, &other, sizeof(first));
		}
	}
}

static void fire_kmalloc(void)
{
	SESSIONS_FIRE(kmalloc, SITE, shim_memory + 64, 100, 128, 0xcc0, -1);
}

/* Records name stacks in that session alone that takes them; what has none keeps its call site. */
static void records_name_their_stack(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_session *taking, *plain = open_plain();
	struct memmon_stack stack;
	struct memmon_record r;
	u64 position = 0;

	(void)state;
	options.stacks = 16;
	taking = open_session(&options);
	shim_frames[0] = SITE;
	shim_frames[1] = SITE + 100;
	shim_nr_frames = 2;
	fire_kmalloc();
	shim_nr_frames = 0;
	assert_true(memmon_stacks_row(taking->stacks, &position, &stack));
	assert_int_equal(stack.nr_frames, 2);
	r = sessions_newest(taking, 0);
	assert_int_equal(MEMMON_RECORD_STACK(r.call_site), stack.id);
	r = sessions_newest(plain, 0);
	assert_int_equal(r.call_site, SITE);
	fire_kmalloc();
	r = sessions_newest(taking, 0);
	assert_int_equal(r.call_site, SITE);
	assert_int_equal(MEMMON_RECORD_STACK(r.call_site), 0);
	assert_int_equal(memmon_stacks_missed(taking->stacks), 1);
}

static void each_counts_from_its_beginning(void **state)
{
	struct memmon_session *early = open_plain(), *late, *filtering;

	(void)state;
	record_bytes(100);
	late = open_plain();
	record_bytes(100);
	filtering = open_filtering(200);
	record_bytes(100);
	record_bytes(300);
	check_counts(early, 4, 4);
	check_counts(late, 3, 3);
	check_counts(filtering, 2, 1);
	memmon_session_disable(early);
	record_bytes(300);
	check_counts(early, 4, 4);
	check_counts(late, 4, 4);
	check_counts(filtering, 3, 2);
	memmon_session_disable(late);
	record_bytes(300);
	check_counts(late, 4, 4);
	check_counts(filtering, 4, 3);
}

/* Each class has its own list. */
static void who_does_not_wish_for_a_class_does_not_see_it(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_session *requests, *frees;

	(void)state;
	options.classes = 1U << MEMMON_CLASS_KMALLOC;
	requests = open_session(&options);
	options.classes = 1U << MEMMON_CLASS_KFREE;
	frees = open_session(&options);
	record_bytes(100);
	memmon_event_record(MEMMON_CLASS_KFREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_record(MEMMON_CLASS_KFREE, SITE, 1, 0, 0, 0, 0);
	memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
	check_counts(requests, 1, 1);
	check_counts(frees, 0, 2);
	assert_int_equal(sessions_balance(requests).counts.filtered[MEMMON_FILTERED_NULL], 0);
	assert_int_equal(sessions_balance(frees).counts.filtered[MEMMON_FILTERED_NULL], 1);
	assert_int_equal(sessions_balance(frees).counts.seen[MEMMON_CLASS_KFREE], 3);
}

/* A session leaves out what the process does that has set it up, in whatever thread, but no interrupt. */
static void the_own_process_is_skipped(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_session *skipping, *before, *behind;

	(void)state;
	behind = open_plain();
	options.flags = MEMMON_OPTION_OVERWRITE;
	skipping = open_session(&options);
	before = open_plain();
	record_bytes(100);
	check_counts(skipping, 1, 0);
	assert_int_equal(sessions_balance(skipping).counts.filtered[MEMMON_FILTERED_SELF], 1);
	shim_preempt_count = HARDIRQ_OFFSET;
	record_bytes(101);
	shim_preempt_count = 0;
	check_counts(skipping, 2, 1);
	shim_task = 1;
	record_bytes(102);
	shim_task = 0;
	check_counts(skipping, 3, 2);
	assert_string_equal(sessions_newest(skipping, 0).comm, "reader");
	check_counts(before, 3, 3);
	check_counts(behind, 3, 3);
}

static void a_muted_task_is_skipped_by_all(void **state)
{
	struct memmon_session *plain = open_plain(), *filtering = open_filtering(1);
	int entry = memmon_mute_begin();

	(void)state;
	record_bytes(100);
	memmon_mute_end(entry);
	check_counts(plain, 1, 0);
	check_counts(filtering, 1, 0);
	assert_int_equal(sessions_balance(plain).counts.filtered[MEMMON_FILTERED_SELF], 1);
	assert_int_equal(sessions_balance(filtering).counts.filtered[MEMMON_FILTERED_SELF], 1);
}

/* A full ring, in whatever place of the list, is nobody else's business. */
static void one_full_ring_holds_up_nobody(void **state)
{
	struct memmon_options options = sessions_options();
	struct memmon_session *plain[2], *keeping, *filtering;
	unsigned int i;

	(void)state;
	plain[0] = open_plain();
	options.flags = MEMMON_OPTION_WITH_SELF;
	keeping = open_session(&options);
	plain[1] = open_plain();
	filtering = open_filtering(1);
	for (i = 0; i < 3 * SLOTS; i++)
		record_bytes(100);
	check_counts(keeping, 3 * SLOTS, SLOTS - MEMMON_RING_SLOTS_LEFT);
	assert_int_equal(sessions_balance(keeping).counts.dropped[MEMMON_DROPPED_FULL],
			 2 * SLOTS + MEMMON_RING_SLOTS_LEFT);
	check_counts(plain[0], 3 * SLOTS, 3 * SLOTS);
	check_counts(plain[1], 3 * SLOTS, 3 * SLOTS);
	check_counts(filtering, 3 * SLOTS, 3 * SLOTS);
}

/* A CPU that came when there was no memory. */
static void without_a_ring_events_are_counted(void **state)
{
	struct memmon_session *session, *filtering;

	(void)state;
	shim_nr_online = 1;
	session = open_plain();
	filtering = open_filtering(1);
	shim_allocations_left = 0;
	assert_int_equal(shim_cpu_up(1), 0);
	shim_allocations_left = -1;
	shim_cpu = 1;
	record_bytes(100);
	record_bytes(100);
	shim_cpu = 0;
	check_counts(session, 2, 0);
	assert_int_equal(sessions_balance(session).counts.dropped[MEMMON_DROPPED_NO_RING], 2);
	assert_int_equal(sessions_balance(filtering).counts.dropped[MEMMON_DROPPED_NO_RING], 2);
	shim_nr_online = SHIM_NR_CPUS;
}

static unsigned int nr_interrupts;

static void interrupt(void)
{
	unsigned int i;

	nr_interrupts++;
	shim_preempt_count += HARDIRQ_OFFSET;
	for (i = 0; i < 3 * SLOTS; i++)
		record_bytes(i);
	shim_preempt_count -= HARDIRQ_OFFSET;
}

/* Floods of interrupts at every point of an event that four sessions of all kinds see. */
static void all_books_balance_under_any_interrupt(void **state)
{
	struct memmon_options options = sessions_options();
	unsigned int point = 0, i;
	u64 seen;

	(void)state;
	nr_interrupts = 0;
	open_plain();
	open_filtering(100);
	options.flags = MEMMON_OPTION_WITH_SELF;
	options.watermark_bytes = 16 * MEMMON_RECORD_BYTES;
	open_session(&options);
	options.flags = MEMMON_OPTION_OVERWRITE;
	open_session(&options);
	do {
		shim_interrupt_at(point++, interrupt);
		record_bytes(100);
	} while (!shim_interrupt_cancel());
	assert_in_range(point, 20, 300);
	seen = point + nr_interrupts * 3 * SLOTS;
	for (i = 0; i < nr_sessions; i++) {
		struct memmon_balance b = sessions_balance(&sessions[i]);

		assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], seen);
	}
	assert_true(sessions_balance(&sessions[0]).counts.dropped[MEMMON_DROPPED_NESTED] > 0);
	assert_true(sessions_balance(&sessions[2]).counts.dropped[MEMMON_DROPPED_FULL] > 0);
	shim_irq_work_run();
}

static struct memmon_session *coming;

/* An event at any moment of another session's coming or going. */
static void event(void)
{
	record_bytes(100);
}

/* None of these events is lost for who is there all the time, or counted by who is not. */
static void sessions_come_and_go_during_events(void **state)
{
	struct memmon_session *staying = open_plain();
	struct memmon_options options = sessions_options();
	u64 nr_events = 0;
	unsigned int point = 0;
	bool has_run = true;

	(void)state;
	options.filter.conditions = 1U << MEMMON_FILTERED_PID;
	options.filter.pid = 316;
	coming = &sessions[SESSIONS - 1];
	for (point = 0; has_run; point++) {
		u64 seen;

		shim_interrupt_at(point, event);
		sessions_start(coming, &options);
		memmon_session_disable(coming);
		has_run = !shim_interrupt_cancel();
		seen = sessions_balance(coming).counts.seen[MEMMON_CLASS_KMALLOC];
		assert_in_range(seen, 0, 1);
		sessions_stop(coming);
		nr_events += has_run;
		check_counts(staying, nr_events, nr_events);
	}
	assert_in_range(point, 50, 2000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_are_identical),
		TEST(records_name_their_stack),
		TEST(each_counts_from_its_beginning),
		TEST(who_does_not_wish_for_a_class_does_not_see_it),
		TEST(the_own_process_is_skipped),
		TEST(a_muted_task_is_skipped_by_all),
		TEST(one_full_ring_holds_up_nobody),
		TEST(without_a_ring_events_are_counted),
		TEST(all_books_balance_under_any_interrupt),
		TEST(sessions_come_and_go_during_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
