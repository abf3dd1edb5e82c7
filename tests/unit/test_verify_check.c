// SPDX-License-Identifier: GPL-2.0
/* Tests what memmon verify makes of births, ends and the ledger: what is right, and each thing that can be wrong. */
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "verify_world.h"

static void what_is_right_is_ok(void **state)
{
	struct world *world = verify_world_create_right();
	const struct verify_row *row;

	(void)state;
	assert_row(world, VERIFY_OK, NULL);
	row = verify_world_check(world);
	assert_int_equal(row->made, 1);
	assert_int_equal(row->seen, 1);
	assert_int_equal(row->freed, 1);
	assert_int_equal(row->freed_seen, 1);
	assert_int_equal(row->booked, 1);
	assert_int_equal(row->pending, 0);
	verify_world_destroy(world);
}

static void a_birth_that_is_not_seen(void **state)
{
	struct world *world = verify_world_create_right();

	(void)state;
	/* The same by another thread is none of ours. */
	world->records[0].pid_node = MAKER + 1;
	assert_row(world, VERIFY_MISSED, "its birth was not seen");
	assert_int_equal(verify_world_check(world)->seen, 0);
	assert_int_equal(verify_world_check(world)->freed, 1);
	assert_int_equal(verify_world_check(world)->freed_seen, 0);
	world->records[0].pid_node = MAKER;
	world->records[0].event_class = MEMMON_CLASS_CACHE_ALLOC;
	assert_row(world, VERIFY_MISSED, "its birth was not seen");
	verify_world_destroy(world);
}

static void an_end_that_is_not_seen(void **state)
{
	struct world *world = verify_world_create_right();

	(void)state;
	world->seen.nr = 1;
	assert_row(world, VERIFY_MISSED, "its end was not seen");
	/* That of a later object of somebody else is not it. */
	verify_see(world, MEMMON_CLASS_CACHE_ALLOC, ADDRESS, 700)->pid_node = 5;
	verify_see(world, MEMMON_CLASS_CACHE_FREE, ADDRESS, 0);
	assert_row(world, VERIFY_MISSED, "its end was not seen");
	verify_world_destroy(world);
}

static void what_is_seen_twice(void **state)
{
	struct world *world = verify_world_create_right();

	(void)state;
	verify_see(world, MEMMON_CLASS_RCU_FREE, ADDRESS, 0);
	assert_row(world, VERIFY_EXTRA, "its end was seen more than once");
	world->records[2] = world->records[1];
	world->records[1] = world->records[0];
	world->records[1].time++;
	assert_row(world, VERIFY_EXTRA, "its birth was seen more than once");
	verify_world_destroy(world);
}

static void facts_that_are_wrong(void **state)
{
	struct world *world = verify_world_create_right();
	struct memmon_record *birth = &world->records[0];

	(void)state;
	birth->bytes_req = 702;
	birth->bytes_alloc = 702;
	assert_row(world, VERIFY_WRONG, "another size");
	birth->bytes_req = 701;
	birth->bytes_alloc = 700;
	assert_row(world, VERIFY_WRONG, "less bytes");
	birth->bytes_alloc = 1024;
	assert_row(world, VERIFY_OK, NULL);
	birth->context = MEMMON_CONTEXT_HARDIRQ;
	assert_row(world, VERIFY_WRONG, "another context");
	birth->context = MEMMON_CONTEXT_TASK;
	birth->call_site = 0xffffffff81000000;
	assert_row(world, VERIFY_WRONG, "outside the module");
	/* Where the module lies may be hidden. */
	world->seen.site = (struct memmon_site_range){ 0, 0 };
	assert_row(world, VERIFY_OK, NULL);
	verify_world_destroy(world);
}

static void caches_have_names(void **state)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();
	struct memmon_record *birth;

	(void)state;
	object.path = "kmem_cache_alloc";
	object.cache = "memmon_selftest_plain";
	verify_add(world, &object, VERIFY_FREED);
	birth = verify_see(world, MEMMON_CLASS_CACHE_ALLOC, ADDRESS, 701);
	verify_see(world, MEMMON_CLASS_KFREE, ADDRESS, 0);
	verify_hold(world, VERIFY_MADE, &object);
	birth->detail = 5;
	assert_row(world, VERIFY_OK, NULL);
	birth->detail = 6;
	assert_row(world, VERIFY_WRONG, "another cache");
	verify_world_destroy(world);
}

static void the_ledger_is_looked_at(void **state)
{
	struct world *world = verify_world_create_right();
	struct memmon_held *row = &world->held[VERIFY_MADE][0];

	(void)state;
	row->bytes_req = 5;
	assert_row(world, VERIFY_WRONG, "other bytes for it, after it was made");
	row->bytes_req = 701;
	row->pid = 5;
	assert_row(world, VERIFY_WRONG, "another object at its address");
	row->pid = MAKER;
	row->queued_ns = 10;
	assert_row(world, VERIFY_WRONG, "takes it for given to kfree_rcu()");
	world->seen.held[VERIFY_MADE].nr_objects = 0;
	assert_row(world, VERIFY_WRONG, "does not have it, after it was made");
	assert_int_equal(verify_world_check(world)->booked, 0);
	verify_world_destroy(world);
}

static void the_ledger_must_forget(void **state)
{
	struct world *world = verify_world_create_right();
	struct memmon_held *row = verify_hold(world, VERIFY_ENDED, &kmalloc_object);

	(void)state;
	assert_row(world, VERIFY_WRONG, "still has it, at the end");
	/* Somebody else has got the address since. */
	row->pid = 5;
	assert_row(world, VERIFY_OK, NULL);
	verify_world_destroy(world);
}

static void an_address_comes_again(void **state)
{
	struct verify_object object = kmalloc_object;
	struct world *world = verify_world_create();

	(void)state;
	object.path = "kmem_cache_alloc_reused";
	object.cache = "memmon_selftest_plain";
	verify_add(world, &object, VERIFY_FREED);
	world->objects[VERIFY_MADE][0].state = VERIFY_FREED;
	verify_add(world, &object, VERIFY_FREED);
	for (int i = 0; i < 2; i++) {
		verify_see(world, MEMMON_CLASS_CACHE_ALLOC, ADDRESS, 701)->detail = 5;
		verify_see(world, MEMMON_CLASS_CACHE_FREE, ADDRESS, 701);
	}
	verify_hold(world, VERIFY_MADE, &object);
	assert_row(world, VERIFY_OK, NULL);
	assert_int_equal(verify_world_check(world)->freed_seen, 2);
	/* The end of the first one is missing. */
	world->records[1].object++;
	assert_row(world, VERIFY_MISSED, "its end was not seen");
	verify_world_destroy(world);
}

static void lists_must_be_of_the_same_objects(void **state)
{
	struct world *world = verify_world_create_right();
	struct verify_list *const lists[VERIFY_NR_PHASES] = { &world->lists[0], &world->lists[1] };
	struct verify_list *const none[VERIFY_NR_PHASES] = { NULL };

	(void)state;
	world->lists[1].nr = 0;
	assert_int_equal(verify_check(lists, &world->seen, &world->result), -EBADMSG);
	assert_int_equal(verify_check(none, &world->seen, &world->result), -EBADMSG);
	verify_world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_ok),
		cmocka_unit_test(a_birth_that_is_not_seen),
		cmocka_unit_test(an_end_that_is_not_seen),
		cmocka_unit_test(what_is_seen_twice),
		cmocka_unit_test(facts_that_are_wrong),
		cmocka_unit_test(caches_have_names),
		cmocka_unit_test(the_ledger_is_looked_at),
		cmocka_unit_test(the_ledger_must_forget),
		cmocka_unit_test(an_address_comes_again),
		cmocka_unit_test(lists_must_be_of_the_same_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
