// SPDX-License-Identifier: GPL-2.0
/*
 * Does __alloc_pages_bulk() give its pages in an array only? Since commit c8b979530f27 ("mm: alloc_pages_bulk_noprof:
 * drop page_list argument") (v6.14).
 */
#include <linux/gfp.h>

void ask(struct page **array);
void ask(struct page **array)
{
	(void)__alloc_pages_bulk(GFP_KERNEL, 0, NULL, 1, array);
}
