// SPDX-License-Identifier: GPL-2.0
/* Looks at the ledger of the running kernel while time passes or a command runs. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ledger_internal.h"
#include "stat.h"
#include "ui.h"

#define BATCH_EVENTS 1024
#define MAX_BATCHES 256

/* What is never over. */
#define LONG_MS (24U * 3600 * 1000)

/**
 * struct live_watch - a ledger that is looked at
 * @reader: of the events, if the view needs them
 * @watcher: what goes on while time passes
 * @start: seconds of the monotonic clock
 * @seconds: how long; 0 with a command
 * @is_begun: the first look was taken
 * @err: of a look that failed
 * @is_over: the watcher has seen enough, or a look has failed
 * @is_interrupted: ends the watching if there is no command
 */
struct live_watch {
	const struct ledger_request *request;
	struct memmon_session *session;
	struct memmon_reader *reader;
	struct stat_watcher watcher;
	double start;
	double seconds;
	int err;
	bool is_begun;
	bool is_over;
	bool is_interrupted;
};

/* Takes so many batches at most, so that the command is looked after also while events come fast. */
static int drain_some(struct live_watch *live, unsigned int nr_batches)
{
	const struct ledger_watcher *watcher = live->request->watcher;
	struct memmon_event events[BATCH_EVENTS];
	int err = 0;

	for (unsigned int i = 0; i < nr_batches && !err; i++) {
		int nr = memmon_reader_take(live->reader, events, BATCH_EVENTS);

		if (nr <= 0)
			return nr;
		err = watcher->take(events, (unsigned int)nr, watcher->arg);
	}
	return err ? err : 1;
}

static int drain(void *arg)
{
	struct live_watch *live = arg;
	int ret = drain_some(live, MAX_BATCHES);

	if (ret >= 0)
		return 0;
	live->is_interrupted = true;
	return ret;
}

/* The session is disabled: nothing is added any more, so that this ends. */
static int drain_all(struct live_watch *live)
{
	int ret = live->reader ? 1 : 0;

	while (ret > 0)
		ret = drain_some(live, MAX_BATCHES);
	return ret;
}

/* Takes a look; one that fails, or has seen enough, is the last. */
static void look(struct live_watch *live, bool is_last)
{
	struct memmon_snapshot *snapshot;
	int err = memmon_snapshot_take(live->session, &snapshot);

	if (!err)
		err = ledger_look(live->request, snapshot, is_last);
	live->is_over = err;
	live->is_interrupted = err;
	live->err = err < 0 ? err : 0;
}

/* The first call comes at once, when the first look was just taken. */
static int look_again(void *arg)
{
	struct live_watch *live = arg;
	double pause;

	if (live->is_begun && !live->is_over)
		look(live, false);
	live->is_begun = true;
	pause = ledger_pause(live->request->said, live->seconds, stat_now_seconds() - live->start);
	live->watcher.interval_ms = (unsigned int)(1000 * pause);
	/* A command still runs, and is waited for; otherwise it is over at once. */
	if (live->is_over)
		live->watcher.interval_ms = live->request->command ? LONG_MS : 0;
	return 0;
}

static int explain(int err)
{
	ui_error("cannot read the ledger: %s; see 'memmon status'", strerror(-err));
	return CMD_FAILED;
}

static int run_command(struct live_watch *live)
{
	const struct ledger_request *request = live->request;
	bool is_interrupted = false;
	pid_t pid;
	int err = stat_child_start(request->command, &pid);

	if (err) {
		ui_error("cannot run '%s': %s", request->command[0], strerror(-err));
		return err == -ENOENT ? 127 : 126;
	}
	err = stat_child_watch(pid, &live->watcher, request->command_status, &is_interrupted);
	return err ? explain(err) : CMD_OK;
}

static int pass_time(struct live_watch *live)
{
	int err = stat_idle_watch(live->seconds, &live->watcher, &live->is_interrupted);

	return err ? explain(err) : CMD_OK;
}

static int watch(struct live_watch *live)
{
	int err, status = CMD_OK;

	live->start = stat_now_seconds();
	look(live, false);
	if (!live->is_over)
		status = live->request->command ? run_command(live) : pass_time(live);
	/* What is born or dies from now on is not part of the view: so the last look is of one moment. */
	err = memmon_session_disable(live->session);
	if (status != CMD_OK)
		return status;
	if (!err && !live->is_over)
		err = drain_all(live);
	if (!err && !live->is_over)
		look(live, true);
	if (!err)
		err = live->err;
	return err ? explain(err) : CMD_OK;
}

/* Before the session is enabled: reading all symbols takes a while, which no look shall wait for. */
static int prepare(struct live_watch *live)
{
	const struct ledger_watcher *watcher = live->request->watcher;
	struct memmon_symbols *symbols;
	int err = memmon_session_symbols(live->session, &symbols);

	if (err || !watcher->take)
		return err;
	err = memmon_reader_open_session(live->session, &live->reader);
	if (err)
		return err;
	live->watcher.fd = memmon_session_fd(live->session);
	live->watcher.drain = drain;
	return watcher->begin ? watcher->begin(live->reader, watcher->arg) : 0;
}

int ledger_watch_live(const struct ledger_request *request)
{
	struct live_watch live = { .request = request };
	int err, status = ledger_session_begin(request, &live.session);

	if (status != CMD_GO_ON)
		return status;
	live.watcher = (struct stat_watcher){ .look = look_again, .fd = -1, .arg = &live };
	if (!request->command)
		live.seconds = request->said->seconds > 0 ? request->said->seconds :
							    LEDGER_DEFAULT_SECONDS;
	err = prepare(&live);
	if (!err)
		err = memmon_session_enable(live.session);
	if (err) {
		ui_error("mem_monitor cannot begin the ledger: %s; see 'memmon status'",
			 strerror(-err));
		status = CMD_FAILED;
	} else {
		status = watch(&live);
	}
	memmon_reader_close(live.reader);
	memmon_session_close(live.session);
	return status;
}
