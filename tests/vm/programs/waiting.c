// SPDX-License-Identifier: GPL-2.0
/* device waiting: when poll() and read() wake up, and when they do not. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

#define WATERMARK_RECORDS 256UL
/* A guest may be slow; who sleeps for ever would sleep longer. */
#define LONG_MS 20000
#define SHORT_MS 300

static struct session session;

static void drop_record(void *arg, const struct memmon_record *record)
{
	(void)arg;
	(void)record;
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Return: revents, or 0 after a timeout; how long it took in *took. */
static int wait_for(int timeout_ms, long *took)
{
	struct pollfd waiting = { .fd = session.fd, .events = POLLIN };
	long begin = now_ms();

	if (poll(&waiting, 1, timeout_ms) < 0)
		die("poll: %m");
	*took = now_ms() - begin;
	return waiting.revents;
}

/* Makes at least so many records, on one CPU, as a thread of the name that the session wants. */
static void make_records(uint64_t nr)
{
	uint64_t end = device_recorded(session.fd) + nr;

	while (device_recorded(session.fd) < end)
		make_events(1);
}

static void begin(void)
{
	struct spec spec;

	spec_init(&spec);
	spec.options.flags = MEMMON_OPTION_WITH_SELF;
	spec.options.ring_bytes = 16 * WATERMARK_RECORDS * RECORD_BYTES;
	spec.options.watermark_bytes = WATERMARK_RECORDS * RECORD_BYTES;
	spec_add(&spec, "comm=kc-wait");
	if (session_open(&session, &spec) || session_enable(&session))
		die("setup: %m");
	EXPECT(session.spec.options.watermark_bytes == WATERMARK_RECORDS * RECORD_BYTES);
}

static void end(void)
{
	session_close(&session);
}

static void *make_later(void *arg)
{
	pthread_setname_np(pthread_self(), "kc-wait");
	usleep(200000);
	make_records(*(uint64_t *)arg);
	return NULL;
}

static void *disable_later(void *unused)
{
	(void)unused;
	usleep(200000);
	EXPECT(!session_disable(&session));
	return NULL;
}

static void in_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
	if (pthread_create(thread, NULL, run, arg))
		die("pthread_create: %m");
}

static void below_the_watermark(void)
{
	uint64_t nr = WATERMARK_RECORDS / 2;
	pthread_t thread;
	long took;

	EXPECT(wait_for(SHORT_MS, &took) == 0 && took >= SHORT_MS);
	in_thread(&thread, make_later, &nr);
	EXPECT(wait_for(2 * SHORT_MS, &took) == 0 && took >= 2 * SHORT_MS);
	pthread_join(thread, NULL);
	EXPECT(wait_for(SHORT_MS, &took) == 0 && took >= SHORT_MS);
}

static void at_the_watermark(void)
{
	uint64_t nr = 2 * WATERMARK_RECORDS;
	pthread_t thread;
	long took;

	in_thread(&thread, make_later, &nr);
	EXPECT(wait_for(LONG_MS, &took) & POLLIN && took < LONG_MS);
	pthread_join(thread, NULL);
	/* It is still so, for everybody who asks. */
	EXPECT(wait_for(LONG_MS, &took) & POLLIN);
	EXPECT(took < LONG_MS / 2);
	session_take(&session, drop_record, NULL);
	EXPECT(wait_for(SHORT_MS, &took) == 0 && took >= SHORT_MS);
}

static void when_disabled(void)
{
	uint64_t nr = 10;
	pthread_t thread;
	long took;
	int events;

	in_thread(&thread, make_later, &nr);
	pthread_join(thread, NULL);
	in_thread(&thread, disable_later, NULL);
	events = wait_for(LONG_MS, &took);
	EXPECT(events & POLLHUP && events & POLLIN && took < LONG_MS);
	pthread_join(thread, NULL);
	session_take(&session, drop_record, NULL);
	events = wait_for(LONG_MS, &took);
	EXPECT(events & POLLHUP && !(events & POLLIN) && took < LONG_MS);
}

/* A reader that waits gets the few that there are, and the end. */
static void blocking_read(void)
{
	static char buffer[65536];
	uint64_t nr = 3;
	pthread_t thread;
	ssize_t bytes;
	uint64_t taken = 0;

	EXPECT(!fcntl(session.fd, F_SETFL, 0));
	in_thread(&thread, make_later, &nr);
	bytes = read(session.fd, buffer, sizeof(buffer));
	EXPECT(bytes >= 64);
	taken += bytes;
	pthread_join(thread, NULL);
	in_thread(&thread, disable_later, NULL);
	while ((bytes = read(session.fd, buffer, sizeof(buffer))) > 0)
		taken += bytes;
	EXPECT(bytes == 0);
	pthread_join(thread, NULL);
	EXPECT(taken == device_recorded(session.fd) * RECORD_BYTES);
}

int command_waiting(char **words)
{
	cpu_set_t cpus;

	(void)words;
	/* One ring takes all. */
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	begin();
	below_the_watermark();
	at_the_watermark();
	when_disabled();
	end();
	begin();
	blocking_read();
	end();
	return check_result();
}
