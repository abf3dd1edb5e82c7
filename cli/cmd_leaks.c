// SPDX-License-Identifier: GPL-2.0
/* memmon leaks: what is still held after a time or a command, and what of it looks like a leak. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "cmd.h"
#include "leaks.h"
#include "ledger.h"
#include "ui.h"

/* So many rows fit a screen. */
#define DEFAULT_TOP 20
#define TOP_NOT_SAID UINT_MAX

/* A month or so: what is watched until a signal comes. */
#define LONG_SECONDS 1000000

/* Looks between two verdicts, and the least time between two looks. */
#define LOOKS_PER_VERDICT 10
#define LEAST_INTERVAL_SECONDS 0.1

struct settings {
	const char *by;
	const char *older_than;
	unsigned int top;
	double watch;
	const char *fail_on;
	struct ledger_options ledger;
	bool shows_all;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_TEXT,
		.value = "KEY[,KEY]",
		.help = "by site (default), stack, module, process, ...",
		.offset = offsetof(struct settings, by),
	},
	{
		.letter = 'o',
		.name = "older-than",
		.type = CMD_TEXT,
		.value = "AGE",
		.help = "only what is older is a leak: 10s, 500ms, 2m",
		.offset = offsetof(struct settings, older_than),
	},
	{
		.letter = 'a',
		.name = "all",
		.type = CMD_FLAG,
		.help = "also what is no suspect",
		.offset = offsetof(struct settings, shows_all),
	},
	{
		.letter = 'w',
		.name = "watch",
		.type = CMD_SECONDS,
		.value = "SEC",
		.help = "say it again every SEC until a signal comes",
		.offset = offsetof(struct settings, watch),
		.max = 1000000,
	},
	{
		.name = "fail-on",
		.type = CMD_TEXT,
		.value = "VERDICT",
		.help = "exit with 1 on a leak, or on a likely one",
		.offset = offsetof(struct settings, fail_on),
	},
	LEDGER_OPTIONS(struct settings, ledger),
	LEDGER_VIEW_OPTIONS(struct settings, "N rows of each table (20, in JSON all); 0 for all"),
	{},
};

/**
 * struct watch - an observation under way
 * @every_ns: time between two verdicts; 0 for one at the end
 * @said_ns: when the last one was
 * @worst: verdict of the last one
 * @is_incomplete: something was lost
 */
struct watch {
	struct leaks_view view;
	uint64_t every_ns;
	uint64_t said_ns;
	enum memmon_leak_verdict worst;
	bool is_incomplete;
};

static int say(struct watch *watch, const struct memmon_snapshot *snapshot)
{
	struct leaks_view *view = &watch->view;
	int err = memmon_leaks_finish(view->leaks, snapshot);

	if (err)
		return err;
	view->snapshot = snapshot;
	watch->worst = MEMMON_NR_LEAK_VERDICTS;
	if (memmon_leaks_count(view->leaks))
		watch->worst = memmon_leaks_at(view->leaks, 0)->verdict;
	watch->is_incomplete = ledger_is_incomplete(&snapshot->books);
	if (watch->said_ns && !view->is_json)
		fputc('\n', stdout);
	watch->said_ns = snapshot->books.duration_ns;
	err = view->is_json ? leaks_json(view, stdout) : leaks_text(view, stdout);
	/* Whoever watches wants to see it now. */
	fflush(stdout);
	return err;
}

static int look(const struct memmon_snapshot *snapshot, bool is_last, void *arg)
{
	struct watch *watch = arg;
	uint64_t now_ns = snapshot->books.duration_ns;
	int err = memmon_leaks_add(watch->view.leaks, snapshot);

	if (err)
		return err;
	watch->view.is_last = is_last;
	if (is_last || (watch->every_ns && now_ns - watch->said_ns >= watch->every_ns))
		return say(watch, snapshot);
	return 0;
}

static int understand(struct settings *settings, struct leaks_view *view,
		      enum memmon_leak_verdict *fail_on)
{
	int status = leaks_keys_parse(settings->by ? settings->by : "site", &view->options);

	if (status != CMD_GO_ON)
		return status;
	if (settings->older_than &&
	    leaks_age_parse(settings->older_than, &view->options.older_than_ns)) {
		ui_error("--older-than takes a time like 10s, 500ms or 2m, not '%s'",
			 settings->older_than);
		return CMD_USAGE;
	}
	/* 0 would mean that nothing was said. */
	if (settings->older_than && !view->options.older_than_ns)
		view->options.older_than_ns = 1;
	for (unsigned int i = 0; i < view->options.nr_keys; i++)
		if (view->options.keys[i] == MEMMON_LEAK_KEY_STACK)
			settings->ledger.has_stacks = true;
	view->top = settings->top;
	if (view->top == TOP_NOT_SAID)
		view->top = settings->is_json ? 0 : DEFAULT_TOP;
	view->shows_all = settings->shows_all;
	view->has_stacks = settings->ledger.has_stacks;
	view->is_json = settings->is_json;
	view->recording = settings->ledger.input;
	return settings->fail_on ? leaks_fail_on_parse(settings->fail_on, fail_on) : CMD_GO_ON;
}

/* With --watch it goes on until something ends it, and looks come often enough for each verdict. */
static void set_pace(struct settings *settings, bool has_command, struct watch *watch)
{
	if (settings->watch <= 0)
		return;
	watch->every_ns = (uint64_t)(settings->watch * 1e9);
	if (settings->ledger.interval <= 0)
		settings->ledger.interval =
			fmax(settings->watch / LOOKS_PER_VERDICT, LEAST_INTERVAL_SECONDS);
	if (settings->ledger.seconds <= 0 && !has_command && !settings->ledger.input)
		settings->ledger.seconds = LONG_SECONDS;
}

static int watch_and_say(const struct settings *settings, char **command, struct watch *watch,
			 enum memmon_leak_verdict fail_on)
{
	const struct ledger_watcher watcher = { .look = look, .arg = watch };
	int status, command_status;

	if (memmon_leaks_create(&watch->view.options, &watch->view.leaks)) {
		ui_error("not enough memory");
		return CMD_FAILED;
	}
	watch->worst = MEMMON_NR_LEAK_VERDICTS;
	status = ledger_watch(&settings->ledger, command, 0, &watcher, &command_status);
	memmon_leaks_destroy(watch->view.leaks);
	if (status != CMD_OK)
		return status;
	if (command_status)
		ui_error("the command '%s' ended with %d", command[0], command_status);
	if (settings->fail_on && watch->worst <= fail_on)
		return CMD_FAILED;
	return settings->is_strict && watch->is_incomplete ? CMD_INCOMPLETE : CMD_OK;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .top = TOP_NOT_SAID };
	enum memmon_leak_verdict fail_on = MEMMON_VERDICT_LEAK;
	struct watch watch = { 0 };
	char **command = NULL;
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status == CMD_GO_ON)
		status = understand(&settings, &watch.view, &fail_on);
	if (status != CMD_GO_ON)
		return status;
	if (first < argc)
		command = argv + first;
	set_pace(&settings, command != NULL, &watch);
	return watch_and_say(&settings, command, &watch, fail_on);
}

const struct cmd cmd_leaks = {
	.name = "leaks",
	.prog = "memmon leaks",
	.operands = "[[--] COMMAND [ARGUMENT...]]",
	.runs_command = true,
	.summary = "Show what is still held, and what of it looks like a leak.",
	.page = "memmon-leaks(1)",
	.options = options,
	.run = run,
};
