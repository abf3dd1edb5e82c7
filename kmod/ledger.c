// SPDX-License-Identifier: GPL-2.0
/*
 * Births and deaths of objects: the hot path of a ledger. The law is that of event.h. Each event adds one to
 * seen of each ledger, and then one to filtered or to one of its counts.
 */
#include <linux/preempt.h>

#include "ledger_event.h"

struct memmon_ledger *memmon_ledger_first __read_mostly;

/**
 * memmon_ledger_wants - judge a birth
 * @ledger: of a session
 * @cpu: what this CPU counts for it
 * @birth: the facts
 *
 * Context: any, preemption off. Return: whether it is wanted; if not it is counted here.
 */
noinline notrace bool memmon_ledger_wants(struct memmon_ledger *ledger,
					  struct memmon_ledger_cpu *cpu,
					  const struct memmon_birth *birth)
{
	struct memmon_facts facts = {
		.call_site = birth->call_site,
		.object = birth->object,
		.bytes_req = birth->bytes_req,
		.bytes_alloc = birth->bytes_alloc,
		.gfp = birth->gfp,
		.detail = birth->class_and_detail >> 16,
		.event_class = birth->class_and_detail & 0xff,
		.context = birth->context,
	};
	int reason = -1;

	if ((birth->context == MEMMON_CONTEXT_TASK && (u32)current->tgid == ledger->skipped_tgid) ||
	    (memmon_listener_is_muted() && memmon_mute_holds()))
		reason = MEMMON_FILTERED_SELF;
	else if (ledger->sieve)
		reason = memmon_sieve_judge(ledger->sieve, &facts);
	if (reason >= 0)
		local64_inc(&cpu->filtered[reason]);
	return reason < 0;
}

/* Counts a birth that found no place. Context: any, preemption off. */
noinline notrace void memmon_ledger_lack(struct memmon_ledger_cpu *cpu, u32 bytes)
{
	memmon_ledger_inc(cpu, MEMMON_LEDGER_UNTRACKED);
	local64_add(bytes, &cpu->untracked_bytes);
}

/*
 * An object is born at an address that is alive: its free went a way that nobody sees. Return: whether the
 * place is ours now; it is not if the death is just being told, after all.
 */
static noinline notrace bool replace(struct memmon_ledger_cpu *cpu,
				     const struct memmon_ledger_place *place, u64 key)
{
	if (!memmon_ledger_seize(place, key))
		return false;
	memmon_ledger_close(cpu, place->entry);
	return true;
}

static __always_inline void bear(struct memmon_ledger *ledger, const struct memmon_birth *birth)
{
	const enum memmon_class event_class = birth->class_and_detail & 0xff;
	struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);
	u64 key = memmon_ledger_object_key(event_class, birth->object);
	struct memmon_ledger_place place;
	bool is_reborn = false;

	local64_inc(&cpu->seen[event_class]);
	if (unlikely(memmon_ledger_must_judge(ledger)) && !memmon_ledger_wants(ledger, cpu, birth))
		return;
	if (unlikely(memmon_ledger_find(&ledger->objects, key, &place)))
		is_reborn = replace(cpu, &place, key);
	if (!is_reborn && unlikely(!memmon_ledger_claim(&ledger->objects, &place))) {
		memmon_ledger_lack(cpu, birth->bytes_alloc);
		return;
	}
	memmon_ledger_fill(ledger, cpu, place.entry, birth, birth->class_and_detail);
	memmon_ledger_inc(cpu, is_reborn ? MEMMON_LEDGER_REBORN : MEMMON_LEDGER_BORN);
	memmon_ledger_publish(&place, key);
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
	const struct memmon_birth birth = {
		.call_site = call_site,
		.object = object,
		.bytes_req = bytes_req,
		.bytes_alloc = bytes_alloc,
		.gfp = gfp,
		.class_and_detail = class_and_detail,
		.context = memmon_event_context(),
	};
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		if (likely(ledger->classes & 1U << (class_and_detail & 0xff)))
			bear(ledger, &birth);
	}
	preempt_enable_notrace();
}

static __always_inline void bury(struct memmon_ledger *ledger, unsigned long object,
				 enum memmon_class event_class)
{
	struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);
	u64 key = memmon_ledger_object_key(event_class, object);
	struct memmon_ledger_place place;

	local64_inc(&cpu->seen[event_class]);
	if (!memmon_ledger_find(&ledger->objects, key, &place) ||
	    unlikely(!memmon_ledger_seize(&place, key))) {
		memmon_ledger_inc(cpu, MEMMON_LEDGER_UNKNOWN);
		return;
	}
	memmon_ledger_close(cpu, place.entry);
	memmon_ledger_inc(cpu, MEMMON_LEDGER_FREED);
	memmon_ledger_vacate(&place);
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
	const enum memmon_class event_class = class_and_detail & 0xff;
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		if (likely(ledger->classes & 1U << event_class))
			bury(ledger, object, event_class);
	}
	preempt_enable_notrace();
}

/* An object goes to kfree_rcu(), or changes its size. */
static notrace enum memmon_ledger_count amend(struct memmon_ledger *ledger, unsigned long object,
					      enum memmon_class event_class, u32 bytes_req)
{
	struct memmon_ledger_place place;

	if (!memmon_ledger_find(&ledger->objects, object, &place))
		return MEMMON_LEDGER_UNKNOWN;
	if (event_class == MEMMON_CLASS_KREALLOC) {
		WRITE_ONCE(place.entry->bytes_req, bytes_req);
		return MEMMON_LEDGER_RESIZED;
	}
	/* Some are queued twice, on their way; the first time counts. */
	if (!place.entry->queued)
		WRITE_ONCE(place.entry->queued, memmon_clock_now());
	return MEMMON_LEDGER_QUEUED;
}

static notrace void amend_all(unsigned long object, enum memmon_class event_class, u32 bytes_req)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);

		if (!(ledger->classes & 1U << event_class))
			continue;
		local64_inc(&cpu->seen[event_class]);
		memmon_ledger_inc(cpu, amend(ledger, object, event_class, bytes_req));
	}
	preempt_enable_notrace();
}

/* Counts an event that changes nothing. Context: any. */
notrace void memmon_ledger_count(enum memmon_class event_class, enum memmon_ledger_count count)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);

		if (!(ledger->classes & 1U << event_class))
			continue;
		local64_inc(&cpu->seen[event_class]);
		memmon_ledger_inc(cpu, count);
	}
	preempt_enable_notrace();
}

/* Counts an event that nobody wants. Context: any. */
notrace void memmon_ledger_filter(enum memmon_class event_class, enum memmon_filter_reason reason)
{
	struct memmon_ledger *ledger;

	preempt_disable_notrace();
	for (ledger = READ_ONCE(memmon_ledger_first); ledger; ledger = READ_ONCE(ledger->next)) {
		struct memmon_ledger_cpu *cpu = this_cpu_ptr(ledger->cpu);

		if (!(ledger->classes & 1U << event_class))
			continue;
		local64_inc(&cpu->seen[event_class]);
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
		memmon_ledger_bury_pages(object, class_and_detail);
	else if (memmon_event_is_free(event_class))
		memmon_ledger_bury(object, class_and_detail);
	else if (!object)
		memmon_ledger_count(event_class, MEMMON_LEDGER_FAILED);
	else if (memmon_event_is_page(event_class))
		memmon_ledger_bear_pages(call_site, object, bytes_req, bytes_alloc, gfp,
					 class_and_detail);
	else
		memmon_ledger_bear(call_site, object, bytes_req, bytes_alloc, gfp,
				   class_and_detail);
}
