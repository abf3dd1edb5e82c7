// SPDX-License-Identifier: GPL-2.0
/* Finds tracepoints by name: only some are exported to modules by their symbol. */
#include <linux/string.h>

#include "kmem_tracepoint.h"

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare(struct tracepoint *tp, void *data)
{
	struct search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

/**
 * memmon_tracepoint_find - find a tracepoint of the kernel itself
 * @name: without the "trace_"
 *
 * Context: process; may sleep.
 * Return: the tracepoint, which stays as long as the kernel does, or NULL.
 */
struct tracepoint *memmon_tracepoint_find(const char *name)
{
	struct search search = { .name = name };

	for_each_kernel_tracepoint(compare, &search);
	return search.found;
}
