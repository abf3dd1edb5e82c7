/* SPDX-License-Identifier: GPL-2.0 */
/* What the tables of a report share: hashing, and hints to the compiler. */
#ifndef MEMMON_REPORT_MEMORY_H
#define MEMMON_REPORT_MEMORY_H

#include <stdint.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Fibonacci hashing: the upper bits of the product are good ones, whatever the alignment of @value. */
static inline uint64_t report_hash(uint64_t value)
{
	return value * 0x9E3779B97F4A7C15ULL;
}

static inline uint64_t report_hash_two(uint64_t first, uint64_t second)
{
	return report_hash((first ^ (first >> 29)) * 0xBF58476D1CE4E5B9ULL ^ second);
}

#endif
