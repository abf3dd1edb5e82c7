// SPDX-License-Identifier: GPL-2.0
/* Tests what a ledger makes of each kind of event, and what its rows say. */
#include "ledgers.h"
#include "unit.h"

#define OBJECT 0xffff888101234500UL
#define PLACES 200

static int start(void **state)
{
	(void)state;
	ledgers_prepare();
	ledgers_start(PLACES, PLACES, 64, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	ledgers_check();
	ledgers_stop();
	return 0;
}

static void a_birth_is_a_row_until_the_death(void **state)
{
	struct memmon_object row;

	(void)state;
	shim_time = 5000;
	memmon_ledger_submit(MEMMON_CLASS_CACHE_ALLOC, LEDGERS_SITE, OBJECT, 100, 128, 0xdc0, 9);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_in_range(row.born, 5000, 5010);
	assert_int_equal(row.queued, 0);
	assert_int_equal(row.bytes_req, 100);
	assert_int_equal(row.bytes_alloc, 128);
	assert_int_equal(row.pid_node & MEMMON_PID_MASK, 316);
	assert_int_equal(row.tgid, 300);
	assert_int_equal(row.event_class, MEMMON_CLASS_CACHE_ALLOC);
	assert_int_equal(row.context, MEMMON_CONTEXT_TASK);
	assert_int_equal(row.detail, 9);
	assert_int_equal(row.gfp, 0xdc0);
	assert_int_equal(row.stack, 0);
	assert_int_equal(row.flags, 0);
	assert_string_equal(row.comm, "a.out");
	ledgers_free(MEMMON_CLASS_CACHE_FREE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	assert_false(ledgers_find(OBJECT, &row));
}

static void every_free_ends_every_object(void **state)
{
	static const enum memmon_class births[] = { MEMMON_CLASS_KMALLOC, MEMMON_CLASS_CACHE_ALLOC,
						    MEMMON_CLASS_CACHE_ALLOC_BULK,
						    MEMMON_CLASS_KMALLOC_NOLOCK };
	static const enum memmon_class deaths[] = { MEMMON_CLASS_KFREE, MEMMON_CLASS_CACHE_FREE,
						    MEMMON_CLASS_CACHE_FREE_BULK,
						    MEMMON_CLASS_RCU_FREE,
						    MEMMON_CLASS_KFREE_NOLOCK };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(births) * ARRAY_SIZE(deaths); i++) {
		ledgers_alloc(births[i % ARRAY_SIZE(births)], OBJECT);
		ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
		ledgers_free(deaths[i / ARRAY_SIZE(births)], OBJECT);
		ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	}
	ledgers_alloc(MEMMON_CLASS_VMALLOC, VMALLOC_START);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free(MEMMON_CLASS_VFREE, VMALLOC_START);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
}

static void what_is_not_known_is_not_freed(void **state)
{
	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT + 8);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
	ledgers_free(MEMMON_CLASS_RCU_QUEUE, OBJECT + 8);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
	ledgers_alloc(MEMMON_CLASS_KREALLOC, OBJECT + 8);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
	ledgers_free_pages(5, 0);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
}

static void what_got_nothing_has_failed(void **state)
{
	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, 0);
	ledgers_alloc(MEMMON_CLASS_VMALLOC, 0);
	ledgers_alloc_pages(0, 3);
	ledgers_check_counted(MEMMON_LEDGER_FAILED, 3);
}

static void some_events_are_noted_only(void **state)
{
	(void)state;
	ledgers_alloc_pages(8, 0);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free(MEMMON_CLASS_PAGE_FREE_BATCHED, 8);
	ledgers_free(MEMMON_CLASS_PAGE_EXTFRAG, 8);
	ledgers_check_counted(MEMMON_LEDGER_NOTED, 2);
	ledgers_free_pages(8, 0);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
}

static void a_second_birth_ends_the_first(void **state)
{
	struct memmon_object row, first;

	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	assert_true(ledgers_find(OBJECT, &first));
	ledgers_free(MEMMON_CLASS_RCU_QUEUE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_QUEUED, 1);
	memmon_ledger_submit(MEMMON_CLASS_CACHE_ALLOC, LEDGERS_SITE, OBJECT, 40, 64, 0, 0);
	ledgers_check_counted(MEMMON_LEDGER_REBORN, 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.bytes_alloc, 64);
	assert_int_equal(row.flags, 0);
	assert_int_equal(row.queued, 0);
	assert_int_equal(row.generation, first.generation + 1);
	assert_int_equal(ledgers_stats().objects, 1);
}

static void a_queued_object_is_there_until_it_is_free(void **state)
{
	struct memmon_object row;
	u64 queued;

	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	shim_time += 100ULL << 30;
	ledgers_free(MEMMON_CLASS_RCU_QUEUE, OBJECT);
	queued = shim_time;
	shim_time += 100ULL << 30;
	ledgers_free(MEMMON_CLASS_RCU_QUEUE, OBJECT); /* on its way, once more */
	ledgers_check_counted(MEMMON_LEDGER_QUEUED, 2);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.flags, MEMMON_OBJECT_QUEUED);
	/* The time is kept in steps of some milliseconds. */
	assert_in_range(row.queued, queued - (2ULL << MEMMON_LEDGER_QUEUED_SHIFT),
			queued + (2ULL << MEMMON_LEDGER_QUEUED_SHIFT));
	ledgers_free(MEMMON_CLASS_CACHE_FREE_BULK, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.flags, 0);
}

static void krealloc_changes_what_was_asked_for(void **state)
{
	struct memmon_object row;

	(void)state;
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	memmon_ledger_submit(MEMMON_CLASS_KREALLOC, LEDGERS_SITE, OBJECT, 120, 128, 0, 0);
	ledgers_check_counted(MEMMON_LEDGER_RESIZED, 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.bytes_req, 120);
	assert_int_equal(row.bytes_alloc, LEDGERS_BYTES);
	assert_int_equal(row.event_class, MEMMON_CLASS_KMALLOC);
}

/* Their addresses are none, and may be those of other objects. */
static void per_cpu_objects_are_apart(void **state)
{
	struct memmon_object row;

	(void)state;
	ledgers_alloc(MEMMON_CLASS_PERCPU_ALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.event_class, MEMMON_CLASS_PERCPU_ALLOC);
	ledgers_free(MEMMON_CLASS_KFREE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free(MEMMON_CLASS_PERCPU_FREE, OBJECT);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	assert_true(ledgers_find(OBJECT, &row));
	assert_int_equal(row.event_class, MEMMON_CLASS_KMALLOC);
}

static void a_block_can_be_freed_in_parts(void **state)
{
	struct memmon_object row;

	(void)state;
	ledgers_alloc_pages(16, 3);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free_pages(17, 0);
	ledgers_free_pages(20, 2);
	ledgers_check_counted(MEMMON_LEDGER_PARTLY_FREED, 2);
	assert_true(ledgers_find_pages(16, 3, &row));
	assert_int_equal(row.bytes_req, 8 * PAGE_SIZE);
	assert_int_equal(row.bytes_alloc, 3 * PAGE_SIZE);
	ledgers_check();
	ledgers_free_pages(16, 0);
	ledgers_check_counted(MEMMON_LEDGER_PARTLY_FREED, 1);
	/* The first page is born again while the block is not yet gone. */
	ledgers_alloc_pages(16, 0);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	assert_int_equal(ledgers_stats().pages, 2);
	ledgers_free_pages(18, 1);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 1);
	assert_false(ledgers_find_pages(16, 3, &row));
	assert_true(ledgers_find_pages(16, 0, &row));
}

static void a_block_whose_death_was_not_seen_is_replaced(void **state)
{
	struct memmon_object row;

	(void)state;
	ledgers_alloc_pages(16, 3);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_alloc_pages(16, 1);
	ledgers_check_counted(MEMMON_LEDGER_REBORN, 1);
	assert_false(ledgers_find_pages(16, 3, &row));
	assert_int_equal(ledgers_stats().pages, 1);
	ledgers_free_pages(20, 0);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
}

/* The bulk allocator may get its page from the one that is traced. */
static void one_page_told_twice_is_one(void **state)
{
	(void)state;
	ledgers_alloc_pages(8, 0);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	memmon_ledger_submit(MEMMON_CLASS_PAGE_ALLOC_BULK, LEDGERS_SITE, 8, PAGE_SIZE, PAGE_SIZE,
			     0xcc0, 0);
	ledgers_check_counted(MEMMON_LEDGER_DUPLICATE, 1);
	memmon_ledger_submit(MEMMON_CLASS_PAGE_ALLOC_BULK, LEDGERS_SITE, 9, PAGE_SIZE, PAGE_SIZE,
			     0xcc0, 0);
	ledgers_check_counted(MEMMON_LEDGER_BORN, 1);
	ledgers_free_pages(8, 0);
	ledgers_free_pages(9, 0);
	ledgers_check_counted(MEMMON_LEDGER_FREED, 2);
}

static void pages_and_objects_are_not_mixed_up(void **state)
{
	struct memmon_object row;

	(void)state;
	/* A large kmalloc, and the block that it lies in. */
	ledgers_alloc_pages(16, 2);
	ledgers_alloc(MEMMON_CLASS_KMALLOC, (unsigned long)page_address(pfn_to_page(16)));
	ledgers_check_counted(MEMMON_LEDGER_BORN, 2);
	assert_int_equal(ledgers_stats().objects, 1);
	assert_int_equal(ledgers_stats().pages, 1);
	assert_true(ledgers_find_pages(16, 2, &row));
	assert_true(row.flags & MEMMON_OBJECT_LARGE);
	ledgers_free(MEMMON_CLASS_KFREE, 16);
	ledgers_check_counted(MEMMON_LEDGER_UNKNOWN, 1);
}

/* A full neighbourhood takes no more; who is there can still be freed. */
static void what_finds_no_place_is_counted(void **state)
{
	struct memmon_ledger_stats stats;
	unsigned int i, nr_freed = 0;

	(void)state;
	for (i = 0; i < 4 * PLACES; i++)
		ledgers_alloc(MEMMON_CLASS_KMALLOC, OBJECT + 128 * i);
	stats = ledgers_stats();
	assert_in_range(stats.object_places, PLACES, PLACES + 30);
	assert_in_range(stats.objects, stats.object_places * 9 / 10, stats.object_places);
	assert_int_equal(stats.counts[MEMMON_LEDGER_UNTRACKED], 4 * PLACES - stats.objects);
	assert_int_equal(stats.untracked_bytes,
			 LEDGERS_BYTES * stats.counts[MEMMON_LEDGER_UNTRACKED]);
	ledgers_check();
	for (i = 0; i < 4 * PLACES; i++)
		ledgers_free(MEMMON_CLASS_KFREE, OBJECT + 128 * i);
	nr_freed = ledgers_stats().counts[MEMMON_LEDGER_FREED];
	assert_int_equal(nr_freed, stats.objects);
	assert_int_equal(ledgers_stats().objects, 0);
	/* Nothing is left behind that makes searches longer. */
	for (i = 0; i < ledger->objects.nr_buckets; i++)
		assert_int_equal(atomic_read(&ledger->objects.buckets[i].overflow), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_birth_is_a_row_until_the_death),
		TEST(every_free_ends_every_object),
		TEST(what_is_not_known_is_not_freed),
		TEST(what_got_nothing_has_failed),
		TEST(some_events_are_noted_only),
		TEST(a_second_birth_ends_the_first),
		TEST(a_queued_object_is_there_until_it_is_free),
		TEST(krealloc_changes_what_was_asked_for),
		TEST(per_cpu_objects_are_apart),
		TEST(a_block_can_be_freed_in_parts),
		TEST(a_block_whose_death_was_not_seen_is_replaced),
		TEST(one_page_told_twice_is_one),
		TEST(pages_and_objects_are_not_mixed_up),
		TEST(what_finds_no_place_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
