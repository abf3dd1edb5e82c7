// SPDX-License-Identifier: GPL-2.0
/* What /proc says of a process: its name and its cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "process.h"

#define FILE_LIMIT_BYTES ((size_t)1024 * 1024)

static int read_file(const char *proc, uint32_t tgid, const char *name, char **ret, size_t *len)
{
	char path[512];
	int used = snprintf(path, sizeof(path), "%s/%u/%s", proc, tgid, name);

	if (used < 0 || (size_t)used >= sizeof(path))
		return -ENAMETOOLONG;
	return memmon_disk_read(AT_FDCWD, path, FILE_LIMIT_BYTES, ret, len);
}

static bool is_controlled(const char *controllers, size_t len, const char *name)
{
	const char *at = memmem(controllers, len, name, strlen(name));

	return at && (at == controllers || at[-1] == ',') &&
	       (at + strlen(name) == controllers + len || at[strlen(name)] == ',');
}

/* Lines are id:controllers:path. That of the unified hierarchy is 0::path; the kernel escapes newlines. */
static const char *find_path(char *text)
{
	const char *found = NULL;
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		controllers++;
		if (path == controllers)
			return path + 1;
		if (is_controlled(controllers, (size_t)(path - controllers), "memory"))
			found = path + 1;
	}
	return found;
}

int memmon_process_cgroup(const char *proc, uint32_t tgid, char *ret, size_t size)
{
	const char *path;
	char *text;
	size_t len;
	int err = read_file(proc, tgid, "cgroup", &text, &len);

	if (err)
		return err;
	path = find_path(text);
	if (!path)
		err = -ENOENT;
	else if (strlen(path) >= size)
		err = -ENAMETOOLONG;
	else
		strcpy(ret, path);
	free(text);
	return err;
}

int memmon_process_comm(const char *proc, uint32_t tgid, char *ret, size_t size)
{
	char *text;
	size_t len;
	int err = read_file(proc, tgid, "comm", &text, &len);

	if (err)
		return err;
	/* The name may hold newlines itself; the kernel adds the last one. */
	if (len && text[len - 1] == '\n')
		text[--len] = '\0';
	if (len >= size)
		len = size - 1;
	memcpy(ret, text, len);
	ret[len] = '\0';
	free(text);
	return 0;
}
