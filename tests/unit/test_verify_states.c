// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon verify makes of what is queued, resized, failed or nothing, and of pages. */
#include <string.h>

#include "unit.h"
#include "verify_world.h"

static struct world *create_queued(const char *cache)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();

	object.freed_by = "kfree_rcu";
	object.cache = cache;
	verify_add(world, &object, VERIFY_QUEUED);
	if (strcmp(cache, "-"))
		verify_see(world, MEMMON_CLASS_CACHE_ALLOC, ADDRESS, 701)->detail = 5;
	else
		verify_see(world, MEMMON_CLASS_KMALLOC, ADDRESS, 701);
	verify_see(world, MEMMON_CLASS_RCU_QUEUE, ADDRESS, 0);
	verify_hold(world, VERIFY_MADE, &object);
	verify_hold(world, VERIFY_PART_FREED, &object)->queued_ns = 10;
	return world;
}

static void what_is_queued_is_pending(void **state)
{
	struct world *world = create_queued("-");

	(void)state;
	assert_row(world, VERIFY_OK, NULL);
	assert_int_equal(verify_world_check(world)->pending, 1);
	assert_int_equal(world->result.pending, 1);
	verify_see(world, MEMMON_CLASS_CACHE_FREE_BULK, ADDRESS, 0);
	assert_row(world, VERIFY_OK, NULL);
	assert_int_equal(verify_world_check(world)->pending, 0);
	assert_int_equal(verify_world_check(world)->freed_seen, 1);
	verify_see(world, MEMMON_CLASS_KFREE, ADDRESS, 0);
	assert_row(world, VERIFY_EXTRA, "its end was seen more than once");
	verify_world_destroy(world);
	/* When its cache is gone, it must have come back. */
	world = create_queued("memmon_selftest_plain");
	assert_row(world, VERIFY_MISSED, "its cache is gone");
	verify_world_destroy(world);
}

static void queueing_must_be_seen(void **state)
{
	struct world *world = create_queued("-");

	(void)state;
	world->held[VERIFY_PART_FREED][0].queued_ns = MEMMON_NOT_QUEUED;
	assert_row(world, VERIFY_WRONG, "does not take it for given to kfree_rcu()");
	world->records[1].event_class = MEMMON_CLASS_CACHE_FREE_BULK;
	assert_row(world, VERIFY_MISSED, "handing it to kfree_rcu() was not seen");
	world->records[1].event_class = MEMMON_CLASS_RCU_QUEUE;
	verify_see(world, MEMMON_CLASS_RCU_QUEUE, ADDRESS, 0);
	assert_row(world, VERIFY_EXTRA, "more than once");
	verify_world_destroy(world);
}

static void krealloc_in_place_is_seen(void **state)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();

	(void)state;
	object.path = "krealloc_in_place";
	object.bytes = 900;
	verify_add(world, &object, VERIFY_FREED);
	verify_see(world, MEMMON_CLASS_KMALLOC, ADDRESS, 701);
	verify_see(world, MEMMON_CLASS_KREALLOC, ADDRESS, 900);
	verify_see(world, MEMMON_CLASS_KFREE, ADDRESS, 0);
	verify_hold(world, VERIFY_MADE, &object);
	assert_row(world, VERIFY_OK, NULL);
	world->records[1].bytes_req = 901;
	assert_row(world, VERIFY_WRONG, "krealloc() in place not seen");
	verify_world_destroy(world);
}

static void failures_are_counted(void **state)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();

	(void)state;
	object.address = 0;
	object.born_bytes = (1ULL << 40) + 1;
	verify_add(world, &object, VERIFY_FAILED);
	assert_row(world, VERIFY_MISSED, "a request that failed was not seen");
	verify_see(world, MEMMON_CLASS_KMALLOC, 0, UINT32_MAX);
	assert_row(world, VERIFY_OK, NULL);
	verify_see(world, MEMMON_CLASS_KMALLOC, 0, UINT32_MAX);
	assert_row(world, VERIFY_EXTRA, "a request that failed was seen more than once");
	verify_world_destroy(world);
	/* Those of the per-CPU allocator have no event. */
	world = verify_world_create();
	object.kind = VERIFY_PERCPU;
	verify_add(world, &object, VERIFY_FAILED);
	assert_row(world, VERIFY_OK, NULL);
	assert_int_equal(verify_world_check(world)->made, 0);
	verify_world_destroy(world);
}

static void frees_of_nothing_are_no_events(void **state)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();

	(void)state;
	object.path = "nothing";
	object.address = 0;
	verify_add(world, &object, VERIFY_NULL);
	assert_row(world, VERIFY_MISSED, "was not counted");
	world->seen.nr_null = 1;
	assert_row(world, VERIFY_OK, NULL);
	verify_see(world, MEMMON_CLASS_KFREE, 16, 0);
	assert_row(world, VERIFY_EXTRA, "was seen as an event");
	verify_world_destroy(world);
}

static const struct verify_object page_object = {
	.path = "alloc_pages",
	.freed_by = "__free_pages",
	.context = "task",
	.cache = "-",
	.kind = VERIFY_PAGES,
	.address = FRAME,
	.born_bytes = 4 * PAGE,
	.bytes = 4 * PAGE,
	.order = 2,
	.pages_left = 4,
};

static struct memmon_record *see_pages(struct world *world, enum memmon_class event_class,
				       uint64_t frame, uint32_t order)
{
	struct memmon_record *record = verify_see(world, event_class, frame, PAGE << order);

	record->detail = (uint16_t)MEMMON_PAGE_DETAIL(order, 0, 0);
	record->call_site = 0;
	return record;
}

static void blocks_of_pages(void **state)
{
	struct world *world = verify_world_create();

	(void)state;
	verify_add(world, &page_object, VERIFY_FREED);
	see_pages(world, MEMMON_CLASS_PAGE_ALLOC, FRAME, 2);
	see_pages(world, MEMMON_CLASS_PAGE_FREE, FRAME, 2);
	/* This comes in addition, and is no end. */
	see_pages(world, MEMMON_CLASS_PAGE_FREE_BATCHED, FRAME, 0);
	verify_hold(world, VERIFY_MADE, &page_object);
	assert_row(world, VERIFY_OK, NULL);
	/* An object with that number as its address is something else. */
	verify_see(world, MEMMON_CLASS_KFREE, FRAME, 0);
	assert_row(world, VERIFY_OK, NULL);
	world->records[0].detail = (uint16_t)MEMMON_PAGE_DETAIL(1, 0, 0);
	assert_row(world, VERIFY_MISSED, "page frame 0x1000: its birth was not seen");
	verify_world_destroy(world);
}

static void frames_may_be_taken_without_a_birth(void **state)
{
	struct world *world = verify_world_create();
	struct memmon_record *again;

	(void)state;
	verify_add(world, &page_object, VERIFY_FREED);
	see_pages(world, MEMMON_CLASS_PAGE_ALLOC, FRAME, 2);
	see_pages(world, MEMMON_CLASS_PAGE_FREE, FRAME, 2);
	verify_hold(world, VERIFY_MADE, &page_object);
	again = see_pages(world, MEMMON_CLASS_PAGE_FREE, FRAME, 2);
	assert_row(world, VERIFY_EXTRA, "its end was seen more than once");
	again->pid_node = 5;
	assert_row(world, VERIFY_OK, NULL);
	verify_world_destroy(world);
}

static void split_blocks_go_page_by_page(void **state)
{
	struct verify_object object = page_object;
	struct world *world = verify_world_create();

	(void)state;
	object.path = "split_page";
	verify_add(world, &object, VERIFY_FREED);
	see_pages(world, MEMMON_CLASS_PAGE_ALLOC, FRAME, 2);
	for (uint64_t page = 0; page < 4; page++)
		see_pages(world, MEMMON_CLASS_PAGE_FREE, FRAME + page, 0);
	verify_hold(world, VERIFY_MADE, &object);
	assert_row(world, VERIFY_OK, NULL);
	/* Half of it is left after the second phase. */
	world->objects[VERIFY_PART_FREED][0].state = VERIFY_HELD;
	world->objects[VERIFY_PART_FREED][0].pages_left = 2;
	assert_row(world, VERIFY_WRONG, "does not have it, after the first frees");
	verify_hold(world, VERIFY_PART_FREED, &world->objects[VERIFY_PART_FREED][0]);
	assert_row(world, VERIFY_OK, NULL);
	world->pages[VERIFY_PART_FREED][0].bytes_alloc = 3 * PAGE;
	assert_row(world, VERIFY_WRONG, "other bytes of its block");
	world->pages[VERIFY_PART_FREED][0].bytes_alloc = 2 * PAGE;
	world->seen.nr--;
	assert_row(world, VERIFY_MISSED, "its end was not seen");
	verify_world_destroy(world);
}

static void bulk_pages_may_be_seen_as_both(void **state)
{
	struct verify_object object = page_object;
	struct world *world = verify_world_create();

	(void)state;
	object.path = "alloc_pages_bulk";
	object.order = 0;
	object.pages_left = 1;
	object.born_bytes = PAGE;
	object.bytes = PAGE;
	verify_add(world, &object, VERIFY_FREED);
	see_pages(world, MEMMON_CLASS_PAGE_ALLOC, FRAME, 0);
	see_pages(world, MEMMON_CLASS_PAGE_ALLOC_BULK, FRAME, 0);
	see_pages(world, MEMMON_CLASS_PAGE_FREE, FRAME, 0);
	verify_hold(world, VERIFY_MADE, &object);
	assert_row(world, VERIFY_OK, NULL);
	world->records[0].event_class = MEMMON_CLASS_PAGE_ALLOC_BULK;
	assert_row(world, VERIFY_EXTRA, "its birth was seen more than once");
	verify_world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_queued_is_pending),
		cmocka_unit_test(queueing_must_be_seen),
		cmocka_unit_test(krealloc_in_place_is_seen),
		cmocka_unit_test(failures_are_counted),
		cmocka_unit_test(frees_of_nothing_are_no_events),
		cmocka_unit_test(blocks_of_pages),
		cmocka_unit_test(frames_may_be_taken_without_a_birth),
		cmocka_unit_test(split_blocks_go_page_by_page),
		cmocka_unit_test(bulk_pages_may_be_seen_as_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
