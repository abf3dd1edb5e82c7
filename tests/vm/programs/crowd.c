// SPDX-License-Identifier: GPL-2.0
/*
 * device crowd SECONDS NR SOURCE...: keeps NR processes with a session each, of random kind, in any state;
 * each ends by itself or is killed. SOURCE is tracepoint, kprobe or both.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "session.h"

#define NR_MAX 64

/* Shared with the processes. */
struct totals {
	unsigned long opened;
	unsigned long refused;
	unsigned long ended_well;
	unsigned long records;
};

static struct totals *totals;
static unsigned int sources;

static void add(unsigned long *total, unsigned long nr)
{
	__atomic_fetch_add(total, nr, __ATOMIC_RELAXED);
}

static bool one_in(int n)
{
	return rand() % n == 0;
}

static void count_record(void *arg, const struct memmon_record *record)
{
	(void)record;
	(*(unsigned long *)arg)++;
}

static void choose(struct spec *spec)
{
	static const char *const conditions[] = {
		"comm=kc-*,sh",
		"comm=*",
		"cache=kmalloc-*",
		"bytes=1-4096",
		"orders=0,1",
		"contexts=task",
		"contexts=hardirq,softirq",
		"sample=16",
		"node=0",
		"site=0-0xffffffffffffffff",
		"pid=1",
		"cgroup=/tmp/cgroup2",
	};
	struct memmon_options *o = &spec->options;
	int nr;

	spec_init(spec);
	spec->way = rand() % 3;
	if (one_in(2))
		o->flags |= MEMMON_OPTION_OVERWRITE;
	if (one_in(4))
		o->flags |= MEMMON_OPTION_WITH_SELF;
	o->source = sources == 3 ? (unsigned int)rand() % 2 : sources - 1;
	if (one_in(3))
		o->classes = 1U << (MEMMON_CLASS_KMALLOC + rand() % 3);
	if (o->source == MEMMON_SOURCE_KPROBE)
		o->classes = 0;
	o->ring_bytes = 4096ULL << rand() % 8;
	o->watermark_bytes = one_in(2) ? 0 : o->ring_bytes >> rand() % 8;
	for (nr = rand() % 3; nr; nr--)
		spec_add(spec, conditions[rand() % (sizeof(conditions) / sizeof(*conditions))]);
	spec->read_bytes = RECORD_BYTES * (1 + rand() % 300);
}

/* Lives for some time: takes records, or looks, or waits. Is killed at any moment. */
static void live(struct session *session)
{
	struct pollfd waiting = { .fd = session->fd, .events = POLLIN };
	struct memmon_stats stats;
	unsigned long nr = 0;
	int rounds = rand() % 40;

	while (rounds-- && (!nr || nr < 100000)) {
		switch (rand() % 4) {
		case 0:
			poll(&waiting, 1, rand() % 30);
			break;
		case 1:
			session_stats(session, &stats);
			break;
		default:
			session_take(session, count_record, &nr);
		}
	}
	add(&totals->records, nr);
}

static void end_well(struct session *session)
{
	unsigned long nr = 0;
	uint64_t before;

	if (session_disable(session))
		die("disable failed");
	do {
		before = session->nr_taken;
		session_take(session, count_record, &nr);
	} while (session->nr_taken != before);
	/* A session that overwrites and is read has lost what read() cannot tell. */
	if (session->spec.way == WAY_READ)
		session->spec.way = WAY_NONE;
	books_check(session);
	session_close(session);
	add(&totals->records, nr);
	add(&totals->ended_well, 1);
}

/* One process from its first to its last, if it is not killed. */
static void run_one(unsigned int seed)
{
	struct session session;
	struct spec spec;
	int ret;

	/* Nobody is left behind if the test fails. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	srand(seed);
	choose(&spec);
	ret = session_open(&session, &spec);
	if (ret == -ENOBUFS || ret == -ENOMEM || ret == -EMFILE) {
		add(&totals->refused, 1);
		_exit(0);
	}
	if (ret)
		die("open: %s", strerror(-ret));
	add(&totals->opened, 1);
	if (one_in(8))
		_exit(0);
	ret = session_enable(&session);
	if (ret)
		die("enable: %s", strerror(-ret));
	if (one_in(8))
		_exit(0);
	live(&session);
	if (one_in(3))
		pause();
	if (one_in(2))
		end_well(&session);
	_exit(0);
}

static pid_t start(void)
{
	unsigned int seed = rand();
	pid_t pid = fork();

	if (pid < 0)
		die("fork: %m");
	if (!pid)
		run_one(seed);
	return pid;
}

/* Waits for one that has ended, or is about to. Returns whether it had been killed. */
static bool reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		die("waitpid: %m");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("a process ended with wait status %#x", status);
	return false;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

int command_crowd(char **words)
{
	unsigned int nr = spec_number(words[1]), i, killed = 0;
	double end = now() + spec_number(words[0]);
	pid_t pids[NR_MAX];

	for (words += 2; *words; words++)
		sources |= strcmp(*words, "kprobe") ? 1 : 2;
	if (!nr || nr > NR_MAX || !sources)
		die("crowd SECONDS NR SOURCE...");
	srand(20261122);
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	for (i = 0; i < nr; i++)
		pids[i] = start();
	while (now() < end) {
		poll(NULL, 0, rand() % 40);
		i = rand() % nr;
		if (one_in(2) && !has_ended(pids[i]))
			kill(pids[i], SIGKILL);
		else if (!has_ended(pids[i]))
			continue;
		killed += reap(pids[i]);
		pids[i] = start();
	}
	for (i = 0; i < nr; i++) {
		kill(pids[i], SIGKILL);
		killed += reap(pids[i]);
	}
	printf("opened %lu\nrefused %lu\nended_well %lu\nrecords %lu\nkilled %u\n", totals->opened,
	       totals->refused, totals->ended_well, totals->records, killed);
	return 0;
}
