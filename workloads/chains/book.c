// SPDX-License-Identifier: GPL-2.0
/* Keeps each chain that was gone through, as the kernel's unwinder has seen it, and how often; shows them in /proc. */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/vmalloc.h>

#include "chains.h"

#define MOST_CHAINS 4096

/**
 * struct chain - one that was gone through
 * @kind: of it
 * @way: how its begin was come to
 * @hash: of its frames
 * @nr: how many frames it has, up to where the interrupt began
 * @requests: how often it was gone through
 * @crossed: of these, how often another chain of ours was what the interrupt had come upon
 * @frames: return addresses, the innermost first
 */
struct chain {
	const struct chains_kind *kind;
	const char *way;
	u32 hash;
	u32 nr;
	u64 requests;
	u64 crossed;
	unsigned long frames[CHAINS_FRAMES];
};

/* Chains are added, in any context, under the lock, and stay. Readers see those that are whole. */
static DEFINE_RAW_SPINLOCK(lock);
static struct chain *chains;
static unsigned int nr_chains;
/* Requests that are in no chain: the table was full, or there was no memory. */
static u64 nr_lost, nr_failed;

/* Whether there is code of this module among the frames. */
static bool has_own(const unsigned long *frames, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (within_module(frames[i], THIS_MODULE))
			return true;
	}
	return false;
}

static struct chain *find(const struct chains_run *run, unsigned int nr)
{
	u32 hash = jhash(run->frames, nr * sizeof(*run->frames), nr);
	struct chain *chain;

	for (chain = chains; chain < chains + nr_chains; chain++) {
		if (chain->hash == hash && chain->kind == run->kind && chain->way == run->way &&
		    chain->nr == nr &&
		    !memcmp(chain->frames, run->frames, nr * sizeof(*run->frames)))
			return chain;
	}
	if (nr_chains == MOST_CHAINS)
		return NULL;
	chain->kind = run->kind;
	chain->way = run->way;
	chain->hash = hash;
	chain->nr = nr;
	memcpy(chain->frames, run->frames, nr * sizeof(*run->frames));
	/* Pairs with chain_at(). */
	smp_store_release(&nr_chains, nr_chains + 1);
	return chain;
}

/**
 * chains_note() - count a chain
 * @run: with its frames
 * @nr: how many of these there are
 * @has_object: the request was successful
 *
 * Context: any but NMI.
 */
void chains_note(struct chains_run *run, unsigned int nr, bool has_object)
{
	unsigned int own = filter_irq_stacks(run->frames, nr);
	struct chain *chain;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	chain = find(run, own);
	if (!has_object)
		nr_failed++;
	else if (!chain || nr == CHAINS_FRAMES)
		nr_lost++;
	else
		chain->requests++;
	if (chain)
		chain->crossed += has_own(run->frames + own, nr - own);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/* Makes the table. Context: may sleep. Return: 0 or -ENOMEM. */
int chains_book_create(void)
{
	chains = vzalloc(array_size(MOST_CHAINS, sizeof(*chains)));
	return chains ? 0 : -ENOMEM;
}

/* Frees it. Context: may sleep; nobody goes through chains any more. */
void chains_book_destroy(void)
{
	vfree(chains);
}

/* What the file shows in a place: the head, then the chains. */
static void *chain_at(loff_t position)
{
	if (!position)
		return SEQ_START_TOKEN;
	/* Pairs with find(). */
	return position <= smp_load_acquire(&nr_chains) ? &chains[position - 1] : NULL;
}

static void *start(struct seq_file *file, loff_t *position)
{
	return chain_at(*position);
}

static void *next(struct seq_file *file, void *row, loff_t *position)
{
	return chain_at(++*position);
}

static void stop(struct seq_file *file, void *row)
{
}

/* Fields are separated by tabs: way, kind, requests, crossed, and then the frames, the innermost first. */
static int show(struct seq_file *file, void *row)
{
	const struct chain *chain = row;
	unsigned int i;

	if (row == SEQ_START_TOKEN) {
		seq_printf(file, "#chains %u lost %llu failed %llu\n", nr_chains, nr_lost,
			   nr_failed);
		return 0;
	}
	seq_printf(file, "%s\t%s\t%llu\t%llu", chain->way, chain->kind->name, chain->requests,
		   chain->crossed);
	for (i = 0; i < chain->nr; i++)
		seq_printf(file, "\t%pS", (void *)chain->frames[i]);
	seq_putc(file, '\n');
	return 0;
}

const struct seq_operations chains_book_operations = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};
