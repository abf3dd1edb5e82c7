// SPDX-License-Identifier: GPL-2.0
/* The parts of an event's way that are seldom taken, kept out of the hot path. */
#include <linux/bitops.h>
#include <linux/nodemask.h>
#include <linux/threads.h>

#include "event.h"
#include "filter.h"
#include "mute.h"

unsigned long memmon_event_gate __read_mostly;
DEFINE_STATIC_KEY_FALSE(memmon_event_has_nodes);

static_assert(!((PID_MAX_LIMIT - 1) >> MEMMON_PID_BITS), "a thread id fits its bits");
static_assert(MAX_NUMNODES <= MEMMON_NODE_UNKNOWN + 1, "a node fits its bits");
static_assert(TASK_COMM_LEN == MEMMON_COMM_BYTES, "comm fits the record");
static_assert(MAX_NR_ZONES <= 1 << MEMMON_PAGE_ZONE_BITS, "a zone fits its bits");

/* Prepares the hot path. Context: process; before any probe is attached. */
void memmon_event_init(void)
{
	if (nr_node_ids > 1)
		static_branch_enable(&memmon_event_has_nodes);
	if (!memmon_clock_is_tsc())
		memmon_event_gate_set(MEMMON_GATE_CLOCK);
	if (memmon_filter_is_set())
		memmon_event_gate_set(MEMMON_GATE_FILTER);
}

/* Makes every event be judged, for the reason of @bit. Context: any. */
void memmon_event_gate_set(int bit)
{
	set_bit(bit, &memmon_event_gate);
}

/* Takes back memmon_event_gate_set(). Context: any. */
void memmon_event_gate_clear(int bit)
{
	clear_bit(bit, &memmon_event_gate);
}

/**
 * memmon_event_count - take an event into the books that is not to be recorded
 * @event_class: of the event
 * @reason: why not
 *
 * Context: any.
 */
notrace void memmon_event_count(enum memmon_class event_class, enum memmon_filter_reason reason)
{
	preempt_disable_notrace();
	memmon_ring_enter();
	this_cpu_inc(memmon_cpu.books.seen[event_class]);
	this_cpu_inc(memmon_cpu.books.filtered[reason]);
	memmon_ring_leave();
	preempt_enable_notrace();
}

/*
 * Decides on an event. Returns the detail to record, which may now hold a cache id that was looked up;
 * or -1, and the event has been counted as filtered.
 */
static notrace int judge(enum memmon_class event_class, unsigned long object, unsigned long bytes,
			 u16 detail)
{
	bool is_page = memmon_event_is_page(event_class);
	struct memmon_facts facts = {
		.object = object,
		.bytes = bytes,
		.cache = is_page ? MEMMON_CACHE_UNKNOWN : detail,
		.is_slab = !is_page,
	};
	int reason = -1;

	if (test_bit(MEMMON_GATE_MUTE, &memmon_event_gate) && memmon_mute_holds())
		reason = MEMMON_FILTERED_SELF;
	else if (test_bit(MEMMON_GATE_FILTER, &memmon_event_gate))
		reason = memmon_filter_judge(&facts);
	if (reason < 0)
		return is_page ? detail : facts.cache;
	this_cpu_inc(memmon_cpu.books.filtered[reason]);
	return -1;
}

static notrace u8 find_context(void)
{
	if (in_task())
		return MEMMON_CONTEXT_TASK;
	if (in_nmi())
		return MEMMON_CONTEXT_NMI;
	return hardirq_count() ? MEMMON_CONTEXT_HARDIRQ : MEMMON_CONTEXT_SOFTIRQ;
}

/**
 * memmon_event_record_slowly - memmon_event_record() for what the fast way does not do
 * @call_site: as there, and so on
 * @object: address or page frame number
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @class_and_detail: event class << 16 | detail; one argument, so that all of them are in registers
 *
 * Context: any.
 */
notrace void memmon_event_record_slowly(unsigned long call_site, unsigned long object,
					u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
					u32 class_and_detail)
{
	enum memmon_class event_class = class_and_detail >> 16;
	enum memmon_ring_kind kind = memmon_event_ring(event_class);
	int detail;

	preempt_disable_notrace();
	memmon_ring_enter();
	this_cpu_inc(memmon_cpu.books.seen[event_class]);
	detail = judge(event_class, object, bytes_req, class_and_detail & 0xffff);
	if (detail >= 0 && !memmon_ring_has_room(kind))
		this_cpu_inc(memmon_cpu.books.dropped_nested);
	else if (detail >= 0)
		memmon_event_write(kind, memmon_clock_now(), call_site, object, bytes_req,
				   bytes_alloc, gfp, detail, event_class, find_context());
	memmon_ring_leave();
	preempt_enable_notrace();
}
