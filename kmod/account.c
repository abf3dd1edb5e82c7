// SPDX-License-Identifier: GPL-2.0
/* Accounts of a ledger: memory, the search for a place, and what happens when a module goes. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "account.h"

/* Memory that the places take. */
u64 memmon_accounts_bytes(u32 nr)
{
	return (u64)nr * sizeof(struct memmon_account_place);
}

/**
 * memmon_accounts_create - make empty accounts
 * @accounts: set
 * @nr: how many places, a power of two
 *
 * Context: process; may sleep.
 * Return: 0 or -ENOMEM.
 */
int memmon_accounts_create(struct memmon_accounts *accounts, u32 nr)
{
	accounts->places = vzalloc(memmon_accounts_bytes(nr));
	if (!accounts->places)
		return -ENOMEM;
	accounts->nr = nr;
	accounts->shift = 64 - ilog2(nr);
	atomic_set(&accounts->nr_used, 0);
	/* Nobody finds the account of the others by a key. */
	accounts->places[MEMMON_ACCOUNT_OTHER].tag = MEMMON_ACCOUNT_RETIRED;
	return 0;
}

/* Frees them. Context: process; may sleep. */
void memmon_accounts_destroy(struct memmon_accounts *accounts)
{
	vfree(accounts->places);
}

static notrace bool claim(struct memmon_accounts *accounts, struct memmon_account_place *place,
			  u64 tag, u64 call_site, u64 cgroup, u32 class_and_detail)
{
	if (cmpxchg(&place->tag, 0, tag))
		return false;
	place->call_site = call_site;
	place->cgroup = cgroup;
	place->class_and_detail = class_and_detail;
	smp_store_release(&place->is_ready, 1); /* pairs with memmon_ledger_account_row() */
	atomic_inc(&accounts->nr_used);
	return true;
}

/**
 * memmon_account_search - memmon_account_find() for what is not where it is looked for first
 * @accounts: of the ledger
 * @tag: hash of the key
 * @call_site: return address
 * @cgroup: id
 * @class_and_detail: event class | detail << 16
 *
 * Context: any.
 * Return: its number, or MEMMON_ACCOUNT_OTHER.
 */
notrace u32 memmon_account_search(struct memmon_accounts *accounts, u64 tag, u64 call_site,
				  u64 cgroup, u32 class_and_detail)
{
	u32 id = tag >> accounts->shift;
	int i;

	for (i = 0; i < MEMMON_ACCOUNT_PROBES; i++, id = (id + 1) & (accounts->nr - 1)) {
		struct memmon_account_place *place = &accounts->places[id];
		u64 found = READ_ONCE(place->tag);

		if (found == tag)
			return id;
		/* Whoever was faster may have entered the same key. */
		if (!found && (claim(accounts, place, tag, call_site, cgroup, class_and_detail) ||
			       READ_ONCE(place->tag) == tag))
			return id;
	}
	return MEMMON_ACCOUNT_OTHER;
}

/* Copies a name, if it is too long without the end of the function's, but with the module's. */
static void copy_name(char to[MEMMON_SITE_NAME_BYTES], const char *name)
{
	const char *module = strrchr(name, ' ');
	size_t bytes = module ? strlen(module) + 1 : 0;

	if (strscpy(to, name, MEMMON_SITE_NAME_BYTES) < 0 && bytes < MEMMON_SITE_NAME_BYTES)
		memcpy(to + MEMMON_SITE_NAME_BYTES - bytes, module, bytes);
}

/**
 * memmon_accounts_retire - keep the names of call sites that are about to go
 * @accounts: of a ledger
 * @first: first address of some code of a module
 * @last: last address
 *
 * An event of that text that is just being counted may still find its account, or make a new one; it
 * is then counted under the address alone.
 *
 * Context: process, while the symbols of the module are there.
 */
void memmon_accounts_retire(struct memmon_accounts *accounts, unsigned long first,
			    unsigned long last)
{
	char name[KSYM_SYMBOL_LEN];
	u32 id;

	for (id = 0; id < accounts->nr; id++) {
		struct memmon_account_place *place = &accounts->places[id];

		/* Its site is there: pairs with claim(). */
		if (!smp_load_acquire(&place->is_ready) || place->tag == MEMMON_ACCOUNT_RETIRED ||
		    place->call_site < first || place->call_site > last)
			continue;
		sprint_symbol(name, place->call_site);
		copy_name(place->site_name, name);
		/* Whoever sees it retired sees the name: pairs with memmon_ledger_account_row(). */
		smp_store_release(&place->tag, MEMMON_ACCOUNT_RETIRED);
	}
}

/**
 * memmon_accounts_close_module - remember that a module is unloaded
 * @accounts: of a ledger
 * @module: its name
 *
 * In all places that are retired by now under names of that module, also those that were when its init
 * function was over.
 *
 * Context: process.
 */
void memmon_accounts_close_module(struct memmon_accounts *accounts, const char *module)
{
	char end[MODULE_NAME_LEN + 2];
	u32 id;

	snprintf(end, sizeof(end), "[%s]", module);
	for (id = 0; id < accounts->nr; id++) {
		struct memmon_account_place *place = &accounts->places[id];

		/* Its name is there: pairs with memmon_accounts_retire(). */
		if (smp_load_acquire(&place->tag) == MEMMON_ACCOUNT_RETIRED &&
		    strstr(place->site_name, end))
			WRITE_ONCE(place->is_gone, true);
	}
}
