// SPDX-License-Identifier: GPL-2.0
/*
 * device look FILE: has all slab caches give back what CPUs keep for themselves, which the kernel counts as in use,
 * and writes what /proc/slabinfo says right after. Little is allocated in between.
 */
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "command.h"

#define LAST "/sys/kernel/slab/kmalloc-8/shrink"
#define TEXT_BYTES 262144

/* Some caches refuse, some are gone by now. */
static void shrink(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) < 0)
		errno = 0;
	close(fd);
}

static void shrink_all(void)
{
	glob_t found;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &found))
		die("/sys/kernel/slab holds no caches");
	for (i = 0; i < found.gl_pathc; i++)
		shrink(found.gl_pathv[i]);
	globfree(&found);
}

static size_t read_all(int fd, char *text)
{
	size_t bytes = 0;
	ssize_t got;

	if (lseek(fd, 0, SEEK_SET))
		die("/proc/slabinfo: lseek: %m");
	while ((got = read(fd, text + bytes, TEXT_BYTES - bytes)) > 0)
		bytes += got;
	if (got < 0 || bytes == TEXT_BYTES)
		die("/proc/slabinfo: %m");
	return bytes;
}

int command_look(char **words)
{
	int slabinfo = open("/proc/slabinfo", O_RDONLY), file;
	char *text = malloc(TEXT_BYTES);
	cpu_set_t first;
	size_t bytes;

	if (slabinfo < 0 || !text || !words[0])
		die("/proc/slabinfo, or no file to write to: %m");
	file = open(words[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (file < 0)
		die("%s: %m", words[0]);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	/* The first time makes room, in here and in the kernel. */
	shrink_all();
	bytes = read_all(slabinfo, text);
	shrink_all();
	/* To write to such a file takes eight bytes. */
	shrink(LAST);
	bytes = read_all(slabinfo, text);
	if (write(file, text, bytes) != (ssize_t)bytes)
		die("%s: %m", words[0]);
	close(file);
	close(slabinfo);
	free(text);
	return 0;
}
