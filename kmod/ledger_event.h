/* SPDX-License-Identifier: GPL-2.0 */
/* What births and deaths of objects and of pages have in common. For ledger.c and ledger_pages.c. */
#ifndef MEMMON_LEDGER_EVENT_H
#define MEMMON_LEDGER_EVENT_H

#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "event.h"
#include "ledger.h"
#include "mute.h"
#include "sieve.h"
#include "stack.h"

/* A key of the table of pages; small frame numbers must not look like 0 or BUSY. */
static __always_inline u64 memmon_ledger_page_key(unsigned long pfn)
{
	return ((u64)pfn + 1) << 2;
}

/* A key of the table of objects. */
static __always_inline u64 memmon_ledger_object_key(enum memmon_class event_class,
						    unsigned long object)
{
	return 1U << event_class & MEMMON_EVENT_PERCPU ? object | MEMMON_LEDGER_KEY_PERCPU : object;
}

static __always_inline void memmon_ledger_inc(struct memmon_ledger_cpu *cpu,
					      enum memmon_ledger_count count)
{
	local64_inc(&cpu->counts[count]);
}

/* The cgroup that pays, in the default hierarchy; an interrupt pays for nobody. */
static __always_inline u64 memmon_ledger_cgroup(u8 context)
{
	return context == MEMMON_CONTEXT_TASK ? cgroup_id(task_dfl_cgroup(current)) : 0;
}

/**
 * struct memmon_birth - the facts of a birth, as the arguments of the probe
 */
struct memmon_birth {
	unsigned long call_site;
	unsigned long object;
	u32 bytes_req;
	u32 bytes_alloc;
	gfp_t gfp;
	u32 class_and_detail;
	u8 context;
};

bool memmon_ledger_wants(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
			 const struct memmon_birth *birth);
void memmon_ledger_lack(struct memmon_ledger_cpu *cpu, u32 bytes);

/* Whether a birth must be judged: nearly never for a ledger without a filter. */
static __always_inline bool memmon_ledger_must_judge(const struct memmon_ledger *ledger)
{
	return ledger->sieve || (u32)current->tgid == ledger->skipped_tgid ||
	       memmon_listener_is_muted();
}

/* Counts what leaves an account. */
static __always_inline void memmon_ledger_close(struct memmon_ledger_cpu *cpu,
						const struct memmon_ledger_entry *e)
{
	struct memmon_account_counts *counts = &cpu->accounts[e->account];

	local64_inc(&counts->died);
	local64_add(e->bytes_alloc, &counts->died_bytes);
}

/* Fills a place that is BUSY by us. The account of a page goes by its order alone. */
static __always_inline void memmon_ledger_fill(struct memmon_ledger *ledger,
					       struct memmon_ledger_cpu *cpu,
					       struct memmon_ledger_entry *e,
					       const struct memmon_birth *birth, u32 account_detail)
{
	const enum memmon_class event_class = birth->class_and_detail & 0xff;
	struct memmon_who who = memmon_event_who(event_class, birth->object);
	struct memmon_account_counts *counts;
	u32 account;

	account = memmon_account_find(&ledger->accounts, birth->call_site,
				      memmon_ledger_cgroup(birth->context), account_detail);
	counts = &cpu->accounts[account];
	local64_inc(&counts->born);
	local64_add(birth->bytes_alloc, &counts->born_bytes);
	e->born = memmon_clock_now();
	e->queued = 0;
	e->bytes_req = birth->bytes_req;
	e->bytes_alloc = birth->bytes_alloc;
	e->pids = who.pids;
	e->class_context_detail = birth->class_and_detail | birth->context << 8;
	e->gfp = (__force u32)birth->gfp;
	e->account = account;
	e->stack = ledger->stacks ? memmon_stacks_take(ledger->stacks, birth->call_site) : 0;
	WRITE_ONCE(e->generation, e->generation + 1);
	memcpy(e->comm, who.task->comm, MEMMON_COMM_BYTES);
}

#endif /* MEMMON_LEDGER_EVENT_H */
