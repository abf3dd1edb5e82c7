/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is held at one moment: live objects and pages, whose they are, and the books of the ledger that
 * knows it. From a live session with a ledger, or from the events of a recording. Part of libmemmon; see
 * memmon.h for its rules.
 *
 * Slab objects and pages are kept apart, in two sections that must never be added: a slab, a large
 * kmalloc and a vmalloc take their memory from the page allocator, so that its bytes are seen there a
 * second time.
 */
#ifndef MEMMON_SNAPSHOT_H
#define MEMMON_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"
#include "report.h"
#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is this a class of births: of requests that leave something that is held? */
bool memmon_class_is_birth(uint32_t event_class);

/* What was never handed to kfree_rcu(): struct memmon_held.queued_ns. */
#define MEMMON_NOT_QUEUED UINT64_MAX

/**
 * struct memmon_held - a live object, or a block of pages
 * @address: of the object; of pages the frame number of the first
 * @age_ns: since its birth
 * @queued_ns: since it was given to kfree_rcu(), or MEMMON_NOT_QUEUED
 * @bytes_req: asked for, now
 * @bytes_alloc: taken, now
 * @pid: thread of the birth
 * @tgid: its process
 * @node: NUMA node of the memory, MEMMON_NODE_UNKNOWN if not known
 * @cache: id of the slab cache, 0 if it is not known or there is none
 * @gfp: flags of the birth
 * @account: its place in the accounts of the snapshot
 * @stack: its id, see memmon_snapshot_stack(); 0 if none was taken
 * @flags: MEMMON_OBJECT_*
 * @event_class: enum memmon_class of the birth
 * @context: enum memmon_context of the birth
 * @order: of pages, at birth
 * @zone: of pages
 * @migratetype: of pages
 * @comm: name of the thread, terminated
 */
struct memmon_held {
	uint64_t address;
	uint64_t age_ns;
	uint64_t queued_ns;
	uint32_t bytes_req;
	uint32_t bytes_alloc;
	uint32_t pid;
	uint32_t tgid;
	uint32_t node;
	uint32_t cache;
	uint32_t gfp;
	uint32_t account;
	uint32_t stack;
	uint32_t flags;
	uint8_t event_class;
	uint8_t context;
	uint8_t order;
	uint8_t zone;
	uint8_t migratetype;
	char comm[MEMMON_COMM_BYTES];
};

/**
 * struct memmon_held_account - what was born and has died of one call site, cache and cgroup
 * @call_site: return address; 0 for pages and for the account of those that have no own
 * @cgroup: id of the cgroup, or 0; in a recording a number that only stands for its path. See
 *	    memmon_snapshot_cgroup()
 * @born: objects or blocks tracked, ever
 * @died: of these, how many are gone
 * @born_bytes: taken by @born
 * @died_bytes: what was freed of these
 * @cache: id of the slab cache; 0 for a kmalloc, whose objects tell
 * @event_class: of the births
 * @order: of pages
 * @section: where its objects are
 * @is_other: the account of all that found no place of their own
 */
struct memmon_held_account {
	uint64_t call_site;
	uint64_t cgroup;
	uint64_t born;
	uint64_t died;
	uint64_t born_bytes;
	uint64_t died_bytes;
	uint32_t cache;
	uint8_t event_class;
	uint8_t order;
	enum memmon_section section;
	bool is_other;
};

/**
 * struct memmon_snapshot_books - what the view must say about itself
 * @duration_ns: since the ledger or the recording began
 * @counts: by enum memmon_ledger_count
 * @seen: events
 * @filtered: births that the filter did not want
 * @untracked_bytes: of births that found no place
 * @lost: events that should be known and are not: dropped, missed by probes, overwritten, cut
 * @object_places: how many objects there is room for; 0 if there is no limit
 * @page_places: the same of blocks of pages
 * @nr_other: births that found no account of their own
 * @missing_classes: mask of 1 << enum memmon_class: paths of this kernel that are not seen, as they were not
 *		     asked for or could not be attached
 * @filter: of the session; its @sample_one_in counts if the condition is set
 * @has_filtered_frees: the filter of a recorded session has kept frees away too, so that what is held is an
 *			upper bound; a ledger never does
 * @is_unfinished: a recording without an end: nobody knows what it lacks
 */
struct memmon_snapshot_books {
	uint64_t duration_ns;
	uint64_t counts[MEMMON_NR_LEDGER_COUNTS];
	uint64_t seen;
	uint64_t filtered;
	uint64_t untracked_bytes;
	uint64_t lost;
	uint64_t object_places;
	uint64_t page_places;
	uint64_t nr_other;
	uint32_t missing_classes;
	struct memmon_filter filter;
	bool has_filtered_frees;
	bool is_unfinished;
};

/**
 * struct memmon_snapshot - all that is held at one moment; read only
 * @held: by enum memmon_section, @nr_held of them, in no order
 * @accounts: @nr_accounts of them, each call site, cache and cgroup once, in no order
 * @origin: what memmon_snapshot_*() need
 */
struct memmon_snapshot {
	struct memmon_held *held[MEMMON_NR_SECTIONS];
	size_t nr_held[MEMMON_NR_SECTIONS];
	struct memmon_held_account *accounts;
	size_t nr_accounts;
	struct memmon_snapshot_books books;
	struct memmon_snapshot_origin *origin;
};

/**
 * memmon_snapshot_take() - what a session's ledger holds now
 * @session: enabled or disabled, with a ledger; must outlive the snapshot
 * @ret: the snapshot, when the call succeeds
 *
 * Return: 0 or a negative errno; -ENODATA without a ledger.
 */
int memmon_snapshot_take(struct memmon_session *session, struct memmon_snapshot **ret);
void memmon_snapshot_free(struct memmon_snapshot *snapshot);

struct memmon_replay;

/**
 * memmon_replay_open() - make the ledger of a recording, event by event
 * @reader: of the recording, nothing taken from it yet; must outlive the replay and its snapshots
 *
 * Return: 0; -EOPNOTSUPP for a recording of calls (source kprobe), which do not say what was given; another
 * negative errno.
 */
int memmon_replay_open(struct memmon_reader *reader, struct memmon_replay **ret);
void memmon_replay_close(struct memmon_replay *replay);

/**
 * memmon_replay_want() - have only some events count; set it before the first one
 * @classes: mask of 1 << enum memmon_class: others are passed over, as if the session had not asked for them
 * @is_wanted: says whether a birth counts, as the filter of a ledger does; NULL for all
 * @arg: for @is_wanted
 */
void memmon_replay_want(struct memmon_replay *replay, uint32_t classes,
			bool (*is_wanted)(void *arg, const struct memmon_event *event), void *arg);

/**
 * memmon_replay_until() - what was held at a moment of the recording
 * @until_ns: since the session began, not before that of the last call; UINT64_MAX for the end
 * @ret: the snapshot, when the call succeeds
 *
 * Return: 1 if events follow, 0 at the end, or a negative errno.
 */
int memmon_replay_until(struct memmon_replay *replay, uint64_t until_ns,
			struct memmon_snapshot **ret);

/* The cache, or NULL if it is not known. Valid as long as the snapshot. */
const struct memmon_cache *memmon_snapshot_cache(const struct memmon_snapshot *snapshot,
						 uint32_t id);

/* The path of an account's cgroup like "/system.slice/ssh.service", or NULL. As long as the snapshot. */
const char *memmon_snapshot_cgroup(const struct memmon_snapshot *snapshot, uint32_t account);

/**
 * memmon_snapshot_site() - the call site of an account: "function+0x1c [module]"
 *
 * "[module]" is there also if the module has been unloaded; "(other)" for the account of those that
 * have no own; "(pages)" if there is no call site.
 *
 * Return: the length, as snprintf().
 */
int memmon_snapshot_site(const struct memmon_snapshot *snapshot, uint32_t account, char *text,
			 size_t size);

/**
 * memmon_snapshot_module() - the module of an account's call site
 * @is_gone: set to whether it has been unloaded, or another one loaded in its place; not if only the code of its
 *	     init function is gone, as that of every module that has been loaded
 *
 * Return: its name, as long as the snapshot; NULL for the kernel itself, and if it is not known.
 */
const char *memmon_snapshot_module(const struct memmon_snapshot *snapshot, uint32_t account,
				   bool *is_gone);

/**
 * memmon_snapshot_stack() - a call stack
 * @frames: set to its return addresses, innermost first; as long as the snapshot
 *
 * Return: how many; 0 if there is none.
 */
size_t memmon_snapshot_stack(const struct memmon_snapshot *snapshot, uint32_t id,
			     const uint64_t **frames);

/* Prints any kernel address of the snapshot, like memmon_symbols_print(); 0 is code that is gone. */
int memmon_snapshot_address(const struct memmon_snapshot *snapshot, uint64_t address, char *text,
			    size_t size);

/**
 * struct memmon_estimate - a sum over sampled objects, and how wrong it may be
 * @objects: how many there are, in all
 * @bytes: taken by them
 * @objects_error: half the width of the interval in which the truth lies 95 times in 100; 0 if not sampled
 * @bytes_error: the same for @bytes
 *
 * Each address is kept with the chance p = 1/N, and so is each aligned group of 1024 page frames. An object
 * in the sample counts N times (Horvitz and Thompson, 1952); for Poisson sampling the estimated variance of
 * the sum of y is sum(y^2 * (1 - p) / p^2) over what was kept, where y is an object, or all pages of a group.
 */
struct memmon_estimate {
	double objects;
	double bytes;
	double objects_error;
	double bytes_error;
};

/**
 * memmon_snapshot_estimate() - add up some of what is held
 * @is_wanted: which; NULL for all
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_snapshot_estimate(const struct memmon_snapshot *snapshot, enum memmon_section section,
			     bool (*is_wanted)(const struct memmon_held *held, void *arg),
			     void *arg, struct memmon_estimate *ret);

/* ---- the slabs of the machine ---- */

/**
 * memmon_session_slabs() - every slab of the machine, now
 * @session: open, in whatever state
 * @ret: the slabs, in the order of addresses; to free()
 * @nr: how many
 *
 * Return: 0; -EOPNOTSUPP if the module cannot read this kernel's slabs; another negative errno.
 */
int memmon_session_slabs(struct memmon_session *session, struct memmon_slab **ret, size_t *nr);

#ifdef __cplusplus
}
#endif

#endif
