/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of `memmon verify` share: what was made, what was seen of it, and the verdict. */
#ifndef VERIFY_H
#define VERIFY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "memmon.h"
#include "memmon/snapshot.h"

#define VERIFY_MODULE "mem_monitor_selftest"
#define VERIFY_LIST_PATH "/proc/mem_monitor_selftest"

/* ---- the list of the module (verify_list.c) ---- */

enum verify_kind {
	VERIFY_OBJECT,
	VERIFY_PAGES,
	VERIFY_PERCPU,
	VERIFY_VMALLOC,
	VERIFY_NR_KINDS
};

enum verify_state {
	VERIFY_HELD,
	VERIFY_FREED,
	VERIFY_QUEUED,
	VERIFY_FAILED,
	VERIFY_NULL,
	VERIFY_NR_STATES
};

/**
 * struct verify_object - one line of the list
 * @path: how it was asked for
 * @freed_by: how it is given back
 * @context: where that is done, as the table says it
 * @cache: name of its cache, or "-"
 * @address: of the object; of pages the frame number of the first
 * @born_bytes: asked for at birth
 * @bytes: asked for now
 * @pages_left: of a block of pages
 * @order: of pages
 */
struct verify_object {
	const char *path;
	const char *freed_by;
	const char *context;
	const char *cache;
	uint64_t address;
	uint64_t born_bytes;
	uint64_t bytes;
	uint32_t pages_left;
	uint32_t order;
	enum memmon_context made_in;
	enum verify_kind kind;
	enum verify_state state;
};

/**
 * struct verify_list - what the module has made; in each of its phases the same objects
 * @maker_pid: thread that made them
 * @other_cpu: on which some are given back; negative if there is only one CPU
 */
struct verify_list {
	char *text;
	struct verify_object *objects;
	size_t nr;
	uint32_t maker_pid;
	int32_t other_cpu;
};

/**
 * verify_list_parse() - understand the list
 * @text: of the file
 * @len: number of bytes
 * @ret: the list, when the call succeeds
 *
 * Return: 0, -EBADMSG if it makes no sense, or -ENOMEM.
 */
int verify_list_parse(const char *text, size_t len, struct verify_list **ret);
void verify_list_free(struct verify_list *list);

/* ---- what was seen (verify_check.c, verify_lives.c, verify_ledger.c) ---- */

/* The phases after which the ledger is looked at: all made; the first part given back; all given back. */
enum verify_phase {
	VERIFY_MADE,
	VERIFY_PART_FREED,
	VERIFY_ENDED,
	VERIFY_NR_PHASES
};

/**
 * struct verify_held - what the ledger held after a phase
 * @objects: of the addresses of our objects: slab objects, areas of vmalloc, per-CPU objects
 * @nr_objects: how many
 * @pages: of our frame numbers: blocks of pages
 * @nr_pages: how many
 */
struct verify_held {
	const struct memmon_held *objects;
	size_t nr_objects;
	const struct memmon_held *pages;
	size_t nr_pages;
};

/**
 * struct verify_seen - all that mem_monitor says
 * @records: events, in the order of time; @nr of them
 * @held: after each phase
 * @nr_null: frees of nothing that were counted as such
 * @page_bytes: of a page of this kernel
 * @site: the module's text; both 0 if it is not known
 * @cache_name: name of a cache by its id, NULL if it is not known
 * @arg: for @cache_name
 */
struct verify_seen {
	const struct memmon_record *records;
	size_t nr;
	struct verify_held held[VERIFY_NR_PHASES];
	uint64_t nr_null;
	uint32_t page_bytes;
	struct memmon_site_range site;
	const char *(*cache_name)(uint32_t id, void *arg);
	void *arg;
};

enum verify_verdict {
	VERIFY_OK,
	VERIFY_WRONG, /* seen, but not as it was, or the ledger does not say so */
	VERIFY_EXTRA, /* seen more than once */
	VERIFY_MISSED, /* not seen */
};

#define VERIFY_PROBLEM_BYTES 160

/**
 * struct verify_row - the objects of one path in one context
 * @object: one of them
 * @made: asked for, got or not
 * @seen: of these, births and failures that were seen as they were
 * @freed: given back, or handed to kfree_rcu()
 * @freed_seen: of these, ends that were seen
 * @pending: handed to kfree_rcu(), which was seen, and no end yet
 * @booked: objects that the ledger had right after each phase
 * @problem: of the first one that is not right
 */
struct verify_row {
	const struct verify_object *object;
	uint32_t made;
	uint32_t seen;
	uint32_t freed;
	uint32_t freed_seen;
	uint32_t pending;
	uint32_t booked;
	enum verify_verdict verdict;
	char problem[VERIFY_PROBLEM_BYTES];
};

/**
 * struct verify_result - all rows, in the order of the list
 */
struct verify_result {
	struct verify_row *rows;
	size_t nr;
	uint64_t objects;
	uint64_t pending;
	enum verify_verdict verdict;
};

/**
 * verify_check() - compare what was made with what was seen, object by object
 * @lists: after each phase; those of phases that were not reached are NULL
 * @seen: what mem_monitor says
 * @ret: the result, to be given to verify_result_free()
 *
 * Return: 0, -EBADMSG if the lists are not of the same objects, or -ENOMEM.
 */
int verify_check(struct verify_list *const lists[VERIFY_NR_PHASES], const struct verify_seen *seen,
		 struct verify_result *ret);
void verify_result_free(struct verify_result *result);
const char *verify_verdict_name(enum verify_verdict verdict);

/* The class of the event that a birth on this path is. */
enum memmon_class verify_birth_class(const struct verify_object *object);

/* An address, or the frame number of a page, in one set of numbers. */
uint64_t verify_object_key(const struct verify_object *object);
uint64_t verify_record_key(const struct memmon_record *record);

/**
 * struct verify_life - what was seen of one object
 * @birth: NULL if it was not seen
 * @has_more: its birth was seen more than once
 * @nr_queued: how often it was handed to kfree_rcu()
 * @nr_resized: by krealloc() in place
 * @nr_ends: how often it was given back; of a block that goes page by page, how many of its pages were
 */
struct verify_life {
	const struct memmon_record *birth;
	uint32_t resized_bytes;
	uint32_t nr_queued;
	uint32_t nr_resized;
	uint32_t nr_ends;
	bool has_more;
};

/**
 * verify_lives() - find the events of each object
 * @list: the objects
 * @seen: the events
 * @ret: a life for each object, to free()
 *
 * Return: 0 or -ENOMEM.
 */
int verify_lives(const struct verify_list *list, const struct verify_seen *seen,
		 struct verify_life **ret);

/**
 * verify_ledger() - does the ledger have an object as it was after a phase?
 * @list: after the phase
 * @object: one of it
 * @held: the ledger after it
 * @page_bytes: of a page of this kernel
 *
 * Return: NULL if it does, or else what is wrong.
 */
const char *verify_ledger(const struct verify_list *list, const struct verify_object *object,
			  const struct verify_held *held, uint32_t page_bytes);

/* ---- the module (verify_module.c) ---- */

/**
 * verify_module_load() - load the companion module
 * @file: the .ko, or NULL for what modprobe finds
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int verify_module_load(const char *file);

/* Unloads it, with some patience. Return: CMD_OK or CMD_FAILED, after a message. */
int verify_module_unload(void);

/**
 * verify_module_do() - have it go on to its next phase
 * @command: of the module
 * @meanwhile: called again and again, to take events before the rings are full; does not return at once if there
 *	       are none
 * @arg: for @meanwhile
 *
 * Return: 0 or a negative errno, after a message.
 */
int verify_module_do(const char *command, int (*meanwhile)(void *arg), void *arg);

/* Reads its list. Return: 0 or a negative errno, after a message. */
int verify_module_list(struct verify_list **ret);

/* Where it lies, as /proc/modules says; both 0 if that is hidden. */
struct memmon_site_range verify_module_range(void);

/* ---- the session (verify_watch.c) ---- */

struct verify_watch;

/**
 * verify_watch_open() - open a session with rings and a ledger; it is not yet enabled
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int verify_watch_open(struct verify_watch **ret);
void verify_watch_close(struct verify_watch *watch);
int verify_watch_enable(struct verify_watch *watch);

/**
 * verify_watch_take() - take the events that have come
 * @wait_ms: how long to wait for some
 *
 * Return: 0 or a negative errno, after a message.
 */
int verify_watch_take(struct verify_watch *watch, int wait_ms);

/* From now on only events of these objects are kept. Return: 0 or -ENOMEM, after a message. */
int verify_watch_choose(struct verify_watch *watch, const struct verify_list *list);

/* Keeps what the ledger holds now. Return: 0 or a negative errno, after a message. */
int verify_watch_look(struct verify_watch *watch, enum verify_phase phase);

/* All that was kept so far; valid until the next call of another function. */
const struct verify_seen *verify_watch_seen(struct verify_watch *watch);
int verify_watch_loss(struct verify_watch *watch, struct memmon_loss *ret);

/* Births that found no room in the ledger, up to the last look. */
uint64_t verify_watch_untracked(const struct verify_watch *watch);

/* Mask of 1 << enum memmon_class that could not be attached. */
uint32_t verify_watch_missing(struct verify_watch *watch);

/* ---- what nobody sees (verify_blind.c) ---- */

#define VERIFY_BLIND_SPOTS 24
#define VERIFY_BLIND_BYTES 320

/**
 * struct verify_blind - what is not seen on this kernel, one sentence for each
 */
struct verify_blind {
	char text[VERIFY_BLIND_SPOTS][VERIFY_BLIND_BYTES];
	size_t nr;
};

/**
 * verify_blind_find() - what is not seen on this kernel
 * @missing_classes: that could not be attached
 * @status: of the module, with the reasons; NULL if it cannot be read
 * @kallsyms: names of the kernel's functions, or NULL
 */
void verify_blind_find(uint32_t missing_classes, const struct memmon_status *status,
		       const char *kallsyms, struct verify_blind *ret);

/* ---- the report (verify_report.c) ---- */

/**
 * struct verify_report - what there is to say
 */
struct verify_report {
	const struct verify_result *result;
	const struct verify_blind *blind;
	const struct memmon_loss *loss;
	uint64_t untracked;
	double seconds;
	bool has_other_cpu;
	bool is_kept;
};

int verify_report_text(const struct verify_report *report, FILE *out);
json_t *verify_report_json(const struct verify_report *report);

#endif
