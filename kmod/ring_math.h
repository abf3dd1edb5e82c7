/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arithmetic of a ring of 64-byte records; pure, also compiled on the host by the unit tests.
 *
 * A position is the number of bytes ever reserved before a record: a multiple of the record size that
 * only grows (2^64 bytes are 2^58 records: no wrap in the life of a machine). Its slot lies at
 * position & mask from the start of the memory, where mask + record size is a power of two.
 */
#ifndef MEMMON_RING_MATH_H
#define MEMMON_RING_MATH_H

#define MEMMON_RECORD_BYTES 64ULL

/* The least number of slots, so that a few interrupts on top of each other always have room. */
#define MEMMON_RING_SLOTS_MIN 64U
/* Slots that memmon_ring_nested_fits() leaves free: one for each context, and the asking one. */
#define MEMMON_RING_SLOTS_LEFT 5U

/**
 * memmon_ring_mask - mask of byte positions for a ring
 * @slots: number of records, a power of two >= 1
 *
 * Return: the mask that turns a position into an offset in the ring's memory.
 */
static inline unsigned long long memmon_ring_mask(unsigned long long slots)
{
	return (slots - 1) * MEMMON_RECORD_BYTES;
}

/**
 * memmon_ring_oldest - first position still kept
 * @reserved: position behind the newest record reserved
 * @mask: from memmon_ring_mask()
 *
 * Return: the position of the oldest record that no later one has overwritten or begun to.
 */
static inline unsigned long long memmon_ring_oldest(unsigned long long reserved,
						    unsigned long long mask)
{
	unsigned long long bytes = mask + MEMMON_RECORD_BYTES;

	return reserved < bytes ? 0 : reserved - bytes;
}

/**
 * memmon_ring_room_end - up to where a ring that keeps unread records may be filled
 * @consumed: position of the oldest unread record, as the reader says
 * @mask: from memmon_ring_mask()
 *
 * Return: the position at which reserving must stop. A slot is left for each context that could reserve
 * between another one's look at the limit and its reservation.
 */
static inline unsigned long long memmon_ring_room_end(unsigned long long consumed,
						      unsigned long long mask)
{
	return consumed + mask + MEMMON_RECORD_BYTES - MEMMON_RING_SLOTS_LEFT * MEMMON_RECORD_BYTES;
}

/**
 * memmon_ring_has_room - whether a record may be reserved below a limit
 * @reserved: position behind the newest reserved record
 * @room_end: from memmon_ring_room_end(), or the greatest number if the ring overwrites
 * @mask: from memmon_ring_mask()
 *
 * A @room_end farther away than the ring is long comes from a reader that says it has consumed what was
 * never written: there is no room until it makes sense again.
 */
static inline int memmon_ring_has_room(unsigned long long reserved, unsigned long long room_end,
				       unsigned long long mask)
{
	if (room_end == ~0ULL)
		return 1;
	return reserved < room_end && room_end - reserved <= mask + MEMMON_RECORD_BYTES;
}

/**
 * memmon_ring_holds - whether a record was still in place
 * @position: of the record, copied before @reserved was read
 * @reserved: position behind the newest record
 * @mask: from memmon_ring_mask()
 *
 * Return: false when a later record has, or may have, overwritten any part of the copy.
 */
static inline int memmon_ring_holds(unsigned long long position, unsigned long long reserved,
				    unsigned long long mask)
{
	return reserved - position <= mask + MEMMON_RECORD_BYTES;
}

/**
 * memmon_ring_nested_fits - whether one more record fits above writers that are not done
 * @reserved: position behind the newest reserved record
 * @outer: not behind the oldest record that is still being written
 * @mask: from memmon_ring_mask()
 */
static inline int memmon_ring_nested_fits(unsigned long long reserved, unsigned long long outer,
					  unsigned long long mask)
{
	return reserved - outer + MEMMON_RING_SLOTS_LEFT * MEMMON_RECORD_BYTES <=
	       mask + MEMMON_RECORD_BYTES;
}

#endif /* MEMMON_RING_MATH_H */
