/* SPDX-License-Identifier: GPL-2.0 */
/* Records of which every field follows from a number, so that a torn one shows. */
#ifndef PATTERN_H
#define PATTERN_H

#include "rings.h"

/* Fills a slot field by field, with a shim_point() after each. */
void pattern_fill(struct memmon_record *r, u64 number);
/* Writes such a record on the thread's CPU, as a probe would. */
void pattern_write(struct memmon_rings *set, u64 number);
/* Whether all of a record was written for the same number, which is its time. */
bool pattern_is_whole(const struct memmon_record *r);

#endif /* PATTERN_H */
