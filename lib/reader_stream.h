/* SPDX-License-Identifier: GPL-2.0 */
/* Reads the stream file of one CPU, packet by packet, and trusts nothing in it. */
#ifndef MEMMON_READER_STREAM_H
#define MEMMON_READER_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctf_packet.h"
#include "memmon/reader.h"

/**
 * struct reader_stream - a stream file
 * @file_bytes: its size
 * @whole_bytes: where its last whole packet ends
 * @offset: of what comes next
 * @left: records that the packet at @offset still has
 * @buffer: holds @buffer_bytes of the file, from @buffer_offset on; there is room for @room
 * @last_time: of the record that was handed out last
 * @records: in all whole packets
 * @overwritten: as the last packet has it; likewise @dropped and @filtered of the session
 */
struct reader_stream {
	int fd;
	uint32_t cpu;
	uint64_t file_bytes;
	uint64_t whole_bytes;
	uint64_t offset;
	uint64_t left;
	char *buffer;
	size_t room;
	size_t buffer_bytes;
	uint64_t buffer_offset;
	uint64_t last_time;
	uint64_t records;
	uint64_t overwritten;
	uint64_t dropped;
	uint64_t filtered;
	uint8_t uuid[MEMMON_CTF_UUID_BYTES];
};

/**
 * reader_stream_open() - open a stream file and look at all its packets' heads
 * @room: bytes of its buffer, a multiple of 64
 *
 * Return: 0 or a negative errno. A file of which nothing can be read is one that is cut off.
 */
int reader_stream_open(struct reader_stream *stream, int dir, const char *name, uint32_t cpu,
		       const uint8_t *uuid, size_t room);
void reader_stream_close(struct reader_stream *stream);

/**
 * reader_stream_next() - the next few records
 * @may_read: whether records that were handed out before may go
 * @records: valid until the next call with @may_read
 *
 * Return: how many there are; 0 at the end; -EAGAIN when @may_read is needed; another negative errno.
 */
int reader_stream_next(struct reader_stream *stream, bool may_read,
		       const struct memmon_record **records);

#endif
