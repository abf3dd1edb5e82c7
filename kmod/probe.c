// SPDX-License-Identifier: GPL-2.0
/* Attaches probes when the first session wants their class, and detaches them after the last. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "probe.h"

static const struct memmon_probe_source *const sources[MEMMON_NR_SOURCES] = {
	[MEMMON_SOURCE_TRACEPOINT] = &memmon_probe_tracepoint,
	[MEMMON_SOURCE_KPROBE] = &memmon_probe_kprobe,
};

/* The source with a given number. */
const struct memmon_probe_source *memmon_probe_source(enum memmon_source source)
{
	return sources[source];
}

/**
 * memmon_probe_source_find - the source with a given name
 * @name: as the user wrote it
 *
 * Return: enum memmon_source, or -EINVAL.
 */
int memmon_probe_source_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!strcmp(sources[i]->name, name))
			return i;
	}
	return -EINVAL;
}

/* Calls @visit for each probe of @classes. */
static void for_each_probe(u32 classes,
			   void (*visit)(const struct memmon_probe_source *source, unsigned int i,
					 void *data),
			   void *data)
{
	unsigned int s, i;

	for (s = 0; s < ARRAY_SIZE(sources); s++) {
		for (i = 0; i < sources[s]->nr_probes; i++) {
			if (classes & 1U << sources[s]->probe(i)->event_class)
				visit(sources[s], i, data);
		}
	}
}

static void get_probe(const struct memmon_probe_source *source, unsigned int i, void *missing)
{
	struct memmon_probe *probe = source->probe(i);

	if (!probe->nr_users++)
		source->attach(i);
	if (!probe->is_attached)
		*(u32 *)missing |= 1U << probe->event_class;
}

static void put_probe(const struct memmon_probe_source *source, unsigned int i, void *unused)
{
	struct memmon_probe *probe = source->probe(i);

	if (!--probe->nr_users && probe->is_attached)
		source->detach(i);
}

static void add_missed(const struct memmon_probe_source *source, unsigned int i, void *sum)
{
	*(u64 *)sum += source->missed(i);
}

/**
 * memmon_probe_get - have the probes of some classes attached
 * @classes: mask of 1 << enum memmon_class
 *
 * A probe that cannot be attached keeps its reason for the status, and the rest works.
 *
 * Context: process, under the session lock; may sleep.
 * Return: the mask of those that could not.
 */
u32 memmon_probe_get(u32 classes)
{
	u32 missing = 0;

	for_each_probe(classes, get_probe, &missing);
	return missing;
}

/**
 * memmon_probe_put - take memmon_probe_get() back, and wait until no handler of a detached probe runs
 * @classes: the same mask
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_probe_put(u32 classes)
{
	unsigned int s;

	for_each_probe(classes, put_probe, NULL);
	for (s = 0; s < ARRAY_SIZE(sources); s++)
		sources[s]->drain();
}

/* Events of some classes that the kernel did not deliver, since the module was loaded. Context: any. */
u64 memmon_probe_missed(u32 classes)
{
	u64 sum = 0;

	for_each_probe(classes, add_missed, &sum);
	return sum;
}
