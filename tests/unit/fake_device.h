/* SPDX-License-Identifier: GPL-2.0 */
/* A /dev/mem_monitor of the tests: its calls, and the kernel's side of its rings. */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <stdbool.h>

#include "session_internal.h"

#define FAKE_MAX_CPUS 8

/**
 * struct fake_table - rows of a ledger, or the slabs
 * @rows: @nr of them, or NULL
 */
struct fake_table {
	const void *rows;
	uint32_t nr;
};

/**
 * struct fake - what the device does
 * @info: what MEMMON_IOC_INFO says
 * @stats: what MEMMON_IOC_STATS says
 * @names: table of gfp flags; @nr_names of them
 * @ring_bytes: of a session that asks for none
 * @has_ring: CPUs that a ring exists for
 * @fail_request: this request fails with @fail_errno
 * @nr_interrupts: so many calls are interrupted by a signal before they succeed
 * @on_sync: called by MEMMON_IOC_SYNC before it looks
 * @ledger: what MEMMON_IOC_LEDGER says of a session that has one
 * @totals: what MEMMON_IOC_TOTALS says of a session that has some
 * @nr_turns: how often an interval of them was ended
 * @tables: what MEMMON_IOC_TABLE gives; slabs that are NULL cannot be read
 * @table_piece: gives so many rows at a time at most; 0 for as many as there is room for
 * @is_endless: a table that never gets on
 * @nr_table_calls: how often a table was read
 * @caches: that MEMMON_IOC_CACHE knows beside number 7, @nr_caches of them
 */
struct fake {
	struct memmon_info info;
	struct memmon_stats stats;
	struct memmon_options options;
	struct memmon_name names[4];
	uint32_t nr_names;
	uint64_t ring_bytes;
	bool has_ring[FAKE_MAX_CPUS];
	struct memmon_ring_page *pages[FAKE_MAX_CPUS];
	uint64_t heads[FAKE_MAX_CPUS];
	uint32_t nr_mapped;
	int nr_open;
	unsigned long fail_request;
	int fail_errno;
	int nr_interrupts;
	void (*on_sync)(void);
	struct memmon_ledger_stats ledger;
	struct memmon_totals_stats totals;
	unsigned int nr_turns;
	struct fake_table tables[MEMMON_NR_TABLES];
	uint32_t table_piece;
	bool is_endless;
	unsigned int nr_table_calls;
	struct memmon_cache_info caches[8];
	uint32_t nr_caches;
};

extern struct fake fake;
extern const struct session_device fake_device;

/* Before each test: two CPUs, rings of 16 records, a clock of one tick a nanosecond. */
void fake_reset(void);
void fake_free(void);

/* The kernel writes a record; false when the ring is full and the session keeps. */
bool fake_push(uint32_t cpu, const struct memmon_record *record);

/* The same, with this time and all else zero; and whole at once. */
bool fake_push_time(uint32_t cpu, uint64_t time);
void fake_complete(uint32_t cpu);

#endif
