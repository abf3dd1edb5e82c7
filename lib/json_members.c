// SPDX-License-Identifier: GPL-2.0
/* Numbers of 64 bits and text of any bytes as members of JSON objects. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "internal.h"
#include "sidecar.h"

/* Above this, a reader that knows only floating-point numbers changes them. */
#define MAX_EXACT (1ULL << 53)

int memmon_json_put_number(json_t *object, const char *key, uint64_t value)
{
	char digits[24];

	if (value <= MAX_EXACT)
		return json_object_set_new(object, key, json_integer((json_int_t)value)) ? -ENOMEM :
											   0;
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	return json_object_set_new(object, key, json_string(digits)) ? -ENOMEM : 0;
}

int memmon_json_get_number(const json_t *object, const char *key, uint64_t max, uint64_t *ret)
{
	const json_t *value = json_object_get(object, key);
	uint64_t number;

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		number = (uint64_t)json_integer_value(value);
	else if (!json_is_string(value) || memmon_text_number(json_string_value(value), &number))
		return -EBADMSG;
	if (number > max)
		return -EBADMSG;
	*ret = number;
	return 0;
}

int memmon_json_get_u32(const json_t *object, const char *key, uint32_t *ret)
{
	uint64_t number;
	int err = memmon_json_get_number(object, key, UINT32_MAX, &number);

	if (!err)
		*ret = (uint32_t)number;
	return err;
}

json_t *memmon_json_text(const char *text)
{
	struct memmon_buffer escaped = { 0 };
	json_t *value;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\\')
			memmon_buffer_add(&escaped, "\\\\", 2);
		else if (c < ' ' || c > '~')
			memmon_buffer_print(&escaped, "\\x%02x", c);
		else
			memmon_buffer_add(&escaped, text, 1);
	}
	value = escaped.err ? NULL : json_stringn(escaped.len ? escaped.text : "", escaped.len);
	memmon_buffer_exit(&escaped);
	return value;
}

int memmon_json_put_text(json_t *object, const char *key, const char *text)
{
	return json_object_set_new(object, key, memmon_json_text(text)) ? -ENOMEM : 0;
}

int memmon_json_get_text(const json_t *object, const char *key, char *ret, size_t size)
{
	const json_t *value = json_object_get(object, key);
	struct memmon_buffer line = { 0 };
	int err = 0;

	if (!json_is_string(value))
		return -EBADMSG;
	memmon_buffer_add(&line, json_string_value(value), json_string_length(value));
	if (line.err)
		err = -ENOMEM;
	else if (memmon_unescape(line.text))
		err = -EBADMSG;
	else if (strlen(line.text) >= size)
		err = -EBADMSG;
	else
		strcpy(ret, line.text);
	memmon_buffer_exit(&line);
	return err;
}
