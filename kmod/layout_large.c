// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the call sites whose kmalloc event is a duplicate.
 *
 * Since 6.12 a large kmalloc whose size is not a constant fires its tracepoint twice: first inside the
 * function that takes the pages, with a call site inside the allocator, then in the outer function with
 * the true call site. The inner call sites are few and fixed, one for each outer function: they are
 * learned by making one such request through each and watching.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout.h"
#include "compat/kmem_tracepoint.h"

/* Large, and not a size that the requests around us are likely to have. */
#define TEST_BYTES (5 * PAGE_SIZE + 40)
/* Read with READ_ONCE(), so that the compiler cannot make it a constant. */
static size_t test_bytes = TEST_BYTES;

/* What the watched request fired so far; written by the watched task only. */
static struct {
	struct task_struct *task;
	unsigned int nr_events;
	unsigned long first_site;
} watch;

static notrace void on_kmalloc(MEMMON_KMALLOC_PROTO)
{
	if (READ_ONCE(watch.task) != current || !in_task() || bytes_req != TEST_BYTES)
		return;
	if (!watch.nr_events++)
		watch.first_site = call_site;
}

static void begin(void)
{
	watch.nr_events = 0;
	WRITE_ONCE(watch.task, current);
}

static void end(void)
{
	unsigned int i = memmon_layout.nr_inner_sites;

	WRITE_ONCE(watch.task, NULL);
	if (watch.nr_events != 2 || memmon_layout_is_inner(watch.first_site) ||
	    i == MEMMON_INNER_SITES)
		return;
	memmon_layout.inner_sites[i] = watch.first_site;
	memmon_layout.nr_inner_sites = i + 1;
}

/* One request through each function that can take a large, variable size. */
static void try_all(void)
{
	void *a, *b, *c = NULL, *d;

	begin();
	a = kmalloc(READ_ONCE(test_bytes), GFP_KERNEL | __GFP_ZERO);
	end();
	begin();
	b = kmalloc_node(READ_ONCE(test_bytes), GFP_KERNEL, NUMA_NO_NODE);
	end();
	if (a) {
		begin();
		c = kmemdup(a, READ_ONCE(test_bytes), GFP_KERNEL);
		end();
	}
	begin();
	d = kvmalloc(READ_ONCE(test_bytes), GFP_KERNEL);
	end();
	kfree(a);
	kfree(b);
	kfree(c);
	kvfree(d);
}

/**
 * memmon_layout_find_inner_sites - learn which large kmalloc events are duplicates on this kernel
 *
 * Context: process; may sleep. No session is attached.
 * Return: 0, also if there are none; a negative errno if the tracepoint could not be watched for lack of
 * memory.
 */
int memmon_layout_find_inner_sites(void)
{
	struct tracepoint *tp = memmon_tracepoint_find("kmalloc");
	int ret;

	if (!tp)
		return 0;
	check_trace_callback_type_kmalloc(on_kmalloc);
	ret = tracepoint_probe_register(tp, on_kmalloc, NULL);
	if (ret)
		return ret;
	try_all();
	tracepoint_probe_unregister(tp, on_kmalloc, NULL);
	tracepoint_synchronize_unregister();
	return 0;
}
