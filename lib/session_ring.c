// SPDX-License-Identifier: GPL-2.0
/* The rings of a live session, as they are mapped: what is unread, and what was overwritten. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"

#define RECORD_BYTES sizeof(struct memmon_record)

static bool overwrites(const struct memmon_session *session)
{
	return session->options.flags & MEMMON_OPTION_OVERWRITE;
}

/* What the page says must lie inside of what was mapped: a wrong number must not take us outside. */
static int check_page(const struct memmon_session *session, const struct memmon_ring_page *page)
{
	uint64_t map_bytes = session->options.map_bytes;

	if (page->record_bytes != RECORD_BYTES)
		return -EPROTO;
	if (page->data_bytes < RECORD_BYTES || page->data_bytes & (page->data_bytes - 1))
		return -EPROTO;
	if (page->data_offset < sizeof(*page) || page->data_offset > map_bytes ||
	    page->data_bytes > map_bytes - page->data_offset)
		return -EPROTO;
	return 0;
}

static int map_ring(struct memmon_session *session, uint32_t cpu)
{
	uint64_t bytes = session->options.map_bytes;
	struct session_ring *ring = &session->rings[cpu];
	void *region;
	int err;

	if (bytes < sizeof(struct memmon_ring_page))
		return -EPROTO;
	region = session->device->mmap(session->fd, bytes, (off_t)(cpu * bytes));
	if (region == (void *)-1)
		/* ENXIO: a CPU that has not been there yet. */
		return errno == ENXIO ? 0 : -errno;
	err = check_page(session, region);
	if (err) {
		session->device->munmap(region, bytes);
		return err;
	}
	ring->page = region;
	ring->data = (char *)region + ring->page->data_offset;
	ring->data_bytes = ring->page->data_bytes;
	ring->position = ring->page->consumed;
	session->nr_mapped++;
	return 0;
}

int session_map_rings(struct memmon_session *session)
{
	for (uint32_t cpu = 0; cpu < session->info.nr_cpus; cpu++) {
		int err = session->rings[cpu].page ? 0 : map_ring(session, cpu);

		if (err)
			return err;
	}
	return 0;
}

void session_unmap_rings(struct memmon_session *session)
{
	if (!session->rings)
		return;
	for (uint32_t cpu = 0; cpu < session->info.nr_cpus; cpu++) {
		struct session_ring *ring = &session->rings[cpu];

		if (ring->page)
			session->device->munmap(ring->page, session->options.map_bytes);
		free(ring->copy);
	}
	free(session->rings);
}

/* Moves the record at @at back to its place among those before it. */
static void insert(struct memmon_record *const pieces[2], size_t nr_first, size_t at)
{
#define RECORD(i) ((i) < nr_first ? &pieces[0][i] : &pieces[1][(i)-nr_first])
	struct memmon_record late = *RECORD(at);

	for (; at > 0 && RECORD(at - 1)->time > late.time; at--)
		*RECORD(at) = *RECORD(at - 1);
	*RECORD(at) = late;
#undef RECORD
}

/* The first record of a piece that is older than the one before it, or @nr. */
static size_t find_late(const struct memmon_record *records, size_t from, size_t nr)
{
	for (size_t i = from; i < nr; i++)
		if (records[i].time < records[i - 1].time)
			return i;
	return nr;
}

void session_sort(struct memmon_record *first, size_t nr_first, struct memmon_record *second,
		  size_t nr_second)
{
	struct memmon_record *const pieces[2] = { first, second };
	size_t at;

	for (at = find_late(first, 1, nr_first); at < nr_first;
	     at = find_late(first, at + 1, nr_first))
		insert(pieces, nr_first, at);
	if (nr_first && nr_second && second[0].time < first[nr_first - 1].time)
		insert(pieces, nr_first, nr_first);
	for (at = find_late(second, 1, nr_second); at < nr_second;
	     at = find_late(second, at + 1, nr_second))
		insert(pieces, nr_first, nr_first + at);
}

/* Position behind what can be read. */
static uint64_t readable_end(const struct memmon_ring_page *page)
{
	return __atomic_load_n(&page->complete, __ATOMIC_ACQUIRE);
}

/* Oldest position that no writer can have touched, as the last MEMMON_IOC_SYNC saw it. */
static uint64_t oldest_whole(const struct session_ring *ring)
{
	uint64_t reserved = __atomic_load_n(&ring->page->reserved, __ATOMIC_ACQUIRE);

	return reserved > ring->data_bytes ? reserved - ring->data_bytes : 0;
}

static int make_room(struct session_ring *ring, size_t bytes)
{
	char *copy;

	if (bytes <= ring->copy_bytes)
		return 0;
	copy = realloc(ring->copy, bytes);
	if (!copy)
		return -ENOMEM;
	ring->copy = copy;
	ring->copy_bytes = bytes;
	return 0;
}

static void copy_out(struct session_ring *ring, uint64_t begin, size_t bytes)
{
	size_t offset = begin & (ring->data_bytes - 1);
	size_t until_wrap = ring->data_bytes - offset;
	size_t piece = bytes < until_wrap ? bytes : until_wrap;

	if (!bytes)
		return;
	memcpy(ring->copy, ring->data + offset, piece);
	memcpy(ring->copy + piece, ring->data, bytes - piece);
}

/*
 * Copies first and asks afterwards what of the copy the kernel may have written over meanwhile, as
 * nothing keeps it from doing so.
 */
static int span_overwriting(struct memmon_session *session, struct session_ring *ring,
			    struct memmon_span *ret)
{
	uint64_t end = readable_end(ring->page);
	uint64_t begin = ring->position;
	uint64_t whole = oldest_whole(ring);
	int err;

	if (end - begin > ring->data_bytes)
		begin = end - ring->data_bytes;
	if (begin < whole)
		begin = whole < end ? whole : end;
	err = make_room(ring, end - begin);
	if (err)
		return err;
	copy_out(ring, begin, end - begin);
	ring->copy_position = begin;
	err = memmon_session_sync(session);
	if (err)
		return err;
	whole = oldest_whole(ring);
	if (whole > end)
		whole = end;
	ret->first = (struct memmon_record *)(void *)ring->copy;
	if (whole > begin) {
		ret->first += (whole - begin) / RECORD_BYTES;
		begin = whole;
	}
	ret->nr_first = (end - begin) / RECORD_BYTES;
	ret->end = end;
	ret->overwritten = (begin - ring->position) / RECORD_BYTES;
	session->overwritten += ret->overwritten;
	ring->position = begin;
	return 0;
}

static int span_keeping(const struct session_ring *ring, struct memmon_span *ret)
{
	uint64_t end = readable_end(ring->page);
	size_t offset = ring->position & (ring->data_bytes - 1);
	size_t nr = (end - ring->position) / RECORD_BYTES;
	size_t until_wrap = (ring->data_bytes - offset) / RECORD_BYTES;

	/* The kernel writes over no unread record, so that this is no ring of ours. */
	if (end - ring->position > ring->data_bytes)
		return -EPROTO;
	ret->first = (struct memmon_record *)(void *)(ring->data + offset);
	ret->second = (struct memmon_record *)(void *)ring->data;
	ret->nr_first = nr < until_wrap ? nr : until_wrap;
	ret->nr_second = nr - ret->nr_first;
	ret->end = end;
	return 0;
}

/*
 * A writer may have looked at the clock, and its record been left out as unfinished, when the records of an
 * interrupt that came between were read. It is late then, and gets the time of the last of those.
 */
static void raise_times(const struct memmon_span *span, uint64_t least)
{
	size_t at;

	for (at = 0; at < span->nr_first && span->first[at].time < least; at++)
		span->first[at].time = least;
	if (at < span->nr_first)
		return;
	for (at = 0; at < span->nr_second && span->second[at].time < least; at++)
		span->second[at].time = least;
}

int memmon_session_span(struct memmon_session *session, uint32_t cpu, struct memmon_span *ret)
{
	struct session_ring *ring;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!session->rings || cpu >= session->info.nr_cpus)
		return -EINVAL;
	ring = &session->rings[cpu];
	if (!ring->page)
		return 0;
	err = overwrites(session) ? span_overwriting(session, ring, ret) : span_keeping(ring, ret);
	if (err)
		return err;
	session_sort(ret->first, ret->nr_first, ret->second, ret->nr_second);
	raise_times(ret, ring->last_time);
	return 0;
}

/* Time of the record that ends at a position of the last span. */
static uint64_t time_before(const struct memmon_session *session, const struct session_ring *ring,
			    uint64_t end)
{
	uint64_t begin = end - RECORD_BYTES;
	const char *record = overwrites(session) ? ring->copy + (begin - ring->copy_position) :
						   ring->data + (begin & (ring->data_bytes - 1));

	return ((const struct memmon_record *)(const void *)record)->time;
}

void memmon_session_consume(struct memmon_session *session, uint32_t cpu, uint64_t end)
{
	struct session_ring *ring = &session->rings[cpu];

	if (!ring->page || end <= ring->position)
		return;
	ring->last_time = time_before(session, ring, end);
	ring->position = end;
	__atomic_store_n(&ring->page->consumed, end, __ATOMIC_RELEASE);
}
