// SPDX-License-Identifier: GPL-2.0
/* Asks the kernel for what its numbers mean, once each. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_names.h"

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
