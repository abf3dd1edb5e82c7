// SPDX-License-Identifier: GPL-2.0
/*
 * Births and deaths of objects: the hot path of a ledger. The law is that of event.h. Each event adds one to
 * seen of each ledger, and then one to filtered or to one of its counts.
 */
#include <linux/preempt.h>

#include "ledger_event.h"
#include "totals.h"

struct memmon_ledger *memmon_ledger_first __read_mostly;

/**
 * memmon_ledger_wants - judge a birth
 * @ledger: of a session
 * @call_site: as in struct memmon_birth, and so on
 * @object: address or page frame number
 * @bytes: requested in the upper half, taken in the lower
 * @gfp: flags
 * @class_context_detail: event class | context << 8 | detail << 16
 *
 * Context: any, preemption off. Return: whether it is wanted; if not it is counted here.
 */
noinline notrace bool memmon_ledger_wants(struct memmon_ledger *ledger, unsigned long call_site,
					  unsigned long object, u64 bytes, gfp_t gfp,
					  u32 class_context_detail)
{
	struct memmon_facts facts = {
		.call_site = call_site,
		.object = object,
		.bytes_req = bytes >> 32,
		.bytes_alloc = bytes,
		.gfp = gfp,
		.detail = class_context_detail >> 16,
		.event_class = class_context_detail,
		.context = class_context_detail >> 8,
	};
	int reason = -1;

	if ((facts.context == MEMMON_CONTEXT_TASK && (u32)current->tgid == ledger->skipped_tgid) ||
	    (memmon_listener_is_muted() && memmon_mute_holds()))
		reason = MEMMON_FILTERED_SELF;
	else if (ledger->sieve)
		reason = memmon_sieve_judge(ledger->sieve, &facts);
	if (reason >= 0)
		local64_inc(&this_cpu_ptr(ledger->cpu)->filtered[reason]);
	return reason < 0;
}

/* Counts a birth that found no place. Context: any, preemption off. */
noinline notrace void memmon_ledger_lack(struct memmon_ledger_cpu *cpu, u32 bytes)
{
	memmon_ledger_inc(cpu, MEMMON_LEDGER_UNTRACKED);
	local64_add(bytes, &cpu->untracked_bytes);
}

/**
 * memmon_ledger_replace - an object is born at an address that is alive: its free went a way that nobody sees
 * @ledger: of a session
 * @cpu: what this CPU counts for it
 * @place: of the old one
 * @key: its key
 *
 * Context: any, preemption off. Return: whether the place is ours now; it is not if the death is just being
 * told, after all.
 */
noinline notrace bool memmon_ledger_replace(struct memmon_ledger *ledger,
					    struct memmon_ledger_cpu *cpu, u64 *place, u64 key)
{
	const struct memmon_ledger_entry *e = memmon_ledger_entry(&ledger->objects, place);
	struct memmon_totals_key birth;

	if (!memmon_ledger_seize(place, key))
		return false;
	memmon_ledger_close(cpu, e);
	if (ledger->totals) {
		memmon_totals_find_birth(ledger, e, key & ~MEMMON_LEDGER_KEY_PERCPU, &birth);
		memmon_totals_bury(ledger->totals, &birth, true, e->bytes_alloc);
	}
	return true;
}

/**
 * memmon_ledger_bear - an object is born
 * @call_site: return address of the allocator call
 * @object: its address
 * @bytes_req: bytes asked for
 * @bytes_alloc: bytes taken
 * @gfp: flags of the request
 * @class_and_detail: event class | cache id << 16
 *
 * Context: any.
 */
notrace void memmon_ledger_bear(unsigned long call_site, unsigned long object, u32 bytes_req,
				u32 bytes_alloc, gfp_t gfp, u32 class_and_detail)
{
	memmon_ledger_bear_object(call_site, object, bytes_req, bytes_alloc, gfp, class_and_detail);
}

/**
 * memmon_ledger_bury - an object dies
 * @object: its address
 * @class_and_detail: event class; the rest does not matter
 *
 * Context: any.
 */
notrace void memmon_ledger_bury(unsigned long object, u32 class_and_detail)
{
	memmon_ledger_bury_object(object, class_and_detail & 0xff);
}

/* An object goes to kfree_rcu(), or changes its size. Return: what is to be counted. */
notrace enum memmon_ledger_count memmon_ledger_amend(struct memmon_ledger *ledger,
						     unsigned long object,
						     enum memmon_class event_class, u32 bytes_req)
{
	u64 *place = memmon_ledger_find(memmon_ledger_home(&ledger->objects, object), object);
	struct memmon_ledger_entry *e;

	if (!place)
		return MEMMON_LEDGER_UNKNOWN;
	e = memmon_ledger_entry(&ledger->objects, place);
	if (event_class == MEMMON_CLASS_KREALLOC) {
		WRITE_ONCE(e->bytes_req, bytes_req);
		return MEMMON_LEDGER_RESIZED;
	}
	/* Some are queued twice, on their way; the first time counts. 0 would be none. */
	if (!e->queued)
		WRITE_ONCE(e->queued,
			   (memmon_clock_now() - ledger->enabled_at) >> MEMMON_LEDGER_QUEUED_SHIFT |
				   1);
	return MEMMON_LEDGER_QUEUED;
}

static notrace void amend_all(unsigned long object, enum memmon_class event_class, u32 bytes_req)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, event_class) {
		struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

		memmon_ledger_inc(cpu, memmon_ledger_amend(ledger, object, event_class, bytes_req));
	}
	preempt_enable_notrace();
}

/* Counts an event that changes nothing. Context: any. */
notrace void memmon_ledger_count(enum memmon_class event_class, enum memmon_ledger_count count)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, event_class) {
		struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

		memmon_ledger_inc(cpu, count);
	}
	preempt_enable_notrace();
}

/* Counts an event that nobody wants. Context: any. */
notrace void memmon_ledger_filter(enum memmon_class event_class, enum memmon_filter_reason reason)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	memmon_ledger_for_each(ledger, event_class) {
		struct memmon_ledger_cpu *cpu = memmon_ledger_see(ledger, event_class);

		local64_inc(&cpu->filtered[reason]);
	}
	preempt_enable_notrace();
}

/**
 * memmon_ledger_submit - take any event
 * @event_class: of the event
 * @call_site: as in struct memmon_record, and so on
 * @object: 0 for a request that got nothing
 * @bytes_req: asked for
 * @bytes_alloc: taken
 * @gfp: flags
 * @detail: as in struct memmon_record
 *
 * Context: any.
 */
notrace void memmon_ledger_submit(enum memmon_class event_class, unsigned long call_site,
				  unsigned long object, u32 bytes_req, u32 bytes_alloc, gfp_t gfp,
				  u32 detail)
{
	const u32 class_and_detail = event_class | detail << 16;

	if (event_class == MEMMON_CLASS_PAGE_FREE_BATCHED ||
	    event_class == MEMMON_CLASS_PAGE_EXTFRAG)
		memmon_ledger_count(event_class, MEMMON_LEDGER_NOTED);
	else if (event_class == MEMMON_CLASS_RCU_QUEUE || event_class == MEMMON_CLASS_KREALLOC)
		amend_all(object, event_class, bytes_req);
	else if (event_class == MEMMON_CLASS_PAGE_FREE)
		memmon_ledger_bury_pages(object, MEMMON_PAGE_ORDER(detail));
	else if (memmon_event_is_free(event_class))
		memmon_ledger_bury(object, class_and_detail);
	else if (!object)
		memmon_ledger_count(event_class, MEMMON_LEDGER_FAILED);
	else if (memmon_event_is_page(event_class))
		memmon_ledger_bear_pages(event_class, call_site, object, gfp, detail);
	else
		memmon_ledger_bear(call_site, object, bytes_req, bytes_alloc, gfp,
				   class_and_detail);
}
