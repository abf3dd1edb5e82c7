/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger of a session: what is alive, since when, and whose it is. A sink like the rings, with books of
 * its own:
 *
 *	seen = filtered + counts + in_flight
 *
 * Only births are filtered. A death, wherever and by whomever, is looked for in the table: who is not
 * there is UNKNOWN.
 */
#ifndef MEMMON_LEDGER_H
#define MEMMON_LEDGER_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include <asm/local64.h>

#include <uapi/mem_monitor.h>

#include "account.h"
#include "ledger_table.h"

struct memmon_birth;
struct memmon_sieve;
struct memmon_stacks;
struct memmon_totals;

/* Orders of blocks that are told apart when a part of one is freed. */
#define MEMMON_LEDGER_ORDERS 32

/**
 * struct memmon_ledger_cpu - what one CPU counts
 * @seen: by enum memmon_class
 * @filtered: by enum memmon_filter_reason
 * @counts: by enum memmon_ledger_count
 * @page_births: BORN, of pages: part of @counts
 * @page_deaths: FREED, of pages: the same
 * @untracked_bytes: of what is UNTRACKED
 * @accounts: by number of the account
 *
 * Written by that CPU alone with single instructions, with preemption off.
 */
struct memmon_ledger_cpu {
	local64_t seen[MEMMON_NR_CLASSES];
	local64_t filtered[MEMMON_NR_FILTER_REASONS];
	local64_t counts[MEMMON_NR_LEDGER_COUNTS];
	local64_t page_births;
	local64_t page_deaths;
	local64_t untracked_bytes;
	struct memmon_account_counts *accounts;
};

/**
 * struct memmon_ledger - a session's ledger
 * @next: the next of those that are enabled, or NULL; written under the session lock, read by probes
 * @node: in the list of all, enabled or not; under the lock of that list
 * @cpu: what each CPU counts
 * @classes: mask of 1 << enum memmon_class that it wants
 * @skipped_tgid: the process whose births are left out, or MEMMON_LISTENER_SKIPS_NOBODY
 * @sieve: judges each birth, or NULL if all are wanted; the session's
 * @stacks: call stacks of births, or NULL if none are taken; the session's
 * @totals: the session's, which count deaths too, or NULL. Such a ledger is not in the list of those that are
 *	    enabled: see totals_ledger.c
 * @objects: live objects by address
 * @pages: live blocks by page frame number
 * @blocks: by order: blocks of pages that were born and not wholly freed
 * @accounts: whose they are
 * @enabled_at: when, by the clock of the records; written under the session lock
 * @disabled_at: the same, or 0
 * @bytes: memory that it takes
 *
 * All but @next, @blocks and the times are set before any probe sees it.
 */
struct memmon_ledger {
	struct memmon_ledger *next;
	struct list_head node;
	struct memmon_ledger_cpu __percpu *cpu;
	u32 classes;
	u32 skipped_tgid;
	struct memmon_sieve *sieve;
	struct memmon_stacks *stacks;
	struct memmon_totals *totals;
	struct memmon_ledger_table objects;
	struct memmon_ledger_table pages;
	atomic_t blocks[MEMMON_LEDGER_ORDERS];
	struct memmon_accounts accounts;
	u64 enabled_at;
	u64 disabled_at;
	u64 bytes;
};

/* All that are enabled, but for those of sessions with totals. */
extern struct memmon_ledger *memmon_ledger_first;

/* ---- what probes call (ledger.c, ledger_pages.c); any context ---- */
void memmon_ledger_bear(unsigned long call_site, unsigned long object, u32 bytes_req,
			u32 bytes_alloc, gfp_t gfp, u32 class_and_detail);
void memmon_ledger_bury(unsigned long object, u32 class_and_detail);
void memmon_ledger_bear_pages(enum memmon_class event_class, unsigned long call_site,
			      unsigned long pfn, gfp_t gfp, u32 detail);
void memmon_ledger_bear_traced_pages(unsigned long pfn, gfp_t gfp, u32 detail);
void memmon_ledger_bury_pages(unsigned long pfn, unsigned int order);
void memmon_ledger_count(enum memmon_class event_class, enum memmon_ledger_count count);
void memmon_ledger_filter(enum memmon_class event_class, enum memmon_filter_reason reason);
void memmon_ledger_submit(enum memmon_class event_class, unsigned long call_site,
			  unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
			  u32 detail);

/* ---- for the ledgers of sessions with totals; any context, preemption off ---- */
enum memmon_ledger_count memmon_ledger_amend(struct memmon_ledger *ledger, unsigned long object,
					     enum memmon_class event_class, u32 bytes_req);
enum memmon_ledger_count memmon_ledger_enter_block(struct memmon_ledger *ledger,
						   struct memmon_ledger_cpu *cpu,
						   const struct memmon_birth *birth);
enum memmon_ledger_count memmon_ledger_bury_block(struct memmon_ledger *ledger,
						  struct memmon_ledger_cpu *cpu, unsigned long pfn,
						  unsigned int order);

/* ---- memory, and coming and going (ledger_memory.c); process, may sleep ---- */
int memmon_ledger_create(const struct memmon_options *options, struct memmon_ledger **ret);
void memmon_ledger_destroy(struct memmon_ledger *ledger);
u64 memmon_ledger_bytes(const struct memmon_options *options);
u64 memmon_ledger_total_bytes(void);
void memmon_ledger_add(struct memmon_ledger *ledger);
void memmon_ledger_remove(struct memmon_ledger *ledger);
void memmon_ledger_retire_sites(unsigned long first, unsigned long last);
void memmon_ledger_close_module(const char *module);

/* ---- reading (ledger_books.c, ledger_rows.c); process, may sleep ---- */
u64 memmon_ledger_now(const struct memmon_ledger *ledger);
void memmon_ledger_balance(struct memmon_ledger *ledger, struct memmon_ledger_stats *stats);
bool memmon_ledger_object_row(struct memmon_ledger *ledger, u64 *position,
			      struct memmon_object *row);
bool memmon_ledger_page_row(struct memmon_ledger *ledger, u64 *position, struct memmon_object *row);
bool memmon_ledger_account_row(struct memmon_ledger *ledger, u64 *position,
			       struct memmon_account *row);

#endif /* MEMMON_LEDGER_H */
