/* SPDX-License-Identifier: GPL-2.0 */
/* One event as a line: for people, and as a JSON object. */
#ifndef EVENT_LINE_H
#define EVENT_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "memmon/reader.h"

/**
 * event_line_text() - print an event for people
 * @reader: knows the names
 *
 * Return: 0 or a negative errno; that a stream failed is left to the stream.
 */
int event_line_text(struct memmon_reader *reader, const struct memmon_event *event, FILE *out);

/**
 * event_line_stack() - print the call stack of an event, a frame on each line
 *
 * Return: 0 or a negative errno.
 */
int event_line_stack(struct memmon_reader *reader, const struct memmon_event *event, FILE *out);

/**
 * event_line_json() - print an event as a JSON object on one line
 * @has_stack: with its call stack
 *
 * Return: 0 or a negative errno.
 */
int event_line_json(struct memmon_reader *reader, const struct memmon_event *event, bool has_stack,
		    FILE *out);

#endif
