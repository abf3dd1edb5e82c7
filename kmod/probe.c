// SPDX-License-Identifier: GPL-2.0
/* Attaches and detaches all probes of a source. */
#define pr_fmt(fmt) "mem_monitor: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "probe.h"

static const struct memmon_probe_source *const sources[] = {
	&memmon_probe_tracepoint,
	&memmon_probe_kprobe,
};

/**
 * memmon_probe_source_find - the source with a given name
 * @name: as the user wrote it
 *
 * Return: the source, or NULL.
 */
const struct memmon_probe_source *memmon_probe_source_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (!strcmp(sources[i]->name, name))
			return sources[i];
	}
	return NULL;
}

/**
 * memmon_probe_attach - attach what this kernel lets be attached
 * @source: whose probes
 *
 * A probe that cannot be attached keeps its reason for the status, and the rest works.
 *
 * Context: process; may sleep.
 * Return: 0, or -ENODEV when there was nothing to attach (said in the kernel log).
 */
int memmon_probe_attach(const struct memmon_probe_source *source)
{
	const char *reason = "none is known";
	unsigned int i, nr_attached = 0;

	for (i = 0; i < source->nr_probes; i++) {
		struct memmon_probe *probe = source->probe(i);

		if (!probe->is_wanted)
			continue;
		source->attach(i);
		if (probe->is_attached)
			nr_attached++;
		else
			reason = probe->reason;
	}
	if (nr_attached)
		return 0;
	pr_err("nothing to watch: no probe of source=%s could be attached (%s)\n", source->name,
	       reason);
	return -ENODEV;
}

/**
 * memmon_probe_detach - detach all, in reverse, and wait until no handler runs any more
 * @source: whose probes
 *
 * Context: process; may sleep.
 */
void memmon_probe_detach(const struct memmon_probe_source *source)
{
	unsigned int i = source->nr_probes;

	while (i--) {
		if (source->probe(i)->is_attached)
			source->detach(i);
	}
	source->drain();
}
