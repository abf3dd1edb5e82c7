/* SPDX-License-Identifier: GPL-2.0 */
/* The accounts of a replayed recording: call site, class, cache or order, and cgroup. */
#ifndef MEMMON_REPLAY_ACCOUNTS_H
#define MEMMON_REPLAY_ACCOUNTS_H

#include "intern.h"
#include "memmon/snapshot.h"
#include "report_map.h"

/**
 * struct replay_accounts - those that were made so far
 * @accounts: @nr of them, found by hash in @map
 * @paths: of the cgroups, by number from 1 on; @nr_paths with the first, which is none
 * @of_path: number by the place of the text in @texts
 * @of_tgid: number of the cgroup of a process
 */
struct replay_accounts {
	struct memmon_reader *reader;
	struct memmon_held_account *accounts;
	size_t nr;
	size_t room;
	struct report_map map;
	struct memmon_intern texts;
	const char **paths;
	size_t nr_paths;
	size_t room_paths;
	struct report_map of_path;
	struct report_map of_tgid;
};

/* Return: 0 or -ENOMEM; replay_accounts_exit() is right after either. */
int replay_accounts_init(struct replay_accounts *accounts, struct memmon_reader *reader);
void replay_accounts_exit(struct replay_accounts *accounts);

/* The place of the account of a birth. Return: 0 or -ENOMEM. */
int replay_accounts_find(struct replay_accounts *accounts, const struct memmon_record *birth,
			 uint32_t *ret);

/* The path of an account's cgroup, or NULL. */
const char *replay_accounts_cgroup(const struct replay_accounts *accounts, size_t account);

#endif
