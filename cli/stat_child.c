// SPDX-License-Identifier: GPL-2.0
/* Runs the command of memmon stat and waits for its end, taking looks meanwhile. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stat.h"

extern char **environ;

static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Signals that memmon takes from its queue instead of being interrupted by them. */
static void fill_awaited(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(set, forwarded[i]);
}

int stat_child_start(char **argv, pid_t *pid)
{
	sigset_t awaited, before;
	posix_spawnattr_t attr;
	int err;

	/* An inherited SIG_IGN would let the kernel reap the child behind our back. */
	signal(SIGCHLD, SIG_DFL);
	fill_awaited(&awaited);
	sigprocmask(SIG_BLOCK, &awaited, &before);
	err = posix_spawnattr_init(&attr);
	if (!err) {
		posix_spawnattr_setsigmask(&attr, &before);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		err = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	if (err)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return -err;
}

/* Sleeps until the next look is due or a signal comes, and passes the signal on. */
static void wait_for_signal(pid_t pid, unsigned int interval_ms)
{
	struct timespec interval = {
		.tv_sec = interval_ms / 1000,
		.tv_nsec = interval_ms % 1000 * 1000000L,
	};
	sigset_t awaited;
	siginfo_t info;
	int signal;

	fill_awaited(&awaited);
	signal = sigtimedwait(&awaited, &info, &interval);
	/* What a terminal sends, it sends to the command as well. */
	if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL)
		kill(pid, signal);
}

int stat_child_watch(pid_t pid, unsigned int interval_ms, int (*look)(void *arg), void *arg,
		     int *status)
{
	int wait_status, err = look(arg);
	pid_t ended;

	do {
		wait_for_signal(pid, interval_ms);
		ended = waitpid(pid, &wait_status, WNOHANG);
		if (!ended && !err)
			err = look(arg);
	} while (!ended);
	if (ended < 0)
		return -errno;
	*status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	return err;
}
