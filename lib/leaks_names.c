// SPDX-License-Identifier: GPL-2.0
/* Names what is held: by call site, stack, module, process, cgroup and cache. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "leaks_internal.h"

#define NAME_BYTES 512

static const char *intern(struct leaks_names *names, const char *text)
{
	return memmon_intern_add(&names->texts, text, strlen(text));
}

int leaks_names_init(struct leaks_names *names)
{
	int err = report_map_init(&names->of_cache);

	if (!err)
		err = report_map_init(&names->of_stack);
	return err ? err : report_map_init(&names->of_process);
}

void leaks_names_exit(struct leaks_names *names)
{
	report_map_exit(&names->of_cache);
	report_map_exit(&names->of_stack);
	report_map_exit(&names->of_process);
	memmon_intern_exit(&names->texts);
	free(names->accounts);
	free(names->caches);
	free(names->cache_names);
	free(names->stacks);
	free(names->processes);
}

/* "function+0x1c [module]" becomes "function+0x1c [module, unloaded]". */
static void mark_unloaded(char *text, size_t size)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == ']')
		text[--len] = '\0';
	else
		len += (size_t)snprintf(text + len, size - len, " [module");
	if (len < size)
		snprintf(text + len, size - len, ", unloaded]");
}

static int look_up_account(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			   uint32_t at)
{
	const struct memmon_held_account *held = &snapshot->accounts[at];
	struct leaks_account *account = &names->accounts[at];
	const char *module, *cgroup;
	char text[NAME_BYTES];

	*account = (struct leaks_account){ 0 };
	memmon_snapshot_site(snapshot, at, text, sizeof(text));
	module = memmon_snapshot_module(snapshot, at, &account->is_gone);
	if (account->is_gone)
		mark_unloaded(text, sizeof(text));
	account->site.name = intern(names, text);
	snprintf(text, sizeof(text), "%s", module ? module : "(kernel)");
	if (account->is_gone)
		snprintf(text, sizeof(text), "%s (unloaded)", module ? module : "(module)");
	else if (held->is_other)
		snprintf(text, sizeof(text), "(other)");
	account->site.module = intern(names, text);
	cgroup = memmon_snapshot_cgroup(snapshot, at);
	if (!cgroup)
		cgroup = held->cgroup ? "(not known)" : "(interrupts)";
	account->cgroup = intern(names, cgroup);
	if (!account->site.name || !account->site.module || !account->cgroup)
		return -ENOMEM;
	leaks_site_judge(&account->site);
	return 0;
}

int leaks_names_begin(struct leaks_names *names, const struct memmon_snapshot *snapshot)
{
	int err = 0;

	if (snapshot->nr_accounts > names->room_accounts) {
		struct leaks_account *accounts =
			reallocarray(names->accounts, snapshot->nr_accounts, sizeof(*accounts));

		if (!accounts)
			return -ENOMEM;
		names->accounts = accounts;
		names->room_accounts = snapshot->nr_accounts;
	}
	for (uint32_t i = 0; i < snapshot->nr_accounts && !err; i++)
		err = look_up_account(names, snapshot, i);
	return err;
}

static uint32_t find_cache(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			   uint32_t id)
{
	uint32_t place = report_map_find(&names->of_cache, id);
	const struct memmon_cache *cache;
	char text[NAME_BYTES];
	const char *name;

	if (place != REPORT_MAP_NONE)
		return place;
	if (memmon_array_grow((void **)&names->caches, names->nr_caches, &names->room_caches,
			      sizeof(*names->caches)) ||
	    memmon_array_grow((void **)&names->cache_names, names->nr_caches,
			      &names->room_cache_names, sizeof(*names->cache_names)))
		return REPORT_MAP_NONE;
	cache = id ? memmon_snapshot_cache(snapshot, id) : NULL;
	snprintf(text, sizeof(text), "cache@%" PRIu32, id);
	name = intern(names, cache ? cache->name : text);
	place = (uint32_t)names->nr_caches;
	if (!name || report_map_add(&names->of_cache, id, place))
		return REPORT_MAP_NONE;
	names->caches[place] = leaks_cache_of(snapshot, id);
	names->cache_names[place] = name;
	names->nr_caches++;
	return place;
}

const struct leaks_cache *leaks_names_cache(struct leaks_names *names,
					    const struct memmon_snapshot *snapshot, uint32_t id)
{
	uint32_t place = find_cache(names, snapshot, id);

	return place == REPORT_MAP_NONE ? NULL : &names->caches[place];
}

/* Functions of the page allocator and around it, of which nobody asks who they are called by. */
static bool is_allocator(const char *name)
{
	static const char *const prefixes[] = {
		"__alloc_pages",      "alloc_pages", "__alloc_frozen_pages", "alloc_frozen_pages",
		"__folio_alloc",      "folio_alloc", "__get_free_pages",     "get_free_pages",
		"get_zeroed_page",    "alloc_page_", "vma_alloc_folio",	     "alloc_pages_bulk",
		"__alloc_pages_bulk", "__page_frag", "page_frag_alloc",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

/* The module of "function+0x1c [module]" or "... [module, unloaded]"; of "(code that is gone)" nobody knows it. */
static const char *module_of(struct leaks_names *names, const char *site)
{
	const char *bracket = strrchr(site, '[');

	if (!bracket)
		return intern(names, site[0] == '(' ? site : "(kernel)");
	return memmon_intern_add(&names->texts, bracket + 1, strcspn(bracket + 1, ",]"));
}

static int look_up_stack(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			 uint32_t id, struct leaks_stack *stack)
{
	char text[NAME_BYTES], name[NAME_BYTES + 16];
	const uint64_t *frames;
	size_t nr = memmon_snapshot_stack(snapshot, id, &frames);

	*stack = (struct leaks_stack){ 0 };
	for (size_t i = 0; i < nr; i++) {
		memmon_snapshot_address(snapshot, frames[i], text, sizeof(text));
		if (!is_allocator(text))
			break;
	}
	if (!nr) {
		stack->name = intern(names, "(no stack)");
		return stack->name ? 0 : -ENOMEM;
	}
	snprintf(name, sizeof(name), "%s #%" PRIu32, text, id);
	stack->name = intern(names, name);
	stack->site.name = intern(names, text);
	stack->site.module = module_of(names, text);
	if (!stack->name || !stack->site.name || !stack->site.module)
		return -ENOMEM;
	leaks_site_judge(&stack->site);
	return 0;
}

const struct leaks_stack *leaks_names_stack(struct leaks_names *names,
					    const struct memmon_snapshot *snapshot, uint32_t id)
{
	uint32_t place = report_map_find(&names->of_stack, id);

	if (place == REPORT_MAP_NONE) {
		if (memmon_array_grow((void **)&names->stacks, names->nr_stacks,
				      &names->room_stacks, sizeof(*names->stacks)))
			return NULL;
		place = (uint32_t)names->nr_stacks;
		if (look_up_stack(names, snapshot, id, &names->stacks[place]) ||
		    report_map_add(&names->of_stack, id, place))
			return NULL;
		names->nr_stacks++;
	}
	return &names->stacks[place];
}

/* Of pages whose events have no call site, the stack tells it if there is one. */
const struct leaks_site *leaks_names_site(struct leaks_names *names,
					  const struct memmon_snapshot *snapshot,
					  const struct memmon_held *held)
{
	const struct leaks_stack *stack;

	if (!held->stack || snapshot->accounts[held->account].call_site)
		return &names->accounts[held->account].site;
	stack = leaks_names_stack(names, snapshot, held->stack);
	if (!stack)
		return NULL;
	return stack->site.name ? &stack->site : &names->accounts[held->account].site;
}

static const char *name_module(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			       const struct memmon_held *held)
{
	const struct leaks_site *site = leaks_names_site(names, snapshot, held);

	if (!site)
		return NULL;
	if (site == &names->accounts[held->account].site &&
	    memmon_class_is_page(held->event_class) && !snapshot->accounts[held->account].call_site)
		return intern(names, "(pages)");
	return site->module;
}

/* Threads may have names of their own: the first one seen names the process. */
static const char *name_process(struct leaks_names *names, const struct memmon_held *held)
{
	uint32_t place;
	char text[64];
	const char *name;

	if (held->context != MEMMON_CONTEXT_TASK) {
		snprintf(text, sizeof(text), "(%s)", memmon_context_name(held->context));
		return intern(names, text);
	}
	place = report_map_find(&names->of_process, held->tgid);
	if (place != REPORT_MAP_NONE)
		return names->processes[place];
	snprintf(text, sizeof(text), "%.*s (%" PRIu32 ")", MEMMON_COMM_BYTES, held->comm,
		 held->tgid);
	name = intern(names, text);
	if (!name ||
	    memmon_array_grow((void **)&names->processes, names->nr_processes,
			      &names->room_processes, sizeof(*names->processes)) ||
	    report_map_add(&names->of_process, held->tgid, (uint32_t)names->nr_processes))
		return NULL;
	names->processes[names->nr_processes++] = name;
	return name;
}

static const char *name_cache(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			      const struct memmon_held *held)
{
	uint64_t bytes = held->bytes_alloc;
	char text[64];

	if (held->cache) {
		uint32_t place = find_cache(names, snapshot, held->cache);

		return place == REPORT_MAP_NONE ? NULL : names->cache_names[place];
	}
	if (memmon_class_is_page(held->event_class))
		snprintf(text, sizeof(text), "(pages)");
	else if (held->event_class == MEMMON_CLASS_VMALLOC)
		snprintf(text, sizeof(text), "(vmalloc)");
	else if (held->event_class == MEMMON_CLASS_PERCPU_ALLOC)
		snprintf(text, sizeof(text), "(per-CPU)");
	else if (held->event_class != MEMMON_CLASS_KMALLOC &&
		 held->event_class != MEMMON_CLASS_KMALLOC_NOLOCK)
		snprintf(text, sizeof(text), "(not known)");
	else if (bytes > 8192)
		snprintf(text, sizeof(text), "kmalloc-large");
	else if (bytes >= 1024 && bytes % 1024 == 0)
		snprintf(text, sizeof(text), "kmalloc-%" PRIu64 "k", bytes / 1024);
	else
		snprintf(text, sizeof(text), "kmalloc-%" PRIu64, bytes);
	return intern(names, text);
}

const char *leaks_names_key(struct leaks_names *names, const struct memmon_snapshot *snapshot,
			    const struct memmon_held *held, enum memmon_leak_key key)
{
	const struct leaks_stack *stack;
	const struct leaks_site *site;

	switch (key) {
	case MEMMON_LEAK_KEY_STACK:
		stack = leaks_names_stack(names, snapshot, held->stack);
		return stack ? stack->name : NULL;
	case MEMMON_LEAK_KEY_MODULE:
		return name_module(names, snapshot, held);
	case MEMMON_LEAK_KEY_PROCESS:
		return name_process(names, held);
	case MEMMON_LEAK_KEY_CGROUP:
		return names->accounts[held->account].cgroup;
	case MEMMON_LEAK_KEY_CACHE:
		return name_cache(names, snapshot, held);
	default:
		site = leaks_names_site(names, snapshot, held);
		return site ? site->name : NULL;
	}
}
