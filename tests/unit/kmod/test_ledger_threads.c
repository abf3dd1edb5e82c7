// SPDX-License-Identifier: GPL-2.0
/*
 * Tests a ledger with a thread on each CPU, now and then interrupted, that brings objects and pages to life; each
 * object dies on another CPU. Meanwhile somebody reads.
 *
 * Built twice: for speed, and under TSan. Rows are read in the first only, as they are copied while they may be
 * changed, and believed if nothing has.
 */
#include <pthread.h>
#include <sched.h>

#include "ledgers.h"
#include "unit.h"

#ifdef __SANITIZE_THREAD__
#define NR_ROUNDS 8000
#else
#define NR_ROUNDS 30000
#endif

/* Objects of one CPU that are on their way to the next one. */
#define NR_ON_THE_WAY 64
#define NR_ADDRESSES (2 * NR_ON_THE_WAY)

static int nr_running;

/* Objects that a CPU has given to the next one: as a lock-free list would, it orders birth and death. */
static struct {
	unsigned long objects[NR_ON_THE_WAY];
	unsigned int given;
	unsigned int taken;
} ways[SHIM_NR_CPUS];

/* A block of two pages of each CPU, whose second page the next one is to free, or has freed. */
static int is_shared[SHIM_NR_CPUS];

static unsigned long shared_pfn(int cpu)
{
	return 4 + 4 * cpu;
}

/* Both halves are freed at about the same time. */
static void share_block(void)
{
	if (__atomic_load_n(&is_shared[shim_cpu], __ATOMIC_ACQUIRE))
		return;
	ledgers_alloc_pages(shared_pfn(shim_cpu), 1);
	__atomic_store_n(&is_shared[shim_cpu], 1, __ATOMIC_RELEASE);
	ledgers_free_pages(shared_pfn(shim_cpu), 0);
}

static void free_half(int from)
{
	if (!__atomic_load_n(&is_shared[from], __ATOMIC_ACQUIRE))
		return;
	ledgers_free_pages(shared_pfn(from) + 1, 0);
	__atomic_store_n(&is_shared[from], 0, __ATOMIC_RELEASE);
}

static unsigned long address_of(int cpu, unsigned int i)
{
	return 0xffff888100000000UL + (NR_ADDRESSES * cpu + i % NR_ADDRESSES) * 128UL;
}

/* Only this CPU's interrupts have these. */
static void interrupt(void)
{
	unsigned long object = 0xffff888200000000UL + 64UL * shim_cpu;

	shim_preempt_count += HARDIRQ_OFFSET;
	ledgers_alloc(MEMMON_CLASS_CACHE_ALLOC, object);
	ledgers_alloc_pages(32 + shim_cpu * 4, 2);
	ledgers_free_pages(33 + shim_cpu * 4, 0);
	ledgers_free_pages(34 + shim_cpu * 4, 1);
	ledgers_free(MEMMON_CLASS_CACHE_FREE, object);
	ledgers_free_pages(32 + shim_cpu * 4, 0);
	shim_preempt_count -= HARDIRQ_OFFSET;
}

static bool give(unsigned long object)
{
	unsigned int given = ways[shim_cpu].given;

	if (given - __atomic_load_n(&ways[shim_cpu].taken, __ATOMIC_ACQUIRE) == NR_ON_THE_WAY)
		return false;
	ways[shim_cpu].objects[given % NR_ON_THE_WAY] = object;
	__atomic_store_n(&ways[shim_cpu].given, given + 1, __ATOMIC_RELEASE);
	return true;
}

static bool take_and_free(int from)
{
	unsigned int taken = ways[from].taken;

	free_half(from);
	if (__atomic_load_n(&ways[from].given, __ATOMIC_ACQUIRE) == taken)
		return false;
	ledgers_free(MEMMON_CLASS_KFREE, ways[from].objects[taken % NR_ON_THE_WAY]);
	__atomic_store_n(&ways[from].taken, taken + 1, __ATOMIC_RELEASE);
	return true;
}

/* An address is free again when NR_ON_THE_WAY later ones have been given. */
static void *run(void *data)
{
	unsigned int i;
	int from;

	shim_cpu = (long)data;
	from = (shim_cpu + 1) % SHIM_NR_CPUS;
	for (i = 0; i < NR_ROUNDS; i++) {
		unsigned long object = address_of(shim_cpu, i);

		if (i % 7 == 0)
			shim_interrupt_at(i % 53, interrupt);
		share_block();
		ledgers_alloc(MEMMON_CLASS_KMALLOC, object);
		ledgers_free(MEMMON_CLASS_RCU_QUEUE, object);
		while (!give(object)) {
			if (!take_and_free(from))
				sched_yield();
		}
		take_and_free(from);
	}
	shim_interrupt_cancel();
	__atomic_sub_fetch(&nr_running, 1, __ATOMIC_RELEASE);
	/* The others must not wait for us. */
	while (__atomic_load_n(&nr_running, __ATOMIC_ACQUIRE)) {
		if (!take_and_free(from))
			sched_yield();
	}
	return NULL;
}

#ifdef __SANITIZE_THREAD__
static void read_rows(void)
{
}
#else
static void check_row(const struct memmon_object *row)
{
	bool is_kmalloc = row->event_class == MEMMON_CLASS_KMALLOC;

	assert_int_equal(row->address >> 32, is_kmalloc ? 0xffff8881 : 0xffff8882);
	assert_int_equal(row->bytes_req, LEDGERS_BYTES_REQ);
	assert_int_equal(row->bytes_alloc, LEDGERS_BYTES);
	assert_int_equal(row->context, is_kmalloc ? MEMMON_CONTEXT_TASK : MEMMON_CONTEXT_HARDIRQ);
	assert_true(!row->queued || is_kmalloc);
}

static void read_rows(void)
{
	struct memmon_object row;
	u64 position = 0;

	while (memmon_ledger_object_row(ledger, &position, &row))
		check_row(&row);
	for (position = 0; memmon_ledger_page_row(ledger, &position, &row);)
		assert_in_range(MEMMON_PAGE_ORDER(row.detail), 1, 2);
}
#endif

static void read_all(void)
{
	struct memmon_account account;
	u64 position = 0;

	read_rows();
	while (memmon_ledger_account_row(ledger, &position, &account))
		assert_in_range(account.id, 1, 63);
	ledgers_stats();
}

/* Who lives on one CPU and dies on another is seen once, whoever else does what. */
static void run_with_places(unsigned int places, struct memmon_ledger_stats *stats)
{
	pthread_t threads[SHIM_NR_CPUS];
	long cpu;

	ledgers_prepare();
	ledgers_start(places, 64, 64, 0);
	memset(ways, 0, sizeof(ways));
	memset(is_shared, 0, sizeof(is_shared));
	nr_running = SHIM_NR_CPUS;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		assert_false(pthread_create(&threads[cpu], NULL, run, (void *)cpu));
	while (__atomic_load_n(&nr_running, __ATOMIC_ACQUIRE))
		read_all();
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		while (take_and_free(cpu))
			;
	}
	ledgers_check();
	*stats = ledgers_stats();
	assert_int_equal(stats->objects, 0);
	assert_int_equal(stats->pages, 0);
	assert_int_equal(stats->counts[MEMMON_LEDGER_REBORN], 0);
	for (cpu = 0; cpu < ledger->objects.nr_buckets; cpu++)
		assert_int_equal(atomic_read(&ledger->objects.buckets[cpu].overflow), 0);
	for (cpu = 0; cpu < MEMMON_LEDGER_ORDERS; cpu++)
		assert_int_equal(atomic_read(&ledger->blocks[cpu]), 0);
	ledgers_stop();
}

static void all_lives_are_seen_whole(void **state)
{
	struct memmon_ledger_stats stats;

	(void)state;
	run_with_places(4 * SHIM_NR_CPUS * NR_ADDRESSES, &stats);
	assert_int_equal(stats.counts[MEMMON_LEDGER_UNTRACKED], 0);
	assert_int_equal(stats.counts[MEMMON_LEDGER_UNKNOWN], 0);
	assert_int_equal(stats.counts[MEMMON_LEDGER_QUEUED], SHIM_NR_CPUS * NR_ROUNDS);
	assert_true(stats.counts[MEMMON_LEDGER_PARTLY_FREED] > 1000);
	assert_int_equal(stats.counts[MEMMON_LEDGER_FREED], stats.counts[MEMMON_LEDGER_BORN]);
}

/* Of each that found no place, all that comes later is unknown. */
static void a_full_table_loses_whole_lives(void **state)
{
	struct memmon_ledger_stats stats;

	(void)state;
	run_with_places(20, &stats);
	assert_true(stats.counts[MEMMON_LEDGER_UNTRACKED] > 100);
	assert_true(stats.counts[MEMMON_LEDGER_BORN] > 100);
	/* Its free, of a kmalloc also the free that is announced. */
	assert_in_range(stats.counts[MEMMON_LEDGER_UNKNOWN], stats.counts[MEMMON_LEDGER_UNTRACKED],
			3 * stats.counts[MEMMON_LEDGER_UNTRACKED]);
	assert_int_equal(stats.counts[MEMMON_LEDGER_FREED], stats.counts[MEMMON_LEDGER_BORN]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_lives_are_seen_whole),
		cmocka_unit_test(a_full_table_loses_whole_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
