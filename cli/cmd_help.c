// SPDX-License-Identifier: GPL-2.0
/* memmon help: the help of memmon or of one subcommand. */
#include "cmd.h"
#include "ui.h"

static int run(const struct cmd *cmd, int argc, char **argv)
{
	const struct cmd *about = &cmd_memmon;
	int first, status;

	status = cmd_parse(cmd, argc, argv, NULL, &first);
	if (status != CMD_GO_ON)
		return status;
	if (first < argc) {
		about = cmd_find(argv[first]);
		if (!about) {
			ui_error("unknown command '%s'; see 'memmon --help'", argv[first]);
			return CMD_USAGE;
		}
		first++;
	}
	status = cmd_no_operands(cmd, argc, argv, first);
	if (status != CMD_GO_ON)
		return status;
	cmd_show_usage(about, stdout);
	return CMD_OK;
}

const struct cmd cmd_help = {
	.name = "help",
	.prog = "memmon help",
	.operands = "[COMMAND]",
	.summary = "Show the help of memmon or of one command.",
	.page = "memmon(1)",
	.run = run,
};
