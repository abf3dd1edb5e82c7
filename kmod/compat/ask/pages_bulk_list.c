// SPDX-License-Identifier: GPL-2.0
/*
 * Does __alloc_pages_bulk() give its pages in a list or an array? From commit 387ba26fb1cb ("mm/page_alloc: add
 * a bulk page allocator") and 0f87d9d30f21 ("mm/page_alloc: add an array-based interface to the bulk page
 * allocator") (v5.13) on, until ask/pages_bulk.c.
 */
#include <linux/gfp.h>

void ask(struct list_head *list, struct page **array);
void ask(struct list_head *list, struct page **array)
{
	(void)__alloc_pages_bulk(GFP_KERNEL, 0, NULL, 1, list, array);
}
