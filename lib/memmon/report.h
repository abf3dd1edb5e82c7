/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds events up: who asked for memory, how much, what of it is still held, and for how long the rest
 * was. Part of libmemmon; see memmon.h for its rules.
 *
 * Slab objects and pages are kept apart, in two sections that must never be added: a slab takes its
 * memory from the page allocator, so that its bytes are seen there a second time. So do vmalloc and the
 * per-CPU allocator: what they give is in the section of slab objects, as the caches "vmalloc" and
 * "percpu".
 *
 * The memory of a report grows with the number of rows and of live objects, not with that of events.
 */
#ifndef MEMMON_REPORT_H
#define MEMMON_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What rows may be made of: (constant suffix, name). */
#define MEMMON_KEYS(X)        \
	X(CACHE, "cache")     \
	X(SITE, "site")       \
	X(PROCESS, "process") \
	X(CGROUP, "cgroup")   \
	X(SIZE, "size")       \
	X(ORDER, "order")     \
	X(NODE, "node")       \
	X(ZONE, "zone")       \
	X(CONTEXT, "context") \
	X(CPU, "cpu")         \
	X(MODULE, "module")   \
	X(STACK, "stack")

enum memmon_key {
#define MEMMON_KEY_ENUM(id, name) MEMMON_KEY_##id,
	MEMMON_KEYS(MEMMON_KEY_ENUM)
#undef MEMMON_KEY_ENUM
	MEMMON_NR_KEYS
};

/* So many may be combined, like the caches of each process. */
#define MEMMON_REPORT_MAX_KEYS 4

enum memmon_section {
	MEMMON_SECTION_SLAB,
	MEMMON_SECTION_PAGES,
	MEMMON_NR_SECTIONS
};

/**
 * enum memmon_frees - how many of the frees of a section the session let through
 * @MEMMON_FREES_ALL: all of them
 * @MEMMON_FREES_SOME: not those by other tasks or in other contexts, or of parts of a block of pages:
 *		       what is outstanding is an upper bound
 * @MEMMON_FREES_NONE: none that would help: outstanding, frees and lifetimes are not known
 */
enum memmon_frees {
	MEMMON_FREES_ALL,
	MEMMON_FREES_SOME,
	MEMMON_FREES_NONE
};

/**
 * struct memmon_report_options - what a report is to be
 * @keys: what a row is, @nr_keys of them
 * @from_ns: first moment of the window, since the session began
 * @until_ns: the moment behind the window; UINT64_MAX for no end
 * @is_wanted: says whether a request counts, or NULL: all do. Frees follow the objects.
 * @arg: for @is_wanted
 */
struct memmon_report_options {
	enum memmon_key keys[MEMMON_REPORT_MAX_KEYS];
	unsigned int nr_keys;
	uint64_t from_ns;
	uint64_t until_ns;
	bool (*is_wanted)(void *arg, const struct memmon_event *event);
	void *arg;
};

/**
 * struct memmon_sums - what a row, or a section, adds up to
 * @requests: also those that failed
 * @failed: requests that got no memory; their bytes count nowhere
 * @bytes_requested: as asked for
 * @bytes_taken: with rounding; not known for calls (source kprobe), then 0
 * @frees: of objects allocated in the window; a block of pages with its first part that is freed
 * @reused: objects whose address was given out again although no free was seen
 * @unknown_frees: of objects that were not allocated in the window; they count for what is known of
 *		   the free itself: its cache, its call site, its process
 * @frees_other_cpu: part of @frees, on another CPU than the request
 * @frees_other_node: part of @frees, on a CPU of another NUMA node than the memory
 * @outstanding_objects: allocated in the window and not freed in it
 * @outstanding_bytes: taken by them, and by what is left of blocks that were freed in part
 * @peak_objects: the most that @outstanding_objects ever was
 * @peak_bytes: the most that @outstanding_bytes ever was
 * @lifetime_min_ns: of the objects in @frees; exact. The lifetimes are 0 without @frees.
 * @lifetime_median_ns: within MEMMON_LIFETIME_ERROR of a value that half of them do not exceed
 * @lifetime_p99_ns: the same for 99 percent
 *
 * requests = failed + frees + reused + outstanding_objects, where frees are known at all.
 */
struct memmon_sums {
	uint64_t requests;
	uint64_t failed;
	uint64_t bytes_requested;
	uint64_t bytes_taken;
	uint64_t frees;
	uint64_t reused;
	uint64_t unknown_frees;
	uint64_t frees_other_cpu;
	uint64_t frees_other_node;
	uint64_t outstanding_objects;
	uint64_t outstanding_bytes;
	uint64_t peak_objects;
	uint64_t peak_bytes;
	uint64_t lifetime_min_ns;
	uint64_t lifetime_median_ns;
	uint64_t lifetime_p99_ns;
};

/* Relative error of medians and percentiles: buckets are 1/32 of an octave wide, and their middle is told. */
#define MEMMON_LIFETIME_ERROR (1.0 / 64)

/**
 * struct memmon_report_window - what time the report is about
 * @from_ns: its begin, since the session began
 * @until_ns: its end: of the window, or the last event if that is earlier
 * @events: read in it
 */
struct memmon_report_window {
	uint64_t from_ns;
	uint64_t until_ns;
	uint64_t events;
};

struct memmon_report;

/**
 * memmon_key_find() - a key by its name
 *
 * Return: 0, or -ENOENT.
 */
int memmon_key_find(const char *name, size_t len, enum memmon_key *ret);
const char *memmon_key_name(enum memmon_key key);

/**
 * memmon_report_create() - an empty report
 * @reader: whose events it will be about; must outlive it
 *
 * Return: 0, -EINVAL when the options make no sense, or -ENOMEM.
 */
int memmon_report_create(struct memmon_reader *reader, const struct memmon_report_options *options,
			 struct memmon_report **ret);
void memmon_report_destroy(struct memmon_report *report);

/**
 * memmon_report_add() - add events, in the order of time
 *
 * Return: 1 when the window has ended and no more are needed, 0, or -ENOMEM.
 */
int memmon_report_add(struct memmon_report *report, const struct memmon_event *events,
		      unsigned int nr);

/**
 * memmon_report_read() - add all events that the reader has
 *
 * Return: 0 or a negative errno.
 */
int memmon_report_read(struct memmon_report *report);

/**
 * memmon_report_finish() - work out lifetimes and sums; to be called before any function below
 *
 * Return: 0 or -ENOMEM.
 */
int memmon_report_finish(struct memmon_report *report);

struct memmon_report_window memmon_report_window(const struct memmon_report *report);
enum memmon_frees memmon_report_frees(const struct memmon_report *report,
				      enum memmon_section section);

/**
 * memmon_report_unseen() - frees on paths that the session did not record
 *
 * If there are any, what is outstanding is an upper bound: some of it may have been freed in bulk, by
 * kfree_rcu() or by another function without a tracepoint.
 *
 * Return: mask of 1 << enum memmon_class, hooks that this kernel has and that were left out or could not be
 * attached; 0 if frees are not known at all.
 */
uint32_t memmon_report_unseen(const struct memmon_report *report, enum memmon_section section);

/*
 * Whether vmalloc or per-CPU memory is among the slab objects: it has addresses as they do, and no bytes
 * that pages would not have a second time, but the key "cache" tells it apart.
 */
bool memmon_report_has_areas(const struct memmon_report *report);

/* Whether bytes_taken is known: it is not for calls. */
bool memmon_report_knows_taken(const struct memmon_report *report);

size_t memmon_report_count(const struct memmon_report *report, enum memmon_section section);
const struct memmon_sums *memmon_report_sums(const struct memmon_report *report,
					     enum memmon_section section, size_t row);
const struct memmon_sums *memmon_report_total(const struct memmon_report *report,
					      enum memmon_section section);

/**
 * enum memmon_naming - how precise a name of a row is to be
 * @MEMMON_NAME_FULL: "kmem_cache_open+0x1c [module]", "comm (1234)"
 * @MEMMON_NAME_STABLE: the same on other kernels and after other boots: no offsets, no process ids
 */
enum memmon_naming {
	MEMMON_NAME_FULL,
	MEMMON_NAME_STABLE
};

/* What is between the frames of a call stack in a name. */
#define MEMMON_CALLED_BY " <- "

/**
 * memmon_report_name() - name one key of a row
 * @key: which of the options' keys, by its place there
 *
 * The text may hold any bytes but zero: it comes from the kernel and its users. Of a call stack it is all frames,
 * the innermost first, with MEMMON_CALLED_BY between them; memmon_report_stack() gives them one by one.
 *
 * Return: the length, as snprintf().
 */
int memmon_report_name(struct memmon_report *report, enum memmon_section section, size_t row,
		       unsigned int key, enum memmon_naming naming, char *text, size_t size);

/**
 * memmon_report_value() - one key of a row as a number
 * @ret: cache id, call site, id of a call stack, process id, order, node, zone, cpu, enum memmon_context, or the greatest
 *	 size of the size class
 *
 * Return: whether the key is such a number, and known.
 */
bool memmon_report_value(const struct memmon_report *report, enum memmon_section section,
			 size_t row, unsigned int key, uint64_t *ret);

/**
 * memmon_report_stack() - the call stack of a row
 * @frames: set to its return addresses, innermost first, which live as long as the reader
 *
 * Return: how many; 0 if the keys have no stack, none was taken, or it is not known. A stack of
 * MEMMON_STACK_FRAMES may go on.
 */
size_t memmon_report_stack(struct memmon_report *report, enum memmon_section section, size_t row,
			   const uint64_t **frames);

/* Prints a frame of one: as a row under the key "site" is named, or "(code that is gone)". Return: as snprintf(). */
int memmon_report_frame(struct memmon_report *report, uint64_t frame, enum memmon_naming naming,
			char *text, size_t size);

/* Whether the cache of a row is a size class of kmalloc, since the events did not say the cache. */
bool memmon_report_is_size_class(const struct memmon_report *report, enum memmon_section section,
				 size_t row);

#ifdef __cplusplus
}
#endif

#endif
