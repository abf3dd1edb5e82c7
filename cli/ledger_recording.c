// SPDX-License-Identifier: GPL-2.0
/* Looks at the ledger of a recording, by the time at which its events happened. */
#include <errno.h>
#include <string.h>

#include "ledger_internal.h"
#include "report.h"
#include "ui.h"

#define NS_PER_S 1e9
#define BATCH_EVENTS 1024

static bool wants(void *view, const struct memmon_event *event)
{
	return filter_view_wants(view, event->record);
}

/* The next moment to look at. */
static uint64_t next_ns(const struct ledger_request *request, uint64_t now_ns)
{
	double pause = ledger_pause(request->said, 0, (double)now_ns / NS_PER_S);

	return now_ns + (uint64_t)(pause * NS_PER_S);
}

/* A look in which no event follows any more is the last one. */
static int replay_all(const struct ledger_request *request, struct memmon_replay *replay)
{
	struct memmon_snapshot *snapshot;
	uint64_t now_ns = 0;
	int has_more, err;

	do {
		has_more = memmon_replay_until(replay, now_ns, &snapshot);
		if (has_more < 0)
			return has_more;
		err = ledger_look(request, snapshot, !has_more);
		now_ns = next_ns(request, now_ns);
	} while (has_more && !err);
	return err < 0 ? err : 0;
}

static int explain(const char *dir, int err)
{
	if (err == -EOPNOTSUPP)
		ui_error("%s was recorded with --source kprobe: it has what was asked for, but not "
			 "what was given; record it again without",
			 dir);
	else
		ui_error("cannot replay the recording %s: %s", dir, strerror(-err));
	return CMD_FAILED;
}

static int take_wanted(const struct ledger_watcher *watcher, const struct filter_view *view,
		       struct memmon_event *events, int nr)
{
	unsigned int nr_wanted = 0;

	for (int i = 0; i < nr; i++)
		if (filter_view_wants(view, events[i].record))
			events[nr_wanted++] = events[i];
	return watcher->take(events, nr_wanted, watcher->arg);
}

/* The events themselves are read once more: the replay has a reader of its own. */
static int take_events(const struct ledger_request *request, struct memmon_reader *reader)
{
	const struct ledger_watcher *watcher = request->watcher;
	struct memmon_event events[BATCH_EVENTS];
	struct filter_view *view;
	int nr, err = 0, status = filter_view_create(&request->said->filter, reader, &view);

	if (status != CMD_GO_ON)
		return status;
	if (watcher->begin)
		err = watcher->begin(reader, watcher->arg);
	while (!err && (nr = memmon_reader_take(reader, events, BATCH_EVENTS)))
		err = nr < 0 ? nr : take_wanted(watcher, view, events, nr);
	filter_view_destroy(view);
	return err ? explain(request->said->input, err) : CMD_GO_ON;
}

static int watch(const struct ledger_request *request, struct memmon_reader *reader,
		 struct filter_view *view)
{
	struct memmon_replay *replay;
	int err = memmon_replay_open(reader, &replay);

	if (err)
		return explain(request->said->input, err);
	memmon_replay_want(replay, request->classes, filter_view_is_open(view) ? NULL : wants,
			   view);
	err = replay_all(request, replay);
	memmon_replay_close(replay);
	return err ? explain(request->said->input, err) : CMD_OK;
}

int ledger_watch_recording(const struct ledger_request *request)
{
	struct memmon_reader *reader, *events = NULL;
	struct filter_view *view;
	int status = report_open(request->said->input, &reader);

	if (status == CMD_GO_ON && request->said->has_stacks) {
		status = report_check_stacks(request->said->input, reader);
		if (status != CMD_GO_ON)
			memmon_reader_close(reader);
	}
	if (status == CMD_GO_ON && request->watcher->take) {
		status = report_open(request->said->input, &events);
		if (status == CMD_GO_ON)
			status = take_events(request, events);
		if (status != CMD_GO_ON)
			memmon_reader_close(reader);
	}
	if (status != CMD_GO_ON) {
		memmon_reader_close(events);
		return status;
	}
	status = filter_view_create(&request->said->filter, reader, &view);
	if (status == CMD_GO_ON) {
		status = watch(request, reader, view);
		filter_view_destroy(view);
	}
	memmon_reader_close(events);
	memmon_reader_close(reader);
	return status;
}
