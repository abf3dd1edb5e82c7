/* SPDX-License-Identifier: GPL-2.0 */
/* Makes recordings of known events for the tests. */
#ifndef RECORDING_MAKER_H
#define RECORDING_MAKER_H

#include "memmon/recording.h"
#include "memmon/symbols.h"

/* 2.5 GHz; the clock was at this when the session began. */
#define MAKER_CLASSES 0xfffeU
#define MAKER_MISSING_CLASSES (1U << MEMMON_CLASS_VFREE)
#define MAKER_KHZ 2500000
#define MAKER_START 1000000000ULL
/* 2026-11-22 12:00:00 UTC */
#define MAKER_REALTIME_NS 1795348800000000000ULL

#define MAKER_EVIL_CACHE "tab\there\nnew\\line"
#define MAKER_EVIL_COMM "a\nb\tc\\d"

/**
 * struct maker - a folder for a test, and what a recording needs
 * @dir: does not exist until a recording is made
 */
struct maker {
	char root[48];
	char dir[64];
	char proc[64];
	char sys[64];
	struct memmon_machine machine;
	struct memmon_options options;
	struct memmon_symbols *symbols;
	struct memmon_recording_setup setup;
};

/* For cmocka: *state is a struct maker. */
int maker_set_up(void **state);
int maker_tear_down(void **state);

/* A file below the maker's root. */
void maker_put(const struct maker *maker, const char *path, const char *text);

/* Event number @i of a CPU: any class, context and size, but always the same for the same numbers. */
struct memmon_record maker_record(uint32_t cpu, uint64_t i, uint64_t time);

struct memmon_recording *maker_create(struct maker *maker);

/* Writes records as one span, cut in two at @seam. */
int maker_write(struct memmon_recording *recording, uint32_t cpu, struct memmon_record *records,
		size_t nr, size_t seam);

/* A recording of @nr events on each of @nr_cpus, in packets of up to @packet_records; finished. */
void maker_make(struct maker *maker, uint32_t nr_cpus, size_t nr, size_t packet_records);

/* Removes a folder and all in it. */
void maker_remove(const char *dir);

#endif
