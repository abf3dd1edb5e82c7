// SPDX-License-Identifier: GPL-2.0
/* Tests what a sample says about all that is held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memmon/snapshot.h"
#include "unit.h"

static struct memmon_snapshot *make(enum memmon_section section, size_t room, uint32_t one_in)
{
	struct memmon_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	snapshot->held[section] = calloc(room, sizeof(*snapshot->held[section]));
	if (one_in) {
		snapshot->books.filter.conditions = 1U << MEMMON_FILTERED_SAMPLE;
		snapshot->books.filter.sample_one_in = one_in;
	}
	return snapshot;
}

static void hold(struct memmon_snapshot *snapshot, enum memmon_section section, uint64_t address,
		 uint32_t bytes)
{
	snapshot->held[section][snapshot->nr_held[section]++] =
		(struct memmon_held){ .address = address, .bytes_alloc = bytes };
}

static void assert_near(double value, double expected)
{
	assert_true(fabs(value - expected) <= 1e-9 * fabs(expected));
}

static void all_is_exact(void **state)
{
	struct memmon_snapshot *snapshot = make(MEMMON_SECTION_SLAB, 2, 0);
	struct memmon_estimate estimate;

	(void)state;
	hold(snapshot, MEMMON_SECTION_SLAB, 64, 100);
	hold(snapshot, MEMMON_SECTION_SLAB, 128, 200);
	assert_int_equal(
		memmon_snapshot_estimate(snapshot, MEMMON_SECTION_SLAB, NULL, NULL, &estimate), 0);
	assert_near(estimate.objects, 2);
	assert_near(estimate.bytes, 300);
	assert_true(estimate.objects_error == 0 && estimate.bytes_error == 0);
	assert_int_equal(
		memmon_snapshot_estimate(snapshot, MEMMON_SECTION_PAGES, NULL, NULL, &estimate), 0);
	assert_true(estimate.objects == 0 && estimate.bytes == 0);
	memmon_snapshot_free(snapshot);
}

static bool is_large(const struct memmon_held *held, void *arg)
{
	return held->bytes_alloc >= *(const uint32_t *)arg;
}

/* sum(y^2 * (1 - p) / p^2) with p = 1/10 is 90 * sum(y^2). */
static void objects_count_for_many(void **state)
{
	struct memmon_snapshot *snapshot = make(MEMMON_SECTION_SLAB, 3, 10);
	struct memmon_estimate estimate;
	uint32_t least = 200;

	(void)state;
	hold(snapshot, MEMMON_SECTION_SLAB, 64, 100);
	hold(snapshot, MEMMON_SECTION_SLAB, 128, 200);
	hold(snapshot, MEMMON_SECTION_SLAB, 192, 300);
	assert_int_equal(memmon_snapshot_estimate(snapshot, MEMMON_SECTION_SLAB, is_large, &least,
						  &estimate),
			 0);
	assert_near(estimate.objects, 20);
	assert_near(estimate.bytes, 5000);
	assert_near(estimate.objects_error, 1.96 * sqrt(90 * 2));
	assert_near(estimate.bytes_error, 1.96 * sqrt(90 * (200.0 * 200 + 300.0 * 300)));
	memmon_snapshot_free(snapshot);
}

static void pages_count_by_groups(void **state)
{
	struct memmon_snapshot *snapshot = make(MEMMON_SECTION_PAGES, 3, 10);
	struct memmon_estimate estimate;

	(void)state;
	hold(snapshot, MEMMON_SECTION_PAGES, 1023, 1000);
	hold(snapshot, MEMMON_SECTION_PAGES, 1024, 2000);
	hold(snapshot, MEMMON_SECTION_PAGES, 2047, 3000);
	assert_int_equal(
		memmon_snapshot_estimate(snapshot, MEMMON_SECTION_PAGES, NULL, NULL, &estimate), 0);
	assert_near(estimate.objects, 30);
	assert_near(estimate.bytes, 60000);
	assert_near(estimate.objects_error, 1.96 * sqrt(90 * (1.0 + 4.0)));
	assert_near(estimate.bytes_error, 1.96 * sqrt(90 * (1000.0 * 1000 + 5000.0 * 5000)));
	memmon_snapshot_free(snapshot);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

#define NR 20000
#define ONE_IN 10
#define TRIALS 400

/*
 * Samples a known population again and again: the truth must lie in the interval about 95 times in 100. With
 * 400 trials, less than 91 or more than 99 would come by chance once in thousands.
 */
static void intervals_hold_the_truth(enum memmon_section section)
{
	static uint32_t bytes[NR];
	unsigned int nr_in = 0;
	uint64_t random = 42;
	double truth = 0;

	for (int i = 0; i < NR; i++) {
		bytes[i] = 8U << next_random(&random) % 10;
		truth += bytes[i];
	}
	for (int trial = 0; trial < TRIALS; trial++) {
		struct memmon_snapshot *snapshot = make(section, NR, ONE_IN);
		struct memmon_estimate estimate;
		bool is_kept = false;

		for (int i = 0; i < NR; i++) {
			uint64_t address = section == MEMMON_SECTION_SLAB ? i * 64 : i * 128;

			/* Of pages, groups of eight are kept or left out as one. */
			if (section == MEMMON_SECTION_SLAB || i % 8 == 0)
				is_kept = next_random(&random) % ONE_IN == 0;
			if (is_kept)
				hold(snapshot, section, address, bytes[i]);
		}
		assert_int_equal(memmon_snapshot_estimate(snapshot, section, NULL, NULL, &estimate),
				 0);
		nr_in += fabs(estimate.bytes - truth) <= estimate.bytes_error;
		memmon_snapshot_free(snapshot);
	}
	assert_in_range(nr_in, TRIALS * 91 / 100, TRIALS * 99 / 100);
}

static void intervals_of_objects(void **state)
{
	(void)state;
	intervals_hold_the_truth(MEMMON_SECTION_SLAB);
}

static void intervals_of_pages(void **state)
{
	(void)state;
	intervals_hold_the_truth(MEMMON_SECTION_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_exact),		 cmocka_unit_test(objects_count_for_many),
		cmocka_unit_test(pages_count_by_groups), cmocka_unit_test(intervals_of_objects),
		cmocka_unit_test(intervals_of_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
