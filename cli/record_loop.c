// SPDX-License-Identifier: GPL-2.0
/*
 * Writes what comes until the end of a recording. The loop does nothing for a single record: it hands
 * on what a CPU has as a whole.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live.h"
#include "record.h"
#include "ui.h"

/* What lies in the rings is written so often even if no watermark is reached. */
#define TICK_MS 1000

/* Handed on at a time: the kernel gets this room back before the rest of a long span is written. */
#define PIECE_RECORDS ((size_t)LIVE_WATERMARK_BYTES / sizeof(struct memmon_record))

/**
 * struct loop - the state of the loop
 * @signals: a signalfd
 * @is_recording: the session is enabled
 * @is_ended: a signal has come, the time is up, or the command has ended
 */
struct loop {
	struct recorder *recorder;
	struct record_progress progress;
	uint64_t start_ms;
	uint64_t next_tick_ms;
	uint32_t nr_cpus;
	int signals;
	bool is_recording;
	bool is_ended;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGCHLD);
}

void record_block_signals(void)
{
	sigset_t set;

	fill_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* A file may hit a limit: that is an error of the write, which says so. */
	signal(SIGXFSZ, SIG_IGN);
}

/* Takes the oldest records off a span. What was overwritten before them goes with the first. */
static struct memmon_span take_piece(struct memmon_span *rest)
{
	struct memmon_span piece = *rest;

	if (!rest->nr_first) {
		rest->first = rest->second;
		rest->nr_first = rest->nr_second;
		rest->nr_second = 0;
	}
	piece.first = rest->first;
	piece.nr_first = rest->nr_first < PIECE_RECORDS ? rest->nr_first : PIECE_RECORDS;
	piece.nr_second = 0;
	rest->first += piece.nr_first;
	rest->nr_first -= piece.nr_first;
	rest->overwritten = 0;
	piece.end = rest->end - (rest->nr_first + rest->nr_second) * sizeof(struct memmon_record);
	return piece;
}

static int write_span(struct recorder *recorder, uint32_t cpu, struct memmon_span *span)
{
	while (span->nr_first || span->nr_second || span->overwritten) {
		struct memmon_span piece = take_piece(span);
		int err = memmon_recording_write(recorder->recording, cpu, &piece);

		if (err)
			return err;
		memmon_session_consume(recorder->session, cpu, piece.end);
	}
	return 0;
}

/* Writes what all CPUs have, and names what is new when the rings are empty. Return: 0 or a negative errno. */
static int drain(struct loop *loop)
{
	struct recorder *recorder = loop->recorder;
	struct memmon_span span;
	int err = memmon_session_sync(recorder->session);

	for (uint32_t cpu = 0; cpu < loop->nr_cpus && !err; cpu++) {
		err = memmon_session_span(recorder->session, cpu, &span);
		if (!err)
			err = write_span(recorder, cpu, &span);
	}
	return err ? err : memmon_recording_name_sites(recorder->recording);
}

/* Once in a while: the books, and what lies below the watermarks. */
static int tick(struct loop *loop)
{
	struct recorder *recorder = loop->recorder;
	struct memmon_stats stats;
	int err = memmon_session_stats(recorder->session, &stats);

	if (err)
		return err;
	memmon_recording_set_stats(recorder->recording, &stats);
	record_progress_show(&loop->progress, recorder, &stats, now_ms() - loop->start_ms);
	return recorder->is_overwriting ? 0 : drain(loop);
}

static void reap(struct loop *loop)
{
	struct recorder *recorder = loop->recorder;
	int status;

	if (!recorder->child || waitpid(recorder->child, &status, WNOHANG) != recorder->child)
		return;
	recorder->child_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	recorder->child = 0;
	loop->is_ended = true;
}

static void take_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(loop);
		else if (!loop->recorder->child)
			loop->is_ended = true;
		else if (info.ssi_code != SI_KERNEL)
			/* What a terminal sends, it sends to the command as well. */
			kill(loop->recorder->child, (int)info.ssi_signo);
	}
}

static int timeout_ms(const struct loop *loop)
{
	uint64_t now = now_ms();
	uint64_t until = loop->next_tick_ms;
	uint64_t duration_ms = loop->recorder->duration_ms;

	if (duration_ms && loop->start_ms + duration_ms < until)
		until = loop->start_ms + duration_ms;
	return until > now ? (int)(until - now) : 0;
}

/* The recording has failed; a command that still runs is waited for, as it is not ours to end. */
static void give_up(struct loop *loop, int err)
{
	struct recorder *recorder = loop->recorder;

	recorder->err = err;
	memmon_session_disable(recorder->session);
	loop->is_recording = false;
	loop->is_ended = !recorder->child;
}

static void step(struct loop *loop)
{
	struct recorder *recorder = loop->recorder;
	struct pollfd fds[] = {
		{ .fd = loop->signals, .events = POLLIN },
		{ .fd = memmon_session_fd(recorder->session), .events = POLLIN },
	};
	int err = 0;

	/* In a session that overwrites, what is in the rings stays there. */
	poll(fds, loop->is_recording && !recorder->is_overwriting ? 2 : 1, timeout_ms(loop));
	if (loop->is_recording && fds[1].revents)
		err = drain(loop);
	if (now_ms() >= loop->next_tick_ms) {
		loop->next_tick_ms = now_ms() + TICK_MS;
		if (!err && loop->is_recording)
			err = tick(loop);
	}
	if (err)
		give_up(loop, err);
	take_signals(loop);
	if (recorder->duration_ms && now_ms() >= loop->start_ms + recorder->duration_ms)
		loop->is_ended = true;
}

/* What came until now, and how much of it was lost. */
static int finish(struct loop *loop)
{
	struct recorder *recorder = loop->recorder;
	struct memmon_stats stats;
	struct memmon_info info;
	int err = 0, last;

	if (loop->is_recording) {
		err = memmon_session_disable(recorder->session);
		if (!err)
			err = drain(loop);
	}
	last = memmon_session_stats(recorder->session, &stats);
	if (!last)
		last = memmon_session_info(recorder->session, &info);
	if (!last)
		last = memmon_recording_finish(recorder->recording, &stats, &info);
	return err ? err : last;
}

double record_loop(struct recorder *recorder)
{
	struct loop loop = {
		.recorder = recorder,
		.start_ms = now_ms(),
		.nr_cpus = memmon_session_machine(recorder->session)->nr_cpus,
		.is_recording = true,
	};
	sigset_t set;
	int err;

	fill_signals(&set);
	loop.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop.signals < 0) {
		give_up(&loop, -errno);
		return 0;
	}
	loop.next_tick_ms = loop.start_ms + TICK_MS;
	/* It may have ended before there was a signalfd. */
	reap(&loop);
	while (!loop.is_ended)
		step(&loop);
	record_progress_clear(&loop.progress);
	err = finish(&loop);
	if (!recorder->err)
		recorder->err = err;
	close(loop.signals);
	return (double)(now_ms() - loop.start_ms) / 1000;
}
