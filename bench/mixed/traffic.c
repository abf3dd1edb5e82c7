// SPDX-License-Identifier: GPL-2.0
/*
 * The network part of the mixed load: TCP connections on the loopback device, one after the other, each with some
 * requests and answers of different lengths, between a server that forks for each and a client.
 *
 * usage: traffic CONNECTIONS REQUESTS
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST 16384

static char text[LONGEST];

static int die(const char *what)
{
	perror(what);
	return 1;
}

/* Lengths from a hundred bytes to the longest, always in the same order. */
static size_t length_of(unsigned int request)
{
	return 100 + (request * 2654435761U >> 8) % (LONGEST - 100);
}

static int take(int fd, size_t length)
{
	ssize_t got;

	for (; length; length -= (size_t)got) {
		got = read(fd, text, length < LONGEST ? length : LONGEST);
		if (got <= 0)
			return die("traffic: read");
	}
	return 0;
}

static int give(int fd, size_t length)
{
	return write(fd, text, length) == (ssize_t)length ? 0 : die("traffic: write");
}

static int serve(int listener, unsigned int requests)
{
	int fd = accept(listener, NULL, NULL);
	unsigned int i;

	if (fd < 0)
		return die("traffic: accept");
	for (i = 0; i < requests; i++)
		if (take(fd, 100) || give(fd, length_of(i)))
			return 1;
	return 0;
}

static int ask(const struct sockaddr_in *address, unsigned int requests)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	unsigned int i;

	if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		return die("traffic: connect");
	for (i = 0; i < requests; i++)
		if (give(fd, 100) || take(fd, length_of(i)))
			return 1;
	close(fd);
	return 0;
}

static int converse(int listener, const struct sockaddr_in *address, unsigned int requests)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return die("traffic: fork");
	if (!child)
		_exit(serve(listener, requests));
	if (ask(address, requests))
		return 1;
	if (waitpid(child, &status, 0) != child || status) {
		fputs("traffic: the server failed\n", stderr);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener, connections, err = 0;

	if (argc != 3) {
		fputs("usage: traffic CONNECTIONS REQUESTS\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    getsockname(listener, (struct sockaddr *)&address, &length) || listen(listener, 8))
		return die("traffic: listen");
	for (connections = atoi(argv[1]); connections > 0 && !err; connections--)
		err = converse(listener, &address, (unsigned int)atoi(argv[2]));
	return err;
}
