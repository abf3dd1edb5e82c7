/* SPDX-License-Identifier: GPL-2.0 */
/* The totals of a session: read, interval by interval, and compared with its records. */
#ifndef TOTALS_H
#define TOTALS_H

#include "session.h"
#include "tally.h"

struct totals;

struct totals *totals_create(void);
void totals_destroy(struct totals *totals);
/* Ends an interval, and adds what it had; at the end, after the session was disabled, @is_end adds the last one. */
void totals_turn(struct totals *totals, const struct session *session, bool is_end);
/* The books against the rows, and if there are rings, the rows against the records. What differs ends the program. */
void totals_check(struct totals *totals, const struct session *session, const struct tally *tally);
void totals_print(const struct totals *totals, const struct session *session, unsigned int number);

#endif
