// SPDX-License-Identifier: GPL-2.0
/* Tests how well the addresses of slab caches spread over the registry. */
#include <stdlib.h>
#include <string.h>

#include "cache_hash.h"
#include "unit.h"

#define NR_CACHES 1024
#define DIRECT_MAP 0xffff888100000000ULL

static unsigned char is_taken[MEMMON_CACHE_SLOTS];
static unsigned int longest;
static unsigned int total;

static int empty_table(void **state)
{
	(void)state;
	memset(is_taken, 0, sizeof(is_taken));
	is_taken[0] = 1;
	longest = 0;
	total = 0;
	return 0;
}

static void enter(unsigned long long address)
{
	unsigned int slot = memmon_cache_home(address), nr_probes = 1;

	for (; is_taken[slot]; nr_probes++) {
		assert_true(nr_probes <= MEMMON_CACHE_SLOTS);
		slot = memmon_cache_step(slot);
	}
	is_taken[slot] = 1;
	total += nr_probes;
	if (nr_probes > longest)
		longest = nr_probes;
}

/* Boot: caches made one after the other, from windows of neighbouring slabs. */
static void neighbours_spread(void **state)
{
	unsigned int stride, i;

	for (stride = 64; stride <= 512; stride += 64) {
		empty_table(state);
		for (i = 0; i < NR_CACHES; i++)
			enter(DIRECT_MAP + i / 256 * 0x1940000 + i % 256 * stride);
		assert_in_range(longest, 1, MEMMON_CACHE_PROBES / 2);
		assert_in_range(total, NR_CACHES, 3 * NR_CACHES);
	}
}

/* A long-running machine: slabs of 32 caches anywhere in 64 GiB. */
static void scattered_slabs_spread(void **state)
{
	unsigned int seed, i, j;

	for (seed = 1; seed <= 200; seed++) {
		empty_table(state);
		srandom(seed);
		for (i = 0; i < NR_CACHES / 32; i++) {
			unsigned long long slab = DIRECT_MAP + (random() % (1UL << 23)) * 8192;

			for (j = 0; j < 32; j++)
				enter(slab + j * 256);
		}
		assert_in_range(longest, 1, MEMMON_CACHE_PROBES);
		assert_in_range(total, NR_CACHES, 6 * NR_CACHES);
	}
}

static void homes_are_slots(void **state)
{
	unsigned int i;

	(void)state;
	assert_in_range(memmon_cache_home(0), 0, MEMMON_CACHE_SLOTS - 1);
	assert_in_range(memmon_cache_home(~0ULL), 0, MEMMON_CACHE_SLOTS - 1);
	for (i = 0; i < 100000; i++)
		assert_in_range(memmon_cache_home(DIRECT_MAP + i * 64), 0, MEMMON_CACHE_SLOTS - 1);
}

static void steps_visit_all_but_slot_0(void **state)
{
	unsigned int slot = 1000, i;

	(void)state;
	for (i = 1; i < MEMMON_CACHE_SLOTS; i++) {
		slot = memmon_cache_step(slot);
		assert_false(is_taken[slot]);
		is_taken[slot] = 1;
	}
	assert_int_equal(slot, 1000);
	assert_int_equal(memmon_cache_step(0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(neighbours_spread, empty_table),
		cmocka_unit_test_setup(scattered_slabs_spread, empty_table),
		cmocka_unit_test(homes_are_slots),
		cmocka_unit_test_setup(steps_visit_all_but_slot_0, empty_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
