/* SPDX-License-Identifier: GPL-2.0 */
/* What was lost on the way: the line that every view ends with, and what --strict makes of it. */
#ifndef LOSS_H
#define LOSS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "memmon/reader.h"

/**
 * loss_print() - one line: recorded, filtered, dropped, overwritten, with reasons; and what was cut
 */
void loss_print(const struct memmon_loss *loss, FILE *out);

/**
 * loss_is_any() - is there an event that should be in the view and is not?
 */
bool loss_is_any(const struct memmon_loss *loss);

/**
 * loss_verdict() - the exit code of a view
 * @is_strict: any loss is a failure
 *
 * Return: CMD_OK or CMD_INCOMPLETE.
 */
int loss_verdict(const struct memmon_loss *loss, bool is_strict);

/**
 * loss_json() - the books as an object, or NULL without memory
 */
json_t *loss_json(const struct memmon_loss *loss);

#endif
