/* SPDX-License-Identifier: GPL-2.0 */
/* A live session of /dev/mem_monitor. Part of libmemmon; see memmon.h for its rules. */
#ifndef MEMMON_SESSION_H
#define MEMMON_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"
#include "reader.h"
#include "symbols.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMMON_DEVICE_PATH "/dev/mem_monitor"

struct memmon_session;

/**
 * memmon_session_open() - open the device and check its version
 *
 * Return: 0; -ENOENT without the module; -EACCES or -EPERM without the right; -EPROTO when the module
 * speaks another major version; another negative errno.
 */
int memmon_session_open(struct memmon_session **ret);

/* The same for a device node at another place. */
int memmon_session_open_path(const char *path, struct memmon_session **ret);

/* Closing ends the session, whatever its state. */
void memmon_session_close(struct memmon_session *session);

/**
 * memmon_session_set_up() - say what the session is to be, and map its rings
 * @options: @size is set here; the rest as the kernel changed it
 *
 * Return: 0 or a negative errno of MEMMON_IOC_SETUP or mmap().
 */
int memmon_session_set_up(struct memmon_session *session, struct memmon_options *options);
int memmon_session_enable(struct memmon_session *session);
int memmon_session_disable(struct memmon_session *session);

/**
 * memmon_session_sync() - bring all rings up to date, and map those of CPUs that have come since
 *
 * Return: 0 or a negative errno.
 */
int memmon_session_sync(struct memmon_session *session);
int memmon_session_stats(struct memmon_session *session, struct memmon_stats *ret);

/* The books as a reader has them, with what was overwritten before memmon_session_span() got it. */
int memmon_session_loss(struct memmon_session *session, struct memmon_loss *ret);
int memmon_session_info(const struct memmon_session *session, struct memmon_info *ret);
const struct memmon_options *memmon_session_options(const struct memmon_session *session);
int memmon_session_cache(struct memmon_session *session, uint32_t id,
			 struct memmon_cache_info *ret);

/**
 * memmon_session_stack() - a call stack of a session that takes stacks
 * @id: of it
 * @frames: set to its return addresses, innermost first, which live as long as the session; 0 stands for code
 *	    that was gone when the stack was asked for first
 * @nr_frames: how many; 0 if there is no such stack
 *
 * Each is read from the kernel once. When the code of a frame is unloaded, the kernel forgets the frame: ask early.
 *
 * Return: 0 or a negative errno.
 */
int memmon_session_stack(struct memmon_session *session, uint32_t id, const uint64_t **frames,
			 size_t *nr_frames);

/**
 * memmon_session_symbols() - the functions of the running kernel
 * @ret: the symbols, which are read at the first call and live as long as the session
 *
 * Return: 0 or a negative errno of memmon_symbols_open().
 */
int memmon_session_symbols(struct memmon_session *session, struct memmon_symbols **ret);

/* Where and when; its clock_at_start is that of memmon_session_enable(). Lives as long as the session. */
const struct memmon_machine *memmon_session_machine(struct memmon_session *session);

/* To poll(). */
int memmon_session_fd(const struct memmon_session *session);

/**
 * struct memmon_span - unread records of one CPU, in up to two pieces since a ring is round
 * @first: older piece, @nr_first records
 * @second: the rest, @nr_second records
 * @end: position behind them, for memmon_session_consume()
 * @overwritten: records lost to overwriting since the last span
 *
 * In a session that keeps, the records lie in the ring itself and the caller may reorder them.
 */
struct memmon_span {
	struct memmon_record *first;
	struct memmon_record *second;
	size_t nr_first;
	size_t nr_second;
	uint64_t end;
	uint64_t overwritten;
};

/**
 * memmon_session_span() - what is unread on a CPU
 * @cpu: from 0 to nr_cpus - 1; one without a ring has nothing
 *
 * Records are whole, and sorted by time, also against those that were consumed before: where an interrupt
 * came between a writer's look at the clock and its reservation, they are put in order here. If the
 * interrupt's records were consumed already, the writer's record gets the time of the last of them.
 *
 * Return: 0 or a negative errno.
 */
int memmon_session_span(struct memmon_session *session, uint32_t cpu, struct memmon_span *ret);

/* Gives the room of what was read, up to a position in the last span, back to the kernel. */
void memmon_session_consume(struct memmon_session *session, uint32_t cpu, uint64_t end);

#ifdef __cplusplus
}
#endif

#endif
