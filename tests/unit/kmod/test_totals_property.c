// SPDX-License-Identifier: GPL-2.0
/*
 * Compares totals with a plain model, on events made by chance: several keys, a table that overflows, interrupts at
 * every point, and intervals that are ended meanwhile.
 */
#include <stdlib.h>

#include "compat/clock.h"
#include "cache.h"
#include "handler.h"
#include "shim.h"
#include "totals.h"
#include "unit.h"

#define NR_STEPS 20000
#define NR_SITES 40
#define NR_TGIDS 3
#define NR_SIZES 5
#define FIRST_SITE 0xffffffff81000000UL

/* What happened, by class, site, process, size class and context; 0 where the keys leave it out. */
struct sum {
	u64 count;
	u64 bytes_req;
	u64 bytes_alloc;
};

static struct sum model[MEMMON_NR_CLASSES][NR_SITES][NR_TGIDS][NR_SIZES][MEMMON_NR_CONTEXTS];
static struct sum found[MEMMON_NR_CLASSES][NR_SITES][NR_TGIDS][NR_SIZES][MEMMON_NR_CONTEXTS];
static struct sum others[MEMMON_NR_CLASSES];
static struct memmon_totals *totals;
static u64 nr_events, nr_read;

/* Sizes, and the size class that each has. */
static const u32 sizes[NR_SIZES] = { 1, 64, 96, 100, 4097 };
static const u32 size_classes[NR_SIZES] = { 1, 64, 96, 128, 6144 };

static unsigned int one_in(unsigned int n)
{
	return random() % n;
}

static bool has(enum memmon_total_key key)
{
	return totals->keys & 1U << key;
}

/* One event, by the fast way or by that of the hooks, and what the model makes of it. */
static void happen(void)
{
	static const enum memmon_class classes[] = { MEMMON_CLASS_KMALLOC, MEMMON_CLASS_VMALLOC,
						     MEMMON_CLASS_KMALLOC };
	enum memmon_class event_class = classes[one_in(ARRAY_SIZE(classes))];
	unsigned int site = one_in(NR_SITES), size = one_in(NR_SIZES);
	unsigned int tgid = current->tgid - 300, context = MEMMON_CONTEXT_TASK;
	struct sum *sum;

	if (shim_preempt_count)
		context = MEMMON_CONTEXT_HARDIRQ;
	sum = &model[event_class][has(MEMMON_TOTAL_SITE) ? site : 0]
		    [has(MEMMON_TOTAL_TGID) ? tgid : 0][has(MEMMON_TOTAL_SIZE) ? size : 0]
		    [has(MEMMON_TOTAL_CONTEXT) ? context : 0];
	sum->count++;
	sum->bytes_req += 1;
	sum->bytes_alloc += sizes[size];
	nr_events++;
	if (event_class == MEMMON_CLASS_KMALLOC)
		memmon_handler_kmalloc_totals(NULL, FIRST_SITE + site, shim_memory, 1, sizes[size],
					      0xcc0, 0);
	else
		memmon_totals_submit(event_class, FIRST_SITE + site, 0x1000, 1, sizes[size], 0xcc0,
				     0);
}

static void interrupt(void)
{
	unsigned int before = shim_preempt_count;

	shim_preempt_count = HARDIRQ_OFFSET;
	happen();
	happen();
	shim_preempt_count = before;
}

static unsigned int find_size(u32 size_class)
{
	unsigned int i = 0;

	while (i < NR_SIZES && size_classes[i] != size_class)
		i++;
	assert_in_range(i, 0, NR_SIZES - 1);
	return i;
}

static void add(struct sum *to, const struct memmon_total *row)
{
	to->count += row->count;
	to->bytes_req += row->bytes_req;
	to->bytes_alloc += row->bytes_alloc;
}

/* Adds up the rows of a table. */
static void read_rows(bool is_last)
{
	struct memmon_total row;
	u64 position = 0;

	while (memmon_totals_next_row(totals, is_last, &position, &row)) {
		nr_read += row.count;
		assert_in_range(row.cpu, 0, SHIM_NR_CPUS - 1);
		if (row.flags & MEMMON_TOTAL_OTHER) {
			add(&others[row.event_class], &row);
			continue;
		}
		add(&found[row.event_class][has(MEMMON_TOTAL_SITE) ? row.call_site - FIRST_SITE : 0]
			  [has(MEMMON_TOTAL_TGID) ? row.tgid - 300 : 0]
			  [has(MEMMON_TOTAL_SIZE) ? find_size(row.size_bytes) : 0][row.context],
		    &row);
		if (has(MEMMON_TOTAL_TGID))
			assert_string_equal(row.comm, "a.out");
	}
}

/* What a class lacks in its rows is in that of the others; nothing is there twice. */
static u64 compare_class(int event_class)
{
	const struct sum *m = &model[event_class][0][0][0][0], *f = &found[event_class][0][0][0][0];
	struct sum lacking = others[event_class];
	unsigned int i;

	for (i = 0; i < sizeof(model[0]) / sizeof(*m); i++) {
		assert_true(f[i].count <= m[i].count);
		lacking.count -= m[i].count - f[i].count;
		lacking.bytes_req -= m[i].bytes_req - f[i].bytes_req;
		lacking.bytes_alloc -= m[i].bytes_alloc - f[i].bytes_alloc;
	}
	assert_int_equal(lacking.count, 0);
	assert_int_equal(lacking.bytes_req, 0);
	assert_int_equal(lacking.bytes_alloc, 0);
	return others[event_class].count;
}

static void prepare(u32 keys, u32 places)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_WITH_SELF,
		.classes = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK,
		.total_keys = keys,
		.total_places = places,
	};

	memset(model, 0, sizeof(model));
	memset(found, 0, sizeof(found));
	memset(others, 0, sizeof(others));
	nr_events = 0;
	nr_read = 0;
	assert_int_equal(memmon_totals_create(&options, &totals), 0);
	memmon_totals_attach(totals, NULL, NULL, NULL);
	memmon_totals_add(totals);
}

/* Return: how many events found no row. */
static u64 run(u32 keys, u32 places)
{
	struct memmon_totals_stats stats;
	u64 nr_others = 0;
	unsigned int i;

	prepare(keys, places);
	for (i = 0; i < NR_STEPS; i++) {
		shim_cpu = one_in(SHIM_NR_CPUS);
		current->tgid = 300 + one_in(NR_TGIDS);
		shim_interrupt_at(one_in(40), interrupt);
		happen();
		if (i % 1000 == 999) {
			memmon_totals_turn(totals);
			read_rows(true);
		}
	}
	shim_interrupt_cancel();
	memmon_totals_remove(totals);
	memmon_totals_balance(totals, &stats);
	assert_int_equal(stats.interval, NR_STEPS / 1000);
	assert_int_equal(stats.in_flight, 0);
	assert_true(stats.used <= places);
	read_rows(false);
	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		assert_int_equal(compare_class(i), stats.other[i]);
		assert_int_equal(stats.seen[i], stats.counted[i]);
		nr_others += stats.other[i];
	}
	assert_int_equal(nr_read, nr_events);
	assert_true(nr_events > NR_STEPS);
	memmon_totals_destroy(totals);
	assert_int_equal(memmon_totals_total_bytes(), 0);
	return nr_others;
}

#define KEY(id) MEMMON_TOTALS_KEY(id)

static void sums_are_those_of_the_model(void **state)
{
	(void)state;
	assert_int_equal(run(0, 16), 0);
	assert_int_equal(run(KEY(TGID), 64), 0);
	assert_int_equal(run(KEY(SITE), 1024), 0);
	assert_int_equal(run(KEY(SITE) | KEY(TGID) | KEY(SIZE) | KEY(CONTEXT), 1 << 14), 0);
}

static void sums_are_exact_when_rows_do_not_suffice(void **state)
{
	(void)state;
	assert_in_range(run(KEY(SITE), 16), 1000, 3 * NR_STEPS);
	assert_in_range(run(KEY(SITE) | KEY(SIZE) | KEY(TGID), 16), 1000, 3 * NR_STEPS);
	assert_in_range(run(KEY(SITE) | KEY(CONTEXT), 64), 1, NR_STEPS);
}

static int start(void **state)
{
	(void)state;
	srandom(1);
	memmon_clock_init();
	memmon_cache_init();
	*current = (struct task_struct){ .pid = 316, .tgid = 300, .comm = "a.out" };
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_cpu = 0;
	shim_preempt_count = 0;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sums_are_those_of_the_model),
		TEST(sums_are_exact_when_rows_do_not_suffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
