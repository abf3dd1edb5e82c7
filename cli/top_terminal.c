// SPDX-License-Identifier: GPL-2.0
/* Knows whether memmon top can be shown on a terminal. */
#include <unistd.h>

#include "cmd.h"
#include "top.h"
#include "ui.h"

/* They give common words to capabilities of terminals, so they come last. */
#include <curses.h>
#include <term.h>

/* A terminal on which the cursor cannot be placed shows no table that changes. */
int top_terminal_check(const char *name)
{
	int err;

	if (!name || !name[0]) {
		ui_error("TERM is not set, so the terminal is not known; set it, or use --batch");
		return CMD_USAGE;
	}
	if (setupterm(name, STDOUT_FILENO, &err) != OK) {
		ui_error("the terminal '%s' is not known here; set TERM to another one, or use "
			 "--batch",
			 name);
		return CMD_USAGE;
	}
	if (!cursor_address) {
		ui_error("the terminal '%s' cannot show a table that changes; use --batch", name);
		return CMD_USAGE;
	}
	return CMD_GO_ON;
}
