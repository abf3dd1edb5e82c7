/* SPDX-License-Identifier: GPL-2.0 */
/* The ledger of a session: its books and tables, checked against each other, and printed. */
#ifndef LEDGER_H
#define LEDGER_H

#include "tables.h"

/**
 * struct account - an account, with what the tables of live ones hold of it
 * @row: as the kernel has it
 * @live: rows of live objects or blocks
 * @live_bytes_req: asked for by these
 * @live_bytes_alloc: taken by these
 * @queued: of these, given to kfree_rcu()
 * @oldest: clock at the birth of the oldest of these; 0 if there is none
 * @newest: and of the newest
 * @stacks: different stacks of these
 * @contexts: mask of 1 << enum memmon_context of these
 */
struct account {
	struct memmon_account row;
	uint64_t live;
	uint64_t live_bytes_req;
	uint64_t live_bytes_alloc;
	uint64_t queued;
	uint64_t oldest;
	uint64_t newest;
	unsigned int stacks;
	uint32_t contexts;
};

/**
 * struct ledger - all of it at one moment
 * @session: whose it is
 * @books: of MEMMON_IOC_LEDGER
 * @objects: rows of MEMMON_TABLE_OBJECTS, by address
 * @pages: rows of MEMMON_TABLE_PAGES, by frame number
 * @stacks: rows of MEMMON_TABLE_STACKS, by id
 * @accounts: by id
 * @nr_accounts: how many
 */
struct ledger {
	const struct session *session;
	struct memmon_ledger_stats books;
	struct table objects;
	struct table pages;
	struct table stacks;
	struct account *accounts;
	uint64_t nr_accounts;
};

void ledger_read_books(const struct session *session, struct memmon_ledger_stats *books);
/* Reads it while events go on, and checks what is true at any time. */
void ledger_peek(const struct session *session);
/* Reads it after the session was disabled. */
void ledger_read(const struct session *session, struct ledger *ledger);
/* Ends the program with a line that says what does not fit. */
void ledger_check(const struct ledger *ledger);
void ledger_free(struct ledger *ledger);
void ledger_print(const struct ledger *ledger, unsigned int number);

#endif
