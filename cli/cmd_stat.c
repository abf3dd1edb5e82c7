// SPDX-License-Identifier: GPL-2.0
/* memmon stat: what a command does to the slab caches, before, during and after. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "loss.h"
#include "stat.h"
#include "ui.h"

static const struct cmd_option options[] = {
	{
		.letter = 'i',
		.name = "interval",
		.type = CMD_NUMBER,
		.value = "MS",
		.help = "look at the caches every MS milliseconds (10)",
		.offset = offsetof(struct stat_settings, interval_ms),
		.min = 1,
		.max = 60000,
	},
	{
		.letter = 's',
		.name = "settle",
		.type = CMD_NUMBER,
		.value = "MS",
		.help = "wait MS milliseconds before the look after it (100)",
		.offset = offsetof(struct stat_settings, settle_ms),
		.max = 60000,
	},
	{
		.letter = 'r',
		.name = "repeat",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "run the command N times and show mean and deviation",
		.offset = offsetof(struct stat_settings, repeat),
		.min = 1,
		.max = 1000,
	},
	{
		.name = "noise",
		.type = CMD_SECONDS,
		.value = "S",
		.help = "measure the noise for S seconds (as long as a run)",
		.offset = offsetof(struct stat_settings, noise_s),
		.max = 86400,
	},
	{
		.name = "no-noise",
		.type = CMD_FLAG,
		.help = "do not measure the noise",
		.offset = offsetof(struct stat_settings, no_noise),
	},
	{
		.name = "fail-if",
		.type = CMD_LIST,
		.value = "CONDITION",
		.help = "exit with 1 if, like 'kmalloc-*:growth>10%'",
		.offset = offsetof(struct stat_settings, fail_if),
	},
	{
		.name = "only-command",
		.type = CMD_FLAG,
		.help = "count the requests of the command only",
		.offset = offsetof(struct stat_settings, only_command),
	},
	{
		.name = "sites",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "show so many call sites (10)",
		.offset = offsetof(struct stat_settings, nr_sites),
		.max = 100000,
	},
	{
		.name = "stacks",
		.type = CMD_FLAG,
		.help = "show as many call stacks, too",
		.offset = offsetof(struct stat_settings, has_stacks),
	},
	{
		.name = "strict",
		.type = CMD_FLAG,
		.help = "exit with 4 if anything is not counted or lost",
		.offset = offsetof(struct stat_settings, is_strict),
	},
	{
		.letter = 'c',
		.name = "caches",
		.type = CMD_TEXT,
		.value = "PATTERN",
		.help = "only these caches, like 'kmalloc-*,dentry'",
		.offset = offsetof(struct stat_settings, caches),
	},
	{
		.name = "also",
		.type = CMD_TEXT,
		.value = "PATTERN",
		.help = "these caches too, although they did not move",
		.offset = offsetof(struct stat_settings, also),
	},
	{
		.letter = 'a',
		.name = "all",
		.type = CMD_FLAG,
		.help = "every cache, although it did not move",
		.offset = offsetof(struct stat_settings, show_all),
	},
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON",
		.offset = offsetof(struct stat_settings, is_json),
	},
	{
		.letter = 'o',
		.name = "output",
		.type = CMD_TEXT,
		.value = "FILE",
		.help = "write the result to FILE, apart from COMMAND's output",
		.offset = offsetof(struct stat_settings, output),
	},
	{},
};

static int print(const struct stat_settings *settings, const struct stat_result *result, FILE *out)
{
	int err = settings->is_json ? stat_report_json(settings, result, out) :
				      stat_report_text(settings, result, out);

	if (err)
		ui_error("%s", strerror(-err));
	else if (settings->output)
		err = ui_flush(out, settings->output);
	return err ? CMD_FAILED : CMD_OK;
}

/* Nobody else may read what a privileged user has seen. */
static FILE *create_private(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		ui_error("cannot write to %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return file;
}

/* Whether --strict fails: something was lost, or could not be counted at all. */
static int loss_of(const struct stat_settings *settings, const struct stat_result *result)
{
	if (!settings->is_strict)
		return CMD_OK;
	if (result->not_counted)
		return CMD_INCOMPLETE;
	return result->session ? loss_verdict(stat_session_loss(result->session), true) : CMD_OK;
}

static int show(const struct stat_settings *settings, const struct stat_result *result, FILE *out)
{
	int status = print(settings, result, out);

	if (status == CMD_OK)
		status = stat_verdict_say(settings, result);
	return status == CMD_OK ? loss_of(settings, result) : status;
}

static int parse(const struct cmd *cmd, int argc, char **argv, struct stat_settings *settings)
{
	int first, status = cmd_parse(cmd, argc, argv, settings, &first);

	if (status != CMD_GO_ON)
		return status;
	if (settings->no_noise && settings->noise_s >= 0) {
		ui_error("--noise and --no-noise do not go together; see '%s --help'", cmd->prog);
		return CMD_USAGE;
	}
	if (first >= argc) {
		ui_error("no command to run; say 'memmon stat -- COMMAND'");
		return CMD_USAGE;
	}
	settings->command = argv + first;
	return stat_verdict_parse(settings);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct stat_settings settings = {
		.interval_ms = 10,
		.settle_ms = 100,
		.repeat = 1,
		.nr_sites = 10,
		.noise_s = -1,
	};
	struct stat_result result = { 0 };
	FILE *out = stdout;
	int status;

	status = parse(cmd, argc, argv, &settings);
	if (status != CMD_GO_ON)
		return status;
	/* Before the command runs: it may take hours, and its result must have a place to go. */
	if (settings.output) {
		out = create_private(settings.output);
		if (!out)
			return CMD_FAILED;
	}
	status = stat_runs_open(&settings, &result);
	if (status == CMD_OK)
		status = stat_runs_make(&settings, &result);
	if (status == CMD_OK)
		status = show(&settings, &result, out);
	stat_runs_close(&result);
	if (out != stdout)
		fclose(out);
	/* The command's own status is passed on, unless we failed where it did not. */
	return result.exit_code ? result.exit_code : status;
}

const struct cmd cmd_stat = {
	.name = "stat",
	.prog = "memmon stat",
	.operands = "[--] COMMAND [ARGUMENT...]",
	.runs_command = true,
	.summary = "Run a command and show what it does to the slab caches.",
	.page = "memmon-stat(1)",
	.options = options,
	.run = run,
};
