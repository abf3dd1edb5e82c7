// SPDX-License-Identifier: GPL-2.0
/*
 * Tests totals with a thread on each CPU, now and then interrupted, while somebody reads them and ends their
 * intervals.
 *
 * Built twice: for speed, and under TSan.
 */
#include <limits.h>
#include <pthread.h>
#include <sched.h>

#include "cache.h"
#include "compat/clock.h"
#include "handler.h"
#include "shim.h"
#include "totals.h"
#include "unit.h"

#ifdef __SANITIZE_THREAD__
#define NR_ROUNDS 2000
#else
#define NR_ROUNDS 20000
#endif

/* So many intervals at least, however seldom this thread runs. */
#define NR_TURNS 10
#define NR_SITES 50
#define FIRST_SITE 0xffffffff81000000UL

static struct memmon_totals *totals;
static int nr_running;
static bool is_enough;
/* How often each CPU was outside of any event, UINT_MAX once it is for good; and the events of each site that it had, in the end. */
static unsigned int nr_passed[SHIM_NR_CPUS];
static u64 nr_made[SHIM_NR_CPUS][NR_SITES];
/* What was read, by site; the last one is of all others. */
static u64 nr_read[NR_SITES + 1];

static void happen(unsigned int site)
{
	nr_made[shim_cpu][site]++;
	memmon_handler_kmalloc_totals(NULL, FIRST_SITE + site, shim_memory, 60, 64, 0xcc0, 0);
}

static void interrupt(void)
{
	shim_preempt_count += HARDIRQ_OFFSET;
	happen(nr_passed[shim_cpu] % NR_SITES);
	happen(nr_passed[shim_cpu] % 7);
	shim_preempt_count -= HARDIRQ_OFFSET;
}

static void *run(void *data)
{
	unsigned int i;

	shim_cpu = (long)data;
	for (i = 0; i < NR_ROUNDS || !__atomic_load_n(&is_enough, __ATOMIC_ACQUIRE); i++) {
		if (i % 3 == 0)
			shim_interrupt_at(i % 29, interrupt);
		happen(i % NR_SITES);
		__atomic_store_n(&nr_passed[shim_cpu], i + 1, __ATOMIC_RELEASE);
	}
	shim_interrupt_cancel();
	__atomic_store_n(&nr_passed[shim_cpu], UINT_MAX, __ATOMIC_RELEASE);
	__atomic_sub_fetch(&nr_running, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* A grace period: each CPU has been outside once. */
static void wait_for_all(void)
{
	int cpu;

	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++) {
		unsigned int before = __atomic_load_n(&nr_passed[cpu], __ATOMIC_ACQUIRE);

		while (before != UINT_MAX &&
		       __atomic_load_n(&nr_passed[cpu], __ATOMIC_ACQUIRE) == before)
			sched_yield();
	}
}

static void add_rows(bool is_last)
{
	struct memmon_total row;
	u64 position = 0;

	while (memmon_totals_next_row(totals, is_last, &position, &row)) {
		unsigned int site = row.flags & MEMMON_TOTAL_OTHER ? NR_SITES :
								     row.call_site - FIRST_SITE;

		assert_in_range(site, 0, NR_SITES);
		assert_int_equal(row.bytes_alloc, 64 * row.count);
		assert_int_equal(row.bytes_req, 60 * row.count);
		nr_read[site] += row.count;
	}
}

/* What goes on makes sense, too, but is no picture of one moment. */
static void look(void)
{
	struct memmon_totals_stats stats;
	struct memmon_total row;
	u64 position = 0;

	while (memmon_totals_next_row(totals, false, &position, &row))
		assert_in_range(row.event_class, MEMMON_CLASS_KMALLOC, MEMMON_CLASS_KMALLOC);
	memmon_totals_balance(totals, &stats);
	assert_true(stats.counted[MEMMON_CLASS_KMALLOC] <= stats.seen[MEMMON_CLASS_KMALLOC]);
}

static void start_all(pthread_t *threads, u32 places)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_WITH_SELF,
		.classes = MEMMON_CLASSES_TRACEPOINT,
		.total_keys = MEMMON_TOTALS_KEY(SITE),
		.total_places = places,
	};
	long cpu;

	memset(nr_made, 0, sizeof(nr_made));
	memset(nr_read, 0, sizeof(nr_read));
	memset(nr_passed, 0, sizeof(nr_passed));
	memmon_clock_init();
	memmon_cache_init();
	assert_int_equal(memmon_totals_create(&options, &totals), 0);
	memmon_totals_attach(totals, NULL, NULL, NULL);
	memmon_totals_add(totals);
	nr_running = SHIM_NR_CPUS;
	is_enough = false;
	shim_while_synchronizing = wait_for_all;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		assert_false(pthread_create(&threads[cpu], NULL, run, (void *)cpu));
}

/* Return: how many events found no row. */
static u64 run_with_places(u32 places)
{
	pthread_t threads[SHIM_NR_CPUS];
	u64 lacking = 0;
	unsigned int i, cpu;

	start_all(threads, places);
	while (__atomic_load_n(&nr_running, __ATOMIC_ACQUIRE)) {
		memmon_totals_turn(totals);
		add_rows(true);
		look();
		__atomic_store_n(&is_enough, totals->interval >= NR_TURNS, __ATOMIC_RELEASE);
	}
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
	shim_while_synchronizing = NULL;
	memmon_totals_remove(totals);
	add_rows(false);
	for (i = 0; i < NR_SITES; i++) {
		u64 made = 0;

		for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
			made += nr_made[cpu][i];
		assert_true(nr_read[i] <= made);
		lacking += made - nr_read[i];
	}
	assert_int_equal(lacking, nr_read[NR_SITES]);
	assert_true(totals->interval >= NR_TURNS);
	memmon_totals_destroy(totals);
	return lacking;
}

static void each_event_is_in_one_interval(void **state)
{
	(void)state;
	assert_int_equal(run_with_places(2048), 0);
}

static void so_it_is_when_rows_do_not_suffice(void **state)
{
	(void)state;
	assert_true(run_with_places(16) > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_is_in_one_interval),
		cmocka_unit_test(so_it_is_when_rows_do_not_suffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
