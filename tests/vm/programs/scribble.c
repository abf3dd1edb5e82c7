// SPDX-License-Identifier: GPL-2.0
/*
 * device scribble SECONDS: writes nonsense all over the mapped memory of sessions of both modes, while it
 * reads, waits and looks at them. Nothing but those sessions may notice.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

#define CPUS_MAX 64

struct victim {
	int fd;
	struct memmon_options options;
	void *regions[CPUS_MAX];
	unsigned int nr_regions;
	uint64_t read_bytes;
};

static bool is_over;

static uint64_t random_word(unsigned int *seed)
{
	uint64_t word = (uint64_t)rand_r(seed) << 33 ^ (uint64_t)rand_r(seed) << 11 ^ rand_r(seed);

	switch (rand_r(seed) % 6) {
	case 0:
		return word;
	case 1:
		return word % (1 << 20);
	case 2:
		return -(word % 4096);
	case 3:
		return word % (1 << 20) * 64;
	case 4:
		return 0;
	default:
		return 1ULL << word % 64;
	}
}

static void *write_nonsense(void *arg)
{
	struct victim *v = arg;
	unsigned int seed = 7, i;

	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		for (i = 0; i < v->nr_regions; i++) {
			uint64_t *words = v->regions[i];
			/* Mostly the control page, and mostly the part of it that is used. */
			uint64_t most = rand_r(&seed) % 4 ? 17 :
					rand_r(&seed) % 4 ? 512 :
							    v->options.map_bytes / 8;

			__atomic_store_n(&words[rand_r(&seed) % most], random_word(&seed),
					 __ATOMIC_RELAXED);
		}
	}
	return NULL;
}

static void *use(void *arg)
{
	static __thread char buffer[65536];
	struct victim *v = arg;
	struct pollfd waiting = { .fd = v->fd, .events = POLLIN };
	unsigned int seed = 11;
	ssize_t bytes;

	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		bytes = read(v->fd, buffer, 64 + rand_r(&seed) % (sizeof(buffer) - 64));
		if (bytes > 0)
			__atomic_fetch_add(&v->read_bytes, bytes, __ATOMIC_RELAXED);
		EXPECT(bytes > 0 ? !(bytes % 64) : bytes == -1 && errno == EAGAIN);
		EXPECT(ioctl(v->fd, MEMMON_IOC_SYNC) > 0);
		EXPECT(poll(&waiting, 1, 0) >= 0);
		EXPECT(device_state(v->fd) == MEMMON_SESSION_ENABLED);
		make_events(5);
	}
	return NULL;
}

static void prepare(struct victim *v, uint32_t flags)
{
	unsigned int cpu;

	v->fd = device_open();
	v->options = (struct memmon_options){ .size = sizeof(v->options),
					      .flags = flags | MEMMON_OPTION_WITH_SELF,
					      .ring_bytes = 65536 };
	if (ioctl(v->fd, MEMMON_IOC_SETUP, &v->options) || ioctl(v->fd, MEMMON_IOC_ENABLE))
		die("setup: %m");
	for (cpu = 0; cpu < CPUS_MAX; cpu++) {
		void *region = region_map(v->fd, &v->options, cpu);

		if (region != MAP_FAILED)
			v->regions[v->nr_regions++] = region;
	}
	EXPECT(v->nr_regions == (unsigned int)sysconf(_SC_NPROCESSORS_ONLN));
}

/* The books are not in that memory, so they must be right. */
static void finish(struct victim *v)
{
	struct memmon_stats s = { .size = sizeof(s) };
	uint64_t sum = 0;
	int i;

	EXPECT(!ioctl(v->fd, MEMMON_IOC_DISABLE));
	EXPECT(!ioctl(v->fd, MEMMON_IOC_STATS, &s));
	for (i = 0; i < MEMMON_STATS_COUNTERS; i++)
		sum += s.seen[i] - s.filtered[i] - s.dropped[i];
	EXPECT(sum == s.recorded && !s.in_flight);
	EXPECT(s.recorded > 0);
	EXPECT(v->read_bytes > 0);
	close(v->fd);
	while (v->nr_regions)
		munmap(v->regions[--v->nr_regions], v->options.map_bytes);
}

int command_scribble(char **words)
{
	static struct victim victims[2];
	pthread_t threads[4];
	unsigned int i;

	prepare(&victims[0], 0);
	prepare(&victims[1], MEMMON_OPTION_OVERWRITE);
	for (i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, i < 2 ? write_nonsense : use,
				   &victims[i % 2]))
			die("pthread_create: %m");
	sleep(spec_number(words[0]));
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	finish(&victims[0]);
	finish(&victims[1]);
	return check_result();
}
