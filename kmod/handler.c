// SPDX-License-Identifier: GPL-2.0
/*
 * The handlers of the kmem tracepoints: from a tracepoint's arguments to facts.
 *
 * What is attached to a tracepoint is a jump to one of several handlers: the one for all events, or while
 * one session alone is enabled the one that tests the first condition of its filter; see quick.h.
 */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/static_call.h>

#include "cache.h"
#include "compat/cpu.h"
#include "event.h"
#include "handler.h"
#include "layout.h"
#include "quick.h"

/* Only a large kmalloc can be seen twice, or be too large for the record, and then have failed. */
static notrace noinline void on_large_kmalloc(unsigned long call_site, const void *ptr,
					      size_t bytes_req, size_t bytes_alloc, gfp_t gfp)
{
	if (memmon_layout_is_inner(call_site)) {
		memmon_event_count(MEMMON_CLASS_KMALLOC, MEMMON_FILTERED_DUPLICATE);
		return;
	}
	memmon_event_record(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
			    memmon_event_saturate(bytes_req), memmon_event_saturate(bytes_alloc),
			    gfp, MEMMON_CACHE_UNKNOWN);
}

static notrace void on_kmalloc(MEMMON_KMALLOC_PROTO)
{
	if (unlikely(bytes_alloc > KMALLOC_MAX_CACHE_SIZE)) {
		on_large_kmalloc(call_site, ptr, bytes_req, bytes_alloc, gfp);
		return;
	}
	/* Nobody is given less than what he asked for: both are below 2^32. */
	memmon_event_record_sizes(MEMMON_CLASS_KMALLOC, call_site, (unsigned long)ptr,
				  (u64)bytes_alloc << 32 | bytes_req, gfp, MEMMON_CACHE_UNKNOWN);
}

/* The caches not at home, apart from the others: their search is a call, which costs registers. */
static notrace noinline void on_searched_cache(unsigned long call_site, const void *ptr,
					       const struct kmem_cache *s, gfp_t gfp, bool is_free)
{
	struct memmon_cache cache = memmon_cache_find(s);

	if (is_free)
		memmon_event_record(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, 0, cache.id);
	else
		memmon_event_record(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr,
				    cache.bytes, cache.bytes, gfp, cache.id);
}

static notrace void on_cache_alloc(MEMMON_CACHE_ALLOC_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache))) {
		on_searched_cache(call_site, ptr, traced, gfp, false);
		return;
	}
	memmon_event_record_sizes(MEMMON_CLASS_CACHE_ALLOC, call_site, (unsigned long)ptr,
				  cache.sizes, gfp, cache.id);
}

static notrace void on_kfree(MEMMON_KFREE_PROTO)
{
	if (unlikely(ZERO_OR_NULL_PTR(ptr))) {
		memmon_event_count(MEMMON_CLASS_KFREE, MEMMON_FILTERED_NULL);
		return;
	}
	memmon_event_record(MEMMON_CLASS_KFREE, call_site, (unsigned long)ptr, 0, 0, 0,
			    MEMMON_CACHE_UNKNOWN);
}

static notrace void on_cache_free(MEMMON_CACHE_FREE_PROTO)
{
	const struct kmem_cache *traced = MEMMON_TRACED_CACHE;
	struct memmon_cache cache;

	if (unlikely(!memmon_cache_is_home(traced, &cache))) {
		on_searched_cache(call_site, ptr, traced, 0, true);
		return;
	}
	memmon_event_record_sizes(MEMMON_CLASS_CACHE_FREE, call_site, (unsigned long)ptr,
				  cache.sizes, 0, cache.id);
}

/* memmon_handler_page_bytes() twice; the greatest order that is any fits 32 bits. */
static __always_inline u64 page_sizes(unsigned int order)
{
	return memmon_event_same_sizes(PAGE_SIZE) << (order & 63);
}

static notrace void on_page_alloc(MEMMON_PAGE_ALLOC_PROTO)
{
	unsigned long pfn = page ? page_to_pfn(page) : 0;
	unsigned int zone = page ? page_zonenum(page) : 0;

	memmon_event_record_sizes(MEMMON_CLASS_PAGE_ALLOC, 0, pfn, page_sizes(order), gfp,
				  MEMMON_PAGE_DETAIL(order, zone, migratetype));
}

static notrace void on_page_free(MEMMON_PAGE_FREE_PROTO)
{
	memmon_event_record_sizes(MEMMON_CLASS_PAGE_FREE, 0, page_to_pfn(page), page_sizes(order),
				  0, MEMMON_PAGE_DETAIL(order, page_zonenum(page), 0));
}

static notrace void on_page_free_batched(MEMMON_PAGE_FREE_BATCHED_PROTO)
{
	memmon_event_record(MEMMON_CLASS_PAGE_FREE_BATCHED, 0, page_to_pfn(page), PAGE_SIZE,
			    PAGE_SIZE, 0, MEMMON_PAGE_DETAIL(0, page_zonenum(page), 0));
}

static __always_inline void reject(const enum memmon_class event_class)
{
	this_cpu_inc(memmon_quick_rejected[event_class]);
}

/*
 * For one class: a handler for each condition, on_NAME_CONDITION(); a table of them; and what is attached.
 * The last arguments are those of memmon_quick_wants(), which they may use the handler's own for.
 */
#define DEFINE_QUICK(condition, class_, name, PROTO, ARGS, ...)                                    \
	static notrace void on_##name##_##condition(PROTO)                                         \
	{                                                                                          \
		if (unlikely(                                                                      \
			    memmon_quick_wants(MEMMON_FILTERED_##condition, class_, __VA_ARGS__))) \
			on_##name(ARGS);                                                           \
		else                                                                               \
			reject(class_);                                                            \
	}

#define DEFINE_ATTACHED(name, PROTO, ARGS)            \
	static notrace void on_##name##_both(PROTO)   \
	{                                             \
		memmon_handler_##name##_ledger(ARGS); \
		on_##name(ARGS);                      \
	}                                             \
	static notrace void on_##name##_many(PROTO)   \
	{                                             \
		memmon_handler_##name##_ledger(ARGS); \
		memmon_handler_##name##_totals(ARGS); \
		on_##name(ARGS);                      \
	}                                             \
	DEFINE_STATIC_CALL(call_##name, on_##name);   \
	notrace void memmon_handler_##name(PROTO)     \
	{                                             \
		static_call(call_##name)(ARGS);       \
	}

#define QUICK(condition, text)                                                                    \
	DEFINE_QUICK(condition, MEMMON_CLASS_KMALLOC, kmalloc, MEMMON_KMALLOC_PROTO,              \
		     MEMMON_KMALLOC_ARGS_NO_NODE, call_site, (unsigned long)ptr, NULL, bytes_req, \
		     gfp, 0)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(kmalloc, MEMMON_KMALLOC_PROTO, MEMMON_KMALLOC_ARGS)

#define QUICK(condition, text)                                                                   \
	DEFINE_QUICK(condition, MEMMON_CLASS_CACHE_ALLOC, cache_alloc, MEMMON_CACHE_ALLOC_PROTO, \
		     MEMMON_CACHE_ALLOC_ARGS_NO_NODE, call_site, (unsigned long)ptr,             \
		     MEMMON_TRACED_CACHE, 0, gfp, 0)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(cache_alloc, MEMMON_CACHE_ALLOC_PROTO, MEMMON_CACHE_ALLOC_ARGS)

#define QUICK(condition, text)                                                                    \
	DEFINE_QUICK(condition, MEMMON_CLASS_KFREE, kfree, MEMMON_KFREE_PROTO, MEMMON_KFREE_ARGS, \
		     call_site, (unsigned long)ptr, NULL, 0, 0, 0)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(kfree, MEMMON_KFREE_PROTO, MEMMON_KFREE_ARGS)

#define QUICK(condition, text)                                                                   \
	DEFINE_QUICK(condition, MEMMON_CLASS_CACHE_FREE, cache_free, MEMMON_CACHE_FREE_PROTO,    \
		     MEMMON_CACHE_FREE_ARGS, call_site, (unsigned long)ptr, MEMMON_TRACED_CACHE, \
		     0, 0, 0)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(cache_free, MEMMON_CACHE_FREE_PROTO, MEMMON_CACHE_FREE_ARGS)

#define QUICK(condition, text)                                                                \
	DEFINE_QUICK(condition, MEMMON_CLASS_PAGE_ALLOC, page_alloc, MEMMON_PAGE_ALLOC_PROTO, \
		     MEMMON_PAGE_ALLOC_ARGS, 0, page ? page_to_pfn(page) : 0, NULL,           \
		     memmon_handler_page_bytes(order), gfp, order)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(page_alloc, MEMMON_PAGE_ALLOC_PROTO, MEMMON_PAGE_ALLOC_ARGS)

#define QUICK(condition, text)                                                             \
	DEFINE_QUICK(condition, MEMMON_CLASS_PAGE_FREE, page_free, MEMMON_PAGE_FREE_PROTO, \
		     MEMMON_PAGE_FREE_ARGS, 0, page_to_pfn(page), NULL,                    \
		     memmon_handler_page_bytes(order), 0, order)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(page_free, MEMMON_PAGE_FREE_PROTO, MEMMON_PAGE_FREE_ARGS)

#define QUICK(condition, text)                                                         \
	DEFINE_QUICK(condition, MEMMON_CLASS_PAGE_FREE_BATCHED, page_free_batched,     \
		     MEMMON_PAGE_FREE_BATCHED_PROTO, MEMMON_PAGE_FREE_BATCHED_ARGS, 0, \
		     page_to_pfn(page), NULL, PAGE_SIZE, 0, 0)
MEMMON_CONDITIONS(QUICK)
#undef QUICK
DEFINE_ATTACHED(page_free_batched, MEMMON_PAGE_FREE_BATCHED_PROTO, MEMMON_PAGE_FREE_BATCHED_ARGS)

/**
 * struct choice - what may be attached for a class
 * @key: where the choice is kept
 * @trampoline: of the static call
 * @all: the handler for all events
 * @ledger: the same for ledgers
 * @both: the same for ledgers, and then for rings
 * @totals: the same for totals
 * @many: the same for ledgers, totals, and then for rings
 * @stacks: the same for rings of sessions of which some take stacks
 * @quick: those that test a condition, by enum memmon_filter_reason, whose order is that of MEMMON_CONDITIONS
 */
struct choice {
	struct static_call_key *key;
	void *trampoline;
	void *all;
	void *ledger;
	void *both;
	void *totals;
	void *many;
	void *stacks;
	void *quick[MEMMON_NR_FILTER_REASONS];
};

#define CHOICE(class_, name_)                                            \
	[class_] = { .key = &STATIC_CALL_KEY(call_##name_),              \
		     .trampoline = STATIC_CALL_TRAMP_ADDR(call_##name_), \
		     .all = on_##name_,                                  \
		     .ledger = memmon_handler_##name_##_ledger,          \
		     .both = on_##name_##_both,                          \
		     .totals = memmon_handler_##name_##_totals,          \
		     .many = on_##name_##_many,                          \
		     .stacks = memmon_handler_##name_##_stack,           \
		     .quick = { MEMMON_CONDITIONS(QUICK) } }

static const struct choice choices[MEMMON_NR_CLASSES] = {
#define QUICK(condition, text) on_kmalloc_##condition,
	CHOICE(MEMMON_CLASS_KMALLOC, kmalloc),
#undef QUICK
#define QUICK(condition, text) on_cache_alloc_##condition,
	CHOICE(MEMMON_CLASS_CACHE_ALLOC, cache_alloc),
#undef QUICK
#define QUICK(condition, text) on_kfree_##condition,
	CHOICE(MEMMON_CLASS_KFREE, kfree),
#undef QUICK
#define QUICK(condition, text) on_cache_free_##condition,
	CHOICE(MEMMON_CLASS_CACHE_FREE, cache_free),
#undef QUICK
#define QUICK(condition, text) on_page_alloc_##condition,
	CHOICE(MEMMON_CLASS_PAGE_ALLOC, page_alloc),
#undef QUICK
#define QUICK(condition, text) on_page_free_##condition,
	CHOICE(MEMMON_CLASS_PAGE_FREE, page_free),
#undef QUICK
#define QUICK(condition, text) on_page_free_batched_##condition,
	CHOICE(MEMMON_CLASS_PAGE_FREE_BATCHED, page_free_batched),
#undef QUICK
};

static void *choose(const struct choice *c, int condition)
{
	if (condition == MEMMON_HANDLERS_LEDGER)
		return c->ledger;
	if (condition == MEMMON_HANDLERS_BOTH)
		return c->both;
	if (condition == MEMMON_HANDLERS_TOTALS)
		return c->totals;
	if (condition == MEMMON_HANDLERS_MANY)
		return c->many;
	if (condition == MEMMON_HANDLERS_STACKS)
		return c->stacks;
	return condition == MEMMON_HANDLERS_ALL ? c->all : c->quick[condition];
}

/**
 * memmon_handler_choose - say which handlers are to run from now on
 * @classes: mask of 1 << enum memmon_class
 * @condition: enum memmon_filter_reason, or enum memmon_handlers
 *
 * Probes may still be inside the old ones when it returns. Context: process; may sleep.
 */
void memmon_handler_choose(u32 classes, int condition)
{
	unsigned int i;

	for (i = 0; i < MEMMON_NR_CLASSES; i++) {
		const struct choice *c = &choices[i];

		if (classes & 1U << i && c->key)
			__static_call_update(c->key, c->trampoline,
					     memmon_cpu_jump_target(choose(c, condition)));
	}
}
