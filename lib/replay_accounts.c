// SPDX-License-Identifier: GPL-2.0
/* Finds whose a birth in a recording is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "replay_accounts.h"
#include "snapshot_internal.h"

static int add_path(struct replay_accounts *accounts, const char *path)
{
	if (memmon_array_grow((void **)&accounts->paths, accounts->nr_paths, &accounts->room_paths,
			      sizeof(*accounts->paths)))
		return -ENOMEM;
	accounts->paths[accounts->nr_paths++] = path;
	return 0;
}

int replay_accounts_init(struct replay_accounts *accounts, struct memmon_reader *reader)
{
	memset(accounts, 0, sizeof(*accounts));
	accounts->reader = reader;
	if (report_map_init(&accounts->map) || report_map_init(&accounts->of_path) ||
	    report_map_init(&accounts->of_tgid))
		return -ENOMEM;
	return add_path(accounts, NULL);
}

void replay_accounts_exit(struct replay_accounts *accounts)
{
	report_map_exit(&accounts->map);
	report_map_exit(&accounts->of_path);
	report_map_exit(&accounts->of_tgid);
	memmon_intern_exit(&accounts->texts);
	free(accounts->paths);
	free(accounts->accounts);
}

/* The number of a path; of NULL it is 0. */
static int number_of_path(struct replay_accounts *accounts, const char *path, uint32_t *ret)
{
	uint64_t key;

	*ret = 0;
	if (!path)
		return 0;
	path = memmon_intern_add(&accounts->texts, path, strlen(path));
	if (!path)
		return -ENOMEM;
	key = (uintptr_t)path;
	*ret = report_map_find(&accounts->of_path, key);
	if (*ret != REPORT_MAP_NONE)
		return 0;
	*ret = (uint32_t)accounts->nr_paths;
	if (add_path(accounts, path))
		return -ENOMEM;
	return report_map_add(&accounts->of_path, key, *ret);
}

/* An interrupt asks for nobody. */
static int number_of_cgroup(struct replay_accounts *accounts, const struct memmon_record *birth,
			    uint32_t *ret)
{
	*ret = 0;
	if (birth->context != MEMMON_CONTEXT_TASK)
		return 0;
	*ret = report_map_find(&accounts->of_tgid, birth->tgid);
	if (*ret != REPORT_MAP_NONE)
		return 0;
	if (number_of_path(accounts, memmon_reader_cgroup(accounts->reader, birth->tgid), ret))
		return -ENOMEM;
	return report_map_add(&accounts->of_tgid, birth->tgid, *ret);
}

/* All that tells accounts from each other. */
static struct memmon_held_account key_of(const struct memmon_record *birth, uint32_t cgroup)
{
	struct memmon_held_account key = {
		.call_site = birth->call_site,
		.cgroup = cgroup,
		.event_class = birth->event_class,
		.section = snapshot_section(birth->event_class),
	};

	/* A kmalloc has a cache as well, but one account for all sizes. */
	if (key.section == MEMMON_SECTION_PAGES)
		key.order = MEMMON_PAGE_ORDER(birth->detail);
	else if (birth->event_class == MEMMON_CLASS_CACHE_ALLOC ||
		 birth->event_class == MEMMON_CLASS_CACHE_ALLOC_BULK)
		key.cache = birth->detail;
	return key;
}

static bool is_same(const struct memmon_held_account *a, const struct memmon_held_account *b)
{
	return a->call_site == b->call_site && a->cgroup == b->cgroup &&
	       a->event_class == b->event_class && a->cache == b->cache && a->order == b->order;
}

int replay_accounts_find(struct replay_accounts *accounts, const struct memmon_record *birth,
			 uint32_t *ret)
{
	struct memmon_held_account key;
	uint32_t cgroup;
	uint64_t hash;

	if (number_of_cgroup(accounts, birth, &cgroup))
		return -ENOMEM;
	key = key_of(birth, cgroup);
	hash = report_hash_two(report_hash_two(key.call_site, cgroup),
			       key.event_class | (uint64_t)key.order << 8 |
				       (uint64_t)key.cache << 16);
	/* Two accounts of one hash sit at neighbouring keys. */
	for (;; hash++) {
		*ret = report_map_find(&accounts->map, hash);
		if (*ret == REPORT_MAP_NONE)
			break;
		if (is_same(&accounts->accounts[*ret], &key))
			return 0;
	}
	if (memmon_array_grow((void **)&accounts->accounts, accounts->nr, &accounts->room,
			      sizeof(*accounts->accounts)))
		return -ENOMEM;
	*ret = (uint32_t)accounts->nr;
	accounts->accounts[accounts->nr++] = key;
	return report_map_add(&accounts->map, hash, *ret);
}

const char *replay_accounts_cgroup(const struct replay_accounts *accounts, size_t account)
{
	return accounts->paths[accounts->accounts[account].cgroup];
}
