/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Says what of the memory that is held looks like a leak, and how sure that is. Fed with the snapshots of an
 * observation; pure: it asks nobody and prints nothing. Part of libmemmon; see memmon.h for its rules.
 *
 * What is told apart first, object by object: what waits for kfree_rcu(); what grows by itself, like inodes
 * (memmon_leaks_expected()), and pages of files; pages of processes; what is left of an unloaded module. The
 * rest is judged by its row. Pages that are slabs, large kmallocs or vmalloc areas are counted, but are in no row.
 *
 * The words of the rules:
 *
 *	looks	those after the first one, which is at the beginning
 *	old	older than options.older_than_ns; if that is 0, than a quarter of the time watched
 *	half	the look next to half of the time
 *	rise	of the bytes held: rise 1 from the first of the looks to half, rise 2 from half to the end,
 *		rise 3 in the last quarter of the time
 *	tau	Kendall's: (pairs of looks of which the later has more bytes - those where it has less) /
 *		all pairs; 1 if it grows from each look to the next
 *	freed	of all objects born, the share that died or waits for kfree_rcu(). Where a row is not made of whole
 *		accounts (by process, stack or kmalloc cache) the most that it can be, as if all that was freed of
 *		the accounts that it has a part in were its own
 *	stayed	of the objects that were there at half, the share that still is; 0 if there were none
 *	steady	there were objects at half, it rose in half of the looks after it or more, tau >= 0.7,
 *		rise 2 >= 0.5 * rise 1, rise 3 >= 0.25 * rise 2
 *	falls	less than 90 % of its peak is left
 *	flat	rise 2 <= 5 % of what is held
 *	n, t	number of objects (seen, not estimated); seconds watched
 *
 * The rules; the first that holds decides:
 *
 *	reason	   verdict	when					    confidence in percent
 *	queued	   rcu_pending	it waits for kfree_rcu()		    100
 *	expected   cache	it is of what grows by itself		    90
 *	process	   in_use	pages of processes, page tables		    90
 *	unloaded   leak		its module is unloaded			    99
 *	churns	   in_use	not steady, freed >= 50 %, stayed < 50 %    100 * max(freed, 1 - stayed)
 *	short	   unclear	less than 6 looks or 1 second		    0
 *	not_freed  leak		steady, freed <= 10 %, stayed >= 90 %	    100 * tau * stayed * (1 - freed)
 *									    * n / (n + 3) * t / (t + 2)
 *	survives   likely_leak	steady, stayed >= 50 %			    100 * tau * stayed * (1 - freed / 3)
 *									    * n / (n + 3) * t / (t + 2)
 *	falls	   in_use	falls					    100 * max(freed, 1 - stayed)
 *	stays	   held		flat					    100 * stayed
 *	late	   growing	there were none at half			    25
 *	replaced   growing	steady					    50 * tau
 *	slower	   growing	rise 2 < 0.5 * rise 1			    25
 *	unsteady   growing	else					    25
 *
 * Of leak, likely_leak and growing, what something else could explain becomes unclear, with confidence 0; few,
 * sample and young are not asked of what is unloaded:
 *
 *	few	   less than 10 objects
 *	loss	   events lost, and objects whose free was missed (not more than are freed of the row), are 10 % of
 *		   its objects or more
 *	unfinished the recording has no end: frees may be missing
 *	filtered   the filter of the recording kept frees out
 *	missing	   a path that could free it is not seen
 *	no_flags   pages, and it is not known which are slabs (recordings)
 *	merged	   its cache is merged with one that grows by itself
 *	mixed	   it is of several call sites that found no account of their own
 *	sample	   the error of its estimated bytes is as large as these
 *	young	   less than 10 old objects (not asked of growing)
 *
 * And held becomes unclear (full) if 1 % of all births or more found no place: it may only seem not to grow.
 */
#ifndef MEMMON_LEAKS_H
#define MEMMON_LEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The thresholds of the rules above. */
#define MEMMON_LEAKS_MIN_LOOKS 6
#define MEMMON_LEAKS_MIN_NS 1000000000ULL
#define MEMMON_LEAKS_MIN_OBJECTS 10
#define MEMMON_LEAKS_STEADY_TAU 0.7
#define MEMMON_LEAKS_STEADY_RISE 0.5
#define MEMMON_LEAKS_LAST_RISE 0.25
#define MEMMON_LEAKS_FLAT_RISE 0.05
#define MEMMON_LEAKS_FALLEN_TO 0.9
#define MEMMON_LEAKS_HARDLY_FREED 0.1
#define MEMMON_LEAKS_NEARLY_ALL_STAYED 0.9
#define MEMMON_LEAKS_HALF 0.5
#define MEMMON_LEAKS_LOST_SHARE 0.1
#define MEMMON_LEAKS_UNTRACKED_SHARE 0.01
#define MEMMON_LEAKS_OLD_SHARE 4

/* What rows may be made of: (constant suffix, name). */
#define MEMMON_LEAK_KEYS(X)   \
	X(SITE, "site")       \
	X(STACK, "stack")     \
	X(MODULE, "module")   \
	X(PROCESS, "process") \
	X(CGROUP, "cgroup")   \
	X(CACHE, "cache")

enum memmon_leak_key {
#define MEMMON_LEAK_KEY_ENUM(id, name) MEMMON_LEAK_KEY_##id,
	MEMMON_LEAK_KEYS(MEMMON_LEAK_KEY_ENUM)
#undef MEMMON_LEAK_KEY_ENUM
	MEMMON_NR_LEAK_KEYS
};

/* So many may be combined. */
#define MEMMON_LEAKS_MAX_KEYS 3

/* Verdicts: (constant suffix, name), the worst first. */
#define MEMMON_LEAK_VERDICTS(X)       \
	X(LEAK, "leak")               \
	X(LIKELY_LEAK, "likely_leak") \
	X(GROWING, "growing")         \
	X(UNCLEAR, "unclear")         \
	X(HELD, "held")               \
	X(CACHE, "cache")             \
	X(RCU_PENDING, "rcu_pending") \
	X(IN_USE, "in_use")

enum memmon_leak_verdict {
#define MEMMON_LEAK_VERDICT_ENUM(id, name) MEMMON_VERDICT_##id,
	MEMMON_LEAK_VERDICTS(MEMMON_LEAK_VERDICT_ENUM)
#undef MEMMON_LEAK_VERDICT_ENUM
	MEMMON_NR_LEAK_VERDICTS
};

/* Reasons: (constant suffix, name, in words). */
#define MEMMON_LEAK_REASONS(X)                                                                   \
	X(QUEUED, "queued", "waits for kfree_rcu()")                                             \
	X(EXPECTED, "expected", "grows by itself, up to what memory there is")                   \
	X(PROCESS, "process", "memory of processes")                                             \
	X(UNLOADED, "unloaded", "its module is unloaded: nobody is left to free it")             \
	X(SHORT, "short", "watched too short to tell growth: too few looks")                     \
	X(LATE, "late", "grows, but only since half time")                                       \
	X(FALLS, "falls", "less than there was: more is freed than allocated")                   \
	X(CHURNS, "churns", "freed about as fast as it is allocated")                            \
	X(STAYS, "stays", "allocated and kept, but it does not grow")                            \
	X(NOT_FREED, "not_freed", "grows steadily, and hardly any of it is freed")               \
	X(SURVIVES, "survives", "grows steadily, and most of what was there has stayed")         \
	X(REPLACED, "replaced", "grows, but most of what was there at half time is freed since") \
	X(SLOWER, "slower", "grows, but ever slower")                                            \
	X(UNSTEADY, "unsteady", "grows, but not steadily")                                       \
	X(LOSS, "loss", "lost events may be its frees")                                          \
	X(UNFINISHED, "unfinished", "the recording has no end: frees may be missing")            \
	X(FILTERED, "filtered", "the filter of the recording kept frees out")                    \
	X(MISSING, "missing", "a way to free it is not seen here")                               \
	X(NO_FLAGS, "no_flags", "recordings do not tell pages of slabs from others")             \
	X(MERGED, "merged", "its cache is merged with one that grows by itself")                 \
	X(MIXED, "mixed", "several call sites that found no account of their own")               \
	X(SAMPLE, "sample", "the sample is too small: the error is as large as the estimate")    \
	X(FEW, "few", "too few objects")                                                         \
	X(YOUNG, "young", "too few of them are old")                                             \
	X(FULL, "full", "does not seem to grow, but new objects found no place")

enum memmon_leak_reason {
#define MEMMON_LEAK_REASON_ENUM(id, name, words) MEMMON_REASON_##id,
	MEMMON_LEAK_REASONS(MEMMON_LEAK_REASON_ENUM)
#undef MEMMON_LEAK_REASON_ENUM
	MEMMON_NR_LEAK_REASONS
};

/**
 * enum memmon_leak_kind - what is told apart before anything is judged
 * @MEMMON_LEAK_KIND_PLAIN: nothing of the below
 * @MEMMON_LEAK_KIND_UNLOADED: of a module that is unloaded
 * @MEMMON_LEAK_KIND_RCU: given to kfree_rcu()
 * @MEMMON_LEAK_KIND_CACHE: of a cache that grows by itself, or of the page cache
 * @MEMMON_LEAK_KIND_PROCESS: pages of processes, and page tables
 */
enum memmon_leak_kind {
	MEMMON_LEAK_KIND_PLAIN,
	MEMMON_LEAK_KIND_UNLOADED,
	MEMMON_LEAK_KIND_RCU,
	MEMMON_LEAK_KIND_CACHE,
	MEMMON_LEAK_KIND_PROCESS,
	MEMMON_NR_LEAK_KINDS
};

/* Ages: less than 1 s, 10 s, 1 min, 10 min, and more. */
#define MEMMON_LEAK_AGES 5

/* So many looks are remembered; when there are more, every second one is forgotten. */
#define MEMMON_LEAKS_MAX_LOOKS 64

/**
 * struct memmon_leaks_options - what rows are, and what is old
 * @keys: what a row is, @nr_keys of them
 * @older_than_ns: what is younger is no leak; 0 for a quarter of the time watched
 */
struct memmon_leaks_options {
	enum memmon_leak_key keys[MEMMON_LEAKS_MAX_KEYS];
	unsigned int nr_keys;
	uint64_t older_than_ns;
};

/**
 * struct memmon_leak_part - some of a row: what one call site holds of it
 * @name: of the call site
 */
struct memmon_leak_part {
	const char *name;
	uint64_t objects;
	uint64_t bytes;
};

/**
 * struct memmon_leak - a row: what is held at the end, of one key and kind
 * @names: of its keys, in their order; any bytes but zero
 * @held: how much there is; an estimate if the session sampled
 * @objects: of these, how many were seen; so are the next ones
 * @bytes: taken by them
 * @bytes_req: asked for by them
 * @old_objects: how many are old
 * @ages: how many of each age
 * @oldest_ns: the greatest age; of what waits for kfree_rcu() the longest wait
 * @born: ever, where @knows_freed
 * @freed: of these, died or waiting for kfree_rcu()
 * @knows_freed: the row is made of whole accounts
 * @at_half: objects that were there at half time
 * @stayed: how many of these still are
 * @tau: Kendall's, of the bytes at the looks; 0 without looks
 * @bytes_per_second: from half time to the end, rescaled if sampled
 * @series: bytes at each look, memmon_leaks_looks() of them, rescaled if sampled
 * @parts: call sites of the row, most bytes first, @nr_parts of them
 * @stack: the call stack that most of its bytes have, 0 if none was taken
 * @stack_bytes: how many these are
 * @why: why it is expected to grow, for the reason "expected"; else NULL
 * @confidence: that the verdict is right, in percent
 */
struct memmon_leak {
	enum memmon_section section;
	enum memmon_leak_kind kind;
	const char *names[MEMMON_LEAKS_MAX_KEYS];
	struct memmon_estimate held;
	uint64_t objects;
	uint64_t bytes;
	uint64_t bytes_req;
	uint64_t old_objects;
	uint64_t ages[MEMMON_LEAK_AGES];
	uint64_t oldest_ns;
	uint64_t born;
	uint64_t freed;
	bool knows_freed;
	uint64_t at_half;
	uint64_t stayed;
	double tau;
	double bytes_per_second;
	const double *series;
	const struct memmon_leak_part *parts;
	size_t nr_parts;
	uint32_t stack;
	uint64_t stack_bytes;
	const char *why;
	enum memmon_leak_verdict verdict;
	enum memmon_leak_reason reason;
	unsigned int confidence;
};

/**
 * struct memmon_leaks_total - what all rows of a section add up to
 * @objects: held, by enum memmon_leak_kind, estimated if sampled; so is the next one
 * @bytes: taken by them
 * @oldest_ns: by kind
 * @born_bytes: ever allocated, rescaled if sampled
 * @backing_bytes: pages of slabs, large kmallocs and vmalloc areas: in no row, since their objects are in the other
 *		   section
 */
struct memmon_leaks_total {
	double objects[MEMMON_NR_LEAK_KINDS];
	double bytes[MEMMON_NR_LEAK_KINDS];
	uint64_t oldest_ns[MEMMON_NR_LEAK_KINDS];
	double born_bytes;
	double backing_bytes;
};

struct memmon_leaks;

/**
 * memmon_leak_key_find() - a key by its name
 *
 * Return: 0, or -ENOENT.
 */
int memmon_leak_key_find(const char *name, size_t len, enum memmon_leak_key *ret);
const char *memmon_leak_key_name(enum memmon_leak_key key);
const char *memmon_leak_verdict_name(enum memmon_leak_verdict verdict);
const char *memmon_leak_reason_name(enum memmon_leak_reason reason);
const char *memmon_leak_reason_words(enum memmon_leak_reason reason);

/**
 * memmon_leaks_expected() - why a slab cache grows by itself
 * @cache: its name
 *
 * Return: the reason in words, or NULL if it does not.
 */
const char *memmon_leaks_expected(const char *cache);

/* The same of a call site, like "alloc_inode+0x1c". */
const char *memmon_leaks_expected_site(const char *site);

/**
 * memmon_leaks_create() - begin an observation
 *
 * Return: 0, -EINVAL when the options make no sense, or -ENOMEM.
 */
int memmon_leaks_create(const struct memmon_leaks_options *options, struct memmon_leaks **ret);
void memmon_leaks_destroy(struct memmon_leaks *leaks);

/**
 * memmon_leaks_add() - take a look
 * @snapshot: later than the one before; nothing of it is kept
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_leaks_add(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot);

/**
 * memmon_leaks_finish() - judge; to be called before any function below
 * @snapshot: the one that was added last
 *
 * More looks may follow, and another finish; rows live until the next call of add, finish or destroy.
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_leaks_finish(struct memmon_leaks *leaks, const struct memmon_snapshot *snapshot);

/* Rows of both sections, in their order: by verdict, then by confidence times bytes. */
size_t memmon_leaks_count(const struct memmon_leaks *leaks);
const struct memmon_leak *memmon_leaks_at(const struct memmon_leaks *leaks, size_t i);
const struct memmon_leaks_total *memmon_leaks_total(const struct memmon_leaks *leaks,
						    enum memmon_section section);

/* How many looks are remembered, and when each was, since the ledger began. The first is at the beginning. */
size_t memmon_leaks_looks(const struct memmon_leaks *leaks);
uint64_t memmon_leaks_look_ns(const struct memmon_leaks *leaks, size_t look);

/* What counted as old at the end. */
uint64_t memmon_leaks_older_than_ns(const struct memmon_leaks *leaks);

#ifdef __cplusplus
}
#endif

#endif
