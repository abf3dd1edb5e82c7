/* SPDX-License-Identifier: GPL-2.0 */
/* What is attached to the kmem tracepoints; see handler.c. */
#ifndef MEMMON_HANDLER_H
#define MEMMON_HANDLER_H

#include <linux/mm.h>
#include <linux/types.h>

#include "compat/kmem_tracepoint.h"

#define MEMMON_HANDLER(name, PROTO) void memmon_handler_##name(PROTO)

MEMMON_HANDLER(kmalloc, MEMMON_KMALLOC_PROTO);
MEMMON_HANDLER(cache_alloc, MEMMON_CACHE_ALLOC_PROTO);
MEMMON_HANDLER(kfree, MEMMON_KFREE_PROTO);
MEMMON_HANDLER(cache_free, MEMMON_CACHE_FREE_PROTO);
MEMMON_HANDLER(page_alloc, MEMMON_PAGE_ALLOC_PROTO);
MEMMON_HANDLER(page_free, MEMMON_PAGE_FREE_PROTO);
MEMMON_HANDLER(page_free_batched, MEMMON_PAGE_FREE_BATCHED_PROTO);

/* The same for ledgers. */
MEMMON_HANDLER(kmalloc_ledger, MEMMON_KMALLOC_PROTO);
MEMMON_HANDLER(cache_alloc_ledger, MEMMON_CACHE_ALLOC_PROTO);
MEMMON_HANDLER(kfree_ledger, MEMMON_KFREE_PROTO);
MEMMON_HANDLER(cache_free_ledger, MEMMON_CACHE_FREE_PROTO);
MEMMON_HANDLER(page_alloc_ledger, MEMMON_PAGE_ALLOC_PROTO);
MEMMON_HANDLER(page_free_ledger, MEMMON_PAGE_FREE_PROTO);
MEMMON_HANDLER(page_free_batched_ledger, MEMMON_PAGE_FREE_BATCHED_PROTO);

/* The same for totals. */
MEMMON_HANDLER(kmalloc_totals, MEMMON_KMALLOC_PROTO);
MEMMON_HANDLER(cache_alloc_totals, MEMMON_CACHE_ALLOC_PROTO);
MEMMON_HANDLER(kfree_totals, MEMMON_KFREE_PROTO);
MEMMON_HANDLER(cache_free_totals, MEMMON_CACHE_FREE_PROTO);
MEMMON_HANDLER(page_alloc_totals, MEMMON_PAGE_ALLOC_PROTO);
MEMMON_HANDLER(page_free_totals, MEMMON_PAGE_FREE_PROTO);
MEMMON_HANDLER(page_free_batched_totals, MEMMON_PAGE_FREE_BATCHED_PROTO);

/* The same for rings of sessions of which some take call stacks. */
MEMMON_HANDLER(kmalloc_stack, MEMMON_KMALLOC_PROTO);
MEMMON_HANDLER(cache_alloc_stack, MEMMON_CACHE_ALLOC_PROTO);
MEMMON_HANDLER(kfree_stack, MEMMON_KFREE_PROTO);
MEMMON_HANDLER(cache_free_stack, MEMMON_CACHE_FREE_PROTO);
MEMMON_HANDLER(page_alloc_stack, MEMMON_PAGE_ALLOC_PROTO);
MEMMON_HANDLER(page_free_stack, MEMMON_PAGE_FREE_PROTO);
MEMMON_HANDLER(page_free_batched_stack, MEMMON_PAGE_FREE_BATCHED_PROTO);

/* The mask costs nothing, and spares kernels with UBSAN_SHIFT a check on the hot path. */
static __always_inline u32 memmon_handler_page_bytes(unsigned int order)
{
	return (u32)PAGE_SIZE << (order & 31);
}

/* Beside the conditions of a filter: what memmon_handler_choose() may be told. */
enum memmon_handlers {
	MEMMON_HANDLERS_ALL = -1, /* rings, all events */
	MEMMON_HANDLERS_LEDGER = -2, /* ledgers */
	MEMMON_HANDLERS_BOTH = -3, /* ledgers, and then rings */
	MEMMON_HANDLERS_TOTALS = -4, /* totals */
	MEMMON_HANDLERS_MANY = -5, /* ledgers, totals, and then rings */
	MEMMON_HANDLERS_STACKS = -6, /* rings, with stacks where they are wanted */
};

void memmon_handler_choose(u32 classes, int condition);

#endif /* MEMMON_HANDLER_H */
