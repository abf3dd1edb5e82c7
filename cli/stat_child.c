// SPDX-License-Identifier: GPL-2.0
/* Runs the command of memmon stat and waits for its end, or for nothing, taking looks meanwhile. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stat.h"

extern char **environ;

static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* What goes on while time passes. */
struct wait {
	const struct stat_watcher *watcher;
	int signal_fd;
	int err; /* of the first look or drain that failed */
	double next_look;
};

/* Signals that memmon takes from its queue instead of being interrupted by them. */
static void fill_awaited(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(set, forwarded[i]);
}

double stat_now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int stat_child_start(char **argv, pid_t *pid)
{
	static sigset_t original;
	static bool is_known;
	posix_spawnattr_t attr;
	sigset_t awaited;
	int err;

	/* An inherited SIG_IGN would let the kernel reap the child behind our back. */
	signal(SIGCHLD, SIG_DFL);
	fill_awaited(&awaited);
	/* From the second run on they are held back already. */
	sigprocmask(SIG_BLOCK, &awaited, is_known ? NULL : &original);
	is_known = true;
	err = posix_spawnattr_init(&attr);
	if (!err) {
		posix_spawnattr_setsigmask(&attr, &original);
		posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		err = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	if (err)
		sigprocmask(SIG_SETMASK, &original, NULL);
	return -err;
}

static int begin_wait(struct wait *wait, const struct stat_watcher *watcher)
{
	sigset_t awaited;

	fill_awaited(&awaited);
	sigprocmask(SIG_BLOCK, &awaited, NULL);
	*wait = (struct wait){ .watcher = watcher };
	wait->signal_fd = signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
	return wait->signal_fd < 0 ? -errno : 0;
}

/* Looks when it is time to; says how long to sleep then, at most until @end. */
static int look_when_due(struct wait *wait, double end)
{
	double now = stat_now_seconds(), wake;

	if (wait->watcher->look && !wait->err && now >= wait->next_look) {
		wait->err = wait->watcher->look(wait->watcher->arg);
		now = stat_now_seconds();
		wait->next_look = now + wait->watcher->interval_ms / 1e3;
	}
	wake = wait->watcher->look && !wait->err ? fmin(wait->next_look, end) : end;
	if (isinf(wake))
		return -1;
	return wake <= now ? 0 : (int)fmin(ceil((wake - now) * 1e3), 60e3);
}

/*
 * Looks, drains and sleeps, until the next look is due or a signal comes.
 * Returns whether one came that would end memmon.
 */
static bool pass(struct wait *wait, double end, struct signalfd_siginfo *info)
{
	bool has_fd = wait->watcher->fd >= 0 && !wait->err;
	struct pollfd polls[] = {
		{ .fd = wait->signal_fd, .events = POLLIN },
		{ .fd = has_fd ? wait->watcher->fd : -1, .events = POLLIN },
	};

	if (poll(polls, 2, look_when_due(wait, end)) < 0)
		return false;
	if (has_fd && (polls[1].revents || wait->watcher->look))
		wait->err = wait->watcher->drain(wait->watcher->arg);
	if (has_fd && polls[1].revents & (POLLERR | POLLHUP | POLLNVAL) && !wait->err)
		wait->err = -EIO;
	return polls[0].revents && read(wait->signal_fd, info, sizeof(*info)) == sizeof(*info) &&
	       info->ssi_signo != SIGCHLD;
}

int stat_child_watch(pid_t pid, const struct stat_watcher *watcher, int *status,
		     bool *is_interrupted)
{
	struct signalfd_siginfo info;
	int err, wait_status;
	struct wait wait;
	pid_t ended;

	err = begin_wait(&wait, watcher);
	if (err) {
		/* Nobody would see its end otherwise. */
		kill(pid, SIGKILL);
		waitpid(pid, &wait_status, 0);
		return err;
	}
	do {
		if (pass(&wait, INFINITY, &info)) {
			*is_interrupted = true;
			/* What a terminal sends, it sends to the command as well. */
			if (info.ssi_code != SI_KERNEL)
				kill(pid, (int)info.ssi_signo);
		}
		ended = waitpid(pid, &wait_status, WNOHANG);
	} while (!ended);
	err = ended < 0 ? -errno : wait.err;
	close(wait.signal_fd);
	if (ended > 0)
		*status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) :
						     WEXITSTATUS(wait_status);
	return err;
}

int stat_idle_watch(double seconds, const struct stat_watcher *watcher, bool *is_interrupted)
{
	double end = stat_now_seconds() + seconds;
	struct signalfd_siginfo info;
	struct wait wait;
	int err;

	err = begin_wait(&wait, watcher);
	if (err)
		return err;
	while (!*is_interrupted && stat_now_seconds() < end)
		if (pass(&wait, end, &info))
			*is_interrupted = true;
	close(wait.signal_fd);
	return wait.err;
}
