/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes a recording: a folder that is a CTF 1.8 trace, with what names its events beside it. The format
 * stands in docs/recording.md. Part of libmemmon; see memmon.h for its rules.
 */
#ifndef MEMMON_RECORDING_H
#define MEMMON_RECORDING_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "mem_monitor.h"
#include "reader.h"
#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of the format. Another major version cannot be read; a greater minor one can. */
#define MEMMON_RECORDING_MAJOR 1
#define MEMMON_RECORDING_MINOR 2

struct memmon_recording;

/**
 * struct memmon_recording_setup - what a recording is told of its session
 * @machine: where and when
 * @options: of the session, as the kernel has set them
 * @command: how memmon was called: strings, then NULL; or NULL
 * @symbols: of the running kernel, or NULL; they stay the caller's, and must outlive the recording
 * @cache: asks for the cache with an id, as memmon_session_cache(); NULL when nobody knows
 * @stack: asks for the call stack with an id, as memmon_session_stack(); NULL when nobody knows
 * @context: for @cache and @stack
 * @names_sites_later: call sites are not named by memmon_recording_write(), but by
 *		       memmon_recording_name_sites()
 * @proc: folder to take proc files from, or NULL for /proc
 * @sys: folder to take sysfs files from, or NULL for /sys
 */
struct memmon_recording_setup {
	const struct memmon_machine *machine;
	const struct memmon_options *options;
	char *const *command;
	struct memmon_symbols *symbols;
	int (*cache)(void *context, uint32_t id, struct memmon_cache_info *ret);
	int (*stack)(void *context, uint32_t id, const uint64_t **frames, size_t *nr_frames);
	void *context;
	bool names_sites_later;
	const char *proc;
	const char *sys;
};

/**
 * memmon_recording_create() - begin a recording
 * @dir: its folder: a new one, or one that is empty
 * @setup: only read during the call, but for what it says to outlive it
 * @ret: the recording, when the call succeeds
 *
 * Looks at /proc/slabinfo and the like before it returns.
 *
 * Return: 0; -ENOTEMPTY when @dir has something in it; another negative errno. What was made until
 * then is removed.
 */
int memmon_recording_create(const char *dir, const struct memmon_recording_setup *setup,
			    struct memmon_recording **ret);

/**
 * memmon_recording_set_clock() - tell when the session began, if that was after the recording did
 * @recording: the recording
 * @machine: whose clocks at the start count, and nothing else
 *
 * The rings fill from the moment that a session is enabled, and what a recording begins with takes
 * time: so it is created first, and told of the start at once when there is one.
 *
 * Return: 0 or a negative errno.
 */
int memmon_recording_set_clock(struct memmon_recording *recording,
			       const struct memmon_machine *machine);

/**
 * memmon_recording_write() - add what a CPU has
 * @recording: the recording
 * @cpu: the CPU
 * @span: its records in the order of time, not before those that were written last
 *
 * What is new in them (call sites, call stacks, caches, processes) is named at once, call sites later if that was asked for.
 *
 * Return: 0; -EINVAL when the records are out of order, and none is written; -ENOSPC, -EFBIG or
 * another negative errno when they cannot be written: nothing of the span is in the file then, and
 * all that was written before is.
 */
int memmon_recording_write(struct memmon_recording *recording, uint32_t cpu,
			   const struct memmon_span *span);

/**
 * memmon_recording_name_sites() - name the call sites that have come since the last time
 *
 * For whom a call of memmon_recording_write() must not take long: when a module has been loaded, the symbols
 * of the whole kernel are read again, which takes longer than a ring may need to fill up. Called best
 * when all rings have just been emptied. memmon_recording_finish() does it, too.
 *
 * Return: 0 or a negative errno.
 */
int memmon_recording_name_sites(struct memmon_recording *recording);

/**
 * memmon_recording_set_stats() - tell what the session has lost so far
 *
 * The packets that are written next carry it, so that it is known even if the recording gets no end.
 */
void memmon_recording_set_stats(struct memmon_recording *recording,
				const struct memmon_stats *stats);

/* Records and bytes in the files of events so far. */
uint64_t memmon_recording_records(const struct memmon_recording *recording);
uint64_t memmon_recording_bytes(const struct memmon_recording *recording);

/* Records so far that have no call stack, in a session that takes them; else 0. */
uint64_t memmon_recording_without_stack(const struct memmon_recording *recording);

/**
 * memmon_recording_finish() - give the recording its end
 * @recording: the recording; nothing can be written after this
 * @stats: the session's last books
 * @info: the clocks at the end, or NULL
 *
 * Return: 0 or a negative errno: it can be read then, as one that was cut off.
 */
int memmon_recording_finish(struct memmon_recording *recording, const struct memmon_stats *stats,
			    const struct memmon_info *info);

/* Without memmon_recording_finish() before, the recording can be read, but is unfinished. */
void memmon_recording_destroy(struct memmon_recording *recording);

#ifdef __cplusplus
}
#endif

#endif
