// SPDX-License-Identifier: GPL-2.0
/* Parses /proc/mem_monitor_status into an ordered table of keys and values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "memmon.h"

struct entry {
	const char *key;
	const char *value;
};

struct memmon_status {
	char *text;
	struct entry *entries;
	size_t nr_entries;
	size_t room;
};

static int add_line(struct memmon_status *status, char *line)
{
	struct entry *entry;
	char *space;
	int err;

	if (!*line)
		return 0;
	err = memmon_array_grow((void **)&status->entries, status->nr_entries, &status->room,
				sizeof(*entry));
	if (err)
		return err;
	entry = &status->entries[status->nr_entries++];
	space = strchr(line, ' ');
	entry->key = line;
	entry->value = space ? space + 1 : "";
	if (space)
		*space = '\0';
	return 0;
}

int memmon_status_parse(const char *text, size_t len, struct memmon_status **ret)
{
	struct memmon_status *status = calloc(1, sizeof(*status));
	struct memmon_line line;
	char *next;
	int err = -ENOMEM;

	if (!status)
		return -ENOMEM;
	status->text = memmon_text_copy(text, len);
	if (!status->text)
		goto err_destroy;
	next = status->text;
	while (memmon_text_next(&next, status->text + len, &line)) {
		err = add_line(status, line.start);
		if (err)
			goto err_destroy;
	}
	if (!status->nr_entries) {
		err = -EBADMSG;
		goto err_destroy;
	}
	*ret = status;
	return 0;

err_destroy:
	memmon_status_destroy(status);
	return err;
}

void memmon_status_destroy(struct memmon_status *status)
{
	if (!status)
		return;
	free(status->entries);
	free(status->text);
	free(status);
}

size_t memmon_status_count(const struct memmon_status *status)
{
	return status->nr_entries;
}

const char *memmon_status_key(const struct memmon_status *status, size_t i)
{
	return status->entries[i].key;
}

const char *memmon_status_value(const struct memmon_status *status, size_t i)
{
	return status->entries[i].value;
}

const char *memmon_status_find(const struct memmon_status *status, const char *key)
{
	for (size_t i = 0; i < status->nr_entries; i++)
		if (!strcmp(status->entries[i].key, key))
			return status->entries[i].value;
	return NULL;
}

int memmon_status_number(const struct memmon_status *status, const char *key, uint64_t *ret)
{
	const char *value = memmon_status_find(status, key);

	return value ? memmon_text_number(value, ret) : -ENOENT;
}
