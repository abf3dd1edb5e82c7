// SPDX-License-Identifier: GPL-2.0
/* Opens sessions and takes their records. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "session.h"

#define COPY_RECORDS 4096

int session_open(struct session *session, const struct spec *spec)
{
	memset(session, 0, sizeof(*session));
	session->spec = *spec;
	session->fd = open(DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (session->fd < 0)
		return -errno;
	session->info.size = sizeof(session->info);
	if (ioctl(session->fd, MEMMON_IOC_INFO, &session->info))
		die("MEMMON_IOC_INFO: %m");
	if (ioctl(session->fd, MEMMON_IOC_SETUP, &session->spec.options)) {
		int err = -errno;

		close(session->fd);
		return err;
	}
	session->rings = calloc(session->info.nr_cpus, sizeof(*session->rings));
	if (!session->rings)
		die("no memory");
	return spec->way == WAY_MMAP ? session_map(session) : 0;
}

void session_close(struct session *session)
{
	unsigned int i;

	for (i = 0; i < session->info.nr_cpus; i++)
		if (session->rings[i].page)
			munmap(session->rings[i].page, session->spec.options.map_bytes);
	free(session->rings);
	close(session->fd);
}

int session_enable(struct session *session)
{
	return ioctl(session->fd, MEMMON_IOC_ENABLE) ? -errno : 0;
}

int session_disable(struct session *session)
{
	return ioctl(session->fd, MEMMON_IOC_DISABLE) ? -errno : 0;
}

void session_stats(const struct session *session, struct memmon_stats *stats)
{
	memset(stats, 0xff, sizeof(*stats));
	stats->size = sizeof(*stats);
	if (ioctl(session->fd, MEMMON_IOC_STATS, stats))
		die("MEMMON_IOC_STATS: %m");
}

/* Maps the rings that there are by now, and brings their pages up to date. */
int session_map(struct session *session)
{
	uint64_t map_bytes = session->spec.options.map_bytes;
	int nr_rings = ioctl(session->fd, MEMMON_IOC_SYNC);
	unsigned int i;

	if (nr_rings <= 0)
		die("MEMMON_IOC_SYNC: %d %m", nr_rings);
	for (i = 0; i < session->info.nr_cpus && (int)session->nr_mapped < nr_rings; i++) {
		struct ring *ring = &session->rings[i];
		void *memory;

		if (ring->page)
			continue;
		memory = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, session->fd,
			      i * map_bytes);
		if (memory == MAP_FAILED && errno == ENXIO)
			continue;
		if (memory == MAP_FAILED)
			return -errno;
		ring->page = memory;
		session->nr_mapped++;
		if (ring->page->cpu != i || ring->page->record_bytes != RECORD_BYTES ||
		    ring->page->data_bytes != session->spec.options.ring_bytes)
			die("the ring page of CPU %u is wrong", i);
	}
	if ((int)session->nr_mapped != nr_rings)
		die("%u of %d rings could be mapped", session->nr_mapped, nr_rings);
	return 0;
}

static const struct memmon_record *record_at(const struct ring *ring, uint64_t position)
{
	const struct memmon_ring_page *page = ring->page;

	return (const void *)((const char *)page + page->data_offset + position % page->data_bytes);
}

static uint64_t find_end(const struct memmon_ring_page *page)
{
	return __atomic_load_n(&page->complete, __ATOMIC_ACQUIRE);
}

static void deliver(struct session *session, struct ring *ring, const struct memmon_record *record,
		    sink_fn sink, void *arg)
{
	ring_check(ring, record);
	session->nr_taken++;
	sink(arg, record);
}

static void take_kept(struct session *session, struct ring *ring, sink_fn sink, void *arg)
{
	uint64_t end = find_end(ring->page);

	if (session->spec.slow && end - ring->position > session->spec.slow * RECORD_BYTES)
		end = ring->position + session->spec.slow * RECORD_BYTES;
	for (; ring->position < end; ring->position += RECORD_BYTES)
		deliver(session, ring, record_at(ring, ring->position), sink, arg);
	__atomic_store_n(&ring->page->consumed, ring->position, __ATOMIC_RELEASE);
}

static uint64_t find_oldest(const struct memmon_ring_page *page)
{
	uint64_t reserved = __atomic_load_n(&page->reserved, __ATOMIC_ACQUIRE);

	return reserved > page->data_bytes ? reserved - page->data_bytes : 0;
}

/* Copies, and looks afterwards what was overwritten meanwhile. */
static void take_overwritten(struct session *session, struct ring *ring, sink_fn sink, void *arg)
{
	static struct memmon_record copies[COPY_RECORDS];
	uint64_t end = find_end(ring->page), oldest = find_oldest(ring->page), from, i;
	uint64_t most = session->spec.slow ? session->spec.slow : COPY_RECORDS;

	if (oldest > end)
		oldest = end;
	if (oldest > ring->position) {
		session->nr_overwritten += (oldest - ring->position) / RECORD_BYTES;
		ring->position = oldest;
	}
	from = ring->position;
	for (i = 0; i < most && i < COPY_RECORDS && from + i * RECORD_BYTES < end; i++)
		copies[i] = *record_at(ring, from + i * RECORD_BYTES);
	ring->position += i * RECORD_BYTES;
	__atomic_store_n(&ring->page->consumed, ring->position, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (ioctl(session->fd, MEMMON_IOC_SYNC) < 0)
		die("MEMMON_IOC_SYNC: %m");
	oldest = find_oldest(ring->page);
	for (i = 0; from < ring->position; i++, from += RECORD_BYTES) {
		if (from < oldest)
			session->nr_overwritten++;
		else
			deliver(session, ring, &copies[i], sink, arg);
	}
}

static void take_read(struct session *session, sink_fn sink, void *arg)
{
	struct memmon_record *buffer = malloc(session->spec.read_bytes);
	/* Which CPU a record is from is not known here. */
	struct ring any = { 0 };
	ssize_t bytes, i;

	while ((bytes = read(session->fd, buffer, session->spec.read_bytes)) > 0) {
		if (bytes % RECORD_BYTES || bytes > (ssize_t)session->spec.read_bytes)
			die("read() returned %zd", bytes);
		for (i = 0; i < bytes / (ssize_t)RECORD_BYTES; i++) {
			any.last.time = 0;
			deliver(session, &any, &buffer[i], sink, arg);
		}
		if (session->spec.slow)
			break;
	}
	if (bytes < 0 && errno != EAGAIN)
		die("read(): %m");
	free(buffer);
}

/* Takes what can be read now. */
void session_take(struct session *session, sink_fn sink, void *arg)
{
	bool is_overwriting = session->spec.options.flags & MEMMON_OPTION_OVERWRITE;
	int ret;
	unsigned int i;

	if (session->spec.way == WAY_READ)
		take_read(session, sink, arg);
	if (session->spec.way != WAY_MMAP)
		return;
	ret = session_map(session);
	if (ret)
		die("mmap: %s", strerror(-ret));
	for (i = 0; i < session->info.nr_cpus; i++) {
		if (!session->rings[i].page)
			continue;
		(is_overwriting ? take_overwritten : take_kept)(session, &session->rings[i], sink,
								arg);
	}
}
