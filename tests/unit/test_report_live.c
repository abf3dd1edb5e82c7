// SPDX-License-Identifier: GPL-2.0
/* Tests the tables behind a report against plain arrays, with keys that crowd each other. */
#include <string.h>

#include "report_live.h"
#include "report_map.h"
#include "unit.h"

#define NR_KEYS 20000

static uint64_t state_of_random = 1;

static uint32_t random_below(uint32_t bound)
{
	state_of_random = state_of_random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state_of_random >> 33) % bound;
}

/* Odd multiples of the inverse of the hash's factor: many keys have one home. */
static uint64_t crowded_key(uint32_t i)
{
	const uint64_t inverse = 0xF1DE83E19937733DULL;

	return ((uint64_t)(i % 50) << 55 | (uint64_t)i << 20 | 1) * inverse;
}

static uint64_t plain_key(uint32_t i)
{
	return 0xffff888000000000ULL + (uint64_t)i * 64;
}

static void check(uint64_t (*key_of)(uint32_t i), uint32_t nr_keys)
{
	static bool is_live[NR_KEYS];
	struct live_table table;
	size_t nr_live = 0;

	memset(is_live, 0, sizeof(is_live));
	assert_int_equal(live_table_init(&table), 0);
	for (unsigned int step = 0; step < 200000; step++) {
		uint32_t i = random_below(nr_keys);
		struct live_object *object;

		assert_int_equal(live_table_reserve(&table, 1), 0);
		object = live_table_slot(&table, key_of(i));
		assert_int_equal(object->key != 0, is_live[i]);
		if (!is_live[i]) {
			*object = (struct live_object){ .key = key_of(i), .row = i };
			table.nr++;
		} else {
			assert_int_equal(object->row, i);
			live_table_remove(&table, object);
		}
		is_live[i] = !is_live[i];
	}
	for (uint32_t i = 0; i < nr_keys; i++) {
		const struct live_object *object = live_table_slot(&table, key_of(i));

		assert_int_equal(object->key != 0, is_live[i]);
		if (is_live[i])
			assert_int_equal(object->row, i);
		nr_live += is_live[i];
	}
	assert_int_equal(table.nr, nr_live);
	live_table_exit(&table);
}

static void live_objects_are_found(void **state)
{
	(void)state;
	check(plain_key, NR_KEYS);
}

static void live_objects_that_crowd_are_found(void **state)
{
	(void)state;
	check(crowded_key, 300);
}

static void the_table_follows_live_objects_only(void **state)
{
	struct live_table table;
	size_t first;

	(void)state;
	assert_int_equal(live_table_init(&table), 0);
	first = live_table_mask(&table);
	for (uint32_t i = 0; i < 1000000; i++) {
		struct live_object *object;

		assert_int_equal(live_table_reserve(&table, 1), 0);
		object = live_table_slot(&table, plain_key(i));
		object->key = plain_key(i);
		table.nr++;
		live_table_remove(&table, live_table_slot(&table, plain_key(i)));
	}
	assert_int_equal(live_table_mask(&table), first);
	live_table_exit(&table);
}

static void numbers_are_found(void **state)
{
	struct report_map map;

	(void)state;
	assert_int_equal(report_map_init(&map), 0);
	for (uint32_t i = 0; i < NR_KEYS; i++) {
		/* 0 is a key like any other. */
		assert_int_equal(report_map_find(&map, i), REPORT_MAP_NONE);
		assert_int_equal(report_map_add(&map, i, i * 2), 0);
	}
	for (uint32_t i = 0; i < NR_KEYS; i++)
		assert_int_equal(report_map_find(&map, i), i * 2);
	assert_int_equal(report_map_find(&map, NR_KEYS), REPORT_MAP_NONE);
	report_map_exit(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_objects_are_found),
		cmocka_unit_test(live_objects_that_crowd_are_found),
		cmocka_unit_test(the_table_follows_live_objects_only),
		cmocka_unit_test(numbers_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
