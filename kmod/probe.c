// SPDX-License-Identifier: GPL-2.0
/* Attaches probes when the first session wants their class, and detaches them after the last. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "probe.h"

/* Behind those that a session chooses from there are the hooks, which go with all of them. */
static const struct memmon_probe_source *const sources[] = {
	[MEMMON_SOURCE_TRACEPOINT] = &memmon_probe_tracepoint,
	[MEMMON_SOURCE_KPROBE] = &memmon_probe_kprobe,
	[MEMMON_NR_SOURCES] = &memmon_probe_hook,
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

	for (i = 0; i < MEMMON_NR_SOURCES; i++) {
		if (!strcmp(sources[i]->name, name))
			return i;
	}
	return -EINVAL;
}

/* Probe number @n of all sources together: its source, and its number @i there; NULL behind the last. */
static const struct memmon_probe_source *locate(unsigned int n, unsigned int *i)
{
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(sources); s++) {
		if (n < sources[s]->nr_probes) {
			*i = n;
			return sources[s];
		}
		n -= sources[s]->nr_probes;
	}
	return NULL;
}

/* Tries anew, whatever came of it before. */
static void attach(const struct memmon_probe_source *source, unsigned int i)
{
	struct memmon_probe *probe = source->probe(i);

	probe->is_not_needed = false;
	probe->reason[0] = '\0';
	source->attach(i);
}

/**
 * memmon_probe_get - have the probes of some classes attached
 * @classes: mask of 1 << enum memmon_class
 *
 * A probe that cannot be attached keeps its reason for the status, and the rest works.
 *
 * Context: process, under the session lock; may sleep.
 * Return: the mask of those that this kernel has events of, but no probe could be attached for.
 */
u32 memmon_probe_get(u32 classes)
{
	const struct memmon_probe_source *source;
	u32 missing = 0, attached = 0;
	unsigned int n, i;

	for (n = 0; (source = locate(n, &i)); n++) {
		struct memmon_probe *probe = source->probe(i);
		u32 class_bit = 1U << probe->event_class;

		if (!(classes & class_bit))
			continue;
		if (!probe->nr_users++)
			attach(source, i);
		if (probe->is_attached)
			attached |= class_bit;
		else if (!probe->is_not_needed)
			missing |= class_bit;
	}
	return missing & ~attached;
}

/**
 * memmon_probe_put - take memmon_probe_get() back, and wait until no handler of a detached probe runs
 * @classes: the same mask
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_probe_put(u32 classes)
{
	const struct memmon_probe_source *source;
	unsigned int n, i, s;

	for (n = 0; (source = locate(n, &i)); n++) {
		struct memmon_probe *probe = source->probe(i);

		if (classes & 1U << probe->event_class && !--probe->nr_users && probe->is_attached)
			source->detach(i);
	}
	for (s = 0; s < ARRAY_SIZE(sources); s++)
		sources[s]->drain();
}

/* Events of some classes that the kernel did not deliver, since the module was loaded. Context: any. */
u64 memmon_probe_missed(u32 classes)
{
	const struct memmon_probe_source *source;
	unsigned int n, i;
	u64 sum = 0;

	for (n = 0; (source = locate(n, &i)); n++) {
		if (classes & 1U << source->probe(i)->event_class)
			sum += source->missed(i);
	}
	return sum;
}
