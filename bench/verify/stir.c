// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a kernel allocate in as many ways as there are: processes that do all kinds of work, in random order.
 *
 * usage: stir SEED PROCESSES
 *
 * Runs until it is killed (SIGTERM), and then ends its processes. The same seed gives each process the same order; how they
 * come between each other is up to the kernel.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stir.h"

#define MOST_KINDS 64
#define MOST_PROCESSES 64
/* A process does so much, then another one takes its place: its memory and files are given back. */
#define ROUNDS 3000

char stir_folder[64];

static const struct stir_kind *kinds[MOST_KINDS];
static unsigned int nr_kinds;
static pid_t children[MOST_PROCESSES];
static volatile sig_atomic_t is_over;

static void add_kinds(const struct stir_kind *list)
{
	for (; list->name && nr_kinds < MOST_KINDS; list++)
		kinds[nr_kinds++] = list;
}

/* Marsaglia's xorshift: the state is never 0. */
static uint32_t next_number(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The work of one process. */
static void stir(unsigned int number, uint32_t state)
{
	unsigned int round, times;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, SIG_IGN);
	snprintf(stir_folder, sizeof(stir_folder), "/tmp/stir.%u", number);
	mkdir(stir_folder, 0700);
	for (round = 0; round < ROUNDS; round++) {
		const struct stir_kind *kind = kinds[next_number(&state) % nr_kinds];

		for (times = 1 + next_number(&state) % 4; times; times--)
			kind->run(next_number(&state));
	}
	_exit(0);
}

static void begin(unsigned int number, uint32_t seed)
{
	pid_t child = fork();

	if (!child)
		stir(number, seed ? seed : 1);
	children[number] = child;
	/* Too many processes for now: the next turn tries again. */
	if (child < 0)
		usleep(10000);
}

static void end(int signal_number)
{
	(void)signal_number;
	is_over = 1;
}

/* The number of the process that ended, or -1. */
static int find_ended(unsigned int nr)
{
	pid_t child = waitpid(-1, NULL, 0);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (children[i] == child || children[i] <= 0)
			return (int)i;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct sigaction on_end = { .sa_handler = end };
	unsigned int nr, i, turn = 0;
	uint32_t seed;

	/* What the processes start again and again. */
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	nr = argc == 3 ? (unsigned int)atoi(argv[2]) : 0;
	if (!nr || nr > MOST_PROCESSES) {
		fprintf(stderr, "usage: stir SEED PROCESSES (1 to %d)\n", MOST_PROCESSES);
		return 2;
	}
	seed = (uint32_t)strtoul(argv[1], NULL, 0);
	add_kinds(stir_files);
	add_kinds(stir_memory);
	add_kinds(stir_talk);
	add_kinds(stir_tasks);
	sigaction(SIGTERM, &on_end, NULL);
	for (i = 0; i < nr; i++)
		begin(i, seed + ++turn * 2654435761U);
	while (!is_over) {
		int number = find_ended(nr);

		if (number >= 0 && !is_over)
			begin((unsigned int)number, seed + ++turn * 2654435761U);
	}
	for (i = 0; i < nr; i++) {
		if (children[i] > 0)
			kill(children[i], SIGKILL);
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	return 0;
}
