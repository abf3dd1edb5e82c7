/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of the rings and of their readers share: rings to write into. */
#ifndef RINGS_H
#define RINGS_H

#include "shim.h"

#include "ring.h"

/* Empty rings on all CPUs that are online, as after loading; the books are at zero. */
void rings_start(unsigned int entries);
/* Frees them. */
void rings_stop(void);

/* Writes a record as a probe would, on CPU @cpu. */
void rings_write(int cpu, enum memmon_ring_kind kind, const struct memmon_record *record);
/* Writes a kmalloc of @bytes at @time. */
void rings_write_kmalloc(int cpu, u64 time, u32 bytes);

#endif /* RINGS_H */
