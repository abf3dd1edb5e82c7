// SPDX-License-Identifier: GPL-2.0
/* Reads the stream file of one CPU, packet by packet, and trusts nothing in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader_stream.h"

/* So many are checked and then handed out: few enough to be still in the cache when they are used. */
#define CHUNK_RECORDS 256

#define RECORD_BYTES sizeof(struct memmon_record)

/* Reads up to @bytes; fewer at the end of the file. Return: 0 or a negative errno. */
static int read_at(int fd, void *buffer, size_t bytes, uint64_t offset, size_t *ret)
{
	*ret = 0;
	while (*ret < bytes) {
		ssize_t got =
			pread(fd, (char *)buffer + *ret, bytes - *ret, (off_t)(offset + *ret));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		*ret += (size_t)got;
	}
	return 0;
}

/* Return: the packet's size, or 0 when it is none, or not whole in @rest bytes. */
static uint64_t check_head(const struct reader_stream *stream, const struct memmon_packet *head,
			   uint64_t rest)
{
	uint64_t bytes = head->packet_bits / 8;

	if (head->magic != MEMMON_CTF_MAGIC || memcmp(head->uuid, stream->uuid, sizeof(head->uuid)))
		return 0;
	if (head->checksum != memmon_packet_checksum(head) || head->stream_id ||
	    head->cpu != stream->cpu || head->content_bits != head->packet_bits ||
	    head->packet_bits % 8 || head->time_begin > head->time_end)
		return 0;
	if (bytes < sizeof(*head) || bytes > rest || (bytes - sizeof(*head)) % RECORD_BYTES)
		return 0;
	return bytes;
}

/* Goes from head to head, to know where the whole packets end, and what the last one says. */
static int scan(struct reader_stream *stream)
{
	for (;;) {
		uint64_t rest = stream->file_bytes - stream->whole_bytes;
		struct memmon_packet head;
		uint64_t bytes;
		size_t got;
		int err;

		if (rest < sizeof(head))
			return 0;
		err = read_at(stream->fd, &head, sizeof(head), stream->whole_bytes, &got);
		if (err)
			return err;
		bytes = got < sizeof(head) ? 0 : check_head(stream, &head, rest);
		if (!bytes)
			return 0;
		stream->whole_bytes += bytes;
		stream->records += (bytes - sizeof(head)) / RECORD_BYTES;
		stream->overwritten = head.overwritten;
		stream->dropped = head.session_dropped;
		stream->filtered = head.session_filtered;
	}
}

int reader_stream_open(struct reader_stream *stream, int dir, const char *name, uint32_t cpu,
		       const uint8_t *uuid, size_t room)
{
	struct stat info;
	int err;

	memset(stream, 0, sizeof(*stream));
	stream->cpu = cpu;
	stream->room = room;
	memcpy(stream->uuid, uuid, sizeof(stream->uuid));
	stream->fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (stream->fd < 0)
		return -errno;
	err = fstat(stream->fd, &info) ? -errno : 0;
	if (!err && !S_ISREG(info.st_mode))
		err = -EBADMSG;
	if (!err) {
		stream->file_bytes = (uint64_t)info.st_size;
		stream->buffer = aligned_alloc(64, room);
		err = stream->buffer ? scan(stream) : -ENOMEM;
	}
	if (err) {
		reader_stream_close(stream);
		return err;
	}
	(void)posix_fadvise(stream->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

void reader_stream_close(struct reader_stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
	free(stream->buffer);
	stream->buffer = NULL;
}

/* What the buffer has of the file at @offset. */
static size_t buffered(const struct reader_stream *stream)
{
	if (stream->offset < stream->buffer_offset ||
	    stream->offset - stream->buffer_offset >= stream->buffer_bytes)
		return 0;
	return stream->buffer_bytes - (size_t)(stream->offset - stream->buffer_offset);
}

static const void *at_offset(const struct reader_stream *stream)
{
	return stream->buffer + (stream->offset - stream->buffer_offset);
}

/* Nothing behind @offset makes sense any more. */
static void cut(struct reader_stream *stream)
{
	stream->whole_bytes = stream->offset;
	stream->left = 0;
}

/* Has at least @bytes in the buffer. Return: 1, 0 when the file has become shorter, negative errno. */
static int want(struct reader_stream *stream, size_t bytes, bool may_read)
{
	uint64_t rest = stream->whole_bytes - stream->offset;
	int err;

	if (buffered(stream) >= bytes)
		return 1;
	if (!may_read)
		return -EAGAIN;
	stream->buffer_offset = stream->offset;
	err = read_at(stream->fd, stream->buffer, rest < stream->room ? (size_t)rest : stream->room,
		      stream->offset, &stream->buffer_bytes);
	if (err) {
		stream->buffer_bytes = 0;
		return err;
	}
	if (stream->buffer_bytes >= bytes)
		return 1;
	cut(stream);
	return 0;
}

/* Moves into the next packet that has records. Return: 1, 0 at the end, negative errno. */
static int enter_packet(struct reader_stream *stream, bool may_read)
{
	while (!stream->left) {
		const struct memmon_packet *head;
		uint64_t bytes;
		int ret;

		if (stream->offset >= stream->whole_bytes)
			return 0;
		ret = want(stream, sizeof(*head), may_read);
		if (ret <= 0)
			return ret;
		head = at_offset(stream);
		bytes = check_head(stream, head, stream->whole_bytes - stream->offset);
		if (!bytes) {
			cut(stream);
			return 0;
		}
		stream->offset += sizeof(*head);
		stream->left = (bytes - sizeof(*head)) / RECORD_BYTES;
	}
	return 1;
}

/* Users take the class and the context for an index, and the order of time for granted. */
static bool are_sound(struct reader_stream *stream, const struct memmon_record *records, size_t nr)
{
	uint64_t time = stream->last_time;
	bool is_bad = false;

	for (size_t i = 0; i < nr; i++) {
		is_bad |= records[i].event_class - 1U >= MEMMON_NR_CLASSES - 1U;
		is_bad |= records[i].context >= MEMMON_NR_CONTEXTS;
		is_bad |= records[i].time < time;
		time = records[i].time;
	}
	stream->last_time = time;
	return !is_bad;
}

int reader_stream_next(struct reader_stream *stream, bool may_read,
		       const struct memmon_record **records)
{
	int ret = enter_packet(stream, may_read);
	size_t nr;

	if (ret > 0)
		ret = want(stream, RECORD_BYTES, may_read);
	if (ret <= 0)
		return ret;
	nr = buffered(stream) / RECORD_BYTES;
	if (nr > CHUNK_RECORDS)
		nr = CHUNK_RECORDS;
	if (nr > stream->left)
		nr = (size_t)stream->left;
	*records = at_offset(stream);
	if (!are_sound(stream, *records, nr)) {
		cut(stream);
		return 0;
	}
	stream->offset += nr * RECORD_BYTES;
	stream->left -= nr;
	return (int)nr;
}
