// SPDX-License-Identifier: GPL-2.0
/* Writes the records of a CPU into its stream file, in packets that are there whole or not at all. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "recording_internal.h"

#define MAX_PIECES 3 /* the head, and both sides of the seam of a ring */

/* What is still to be written of a span. */
struct pieces {
	const struct memmon_record *first;
	const struct memmon_record *second;
	size_t nr_first;
	size_t nr_second;
	uint64_t position;
};

static int open_stream(struct memmon_recording *recording, uint32_t cpu)
{
	struct recording_stream *stream = &recording->streams[cpu];
	char name[16];
	int fd;

	if (stream->fd >= 0)
		return 0;
	snprintf(name, sizeof(name), "cpu%u", cpu);
	fd = memmon_disk_create(recording->dir, name);
	if (fd < 0)
		return fd;
	stream->fd = fd;
	return 0;
}

/* Takes up to @max records off the pieces, as parts to write. Return: how many parts. */
static unsigned int take(struct pieces *from, size_t max, struct iovec *parts, size_t *nr_taken)
{
	unsigned int nr = 0;

	*nr_taken = 0;
	while (max && (from->nr_first || from->nr_second)) {
		size_t taken;

		if (!from->nr_first) {
			from->first = from->second;
			from->nr_first = from->nr_second;
			from->nr_second = 0;
		}
		taken = from->nr_first < max ? from->nr_first : max;
		parts[nr].iov_base = (void *)from->first;
		parts[nr++].iov_len = taken * sizeof(*from->first);
		from->first += taken;
		from->nr_first -= taken;
		*nr_taken += taken;
		max -= taken;
	}
	return nr;
}

static void fill_head(struct memmon_recording *recording, struct recording_stream *stream,
		      uint32_t cpu, size_t nr, struct memmon_packet *head)
{
	/* Drops are counted for all CPUs together: whichever writes first tells of them. */
	stream->discarded += recording->dropped - recording->dropped_told;
	recording->dropped_told = recording->dropped;
	stream->discarded += stream->overwritten - stream->overwritten_told;
	stream->overwritten_told = stream->overwritten;
	head->magic = MEMMON_CTF_MAGIC;
	for (unsigned int i = 0; i < sizeof(head->uuid); i++)
		head->uuid[i] = recording->uuid[i];
	head->content_bits = 8 * (sizeof(*head) + nr * sizeof(struct memmon_record));
	head->packet_bits = head->content_bits;
	head->sequence = stream->sequence++;
	head->discarded = stream->discarded;
	head->cpu = cpu;
	head->overwritten = stream->overwritten;
	head->session_dropped = recording->dropped;
	head->session_filtered = recording->filtered;
	head->checksum = memmon_packet_checksum(head);
}

static int write_packet(struct memmon_recording *recording, uint32_t cpu, struct pieces *from)
{
	struct recording_stream *stream = &recording->streams[cpu];
	struct memmon_packet head = { .first_position = from->position };
	struct iovec parts[MAX_PIECES];
	unsigned int nr_parts;
	size_t nr;
	int err;

	nr_parts = 1 + take(from, MEMMON_CTF_PACKET_RECORDS, parts + 1, &nr);
	head.time_begin = stream->last_time;
	head.time_end = stream->last_time;
	if (nr) {
		const struct iovec *last = &parts[nr_parts - 1];
		const struct memmon_record *end = last->iov_base;

		head.time_begin = ((const struct memmon_record *)parts[1].iov_base)->time;
		head.time_end = end[last->iov_len / sizeof(*end) - 1].time;
	}
	from->position += nr * sizeof(struct memmon_record);
	fill_head(recording, stream, cpu, nr, &head);
	parts[0].iov_base = &head;
	parts[0].iov_len = sizeof(head);
	err = memmon_disk_append(stream->fd, &stream->size, parts, nr_parts);
	if (err)
		return err;
	stream->last_time = head.time_end;
	stream->records += nr;
	recording->records += nr;
	recording->bytes += sizeof(head) + nr * sizeof(struct memmon_record);
	return 0;
}

/* All packets of the span or none: the caller knows what it has lost. */
static int write_packets(struct memmon_recording *recording, uint32_t cpu, struct pieces *from)
{
	struct recording_stream *stream = &recording->streams[cpu];
	const struct recording_stream before = *stream;
	uint64_t dropped_told = recording->dropped_told;
	uint64_t records = recording->records;
	uint64_t bytes = recording->bytes;
	int err;

	do {
		err = write_packet(recording, cpu, from);
	} while (!err && (from->nr_first || from->nr_second));
	if (!err)
		return 0;
	if (stream->size != before.size && ftruncate(stream->fd, (off_t)before.size))
		return err; /* they are whole, so they may as well stay */
	*stream = before;
	recording->dropped_told = dropped_told;
	recording->records = records;
	recording->bytes = bytes;
	return err;
}

static uint64_t count_without_stack(const struct memmon_record *records, size_t nr)
{
	uint64_t without = 0;

	for (size_t i = 0; i < nr; i++)
		without += !MEMMON_RECORD_STACK(records[i].call_site);
	return without;
}

int recording_stream_write(struct memmon_recording *recording, uint32_t cpu,
			   const struct memmon_span *span)
{
	struct pieces from = {
		.first = span->first,
		.second = span->second,
		.nr_first = span->nr_first,
		.nr_second = span->nr_second,
		.position = span->end -
			    (span->nr_first + span->nr_second) * sizeof(struct memmon_record),
	};
	uint64_t time = recording->streams[cpu].last_time;
	int err;

	err = recording_names_scan(recording, from.first, from.nr_first, &time);
	if (!err)
		err = recording_names_scan(recording, from.second, from.nr_second, &time);
	/* What names the records goes first: a recording that is cut off has a name for all it has. */
	if (!err)
		err = recording_names_flush(recording);
	if (!err)
		err = open_stream(recording, cpu);
	if (!err)
		err = write_packets(recording, cpu, &from);
	if (!err && recording->has_stacks)
		recording->without_stack += count_without_stack(span->first, span->nr_first) +
					    count_without_stack(span->second, span->nr_second);
	return err;
}

static int write_empty_packet(struct memmon_recording *recording, uint32_t cpu)
{
	struct recording_stream *stream = &recording->streams[cpu];
	struct pieces none = { 0 };
	int err = open_stream(recording, cpu);

	if (err)
		return err;
	if (!stream->last_time)
		stream->last_time = recording->machine.clock_at_start;
	return write_packets(recording, cpu, &none);
}

int recording_stream_tell_loss(struct memmon_recording *recording)
{
	uint32_t nr_cpus = recording->machine.nr_cpus;
	uint32_t busiest = 0;

	for (uint32_t cpu = 0; cpu < nr_cpus; cpu++) {
		const struct recording_stream *stream = &recording->streams[cpu];
		int err = 0;

		if (stream->records > recording->streams[busiest].records)
			busiest = cpu;
		if (stream->overwritten != stream->overwritten_told)
			err = write_empty_packet(recording, cpu);
		if (err)
			return err;
	}
	if (recording->dropped == recording->dropped_told)
		return 0;
	return write_empty_packet(recording, busiest);
}
