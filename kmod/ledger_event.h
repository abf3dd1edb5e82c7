/* SPDX-License-Identifier: GPL-2.0 */
/* What births and deaths of objects and of pages have in common. For ledger.c and ledger_pages.c. */
#ifndef MEMMON_LEDGER_EVENT_H
#define MEMMON_LEDGER_EVENT_H

#include <linux/bitops.h>
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

/* Each ledger that probes can find and that wants a class. Context: preemption off. */
#define memmon_ledger_for_each(ledger, event_class)                         \
	for ((ledger) = READ_ONCE(memmon_ledger_first); (ledger);           \
	     (ledger) = READ_ONCE((ledger)->next))                          \
		if (unlikely(!((ledger)->classes & 1U << (event_class)))) { \
		} else

/* Counts an event as seen by one of them. Return: what this CPU counts for it. */
static __always_inline struct memmon_ledger_cpu *
memmon_ledger_see(const struct memmon_ledger *ledger, const enum memmon_class event_class)
{
	struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);

	local64_inc(&cpu->seen[event_class]);
	return cpu;
}

/* The cgroup that pays, in the default hierarchy; an interrupt pays for nobody. */
static __always_inline u64 memmon_ledger_cgroup(u8 context)
{
	return context == MEMMON_CONTEXT_TASK ? cgroup_id(task_dfl_cgroup(current)) : 0;
}

/* Order of a block, at its birth. */
static __always_inline unsigned int memmon_ledger_order(const struct memmon_ledger_entry *e)
{
	return MEMMON_PAGE_ORDER(e->class_context_detail >> 16);
}

/* Bits of some pages of a block of an order that has them. */
static __always_inline u32 memmon_ledger_page_bits(unsigned int first, unsigned int order)
{
	return (u32)((1ULL << (1U << order)) - 1) << first;
}

/* How many pages of a block have not been freed, by its order at birth and what @pages_left says. */
static inline unsigned int memmon_ledger_count_left(unsigned int order, u32 left)
{
	return order <= MEMMON_LEDGER_BITS_ORDER ? hweight32(left) : left;
}

/**
 * struct memmon_birth - the facts of a birth, as the arguments of the probe
 *
 * Only for functions that are compiled into their caller, so that it stays in registers.
 */
struct memmon_birth {
	unsigned long call_site;
	unsigned long object;
	u32 bytes_req;
	u32 bytes_alloc;
	gfp_t gfp;
	u32 class_context_detail;
};

bool memmon_ledger_wants(struct memmon_ledger *ledger, unsigned long call_site,
			 unsigned long object, u64 bytes, gfp_t gfp, u32 class_context_detail);
void memmon_ledger_lack(struct memmon_ledger_cpu *cpu, u32 bytes);
bool memmon_ledger_replace(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu, u64 *place,
			   u64 key);

/*
 * Counts a birth that a ledger does not want. Nearly never is one judged at all, for a ledger without a
 * filter. Return: whether it is wanted.
 */
static __always_inline bool memmon_ledger_admits(struct memmon_ledger *ledger,
						 const struct memmon_birth *b)
{
	if (likely(!ledger->sieve) && likely((u32)current->tgid != ledger->skipped_tgid) &&
	    likely(!memmon_listener_is_muted()))
		return true;
	return memmon_ledger_wants(ledger, b->call_site, b->object,
				   (u64)b->bytes_req << 32 | b->bytes_alloc, b->gfp,
				   b->class_context_detail);
}

/* Counts what leaves an account. */
static __always_inline void memmon_ledger_close(struct memmon_ledger_cpu *cpu,
						const struct memmon_ledger_entry *e)
{
	struct memmon_account_counts *counts = &cpu->accounts[e->account];

	local64_inc(&counts->died);
	local64_add(e->bytes_alloc, &counts->died_bytes);
}

/* Counts a birth in its account. @detail: what the account goes by. Return: its number. */
static __always_inline u32 memmon_ledger_open(struct memmon_ledger *ledger,
					      struct memmon_ledger_cpu *cpu,
					      const struct memmon_birth *b, u32 detail)
{
	const u32 event_class = b->class_context_detail & 0xff;
	u64 cgroup = memmon_ledger_cgroup(b->class_context_detail >> 8);
	u32 account = memmon_account_find(&ledger->accounts, b->call_site, cgroup,
					  event_class | detail << 16);
	struct memmon_account_counts *counts = &cpu->accounts[account];

	local64_inc(&counts->born);
	local64_add(b->bytes_alloc, &counts->born_bytes);
	return account;
}

/* Fills a place that is BUSY by us. */
static __always_inline void memmon_ledger_fill(struct memmon_ledger *ledger,
					       struct memmon_ledger_entry *e,
					       const struct memmon_birth *b, u32 account)
{
	const struct task_struct *task = current;

	e->born = memmon_clock_now();
	e->pids = memmon_event_pids(task, b->class_context_detail & 0xff, b->object);
	e->bytes_req = b->bytes_req;
	e->bytes_alloc = b->bytes_alloc;
	e->class_context_detail = b->class_context_detail;
	e->gfp = (__force u32)b->gfp;
	e->account = account;
	e->stack = unlikely(ledger->stacks) ? memmon_stacks_take(ledger->stacks, b->call_site) : 0;
	WRITE_ONCE(e->generation, e->generation + 1);
	memcpy(e->comm, task->comm, MEMMON_COMM_BYTES);
}

/* Enters an object that is wanted. Return: what the birth is, which is counted. */
static __always_inline enum memmon_ledger_count
memmon_ledger_enter(struct memmon_ledger *ledger, struct memmon_ledger_cpu *cpu,
		    const struct memmon_birth *birth)
{
	const enum memmon_class event_class = birth->class_context_detail & 0xff;
	u64 key = memmon_ledger_object_key(event_class, birth->object);
	struct memmon_ledger_bucket *home = memmon_ledger_home(&ledger->objects, key);
	enum memmon_ledger_count count = MEMMON_LEDGER_BORN;
	struct memmon_ledger_entry *e;
	u64 *place;

	place = memmon_ledger_find(home, key);
	if (unlikely(place) && memmon_ledger_replace(ledger, cpu, place, key)) {
		count = MEMMON_LEDGER_REBORN;
	} else {
		place = memmon_ledger_claim(home);
		if (unlikely(!place)) {
			memmon_ledger_lack(cpu, birth->bytes_alloc);
			return MEMMON_LEDGER_UNTRACKED;
		}
	}
	e = memmon_ledger_entry(&ledger->objects, place);
	memmon_ledger_fill(ledger, e, birth,
			   memmon_ledger_open(ledger, cpu, birth,
					      birth->class_context_detail >> 16));
	e->queued = 0;
	memmon_ledger_inc(cpu, count);
	memmon_ledger_publish(place, key);
	return count;
}

/* One ledger's part of memmon_ledger_bear_object(). */
static __always_inline void memmon_ledger_bear_one(struct memmon_ledger *ledger,
						   const struct memmon_birth *birth)
{
	struct memmon_ledger_cpu *cpu =
		memmon_ledger_see(ledger, birth->class_context_detail & 0xff);

	if (memmon_ledger_admits(ledger, birth))
		memmon_ledger_enter(ledger, cpu, birth);
}

/**
 * memmon_ledger_bear_object - memmon_ledger_bear(), to be compiled into a handler that knows the class
 * @call_site: as there, and so on
 * @object: its address
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @class_and_detail: event class | cache id << 16
 *
 * Context: any.
 */
static __always_inline void memmon_ledger_bear_object(unsigned long call_site, unsigned long object,
						      u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
						      u32 class_and_detail)
{
	const struct memmon_birth birth = {
		.call_site = call_site,
		.object = object,
		.bytes_req = bytes_req,
		.bytes_alloc = bytes_alloc,
		.gfp = gfp,
		.class_context_detail = class_and_detail | memmon_event_context() << 8,
	};
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, class_and_detail & 0xff)
		memmon_ledger_bear_one(ledger, &birth);
	preempt_enable_notrace();
}

/* One ledger's part of memmon_ledger_bury_object(). */
static __always_inline void memmon_ledger_bury_one(struct memmon_ledger *ledger,
						   unsigned long object,
						   enum memmon_class event_class)
{
	struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);
	u64 key = memmon_ledger_object_key(event_class, object);
	struct memmon_ledger_bucket *home = memmon_ledger_home(&ledger->objects, key);
	u64 *place;

	place = memmon_ledger_find(home, key);
	if (unlikely(!place) || unlikely(!memmon_ledger_seize(place, key))) {
		memmon_ledger_inc(cpu, MEMMON_LEDGER_UNKNOWN);
		return;
	}
	memmon_ledger_close(cpu, memmon_ledger_entry(&ledger->objects, place));
	memmon_ledger_inc(cpu, MEMMON_LEDGER_FREED);
	memmon_ledger_vacate(home, place);
}

/* The same for memmon_ledger_bury(). Context: any. */
static __always_inline void memmon_ledger_bury_object(unsigned long object,
						      const enum memmon_class event_class)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, event_class)
		memmon_ledger_bury_one(ledger, object, event_class);
	preempt_enable_notrace();
}

#endif /* MEMMON_LEDGER_EVENT_H */
