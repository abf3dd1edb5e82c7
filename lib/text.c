// SPDX-License-Identifier: GPL-2.0
/* Cuts text into lines and numbers for the parsers, and grows their arrays. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

char *memmon_text_copy(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

bool memmon_text_next(char **next, char *end, struct memmon_line *line)
{
	char *newline;

	if (!*next || *next >= end)
		return false;
	line->start = *next;
	newline = memchr(*next, '\n', (size_t)(end - *next));
	line->end = newline ? newline : end;
	*line->end = '\0';
	*next = newline ? newline + 1 : NULL;
	return true;
}

int memmon_text_number(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)(*text - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return -EINVAL;
		value = value * 10 + digit;
	}
	*ret = value;
	return 0;
}

int memmon_array_grow(void **array, size_t nr, size_t *room, size_t size)
{
	size_t wanted = *room ? *room * 2 : 64;
	void *grown;

	if (nr < *room)
		return 0;
	grown = reallocarray(*array, wanted, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*room = wanted;
	return 0;
}
