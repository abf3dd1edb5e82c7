/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sources of events: sets of probes in the kernel, each attached while a session wants its class. In the
 * source "hook" several probes may be of one class.
 */
#ifndef MEMMON_PROBE_H
#define MEMMON_PROBE_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/**
 * struct memmon_probe - one probe of a source, as the status shows it
 * @name: tracepoint, or label of a call
 * @event_class: of its events
 * @nr_users: sessions that want it
 * @is_attached: it is
 * @is_not_needed: it is not, and this kernel has nothing that it would see
 * @symbol: the function a call's probe sits on, once attached; NULL for the source "tracepoint"
 * @reason: why it is not attached although wanted, or what is wrong although it is
 *
 * Written under the session lock.
 */
struct memmon_probe {
	const char *name;
	enum memmon_class event_class;
	unsigned int nr_users;
	bool is_attached;
	bool is_not_needed;
	const char *symbol;
	char reason[96];
};

/**
 * struct memmon_probe_source - what each source provides
 * @name: as in the module parameter
 * @nr_probes: how many probes it knows
 * @probe: the state of probe number @i
 * @attach: attach number @i and set its state; may sleep
 * @detach: detach number @i; may sleep; its handler may still be running afterwards
 * @drain: wait until no handler of this source runs; may sleep
 * @missed: events of probe number @i that the kernel did not deliver, ever
 */
struct memmon_probe_source {
	const char *name;
	unsigned int nr_probes;
	struct memmon_probe *(*probe)(unsigned int i);
	void (*attach)(unsigned int i);
	void (*detach)(unsigned int i);
	void (*drain)(void);
	u64 (*missed)(unsigned int i);
};

extern const struct memmon_probe_source memmon_probe_tracepoint;
extern const struct memmon_probe_source memmon_probe_kprobe;
extern const struct memmon_probe_source memmon_probe_hook;

int memmon_probe_source_find(const char *name);
const struct memmon_probe_source *memmon_probe_source(enum memmon_source source);
u32 memmon_probe_get(u32 classes);
void memmon_probe_put(u32 classes);
u64 memmon_probe_missed(u32 classes);

#endif /* MEMMON_PROBE_H */
