// SPDX-License-Identifier: GPL-2.0
/* Asks the kernel for what its numbers mean, once each. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "snapshot_names.h"

#define MODULES_PATH "/proc/modules"
#define MODULES_LIMIT_BYTES ((size_t)16 * 1024 * 1024)
#define NR_CACHES 65536
#define ALIASES_BYTES 1024

/* "asked, and there is none" */
static const char none[] = "";

int snapshot_names_create(struct memmon_session *session, const char *sys, const char *mountinfo,
			  struct snapshot_names **ret)
{
	struct snapshot_names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->session = session;
	names->aliases.sys = sys;
	names->modules_path = MODULES_PATH;
	names->caches = calloc(NR_CACHES, sizeof(*names->caches));
	if (snapshot_cgroups_init(&names->cgroups, mountinfo) || !names->caches) {
		snapshot_names_destroy(names);
		return -ENOMEM;
	}
	*ret = names;
	return 0;
}

void snapshot_names_destroy(struct snapshot_names *names)
{
	if (!names)
		return;
	snapshot_cgroups_exit(&names->cgroups);
	memmon_aliases_exit(&names->aliases);
	memmon_intern_exit(&names->texts);
	free(names->modules);
	free(names->caches);
	free(names);
}

static void fill_cache(struct snapshot_names *names, struct memmon_cache *cache,
		       const struct memmon_cache_info *info)
{
	const char *name = memmon_intern_add(&names->texts, info->name, strlen(info->name));
	char text[ALIASES_BYTES];
	const char *aliases;

	memmon_aliases_find(&names->aliases, info->name, text, sizeof(text));
	aliases = memmon_intern_add(&names->texts, text, strlen(text));
	cache->id = info->id;
	cache->object_bytes = info->object_bytes;
	cache->aliases = aliases ? aliases : none;
	cache->name = name ? name : none;
}

const struct memmon_cache *snapshot_names_cache(struct snapshot_names *names, uint32_t id)
{
	struct memmon_cache_info info;
	struct memmon_cache *cache;

	if (!id || id >= NR_CACHES)
		return NULL;
	cache = &names->caches[id];
	if (!cache->name) {
		cache->name = none;
		if (!memmon_session_cache(names->session, id, &info))
			fill_cache(names, cache, &info);
	}
	return cache->name == none ? NULL : cache;
}

int snapshot_names_read_modules(struct snapshot_names *names)
{
	char *text;
	size_t len;
	int err;

	free(names->modules);
	names->modules = NULL;
	names->nr_modules = 0;
	/* A kernel without modules has no list of them. */
	if (memmon_disk_read(AT_FDCWD, names->modules_path, MODULES_LIMIT_BYTES, &text, &len))
		return 0;
	err = memmon_modules_parse(text, len, &names->modules, &names->nr_modules);
	free(text);
	return err;
}

bool snapshot_names_has_module(const struct snapshot_names *names, const char *name)
{
	for (size_t i = 0; i < names->nr_modules; i++)
		if (!strcmp(names->modules[i].name, name))
			return true;
	return false;
}
