/* SPDX-License-Identifier: GPL-2.0 */
/* Where a slab cache is looked for in the registry; pure, also compiled on the host by the unit tests. */
#ifndef MEMMON_CACHE_HASH_H
#define MEMMON_CACHE_HASH_H

#define MEMMON_CACHE_BITS 11
#define MEMMON_CACHE_SLOTS (1U << MEMMON_CACHE_BITS)

/*
 * Longest search. At half load (1024 caches; a large machine has some 400) a linear search for a free
 * slot takes 2.5 steps on average, and more than 64 with a probability below one in a million.
 */
#define MEMMON_CACHE_PROBES 64

/**
 * memmon_cache_home - first slot at which to look for a cache
 * @address: of its struct kmem_cache
 *
 * Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the highest bits of the product with
 * 2^64 divided by the golden ratio. They spread addresses at equal distances, as caches lie in their slab,
 * over the whole table. (Bits from the middle of a product with 32 bits of it did not: in one boot of four a
 * cache lay 13 steps from its first slot.)
 *
 * Return: a slot below MEMMON_CACHE_SLOTS.
 */
static inline unsigned int memmon_cache_home(unsigned long long address)
{
	return address * 0x9e3779b97f4a7c15ULL >> (64 - MEMMON_CACHE_BITS);
}

/**
 * memmon_cache_step - the slot to look at after another
 * @slot: the last one looked at
 *
 * Slot 0 is never used: its number as a cache id means "not known".
 *
 * Return: the next slot.
 */
static inline unsigned int memmon_cache_step(unsigned int slot)
{
	return slot + 1 < MEMMON_CACHE_SLOTS ? slot + 1 : 1;
}

#endif /* MEMMON_CACHE_HASH_H */
