/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of the ledger: one that is enabled, and what it has counted. */
#ifndef LEDGERS_H
#define LEDGERS_H

#include "ledger.h"
#include "shim.h"

extern struct memmon_ledger *ledger;

/* Puts the machine made up into its usual state: task 316 of process 300 in the cgroup with id 77. */
void ledgers_prepare(void);
/* Makes and enables a ledger for all classes. */
void ledgers_start(u64 objects, u64 pages, u32 accounts, u32 stacks);
void ledgers_stop(void);

struct memmon_ledger_stats ledgers_stats(void);

/* What has been counted since the start or the last call must be just @nr of @count. */
void ledgers_check_counted(enum memmon_ledger_count count, unsigned int nr);

/* The event of which everything but the address has a usual value. */
void ledgers_alloc(enum memmon_class event_class, unsigned long object);
void ledgers_free(enum memmon_class event_class, unsigned long object);
void ledgers_alloc_pages(unsigned long pfn, unsigned int order);
void ledgers_free_pages(unsigned long pfn, unsigned int order);

/* The row of an object, or of a block of an order. Return: whether it is there; more than once is a mistake. */
bool ledgers_find(u64 address, struct memmon_object *row);
bool ledgers_find_pages(u64 pfn, unsigned int order, struct memmon_object *row);

/* The books must balance, with nobody inside, and agree with the rows. */
void ledgers_check(void);

#define LEDGERS_SITE 0xffffffff81234567UL
#define LEDGERS_BYTES_REQ 100
#define LEDGERS_BYTES 128

#endif /* LEDGERS_H */
