// SPDX-License-Identifier: GPL-2.0
/* What is held at one moment: who it belongs to, by name. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memmon/symbols.h"
#include "snapshot_internal.h"

#define CLASS(name) (1U << MEMMON_CLASS_##name)

#define NS_PER_MS 1000000ULL

#define BIRTHS                                                                               \
	(CLASS(KMALLOC) | CLASS(CACHE_ALLOC) | CLASS(PAGE_ALLOC) | CLASS(CACHE_ALLOC_BULK) | \
	 CLASS(KMALLOC_NOLOCK) | CLASS(VMALLOC) | CLASS(PERCPU_ALLOC) | CLASS(PAGE_ALLOC_BULK))
#define PAGE_BIRTHS (CLASS(PAGE_ALLOC) | CLASS(PAGE_ALLOC_BULK))
#define CACHE_BIRTHS \
	(CLASS(KMALLOC) | CLASS(CACHE_ALLOC) | CLASS(CACHE_ALLOC_BULK) | CLASS(KMALLOC_NOLOCK))

bool memmon_class_is_birth(uint32_t event_class)
{
	return event_class < MEMMON_NR_CLASSES && BIRTHS & 1U << event_class;
}

enum memmon_section snapshot_section(uint32_t event_class)
{
	return event_class < MEMMON_NR_CLASSES && PAGE_BIRTHS & 1U << event_class ?
		       MEMMON_SECTION_PAGES :
		       MEMMON_SECTION_SLAB;
}

bool snapshot_class_has_cache(uint32_t event_class)
{
	return event_class < MEMMON_NR_CLASSES && CACHE_BIRTHS & 1U << event_class;
}

uint64_t snapshot_ns(const struct memmon_machine *machine, uint64_t ticks)
{
	uint64_t khz = machine->clock == MEMMON_CLOCK_TSC ? machine->clock_khz : NS_PER_MS;

	return khz == NS_PER_MS ? ticks : (uint64_t)((__uint128_t)ticks * NS_PER_MS / khz);
}

uint32_t snapshot_missing_classes(const struct memmon_options *options,
				  const struct memmon_machine *machine, uint32_t not_attached)
{
	uint32_t wanted = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK;
	uint32_t asked = options->classes;

	if (!asked)
		asked = options->flags & MEMMON_OPTION_LEDGER ? wanted : MEMMON_CLASSES_TRACEPOINT;
	if (machine->classes)
		wanted &= machine->classes;
	return wanted & (~asked | not_attached);
}

void snapshot_detail(struct memmon_held *held, uint32_t detail, uint32_t pid_node)
{
	held->pid = pid_node & MEMMON_PID_MASK;
	held->node = pid_node >> MEMMON_PID_BITS;
	if (snapshot_section(held->event_class) == MEMMON_SECTION_PAGES) {
		held->order = MEMMON_PAGE_ORDER(detail);
		held->zone = MEMMON_PAGE_ZONE(detail);
		held->migratetype = (uint8_t)MEMMON_PAGE_MIGRATETYPE(detail);
	} else if (snapshot_class_has_cache(held->event_class)) {
		held->cache = detail;
	}
}

struct memmon_snapshot *snapshot_create(const struct snapshot_ops *ops, void *owner)
{
	struct memmon_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->origin = calloc(1, sizeof(*snapshot->origin));
	if (!snapshot->origin || report_map_init(&snapshot->origin->of_stack)) {
		memmon_snapshot_free(snapshot);
		return NULL;
	}
	snapshot->origin->ops = ops;
	snapshot->origin->owner = owner;
	return snapshot;
}

void memmon_snapshot_free(struct memmon_snapshot *snapshot)
{
	if (!snapshot)
		return;
	if (snapshot->origin) {
		report_map_exit(&snapshot->origin->of_stack);
		free(snapshot->origin->stacks);
		free(snapshot->origin->texts);
		free(snapshot->origin);
	}
	for (int i = 0; i < MEMMON_NR_SECTIONS; i++)
		free(snapshot->held[i]);
	free(snapshot->accounts);
	free(snapshot);
}

const struct memmon_cache *memmon_snapshot_cache(const struct memmon_snapshot *snapshot,
						 uint32_t id)
{
	return snapshot->origin->ops->cache(snapshot->origin->owner, id);
}

const char *memmon_snapshot_cgroup(const struct memmon_snapshot *snapshot, uint32_t account)
{
	return account < snapshot->nr_accounts ? snapshot->origin->texts[account].cgroup : NULL;
}

static struct memmon_symbols *symbols_of(const struct memmon_snapshot *snapshot)
{
	return snapshot->origin->ops->symbols(snapshot->origin->owner);
}

static int print_address(const struct memmon_snapshot *snapshot, uint64_t address, char *text,
			 size_t size)
{
	struct memmon_symbols *symbols = symbols_of(snapshot);

	if (symbols)
		return memmon_symbols_print(symbols, address, text, size);
	return snprintf(text, size, "0x%" PRIx64, address);
}

int memmon_snapshot_site(const struct memmon_snapshot *snapshot, uint32_t account, char *text,
			 size_t size)
{
	const struct memmon_held_account *held;

	if (account >= snapshot->nr_accounts)
		return snprintf(text, size, "(not known)");
	held = &snapshot->accounts[account];
	if (held->is_other)
		return snprintf(text, size, "(other)");
	if (snapshot->origin->texts[account].site)
		return snprintf(text, size, "%s", snapshot->origin->texts[account].site);
	if (held->call_site)
		return print_address(snapshot, held->call_site, text, size);
	return snprintf(text, size, "%s",
			held->section == MEMMON_SECTION_PAGES ? "(pages)" : "(not known)");
}

const char *memmon_snapshot_module(const struct memmon_snapshot *snapshot, uint32_t account,
				   bool *is_gone)
{
	struct memmon_symbols *symbols;
	struct memmon_symbol symbol;

	*is_gone = false;
	if (account >= snapshot->nr_accounts)
		return NULL;
	if (snapshot->origin->texts[account].site) {
		*is_gone = snapshot->origin->texts[account].is_gone;
		return snapshot->origin->texts[account].module;
	}
	symbols = symbols_of(snapshot);
	if (!symbols || !snapshot->accounts[account].call_site)
		return NULL;
	memmon_symbols_find(symbols, snapshot->accounts[account].call_site, &symbol);
	return symbol.module;
}

size_t memmon_snapshot_stack(const struct memmon_snapshot *snapshot, uint32_t id,
			     const uint64_t **frames)
{
	struct memmon_snapshot_origin *origin = snapshot->origin;
	uint32_t place;

	*frames = NULL;
	if (id && origin->ops->stack)
		return origin->ops->stack(origin->owner, id, frames);
	if (!id || !origin->ops->read_stacks)
		return 0;
	/* They are many, few views want them, and what has an id stays as it is: read when asked for. */
	if (!origin->has_stacks) {
		origin->has_stacks = true;
		origin->ops->read_stacks(origin);
	}
	place = report_map_find(&origin->of_stack, id);
	if (place == REPORT_MAP_NONE)
		return 0;
	*frames = origin->stacks[place].frames;
	return origin->stacks[place].nr_frames;
}

/* The text of an account whose module is gone, if no other one has this call site now. */
static const char *find_gone(const struct memmon_snapshot *snapshot, uint64_t address)
{
	const char *found = NULL;

	for (size_t i = 0; i < snapshot->nr_accounts; i++) {
		if (snapshot->accounts[i].call_site != address)
			continue;
		if (!snapshot->origin->texts[i].site)
			return NULL;
		found = snapshot->origin->texts[i].site;
	}
	return found;
}

int memmon_snapshot_address(const struct memmon_snapshot *snapshot, uint64_t address, char *text,
			    size_t size)
{
	const char *gone;

	/* A frame in code that went while the ledger was on: what lies there now did not call. */
	if (!address)
		return snprintf(text, size, "(code that is gone)");
	gone = find_gone(snapshot, address);
	if (gone)
		return snprintf(text, size, "%s", gone);
	return print_address(snapshot, address, text, size);
}
