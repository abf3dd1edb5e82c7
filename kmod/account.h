/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accounts of a ledger: how much was born and has died of each call site, class, cache and cgroup.
 *
 * A place is claimed with one cmpxchg and never given to another account, since objects name it by its
 * number. When the code of its call site goes, with a module or after its init function, the place is retired
 * under the name of that site: other code that comes to the same address gets another account.
 */
#ifndef MEMMON_ACCOUNT_H
#define MEMMON_ACCOUNT_H

#include <linux/types.h>

#include <asm/local64.h>

#include <uapi/mem_monitor.h>

/* The account of all that found no place. */
#define MEMMON_ACCOUNT_OTHER 0

/* Longest search for a place. What finds none is counted in the account of all others. */
#define MEMMON_ACCOUNT_PROBES 32

/**
 * struct memmon_account_place - one account
 * @tag: hash of the rest of the key, and that by which it is known: two keys share one with a chance of
 *	 2^-64. 0 if the place is free, MEMMON_ACCOUNT_RETIRED if its site is gone
 * @call_site: return address of the allocator call
 * @cgroup: id of the cgroup
 * @class_and_detail: event class | detail << 16
 * @is_ready: the members before are there; written last, with release
 * @is_gone: the module of the call site was unloaded; of a retired place
 * @site_name: of a retired place
 */
struct memmon_account_place {
	u64 tag;
	u64 call_site;
	u64 cgroup;
	u32 class_and_detail;
	u32 is_ready;
	bool is_gone;
	char site_name[MEMMON_SITE_NAME_BYTES];
};

#define MEMMON_ACCOUNT_RETIRED 1

/**
 * struct memmon_account_counts - what one CPU has counted of an account
 *
 * Written by that CPU with single instructions, with preemption off; read by any.
 */
struct memmon_account_counts {
	local64_t born;
	local64_t died;
	local64_t born_bytes;
	local64_t died_bytes;
};

/**
 * struct memmon_accounts - the accounts of a ledger
 * @places: @nr of them, a power of two
 * @shift: bits of a tag that do not choose its first place
 * @nr: how many
 * @nr_used: of these
 */
struct memmon_accounts {
	struct memmon_account_place *places;
	unsigned int shift;
	u32 nr;
	atomic_t nr_used;
};

int memmon_accounts_create(struct memmon_accounts *accounts, u32 nr);
void memmon_accounts_destroy(struct memmon_accounts *accounts);
u64 memmon_accounts_bytes(u32 nr);
u32 memmon_account_search(struct memmon_accounts *accounts, u64 tag, u64 call_site, u64 cgroup,
			  u32 class_and_detail);
void memmon_accounts_retire(struct memmon_accounts *accounts, unsigned long first,
			    unsigned long last);
void memmon_accounts_close_module(struct memmon_accounts *accounts, const char *module);

/* The hash of a key: odd constants, so that no bit is lost, and the highest bits depend on all. */
static __always_inline u64 memmon_account_tag(u64 call_site, u64 cgroup, u32 class_and_detail)
{
	u64 sum = call_site + cgroup * 0xc2b2ae3d27d4eb4fULL +
		  class_and_detail * 0xd6e8feb86659fd93ULL;

	return sum * 0x9e3779b97f4a7c15ULL | 2; /* none of the two reserved values */
}

/**
 * memmon_account_find - the number of an account, made if it is new
 * @accounts: of the ledger
 * @call_site: return address
 * @cgroup: id
 * @class_and_detail: event class | detail << 16
 *
 * Context: any.
 * Return: its number, or MEMMON_ACCOUNT_OTHER.
 */
static __always_inline u32 memmon_account_find(struct memmon_accounts *accounts, u64 call_site,
					       u64 cgroup, u32 class_and_detail)
{
	u64 tag = memmon_account_tag(call_site, cgroup, class_and_detail);
	u32 home = tag >> accounts->shift;

	if (likely(READ_ONCE(accounts->places[home].tag) == tag))
		return home;
	return memmon_account_search(accounts, tag, call_site, cgroup, class_and_detail);
}

#endif /* MEMMON_ACCOUNT_H */
