// SPDX-License-Identifier: GPL-2.0
/*
 * device opens N [THREADS]: opens and closes a file N times, in the main thread and in each of THREADS
 * more. That is one kmalloc in single_open() and one kfree in single_release() each time. Prints the ids of
 * the threads first, then waits for a byte on stdin.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "session.h"

#define THREADS_MAX 8

static unsigned long nr_opens;
static pthread_barrier_t is_told, is_done;

static void open_often(void)
{
	unsigned long i;
	int fd;

	for (i = 0; i < nr_opens; i++) {
		fd = open("/proc/version", O_RDONLY);
		if (fd < 0)
			die("/proc/version: %m");
		close(fd);
	}
}

static void *run_thread(void *unused)
{
	(void)unused;
	printf("%d\n", gettid());
	fflush(stdout);
	pthread_barrier_wait(&is_told);
	/* The main thread waits for its byte. */
	pthread_barrier_wait(&is_told);
	open_often();
	pthread_barrier_wait(&is_done);
	return NULL;
}

int command_opens(char **words)
{
	unsigned int nr_threads = 0, i;
	pthread_t threads[THREADS_MAX];
	char byte;

	if (!words[0])
		die("opens needs a number");
	nr_opens = spec_number(words[0]);
	if (words[1])
		nr_threads = spec_number(words[1]);
	if (nr_threads > THREADS_MAX)
		die("too many threads");
	pthread_barrier_init(&is_told, NULL, nr_threads + 1);
	pthread_barrier_init(&is_done, NULL, nr_threads + 1);
	for (i = 0; i < nr_threads; i++)
		if (pthread_create(&threads[i], NULL, run_thread, NULL))
			die("pthread_create: %m");
	pthread_barrier_wait(&is_told);
	printf("%d\n", gettid());
	fflush(stdout);
	if (read(STDIN_FILENO, &byte, 1) < 0)
		die("stdin: %m");
	pthread_barrier_wait(&is_told);
	open_often();
	pthread_barrier_wait(&is_done);
	for (i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
