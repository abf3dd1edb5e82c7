/* SPDX-License-Identifier: GPL-2.0 */
/* A session of /dev/mem_monitor, without libmemmon: the contract is tested, not our reading of it. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../include/uapi/mem_monitor_layout.h"

#define DEVICE "/dev/mem_monitor"
#define RECORD_BYTES sizeof(struct memmon_record)

enum way {
	WAY_MMAP,
	WAY_READ,
	WAY_NONE
};

/**
 * struct spec - what a session is to be
 * @options: for MEMMON_IOC_SETUP
 * @way: how records are taken
 * @read_bytes: of the buffer of read()
 * @slow: take at most so many records of each ring at a look; 0 = all
 * @peeks: look into the ledger while the command runs
 * @turns: end an interval of the totals at each look while the command runs
 * @rows: cache whose objects in the ledger are printed one by one, or "pages"; NULL for none
 * @is_for_child: pid and tgid of the filter are to be those of the command that is run
 */
struct spec {
	struct memmon_options options;
	enum way way;
	uint64_t read_bytes;
	uint64_t slow;
	bool peeks;
	bool turns;
	const char *rows;
	bool is_for_child;
};

/* Called for each record taken. */
typedef void (*sink_fn)(void *arg, const struct memmon_record *record);

/**
 * struct ring - one CPU's region
 * @page: NULL until it is mapped
 * @position: of the next record to take
 * @last: newest record of a task that was taken
 */
struct ring {
	struct memmon_ring_page *page;
	uint64_t position;
	struct memmon_record last;
};

/**
 * struct session - an open descriptor
 * @fd: of the device
 * @info: of the module
 * @spec: what it was to be; options as MEMMON_IOC_SETUP gave them back
 * @rings: one for each possible CPU
 * @nr_mapped: of those, mapped
 * @nr_taken: records that went to a sink
 * @nr_overwritten: records that the kernel was faster to overwrite
 */
struct session {
	int fd;
	struct memmon_info info;
	struct spec spec;
	struct ring *rings;
	unsigned int nr_mapped;
	uint64_t nr_taken;
	uint64_t nr_overwritten;
};

void spec_init(struct spec *spec);
void spec_add(struct spec *spec, const char *word);
uint64_t spec_number(const char *text);
uint32_t spec_class(const char *name, uint32_t source);

/* Return: 0 or a negative errno. What is not the kernel's refusal to set up ends the program. */
int session_open(struct session *session, const struct spec *spec);
void session_close(struct session *session);
int session_enable(struct session *session);
int session_disable(struct session *session);
void session_stats(const struct session *session, struct memmon_stats *stats);
int session_map(struct session *session);
void session_take(struct session *session, sink_fn sink, void *arg);

void ring_check(struct ring *ring, const struct memmon_record *record);
void books_check(const struct session *session);
void books_print(const struct session *session, unsigned int number);

extern const char *const class_names[MEMMON_NR_CLASSES];
extern const char *const filter_names[MEMMON_NR_FILTER_REASONS];
extern const char *const context_names[MEMMON_NR_CONTEXTS];

#endif
