// SPDX-License-Identifier: GPL-2.0
/*
 * device count SPEC... [+ SPEC...]... -- COMMAND...: runs a command, and counts what sessions saw
 * meanwhile. Those with a ledger or totals also check them, and print what lives in the end, and what was counted.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "ledger.h"
#include "tally.h"
#include "totals.h"

#define SESSIONS_MAX 16
#define LOOK_MS 5

struct counting {
	struct session session;
	struct spec spec;
	struct tally *tally;
	struct totals *totals;
};

static struct counting countings[SESSIONS_MAX];
static unsigned int nr_countings;

/* Reads the specs; returns the rest, the command. */
static char **parse(char **words)
{
	struct counting *c = &countings[nr_countings++];

	spec_init(&c->spec);
	for (; *words; words++) {
		if (!strcmp(*words, "--"))
			return words + 1;
		if (!strcmp(*words, "+")) {
			if (nr_countings == SESSIONS_MAX)
				die("too many sessions");
			c = &countings[nr_countings++];
			spec_init(&c->spec);
			continue;
		}
		spec_add(&c->spec, *words);
	}
	die("there is no command");
}

/* Starts the command, which waits for go() before it does anything. */
static pid_t prepare(char **command, int *go)
{
	int pipes[2];
	pid_t pid;
	char byte;

	if (pipe(pipes))
		die("pipe: %m");
	pid = fork();
	if (pid < 0)
		die("fork: %m");
	if (!pid) {
		close(pipes[1]);
		if (read(pipes[0], &byte, 1) != 1)
			_exit(126);
		close(pipes[0]);
		execvp(command[0], command);
		_exit(127);
	}
	close(pipes[0]);
	*go = pipes[1];
	return pid;
}

static void open_all(pid_t child)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nr_countings; i++) {
		struct counting *c = &countings[i];

		if (c->spec.is_for_child) {
			c->spec.options.filter.pid = child;
			c->spec.options.filter.tgid = child;
		}
		ret = session_open(&c->session, &c->spec);
		if (ret)
			die("session %u: %s", i + 1, strerror(-ret));
		c->tally = tally_create();
		if (c->spec.options.flags & MEMMON_OPTION_TOTALS)
			c->totals = totals_create();
	}
	for (i = 0; i < nr_countings; i++) {
		ret = session_enable(&countings[i].session);
		if (ret)
			die("session %u: enable: %s", i + 1, strerror(-ret));
	}
}

static void take_all(void)
{
	unsigned int i;

	for (i = 0; i < nr_countings; i++) {
		session_take(&countings[i].session, tally_add, countings[i].tally);
		if (countings[i].spec.peeks)
			ledger_peek(&countings[i].session);
		if (countings[i].spec.turns)
			totals_turn(countings[i].totals, &countings[i].session, false);
	}
}

/* Takes records until the command has ended. */
static void follow(pid_t child)
{
	int status;

	while (!waitpid(child, &status, WNOHANG)) {
		take_all();
		poll(NULL, 0, LOOK_MS);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("the command ended with wait status %d", status);
}

/* Takes what is left after the end, more than a slow reader takes at once. */
static void finish(struct counting *c)
{
	uint64_t before;
	int ret = session_disable(&c->session);

	if (ret)
		die("disable: %s", strerror(-ret));
	do {
		before = c->session.nr_taken;
		session_take(&c->session, tally_add, c->tally);
	} while (c->session.nr_taken != before);
	c->session.spec.slow = 0;
	books_check(&c->session);
	if (c->totals)
		totals_turn(c->totals, &c->session, true);
}

static void print(const struct counting *c, unsigned int number)
{
	struct ledger ledger;

	books_print(&c->session, number);
	tally_print(c->tally, &c->session, number);
	if (c->totals) {
		totals_check(c->totals, &c->session, c->tally);
		totals_print(c->totals, &c->session, number);
	}
	if (!(c->spec.options.flags & MEMMON_OPTION_LEDGER))
		return;
	ledger_read(&c->session, &ledger);
	ledger_print(&ledger, number);
	fflush(stdout);
	ledger_check(&ledger);
	ledger_free(&ledger);
}

int command_count(char **words)
{
	char **command = parse(words), byte = 0;
	unsigned int i;
	pid_t child;
	int go;

	child = prepare(command, &go);
	open_all(child);
	if (write(go, &byte, 1) != 1)
		die("write: %m");
	close(go);
	follow(child);
	for (i = 0; i < nr_countings; i++)
		finish(&countings[i]);
	for (i = 0; i < nr_countings; i++) {
		print(&countings[i], i + 1);
		tally_destroy(countings[i].tally);
		if (countings[i].totals)
			totals_destroy(countings[i].totals);
		session_close(&countings[i].session);
	}
	return 0;
}
