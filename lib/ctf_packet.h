/* SPDX-License-Identifier: GPL-2.0 */
/* The head of a packet in a stream file of a recording. */
#ifndef MEMMON_CTF_PACKET_H
#define MEMMON_CTF_PACKET_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MEMMON_CTF_MAGIC 0xC1FC1FC1U
#define MEMMON_CTF_UUID_BYTES 16
/* Records of a packet at most: what a crash can cost. */
#define MEMMON_CTF_PACKET_RECORDS 16384

/**
 * struct memmon_packet - head of a packet; its records follow at once
 * @time_begin: of the first record
 * @time_end: of the last one
 * @content_bits: head and records
 * @packet_bits: the same: nothing is padded
 * @sequence: number of the packet in its stream, from 0
 * @discarded: events lost so far that this stream tells of: all streams together tell of all
 * @first_position: of the first record in the ring, see struct memmon_ring_page
 * @overwritten: records of this CPU that were overwritten before they were read, so far
 * @session_dropped: what the whole session had dropped when the packet was written
 * @session_filtered: what it had filtered
 * @checksum: of what stands before it
 *
 * To a CTF reader, what follows @cpu is padding before the records, which are aligned to 64 bytes.
 */
struct memmon_packet {
	uint32_t magic;
	uint8_t uuid[MEMMON_CTF_UUID_BYTES];
	uint32_t stream_id;
	uint64_t time_begin;
	uint64_t time_end;
	uint64_t content_bits;
	uint64_t packet_bits;
	uint64_t sequence;
	uint64_t discarded;
	uint32_t cpu;
	uint32_t zero;
	uint64_t first_position;
	uint64_t overwritten;
	uint64_t session_dropped;
	uint64_t session_filtered;
	uint64_t reserved;
	uint64_t checksum;
};

static_assert(offsetof(struct memmon_packet, time_begin) == 24, "layout of packets");
static_assert(offsetof(struct memmon_packet, sequence) == 56, "layout of packets");
static_assert(offsetof(struct memmon_packet, cpu) == 72, "layout of packets");
static_assert(offsetof(struct memmon_packet, checksum) == 120, "layout of packets");
static_assert(sizeof(struct memmon_packet) == 128, "layout of packets");

/* FNV-1a over the words of a packet's head. */
static inline uint64_t memmon_packet_checksum(const struct memmon_packet *packet)
{
	uint64_t words[offsetof(struct memmon_packet, checksum) / sizeof(uint64_t)];
	uint64_t value = 0xcbf29ce484222325;

	/* A copy: its members are not all of this type, and the compiler may rely on that. */
	memcpy(words, packet, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		value = (value ^ words[i]) * 0x100000001b3;
		value ^= value >> 32;
	}
	return value;
}

#endif
