// SPDX-License-Identifier: GPL-2.0
/* Small helpers of the tests of abuse. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "region.h"

int device_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_NONBLOCK);

	if (fd < 0)
		die(DEVICE ": %m");
	return fd;
}

/* A small session that records what this process does, too. */
int device_open_set_up(struct memmon_options *options)
{
	int fd = device_open();

	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
	options->flags = MEMMON_OPTION_WITH_SELF;
	options->ring_bytes = 65536;
	if (ioctl(fd, MEMMON_IOC_SETUP, options))
		die("MEMMON_IOC_SETUP: %m");
	return fd;
}

int device_open_enabled(struct memmon_options *options)
{
	int fd = device_open_set_up(options);

	if (ioctl(fd, MEMMON_IOC_ENABLE))
		die("MEMMON_IOC_ENABLE: %m");
	return fd;
}

void *region_map(int fd, const struct memmon_options *options, unsigned int cpu)
{
	return mmap(NULL, options->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    cpu * options->map_bytes);
}

static struct memmon_stats read_stats(int fd)
{
	struct memmon_stats stats = { .size = sizeof(stats) };

	if (ioctl(fd, MEMMON_IOC_STATS, &stats))
		die("MEMMON_IOC_STATS: %m");
	return stats;
}

uint32_t device_state(int fd)
{
	return read_stats(fd).state;
}

uint64_t device_recorded(int fd)
{
	return read_stats(fd).recorded;
}

void make_events(unsigned int nr)
{
	while (nr--)
		close(open("/proc/version", O_RDONLY));
}

int in_child(int (*run)(void *arg), void *arg)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork: %m");
	if (!pid) {
		status = run(arg);
		fflush(stdout);
		_exit(status);
	}
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid: %m");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void *page_before_hole(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* Reserved, so that nothing else comes to lie there. */
	if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE))
		die("mmap: %m");
	return pages;
}
