// SPDX-License-Identifier: GPL-2.0
/* Feeds anything to the parsers of /proc/buddyinfo and /proc/pagetypeinfo. */
#include "fuzz.h"
#include "memmon/pages.h"

static void look(struct memmon_free_lists *lists)
{
	MUST(lists->nr);
	for (size_t i = 0; i < lists->nr; i++) {
		const struct memmon_free_list *list = &lists->lists[i];
		double last = 0;

		MUST(*list->zone && strlen(list->zone) < sizeof(list->zone));
		MUST(strlen(list->type) < sizeof(list->type));
		MUST(list->nr_orders && list->nr_orders <= MEMMON_PAGES_ORDERS);
		/* Of more pages than there can be, the share means nothing. */
		for (unsigned int order = 0; order < list->nr_orders; order++)
			if (list->blocks[order] >> 32)
				return;
		for (unsigned int order = 0; order <= list->nr_orders; order++) {
			double share = memmon_free_list_unusable(list, order);

			MUST(share >= last && share <= 1);
			last = share;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memmon_free_lists lists;

	if (!memmon_buddyinfo_parse((const char *)data, size, &lists)) {
		look(&lists);
		memmon_free_lists_release(&lists);
	}
	if (!memmon_pagetypeinfo_parse((const char *)data, size, &lists)) {
		look(&lists);
		memmon_free_lists_release(&lists);
	}
	return 0;
}
