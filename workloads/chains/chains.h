/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of chains.ko share. chains_wide.ko is built of the same files, with larger frames: its functions have
 * the same names and, as a rule, the same places, but another stack.
 */
#ifndef CHAINS_H
#define CHAINS_H

#include <linux/seq_file.h>
#include <linux/slab.h>

/* The deepest chain is shorter. */
#define CHAINS_FRAMES 192

struct chains_kind;

/**
 * struct chains_run - somebody who goes through chains, one after the other
 * @kind: of the chain
 * @way: how he came to its begin
 * @gfp: flags of the requests
 * @at: written by each function before and after it calls the next one, so that no two functions are the same to the compiler,
 *	and none ends with a call
 * @frames: of the last request
 */
struct chains_run {
	const struct chains_kind *kind;
	const char *way;
	gfp_t gfp;
	const char *at;
	unsigned long frames[CHAINS_FRAMES];
};

/**
 * struct chains_kind - chains of one kind
 * @name: in commands and reports
 * @nr: how many there are
 * @go: goes through one, once; any context
 */
struct chains_kind {
	const char *name;
	unsigned int nr;
	void (*go)(struct chains_run *run, unsigned int nr);
};

extern const struct chains_kind chains_kinds[];
extern const unsigned int chains_nr_kinds;
extern struct kmem_cache *chains_cache;

void chains_note(struct chains_run *run, unsigned int nr, bool has_object);
int chains_book_create(void);
void chains_book_destroy(void);
extern const struct seq_operations chains_book_operations;

int chains_go(const char *way, const struct chains_kind *kind, unsigned int rounds);

#endif
