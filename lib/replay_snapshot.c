// SPDX-License-Identifier: GPL-2.0
/* Copies what lives at a moment of a recording. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"
#include "snapshot_internal.h"

#define CONDITION(name) (1U << MEMMON_FILTERED_##name)

/* Conditions that an object meets at its end as at its birth. */
#define LIFELONG (CONDITION(SAMPLE) | CONDITION(NODE))

static const struct memmon_cache *cache_of(void *owner, uint32_t id)
{
	return memmon_reader_cache(owner, id);
}

static struct memmon_symbols *symbols_of(void *owner)
{
	return memmon_reader_symbols(owner);
}

static size_t stack_of(void *owner, uint32_t id, const uint64_t **frames)
{
	return memmon_reader_stack(owner, id, frames);
}

static const struct snapshot_ops replay_ops = {
	.cache = cache_of,
	.symbols = symbols_of,
	.stack = stack_of,
};

static void copy_object(const struct memmon_replay *replay, uint64_t now_ns,
			const struct replay_object *object, struct memmon_held *held)
{
	uint64_t born_ns = memmon_reader_ns(replay->reader, object->born);

	*held = (struct memmon_held){
		.address = object->key,
		.age_ns = now_ns > born_ns ? now_ns - born_ns : 0,
		.queued_ns = MEMMON_NOT_QUEUED,
		.bytes_req = object->bytes_req,
		.bytes_alloc = object->bytes_alloc,
		.tgid = object->tgid,
		.gfp = object->gfp,
		.account = object->account,
		.stack = object->stack,
		.event_class = object->event_class,
		.context = object->context,
	};
	if (object->queued) {
		uint64_t queued_ns = memmon_reader_ns(replay->reader, object->queued);

		held->flags = MEMMON_OBJECT_QUEUED;
		held->queued_ns = now_ns > queued_ns ? now_ns - queued_ns : 0;
	}
	memcpy(held->comm, object->comm, sizeof(held->comm) - 1);
	snapshot_detail(held, object->detail, object->pid_node);
}

static void copy_table(const struct memmon_replay *replay, enum replay_kind kind, uint64_t now_ns,
		       struct memmon_snapshot *snapshot)
{
	const struct replay_table *table = &replay->tables[kind];
	enum memmon_section section = kind == REPLAY_PAGES ? MEMMON_SECTION_PAGES :
							     MEMMON_SECTION_SLAB;

	for (size_t i = 0; i < replay_table_slots(table); i++)
		if (table->slots[i].key)
			copy_object(replay, now_ns, &table->slots[i],
				    &snapshot->held[section][snapshot->nr_held[section]++]);
}

static int copy_objects(const struct memmon_replay *replay, uint64_t now_ns,
			struct memmon_snapshot *snapshot)
{
	const struct replay_table *tables = replay->tables;
	const size_t nr[MEMMON_NR_SECTIONS] = {
		[MEMMON_SECTION_SLAB] = tables[REPLAY_OBJECTS].nr + tables[REPLAY_PERCPU].nr,
		[MEMMON_SECTION_PAGES] = tables[REPLAY_PAGES].nr,
	};

	for (int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		snapshot->held[i] = calloc(nr[i] + 1, sizeof(*snapshot->held[i]));
		if (!snapshot->held[i])
			return -ENOMEM;
	}
	for (int i = 0; i < REPLAY_NR_KINDS; i++)
		copy_table(replay, i, now_ns, snapshot);
	return 0;
}

static int copy_accounts(const struct memmon_replay *replay, struct memmon_snapshot *snapshot)
{
	const struct replay_accounts *accounts = &replay->accounts;
	size_t nr = accounts->nr;

	snapshot->accounts = calloc(nr + 1, sizeof(*snapshot->accounts));
	snapshot->origin->texts = calloc(nr + 1, sizeof(*snapshot->origin->texts));
	if (!snapshot->accounts || !snapshot->origin->texts)
		return -ENOMEM;
	if (nr)
		memcpy(snapshot->accounts, accounts->accounts, nr * sizeof(*snapshot->accounts));
	for (size_t i = 0; i < nr; i++)
		snapshot->origin->texts[i].cgroup = replay_accounts_cgroup(accounts, i);
	snapshot->nr_accounts = nr;
	return 0;
}

static int fill_books(const struct memmon_replay *replay, uint64_t now_ns,
		      struct memmon_snapshot_books *books)
{
	const struct memmon_options *options = memmon_reader_options(replay->reader);
	struct memmon_loss loss;
	int err = memmon_reader_loss(replay->reader, &loss);

	if (err)
		return err;
	books->duration_ns = now_ns;
	memcpy(books->counts, replay->counts, sizeof(books->counts));
	books->seen = replay->seen;
	books->filtered = replay->filtered;
	books->lost =
		loss.dropped + loss.overwritten +
		(loss.cut_bytes + sizeof(struct memmon_record) - 1) / sizeof(struct memmon_record);
	books->missing_classes = snapshot_missing_classes(
		options, memmon_reader_machine(replay->reader), loss.missing_classes);
	books->filter = options->filter;
	books->has_filtered_frees = options->filter.conditions & ~LIFELONG;
	books->is_unfinished = loss.is_unfinished;
	return 0;
}

int replay_snapshot(struct memmon_replay *replay, uint64_t now_ns, struct memmon_snapshot **ret)
{
	struct memmon_snapshot *snapshot = snapshot_create(&replay_ops, replay->reader);
	int err;

	if (!snapshot)
		return -ENOMEM;
	err = fill_books(replay, now_ns, &snapshot->books);
	if (!err)
		err = copy_objects(replay, now_ns, snapshot);
	if (!err)
		err = copy_accounts(replay, snapshot);
	if (err) {
		memmon_snapshot_free(snapshot);
		return err;
	}
	*ret = snapshot;
	return 0;
}
