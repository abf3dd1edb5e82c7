// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the rings with a writer thread on each CPU, now and then interrupted, and readers.
 *
 * Built twice: for speed, and so that records tear if they can; and under TSan, which finds what is shared
 * beside the slots and not marked so.
 */
#include <pthread.h>

#include "pattern.h"
#include "unit.h"

#define NR_WRITERS 2
#define NR_READERS 2

#ifdef __SANITIZE_THREAD__
#define NR_RECORDS 100000
#else
#define NR_RECORDS 600000
#endif

/* The records that a reader looks at: the oldest, about to be overwritten, and the newest. */
#define EDGE_BYTES (8 * MEMMON_RECORD_BYTES)

struct reader {
	pthread_t thread;
	u64 nr_whole;
	u64 nr_refused;
	u64 nr_torn;
};

static int nr_writing;

/* memmon_ring_copy() copies what may be being overwritten, and says so afterwards: see ring.h. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:memmon_ring_copy\n";
}

static void interrupt(void)
{
	static _Thread_local u64 number = 1ULL << 63;

	pattern_write(&rings, number++);
}

static void *write_all(void *cpu)
{
	u64 i;

	shim_cpu = (long)cpu;
	for (i = 1; i <= NR_RECORDS; i++) {
		if (i % 5 == 0)
			shim_interrupt_at(i % 23, interrupt);
		pattern_write(&rings, i);
	}
	shim_interrupt_cancel();
	__atomic_sub_fetch(&nr_writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void read_edge(struct reader *reader, int cpu, u64 position, u64 end)
{
	struct memmon_record r;

	for (; position < end; position += MEMMON_RECORD_BYTES) {
		if (!memmon_ring_copy(rings_ring(cpu), position, &r))
			reader->nr_refused++;
		else if (pattern_is_whole(&r))
			reader->nr_whole++;
		else
			reader->nr_torn++;
	}
}

static void *read_all(void *data)
{
	struct reader *reader = data;
	u64 oldest, end;
	int cpu;

	while (__atomic_load_n(&nr_writing, __ATOMIC_ACQUIRE)) {
		for (cpu = 0; cpu < NR_WRITERS; cpu++) {
			memmon_ring_window(rings_ring(cpu), cpu, &oldest, &end);
			if (end < oldest + 2 * EDGE_BYTES)
				continue;
			read_edge(reader, cpu, oldest, oldest + EDGE_BYTES);
			read_edge(reader, cpu, end - EDGE_BYTES, end);
		}
	}
	return NULL;
}

static void check_end(int cpu)
{
	struct memmon_balance balance;
	struct memmon_record r;
	u64 oldest, end;

	memmon_ring_window(rings_ring(cpu), cpu, &oldest, &end);
	assert_int_equal(end - oldest, rings_slots() * MEMMON_RECORD_BYTES);
	for (; oldest < end; oldest += MEMMON_RECORD_BYTES) {
		assert_true(memmon_ring_copy(rings_ring(cpu), oldest, &r));
		assert_true(pattern_is_whole(&r));
	}
	balance = rings_balance();
	assert_int_equal(balance.in_flight, 0);
	assert_true(balance.recorded[0] > NR_WRITERS * NR_RECORDS);
	assert_int_equal(balance.recorded[0], balance.counts.seen[MEMMON_CLASS_KMALLOC]);
}

static void no_torn_record_is_taken_for_whole(void **state)
{
	struct reader readers[NR_READERS] = {};
	pthread_t writers[NR_WRITERS];
	u64 nr_whole = 0;
	long i;

	(void)state;
	rings_start(64);
	nr_writing = NR_WRITERS;
	for (i = 0; i < NR_READERS; i++)
		assert_false(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]));
	for (i = 0; i < NR_WRITERS; i++)
		assert_false(pthread_create(&writers[i], NULL, write_all, (void *)i));
	for (i = 0; i < NR_WRITERS; i++)
		pthread_join(writers[i], NULL);
	for (i = 0; i < NR_READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].nr_torn, 0);
		nr_whole += readers[i].nr_whole;
		print_message("reader %ld: %llu whole, %llu refused\n", i, readers[i].nr_whole,
			      readers[i].nr_refused);
	}
	assert_true(nr_whole > 1000);
	for (i = 0; i < NR_WRITERS; i++)
		check_end(i);
	rings_stop();
}

static void *write_in_order(void *cpu)
{
	u64 i;

	shim_cpu = (long)cpu;
	for (i = 1; i <= NR_RECORDS; i++)
		pattern_write(&rings, i);
	__atomic_sub_fetch(&nr_writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Takes all that a ring is said to have, as a process that has mapped it. Return: how many. */
static u64 consume(int cpu, u64 *last)
{
	struct memmon_ring_page *page = rings_page(cpu);
	u64 position = page->consumed, complete, nr = 0;

	memmon_ring_sync(rings_ring(cpu), cpu);
	complete = __atomic_load_n(&page->complete, __ATOMIC_ACQUIRE);
	for (; position < complete; position += MEMMON_RECORD_BYTES, nr++) {
		const struct memmon_record *r =
			(void *)((char *)page + page->data_offset + position % page->data_bytes);

		assert_true(pattern_is_whole(r));
		assert_true(r->time > *last);
		*last = r->time;
	}
	__atomic_store_n(&page->consumed, position, __ATOMIC_RELEASE);
	return nr;
}

/* What did not fit is missing; the rest comes in order, whole, and once. */
static void a_reader_gets_all_that_fits(void **state)
{
	u64 last[NR_WRITERS] = {}, nr_taken = 0;
	pthread_t writers[NR_WRITERS];
	struct memmon_balance b;
	bool is_last = false;
	long i;

	(void)state;
	rings_start_keeping(256, 0);
	nr_writing = NR_WRITERS;
	for (i = 0; i < NR_WRITERS; i++)
		assert_false(pthread_create(&writers[i], NULL, write_in_order, (void *)i));
	while (!is_last) {
		is_last = !__atomic_load_n(&nr_writing, __ATOMIC_ACQUIRE);
		for (i = 0; i < NR_WRITERS; i++)
			nr_taken += consume(i, &last[i]);
	}
	for (i = 0; i < NR_WRITERS; i++)
		pthread_join(writers[i], NULL);
	b = rings_balance();
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], NR_WRITERS * NR_RECORDS);
	assert_int_equal(b.recorded[0], nr_taken);
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_FULL], NR_WRITERS * NR_RECORDS - nr_taken);
	print_message("%llu of %d taken\n", nr_taken, NR_WRITERS * NR_RECORDS);
	assert_true(nr_taken > 1000);
	rings_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_torn_record_is_taken_for_whole),
		cmocka_unit_test(a_reader_gets_all_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
