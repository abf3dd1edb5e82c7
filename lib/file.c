// SPDX-License-Identifier: GPL-2.0
/* Reads a /proc file whole, again and again, without new allocations in the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "memmon.h"

struct memmon_file {
	int fd;
	char *buffer;
	size_t room;
};

int memmon_file_open(const char *path, struct memmon_file **ret)
{
	struct memmon_file *file = calloc(1, sizeof(*file));
	int err;

	if (!file)
		return -ENOMEM;
	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0) {
		err = -errno;
		free(file);
		return err;
	}
	*ret = file;
	return 0;
}

void memmon_file_close(struct memmon_file *file)
{
	if (!file)
		return;
	close(file->fd);
	free(file->buffer);
	free(file);
}

static int grow(struct memmon_file *file)
{
	size_t room = file->room ? file->room * 2 : 64 * 1024;
	char *buffer = realloc(file->buffer, room);

	if (!buffer)
		return -ENOMEM;
	file->buffer = buffer;
	file->room = room;
	return 0;
}

int memmon_file_read(struct memmon_file *file, const char **text, size_t *len)
{
	size_t used = 0;
	ssize_t got;

	/* A pipe cannot be rewound, and need not be: it is at its start the first time. */
	if (lseek(file->fd, 0, SEEK_SET) < 0 && errno != ESPIPE)
		return -errno;
	do {
		if (used == file->room && grow(file))
			return -ENOMEM;
		got = read(file->fd, file->buffer + used, file->room - used);
		if (got > 0)
			used += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return -errno;
	*text = file->buffer;
	*len = used;
	return 0;
}
