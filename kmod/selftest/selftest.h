/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of mem_monitor_selftest.ko share: paths, batches of objects, and contexts. */
#ifndef MEMMON_SELFTEST_H
#define MEMMON_SELFTEST_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/numa.h>
#include <linux/slab.h>

/* Where a batch is made and given back. */
enum selftest_context {
	SELFTEST_TASK,
	SELFTEST_OTHER_CPU, /* made in a task, given back in a task on another CPU */
	SELFTEST_SOFTIRQ,
	SELFTEST_HARDIRQ,
	SELFTEST_NMI,
	SELFTEST_NR_CONTEXTS
};

#define SELFTEST_IN(context) (1U << SELFTEST_##context)
#define SELFTEST_IN_TASKS (SELFTEST_IN(TASK) | SELFTEST_IN(OTHER_CPU))
#define SELFTEST_IN_IRQS (SELFTEST_IN(SOFTIRQ) | SELFTEST_IN(HARDIRQ))
#define SELFTEST_ANYWHERE (SELFTEST_IN_TASKS | SELFTEST_IN_IRQS)

enum selftest_kind {
	SELFTEST_OBJECT,
	SELFTEST_PAGES,
	SELFTEST_PERCPU,
	SELFTEST_VMALLOC,
};

enum selftest_state {
	SELFTEST_NOTHING, /* not yet made */
	SELFTEST_HELD,
	SELFTEST_FREED,
	SELFTEST_QUEUED, /* given to kfree_rcu() */
	SELFTEST_FAILED, /* asked for, and not got */
	SELFTEST_NULL, /* nothing, given back */
};

/* The caches of the module. None is merged with another. */
enum selftest_cache {
	SELFTEST_NO_CACHE,
	SELFTEST_PLAIN,
	SELFTEST_BULK,
	SELFTEST_RCU,
	SELFTEST_TYPESAFE,
	SELFTEST_REUSED,
	SELFTEST_NR_CACHES
};

#define SELFTEST_OBJECTS 8

struct selftest_batch;

/**
 * struct selftest_path - one way to ask for memory and to give it back
 * @name: how it is asked for
 * @freed_by: how it is given back
 * @kind: what is got
 * @contexts: mask of SELFTEST_IN(): a batch is made for each
 * @makes_in: where making may happen; for other contexts it is done in a task
 * @frees_in: where giving back may happen; for other contexts it is done in a task
 * @nr: objects of a batch
 * @bytes: asked for at birth, of those that have neither cache nor pages
 * @order: of pages
 * @cache: which cache, of those that use one
 * @is_queued: giving back is only asked for: kfree_rcu()
 * @get: asks for one object; NULL if there is none
 * @put: gives one back
 * @make: instead of @get, for all objects of a batch at once
 * @free: instead of @put, for those from number first to end - 1
 */
struct selftest_path {
	const char *name;
	const char *freed_by;
	enum selftest_kind kind;
	unsigned int contexts;
	unsigned int makes_in;
	unsigned int frees_in;
	unsigned int nr;
	size_t bytes;
	unsigned int order;
	enum selftest_cache cache;
	bool is_queued;
	void *(*get)(struct selftest_batch *batch);
	void (*put)(struct selftest_batch *batch, void *object);
	void (*make)(struct selftest_batch *batch);
	void (*free)(struct selftest_batch *batch, unsigned int first, unsigned int end);
};

/**
 * struct selftest_object - one object, or one block of pages
 * @object: what was got; for pages their struct page; stays when it is given back
 * @born_bytes: asked for at birth
 * @bytes: asked for now: krealloc() in place changes it
 * @pages_left: of a block that is given back piece by piece
 * @state: what has become of it
 */
struct selftest_object {
	void *object;
	size_t born_bytes;
	size_t bytes;
	unsigned int pages_left;
	enum selftest_state state;
};

/**
 * struct selftest_batch - the objects of one path in one context
 * @bytes: that each asks for at birth
 * @is_made: the context could be reached
 */
struct selftest_batch {
	const struct selftest_path *path;
	enum selftest_context context;
	gfp_t gfp;
	struct kmem_cache *cache;
	size_t bytes;
	bool is_made;
	unsigned int nr;
	struct selftest_object *objects;
};

/* What one thread is to do with a batch: make it, or give back some of it. */
typedef void (*selftest_call)(void);
typedef void (*selftest_work)(struct selftest_batch *batch, unsigned int first, unsigned int end);

extern const struct selftest_path selftest_slab_paths[];
extern const struct selftest_path selftest_rcu_paths[];
extern const struct selftest_path selftest_page_paths[];
extern const struct selftest_path selftest_other_paths[];

int selftest_paths_init(void);
void selftest_paths_exit(void);
unsigned int selftest_nr_batches(void);
struct selftest_batch *selftest_batch(unsigned int i);
const char *selftest_cache_name(enum selftest_cache which);
void selftest_caches_destroy(void);

void selftest_make(struct selftest_batch *batch, unsigned int first, unsigned int end);
void selftest_free(struct selftest_batch *batch, unsigned int first, unsigned int end);
void selftest_got(struct selftest_batch *batch, unsigned int i, void *object);
void selftest_gave(struct selftest_batch *batch, unsigned int i);
unsigned int selftest_gather(struct selftest_batch *batch, unsigned int first, unsigned int end,
			     void **objects);

bool selftest_run_in(enum selftest_context context, struct selftest_batch *batch,
		     selftest_work work, unsigned int first, unsigned int end);
void selftest_context_init(void);
void selftest_context_exit(void);

int selftest_nmi_init(void);
void selftest_nmi_exit(void);
bool selftest_nmi_is_there(void);
bool selftest_nmi_run(selftest_call call);

int selftest_list_create(void);
void selftest_list_destroy(void);

/**
 * struct selftest_phase - what the module has done, for the head of the list
 * @name: idle, made, freed or ended
 * @maker_pid: thread that made all objects
 * @cpu: on which they were made
 * @other_cpu: on which those of SELFTEST_OTHER_CPU are given back; -1 if there is only one
 */
struct selftest_phase {
	const char *name;
	pid_t maker_pid;
	int cpu;
	int other_cpu;
};

/* Taken for each phase, and while the list is read. */
void selftest_lock(void);
void selftest_unlock(void);
const struct selftest_phase *selftest_phase(void);
int selftest_do(const char *command);

#endif /* MEMMON_SELFTEST_H */
