/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of kcount.ko share: kinds of requests, phases, and runs. */
#ifndef KCOUNT_H
#define KCOUNT_H

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* Requests between two chances to schedule, and in one interrupt: bounds the time with irqs off. */
#define KCOUNT_BATCH 32

enum kcount_context {
	KCOUNT_TASK,
	KCOUNT_SOFT,
	KCOUNT_HARD,
	KCOUNT_CONTEXTS
};

/* The request is for pages: objects are struct page pointers. */
#define KCOUNT_PAGES BIT(0)
/* The request names a node (parameter "node"). */
#define KCOUNT_NODE BIT(1)
/* The kind's cache is destroyed as soon as the phase ends. */
#define KCOUNT_TRANSIENT BIT(2)
/* CPUs take turns, so that the requests of all CPUs have one known order. */
#define KCOUNT_TURNS BIT(3)
/* Runs only when "phases" names it. */
#define KCOUNT_ON_DEMAND BIT(4)

struct kcount_phase;

/**
 * struct kcount_kind - one way to ask the kernel for memory
 * @name: first part of the phase's name
 * @flags: KCOUNT_* above
 * @bytes: size asked for in task context; each further context asks for 2 bytes more
 * @order: order of a page request
 * @cache_name: name of the kind's own cache, or NULL
 * @cache: that cache while it exists
 * @alloc: makes one request, NULL when the kind only frees
 * @free: gives one object back
 */
struct kcount_kind {
	const char *name;
	unsigned int flags;
	size_t bytes;
	unsigned int order;
	const char *cache_name;
	struct kmem_cache *cache;
	void *(*alloc)(struct kcount_phase *phase);
	void (*free)(struct kcount_phase *phase, void *object);
};

extern struct kcount_kind kcount_kinds[];
extern const unsigned int kcount_nr_kinds;
extern const char *const kcount_context_names[KCOUNT_CONTEXTS];

int kcount_cache_create(struct kcount_kind *kind);
void kcount_cache_destroy(struct kcount_kind *kind);

/**
 * struct kcount_run - one thread's part of a phase, and afterwards the record of it
 *
 * Until @done only the thread itself (or the interrupt it waits for) writes here, afterwards
 * nobody does.
 */
struct kcount_run {
	struct kcount_phase *phase;
	unsigned int index;
	unsigned int cpu;
	pid_t pid;
	struct task_struct *task;
	struct completion done;
	struct irq_work irq_work;
	struct tasklet_struct tasklet;
	/* Set by the interrupt, waited for by the thread on the same CPU. */
	bool has_fired;
	/* Whether the interrupt hit the thread it was meant for; else the batch is still to do. */
	bool has_hit;

	unsigned int position;
	unsigned int made;
	unsigned int freed;
	unsigned int failed;
	void **objects;
	/* Pages got, per node and zone; NULL for slab requests. */
	unsigned int *pages_at;
};

/**
 * struct kcount_phase - one kind in one context, on one or on all CPUs
 * @entry: in the list of all phases
 * @kind: what is asked for
 * @context: where it is asked for
 * @comm: name of the threads; one whose requests come from interrupts bears it only in them
 * @bytes: size of each request
 * @node: node asked for, or NUMA_NO_NODE
 * @gfp: flags of each request
 * @nr_requests: requests that each thread makes
 * @is_held: objects stay until the module is unloaded
 * @nr_ready: threads that have reached the common start
 * @turn: index of the run whose turn it is (KCOUNT_TURNS)
 * @sequence: requests made so far by all runs; only the run whose turn it is touches it
 * @nr_runs: threads that take part
 * @runs: their records
 */
struct kcount_phase {
	struct list_head entry;
	struct kcount_kind *kind;
	enum kcount_context context;
	char comm[TASK_COMM_LEN];
	size_t bytes;
	int node;
	gfp_t gfp;
	unsigned int nr_requests;
	bool is_held;
	atomic_t nr_ready;
	unsigned int turn;
	unsigned int sequence;
	unsigned int nr_runs;
	struct kcount_run runs[];
};

/**
 * struct kcount_settings - what a phase needs to know of the module's parameters
 * @nr_requests: requests that each thread makes
 * @cpu: CPU of the only thread
 * @is_spread: one thread on every CPU instead
 * @node: node for the kinds that ask for one
 * @is_held: objects stay until the module is unloaded
 */
struct kcount_settings {
	unsigned int nr_requests;
	unsigned int cpu;
	bool is_spread;
	int node;
	bool is_held;
};

struct kcount_phase *kcount_phase_create(struct kcount_kind *kind, enum kcount_context context,
					 const struct kcount_settings *settings);
void kcount_phase_free(struct kcount_phase *phase);
void kcount_phase_run(struct kcount_phase *phase);

int kcount_report_create(struct list_head *phases);
void kcount_report_destroy(void);

#endif
