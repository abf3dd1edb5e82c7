// SPDX-License-Identifier: GPL-2.0
/* Slab caches that the kernel has merged: links in /sys/kernel/slab that point to one folder. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aliases.h"
#include "internal.h"

/* A cache that was not merged is a folder itself, and has no entry here but a @target of its own name. */
struct memmon_aliases_entry {
	char name[NAME_MAX + 1];
	char target[NAME_MAX + 1];
};

void memmon_aliases_exit(struct memmon_aliases *aliases)
{
	free(aliases->entries);
	memset(aliases, 0, sizeof(*aliases));
}

static void add(struct memmon_aliases *aliases, int dir, const struct dirent *file)
{
	struct memmon_aliases_entry *entry;
	ssize_t len;

	if (file->d_name[0] == '.' || memmon_array_grow((void **)&aliases->entries, aliases->nr,
							&aliases->room, sizeof(*entry)))
		return;
	entry = &aliases->entries[aliases->nr];
	snprintf(entry->name, sizeof(entry->name), "%s", file->d_name);
	len = readlinkat(dir, file->d_name, entry->target, sizeof(entry->target) - 1);
	if (len < 0)
		snprintf(entry->target, sizeof(entry->target), "%s", file->d_name);
	else
		entry->target[len] = '\0';
	aliases->nr++;
}

static void load(struct memmon_aliases *aliases)
{
	const struct dirent *file;
	char path[PATH_MAX];
	DIR *dir;

	aliases->nr = 0;
	snprintf(path, sizeof(path), "%s/kernel/slab", aliases->sys);
	dir = opendir(path);
	if (!dir)
		return;
	while ((file = readdir(dir)))
		add(aliases, dirfd(dir), file);
	closedir(dir);
}

static const struct memmon_aliases_entry *find(const struct memmon_aliases *aliases,
					       const char *name)
{
	for (size_t i = 0; i < aliases->nr; i++)
		if (!strcmp(aliases->entries[i].name, name))
			return &aliases->entries[i];
	return NULL;
}

void memmon_aliases_find(struct memmon_aliases *aliases, const char *name, char *ret, size_t size)
{
	const struct memmon_aliases_entry *entry = find(aliases, name);
	size_t used = 0;

	*ret = '\0';
	if (!entry) {
		load(aliases);
		entry = find(aliases, name);
	}
	if (!entry)
		return;
	for (size_t i = 0; i < aliases->nr; i++) {
		const struct memmon_aliases_entry *other = &aliases->entries[i];
		size_t len = strlen(other->name);

		/* The folder of merged caches has a made-up name that begins with a colon. */
		if (other == entry || other->name[0] == ':' || strcmp(other->target, entry->target))
			continue;
		if (used + len + 2 > size)
			break;
		used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "," : "",
					 other->name);
	}
}
