/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the recording's writer share. */
#ifndef MEMMON_RECORDING_INTERNAL_H
#define MEMMON_RECORDING_INTERNAL_H

#include <jansson.h>

#include "aliases.h"
#include "ctf_metadata.h"
#include "ctf_packet.h"
#include "disk.h"
#include "intern.h"
#include "memmon/recording.h"
#include "memmon/symbols.h"
#include "number_set.h"

/**
 * struct recording_stream - the file of one CPU
 * @fd: -1 as long as the CPU has nothing
 * @last_time: of its newest record
 * @discarded: as in the last packet
 * @overwritten: records of this CPU, so far
 * @overwritten_told: what of it @discarded holds
 */
struct recording_stream {
	int fd;
	uint64_t size;
	uint64_t last_time;
	uint64_t sequence;
	uint64_t records;
	uint64_t discarded;
	uint64_t overwritten;
	uint64_t overwritten_told;
};

struct recording_module;

#define RECORDING_RECENT_BITS 11

/**
 * struct recording_names - what the records have named so far, and the files that explain it
 * @sites: call sites, frames of stacks, and ids of stacks, which are smaller than any address
 * @gfps: values of gfp flags
 * @sites_later: call sites that are still to be named
 * @caches: bitmap of ids
 * @tgids: bitmap
 * @recent: keys of records in which nothing was new, by their highest bits
 * @modules_seen: modules that are in the file @modules
 * @caches_seen: for the enumeration in the metadata; likewise @gfps_seen
 */
struct recording_names {
	struct memmon_number_set sites;
	struct memmon_number_set gfps;
	uint64_t *caches;
	uint64_t *tgids;
	uint64_t recent[1 << RECORDING_RECENT_BITS];
	struct memmon_line_file symbols_file;
	struct memmon_line_file modules_file;
	struct memmon_line_file caches_file;
	struct memmon_line_file processes_file;
	struct memmon_line_file stacks_file;
	struct memmon_aliases aliases;
	uint64_t *sites_later;
	size_t nr_sites_later;
	size_t sites_later_room;
	struct recording_module *modules_seen;
	size_t nr_modules;
	size_t modules_room;
	struct memmon_ctf_name *caches_seen;
	size_t nr_caches;
	size_t caches_room;
	struct memmon_ctf_name *gfps_seen;
	size_t nr_gfps;
	size_t gfps_room;
};

/**
 * struct memmon_recording - a recording that is being written
 * @machine: a copy of its own
 * @session: what session.json holds
 * @has_stacks: the session takes call stacks
 * @proc: and @sys: copies of its own
 * @dropped: of the session, when it was told last; likewise @filtered
 * @dropped_told: what of it the packets hold as discarded
 * @overwritten: of all CPUs
 * @without_stack: records without a call stack, if the session takes stacks
 */
struct memmon_recording {
	int dir;
	int sidecar;
	uint8_t uuid[MEMMON_CTF_UUID_BYTES];
	struct memmon_machine machine;
	json_t *session;
	struct memmon_recording_setup setup;
	bool has_stacks;
	char *proc;
	char *sys;
	struct recording_names names;
	struct recording_stream *streams;
	uint64_t dropped;
	uint64_t dropped_told;
	uint64_t filtered;
	uint64_t overwritten;
	uint64_t records;
	uint64_t bytes;
	uint64_t without_stack;
};

/* recording_names.c */

int recording_names_init(struct memmon_recording *recording);
void recording_names_exit(struct memmon_recording *recording);

/**
 * recording_names_scan() - look for what is new in records, and check them
 * @last_time: of the record before them; moved to the last of these
 *
 * Return: 0; -EINVAL when one is earlier than the one before it, or is no record; -ENOMEM.
 */
int recording_names_scan(struct memmon_recording *recording, const struct memmon_record *records,
			 size_t nr, uint64_t *last_time);

/* Writes what is new into the files. Return: 0 or a negative errno, and it can be tried again. */
int recording_names_flush(struct memmon_recording *recording);

/* recording_describe.c: the line that explains something new. Return: 0 or -ENOMEM. */

int recording_describe_modules(struct memmon_recording *recording);
int recording_describe_site(struct memmon_recording *recording, uint64_t address);

/* Also the frames as call sites. Return: 0 or a negative errno, then nothing has been described. */
int recording_describe_stack(struct memmon_recording *recording, uint32_t id);

/* Those that recording_describe_site() has put off. */
int recording_describe_later(struct memmon_recording *recording);
int recording_describe_cache(struct memmon_recording *recording, uint32_t id);
int recording_describe_gfp(struct memmon_recording *recording, uint32_t gfp);
int recording_describe_process(struct memmon_recording *recording,
			       const struct memmon_record *record);

/* recording_stream.c */

int recording_stream_write(struct memmon_recording *recording, uint32_t cpu,
			   const struct memmon_span *span);

/* Tells of losses that no packet tells of yet, in packets without records. */
int recording_stream_tell_loss(struct memmon_recording *recording);

/* recording_files.c: the files that are written at the beginning or the end. */

int recording_files_begin(struct memmon_recording *recording);

/* Writes again what holds the clocks of the machine. */
int recording_files_set_clock(struct memmon_recording *recording);
int recording_files_end(struct memmon_recording *recording, const struct memmon_stats *stats,
			const struct memmon_info *info);

/* Removes all that is in a folder, and folders in it. */
void recording_files_remove(int dir);

#endif
