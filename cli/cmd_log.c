// SPDX-License-Identifier: GPL-2.0
/* memmon log: events as lines, as they come or from a recording. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "event_line.h"
#include "live.h"
#include "loss.h"
#include "report.h"
#include "ui.h"

/* How long a live event may wait to be shown. */
#define PATIENCE_MS 100
#define BATCH 256

struct settings {
	struct live_options live;
	unsigned int nr_lines;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'n',
		.name = "lines",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "end after N events; of a recording, the last N",
		.offset = offsetof(struct settings, nr_lines),
		.min = 1,
		.max = 1000000,
	},
	LIVE_OPTIONS(struct settings, live),
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print a JSON object on each line",
		.offset = offsetof(struct settings, is_json),
	},
	{
		.name = "strict",
		.type = CMD_FLAG,
		.help = "end with 4 if events are missing",
		.offset = offsetof(struct settings, is_strict),
	},
	{},
};

/**
 * struct log - a log that is being printed
 * @view: of a recording: which events are meant
 * @nr_left: lines yet to print
 * @is_cut: whoever read the lines has gone
 */
struct log {
	const struct settings *settings;
	struct memmon_reader *reader;
	struct filter_view *view;
	uint64_t nr_left;
	bool is_cut;
};

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
	(void)signal;
	is_stopped = 1;
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

/* Nobody reads any more: that is an end like any other, also when no event comes. */
static bool has_reader(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) <= 0 || !(out.revents & POLLERR);
}

static int print_event(struct log *log, const struct memmon_event *event)
{
	int err;

	if (log->settings->is_json)
		err = event_line_json(log->reader, event, log->settings->live.stacks, stdout);
	else
		err = event_line_text(log->reader, event, stdout);
	if (!err && log->settings->live.stacks && !log->settings->is_json)
		err = event_line_stack(log->reader, event, stdout);
	log->nr_left--;
	if (err || !ferror(stdout))
		return err;
	if (is_stopped) {
		/* The signal came while the terminal was slow. */
		clearerr(stdout);
		return 0;
	}
	return has_reader() ? -EIO : -EPIPE;
}

static int flush(void)
{
	if (fflush(stdout) && is_stopped)
		clearerr(stdout);
	if (!has_reader())
		return -EPIPE;
	return ferror(stdout) ? -EIO : 0;
}

static int print_events(struct log *log, const struct memmon_event *events, int nr)
{
	int err = 0;

	for (int i = 0; i < nr && log->nr_left && !err && !is_stopped; i++)
		if (!log->view || filter_view_wants(log->view, events[i].record))
			err = print_event(log, &events[i]);
	return err;
}

static int follow(struct log *log)
{
	struct memmon_event events[BATCH];
	int err = 0;

	while (!err && log->nr_left && !is_stopped) {
		int nr = memmon_reader_take(log->reader, events, BATCH);

		if (nr < 0)
			return nr;
		err = print_events(log, events, nr);
		if (!err && nr < BATCH)
			err = flush();
		if (!err && nr < BATCH && log->nr_left && !is_stopped)
			memmon_reader_wait(log->reader, PATIENCE_MS);
	}
	return err;
}

static int print_all(struct log *log)
{
	struct memmon_event events[BATCH];
	int err = 0, nr = 0;

	while (!err && log->nr_left && !is_stopped) {
		nr = memmon_reader_take(log->reader, events, BATCH);
		if (nr <= 0)
			break;
		err = print_events(log, events, nr);
	}
	return nr < 0 ? nr : err;
}

/* The last ones, kept in a circle of copies until the end is known. */
struct tail {
	struct memmon_record *records;
	struct memmon_event *events;
	size_t room;
	uint64_t nr;
};

static int fill_tail(struct log *log, struct tail *tail)
{
	struct memmon_event events[BATCH];
	int nr;

	while ((nr = memmon_reader_take(log->reader, events, BATCH)) > 0 && !is_stopped) {
		for (int i = 0; i < nr; i++) {
			if (!filter_view_wants(log->view, events[i].record))
				continue;
			tail->records[tail->nr % tail->room] = *events[i].record;
			tail->events[tail->nr++ % tail->room] = events[i];
		}
	}
	return nr;
}

static int print_tail(struct log *log)
{
	struct tail tail = { .room = (size_t)log->nr_left };
	uint64_t at;
	int err;

	tail.records = calloc(tail.room, sizeof(*tail.records));
	tail.events = calloc(tail.room, sizeof(*tail.events));
	err = tail.records && tail.events ? fill_tail(log, &tail) : -ENOMEM;
	at = tail.nr > tail.room ? tail.nr - tail.room : 0;
	for (; err >= 0 && at < tail.nr && !is_stopped; at++) {
		struct memmon_event *event = &tail.events[at % tail.room];

		event->record = &tail.records[at % tail.room];
		err = print_event(log, event);
	}
	free(tail.records);
	free(tail.events);
	return err;
}

/* Nothing more goes to a pipe that nobody reads, and that is no failure. */
static void leave_stdout(struct log *log)
{
	log->is_cut = true;
	if (!freopen("/dev/null", "w", stdout))
		clearerr(stdout);
}

static int print_loss(const struct log *log)
{
	struct memmon_loss loss;
	int err = memmon_reader_loss(log->reader, &loss);

	if (err) {
		ui_error("cannot say what was lost: %s", strerror(-err));
		return CMD_FAILED;
	}
	if (log->settings->is_json && !log->is_cut) {
		json_t *line = json_pack("{s:o}", "loss", loss_json(&loss));

		if (line)
			json_dumpf(line, stdout, JSON_COMPACT);
		json_decref(line);
		putchar('\n');
	} else {
		fflush(stdout);
		loss_print(&loss, stderr);
	}
	return loss_verdict(&loss, log->settings->is_strict);
}

static int finish(struct log *log, int err)
{
	if (err == -EPIPE || (!err && flush() == -EPIPE)) {
		leave_stdout(log);
		err = 0;
	}
	/* What stdout has to complain about is said once, by main(). */
	if (err && !ferror(stdout)) {
		ui_error("cannot read the events: %s", strerror(-err));
		return CMD_FAILED;
	}
	return print_loss(log);
}

static int show_live(const struct settings *settings)
{
	struct log log = { .settings = settings, .nr_left = UINT64_MAX };
	struct memmon_session *session;
	int err, status = live_begin(&settings->live, 0, &session);

	if (status != CMD_GO_ON)
		return status;
	if (settings->nr_lines)
		log.nr_left = settings->nr_lines;
	/* Before it is enabled: reading all symbols takes a while. */
	err = memmon_reader_open_session(session, &log.reader);
	if (err) {
		ui_error("cannot read the session: %s", strerror(-err));
		status = CMD_FAILED;
	} else {
		status = live_enable(session);
	}
	if (status == CMD_GO_ON) {
		err = follow(&log);
		memmon_session_disable(session);
		status = finish(&log, err);
	}
	memmon_reader_close(log.reader);
	memmon_session_close(session);
	return status;
}

static int explain_recording(const char *dir, int err)
{
	if (err == -EBADMSG)
		ui_error("%s is no recording of memmon", dir);
	else if (err == -EPROTO)
		ui_error("%s was recorded by a memmon of another version; read it with that one",
			 dir);
	else
		ui_error("cannot read the recording %s: %s", dir, strerror(-err));
	return CMD_FAILED;
}

static int show_recording(const struct settings *settings, const char *dir)
{
	struct log log = { .settings = settings, .nr_left = UINT64_MAX };
	int err, status;

	if (settings->live.source || settings->live.ring_size) {
		ui_error("--source and --ring-size are for live events, not for a recording");
		return CMD_USAGE;
	}
	err = memmon_reader_open(dir, &log.reader);
	if (err)
		return explain_recording(dir, err);
	status = settings->live.stacks ? report_check_stacks(dir, log.reader) : CMD_GO_ON;
	if (status == CMD_GO_ON)
		status = filter_view_create(&settings->live.filter, log.reader, &log.view);
	if (status == CMD_GO_ON) {
		if (settings->nr_lines)
			log.nr_left = settings->nr_lines;
		err = settings->nr_lines ? print_tail(&log) : print_all(&log);
		status = finish(&log, err);
	}
	filter_view_destroy(log.view);
	memmon_reader_close(log.reader);
	return status;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { 0 };
	int first, status = cmd_parse(cmd, argc, argv, &settings, &first);

	if (status == CMD_GO_ON)
		status = cmd_no_operands(cmd, argc, argv, first + 1);
	if (status != CMD_GO_ON)
		return status;
	catch_signals();
	return first < argc ? show_recording(&settings, argv[first]) : show_live(&settings);
}

const struct cmd cmd_log = {
	.name = "log",
	.prog = "memmon log",
	.operands = "[DIR]",
	.summary = "Follow the events of the allocators, or print those of a recording.",
	.page = "memmon-log(1)",
	.options = options,
	.run = run,
};
