// SPDX-License-Identifier: GPL-2.0
/* What the reader of a live session asks the system for, and keeps: caches and cgroups. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intern.h"
#include "reader_live.h"

#define NR_CACHES 65536
#define NR_PROCESSES (MEMMON_PID_MASK + 1)

/* "asked, and there is none" */
static const char none[] = "";

/**
 * struct live_names - what has been asked for
 * @caches: by id; those with an empty name are not known
 * @cgroups: by process; both tables are large, but only what is used of them takes memory
 */
struct live_names {
	struct memmon_session *session;
	struct memmon_cache *caches;
	const char **cgroups;
	struct memmon_intern texts;
};

int live_names_create(struct memmon_session *session, struct live_names **ret)
{
	struct live_names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->session = session;
	names->caches = calloc(NR_CACHES, sizeof(*names->caches));
	names->cgroups = calloc(NR_PROCESSES, sizeof(*names->cgroups));
	if (!names->caches || !names->cgroups) {
		live_names_destroy(names);
		return -ENOMEM;
	}
	*ret = names;
	return 0;
}

void live_names_destroy(struct live_names *names)
{
	if (!names)
		return;
	memmon_intern_exit(&names->texts);
	free(names->caches);
	free(names->cgroups);
	free(names);
}

const struct memmon_cache *live_names_cache(struct live_names *names, uint32_t id)
{
	struct memmon_cache_info info;
	struct memmon_cache *cache;

	if (!id || id >= NR_CACHES)
		return NULL;
	cache = &names->caches[id];
	if (cache->name)
		return cache->name == none ? NULL : cache;
	cache->name = none;
	if (memmon_session_cache(names->session, id, &info))
		return NULL;
	cache->id = id;
	cache->object_bytes = info.object_bytes;
	cache->aliases = none;
	cache->name = memmon_intern_add(&names->texts, info.name, strlen(info.name));
	if (!cache->name)
		cache->name = none;
	return cache->name == none ? NULL : cache;
}

/* The line "0::/path" is that of the one hierarchy of cgroup v2. */
static const char *read_cgroup(struct live_names *names, uint32_t tgid)
{
	const char *ret = none;
	char *line = NULL;
	size_t room = 0;
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", tgid);
	file = fopen(path, "re");
	if (!file)
		return none;
	while (ret == none && getline(&line, &room, file) > 0) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		ret = memmon_intern_add(&names->texts, line + 3, strcspn(line + 3, "\n"));
		if (!ret)
			ret = none;
	}
	free(line);
	fclose(file);
	return ret;
}

const char *live_names_cgroup(struct live_names *names, uint32_t tgid)
{
	if (tgid >= NR_PROCESSES)
		return NULL;
	if (!names->cgroups[tgid])
		names->cgroups[tgid] = read_cgroup(names, tgid);
	return names->cgroups[tgid] == none ? NULL : names->cgroups[tgid];
}
