// SPDX-License-Identifier: GPL-2.0
/* A text that grows at its end, and the ways in which foreign text is put into it safely. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"

void memmon_buffer_exit(struct memmon_buffer *buffer)
{
	free(buffer->text);
	memset(buffer, 0, sizeof(*buffer));
}

/* Makes room for @len bytes and the zero behind them. */
static int reserve(struct memmon_buffer *buffer, size_t len)
{
	size_t room = buffer->room ? buffer->room : 256;
	char *text;

	if (buffer->err)
		return buffer->err;
	while (room - buffer->len <= len)
		room *= 2;
	if (room == buffer->room)
		return 0;
	text = realloc(buffer->text, room);
	if (!text) {
		buffer->err = -ENOMEM;
		return -ENOMEM;
	}
	buffer->text = text;
	buffer->room = room;
	return 0;
}

void memmon_buffer_add(struct memmon_buffer *buffer, const void *text, size_t len)
{
	if (reserve(buffer, len))
		return;
	memcpy(buffer->text + buffer->len, text, len);
	buffer->len += len;
	buffer->text[buffer->len] = '\0';
}

void memmon_buffer_print(struct memmon_buffer *buffer, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || reserve(buffer, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buffer->text + buffer->len, (size_t)len + 1, format, args);
	va_end(args);
	buffer->len += (size_t)len;
}

void memmon_buffer_add_field(struct memmon_buffer *buffer, const char *text)
{
	if (!text) {
		memmon_buffer_add(buffer, "-", 1);
		return;
	}
	if (!strcmp(text, "-")) {
		memmon_buffer_print(buffer, "\\x%02x", '-');
		return;
	}
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\\')
			memmon_buffer_add(buffer, "\\\\", 2);
		else if (c < ' ' || c == 0x7f)
			memmon_buffer_print(buffer, "\\x%02x", c);
		else
			memmon_buffer_add(buffer, text, 1);
	}
}

void memmon_buffer_add_quoted(struct memmon_buffer *buffer, const char *text)
{
	memmon_buffer_add(buffer, "\"", 1);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			memmon_buffer_add(buffer, "\\", 1);
		memmon_buffer_add(buffer, *text < ' ' || *text > '~' ? "?" : text, 1);
	}
	memmon_buffer_add(buffer, "\"", 1);
}
