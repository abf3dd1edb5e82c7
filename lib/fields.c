// SPDX-License-Identifier: GPL-2.0
/* Cuts the lines of a recording's line files into fields, and takes the escapes out of them. */
#include <errno.h>
#include <string.h>

#include "disk.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* No name holds a zero, so \x00 is no escape. */
int memmon_unescape(char *text)
{
	char *to = text;

	while (*text) {
		int high, low;

		if (*text != '\\') {
			*to++ = *text++;
			continue;
		}
		if (text[1] == '\\') {
			*to++ = '\\';
			text += 2;
			continue;
		}
		if (text[1] != 'x')
			return -EBADMSG;
		high = hex_digit(text[2]);
		low = high < 0 ? -1 : hex_digit(text[3]);
		if (low < 0 || !(high | low))
			return -EBADMSG;
		*to++ = (char)(high << 4 | low);
		text += 4;
	}
	*to = '\0';
	return 0;
}

int memmon_fields_split(char *line, char **fields, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		char *tab;

		if (!line)
			return -EBADMSG;
		tab = strchr(line, '\t');
		if (tab)
			*tab = '\0';
		fields[i] = strcmp(line, "-") ? line : NULL;
		if (memmon_unescape(line))
			return -EBADMSG;
		line = tab ? tab + 1 : NULL;
	}
	return 0;
}

int memmon_field_hex(const char *field, uint64_t *ret)
{
	uint64_t value = 0;
	int digits = 0;

	if (!field)
		return -EBADMSG;
	for (; *field; field++, digits++) {
		int digit = hex_digit(*field);

		if (digit < 0 || digits == 16)
			return -EBADMSG;
		value = value << 4 | (unsigned int)digit;
	}
	if (!digits)
		return -EBADMSG;
	*ret = value;
	return 0;
}
