// SPDX-License-Identifier: GPL-2.0
/* Work with what carries words, for stir.c: pipes, sockets of all kinds, queues, and waiting for them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "stir.h"

static char text[32768];

static void use_pipe(uint32_t chance)
{
	int fds[2];

	if (pipe2(fds, O_NONBLOCK))
		return;
	if (chance & 1)
		fcntl(fds[0], F_SETPIPE_SZ, 1 << 17);
	write(fds[1], text, chance % sizeof(text));
	if (chance & 2)
		splice(fds[0], NULL, fds[1], NULL, 100, SPLICE_F_NONBLOCK);
	read(fds[0], text, sizeof(text));
	close(fds[0]);
	close(fds[1]);
}

/* Words, and a file that travels with them. */
static void use_unix(uint32_t chance)
{
	char room[CMSG_SPACE(sizeof(int))] = {};
	struct iovec words = { .iov_base = text, .iov_len = 1 + chance % 9000 };
	struct msghdr message = { .msg_iov = &words,
				  .msg_iovlen = 1,
				  .msg_control = room,
				  .msg_controllen = sizeof(room) };
	struct cmsghdr *with = CMSG_FIRSTHDR(&message);
	int fds[2];

	if (socketpair(AF_UNIX, (chance & 1 ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0, fds))
		return;
	with->cmsg_level = SOL_SOCKET;
	with->cmsg_type = SCM_RIGHTS;
	with->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(with), &fds[0], sizeof(int));
	sendmsg(fds[0], &message, 0);
	write(fds[0], text, chance % 3000);
	/* The file that came is closed with the socket, unread, half of the time. */
	if (chance & 2)
		read(fds[1], text, sizeof(text));
	close(fds[0]);
	close(fds[1]);
}

static int bind_local(int type, struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);

	*address = (struct sockaddr_in){ .sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd >= 0 && (bind(fd, (struct sockaddr *)address, length) ||
			getsockname(fd, (struct sockaddr *)address, &length))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void use_udp(uint32_t chance)
{
	struct sockaddr_in address;
	int fd = bind_local(SOCK_DGRAM, &address);
	unsigned int i;

	if (fd < 0)
		return;
	for (i = 0; i < 1 + chance % 8; i++)
		sendto(fd, text, chance >> 17, 0, (struct sockaddr *)&address, sizeof(address));
	while (recv(fd, text, sizeof(text), 0) > 0)
		;
	/* Nobody is there: an ICMP message comes back. */
	address.sin_port = htons(9);
	sendto(fd, text, 10, 0, (struct sockaddr *)&address, sizeof(address));
	close(fd);
}

static void converse(int client, int server, uint32_t chance)
{
	struct pollfd wait = { .fd = client, .events = POLLIN };
	unsigned int i;
	int one = 1;

	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (i = 0; i < 1 + chance % 6; i++) {
		write(client, text, 1 + (chance >> 17));
		read(server, text, sizeof(text));
		write(server, text, 1 + (chance >> 20));
		poll(&wait, 1, 10);
		read(client, text, sizeof(text));
	}
}

static void use_tcp(uint32_t chance)
{
	struct linger at_once = { .l_onoff = 1 };
	struct sockaddr_in address;
	int listener = bind_local(SOCK_STREAM, &address), client, server;

	if (listener < 0)
		return;
	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (client >= 0 && !listen(listener, 4)) {
		struct pollfd wait = { .fd = listener, .events = POLLIN };

		connect(client, (struct sockaddr *)&address, sizeof(address));
		poll(&wait, 1, 100);
		server = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		if (server >= 0) {
			converse(client, server, chance);
			if (chance & 1)
				setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once,
					   sizeof(at_once));
			close(chance & 2 ? client : server);
			close(chance & 2 ? server : client);
			client = -1;
		}
	}
	if (client >= 0)
		close(client);
	close(listener);
}

static void ask_for_links(uint32_t chance)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg what;
	} request = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.what = { .rtgen_family = AF_UNSPEC },
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		return;
	request.head.nlmsg_type = chance & 1 ? RTM_GETLINK :
				  chance & 2 ? RTM_GETADDR :
					       RTM_GETROUTE;
	if (send(fd, &request, sizeof(request), 0) > 0)
		recv(fd, text, sizeof(text), MSG_DONTWAIT);
	close(fd);
}

static void wait_for_some(uint32_t chance)
{
	struct itimerspec when = { .it_value.tv_nsec = 1 + chance % 100000 };
	struct epoll_event event = { .events = EPOLLIN }, came[2];
	int set = epoll_create1(0), counter = eventfd(chance & 1, EFD_NONBLOCK),
	    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	timerfd_settime(timer, 0, &when, NULL);
	epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
	epoll_ctl(set, EPOLL_CTL_ADD, timer, &event);
	epoll_wait(set, came, 2, 1);
	close(timer);
	close(set);
	close(counter);
}

static void use_queues(uint32_t chance)
{
	struct {
		long type;
		char text[4000];
	} message = { .type = 1 };
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

	if (id >= 0) {
		msgsnd(id, &message, chance % sizeof(message.text), IPC_NOWAIT);
		msgrcv(id, &message, sizeof(message.text), 0, IPC_NOWAIT);
		msgctl(id, IPC_RMID, NULL);
	}
	id = semget(IPC_PRIVATE, 1 + (int)(chance % 20), IPC_CREAT | 0600);
	if (id >= 0) {
		semop(id, &up, 1);
		semctl(id, 0, IPC_RMID);
	}
}

const struct stir_kind stir_talk[] = {
	{ "pipe", use_pipe },	    { "unix", use_unix },
	{ "udp", use_udp },	    { "tcp", use_tcp },
	{ "links", ask_for_links }, { "wait", wait_for_some },
	{ "queues", use_queues },   { NULL, NULL },
};
