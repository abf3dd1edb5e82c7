// SPDX-License-Identifier: GPL-2.0
/* Calls the filter of libmemmon, without the module's headers. */
#include "library_filter.h"
#include "memmon/filter.h"

int library_filter_match(const struct memmon_filter *filter, const struct memmon_record *record,
			 const char *(*cache_name)(void *context, unsigned int id), void *context)
{
	const struct memmon_filter_names names = { .context = context, .cache = cache_name };

	return memmon_filter_match(filter, record, &names);
}
