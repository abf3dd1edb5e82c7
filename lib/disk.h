/* SPDX-License-Identifier: GPL-2.0 */
/* Files of a recording: made private, read whole, written whole or not at all. */
#ifndef MEMMON_DISK_H
#define MEMMON_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "buffer.h"

/**
 * memmon_disk_read() - read a whole file, which may be one of /proc
 * @dir: descriptor of the folder that @path is relative to, or AT_FDCWD
 * @limit: of bytes
 * @ret: the content and a zero behind it, to be freed by the caller
 * @len: its length
 *
 * Return: 0, -EFBIG when there is more, -EISDIR and other negative errnos.
 */
int memmon_disk_read(int dir, const char *path, size_t limit, char **ret, size_t *len);

/* Makes a new file, 0600. Return: its descriptor or a negative errno. */
int memmon_disk_create(int dir, const char *name);

/* Writes a new file, 0600, or removes what there is of it. Return: 0 or a negative errno. */
int memmon_disk_store(int dir, const char *name, const void *data, size_t len);

/**
 * memmon_disk_append() - add to the end of a file, all or nothing
 * @size: of the file; moved when the call succeeds
 * @parts: what to add; used up
 * @nr: how many there are
 *
 * Return: 0, or a negative errno when the file is as it was.
 */
int memmon_disk_append(int fd, uint64_t *size, struct iovec *parts, unsigned int nr);

/**
 * struct memmon_line_file - a file to which lines are appended
 * @pending: lines that are not in it yet; a failed write keeps them for the next one
 */
struct memmon_line_file {
	int fd;
	uint64_t size;
	struct memmon_buffer pending;
};

int memmon_line_file_create(struct memmon_line_file *file, int dir, const char *name);
int memmon_line_file_flush(struct memmon_line_file *file);
/* Does nothing to a file that is all zero but for an @fd of -1. */
void memmon_line_file_close(struct memmon_line_file *file);

/**
 * memmon_fields_split() - cut a line of a line file into its fields, in place
 * @fields: the fields, without their escapes; NULL for one that is not known
 * @nr: how many there must be
 *
 * More fields than that, which a later version may have, are ignored.
 *
 * Return: 0, or -EBADMSG when fields are missing or an escape is none.
 */
int memmon_fields_split(char *line, char **fields, size_t nr);

/* Takes the escapes \\ and \xHH out of a text, in place. Return: 0 or -EBADMSG. */
int memmon_unescape(char *text);

/* A number in hex, without 0x. Return: 0 or -EBADMSG. */
int memmon_field_hex(const char *field, uint64_t *ret);

#endif
