// SPDX-License-Identifier: GPL-2.0
/* The JSON documents of a recording as wholes: what its session was, and how it ended. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memmon.h"
#include "memmon/recording.h"
#include "sidecar.h"

#define UUID_BYTES 16

static int put_uuid(json_t *object, const uint8_t uuid[UUID_BYTES])
{
	char hex[2 * UUID_BYTES + 1];

	for (unsigned int i = 0; i < UUID_BYTES; i++)
		sprintf(hex + 2 * i, "%02x", uuid[i]);
	return memmon_json_put_text(object, "uuid", hex);
}

static int get_uuid(const json_t *object, uint8_t uuid[UUID_BYTES])
{
	char hex[2 * UUID_BYTES + 1];

	if (memmon_json_get_text(object, "uuid", hex, sizeof(hex)) ||
	    strlen(hex) != 2 * UUID_BYTES || strspn(hex, "0123456789abcdef") != 2 * UUID_BYTES)
		return -EBADMSG;
	for (unsigned int i = 0; i < UUID_BYTES; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &uuid[i]) != 1)
			return -EBADMSG;
	return 0;
}

static int put_command(json_t *object, char *const *command)
{
	json_t *list = json_array();

	if (json_object_set_new(object, "command", list))
		return -ENOMEM;
	for (; command && *command; command++)
		if (json_array_append_new(list, memmon_json_text(*command)))
			return -ENOMEM;
	return 0;
}

int memmon_session_pack(const struct memmon_machine *machine, const struct memmon_options *options,
			char *const *command, const uint8_t uuid[UUID_BYTES], json_t **ret)
{
	json_t *object = json_object();
	json_t *part;

	if (memmon_json_put_text(object, "format", MEMMON_SIDECAR_FORMAT) ||
	    memmon_json_put_number(object, "major", MEMMON_RECORDING_MAJOR) ||
	    memmon_json_put_number(object, "minor", MEMMON_RECORDING_MINOR) ||
	    memmon_json_put_text(object, "writer", memmon_version()) || put_uuid(object, uuid) ||
	    put_command(object, command) || memmon_machine_pack(machine, &part))
		goto err_object;
	if (json_object_set_new(object, "machine", part) || memmon_options_pack(options, &part))
		goto err_object;
	if (json_object_set_new(object, "options", part))
		goto err_object;
	*ret = object;
	return 0;

err_object:
	json_decref(object);
	return -ENOMEM;
}

static int session_unpack(const json_t *object, struct memmon_machine *machine,
			  struct memmon_options *options, uint8_t uuid[UUID_BYTES])
{
	char format[64];
	uint32_t major;
	int err;

	if (memmon_json_get_text(object, "format", format, sizeof(format)) ||
	    strcmp(format, MEMMON_SIDECAR_FORMAT) || memmon_json_get_u32(object, "major", &major))
		return -EBADMSG;
	if (major != MEMMON_RECORDING_MAJOR)
		return -EPROTO;
	if (get_uuid(object, uuid) ||
	    memmon_options_unpack(json_object_get(object, "options"), options))
		return -EBADMSG;
	err = memmon_machine_unpack(json_object_get(object, "machine"), machine);
	return err;
}

int memmon_session_unpack(const char *text, size_t len, struct memmon_machine *machine,
			  struct memmon_options *options, uint8_t uuid[UUID_BYTES])
{
	json_t *object = json_loadb(text, len, 0, NULL);
	int err;

	if (!object)
		return -EBADMSG;
	err = session_unpack(object, machine, options, uuid);
	json_decref(object);
	return err;
}

int memmon_end_unpack(const char *text, size_t len, struct memmon_loss *ret, uint64_t *records)
{
	json_t *object = json_loadb(text, len, 0, NULL);
	int err = -EBADMSG;

	if (!object)
		return err;
	err = memmon_stats_unpack(json_object_get(object, "stats"), ret);
	if (!err)
		err = memmon_json_get_number(object, "overwritten", UINT64_MAX, &ret->overwritten);
	if (!err)
		err = memmon_json_get_number(object, "records", UINT64_MAX, records);
	if (!err && json_object_get(object, "without_stack"))
		err = memmon_json_get_number(object, "without_stack", UINT64_MAX,
					     &ret->without_stack);
	json_decref(object);
	return err;
}
