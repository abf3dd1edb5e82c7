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
#define FILES_MAX 1000
#define SETTLE_S 7 /* the kernel keeps what kfree_rcu() got for up to 5 s */

static int files[FILES_MAX], nr_files;

/* Open for all the time, since the kernel frees what belongs to such a file with kfree_rcu(). */
static void open_all(void)
{
	glob_t found;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &found))
		die("/sys/kernel/slab holds no caches");
	for (i = 0; i < found.gl_pathc && nr_files < FILES_MAX; i++) {
		files[nr_files] = open(found.gl_pathv[i], O_WRONLY);
		/* Some caches are gone by now. */
		nr_files += files[nr_files] >= 0;
	}
	globfree(&found);
	/* To write to such a file takes eight bytes, which is the last to be given back. */
	files[nr_files++] = open(LAST, O_WRONLY);
}

static void shrink_all(void)
{
	int i;

	/* Some refuse. */
	for (i = 0; i < nr_files; i++)
		if (write(files[i], "1", 1) < 0)
			errno = 0;
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
	open_all();
	shrink_all();
	read_all(slabinfo, text);
	sleep(SETTLE_S);
	shrink_all();
	bytes = read_all(slabinfo, text);
	if (write(file, text, bytes) != (ssize_t)bytes)
		die("%s: %m", words[0]);
	close(file);
	close(slabinfo);
	free(text);
	return 0;
}
