// SPDX-License-Identifier: GPL-2.0
/* Starts many threads, each of which mallocs memory, touches it and frees it. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOLD_DEFAULT_MS 500

struct settings {
	unsigned long nr_threads;
	unsigned long size_bytes;
	unsigned long hold_ms;
	bool has_hold;
};

/* With --hold nobody frees before all have allocated and the time is over. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned long nr_arrived;
	bool is_open;
};

struct workload {
	struct settings settings;
	struct gate gate;
};

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void complain(const char *format, ...)
{
	va_list args;

	fputs("threads: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void gate_wait(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->nr_arrived++;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->is_open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void gate_await(struct gate *gate, unsigned long nr)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->nr_arrived < nr)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->is_open = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

/* Returns NULL, or what it was started with to say that there was no memory. */
static void *allocate(void *arg)
{
	struct workload *workload = arg;
	volatile char *memory = malloc(workload->settings.size_bytes);
	void *failure = memory ? NULL : arg;

	if (memory)
		for (size_t i = 0; i < workload->settings.size_bytes; i += 256)
			memory[i] = 1;
	if (workload->settings.has_hold)
		gate_wait(&workload->gate);
	free((void *)memory);
	return failure;
}

static int parse_number(const char *option, const char *text, unsigned long min, unsigned long max,
			unsigned long *ret)
{
	char *end;

	errno = 0;
	*ret = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *ret >= min && *ret <= max)
		return 0;
	complain("--%s takes a number from %lu to %lu, not '%s'", option, min, max, text);
	return -1;
}

static void usage(FILE *out)
{
	fputs("usage: threads [-n N] [-s BYTES] [--hold[=MS]]\n\n"
	      "Start threads; each mallocs memory, touches it and frees it.\n\n"
	      "  -n, --threads N   how many threads (1000)\n"
	      "  -s, --size BYTES  how much each one mallocs (8192)\n"
	      "      --hold[=MS]   keep all threads and their memory for MS milliseconds (500)\n"
	      "  -h, --help        show this help\n",
	      out);
}

/* Returns -1 to go on, or the exit code. */
static int parse(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{ "threads", required_argument, NULL, 'n' },
		{ "size", required_argument, NULL, 's' },
		{ "hold", optional_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int letter, err = 0;

	while (!err && (letter = getopt_long(argc, argv, "n:s:h", options, NULL)) != -1) {
		switch (letter) {
		case 'n':
			err = parse_number("threads", optarg, 1, 1000000, &settings->nr_threads);
			break;
		case 's':
			err = parse_number("size", optarg, 1, LONG_MAX, &settings->size_bytes);
			break;
		case 'H':
			settings->has_hold = true;
			if (optarg)
				err = parse_number("hold", optarg, 0, 3600000, &settings->hold_ms);
			break;
		case 'h':
			usage(stdout);
			return 0;
		default: /* getopt_long() has said what is wrong */
			return 2;
		}
	}
	if (!err && optind < argc) {
		complain("unexpected argument '%s'; see 'threads --help'", argv[optind]);
		err = -1;
	}
	return err ? 2 : -1;
}

static void hold(struct workload *workload)
{
	struct timespec left = {
		.tv_sec = (time_t)(workload->settings.hold_ms / 1000),
		.tv_nsec = (long)(workload->settings.hold_ms % 1000 * 1000000),
	};

	gate_await(&workload->gate, workload->settings.nr_threads);
	while (nanosleep(&left, &left) && errno == EINTR)
		;
	gate_open(&workload->gate);
}

/* Returns how many threads were started; fewer than wanted after a message. */
static unsigned long start(struct workload *workload, pthread_t *threads)
{
	unsigned long nr;

	for (nr = 0; nr < workload->settings.nr_threads; nr++) {
		int err = pthread_create(&threads[nr], NULL, allocate, workload);

		if (!err)
			continue;
		complain("cannot start thread %lu of %lu: %s; try fewer with -n", nr + 1,
			 workload->settings.nr_threads, strerror(err));
		gate_open(&workload->gate);
		break;
	}
	return nr;
}

static int work(struct workload *workload)
{
	const struct settings *settings = &workload->settings;
	pthread_t *threads = calloc(settings->nr_threads, sizeof(*threads));
	unsigned long nr_started, nr_failed = 0;

	if (!threads) {
		complain("no memory for %lu threads; try fewer with -n", settings->nr_threads);
		return 1;
	}
	nr_started = start(workload, threads);
	if (nr_started == settings->nr_threads && settings->has_hold)
		hold(workload);
	for (unsigned long i = 0; i < nr_started; i++) {
		void *failure;

		pthread_join(threads[i], &failure);
		nr_failed += !!failure;
	}
	free(threads);
	if (nr_failed)
		complain("%lu of %lu threads got no memory; try a smaller -s", nr_failed,
			 nr_started);
	if (nr_failed || nr_started < settings->nr_threads)
		return 1;
	printf("threads: %lu threads, %lu bytes each\n", nr_started, settings->size_bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct workload workload = {
		.settings = { .nr_threads = 1000, .size_bytes = 8192, .hold_ms = HOLD_DEFAULT_MS },
		.gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER },
	};
	int status = parse(argc, argv, &workload.settings);

	if (status < 0)
		status = work(&workload);
	if (fflush(stdout) || ferror(stdout)) {
		complain("cannot write to standard output: %s", strerror(errno));
		return 1;
	}
	return status;
}
