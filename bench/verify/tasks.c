// SPDX-License-Identifier: GPL-2.0
/* Work with tasks, for stir.c: processes, programs, threads, signals, timers, namespaces, keys. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stir.h"

#define THREADS 6

static void fork_and_touch(uint32_t chance)
{
	static char memory[1 << 18];
	pid_t child = fork();
	size_t i;

	if (!child) {
		/* Copied as it is written. */
		for (i = chance % 4096; i < sizeof(memory); i += 8192)
			memory[i]++;
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void start_program(uint32_t chance)
{
	static char self[] = "/proc/self/exe", nothing[] = "nothing", many[] = "NAME=VALUE";
	char *arguments[] = { self, nothing, NULL }, *environment[32];
	pid_t child;
	unsigned int i;

	for (i = 0; i < chance % 31; i++)
		environment[i] = many;
	environment[i] = NULL;
	if (!posix_spawn(&child, self, NULL, NULL, arguments, environment))
		waitpid(child, NULL, 0);
}

/* Different files for the same process: in each thread as the random number says. */
static void *work(void *chance)
{
	uint32_t number = (uint32_t)(uintptr_t)chance;

	stir_memory[number % 3].run(number * 2654435761U);
	return NULL;
}

static void make_threads(uint32_t chance)
{
	pthread_t threads[THREADS];
	unsigned int nr, i;

	for (nr = 0; nr < 1 + chance % THREADS; nr++) {
		if (pthread_create(&threads[nr], NULL, work, (void *)(uintptr_t)(chance + nr)))
			break;
	}
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
}

static void take_signal(int number)
{
	(void)number;
}

static void send_signals(uint32_t chance)
{
	struct timespec no_time = {};
	union sigval value = {};
	sigset_t queued, before;
	unsigned int i;

	signal(SIGUSR1, take_signal);
	raise(SIGUSR1);
	sigemptyset(&queued);
	sigaddset(&queued, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &queued, &before);
	for (i = 0; i < 1 + chance % 20; i++)
		sigqueue(getpid(), SIGRTMIN, value);
	while (sigtimedwait(&queued, NULL, &no_time) > 0)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void use_timers(uint32_t chance)
{
	struct itimerspec when = { .it_value.tv_nsec = 1 + chance % 200000 };
	struct itimerval alarm = { .it_value.tv_usec = 1 + (int)(chance % 300) };
	struct timespec rest = { .tv_nsec = 100000 };
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	setitimer(ITIMER_REAL, &alarm, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return;
	timer_settime(timer, 0, &when, NULL);
	nanosleep(&rest, NULL);
	timer_delete(timer);
}

/* Namespaces, of a process of its own; those of the network take long to go. */
static void unshare_all(uint32_t chance)
{
	pid_t child = fork();

	if (!child) {
		unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWCGROUP |
			(chance % 16 ? 0 : CLONE_NEWNET));
		if (chance & 16 && !fork())
			_exit(0);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void add_key(uint32_t chance)
{
	char payload[200] = {};

	syscall(SYS_add_key, "user", chance & 1 ? "stir" : "other", payload, 1 + chance % 199, -2);
}

static void change_self(uint32_t chance)
{
	struct sched_param normal = {};
	struct rlimit limit;

	sched_setscheduler(0, chance & 1 ? SCHED_BATCH : SCHED_OTHER, &normal);
	getrlimit(RLIMIT_NOFILE, &limit);
	setrlimit(RLIMIT_NOFILE, &limit);
	setsid();
	sched_yield();
}

const struct stir_kind stir_tasks[] = {
	{ "fork", fork_and_touch },  { "program", start_program }, { "threads", make_threads },
	{ "signals", send_signals }, { "timers", use_timers },	   { "namespaces", unshare_all },
	{ "key", add_key },	     { "self", change_self },	   { NULL, NULL },
};
