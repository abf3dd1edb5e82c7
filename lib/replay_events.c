// SPDX-License-Identifier: GPL-2.0
/* What each event does to the ledger of a recording. The rules are those of the kernel's ledger. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "replay_internal.h"

void replay_end(struct memmon_replay *replay, enum replay_kind kind, struct replay_object *object)
{
	struct memmon_held_account *account = &replay->accounts.accounts[object->account];

	if (replay->observer.end)
		replay->observer.end(replay->observer.arg, object, object->bytes_alloc, true);
	account->died++;
	account->died_bytes += object->bytes_alloc;
	if (kind == REPLAY_PAGES)
		replay->blocks[replay_order(object)]--;
	replay_table_remove(&replay->tables[kind], object);
}

static int bear(struct memmon_replay *replay, enum replay_kind kind,
		const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct memmon_held_account *account;
	struct replay_object *object;
	uint32_t place;

	if (replay_accounts_find(&replay->accounts, record, &place))
		return -ENOMEM;
	object = replay_table_add(&replay->tables[kind], record->object);
	if (!object)
		return -ENOMEM;
	object->born = record->time;
	object->bytes_req = record->bytes_req;
	object->bytes_alloc = record->bytes_alloc;
	object->pid_node = record->pid_node;
	object->tgid = record->tgid;
	object->gfp = record->gfp;
	object->account = place;
	object->stack = event->stack;
	object->detail = record->detail;
	object->event_class = record->event_class;
	object->context = record->context;
	memcpy(object->comm, record->comm, sizeof(object->comm));
	if (kind == REPLAY_PAGES) {
		object->pages_left = 1U << replay_order(object);
		replay->blocks[replay_order(object)]++;
	}
	account = &replay->accounts.accounts[place];
	account->born++;
	account->born_bytes += record->bytes_alloc;
	return 0;
}

/*
 * What must be dead where something is born, or NULL. A block of pages that lives only in part may have lost
 * its first page: then both live from now on.
 */
static struct replay_object *find_dead(const struct memmon_replay *replay, enum replay_kind kind,
				       uint64_t key)
{
	struct replay_object *object = replay_table_find(&replay->tables[kind], key);

	while (kind == REPLAY_PAGES && object && object->pages_left < 1U << replay_order(object))
		object = replay_table_next(&replay->tables[kind], object);
	return object;
}

/* The bulk allocator may take its only page from the one that is traced. */
static bool is_duplicate(const struct memmon_replay *replay, const struct memmon_record *birth)
{
	return birth->event_class == MEMMON_CLASS_PAGE_ALLOC_BULK &&
	       replay_find_block(replay, birth->object, 0);
}

static int birth(struct memmon_replay *replay, enum replay_kind kind,
		 const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	struct replay_object *dead;

	if (!record->object) {
		replay->counts[MEMMON_LEDGER_FAILED]++;
		return 0;
	}
	if (replay->is_wanted && !replay->is_wanted(replay->arg, event)) {
		replay->filtered++;
		return 0;
	}
	if (is_duplicate(replay, record)) {
		replay->counts[MEMMON_LEDGER_DUPLICATE]++;
		return 0;
	}
	dead = find_dead(replay, kind, record->object);
	if (dead)
		replay_end(replay, kind, dead);
	replay->counts[dead ? MEMMON_LEDGER_REBORN : MEMMON_LEDGER_BORN]++;
	return bear(replay, kind, event);
}

static enum memmon_ledger_count death(struct memmon_replay *replay, enum replay_kind kind,
				      uint64_t address)
{
	struct replay_object *object = replay_table_find(&replay->tables[kind], address);

	if (!object)
		return MEMMON_LEDGER_UNKNOWN;
	replay_end(replay, kind, object);
	return MEMMON_LEDGER_FREED;
}

/* An object goes to kfree_rcu(); some are queued twice, on their way, and the first time counts. */
static enum memmon_ledger_count queue(struct memmon_replay *replay,
				      const struct memmon_record *record)
{
	struct replay_object *object =
		replay_table_find(&replay->tables[REPLAY_OBJECTS], record->object);

	if (!object)
		return MEMMON_LEDGER_UNKNOWN;
	if (!object->queued)
		object->queued = record->time;
	return MEMMON_LEDGER_QUEUED;
}

static enum memmon_ledger_count resize(struct memmon_replay *replay,
				       const struct memmon_record *record)
{
	struct replay_object *object =
		replay_table_find(&replay->tables[REPLAY_OBJECTS], record->object);

	if (!object)
		return MEMMON_LEDGER_UNKNOWN;
	object->bytes_req = record->bytes_req;
	return MEMMON_LEDGER_RESIZED;
}

/* What the end or the change of an object counts as, or -ENOMEM. */
static int change(struct memmon_replay *replay, const struct memmon_record *record)
{
	switch (record->event_class) {
	case MEMMON_CLASS_KFREE:
	case MEMMON_CLASS_CACHE_FREE:
	case MEMMON_CLASS_CACHE_FREE_BULK:
	case MEMMON_CLASS_RCU_FREE:
	case MEMMON_CLASS_KFREE_NOLOCK:
	case MEMMON_CLASS_VFREE:
		return death(replay, REPLAY_OBJECTS, record->object);
	case MEMMON_CLASS_PERCPU_FREE:
		return death(replay, REPLAY_PERCPU, record->object);
	case MEMMON_CLASS_PAGE_FREE:
		return replay_free_pages(replay, record->object, MEMMON_PAGE_ORDER(record->detail));
	case MEMMON_CLASS_RCU_QUEUE:
		return queue(replay, record);
	case MEMMON_CLASS_KREALLOC:
		return resize(replay, record);
	default:
		/* mm_page_free_batched: the kernel says mm_page_free of the same page, too. */
		return MEMMON_LEDGER_NOTED;
	}
}

int replay_event(struct memmon_replay *replay, const struct memmon_event *event)
{
	const struct memmon_record *record = event->record;
	int count;

	replay->last = record->time;
	if (!(replay->classes >> (record->event_class & 31) & 1))
		return 0;
	replay->seen++;
	switch (record->event_class) {
	case MEMMON_CLASS_KMALLOC:
	case MEMMON_CLASS_CACHE_ALLOC:
	case MEMMON_CLASS_CACHE_ALLOC_BULK:
	case MEMMON_CLASS_KMALLOC_NOLOCK:
	case MEMMON_CLASS_VMALLOC:
		return birth(replay, REPLAY_OBJECTS, event);
	case MEMMON_CLASS_PERCPU_ALLOC:
		return birth(replay, REPLAY_PERCPU, event);
	case MEMMON_CLASS_PAGE_ALLOC:
	case MEMMON_CLASS_PAGE_ALLOC_BULK:
		return birth(replay, REPLAY_PAGES, event);
	default:
		count = change(replay, record);
		if (count >= 0)
			replay->counts[count]++;
		return count < 0 ? count : 0;
	}
}
