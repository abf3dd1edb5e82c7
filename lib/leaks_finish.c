// SPDX-License-Identifier: GPL-2.0
/* Looks closely at what is held at the end: ages, call sites, stacks, what was freed, errors of samples. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "leaks_internal.h"

/* Pages are sampled by groups of frames. */
#define GROUP_BITS 10

/* Half the width of an interval that holds the truth 95 times in 100, in standard deviations. */
#define DEVIATIONS 1.96

static const uint64_t age_ends_ns[MEMMON_LEAK_AGES - 1] = {
	1000000000ULL,
	10000000000ULL,
	60000000000ULL,
	600000000000ULL,
};

/**
 * struct closely - what is collected
 * @now_ns: time of the snapshot
 * @half_ns: of half time
 * @half: the look then, or 0
 * @scale: how many objects stand for one
 * @sites: by row and name of call site
 * @accounts: by row and account, where rows are not made of whole ones
 * @stacks: by row and stack
 * @groups: by row and group of pages that was sampled as one; only if @scale is not 1
 */
struct closely {
	uint64_t now_ns;
	uint64_t half_ns;
	size_t half;
	double scale;
	struct leaks_tally sites;
	struct leaks_tally accounts;
	struct leaks_tally stacks;
	struct leaks_tally groups;
};

/* Births tell no call site of their own if pages have stacks, and no cache if they are kmallocs. */
static bool is_whole(const struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		     const struct memmon_held *held)
{
	const struct memmon_held_account *account = &snapshot->accounts[held->account];

	if (held->stack && !account->call_site)
		return false;
	for (unsigned int i = 0; i < leaks->options.nr_keys; i++) {
		enum memmon_leak_key key = leaks->options.keys[i];

		if (key == MEMMON_LEAK_KEY_STACK || key == MEMMON_LEAK_KEY_PROCESS)
			return false;
		if (key == MEMMON_LEAK_KEY_CACHE && !account->cache &&
		    !memmon_class_is_page(account->event_class) &&
		    account->event_class != MEMMON_CLASS_VMALLOC &&
		    account->event_class != MEMMON_CLASS_PERCPU_ALLOC)
			return false;
	}
	return true;
}

static void add_age(const struct memmon_leaks *leaks, const struct closely *closely,
		    const struct memmon_held *held, struct memmon_leak *leak)
{
	uint64_t told_ns = leak->kind == MEMMON_LEAK_KIND_RCU ? held->queued_ns : held->age_ns;
	size_t age = 0;

	while (age < MEMMON_LEAK_AGES - 1 && held->age_ns >= age_ends_ns[age])
		age++;
	leak->ages[age]++;
	leak->old_objects += held->age_ns > leaks->older_than_ns;
	if (told_ns > leak->oldest_ns)
		leak->oldest_ns = told_ns;
	/* Born at half time or before. */
	leak->stayed += closely->half && held->age_ns + closely->half_ns >= closely->now_ns;
}

static int add_object(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		      const struct memmon_held *held, uint32_t at, struct closely *closely)
{
	const struct memmon_held_account *account = &snapshot->accounts[held->account];
	struct leaks_row *row = leaks->rows.rows[at];
	struct memmon_leak *leak = &row->leak;
	const struct leaks_site *site = leaks_names_site(&leaks->names, snapshot, held);
	int err;

	if (!site)
		return -ENOMEM;
	leak->objects++;
	leak->bytes += held->bytes_alloc;
	leak->bytes_req += held->bytes_req;
	add_age(leaks, closely, held, leak);
	row->frees |= leaks_frees_of(held->event_class);
	row->is_mixed |= account->is_other;
	if (held->cache)
		row->is_merged |=
			leaks_names_cache(&leaks->names, snapshot, held->cache)->is_merged;
	err = leaks_tally_add(&closely->sites, at, (uintptr_t)site->name, held->bytes_alloc);
	if (!err && !is_whole(leaks, snapshot, held)) {
		leak->knows_freed = false;
		err = leaks_tally_add(&closely->accounts, at, held->account, held->bytes_alloc);
	}
	if (!err && held->stack)
		err = leaks_tally_add(&closely->stacks, at, held->stack, held->bytes_alloc);
	if (!err && closely->scale > 1)
		err = leaks_tally_add(&closely->groups, at,
				      leak->section == MEMMON_SECTION_PAGES ?
					      held->address >> GROUP_BITS :
					      held->address,
				      held->bytes_alloc);
	if (leak->kind == MEMMON_LEAK_KIND_RCU)
		leaks->names.accounts[held->account].pending++;
	return err;
}

static int add_objects(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		       struct closely *closely)
{
	int err = 0;

	for (unsigned int section = 0; section < MEMMON_NR_SECTIONS; section++) {
		struct memmon_leaks_total *total = &leaks->totals[section];

		for (size_t i = 0; i < snapshot->nr_held[section] && !err; i++) {
			const struct memmon_held *held = &snapshot->held[section][i];
			uint32_t at = leaks->row_of[section][i];

			if (at == LEAKS_NO_ROW)
				total->backing_bytes += closely->scale * held->bytes_alloc;
			else
				err = add_object(leaks, snapshot, held, at, closely);
		}
	}
	return err;
}

static uint64_t freed_of(const struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
			 uint32_t at)
{
	const struct memmon_held_account *account = &snapshot->accounts[at];
	uint64_t freed = account->died + leaks->names.accounts[at].pending;

	/* In the view of a moment more may have died than were born. */
	return freed < account->born ? freed : account->born;
}

/* What became of the births of an account goes to the row that its objects are in, if there is one. */
static int add_account(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
		       uint32_t at)
{
	const struct memmon_held_account *account = &snapshot->accounts[at];
	const struct leaks_account *names = &leaks->names.accounts[at];
	const struct memmon_held any = {
		.account = at,
		.cache = account->cache,
		.event_class = account->event_class,
		.queued_ns = MEMMON_NOT_QUEUED,
	};
	const struct leaks_cache *cache =
		leaks_names_cache(&leaks->names, snapshot, account->cache);
	enum memmon_leak_kind kind = MEMMON_LEAK_KIND_PLAIN;
	struct memmon_leak *leak;
	struct leaks_key key;
	uint32_t row;

	if (!cache)
		return -ENOMEM;
	if (!is_whole(leaks, snapshot, &any))
		return 0;
	if (account->section == MEMMON_SECTION_SLAB && (cache->why || names->site.why))
		kind = MEMMON_LEAK_KIND_CACHE;
	else if (leaks->splits_unloaded && names->is_gone)
		kind = MEMMON_LEAK_KIND_UNLOADED;
	if (leaks_key_of(leaks, snapshot, account->section, &any, kind, &key))
		return -ENOMEM;
	row = leaks_rows_find(&leaks->rows, &key);
	if (row == LEAKS_NO_ROW)
		return 0;
	leak = &leaks->rows.rows[row]->leak;
	leak->born += account->born;
	leak->freed += freed_of(leaks, snapshot, at);
	return 0;
}

static int add_accounts(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot,
			const struct closely *closely)
{
	double scale = closely->scale;
	int err = 0;

	for (size_t i = 0; i < closely->accounts.nr; i++) {
		const struct leaks_entry *entry = &closely->accounts.entries[i];

		leaks->rows.rows[entry->row]->freed_at_most +=
			freed_of(leaks, snapshot, (uint32_t)entry->key);
	}

	for (uint32_t i = 0; i < snapshot->nr_accounts && !err; i++) {
		const struct memmon_held_account *account = &snapshot->accounts[i];

		leaks->totals[account->section].born_bytes += scale * (double)account->born_bytes;
		err = add_account(leaks, snapshot, i);
	}
	return err;
}

static void add_up(struct memmon_leaks *leaks, const struct closely *closely)
{
	for (size_t i = 0; i < leaks->rows.nr; i++) {
		struct memmon_leak *leak = &leaks->rows.rows[i]->leak;
		struct memmon_leaks_total *total = &leaks->totals[leak->section];

		leak->held.objects = closely->scale * (double)leak->objects;
		leak->held.bytes = closely->scale * (double)leak->bytes;
		total->objects[leak->kind] += leak->held.objects;
		total->bytes[leak->kind] += leak->held.bytes;
		if (leak->oldest_ns > total->oldest_ns[leak->kind])
			total->oldest_ns[leak->kind] = leak->oldest_ns;
	}
}

/* See struct memmon_estimate: (1 - p) / p^2 is n * (n - 1). */
static void set_errors(struct memmon_leaks *leaks, const struct closely *closely)
{
	double factor = closely->scale * (closely->scale - 1);

	for (size_t i = 0; i < closely->groups.nr; i++) {
		const struct leaks_entry *entry = &closely->groups.entries[i];
		struct memmon_estimate *held = &leaks->rows.rows[entry->row]->leak.held;

		held->objects_error += (double)entry->objects * (double)entry->objects;
		held->bytes_error += (double)entry->bytes * (double)entry->bytes;
	}
	for (size_t i = 0; i < leaks->rows.nr; i++) {
		struct memmon_estimate *held = &leaks->rows.rows[i]->leak.held;

		held->objects_error = DEVIATIONS * sqrt(held->objects_error * factor);
		held->bytes_error = DEVIATIONS * sqrt(held->bytes_error * factor);
	}
}

static int set_parts(struct memmon_leaks *leaks, struct closely *closely)
{
	const struct leaks_tally *sites = &closely->sites, *stacks = &closely->stacks;

	leaks_tally_sort(&closely->sites);
	leaks_tally_sort(&closely->stacks);
	free(leaks->parts);
	leaks->parts = calloc(sites->nr + 1, sizeof(*leaks->parts));
	if (!leaks->parts)
		return -ENOMEM;
	for (size_t i = 0; i < sites->nr; i++) {
		struct memmon_leak *leak = &leaks->rows.rows[sites->entries[i].row]->leak;

		leaks->parts[i] = (struct memmon_leak_part){
			.name = (const char *)(uintptr_t)sites->entries[i].key,
			.objects = sites->entries[i].objects,
			.bytes = sites->entries[i].bytes,
		};
		if (!leak->nr_parts++)
			leak->parts = &leaks->parts[i];
	}
	for (size_t i = stacks->nr; i-- > 0;) {
		struct memmon_leak *leak = &leaks->rows.rows[stacks->entries[i].row]->leak;

		leak->stack = (uint32_t)stacks->entries[i].key;
		leak->stack_bytes = stacks->entries[i].bytes;
	}
	return 0;
}

/* All but what belongs to the looks is made anew. */
static void begin_rows(struct memmon_leaks *leaks, const struct closely *closely)
{
	for (size_t i = 0; i < leaks->rows.nr; i++) {
		struct leaks_row *row = leaks->rows.rows[i];
		struct memmon_leak leak = {
			.section = row->key.section,
			.kind = row->key.kind,
			.why = row->leak.why,
			.knows_freed = row->key.kind == MEMMON_LEAK_KIND_PLAIN ||
				       row->key.kind == MEMMON_LEAK_KIND_UNLOADED,
			.at_half = closely->half ? row->objects[closely->half] : 0,
			.series = row->bytes,
		};

		memcpy(leak.names, row->key.names, sizeof(leak.names));
		row->leak = leak;
		row->freed_at_most = 0;
		row->frees = 0;
		row->is_merged = false;
		row->is_mixed = false;
	}
}

static int compare(const void *a, const void *b)
{
	const struct memmon_leak *first = *(struct memmon_leak *const *)a;
	const struct memmon_leak *second = *(struct memmon_leak *const *)b;
	double most = first->confidence * first->held.bytes;
	double least = second->confidence * second->held.bytes;

	if (first->verdict != second->verdict)
		return first->verdict < second->verdict ? -1 : 1;
	if (fabs(most - least) > 0)
		return most > least ? -1 : 1;
	if (fabs(first->held.bytes - second->held.bytes) > 0)
		return first->held.bytes > second->held.bytes ? -1 : 1;
	return strcmp(first->names[0], second->names[0]);
}

static int judge_all(struct memmon_leaks *leaks, const struct memmon_snapshot_books *books)
{
	free(leaks->order);
	leaks->nr_leaks = 0;
	leaks->order = calloc(leaks->rows.nr + 1, sizeof(struct memmon_leak *));
	if (!leaks->order)
		return -ENOMEM;
	for (size_t i = 0; i < leaks->rows.nr; i++) {
		struct leaks_row *row = leaks->rows.rows[i];

		if (!row->leak.objects)
			continue;
		leaks_judge(leaks, books, row);
		leaks->order[leaks->nr_leaks++] = &row->leak;
	}
	qsort(leaks->order, leaks->nr_leaks, sizeof(struct memmon_leak *), compare);
	return 0;
}

int memmon_leaks_finish(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot)
{
	struct closely closely = {
		.now_ns = snapshot->books.duration_ns,
		.half = leaks_look_next_to(leaks, 0.5),
		.scale = leaks_scale(&snapshot->books),
	};
	int err;

	closely.half_ns = leaks->look_ns[closely.half];
	leaks->older_than_ns = leaks->options.older_than_ns ?
				       leaks->options.older_than_ns :
				       closely.now_ns / MEMMON_LEAKS_OLD_SHARE;
	memset(leaks->totals, 0, sizeof(leaks->totals));
	begin_rows(leaks, &closely);
	for (size_t i = 0; i < snapshot->nr_accounts; i++)
		leaks->names.accounts[i].pending = 0;
	err = add_objects(leaks, snapshot, &closely);
	if (!err)
		err = add_accounts(leaks, snapshot, &closely);
	if (!err)
		err = set_parts(leaks, &closely);
	if (!err) {
		add_up(leaks, &closely);
		set_errors(leaks, &closely);
		err = judge_all(leaks, &snapshot->books);
	}
	leaks_tally_exit(&closely.sites);
	leaks_tally_exit(&closely.accounts);
	leaks_tally_exit(&closely.stacks);
	leaks_tally_exit(&closely.groups);
	return err;
}
