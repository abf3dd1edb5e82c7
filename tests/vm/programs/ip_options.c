// SPDX-License-Identifier: GPL-2.0
/* device ip-options N: sets options of a socket N times; the kernel frees the old ones with kfree_rcu(). */
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "session.h"

int command_ip_options(char **words)
{
	/* Three times "no operation", and the end. */
	static const unsigned char options[] = { IPOPT_NOP, IPOPT_NOP, IPOPT_NOP, IPOPT_EOL };
	uint64_t left = spec_number(words[0]);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket: %m");
	while (left--)
		if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options, sizeof(options)))
			die("IP_OPTIONS: %m");
	close(fd);
	return 0;
}
