/* SPDX-License-Identifier: GPL-2.0 */
/* Made-up lives of objects, and the snapshots that a ledger would give of them. */
#ifndef LEAKS_STORY_H
#define LEAKS_STORY_H

#include "memmon/leaks.h"
#include "memmon/symbols.h"
#include "snapshot_internal.h"

#define STORY_OBJECTS 20000
#define STORY_ACCOUNTS 16
#define STORY_CACHES 8
#define STORY_NEVER UINT64_MAX
#define STORY_MS 1000000ULL
#define STORY_S 1000000000ULL

/* Call sites that have names: "leak+0x10 [leaky]", "churn+0x10", "other+0x10". */
#define STORY_LEAK 0xffffffffc0001010ULL
#define STORY_CHURN 0xffffffff81100010ULL
#define STORY_OTHER 0xffffffff81200010ULL

/* Those of functions that are known: __alloc_pages, __vmalloc_node_range, security_inode_alloc. */
#define STORY_ALLOC_PAGES 0xffffffff81300010ULL
#define STORY_VMALLOC 0xffffffff81400010ULL
#define STORY_INODE 0xffffffff81500010ULL

/**
 * struct story_object - a life
 * @held: as it is in snapshots, but for its ages
 */
struct story_object {
	struct memmon_held held;
	uint64_t born_ns;
	uint64_t queued_ns;
	uint64_t died_ns;
};

/**
 * struct story - what happens
 * @gone_ns: since when the module of an account is unloaded
 * @stack: has the id 1; none without frames
 * @books: of every snapshot, but for its time; the ledger has room unless told otherwise
 */
struct story {
	struct story_object *objects;
	size_t nr_objects;
	struct memmon_held_account accounts[STORY_ACCOUNTS];
	uint64_t gone_ns[STORY_ACCOUNTS];
	const char *cgroups[STORY_ACCOUNTS];
	uint32_t nr_accounts;
	struct memmon_cache caches[STORY_CACHES];
	struct snapshot_stack stack;
	struct memmon_symbols *symbols;
	struct memmon_snapshot_books books;
	struct memmon_leaks_options options;
	struct memmon_leaks *leaks;
};

/* For cmocka: *state is a struct story. */
int story_set_up(void **state);
int story_tear_down(void **state);

/* An account of kmallocs; the test may change it. Return: its place. */
uint32_t story_account(struct story *story, uint64_t call_site);

/* A life. Return: it, as long as no other one is added. */
struct story_object *story_add(struct story *story, uint32_t account, uint64_t born_ns,
			       uint64_t died_ns, uint32_t bytes);

/* @nr lives of 64 bytes, one each @every_ns from @from_ns, each @lifetime_ns long. */
void story_add_many(struct story *story, uint32_t account, size_t nr, uint64_t from_ns,
		    uint64_t every_ns, uint64_t lifetime_ns);

/* What the ledger holds at a moment. */
struct memmon_snapshot *story_snapshot(struct story *story, uint64_t now_ns);

/* Looks at the beginning and @nr times more until @end_ns, and judges. */
void story_judge(struct story *story, size_t nr, uint64_t end_ns);

/* The row with this first name and kind; fails the test if there is none. */
const struct memmon_leak *story_row(struct story *story, const char *name,
				    enum memmon_leak_kind kind);

/* The only row of what was judged last has this verdict and this reason. */
#define assert_judged(story, verdict_, reason_)                                              \
	do {                                                                                 \
		assert_int_equal(memmon_leaks_count((story)->leaks), 1);                     \
		assert_string_equal(                                                         \
			memmon_leak_reason_name(memmon_leaks_at((story)->leaks, 0)->reason), \
			memmon_leak_reason_name(MEMMON_REASON_##reason_));                   \
		assert_int_equal(memmon_leaks_at((story)->leaks, 0)->verdict,                \
				 MEMMON_VERDICT_##verdict_);                                 \
	} while (0)

/* 100 objects of 64 bytes from STORY_LEAK in 10 s, nothing freed. Return: their account. */
uint32_t story_add_leak(struct story *story);

/* The first row. */
const struct memmon_leak *story_first(const struct story *story);

#endif
