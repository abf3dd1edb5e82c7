/* SPDX-License-Identifier: GPL-2.0 */
/* A text that grows at its end, and the ways in which foreign text is put into it safely. */
#ifndef MEMMON_BUFFER_H
#define MEMMON_BUFFER_H

#include <stddef.h>

/**
 * struct memmon_buffer - a text; all zero when it is empty
 * @err: -ENOMEM once something did not fit; nothing is added any more
 */
struct memmon_buffer {
	char *text;
	size_t len;
	size_t room;
	int err;
};

void memmon_buffer_exit(struct memmon_buffer *buffer);
void memmon_buffer_add(struct memmon_buffer *buffer, const void *text, size_t len);
void memmon_buffer_print(struct memmon_buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * memmon_buffer_add_field() - one field of a line file, as docs/recording.md has it
 * @text: any bytes, or NULL for "not known"
 *
 * Backslash, control characters, and the name "-" are escaped: neither tab nor newline can get out.
 */
void memmon_buffer_add_field(struct memmon_buffer *buffer, const char *text);

/**
 * memmon_buffer_add_quoted() - a string of TSDL, with its quotation marks
 *
 * Whatever is not printable ASCII becomes '?': the exact name stands in the sidecar.
 */
void memmon_buffer_add_quoted(struct memmon_buffer *buffer, const char *text);

#endif
