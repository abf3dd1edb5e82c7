// SPDX-License-Identifier: GPL-2.0
/* Takes memmon's global options and hands over to a subcommand. */
#include <stdio.h>

#include "cmd.h"
#include "memmon.h"
#include "ui.h"

struct settings {
	bool show_version;
};

static const struct cmd_option options[] = {
	{
		.letter = 'V',
		.name = "version",
		.type = CMD_FLAG,
		.help = "show the version",
		.offset = offsetof(struct settings, show_version),
	},
	{},
};

const struct cmd cmd_memmon = {
	.prog = "memmon",
	.operands = "COMMAND [ARGUMENT...]",
	.runs_command = true,
	.summary = "Show what the Linux kernel allocates, and for whom.",
	.page = "memmon(1)",
	.options = options,
};

const struct cmd *const cmd_table[] = {
	&cmd_status, &cmd_top,	 &cmd_report, &cmd_diff,   &cmd_stat, &cmd_record, &cmd_log,
	&cmd_leaks,  &cmd_slabs, &cmd_pages,  &cmd_verify, &cmd_help, NULL,
};

static int dispatch(int argc, char **argv)
{
	struct settings settings = { 0 };
	const struct cmd *cmd;
	int first, status;

	status = cmd_parse(&cmd_memmon, argc, argv, &settings, &first);
	if (status != CMD_GO_ON)
		return status;
	if (settings.show_version) {
		printf("memmon %s\n", memmon_version());
		return CMD_OK;
	}
	if (first >= argc) {
		ui_error("no command given; see 'memmon --help'");
		return CMD_USAGE;
	}
	cmd = cmd_find(argv[first]);
	if (!cmd) {
		ui_error("unknown command '%s'; see 'memmon --help'", argv[first]);
		return CMD_USAGE;
	}
	return cmd->run(cmd, argc - first, argv + first);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	/* A result that could not be written is no success. */
	if (ui_flush(stdout, "standard output") && status == CMD_OK)
		status = CMD_FAILED;
	return status;
}
