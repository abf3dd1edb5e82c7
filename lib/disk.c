// SPDX-License-Identifier: GPL-2.0
/* Files of a recording: made private, read whole, written whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

static int read_all(int fd, size_t limit, char **ret, size_t *len)
{
	size_t room = 16 * 1024;
	size_t used = 0;
	char *text = malloc(room);
	ssize_t got;

	if (!text)
		return -ENOMEM;
	for (;;) {
		got = read(fd, text + used, room - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used > limit)
			goto err_too_big;
		if (used + 1 == room) {
			char *grown = realloc(text, room * 2);

			if (!grown)
				goto err_no_memory;
			text = grown;
			room *= 2;
		}
	}
	if (got < 0) {
		int err = -errno;

		free(text);
		return err;
	}
	text[used] = '\0';
	*ret = text;
	*len = used;
	return 0;

err_too_big:
	free(text);
	return -EFBIG;
err_no_memory:
	free(text);
	return -ENOMEM;
}

int memmon_disk_read(int dir, const char *path, size_t limit, char **ret, size_t *len)
{
	/* A fifo that somebody has put into a recording must not make its reader hang. */
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = read_all(fd, limit, ret, len);
	close(fd);
	return err;
}

int memmon_disk_create(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : fd;
}

int memmon_disk_store(int dir, const char *name, const void *data, size_t len)
{
	struct iovec part = { .iov_base = (void *)data, .iov_len = len };
	int fd = memmon_disk_create(dir, name);
	uint64_t size = 0;
	int err;

	if (fd < 0)
		return fd;
	err = memmon_disk_append(fd, &size, &part, 1);
	if (close(fd) && !err)
		err = -errno;
	if (err)
		unlinkat(dir, name, 0);
	return err;
}

/* Takes @done bytes off the front of the parts. */
static void advance(struct iovec **parts, unsigned int *nr, size_t done)
{
	while (*nr && done >= (*parts)->iov_len) {
		done -= (*parts)->iov_len;
		(*parts)++;
		(*nr)--;
	}
	if (*nr) {
		(*parts)->iov_base = (char *)(*parts)->iov_base + done;
		(*parts)->iov_len -= done;
	}
}

int memmon_disk_append(int fd, uint64_t *size, struct iovec *parts, unsigned int nr)
{
	uint64_t end = *size;

	advance(&parts, &nr, 0);
	while (nr) {
		ssize_t done = pwritev(fd, parts, (int)nr, (off_t)end);
		int err = done < 0 ? -errno : -EIO;

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			/* If even this fails, the reader will find a packet or line cut off. */
			if (ftruncate(fd, (off_t)*size))
				return err;
			return err;
		}
		end += (size_t)done;
		advance(&parts, &nr, (size_t)done);
	}
	*size = end;
	return 0;
}

int memmon_line_file_create(struct memmon_line_file *file, int dir, const char *name)
{
	memset(file, 0, sizeof(*file));
	file->fd = memmon_disk_create(dir, name);
	return file->fd < 0 ? file->fd : 0;
}

int memmon_line_file_flush(struct memmon_line_file *file)
{
	struct iovec part = { .iov_base = file->pending.text, .iov_len = file->pending.len };
	int err;

	if (file->pending.err)
		return file->pending.err;
	err = memmon_disk_append(file->fd, &file->size, &part, 1);
	if (!err)
		file->pending.len = 0;
	return err;
}

void memmon_line_file_close(struct memmon_line_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	memmon_buffer_exit(&file->pending);
}
