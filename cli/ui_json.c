// SPDX-License-Identifier: GPL-2.0
/* Prints JSON, whatever bytes the names in it are made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui.h"

json_t *ui_json_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value)
		return value;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *at = copy; *at; at++)
		if (*at & 0x80)
			*at = '?';
	value = json_string(copy);
	free(copy);
	return value;
}

int ui_json_print(json_t *value, FILE *out)
{
	if (!value)
		return -ENOMEM;
	json_dumpf(value, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(value);
	return 0;
}
