/* SPDX-License-Identifier: GPL-2.0 */
/* The filter of libmemmon for tests of the module, whose headers use the same names for other things. */
#ifndef LIBRARY_FILTER_H
#define LIBRARY_FILTER_H

struct memmon_filter;
struct memmon_record;

/* @cache_name: by id, into @context */
int library_filter_match(const struct memmon_filter *filter, const struct memmon_record *record,
			 const char *(*cache_name)(void *context, unsigned int id), void *context);

#endif
