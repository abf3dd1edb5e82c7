// SPDX-License-Identifier: GPL-2.0
/* Tests the adding up of the books of all CPUs. */
#include "rings.h"
#include "unit.h"

#define REQUESTS 0
#define FREES 1

static int start(void **state)
{
	(void)state;
	rings_start(64);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_nr_online = SHIM_NR_CPUS;
	shim_allocations_left = -1;
	rings_stop();
	return 0;
}

/* Both sets as those of one session. */
static struct memmon_balance add_up(void)
{
	struct memmon_balance b = {};
	const struct memmon_counts *c = &b.counts;

	memmon_books_add(&b, &rings, REQUESTS);
	memmon_books_add(&b, &other_rings, FREES);
	assert_int_equal(memmon_books_sum(c->seen, MEMMON_NR_CLASSES),
			 memmon_books_sum(b.recorded, MEMMON_BOOKS_RINGS) +
				 memmon_books_sum(c->filtered, MEMMON_NR_FILTER_REASONS) +
				 memmon_books_sum(c->dropped, MEMMON_NR_DROP_REASONS) +
				 b.in_flight);
	return b;
}

static void add(local64_t *counter, unsigned int nr)
{
	local64_add_return(nr, counter);
}

static void write_free(int cpu)
{
	struct memmon_record r = { .event_class = MEMMON_CLASS_CACHE_FREE };

	rings_write(&other_rings, cpu, &r);
}

static void new_books_are_empty(void **state)
{
	struct memmon_balance b = add_up(), empty = {};

	(void)state;
	assert_memory_equal(&b, &empty, sizeof(b));
}

static void all_cpus_count(void **state)
{
	struct memmon_balance b;
	int cpu, i;

	(void)state;
	for_each_possible_cpu(cpu) {
		for (i = 0; i < 5 + cpu; i++)
			rings_write_kmalloc(cpu, 1, 1);
		write_free(cpu);
	}
	b = add_up();
	assert_int_equal(b.counts.seen[MEMMON_CLASS_KMALLOC], 5 + 6 + 7 + 8);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_CACHE_FREE], SHIM_NR_CPUS);
	assert_int_equal(b.recorded[REQUESTS], 5 + 6 + 7 + 8);
	assert_int_equal(b.recorded[FREES], SHIM_NR_CPUS);
	assert_int_equal(b.in_flight, 0);
}

static void what_was_overwritten_is_still_recorded(void **state)
{
	unsigned int slots = rings_slots(), i;
	struct memmon_balance b;

	(void)state;
	for (i = 0; i < slots + 7; i++)
		rings_write_kmalloc(2, 1, 1);
	b = add_up();
	assert_int_equal(b.recorded[REQUESTS], slots + 7);
	assert_int_equal(b.overwritten[REQUESTS], 7);
	assert_int_equal(b.overwritten[FREES], 0);
}

static void reasons_are_kept_apart(void **state)
{
	struct memmon_books *books = &rings_ring(1)->books;
	struct memmon_balance b;
	int i;

	(void)state;
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++) {
		add(&books->filtered[i], 10 + i);
		add(&books->seen[MEMMON_CLASS_KFREE], 10 + i);
	}
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++) {
		add(&books->dropped[i], 100 + i);
		add(&books->seen[MEMMON_CLASS_KMALLOC], 100 + i);
	}
	b = add_up();
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		assert_int_equal(b.counts.filtered[i], 10 + i);
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		assert_int_equal(b.counts.dropped[i], 100 + i);
	assert_int_equal(b.in_flight, 0);
}

static void what_is_being_written_is_in_flight(void **state)
{
	struct memmon_balance b;

	(void)state;
	rings_write_kmalloc(0, 1, 1);
	add(&rings_ring(1)->books.seen[MEMMON_CLASS_PAGE_ALLOC], 1);
	b = add_up();
	assert_int_equal(b.in_flight, 1);
	assert_int_equal(b.counts.seen[MEMMON_CLASS_PAGE_ALLOC], 1);
	assert_int_equal(b.recorded[REQUESTS], 1);
}

static void write_one(void)
{
	rings_write_kmalloc(0, 1, 1);
}

/* An event between the reading of the rings and that of seen: the books are read again. */
static void what_happens_meanwhile_is_read_again(void **state)
{
	struct memmon_balance b;

	(void)state;
	shim_interrupt_at(0, write_one);
	b = add_up();
	assert_false(shim_interrupt_cancel());
	assert_int_equal(b.in_flight, 0);
	assert_int_equal(b.recorded[REQUESTS], 1);
}

static void a_cpu_without_a_ring_drops(void **state)
{
	struct memmon_balance b;

	(void)state;
	stop(state);
	shim_nr_online = 1;
	rings_start(64);
	rings_write_kmalloc(0, 1, 1);
	rings_write_kmalloc(3, 1, 1);
	write_free(3);
	b = add_up();
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_NO_RING], 2);
	assert_int_equal(b.recorded[REQUESTS], 1);
	assert_int_equal(b.overwritten[REQUESTS], 0);
}

static void what_was_dropped_before_the_ring_came_stays_dropped(void **state)
{
	unsigned int slots, i;
	struct memmon_balance b;

	(void)state;
	stop(state);
	shim_nr_online = 1;
	rings_start(64);
	slots = rings_slots();
	for (i = 0; i < 5; i++)
		rings_write_kmalloc(3, 1, 1);
	assert_int_equal(shim_cpu_up(3), 0);
	for (i = 0; i < slots + 2; i++)
		rings_write_kmalloc(3, 1, 1);
	b = add_up();
	assert_int_equal(b.counts.dropped[MEMMON_DROPPED_NO_RING], 5);
	assert_int_equal(b.recorded[REQUESTS], slots + 2);
	assert_int_equal(b.overwritten[REQUESTS], 2);
}

static void everything_has_a_name(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < MEMMON_NR_CLASSES; i++)
		assert_non_null(memmon_class_names[i]);
	for (i = 0; i < MEMMON_NR_FILTER_REASONS; i++) {
		assert_non_null(memmon_filter_names[i]);
		for (j = 0; j < i; j++)
			assert_string_not_equal(memmon_filter_names[i], memmon_filter_names[j]);
	}
	for (i = 0; i < MEMMON_NR_DROP_REASONS; i++) {
		assert_non_null(memmon_drop_names[i]);
		for (j = 0; j < i; j++)
			assert_string_not_equal(memmon_drop_names[i], memmon_drop_names[j]);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_books_are_empty),
		TEST(all_cpus_count),
		TEST(what_was_overwritten_is_still_recorded),
		TEST(reasons_are_kept_apart),
		TEST(what_is_being_written_is_in_flight),
		TEST(what_happens_meanwhile_is_read_again),
		TEST(a_cpu_without_a_ring_drops),
		TEST(what_was_dropped_before_the_ring_came_stays_dropped),
		TEST(everything_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
