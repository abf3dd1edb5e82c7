/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of libmemmon share and its users never see. */
#ifndef MEMMON_INTERNAL_H
#define MEMMON_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line cut out of a text that is modified in place. */
struct memmon_line {
	char *start;
	char *end; /* holds the terminating zero */
};

/**
 * memmon_text_copy() - a private copy that ends with a zero, or NULL without memory
 */
char *memmon_text_copy(const char *text, size_t len);

/**
 * memmon_text_next() - cut the next line off
 * @next: where to go on, moved behind the line; NULL after the last one
 * @end: end of the whole text
 * @line: the line, zero-terminated in place
 *
 * Return: false when no line is left.
 */
bool memmon_text_next(char **next, char *end, struct memmon_line *line);

/**
 * memmon_text_number() - read a whole string as a decimal number
 *
 * Return: 0, or -EINVAL for anything but digits that fit.
 */
int memmon_text_number(const char *text, uint64_t *ret);

/**
 * memmon_array_grow() - room for one more element
 * @array: the array, moved when it must grow
 * @nr: elements in use
 * @room: elements there is room for
 * @size: bytes of one element
 *
 * Return: 0 or -ENOMEM; on failure the array is as it was.
 */
int memmon_array_grow(void **array, size_t nr, size_t *room, size_t size);

#endif
