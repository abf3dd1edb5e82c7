/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events in the order of time, whether they come from a live session or from a recording, and what
 * must be known to name what is in them. Part of libmemmon; see memmon.h for its rules.
 */
#ifndef MEMMON_READER_H
#define MEMMON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct memmon_event - one event
 * @record: valid until the next memmon_reader_take() or close; its call_site is one, also where the kernel has
 *	    written the id of a stack: the first frame of that
 * @cpu: on which it happened
 * @stack: id of its call stack, see memmon_reader_stack(); 0 if none was taken
 */
struct memmon_event {
	const struct memmon_record *record;
	uint32_t cpu;
	uint32_t stack;
};

/**
 * struct memmon_value_name - a number that the kernel has a name for
 */
struct memmon_value_name {
	uint64_t value;
	char name[40];
};

/**
 * struct memmon_machine - where and when the events happened
 * @gfp: names of gfp flags, those of several bits first
 * @cpu_nodes: NUMA node of each CPU, @nr_cpus of them
 * @clock: enum memmon_clock, of the records
 * @clock_at_start: that clock when the session began, and the two others at that moment
 * @classes: mask of 1 << enum memmon_class that its kernel may have; 0 if it is not known
 */
struct memmon_machine {
	char host[65];
	char kernel_release[65];
	char kernel_version[129];
	char architecture[65];
	uint32_t page_bytes;
	uint32_t nr_cpus;
	uint32_t clock;
	uint64_t clock_khz;
	uint64_t clock_at_start;
	uint64_t monotonic_start_ns;
	uint64_t realtime_start_ns;
	const struct memmon_value_name *gfp;
	size_t nr_gfp;
	const struct memmon_value_name *zones;
	size_t nr_zones;
	const struct memmon_value_name *migratetypes;
	size_t nr_migratetypes;
	const uint16_t *cpu_nodes;
	uint32_t classes;
};

/**
 * struct memmon_cache - a slab cache
 * @id: as in the records
 * @name: as the kernel has it
 * @aliases: other names merged into it, separated by commas; "" if there are none or they are not known
 * @object_bytes: size of an object
 */
struct memmon_cache {
	uint32_t id;
	uint32_t object_bytes;
	const char *name;
	const char *aliases;
};

/**
 * struct memmon_loss - the session's books, and what the reader itself lost
 * @filtered_by: by enum memmon_filter_reason
 * @dropped_by: by enum memmon_drop_reason
 * @overwritten: recorded, but overwritten before they were read
 * @cut_bytes: what a recording lacks: ends of its files that are no whole packets, and records that were
 *	       taken from the rings, but are in no file
 * @without_stack: events without a call stack in a session that takes them: of those in a finished recording, else
 *		   of those that were read so far. They are no loss.
 * @missing_classes: mask of 1 << enum memmon_class: asked for, but not attached; 0 in an unfinished recording
 * @is_unfinished: the recording has no end: its numbers are those of the last packets
 *
 * seen = recorded + filtered + dropped + in_flight, the kprobes' misses apart.
 */
struct memmon_loss {
	uint64_t seen;
	uint64_t recorded;
	uint64_t filtered;
	uint64_t dropped;
	uint64_t overwritten;
	uint64_t in_flight;
	uint64_t filtered_by[MEMMON_NR_FILTER_REASONS];
	uint64_t dropped_by[MEMMON_NR_DROP_REASONS];
	uint64_t cut_bytes;
	uint64_t without_stack;
	uint32_t missing_classes;
	bool is_unfinished;
};

struct memmon_reader;
struct memmon_session;
struct memmon_symbols;

/**
 * memmon_reader_open() - read a recording
 * @dir: its folder
 * @ret: the reader, when the call succeeds
 *
 * Return: 0; -ENOENT or another errno when it cannot be opened; -EBADMSG when it is no recording;
 * -EPROTO when it is of another major version.
 */
int memmon_reader_open(const char *dir, struct memmon_reader **ret);

/**
 * memmon_reader_open_session() - read a live session that has been enabled
 * @session: stays the caller's, and must outlive the reader
 * @ret: the reader, when the call succeeds
 *
 * Return: 0 or a negative errno.
 */
int memmon_reader_open_session(struct memmon_session *session, struct memmon_reader **ret);
void memmon_reader_close(struct memmon_reader *reader);

/**
 * memmon_reader_take() - the next events, in the order of time over all CPUs
 * @reader: the reader
 * @events: where they go
 * @max: how many there is room for
 *
 * Return: how many there are; 0 at the end of a recording, and of a live session when there is nothing
 * yet (see memmon_reader_wait()); a negative errno.
 */
int memmon_reader_take(struct memmon_reader *reader, struct memmon_event *events, unsigned int max);

/**
 * memmon_reader_wait() - wait for events of a live session
 *
 * Return: 1 when there may be some, 0 after @timeout_ms, -EINTR after a signal; 0 at once for a recording.
 */
int memmon_reader_wait(struct memmon_reader *reader, int timeout_ms);

const struct memmon_machine *memmon_reader_machine(const struct memmon_reader *reader);

/* The options of the session; the filter tells what cannot be in the events. */
const struct memmon_options *memmon_reader_options(const struct memmon_reader *reader);

/* NULL when the id names no cache. Valid as long as the reader. */
const struct memmon_cache *memmon_reader_cache(struct memmon_reader *reader, uint32_t id);

/* Path of the process's cgroup when its first event was read; NULL when it is not known. */
const char *memmon_reader_cgroup(struct memmon_reader *reader, uint32_t tgid);

struct memmon_symbols *memmon_reader_symbols(struct memmon_reader *reader);

/* Whether the session takes call stacks, so that events name theirs. */
bool memmon_reader_has_stacks(const struct memmon_reader *reader);

/**
 * memmon_reader_stack() - a call stack
 * @id: of it
 * @frames: set to its return addresses, innermost first, which live as long as the reader; 0 is code that was gone
 *	    when the stack was read. The first is the call site, or of pages, which have none, a place in the allocator.
 *
 * Return: how many; 0 if it is not known. A stack of MEMMON_STACK_FRAMES may go on.
 */
size_t memmon_reader_stack(struct memmon_reader *reader, uint32_t id, const uint64_t **frames);

/* Nanoseconds since the session began. */
uint64_t memmon_reader_ns(const struct memmon_reader *reader, uint64_t time);

/* Return: 0 or a negative errno. */
int memmon_reader_loss(struct memmon_reader *reader, struct memmon_loss *ret);

#ifdef __cplusplus
}
#endif

#endif
