// SPDX-License-Identifier: GPL-2.0
/* device abuse-process: descriptors and mappings that go to other processes. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "region.h"

struct shared {
	int fd;
	struct memmon_options options;
	struct memmon_ring_page *page;
};

/* Whether memory can be read, without dying if not. */
static bool is_readable(const void *memory)
{
	int pipes[2];
	bool is_there;

	if (pipe(pipes))
		die("pipe: %m");
	is_there = write(pipes[1], memory, 1) == 1;
	close(pipes[0]);
	close(pipes[1]);
	return is_there;
}

static int look_and_close(void *arg)
{
	struct shared *shared = arg;

	if (is_readable(shared->page))
		return 1;
	/* The session is of both; the child may look, and close. */
	if (device_state(shared->fd) != MEMMON_SESSION_ENABLED)
		return 2;
	return close(shared->fd) ? 3 : 0;
}

static void forks(void)
{
	struct shared shared;
	uint64_t before;

	shared.fd = device_open_enabled(&shared.options);
	shared.page = region_map(shared.fd, &shared.options, 0);
	EXPECT(is_readable(shared.page));
	EXPECT(in_child(look_and_close, &shared) == 0);
	EXPECT(is_readable(shared.page));
	EXPECT(device_state(shared.fd) == MEMMON_SESSION_ENABLED);
	before = device_recorded(shared.fd);
	make_events(10);
	EXPECT(device_recorded(shared.fd) >= before + 20);
	munmap(shared.page, shared.options.map_bytes);
	close(shared.fd);
}

static int see_mapping(void *arg)
{
	struct shared *shared = arg;

	return is_readable(shared->page) && shared->page->record_bytes == RECORD_BYTES ? 0 : 1;
}

/* Older kernels let a process hand the mapping down if it asks; then the child holds the session as well. */
static void forks_on_purpose(void)
{
	struct shared shared;

	shared.fd = device_open_enabled(&shared.options);
	shared.page = region_map(shared.fd, &shared.options, 0);
	if (madvise(shared.page, shared.options.map_bytes, MADV_DOFORK))
		EXPECT(errno == EINVAL && in_child(look_and_close, &shared) == 0);
	else
		EXPECT(in_child(see_mapping, &shared) == 0);
	EXPECT(device_state(shared.fd) == MEMMON_SESSION_ENABLED);
	munmap(shared.page, shared.options.map_bytes);
	close(shared.fd);
}

/* The first descriptor of a session is worth no more than its copies. */
static void duplicates(void)
{
	struct memmon_options options;
	int fd = device_open_enabled(&options), copy = dup(fd);

	close(fd);
	EXPECT(device_state(copy) == MEMMON_SESSION_ENABLED);
	make_events(10);
	EXPECT(device_recorded(copy) >= 20);
	EXPECT(!ioctl(copy, MEMMON_IOC_DISABLE));
	EXPECT(dup2(copy, fd) == fd);
	close(copy);
	EXPECT(device_state(fd) == MEMMON_SESSION_DISABLED);
	close(fd);
}

static void send_descriptor(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) != 1)
		die("sendmsg: %m");
}

static int receive_descriptor(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		die("recvmsg: %m");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* An unprivileged process with a descriptor that somebody gave it can use that, and open none itself. */
static int use_given(void *arg)
{
	struct memmon_options options = { .map_bytes = 65536 + 4096 };
	struct memmon_ring_page *page;
	char record[64];
	int fd;

	if (setgid(65534) || setuid(65534))
		return 1;
	fd = receive_descriptor(*(int *)arg);
	page = region_map(fd, &options, 0);
	if (page == MAP_FAILED || page->record_bytes != RECORD_BYTES)
		return 2;
	if (device_state(fd) != MEMMON_SESSION_ENABLED || ioctl(fd, MEMMON_IOC_SYNC) <= 0)
		return 3;
	if (read(fd, record, sizeof(record)) != sizeof(record))
		return 4;
	if (ioctl(fd, MEMMON_IOC_DISABLE))
		return 5;
	return 0;
}

static void passing(void)
{
	struct memmon_options options;
	int fd = device_open_enabled(&options), sockets[2];

	make_events(50);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		die("socketpair: %m");
	send_descriptor(sockets[0], fd);
	/* Only the message holds it now, and then the child. */
	close(fd);
	EXPECT(in_child(use_given, &sockets[1]) == 0);
	close(sockets[0]);
	close(sockets[1]);
	/* A descriptor that nobody ever takes out of its socket goes with that. */
	fd = device_open_enabled(&options);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		die("socketpair: %m");
	send_descriptor(sockets[0], fd);
	close(fd);
	close(sockets[0]);
	close(sockets[1]);
}

static int hold_until_killed(void *arg)
{
	(void)arg;
	abort();
}

/* A child that inherits the only descriptor, and is killed by a signal that dumps its memory. */
static void inherits(void)
{
	struct shared shared;

	shared.fd = device_open_enabled(&shared.options);
	shared.page = region_map(shared.fd, &shared.options, 0);
	EXPECT(in_child(hold_until_killed, &shared) == 128 + SIGABRT);
	EXPECT(device_state(shared.fd) == MEMMON_SESSION_ENABLED);
	close(shared.fd);
	munmap(shared.page, shared.options.map_bytes);
}

int command_abuse_process(char **words)
{
	(void)words;
	forks();
	forks_on_purpose();
	duplicates();
	passing();
	inherits();
	return check_result();
}
