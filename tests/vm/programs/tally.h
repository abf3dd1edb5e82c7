/* SPDX-License-Identifier: GPL-2.0 */
/* Counts records that are alike. */
#ifndef TALLY_H
#define TALLY_H

#include "session.h"

struct tally;

struct tally *tally_create(void);
void tally_destroy(struct tally *tally);
/* A sink_fn: arg is the tally. */
void tally_add(void *tally, const struct memmon_record *record);
/* Calls @visit for one record of each kind, with how many there were. */
typedef void (*tally_fn)(void *arg, const struct memmon_record *record, uint64_t count);
void tally_for_each(const struct tally *tally, tally_fn visit, void *arg);
void tally_print(const struct tally *tally, const struct session *session, unsigned int number);

#endif
