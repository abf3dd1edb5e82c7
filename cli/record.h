/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon record: the folder, the loop, and what is said meanwhile. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <sys/types.h>

#include "memmon/recording.h"
#include "memmon/session.h"

/* ---- the folder (record_dir.c) ---- */

/* Where a recording is made, and looked for, unless somebody says otherwise. */
#define RECORD_DEFAULT_DIR "memmon-recording"

/**
 * record_dir_prepare() - make sure that a recording can be made there
 * @dir: a new folder, an empty one, or an older recording, which is renamed to DIR.old
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int record_dir_prepare(const char *dir);

/* ---- the loop (record_loop.c) ---- */

/**
 * struct recorder - a recording that is being made
 * @session: enabled
 * @duration_ms: when to end; 0 for no such time
 * @child: the command, or 0
 * @child_status: its exit code to pass on, once it has ended
 * @is_overwriting: the newest are kept in the rings, and written at the end
 * @shows_progress: a line on stderr each second
 * @err: why the recording ended too early, a negative errno
 */
struct recorder {
	struct memmon_session *session;
	struct memmon_recording *recording;
	uint64_t duration_ms;
	pid_t child;
	int child_status;
	bool is_overwriting;
	bool shows_progress;
	int err;
};

/**
 * record_block_signals() - signals that end the recording are held back, for record_loop() to see
 *
 * After the command has been started, which is not to inherit that.
 */
void record_block_signals(void);

/**
 * record_loop() - write what comes, until the time is up, the command ends, or a signal comes
 *
 * Return: how long it took, in seconds; what went wrong is in @recorder->err.
 */
double record_loop(struct recorder *recorder);

/* ---- what is said meanwhile (record_progress.c) ---- */

/**
 * struct record_progress - the line that says how it goes
 * @last_records: of the last line
 * @last_ms: its time
 * @is_shown: a line stands there
 */
struct record_progress {
	uint64_t last_records;
	uint64_t last_ms;
	bool is_shown;
};

/**
 * record_progress_show() - write the line over the last one
 * @stats: the session's books
 * @now_ms: time since the recording began
 */
void record_progress_show(struct record_progress *progress, const struct recorder *recorder,
			  const struct memmon_stats *stats, uint64_t now_ms);

/**
 * record_progress_clear() - leave no line behind
 */
void record_progress_clear(struct record_progress *progress);

#endif
