/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of the rings and of their readers share: sets of rings to write into. */
#ifndef RINGS_H
#define RINGS_H

#include "shim.h"

#include "ring.h"

/* Two sets, as if of two sessions, or of requests and frees; @rings is the one that most tests use. */
extern struct memmon_rings rings, other_rings;

/* Makes both sets: they overwrite, and wake nobody. */
void rings_start(unsigned int slots);
/* Makes both sets: they keep what is unread, and wake at @watermark_bytes. */
void rings_start_keeping(unsigned int slots, u64 watermark_bytes);
/* Frees them. */
void rings_stop(void);

/* The ring of a CPU, and its first page. */
struct memmon_ring *rings_ring(int cpu);
struct memmon_ring_page *rings_page(int cpu);
unsigned int rings_slots(void);
/* The books of @rings. */
struct memmon_balance rings_balance(void);

/*
 * Reserves a slot as event.c does, on the thread's CPU, and counts the event. Between
 * memmon_ring_enter() and memmon_ring_leave(). Return: NULL if it is dropped.
 */
struct memmon_record *rings_reserve(struct memmon_rings *set, u8 event_class);
/* Writes a record as a probe would, on CPU @cpu. */
void rings_write(struct memmon_rings *set, int cpu, const struct memmon_record *record);
/* Writes a kmalloc of @bytes at @time to @rings. */
void rings_write_kmalloc(int cpu, u64 time, u32 bytes);

#endif /* RINGS_H */
