/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of memmon slabs: how it looks at the machine, the order of rows, and the ways of showing them. */
#ifndef SLABS_H
#define SLABS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "ledger.h"
#include "memmon/slabs.h"

enum slabs_what {
	SLABS_CACHES, /* the table of caches, and what pins them */
	SLABS_PINS, /* who keeps nearly empty slabs */
	SLABS_HOLDERS, /* who holds the objects of a cache */
	SLABS_ADVICE, /* whose kmallocs would be smaller in a cache of their own */
	SLABS_CGROUPS, /* what each cgroup holds */
};

struct slabs_sort;

/**
 * struct slabs_view - what is shown, and how
 * @what: which view
 * @holders: globs on the caches whose holders are meant
 * @by: what a holder is
 * @sort: the caches with most of it come first
 * @top: so many rows of each table; 0 for all
 * @nearly_empty_percent: a slab with no more of its places in use is nearly empty
 * @only: globs on names of caches, or NULL
 * @is_json: JSON instead of tables
 * @recording: its folder, or NULL
 * @is_filtered: not all objects are meant to be known
 * @slabs_err: why slabs are not known one by one; 0 if they are
 * @has_slabs: they are
 * @has_page_offset: objects can be found in slabs
 * @slabs: all of it
 * @books: of the ledger, or NULL without one
 */
struct slabs_view {
	enum slabs_what what;
	const char *holders;
	enum memmon_slabs_by by;
	const struct slabs_sort *sort;
	unsigned int top;
	unsigned int nearly_empty_percent;
	const char *only;
	bool is_json;
	const char *recording;
	bool is_filtered;
	int slabs_err;
	bool has_slabs;
	bool has_page_offset;
	struct memmon_slabs *slabs;
	const struct memmon_snapshot_books *books;
};

/* ---- a look (slabs_look.c) ---- */

/**
 * struct slabs_source - where what is shown comes from
 * @session: for the slabs of the machine; NULL without the device, and for a recording
 * @slabinfo: text of /proc/slabinfo, or of a recording; NULL if there is none
 */
struct slabs_source {
	struct memmon_session *session;
	struct memmon_slabinfo *slabinfo;
};

/**
 * slabs_source_open() - make ready to look at the running kernel, or at a recording
 * @needs_device: without the device there is nothing to show
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int slabs_source_open(struct slabs_view *view, bool needs_device, struct slabs_source *ret);
void slabs_source_close(struct slabs_source *source);

/**
 * slabs_look() - look, and put it together
 * @snapshot: the known objects, or NULL; must outlive view->slabs
 *
 * Return: CMD_GO_ON, or the exit code to end with, after a message.
 */
int slabs_look(struct slabs_source *source, const struct memmon_snapshot *snapshot,
	       struct slabs_view *view);

/* ---- the order of rows (slabs_order.c) ---- */

/**
 * struct slabs_sort - what caches may be sorted by
 */
struct slabs_sort {
	const char *name;
	uint64_t (*value)(const struct memmon_slabs_row *row);
};

/* All of them; the last one has no name. The first is the default. */
extern const struct slabs_sort slabs_sorts[];

const struct slabs_sort *slabs_sort_find(const char *name);

/* Bytes that no one asked for: ends of slabs, free places, padding, and rounding as far as it is known. */
uint64_t slabs_wasted(const struct memmon_slabs_chain *chain);

/**
 * slabs_order_caches() - the caches that have slabs, those with most first
 * @ret: their numbers; to free()
 *
 * Return: 0 or -ENOMEM.
 */
int slabs_order_caches(const struct slabs_view *view, size_t **ret, size_t *nr);

void slabs_order_pins(struct memmon_slabs_pin *pins, size_t nr);
void slabs_order_holders(struct memmon_slabs_holder *holders, size_t nr);
void slabs_order_advice(struct memmon_slabs_advice *advice, size_t nr);

/* By cgroup, that with most first, then by what it has of each cache. Return: 0 or -ENOMEM. */
int slabs_order_cgroups(struct memmon_slabs_cgroup *cgroups, size_t nr);

/* How many of @nr rows are shown. */
size_t slabs_shown(const struct slabs_view *view, size_t nr);

/* ---- showing ---- */

/* All return 0 or a negative errno. */
int slabs_text(const struct slabs_view *view, FILE *out);
int slabs_text_pins(const struct slabs_view *view, FILE *out);
int slabs_text_holders(const struct slabs_view *view, FILE *out);
int slabs_text_advice(const struct slabs_view *view, FILE *out);
int slabs_text_cgroups(const struct slabs_view *view, FILE *out);
int slabs_json(const struct slabs_view *view, FILE *out);

/* What one view adds to the JSON; NULL without memory. */
json_t *slabs_json_pins(const struct slabs_view *view);
json_t *slabs_json_holders(const struct slabs_view *view);
json_t *slabs_json_advice(const struct slabs_view *view);
json_t *slabs_json_cgroups(const struct slabs_view *view);

/* ---- words (slabs_words.c) ---- */

struct slabs_name {
	char text[512];
};

/* Text from the kernel or its users, made harmless. */
struct slabs_name slabs_name(const char *text);

/* "0 B", "8.0 KiB": a size for a table. */
struct ui_text slabs_bytes(uint64_t bytes);

/* A number of the sample, for the whole. */
uint64_t slabs_scaled(const struct slabs_view *view, uint64_t number);

/* Prints text in lines of at most 80 columns, those after the first one indented. */
void slabs_wrap(const char *text, FILE *out);

/* "12 rows left out; --top 0 shows all", if some are. */
void slabs_print_rest(const struct slabs_view *view, size_t nr, FILE *out);

/* What must be known to read the numbers right. */
void slabs_print_notes(const struct slabs_view *view, FILE *out);

#endif
