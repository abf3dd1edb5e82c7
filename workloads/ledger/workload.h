/* SPDX-License-Identifier: GPL-2.0 */
/* What the test modules of this folder share: sites that count what they do, and a file that says it. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

/**
 * struct workload_site - a place that asks for memory
 * @function: the function with the call of the allocator, which is not inlined and does not end with it
 * @caller: the function that called it, or "-" if it does not matter
 * @cache: the own cache that objects are from, or "-"
 * @bytes_req: size of each request
 * @made: objects got
 * @freed: objects given back
 */
struct workload_site {
	const char *function;
	const char *caller;
	const char *cache;
	size_t bytes_req;
	atomic64_t made;
	atomic64_t freed;
};

/**
 * struct workload_sites - all of a module
 * @nr: how many
 * @all: they
 */
struct workload_sites {
	unsigned int nr;
	struct workload_site *all;
};

static inline void *workload_count_made(struct workload_site *site, void *object)
{
	if (object)
		atomic64_inc(&site->made);
	return object;
}

static inline int workload_show(struct seq_file *file, void *unused)
{
	const struct workload_sites *sites = pde_data(file_inode(file->file));
	unsigned int i;

	seq_puts(file, "#function caller cache bytes_req made freed\n");
	for (i = 0; i < sites->nr; i++) {
		const struct workload_site *site = &sites->all[i];

		seq_printf(file, "%s %s %s %zu %lld %lld\n", site->function, site->caller,
			   site->cache, site->bytes_req, atomic64_read(&site->made),
			   atomic64_read(&site->freed));
	}
	return 0;
}

/* Creates /proc/MODULE; remove_proc_entry(KBUILD_MODNAME, NULL) undoes it. */
static inline int workload_report_create(struct workload_sites *sites)
{
	return proc_create_single_data(KBUILD_MODNAME, 0400, NULL, workload_show, sites) ? 0 :
											   -ENOMEM;
}

static inline void workload_report_destroy(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
}

/* With a constructor a cache is never merged with another, so its name and its slabs stay its own. */
static inline void workload_construct(void *object)
{
}

#endif
