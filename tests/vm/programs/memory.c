// SPDX-License-Identifier: GPL-2.0
/*
 * device memory RING_BYTES: opens sessions of that size until there is no memory for more, and prints how
 * many there were, and how many descriptors could be open at once.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

#define SESSIONS_MAX 1000

static int fds[SESSIONS_MAX];

static int set_up(int fd, uint64_t ring_bytes)
{
	struct memmon_options options = { .size = sizeof(options), .ring_bytes = ring_bytes };

	return ioctl(fd, MEMMON_IOC_SETUP, &options);
}

static void close_all(unsigned int nr)
{
	while (nr--)
		close(fds[nr]);
}

int command_memory(char **words)
{
	uint64_t ring_bytes = spec_number(words[0]);
	unsigned int nr = 0, nr_open;

	for (nr = 0; nr < SESSIONS_MAX; nr++) {
		fds[nr] = device_open();
		if (set_up(fds[nr], ring_bytes))
			break;
		EXPECT(!ioctl(fds[nr], MEMMON_IOC_ENABLE));
	}
	EXPECT(errno == ENOBUFS);
	/* The one that was refused is as new, and gets what is left. */
	EXPECT(device_state(fds[nr]) == MEMMON_SESSION_NEW);
	EXPECT_ERROR(set_up(fds[nr], ring_bytes), ENOBUFS);
	EXPECT(!set_up(fds[nr], 4096));
	printf("sessions %u\n", nr);
	fflush(stdout);
	/* When one goes its place is free. */
	close(fds[0]);
	fds[0] = device_open();
	EXPECT(!set_up(fds[0], ring_bytes));
	close_all(nr + 1);

	for (nr_open = 0; nr_open < SESSIONS_MAX; nr_open++) {
		fds[nr_open] = open(DEVICE, O_RDWR);
		if (fds[nr_open] < 0)
			break;
	}
	EXPECT(errno == EMFILE);
	printf("descriptors %u\n", nr_open);
	close_all(nr_open);
	return check_result();
}
