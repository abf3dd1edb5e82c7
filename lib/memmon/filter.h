/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a session or a view is to see: from the words of a user to a struct memmon_filter, and the same
 * decision in user space that the kernel takes. Part of libmemmon; see memmon.h for its rules.
 */
#ifndef MEMMON_FILTER_H
#define MEMMON_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem_monitor.h"
#include "reader.h"
#include "symbols.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct memmon_filter_words - the conditions as a user says them; NULL for one that is not set
 * @pid: number of a thread, or of a process with all its threads
 * @tgid: number of a process
 * @comm: globs separated by commas: '*' and '?'
 * @cgroup: path below /sys/fs/cgroup, with or without that
 * @cache: globs separated by commas
 * @bytes: "64", "1K-4K", "8M-", "-4K"; K, M and G are powers of 1024
 * @order: "3", "2-10", "0,9"
 * @node: "0", "0,2-3"
 * @gfp: "GFP_ATOMIC", "__GFP_ZERO|!__GFP_COMP": flags that must, or with '!' must not, be set
 * @site: functions, or "[module]", separated by commas
 * @context: "task", "softirq,hardirq"
 * @sample: "100": the objects of one address in 100
 */
struct memmon_filter_words {
	const char *pid;
	const char *tgid;
	const char *comm;
	const char *cgroup;
	const char *cache;
	const char *bytes;
	const char *order;
	const char *node;
	const char *gfp;
	const char *site;
	const char *context;
	const char *sample;
};

/**
 * struct memmon_filter_world - what the words are about
 * @machine: knows the gfp flags
 * @symbols: knows the functions; may be NULL
 * @cgroup_root: where cgroups are, NULL for /sys/fs/cgroup
 * @is_recorded: events of a recording: the cgroup is not opened
 */
struct memmon_filter_world {
	const struct memmon_machine *machine;
	struct memmon_symbols *symbols;
	const char *cgroup_root;
	bool is_recorded;
};

/**
 * memmon_filter_parse() - understand the words
 * @words: the words
 * @world: what they are about
 * @ret: the filter, when the call succeeds; memmon_filter_release() gives back what it holds
 * @why: set to what is wrong, when the call fails: "no gfp flag 'GFP_X' on this kernel"
 * @why_bytes: room there
 *
 * Return: 0; -EINVAL when a word makes no sense; -ENOENT when there is no such function, module, flag
 * or cgroup; another negative errno.
 */
int memmon_filter_parse(const struct memmon_filter_words *words,
			const struct memmon_filter_world *world, struct memmon_filter *ret,
			char *why, size_t why_bytes);

/* Closes the cgroup; a session that has been set up does not need it any more. */
void memmon_filter_release(struct memmon_filter *filter);

/**
 * memmon_classes_parse() - understand a list of event classes
 * @text: names separated by commas: classes, and the groups slab, page, alloc, free, hook, all
 * @source: enum memmon_source whose classes are meant
 * @ret: mask of 1 << enum memmon_class, when the call succeeds
 * @why: set to what is wrong, when the call fails
 * @why_bytes: room there
 *
 * Return: 0 or -EINVAL.
 */
int memmon_classes_parse(const char *text, enum memmon_source source, uint32_t *ret, char *why,
			 size_t why_bytes);

/**
 * memmon_size_parse() - "4096", "4K", "2m": a number of bytes; K, M, G and T are powers of 1024
 *
 * Return: 0, or -EINVAL when it is none.
 */
int memmon_size_parse(const char *text, uint64_t *ret);

/**
 * memmon_class_name() - as in MEMMON_CLASSES; "?" for a number that is none
 */
const char *memmon_class_name(uint32_t event_class);

/**
 * memmon_context_name() - as in MEMMON_CONTEXTS; "?" for a number that is none
 */
const char *memmon_context_name(uint32_t context);

/* Is this class one of pages? Of requests (with gfp flags)? One that says a number of bytes? */
bool memmon_class_is_page(uint32_t event_class);
bool memmon_class_is_request(uint32_t event_class);
bool memmon_class_has_bytes(uint32_t event_class);

/**
 * struct memmon_filter_names - what a record does not tell by itself
 * @cache: name of the cache with this id, NULL if unknown
 * @is_in_cgroup: whether a process is in the cgroup of the filter; without it, all are
 */
struct memmon_filter_names {
	void *context;
	const char *(*cache)(void *context, uint32_t id);
	bool (*is_in_cgroup)(void *context, uint32_t tgid);
};

/**
 * memmon_filter_match() - does an event meet the conditions?
 * @filter: the conditions
 * @record: the event
 * @names: what is known beside
 *
 * Return: -1 when it does, else the first enum memmon_filter_reason that it does not meet.
 */
int memmon_filter_match(const struct memmon_filter *filter, const struct memmon_record *record,
			const struct memmon_filter_names *names);

/**
 * memmon_gfp_print() - flags by name: "GFP_KERNEL|__GFP_ZERO"; what has no name in hex
 * @machine: knows the names
 *
 * Return: the length, as snprintf().
 */
int memmon_gfp_print(const struct memmon_machine *machine, uint32_t gfp, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
