// SPDX-License-Identifier: GPL-2.0
/* Takes a snapshot of the ledger of a live session. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "session_internal.h"
#include "snapshot_internal.h"
#include "snapshot_names.h"

#define SYS_PATH "/sys"
#define MOUNTINFO_PATH "/proc/self/mountinfo"

/* The id of the account of all that found no place of their own. */
#define OTHER_ID 0

static const struct memmon_cache *cache_of(void *owner, uint32_t id)
{
	return snapshot_names_cache(((struct memmon_session *)owner)->names, id);
}

static struct memmon_symbols *symbols_of(void *owner)
{
	struct memmon_symbols *symbols;

	return memmon_session_symbols(owner, &symbols) ? NULL : symbols;
}

static int add_stack(const void *row, void *arg)
{
	struct memmon_snapshot_origin *origin = arg;
	const struct memmon_stack *stack = row;
	size_t nr = origin->nr_stacks;

	if (stack->nr_frames > MEMMON_STACK_FRAMES)
		return -EPROTO;
	if (report_map_find(&origin->of_stack, stack->id) != REPORT_MAP_NONE)
		return 0;
	if (memmon_array_grow((void **)&origin->stacks, nr, &origin->room_stacks,
			      sizeof(*origin->stacks)))
		return -ENOMEM;
	origin->stacks[nr].nr_frames = stack->nr_frames;
	for (uint32_t i = 0; i < stack->nr_frames; i++)
		origin->stacks[nr].frames[i] = stack->frames[i];
	origin->nr_stacks++;
	return report_map_add(&origin->of_stack, stack->id, (uint32_t)nr);
}

static int read_stacks(struct memmon_snapshot_origin *origin)
{
	const struct memmon_session *session = origin->owner;

	if (!session->options.stacks)
		return 0;
	return session_table_read(session, MEMMON_TABLE_STACKS, add_stack, origin);
}

static const struct snapshot_ops live_ops = {
	.cache = cache_of,
	.symbols = symbols_of,
	.read_stacks = read_stacks,
};

/**
 * struct taking - a snapshot that is being taken
 * @now: clock of the kernel, when it began
 * @of_account: place of each account's id
 */
struct taking {
	struct memmon_session *session;
	struct memmon_snapshot *snapshot;
	uint64_t now;
	enum memmon_section section;
	size_t room[MEMMON_NR_SECTIONS];
	size_t room_accounts;
	size_t room_texts;
	struct report_map of_account;
};

static uint64_t age_ns(const struct taking *taking, uint64_t time)
{
	/* Rows are copied while the kernel goes on: one may be younger than the beginning. */
	return time < taking->now ?
		       snapshot_ns(memmon_session_machine(taking->session), taking->now - time) :
		       0;
}

static int add_object(const void *row, void *arg)
{
	const struct memmon_object *object = row;
	struct taking *taking = arg;
	enum memmon_section section = taking->section;
	struct memmon_snapshot *snapshot = taking->snapshot;
	struct memmon_held *held;

	if (memmon_array_grow((void **)&snapshot->held[section], snapshot->nr_held[section],
			      &taking->room[section], sizeof(*held)))
		return -ENOMEM;
	held = &snapshot->held[section][snapshot->nr_held[section]++];
	*held = (struct memmon_held){
		.address = object->address,
		.age_ns = age_ns(taking, object->born),
		.queued_ns = MEMMON_NOT_QUEUED,
		.bytes_req = object->bytes_req,
		.bytes_alloc = object->bytes_alloc,
		.tgid = object->tgid,
		.gfp = object->gfp,
		.account = object->account,
		.stack = object->stack,
		.flags = object->flags,
		.event_class = object->event_class,
		.context = object->context,
	};
	if (object->flags & MEMMON_OBJECT_QUEUED)
		held->queued_ns = age_ns(taking, object->queued);
	memcpy(held->comm, object->comm, sizeof(held->comm) - 1);
	snapshot_detail(held, object->detail, object->pid_node);
	return 0;
}

/*
 * The kernel says "function+0x12/0x34 [module]". The length of the function goes, so that one call site reads
 * the same before its module goes and after.
 */
static int keep_site(struct memmon_session *session, const char *name, struct snapshot_texts *texts)
{
	char text[MEMMON_SITE_NAME_BYTES + 1] = "";
	char *length, *module, *end;

	memcpy(text, name, MEMMON_SITE_NAME_BYTES);
	module = strstr(text, " [");
	length = strchr(text, '/');
	if (length && (!module || length < module))
		memmove(length, length + strcspn(length, " "),
			strlen(length + strcspn(length, " ")) + 1);
	texts->site = memmon_intern_add(&session->names->texts, text, strlen(text));
	module = strstr(text, " [");
	end = module ? strchr(module, ']') : NULL;
	if (!texts->site)
		return -ENOMEM;
	if (!end)
		return 0;
	module += strlen(" [");
	/* "[module build-id]" on kernels that print one. */
	texts->module = memmon_intern_add(&session->names->texts, module, strcspn(module, " ]"));
	return texts->module ? 0 : -ENOMEM;
}

static int add_account(const void *row, void *arg)
{
	const struct memmon_account *account = row;
	struct taking *taking = arg;
	struct memmon_snapshot *snapshot = taking->snapshot;
	size_t nr = snapshot->nr_accounts;
	enum memmon_section section = snapshot_section(account->event_class);
	struct snapshot_texts *texts;

	if (report_map_find(&taking->of_account, account->id) != REPORT_MAP_NONE)
		return 0;
	if (memmon_array_grow((void **)&snapshot->accounts, nr, &taking->room_accounts,
			      sizeof(*snapshot->accounts)) ||
	    memmon_array_grow((void **)&snapshot->origin->texts, nr, &taking->room_texts,
			      sizeof(*texts)))
		return -ENOMEM;
	texts = &snapshot->origin->texts[nr];
	*texts = (struct snapshot_texts){ .is_gone = account->is_gone };
	snapshot->accounts[nr] = (struct memmon_held_account){
		.call_site = account->call_site,
		.cgroup = account->cgroup,
		.born = account->born,
		.died = account->died,
		.born_bytes = account->born_bytes,
		.died_bytes = account->died_bytes,
		.event_class = account->event_class,
		.section = section,
		.is_other = account->id == OTHER_ID,
	};
	if (section == MEMMON_SECTION_PAGES)
		snapshot->accounts[nr].order = MEMMON_PAGE_ORDER(account->detail);
	else if (snapshot_class_has_cache(account->event_class))
		snapshot->accounts[nr].cache = account->detail;
	snapshot->nr_accounts++;
	if (report_map_add(&taking->of_account, account->id, (uint32_t)nr) ||
	    (account->site_name[0] && keep_site(taking->session, account->site_name, texts)))
		return -ENOMEM;
	return 0;
}

/* The account of an object that names none that is known. */
static int find_other(struct taking *taking, uint32_t *place)
{
	static const struct memmon_account other = { .id = OTHER_ID };
	int err = add_account(&other, taking);

	*place = report_map_find(&taking->of_account, OTHER_ID);
	return err;
}

/* From the ids of accounts to their places. */
static int place_accounts(struct taking *taking)
{
	struct memmon_snapshot *snapshot = taking->snapshot;
	int err = 0;

	for (int i = 0; i < MEMMON_NR_SECTIONS; i++) {
		for (size_t j = 0; j < snapshot->nr_held[i] && !err; j++) {
			struct memmon_held *held = &snapshot->held[i][j];
			uint32_t place = report_map_find(&taking->of_account, held->account);

			if (place == REPORT_MAP_NONE)
				err = find_other(taking, &place);
			held->account = place;
		}
	}
	for (size_t i = 0; i < snapshot->nr_accounts; i++)
		if (snapshot->accounts[i].is_other)
			snapshot->books.nr_other = snapshot->accounts[i].born;
	return err;
}

static int name_cgroups(struct taking *taking)
{
	struct snapshot_cgroups *cgroups = &taking->session->names->cgroups;
	struct memmon_snapshot *snapshot = taking->snapshot;
	int err = 0;

	snapshot_cgroups_refresh(cgroups);
	for (size_t i = 0; i < snapshot->nr_accounts && !err; i++)
		if (snapshot->accounts[i].cgroup)
			err = snapshot_cgroups_find(cgroups, snapshot->accounts[i].cgroup,
						    &snapshot->origin->texts[i].cgroup);
	return err;
}

/* Rings that were full are no loss of a ledger. */
static uint64_t lost_events(const struct memmon_stats *stats)
{
	uint64_t lost = 0;

	for (int i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		if (i != MEMMON_DROPPED_FULL && i != MEMMON_DROPPED_NO_RING)
			lost += stats->dropped[i];
	return lost;
}

static int fill_books(struct taking *taking)
{
	struct memmon_snapshot_books *books = &taking->snapshot->books;
	struct memmon_session *session = taking->session;
	struct memmon_ledger_stats ledger;
	struct memmon_stats stats;
	int err = session_ledger_stats(session, &ledger);

	if (!err)
		err = memmon_session_stats(session, &stats);
	if (err)
		return err;
	taking->now = ledger.now;
	if (ledger.enabled_at && ledger.now > ledger.enabled_at)
		books->duration_ns = snapshot_ns(memmon_session_machine(session),
						 ledger.now - ledger.enabled_at);
	for (int i = 0; i < MEMMON_NR_CLASSES; i++)
		books->seen += ledger.seen[i];
	/* The conditions are the first of the reasons. */
	for (int i = 0; i <= MEMMON_FILTERED_CACHE; i++)
		books->filtered += ledger.filtered[i];
	memcpy(books->counts, ledger.counts, sizeof(books->counts));
	books->untracked_bytes = ledger.untracked_bytes;
	books->lost = lost_events(&stats);
	books->object_places = ledger.object_places;
	books->page_places = ledger.page_places;
	books->missing_classes = snapshot_missing_classes(
		&session->options, memmon_session_machine(session), stats.missing_classes);
	books->filter = session->options.filter;
	return 0;
}

static int fill(struct taking *taking)
{
	static const enum memmon_table tables[MEMMON_NR_SECTIONS] = {
		[MEMMON_SECTION_SLAB] = MEMMON_TABLE_OBJECTS,
		[MEMMON_SECTION_PAGES] = MEMMON_TABLE_PAGES,
	};
	struct memmon_session *session = taking->session;
	int err = fill_books(taking);

	for (int i = 0; i < MEMMON_NR_SECTIONS && !err; i++) {
		taking->section = i;
		err = session_table_read(session, tables[i], add_object, taking);
	}
	/* After the objects, so that each of them finds its account. */
	if (!err)
		err = session_table_read(session, MEMMON_TABLE_ACCOUNTS, add_account, taking);
	if (!err)
		err = place_accounts(taking);
	return err ? err : name_cgroups(taking);
}

int memmon_snapshot_take(struct memmon_session *session, struct memmon_snapshot **ret)
{
	struct taking taking = { .session = session };
	int err = 0;

	if (!session->names)
		err = snapshot_names_create(session, SYS_PATH, MOUNTINFO_PATH, &session->names);
	if (err)
		return err;
	taking.snapshot = snapshot_create(&live_ops, session);
	if (!taking.snapshot)
		return -ENOMEM;
	err = report_map_init(&taking.of_account);
	if (!err) {
		err = fill(&taking);
		report_map_exit(&taking.of_account);
	}
	if (err) {
		memmon_snapshot_free(taking.snapshot);
		return err;
	}
	*ret = taking.snapshot;
	return 0;
}
