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
 * Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4) with a 32-bit constant, so that the
 * multiplication has an immediate operand. Bits 26 and up of the product depend on every address bit
 * from the alignment (64 bytes) upwards.
 *
 * Return: a slot below MEMMON_CACHE_SLOTS.
 */
static inline unsigned int memmon_cache_home(unsigned long long address)
{
	return (address * 0x5e3779b1ULL) >> 26 & (MEMMON_CACHE_SLOTS - 1);
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
