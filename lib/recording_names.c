// SPDX-License-Identifier: GPL-2.0
/* Finds what is new in records before they are written: call sites, caches, processes, gfp flags. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memmon/filter.h"
#include "recording_internal.h"
#include "sidecar.h"

#define NR_CACHE_IDS (UINT16_MAX + 1U)
#define NR_TGIDS (1U << MEMMON_PID_BITS)

int recording_names_init(struct memmon_recording *recording)
{
	struct recording_names *names = &recording->names;
	int dir = recording->sidecar;
	int err;

	names->aliases.sys = recording->sys;
	names->caches = calloc(NR_CACHE_IDS / 64, sizeof(*names->caches));
	names->tgids = calloc(NR_TGIDS / 64, sizeof(*names->tgids));
	if (!names->caches || !names->tgids || memmon_number_set_init(&names->sites) ||
	    memmon_number_set_init(&names->gfps))
		return -ENOMEM;
	names->caches[0] = 1; /* the id of what is not known */
	err = memmon_line_file_create(&names->symbols_file, dir, MEMMON_SIDECAR_SYMBOLS);
	if (!err)
		err = memmon_line_file_create(&names->modules_file, dir, MEMMON_SIDECAR_MODULES);
	if (!err)
		err = memmon_line_file_create(&names->caches_file, dir, MEMMON_SIDECAR_CACHES);
	if (!err)
		err = memmon_line_file_create(&names->processes_file, dir,
					      MEMMON_SIDECAR_PROCESSES);
	if (!err && recording->has_stacks)
		err = memmon_line_file_create(&names->stacks_file, dir, MEMMON_SIDECAR_STACKS);
	if (!err)
		err = recording_describe_modules(recording);
	return err ? err : recording_names_flush(recording);
}

void recording_names_exit(struct memmon_recording *recording)
{
	struct recording_names *names = &recording->names;

	memmon_line_file_close(&names->symbols_file);
	memmon_line_file_close(&names->modules_file);
	memmon_line_file_close(&names->caches_file);
	memmon_line_file_close(&names->processes_file);
	memmon_line_file_close(&names->stacks_file);
	memmon_aliases_exit(&names->aliases);
	memmon_number_set_exit(&names->sites);
	memmon_number_set_exit(&names->gfps);
	free(names->caches);
	free(names->tgids);
	free(names->sites_later);
	free(names->modules_seen);
	free(names->caches_seen);
	free(names->gfps_seen);
}

static inline bool has_bit(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static inline void set_bit(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= 1ULL << i % 64;
}

/* The bit of a process: the kernel's pids fit, and for anything else a wrong bit does no harm. */
static inline uint32_t tgid_bit(const struct memmon_record *record)
{
	return record->tgid & (NR_TGIDS - 1);
}

/* Of an event of fragmentation the field is not flags. */
static inline bool has_gfp(const struct memmon_record *record)
{
	return record->event_class != MEMMON_CLASS_PAGE_EXTFRAG;
}

/* A call site, or the stack whose id stands in its place. Return: 0 or a negative errno. */
static int describe_site(struct memmon_recording *recording, uint64_t call_site)
{
	struct memmon_number_set *sites = &recording->names.sites;
	uint32_t id = recording->has_stacks ? MEMMON_RECORD_STACK(call_site) : 0;
	int err;

	if (memmon_number_set_has(sites, call_site))
		return 0;
	err = id ? recording_describe_stack(recording, id) :
		   recording_describe_site(recording, call_site);
	return err ? err : memmon_number_set_add(sites, call_site);
}

static int describe(struct memmon_recording *recording, const struct memmon_record *record)
{
	struct recording_names *names = &recording->names;
	int err = describe_site(recording, record->call_site);

	if (err)
		return err;
	if (has_gfp(record) && !memmon_number_set_has(&names->gfps, record->gfp) &&
	    (memmon_number_set_add(&names->gfps, record->gfp) ||
	     recording_describe_gfp(recording, record->gfp)))
		return -ENOMEM;
	if (!has_bit(names->tgids, tgid_bit(record))) {
		set_bit(names->tgids, tgid_bit(record));
		if (recording_describe_process(recording, record))
			return -ENOMEM;
	}
	if (!memmon_class_is_page(record->event_class) && !has_bit(names->caches, record->detail)) {
		set_bit(names->caches, record->detail);
		if (recording_describe_cache(recording, record->detail))
			return -ENOMEM;
	}
	return 0;
}

/* A record that is not like the last ones: it is checked, and what is new in it is described. */
static __attribute__((noinline)) int look(struct memmon_recording *recording,
					  const struct memmon_record *record)
{
	if (record->event_class - 1U >= MEMMON_NR_CLASSES - 1U ||
	    record->context >= MEMMON_NR_CONTEXTS)
		return -EINVAL;
	return describe(recording, record);
}

/*
 * All of a record that decides whether there is something new in it: class, context, detail and gfp,
 * which are one word, call site and process. Two that differ have one key once in 2^63 cases.
 */
static inline uint64_t key_of(const struct memmon_record *record)
{
	uint64_t word;

	memcpy(&word, &record->event_class, sizeof(word));
	return (word * 0x9e3779b97f4a7c15 ^ record->call_site * 0xc2b2ae3d27d4eb4f ^
		record->tgid * 0x165667b19e3779f9U) |
	       1;
}

static_assert(offsetof(struct memmon_record, call_site) ==
		      offsetof(struct memmon_record, event_class) + sizeof(uint64_t),
	      "class, context, detail and gfp are one word");

int recording_names_scan(struct memmon_recording *recording, const struct memmon_record *records,
			 size_t nr, uint64_t *last_time)
{
	uint64_t *recent = recording->names.recent;
	uint64_t time = *last_time;
	bool is_late = false;

	for (const struct memmon_record *record = records; record != records + nr; record++) {
		uint64_t key = key_of(record);
		uint64_t *slot = &recent[key >> (64 - RECORDING_RECENT_BITS)];
		int err;

		is_late |= record->time < time;
		time = record->time;
		if (__builtin_expect(*slot == key, 1))
			continue;
		err = look(recording, record);
		if (err)
			return err;
		*slot = key;
	}
	if (is_late)
		return -EINVAL;
	*last_time = time;
	return 0;
}

int recording_names_flush(struct memmon_recording *recording)
{
	struct recording_names *names = &recording->names;
	struct memmon_line_file *const files[] = { &names->symbols_file, &names->modules_file,
						   &names->caches_file, &names->processes_file,
						   &names->stacks_file };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int err = files[i]->pending.len ? memmon_line_file_flush(files[i]) : 0;

		if (err)
			return err;
	}
	return 0;
}
