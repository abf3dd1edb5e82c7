// SPDX-License-Identifier: GPL-2.0
/* Makes up what was made and what was seen, for the tests of memmon verify. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "verify_world.h"

static const char *name_of_cache(uint32_t id, void *arg)
{
	(void)arg;
	return id == 5 ? "memmon_selftest_plain" : "other";
}

struct memmon_record *verify_see(struct world *world, enum memmon_class event_class,
				 uint64_t object, uint32_t bytes)
{
	struct memmon_record *record = &world->records[world->seen.nr];

	*record = (struct memmon_record){
		.time = 1000 + world->seen.nr++,
		.event_class = (uint8_t)event_class,
		.call_site = SITE,
		.object = object,
		.bytes_req = bytes,
		.bytes_alloc = bytes,
		.pid_node = MAKER,
	};
	return record;
}

struct verify_object *verify_add(struct world *world, const struct verify_object *object,
				 enum verify_state state)
{
	struct verify_object *last = NULL;

	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++) {
		struct verify_list *list = &world->lists[phase];

		last = &world->objects[phase][list->nr++];
		*last = *object;
		if (phase != VERIFY_MADE || (state != VERIFY_FREED && state != VERIFY_QUEUED))
			last->state = state;
		else
			last->state = VERIFY_HELD;
		if (state == VERIFY_FREED && phase != VERIFY_MADE)
			last->pages_left = 0;
	}
	return last;
}

struct memmon_held *verify_hold(struct world *world, enum verify_phase phase,
				const struct verify_object *object)
{
	struct verify_held *held = &world->seen.held[phase];
	bool is_page = object->kind == VERIFY_PAGES;
	struct memmon_held *row = is_page ? &world->pages[phase][held->nr_pages++] :
					    &world->held[phase][held->nr_objects++];

	*row = (struct memmon_held){
		.address = object->address,
		.queued_ns = MEMMON_NOT_QUEUED,
		.bytes_req = (uint32_t)object->bytes,
		.bytes_alloc = is_page ? object->pages_left * PAGE : (uint32_t)object->bytes,
		.pid = MAKER,
		.event_class = (uint8_t)verify_birth_class(object),
		.context = (uint8_t)object->made_in,
		.order = (uint8_t)object->order,
	};
	return row;
}

struct world *verify_world_create(void)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	for (int phase = 0; phase < VERIFY_NR_PHASES; phase++) {
		world->lists[phase].objects = world->objects[phase];
		world->lists[phase].maker_pid = MAKER;
		world->seen.held[phase].objects = world->held[phase];
		world->seen.held[phase].pages = world->pages[phase];
	}
	world->seen.records = world->records;
	world->seen.page_bytes = PAGE;
	world->seen.site = (struct memmon_site_range){ SITE & ~0xfffULL, SITE | 0xfff };
	world->seen.cache_name = name_of_cache;
	return world;
}

const struct verify_row *verify_world_check(struct world *world)
{
	struct verify_list *const lists[VERIFY_NR_PHASES] = {
		&world->lists[0],
		&world->lists[1],
		&world->lists[2],
	};

	verify_result_free(&world->result);
	assert_int_equal(verify_check(lists, &world->seen, &world->result), 0);
	assert_int_equal(world->result.nr, 1);
	assert_int_equal(world->result.verdict, world->result.rows[0].verdict);
	return &world->result.rows[0];
}

void assert_row(struct world *world, enum verify_verdict verdict, const char *problem)
{
	const struct verify_row *row = verify_world_check(world);

	if (problem)
		assert_non_null(strstr(row->problem, problem));
	else
		assert_string_equal(row->problem, "");
	assert_int_equal(row->verdict, verdict);
}

void verify_world_destroy(struct world *world)
{
	verify_result_free(&world->result);
	free(world);
}

const struct verify_object kmalloc_object = {
	.path = "kmalloc",
	.freed_by = "kfree",
	.context = "task",
	.cache = "-",
	.address = ADDRESS,
	.born_bytes = 701,
	.bytes = 701,
};

struct world *verify_world_create_right(void)
{
	struct world *world = verify_world_create();

	verify_add(world, &kmalloc_object, VERIFY_FREED);
	verify_see(world, MEMMON_CLASS_KMALLOC, ADDRESS, 701);
	verify_see(world, MEMMON_CLASS_KFREE, ADDRESS, 0);
	verify_hold(world, VERIFY_MADE, &kmalloc_object);
	return world;
}
