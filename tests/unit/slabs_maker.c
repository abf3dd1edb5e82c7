// SPDX-License-Identifier: GPL-2.0
/* Makes up slabs, caches and snapshots. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slabs_maker.h"
#include "unit.h"

static const struct memmon_cache *no_cache(void *owner, uint32_t id)
{
	(void)owner;
	(void)id;
	return NULL;
}

static struct memmon_symbols *no_symbols(void *owner)
{
	(void)owner;
	return NULL;
}

static const struct snapshot_ops ops = { .cache = no_cache, .symbols = no_symbols };

void slabs_maker_init(struct slabs_maker *maker)
{
	memset(maker, 0, sizeof(*maker));
	maker->snapshot = snapshot_create(&ops, NULL);
	assert_non_null(maker->snapshot);
	maker->snapshot->held[MEMMON_SECTION_SLAB] =
		calloc(MAKER_MAX_HELD, sizeof(struct memmon_held));
	maker->snapshot->accounts = calloc(MAKER_MAX_ACCOUNTS, sizeof(struct memmon_held_account));
	maker->snapshot->origin->texts = calloc(MAKER_MAX_ACCOUNTS, sizeof(struct snapshot_texts));
	assert_int_equal(memmon_slabinfo_create(&maker->info), 0);
	slabs_maker_slabinfo(maker, "");
}

void slabs_maker_exit(struct slabs_maker *maker)
{
	memmon_snapshot_free(maker->snapshot);
	memmon_slabinfo_destroy(maker->info);
}

uint32_t slabs_maker_cache(struct slabs_maker *maker, const char *name, uint32_t object_bytes)
{
	struct memmon_cache_info *cache = &maker->caches[maker->nr_caches++];

	assert_true(maker->nr_caches <= MAKER_MAX_CACHES);
	cache->id = maker->nr_caches;
	cache->object_bytes = object_bytes;
	snprintf(cache->name, sizeof(cache->name), "%s", name);
	return cache->id;
}

size_t slabs_maker_slab(struct slabs_maker *maker, uint32_t cache, uint32_t pages, uint16_t objects,
			uint16_t in_use, uint32_t slot_bytes)
{
	struct memmon_slab *slab = &maker->slabs[maker->nr_slabs];
	const struct memmon_slab *last = maker->nr_slabs ? slab - 1 : NULL;

	assert_true(maker->nr_slabs < MAKER_MAX_SLABS);
	*slab = (struct memmon_slab){
		/* A page between two slabs belongs to none. */
		.pfn = last ? last->pfn + last->pages + 1 : 1000,
		.cache = cache,
		.pages = pages,
		.objects = objects,
		.in_use = in_use,
	};
	maker->slots[maker->nr_slabs] = slot_bytes;
	return maker->nr_slabs++;
}

uint32_t slabs_maker_account(struct slabs_maker *maker, const char *site, const char *cgroup,
			     enum memmon_class event_class, uint32_t cache)
{
	uint32_t at = (uint32_t)maker->snapshot->nr_accounts++;

	assert_true(at < MAKER_MAX_ACCOUNTS);
	maker->snapshot->accounts[at] = (struct memmon_held_account){
		.call_site = 0xffffffff81000000 + at,
		.cgroup = cgroup ? 100 + at : 0,
		.cache = cache,
		.event_class = (uint8_t)event_class,
		.section = MEMMON_SECTION_SLAB,
	};
	maker->snapshot->origin->texts[at] =
		(struct snapshot_texts){ .site = site, .cgroup = cgroup };
	return at;
}

struct memmon_held *slabs_maker_object(struct slabs_maker *maker, uint32_t account,
				       uint32_t bytes_req, uint32_t bytes_alloc)
{
	struct memmon_held_account *own = &maker->snapshot->accounts[account];
	size_t at = maker->snapshot->nr_held[MEMMON_SECTION_SLAB]++;
	struct memmon_held *held = &maker->snapshot->held[MEMMON_SECTION_SLAB][at];

	assert_true(at < MAKER_MAX_HELD);
	*held = (struct memmon_held){
		.address = 0x1000,
		.age_ns = 1000,
		.queued_ns = MEMMON_NOT_QUEUED,
		.bytes_req = bytes_req,
		.bytes_alloc = bytes_alloc,
		.tgid = 42,
		.cache = own->cache,
		.account = account,
		.event_class = own->event_class,
		.context = MEMMON_CONTEXT_TASK,
		.comm = "cat",
	};
	own->born++;
	own->born_bytes += bytes_alloc;
	return held;
}

struct memmon_held *slabs_maker_place(struct slabs_maker *maker, uint32_t account, size_t slab,
				      uint32_t place, uint32_t bytes_req, uint32_t bytes_alloc)
{
	struct memmon_held *held = slabs_maker_object(maker, account, bytes_req, bytes_alloc);

	held->address = MAKER_PAGE_OFFSET + maker->slabs[slab].pfn * MAKER_PAGE_BYTES +
			(uint64_t)place * maker->slots[slab];
	held->cache = maker->slabs[slab].cache;
	return held;
}

void slabs_maker_slabinfo(struct slabs_maker *maker, const char *lines)
{
	char text[4096] = "slabinfo - version: 2.1\n# name\n";
	size_t used = strlen(text);

	while (*lines) {
		size_t len = strcspn(lines, "\n");

		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%.*s : tunables 0 0 0 : slabdata 0 0 0\n", (int)len,
					 lines);
		lines += len;
		lines += *lines == '\n';
	}
	assert_true(used < sizeof(text));
	assert_int_equal(memmon_slabinfo_parse(maker->info, text, used), 0);
	assert_int_equal(memmon_slabinfo_skipped(maker->info), 0);
}

static int cache_of(void *context, uint32_t id, struct memmon_cache_info *ret)
{
	const struct slabs_maker *maker = context;

	if (!id || id > maker->nr_caches)
		return -ENOENT;
	*ret = maker->caches[id - 1];
	return 0;
}

struct memmon_slabs_input slabs_maker_input(struct slabs_maker *maker)
{
	return (struct memmon_slabs_input){
		.slabs = maker->slabs,
		.nr_slabs = maker->nr_slabs,
		.has_slabs = true,
		.info = maker->info,
		.snapshot = maker->snapshot,
		.cache = cache_of,
		.context = maker,
		.page_offset = MAKER_PAGE_OFFSET,
		.page_bytes = MAKER_PAGE_BYTES,
		.nr_cpus = 1,
		.nr_nodes = 1,
		.nearly_empty_percent = 25,
	};
}

struct memmon_slabs *slabs_maker_join(const struct memmon_slabs_input *input)
{
	struct memmon_slabs *slabs;

	assert_int_equal(memmon_slabs_create(input, &slabs), 0);
	return slabs;
}

const struct memmon_slabs_row *slabs_maker_row(const struct memmon_slabs *slabs, const char *name)
{
	const struct memmon_slabs_row *found = NULL;

	for (size_t i = 0; i < memmon_slabs_count(slabs); i++) {
		const struct memmon_slabs_row *row = memmon_slabs_at(slabs, i);

		if (strcmp(row->name, name) != 0)
			continue;
		assert_null(found);
		found = row;
	}
	assert_non_null(found);
	return found;
}
