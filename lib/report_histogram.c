// SPDX-License-Identifier: GPL-2.0
/* Remembers lifetimes so precisely that their median and percentiles are known to 1/64. */
#include <stdlib.h>
#include <string.h>

#include "report_histogram.h"

/* What a counter can hold, and one more. */
#define COUNTER_END ((uint64_t)UINT16_MAX + 1)

#define OCTAVE_BYTES (HISTOGRAM_BUCKETS * sizeof(uint16_t))

int histogram_grow(struct histogram *histogram, unsigned int octave)
{
	uint16_t *counters = aligned_alloc(OCTAVE_BYTES, OCTAVE_BYTES);

	if (!counters)
		return -ENOMEM;
	memset(counters, 0, OCTAVE_BYTES);
	histogram->octaves[octave] = counters;
	return 0;
}

int histogram_carry(struct histogram *histogram, unsigned int octave, unsigned int bucket,
		    uint64_t times)
{
	if (!histogram->carries)
		histogram->carries = calloc(HISTOGRAM_OCTAVES, sizeof(*histogram->carries));
	if (!histogram->carries)
		return -ENOMEM;
	if (!histogram->carries[octave])
		histogram->carries[octave] = calloc(HISTOGRAM_BUCKETS, sizeof(uint64_t));
	if (!histogram->carries[octave])
		return -ENOMEM;
	histogram->carries[octave][bucket] += times;
	return 0;
}

void histogram_exit(struct histogram *histogram)
{
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++) {
		free(histogram->octaves[i]);
		if (histogram->carries)
			free(histogram->carries[i]);
	}
	free(histogram->carries);
}

/* How often the values of a bucket came. */
static uint64_t count_of(const struct histogram *histogram, unsigned int octave,
			 unsigned int bucket)
{
	uint64_t carried = 0;

	if (!histogram->octaves[octave])
		return 0;
	if (histogram->carries && histogram->carries[octave])
		carried = histogram->carries[octave][bucket];
	return carried * COUNTER_END + histogram->octaves[octave][bucket];
}

int histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++) {
		if (!other->octaves[i])
			continue;
		if (!histogram->octaves[i] && histogram_grow(histogram, i))
			return -ENOMEM;
		for (unsigned int j = 0; j < HISTOGRAM_BUCKETS; j++) {
			uint64_t sum = histogram->octaves[i][j] + count_of(other, i, j);

			histogram->octaves[i][j] = (uint16_t)sum;
			if (sum >= COUNTER_END &&
			    histogram_carry(histogram, i, j, sum / COUNTER_END))
				return -ENOMEM;
		}
	}
	return 0;
}

static uint64_t middle(unsigned int octave, unsigned int bucket)
{
	uint64_t width;

	if (!octave)
		return bucket;
	width = 1ULL << (octave - 1);
	return (HISTOGRAM_BUCKETS + bucket) * width + width / 2;
}

uint64_t histogram_quantile(const struct histogram *histogram, unsigned int permille)
{
	uint64_t nr = 0, below = 0, rank;

	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++)
		for (unsigned int j = 0; j < HISTOGRAM_BUCKETS; j++)
			nr += count_of(histogram, i, j);
	/* The nearest rank: ceil(nr * share), without running over. */
	rank = nr / 1000 * permille + (nr % 1000 * permille + 999) / 1000;
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++) {
		for (unsigned int j = 0; j < HISTOGRAM_BUCKETS; j++) {
			below += count_of(histogram, i, j);
			if (nr && below >= rank)
				return middle(i, j);
		}
	}
	return 0;
}
