// SPDX-License-Identifier: GPL-2.0
/* Adds up what is held, and what a sample of it says about all. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "snapshot_internal.h"

/* Pages are sampled by groups, so that the parts of a block stay together. */
#define GROUP_BITS 10

/* Half the width of an interval that holds the truth 95 times in 100, in standard deviations. */
#define DEVIATIONS 1.96

/**
 * struct group - what of a section was sampled or left out as one: an object, or a group of pages
 */
struct group {
	double objects;
	double bytes;
};

/* The sums over the sample, and those of the squares. */
struct sums {
	struct group sum;
	struct group squares;
};

static void add_group(struct sums *sums, const struct group *group)
{
	sums->sum.objects += group->objects;
	sums->sum.bytes += group->bytes;
	sums->squares.objects += group->objects * group->objects;
	sums->squares.bytes += group->bytes * group->bytes;
}

/**
 * struct groups - the groups of pages that were seen
 * @of_pfn: place of each in @groups
 */
struct groups {
	struct report_map of_pfn;
	struct group *groups;
	size_t nr;
	size_t room;
};

static int add_pages(struct groups *groups, const struct memmon_held *held)
{
	uint64_t key = held->address >> GROUP_BITS;
	uint32_t place = report_map_find(&groups->of_pfn, key);

	if (place == REPORT_MAP_NONE) {
		if (memmon_array_grow((void **)&groups->groups, groups->nr, &groups->room,
				      sizeof(*groups->groups)))
			return -ENOMEM;
		place = (uint32_t)groups->nr++;
		groups->groups[place] = (struct group){ 0 };
		if (report_map_add(&groups->of_pfn, key, place))
			return -ENOMEM;
	}
	groups->groups[place].objects++;
	groups->groups[place].bytes += held->bytes_alloc;
	return 0;
}

static int sum_pages(const struct memmon_snapshot *snapshot,
		     bool (*is_wanted)(const struct memmon_held *held, void *arg), void *arg,
		     struct sums *sums)
{
	const struct memmon_held *held = snapshot->held[MEMMON_SECTION_PAGES];
	struct groups groups = { 0 };
	int err = report_map_init(&groups.of_pfn);

	for (size_t i = 0; !err && i < snapshot->nr_held[MEMMON_SECTION_PAGES]; i++)
		if (!is_wanted || is_wanted(&held[i], arg))
			err = add_pages(&groups, &held[i]);
	for (size_t i = 0; i < groups.nr; i++)
		add_group(sums, &groups.groups[i]);
	report_map_exit(&groups.of_pfn);
	free(groups.groups);
	return err;
}

static void sum_objects(const struct memmon_snapshot *snapshot,
			bool (*is_wanted)(const struct memmon_held *held, void *arg), void *arg,
			struct sums *sums)
{
	const struct memmon_held *held = snapshot->held[MEMMON_SECTION_SLAB];

	for (size_t i = 0; i < snapshot->nr_held[MEMMON_SECTION_SLAB]; i++)
		if (!is_wanted || is_wanted(&held[i], arg))
			add_group(sums, &(struct group){ 1, held[i].bytes_alloc });
}

/* Of what was kept with the chance 1 / @n each: (1 - p) / p^2 is n * (n - 1). */
static double error_of(double squares, double n)
{
	return DEVIATIONS * sqrt(squares * n * (n - 1));
}

int memmon_snapshot_estimate(const struct memmon_snapshot *snapshot, enum memmon_section section,
			     bool (*is_wanted)(const struct memmon_held *held, void *arg),
			     void *arg, struct memmon_estimate *ret)
{
	const struct memmon_filter *filter = &snapshot->books.filter;
	struct sums sums = { 0 };
	double n = 1;

	if (filter->conditions & 1U << MEMMON_FILTERED_SAMPLE && filter->sample_one_in > 1)
		n = filter->sample_one_in;
	if (section == MEMMON_SECTION_SLAB) {
		sum_objects(snapshot, is_wanted, arg, &sums);
	} else {
		int err = sum_pages(snapshot, is_wanted, arg, &sums);

		if (err)
			return err;
	}
	ret->objects = sums.sum.objects * n;
	ret->bytes = sums.sum.bytes * n;
	ret->objects_error = error_of(sums.squares.objects, n);
	ret->bytes_error = error_of(sums.squares.bytes, n);
	return 0;
}
