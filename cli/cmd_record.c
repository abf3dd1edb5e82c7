// SPDX-License-Identifier: GPL-2.0
/* memmon record: writes the events of a session into a folder, for report and other tools. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "live.h"
#include "loss.h"
#include "record.h"
#include "stat.h"
#include "ui.h"

#define MAX_SECONDS 31536000.0

struct settings {
	struct live_options live;
	const char *dir;
	const char *duration;
	bool is_overwriting;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'o',
		.name = "output",
		.type = CMD_TEXT,
		.value = "DIR",
		.help = "the folder to write (memmon-recording)",
		.offset = offsetof(struct settings, dir),
	},
	{
		.letter = 'd',
		.name = "duration",
		.type = CMD_TEXT,
		.value = "SECONDS",
		.help = "end after this time",
		.offset = offsetof(struct settings, duration),
	},
	LIVE_OPTIONS(struct settings, live),
	{
		.name = "overwrite",
		.type = CMD_FLAG,
		.help = "keep the newest in memory, and write them at the end",
		.offset = offsetof(struct settings, is_overwriting),
	},
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON when it has ended",
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

static int parse_duration(const char *text, uint64_t *ms)
{
	double seconds;
	char *end;

	if (!text)
		return CMD_GO_ON;
	seconds = strtod(text, &end);
	/* Written so that what is no number at all is refused, too. */
	if (*text < '0' || *text > '9' || *end || !(seconds > 0 && seconds <= MAX_SECONDS)) {
		ui_error("--duration takes seconds like 10 or 0.5, not '%s'", text);
		return CMD_USAGE;
	}
	*ms = (uint64_t)(seconds * 1000);
	if (!*ms)
		*ms = 1;
	return CMD_GO_ON;
}

static int cache_of(void *session, uint32_t id, struct memmon_cache_info *ret)
{
	return memmon_session_cache(session, id, ret);
}

static int stack_of(void *session, uint32_t id, const uint64_t **frames, size_t *nr_frames)
{
	return memmon_session_stack(session, id, frames, nr_frames);
}

static int create(struct memmon_session *session, const char *dir, char *const *command,
		  struct memmon_recording **ret)
{
	struct memmon_recording_setup setup = {
		.machine = memmon_session_machine(session),
		.options = memmon_session_options(session),
		.command = command,
		.cache = cache_of,
		.stack = stack_of,
		.context = session,
		.names_sites_later = true,
	};
	int err, status = record_dir_prepare(dir);

	if (status != CMD_GO_ON)
		return status;
	err = memmon_session_symbols(session, &setup.symbols);
	if (err) {
		ui_error("cannot read the kernel's symbols: %s", strerror(-err));
		return CMD_FAILED;
	}
	err = memmon_recording_create(dir, &setup, ret);
	if (err) {
		ui_error("cannot make the recording %s: %s; choose another folder with -o", dir,
			 strerror(-err));
		return CMD_FAILED;
	}
	return CMD_GO_ON;
}

static int start_command(char **command, pid_t *pid)
{
	int err;

	if (!command[0])
		return CMD_GO_ON;
	err = stat_child_start(command, pid);
	if (!err)
		return CMD_GO_ON;
	ui_error("cannot run '%s': %s", command[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

static void explain(const char *dir, int err)
{
	if (err == -ENOSPC || err == -EDQUOT || err == -EFBIG)
		ui_error("%s: %s; the recording ends there and can be read; make room or choose "
			 "another folder with -o",
			 dir, strerror(-err));
	else
		ui_error("the recording %s ended early: %s; it can be read up to there", dir,
			 strerror(-err));
}

static int print_json(const char *dir, const struct recorder *recorder, double seconds,
		      const struct memmon_loss *loss)
{
	return ui_json_print(
		json_pack("{s:o, s:I, s:I, s:f, s:i, s:o}", "directory", ui_json_text(dir),
			  "records", (json_int_t)memmon_recording_records(recorder->recording),
			  "bytes", (json_int_t)memmon_recording_bytes(recorder->recording),
			  "seconds", seconds, "exit_code", recorder->child_status, "loss",
			  loss_json(loss)),
		stdout);
}

/* The exit code. stdout belongs to the command, so that people are told on stderr. */
static int report(const struct settings *settings, struct recorder *recorder, double seconds)
{
	struct memmon_loss loss;
	int err = memmon_session_loss(recorder->session, &loss);

	loss.without_stack = memmon_recording_without_stack(recorder->recording);
	if (!err && settings->is_json)
		err = print_json(settings->dir, recorder, seconds, &loss);
	if (err) {
		ui_error("cannot say what was lost: %s", strerror(-err));
		return CMD_FAILED;
	}
	if (!settings->is_json) {
		fprintf(stderr, "%s: %s records, %s, %.1f s\n", settings->dir,
			ui_count(memmon_recording_records(recorder->recording)).text,
			ui_bytes(memmon_recording_bytes(recorder->recording)).text, seconds);
		loss_print(&loss, stderr);
	}
	if (recorder->err)
		explain(settings->dir, recorder->err);
	if (recorder->child_status)
		return recorder->child_status;
	return recorder->err ? CMD_FAILED : loss_verdict(&loss, settings->is_strict);
}

static int record(const struct settings *settings, struct recorder *recorder, char **command)
{
	double seconds;
	int err, status = live_enable(recorder->session);

	if (status != CMD_GO_ON)
		return status;
	err = memmon_recording_set_clock(recorder->recording,
					 memmon_session_machine(recorder->session));
	if (err) {
		explain(settings->dir, err);
		return CMD_FAILED;
	}
	status = start_command(command, &recorder->child);
	if (status != CMD_GO_ON)
		return status;
	record_block_signals();
	seconds = record_loop(recorder);
	return report(settings, recorder, seconds);
}

/* How memmon was called, for those who find the recording. */
static char **whole_command(int argc, char **argv)
{
	char **ret = calloc((size_t)argc + 2, sizeof(*ret));

	if (!ret)
		return NULL;
	ret[0] = (char *)"memmon";
	for (int i = 0; i < argc; i++)
		ret[i + 1] = argv[i];
	return ret;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .live.wants_hooks = true, .dir = RECORD_DEFAULT_DIR };
	struct recorder recorder = { .shows_progress = isatty(STDERR_FILENO) };
	int first, status = cmd_parse(cmd, argc, argv, &settings, &first);
	char **whole;

	if (status == CMD_GO_ON)
		status = parse_duration(settings.duration, &recorder.duration_ms);
	if (status == CMD_GO_ON && settings.duration && first < argc) {
		ui_error("the recording ends with '%s' or after --duration, not both", argv[first]);
		status = CMD_USAGE;
	}
	if (status != CMD_GO_ON)
		return status;
	recorder.is_overwriting = settings.is_overwriting;
	status = live_begin(&settings.live, settings.is_overwriting ? MEMMON_OPTION_OVERWRITE : 0,
			    &recorder.session);
	if (status != CMD_GO_ON)
		return status;
	whole = whole_command(argc, argv);
	status = create(recorder.session, settings.dir, whole, &recorder.recording);
	if (status == CMD_GO_ON) {
		status = record(&settings, &recorder, argv + first);
		memmon_recording_destroy(recorder.recording);
	}
	free(whole);
	memmon_session_close(recorder.session);
	return status;
}

const struct cmd cmd_record = {
	.name = "record",
	.prog = "memmon record",
	.operands = "[--] [COMMAND [ARGUMENT...]]",
	.runs_command = true,
	.summary = "Record the events of the allocators into a folder.",
	.page = "memmon-record(1)",
	.options = options,
	.run = run,
};
