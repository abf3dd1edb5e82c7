// SPDX-License-Identifier: GPL-2.0
/* The parts of an event's way that are seldom taken, kept out of the hot path. */
#include <linux/nodemask.h>
#include <linux/threads.h>

#include "cache.h"
#include "event.h"
#include "ledger.h"
#include "mute.h"
#include "sieve.h"
#include "stack.h"
#include "totals.h"

DEFINE_STATIC_KEY_FALSE(memmon_event_has_nodes);
DEFINE_PER_CPU(struct memmon_ring __percpu *, memmon_event_rest);

static_assert(!((PID_MAX_LIMIT - 1) >> MEMMON_PID_BITS), "a thread id fits its bits");
static_assert(MAX_NUMNODES <= MEMMON_NODE_UNKNOWN + 1, "a node fits its bits");
static_assert(TASK_COMM_LEN == MEMMON_COMM_BYTES, "comm fits the record");
static_assert(MAX_NR_ZONES <= 1 << MEMMON_PAGE_ZONE_BITS, "a zone fits its bits");

/* Prepares the hot path. Context: process; before any probe is attached. Return: 0 or -ENOMEM. */
int memmon_event_init(void)
{
	if (nr_node_ids > 1)
		static_branch_enable(&memmon_event_has_nodes);
	return memmon_listener_init(memmon_clock_is_tsc() ? 0 : MEMMON_GATE_CLOCK);
}

/**
 * memmon_event_count - take an event into the books of all its listeners that none is to record
 * @event_class: of the event
 * @reason: why not
 *
 * Context: any.
 */
notrace void memmon_event_count(enum memmon_class event_class, enum memmon_filter_reason reason)
{
	const struct memmon_listener *l;

	preempt_disable_notrace();
	memmon_ring_enter();
	for (l = READ_ONCE(memmon_listener_first[event_class]); l; l = READ_ONCE(l->next)) {
		struct memmon_ring *ring = this_cpu_ptr(l->ring);

		memmon_books_inc(&ring->books.seen[event_class]);
		memmon_books_inc(&ring->books.filtered[reason]);
	}
	memmon_ring_leave();
	preempt_enable_notrace();
}

/* Why a listener does not want an event: enum memmon_filter_reason, or -1 if it does. */
static notrace int judge(const struct memmon_listener *l, const struct memmon_ring *ring,
			 struct memmon_facts *facts, bool is_muted)
{
	if (is_muted ||
	    (facts->context == MEMMON_CONTEXT_TASK && (u32)current->tgid == ring->skipped_tgid))
		return MEMMON_FILTERED_SELF;
	return l->sieve ? memmon_sieve_judge(l->sieve, facts) : -1;
}

/* Writes one listener's record, or counts why not. */
static notrace void offer(const struct memmon_listener *l, struct memmon_facts *facts, u64 time,
			  bool is_muted)
{
	struct memmon_ring *ring = this_cpu_ptr(l->ring);
	bool is_nested = this_cpu_read(memmon_ring_nest) > 1;
	unsigned long call_site = facts->call_site;
	u16 detail = facts->detail;
	int reason;

	memmon_books_inc(&ring->books.seen[facts->event_class]);
	reason = judge(l, ring, facts, is_muted);
	if (reason >= 0) {
		memmon_books_inc(&ring->books.filtered[reason]);
		return;
	}
	if ((is_nested || local64_read(&ring->reserved) >= ring->limit) && !memmon_ring_look(ring))
		return;
	if (memmon_sieve_knows_caches(l->sieve))
		detail = facts->cache;
	if (ring->stacks)
		call_site = memmon_stacks_take(ring->stacks, call_site) ?: call_site;
	memmon_event_fill(memmon_ring_reserve(ring, !is_nested), current, time, call_site,
			  facts->object, memmon_event_sizes(facts->bytes_req, facts->bytes_alloc),
			  facts->gfp, facts->event_class | facts->context << 8 | (u32)detail << 16);
}

/* Walks the rest of a list. Context: preemption off, inside; both end here. */
static notrace void walk(const struct memmon_listener *l, struct memmon_facts *facts)
{
	u64 time = memmon_clock_now();
	bool is_muted = memmon_listener_is_muted() && memmon_mute_holds();

	for (; l; l = READ_ONCE(l->next))
		offer(l, facts, time, is_muted);
	memmon_ring_leave();
	preempt_enable_notrace();
}

#define FACTS()                                                                            \
	{                                                                                  \
		.call_site = call_site, .object = object, .bytes_req = sizes,              \
		.bytes_alloc = sizes >> 32, .gfp = gfp, .detail = class_and_detail >> 16,  \
		.event_class = class_and_detail & 0xff, .context = memmon_event_context(), \
	}

/**
 * memmon_event_record_slowly - memmon_event_record() for what the fast way does not do
 * @call_site: as there, and so on
 * @object: address or page frame number
 * @sizes: bytes asked for and taken
 * @gfp: flags
 * @class_and_detail: event class | detail << 16; one argument, so that all of them are in registers
 *
 * Context: any, preemption disabled once more than when it returns.
 */
notrace void memmon_event_record_slowly(unsigned long call_site, unsigned long object, u64 sizes,
					gfp_t gfp, u32 class_and_detail)
{
	struct memmon_facts facts = FACTS();

	memmon_ring_enter();
	walk(READ_ONCE(memmon_listener_first[facts.event_class]), &facts);
}

/**
 * memmon_event_go_on_slowly - the rest of memmon_event_record(), from the ring left in memmon_event_rest
 * @call_site: as above, and so on
 * @object: address or page frame number
 * @sizes: bytes asked for and taken
 * @gfp: flags
 * @class_and_detail: as above
 *
 * Context: task, preemption disabled once more than when it returns, inside memmon_ring_enter().
 */
notrace void memmon_event_go_on_slowly(unsigned long call_site, unsigned long object, u64 sizes,
				       gfp_t gfp, u32 class_and_detail)
{
	struct memmon_ring __percpu *rest = this_cpu_read(memmon_event_rest);
	struct memmon_facts facts = FACTS();
	const struct memmon_listener *l = READ_ONCE(memmon_listener_first[facts.event_class]);

	if (rest != memmon_listener_closed) {
		while (l && l->ring != rest)
			l = READ_ONCE(l->next);
	}
	walk(l, &facts);
}

/**
 * memmon_event_submit - take an event to all that want it
 * @event_class: of the event
 * @call_site: return address of the allocator call
 * @object: as in struct memmon_record; 0 for a request that got nothing
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @detail: as in struct memmon_record
 *
 * For what comes from hooks, and is not frequent enough for a fast way. Context: any.
 */
notrace void memmon_event_submit(enum memmon_class event_class, unsigned long call_site,
				 unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
				 u32 detail)
{
	if (READ_ONCE(memmon_ledger_first))
		memmon_ledger_submit(event_class, call_site, object, bytes_req, bytes_alloc, gfp,
				     detail);
	if (READ_ONCE(memmon_totals_first))
		memmon_totals_submit(event_class, call_site, object, bytes_req, bytes_alloc, gfp,
				     detail);
	if (!READ_ONCE(memmon_listener_first[event_class]))
		return;
	preempt_disable_notrace();
	memmon_event_record_slowly(call_site, object, memmon_event_sizes(bytes_req, bytes_alloc),
				   gfp, event_class | detail << 16);
}
