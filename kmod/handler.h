/* SPDX-License-Identifier: GPL-2.0 */
/* What is attached to the kmem tracepoints; see handler.c. */
#ifndef MEMMON_HANDLER_H
#define MEMMON_HANDLER_H

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

/* Beside the conditions of a filter: what memmon_handler_choose() may be told. */
enum memmon_handlers {
	MEMMON_HANDLERS_ALL = -1, /* rings, all events */
	MEMMON_HANDLERS_LEDGER = -2, /* ledgers, and then rings */
};

void memmon_handler_choose(u32 classes, int condition);

#endif /* MEMMON_HANDLER_H */
