// SPDX-License-Identifier: GPL-2.0
/* Made-up lives of objects, and the snapshots that a ledger would give of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leaks_story.h"
#include "unit.h"

#define KALLSYMS                                    \
	"ffffffff81000000 T _text\n"                \
	"ffffffff81100000 T churn\n"                \
	"ffffffff81200000 T other\n"                \
	"ffffffff81300000 T __alloc_pages\n"        \
	"ffffffff81400000 T __vmalloc_node_range\n" \
	"ffffffff81500000 T security_inode_alloc\n" \
	"ffffffff81600000 T behind\n"               \
	"ffffffffc0001000 t leak\t[leaky]\n"

static const struct memmon_cache *get_cache(void *owner, uint32_t id)
{
	struct story *story = owner;

	return id && id < STORY_CACHES && story->caches[id].name ? &story->caches[id] : NULL;
}

static struct memmon_symbols *get_symbols(void *owner)
{
	return ((struct story *)owner)->symbols;
}

static int read_stacks(struct memmon_snapshot_origin *origin)
{
	struct story *story = origin->owner;

	if (!story->stack.nr_frames)
		return 0;
	origin->stacks = malloc(sizeof(*origin->stacks));
	assert_non_null(origin->stacks);
	*origin->stacks = story->stack;
	origin->nr_stacks = 1;
	return report_map_add(&origin->of_stack, 1, 0);
}

static const struct snapshot_ops ops = {
	.cache = get_cache,
	.symbols = get_symbols,
	.read_stacks = read_stacks,
};

static void open_symbols(struct story *story)
{
	char path[] = "/tmp/memmon-unit.XXXXXX";
	int fd = mkstemp(path);
	ssize_t len = (ssize_t)strlen(KALLSYMS);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, KALLSYMS, (size_t)len), len);
	close(fd);
	assert_int_equal(memmon_symbols_open(path, "/dev/null", &story->symbols), 0);
	unlink(path);
}

int story_set_up(void **state)
{
	struct story *story = calloc(1, sizeof(*story));

	assert_non_null(story);
	story->objects = calloc(STORY_OBJECTS, sizeof(*story->objects));
	assert_non_null(story->objects);
	open_symbols(story);
	story->options.keys[0] = MEMMON_LEAK_KEY_SITE;
	story->options.nr_keys = 1;
	story->books.object_places = STORY_OBJECTS;
	story->books.page_places = STORY_OBJECTS;
	*state = story;
	return 0;
}

int story_tear_down(void **state)
{
	struct story *story = *state;

	memmon_leaks_destroy(story->leaks);
	memmon_symbols_close(story->symbols);
	free(story->objects);
	free(story);
	return 0;
}

uint32_t story_account(struct story *story, uint64_t call_site)
{
	uint32_t at = story->nr_accounts++;

	assert_true(at < STORY_ACCOUNTS);
	story->accounts[at] = (struct memmon_held_account){
		.call_site = call_site,
		.event_class = MEMMON_CLASS_KMALLOC,
		.section = MEMMON_SECTION_SLAB,
	};
	story->gone_ns[at] = STORY_NEVER;
	return at;
}

struct story_object *story_add(struct story *story, uint32_t account, uint64_t born_ns,
			       uint64_t died_ns, uint32_t bytes)
{
	struct story_object *object = &story->objects[story->nr_objects];

	assert_true(story->nr_objects < STORY_OBJECTS);
	*object = (struct story_object){
		.held = {
			.address = 0xffff888000000000 + 4096 * story->nr_objects,
			.bytes_req = bytes,
			.bytes_alloc = bytes,
			.tgid = 7,
			.comm = "worker",
			.account = account,
			.cache = story->accounts[account].cache,
			.event_class = story->accounts[account].event_class,
		},
		.born_ns = born_ns,
		.queued_ns = STORY_NEVER,
		.died_ns = died_ns,
	};
	story->nr_objects++;
	return object;
}

void story_add_many(struct story *story, uint32_t account, size_t nr, uint64_t from_ns,
		    uint64_t every_ns, uint64_t lifetime_ns)
{
	for (size_t i = 0; i < nr; i++) {
		uint64_t born_ns = from_ns + i * every_ns;

		story_add(story, account, born_ns,
			  lifetime_ns == STORY_NEVER ? STORY_NEVER : born_ns + lifetime_ns, 64);
	}
}

static void fill_accounts(struct story *story, struct memmon_snapshot *snapshot, uint64_t now_ns)
{
	snapshot->nr_accounts = story->nr_accounts;
	snapshot->accounts = calloc(story->nr_accounts + 1, sizeof(*snapshot->accounts));
	snapshot->origin->texts = calloc(story->nr_accounts + 1, sizeof(*snapshot->origin->texts));
	assert_non_null(snapshot->accounts);
	assert_non_null(snapshot->origin->texts);
	for (uint32_t i = 0; i < story->nr_accounts; i++) {
		snapshot->accounts[i] = story->accounts[i];
		snapshot->origin->texts[i].cgroup = story->cgroups[i];
		if (story->gone_ns[i] > now_ns)
			continue;
		snapshot->origin->texts[i].site = "leak+0x10 [leaky]";
		snapshot->origin->texts[i].module = "leaky";
		snapshot->origin->texts[i].is_gone = true;
	}
}

static void fill_object(const struct story *story, struct memmon_snapshot *snapshot,
			const struct story_object *object, uint64_t now_ns)
{
	struct memmon_held_account *account = &snapshot->accounts[object->held.account];
	enum memmon_section section = account->section;
	struct memmon_held *held = &snapshot->held[section][snapshot->nr_held[section]];

	(void)story;
	if (object->born_ns > now_ns)
		return;
	account->born++;
	account->born_bytes += object->held.bytes_alloc;
	if (object->died_ns <= now_ns) {
		account->died++;
		account->died_bytes += object->held.bytes_alloc;
		return;
	}
	*held = object->held;
	held->age_ns = now_ns - object->born_ns;
	held->queued_ns = object->queued_ns <= now_ns ? now_ns - object->queued_ns :
							MEMMON_NOT_QUEUED;
	snapshot->nr_held[section]++;
}

struct memmon_snapshot *story_snapshot(struct story *story, uint64_t now_ns)
{
	struct memmon_snapshot *snapshot = snapshot_create(&ops, story);

	assert_non_null(snapshot);
	snapshot->books = story->books;
	snapshot->books.duration_ns = now_ns;
	fill_accounts(story, snapshot, now_ns);
	for (int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		snapshot->held[i] = calloc(story->nr_objects + 1, sizeof(*snapshot->held[i]));
		assert_non_null(snapshot->held[i]);
	}
	for (size_t i = 0; i < story->nr_objects; i++)
		fill_object(story, snapshot, &story->objects[i], now_ns);
	return snapshot;
}

void story_judge(struct story *story, size_t nr, uint64_t end_ns)
{
	memmon_leaks_destroy(story->leaks);
	story->leaks = NULL;
	assert_int_equal(memmon_leaks_create(&story->options, &story->leaks), 0);
	for (size_t i = 0; i <= nr; i++) {
		struct memmon_snapshot *snapshot = story_snapshot(story, end_ns * i / nr);

		assert_int_equal(memmon_leaks_add(story->leaks, snapshot), 0);
		if (i == nr)
			assert_int_equal(memmon_leaks_finish(story->leaks, snapshot), 0);
		memmon_snapshot_free(snapshot);
	}
}

const struct memmon_leak *story_row(struct story *story, const char *name,
				    enum memmon_leak_kind kind)
{
	for (size_t i = 0; i < memmon_leaks_count(story->leaks); i++) {
		const struct memmon_leak *leak = memmon_leaks_at(story->leaks, i);

		if (leak->kind == kind && !strcmp(leak->names[0], name))
			return leak;
	}
	fail_msg("there is no row %s of kind %d", name, kind);
	return NULL;
}

uint32_t story_add_leak(struct story *story)
{
	uint32_t account = story_account(story, STORY_LEAK);

	story_add_many(story, account, 100, 50 * STORY_MS, 100 * STORY_MS, STORY_NEVER);
	return account;
}

const struct memmon_leak *story_first(const struct story *story)
{
	return memmon_leaks_at(story->leaks, 0);
}
