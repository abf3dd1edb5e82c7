// SPDX-License-Identifier: GPL-2.0
/* Remembers lifetimes so precisely that their median and percentiles are known to 1/64. */
#include <stdlib.h>

#include "report_histogram.h"

int histogram_grow(struct histogram *histogram, unsigned int octave)
{
	histogram->octaves[octave] = calloc(HISTOGRAM_BUCKETS, sizeof(uint64_t));
	return histogram->octaves[octave] ? 0 : -ENOMEM;
}

void histogram_exit(struct histogram *histogram)
{
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++)
		free(histogram->octaves[i]);
}

int histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++) {
		if (!other->octaves[i])
			continue;
		if (!histogram->octaves[i] && histogram_grow(histogram, i))
			return -ENOMEM;
		for (unsigned int j = 0; j < HISTOGRAM_BUCKETS; j++)
			histogram->octaves[i][j] += other->octaves[i][j];
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

static uint64_t count(const struct histogram *histogram)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++)
		for (unsigned int j = 0; histogram->octaves[i] && j < HISTOGRAM_BUCKETS; j++)
			sum += histogram->octaves[i][j];
	return sum;
}

uint64_t histogram_quantile(const struct histogram *histogram, unsigned int permille)
{
	uint64_t nr = count(histogram);
	/* The nearest rank: ceil(nr * share), without running over. */
	uint64_t rank = nr / 1000 * permille + (nr % 1000 * permille + 999) / 1000;
	uint64_t below = 0;

	for (unsigned int i = 0; i < HISTOGRAM_OCTAVES; i++) {
		for (unsigned int j = 0; histogram->octaves[i] && j < HISTOGRAM_BUCKETS; j++) {
			below += histogram->octaves[i][j];
			if (nr && below >= rank)
				return middle(i, j);
		}
	}
	return 0;
}
