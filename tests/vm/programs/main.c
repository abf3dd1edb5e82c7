// SPDX-License-Identifier: GPL-2.0
/* Speaks with /dev/mem_monitor inside the guest: well-behaved, and not so. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct {
	const char *name;
	int (*run)(char **words);
} commands[] = {
	{ "count", command_count },
	{ "opens", command_opens },
	{ "crowd", command_crowd },
	{ "abuse-calls", command_abuse_calls },
	{ "abuse-options", command_abuse_options },
	{ "abuse-mmap", command_abuse_mmap },
	{ "abuse-process", command_abuse_process },
	{ "abuse-ledger", command_abuse_ledger },
	{ "abuse-totals", command_abuse_totals },
	{ "abuse-read", command_abuse_read },
	{ "scribble", command_scribble },
	{ "rights", command_rights },
	{ "waiting", command_waiting },
	{ "ip-options", command_ip_options },
	{ "look", command_look },
	{ "memory", command_memory },
};

int main(int argc, char **argv)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argv + 2);
	fputs("usage: device COMMAND...; see the files of tests/vm/programs\n", stderr);
	return 2;
}
