/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A log-linear histogram: each octave of values has 32 buckets of the same width, so that a value is
 * known to 1/64 of itself. Octaves get memory when a value falls into them.
 *
 * Every free adds to one of many such histograms, so what counts is how few cache lines they take: an
 * octave is one, of 16-bit counters, and what they cannot hold is carried elsewhere.
 */
#ifndef MEMMON_REPORT_HISTOGRAM_H
#define MEMMON_REPORT_HISTOGRAM_H

#include <errno.h>
#include <stdint.h>

#include "report_memory.h"

#define HISTOGRAM_BUCKET_BITS 5
#define HISTOGRAM_BUCKETS (1U << HISTOGRAM_BUCKET_BITS)
#define HISTOGRAM_OCTAVES (64 - HISTOGRAM_BUCKET_BITS + 1)

/**
 * struct histogram - how often which values came
 * @octaves: the counters; octave 0 holds the values below HISTOGRAM_BUCKETS, exactly
 * @carries: how often each counter of an octave ran over; NULL as long as none did
 */
struct histogram {
	uint16_t *octaves[HISTOGRAM_OCTAVES];
	uint64_t **carries;
};

/* Makes the memory of an octave. Return: 0 or -ENOMEM. */
int histogram_grow(struct histogram *histogram, unsigned int octave);

/* Remembers that a counter has run over. Return: 0 or -ENOMEM. */
int histogram_carry(struct histogram *histogram, unsigned int octave, unsigned int bucket,
		    uint64_t times);
void histogram_exit(struct histogram *histogram);

/* Adds all of @other. Return: 0 or -ENOMEM. */
int histogram_merge(struct histogram *histogram, const struct histogram *other);

/**
 * histogram_quantile() - the value that a share of all values does not exceed
 * @permille: the share
 *
 * Return: the middle of the bucket where that value lies; 0 without values.
 */
uint64_t histogram_quantile(const struct histogram *histogram, unsigned int permille);

static inline unsigned int histogram_octave(uint64_t value)
{
	unsigned int bits;

	if (value < HISTOGRAM_BUCKETS)
		return 0;
	bits = 63 - (unsigned int)__builtin_clzll(value);
	return bits - HISTOGRAM_BUCKET_BITS + 1;
}

static inline unsigned int histogram_bucket(uint64_t value, unsigned int octave)
{
	return (unsigned int)(value >> (octave ? octave - 1 : 0)) & (HISTOGRAM_BUCKETS - 1);
}

static inline void histogram_prefetch(const struct histogram *histogram, uint64_t value)
{
	__builtin_prefetch(histogram->octaves[histogram_octave(value)], 1);
}

/* Return: 0 or -ENOMEM. */
static inline int histogram_add(struct histogram *histogram, uint64_t value)
{
	unsigned int octave = histogram_octave(value);
	unsigned int bucket;

	if (unlikely(!histogram->octaves[octave]) && histogram_grow(histogram, octave))
		return -ENOMEM;
	bucket = histogram_bucket(value, octave);
	if (likely(++histogram->octaves[octave][bucket]))
		return 0;
	return histogram_carry(histogram, octave, bucket, 1);
}

#endif
