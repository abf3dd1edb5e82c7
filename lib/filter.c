// SPDX-License-Identifier: GPL-2.0
/* Takes the decision of the kernel's filter on a record, in user space. */
#include <string.h>

#include "filter_internal.h"

/* Pages are sampled in aligned groups of 1024. */
#define SAMPLE_PAGES_BITS 10

static const char *const class_names[] = {
#define CLASS_NAME(id, name) [MEMMON_CLASS_##id] = name,
	MEMMON_CLASSES(CLASS_NAME)
#undef CLASS_NAME
};

static const char *const context_names[] = {
#define CONTEXT_NAME(id, name) [MEMMON_CONTEXT_##id] = name,
	MEMMON_CONTEXTS(CONTEXT_NAME)
#undef CONTEXT_NAME
};

const char *memmon_class_name(uint32_t event_class)
{
	return event_class < MEMMON_NR_CLASSES ? class_names[event_class] : "?";
}

const char *memmon_context_name(uint32_t context)
{
	return context < MEMMON_NR_CONTEXTS ? context_names[context] : "?";
}

static bool is_one_of(uint32_t event_class, uint32_t classes)
{
	return event_class < MEMMON_NR_CLASSES && 1U << event_class & classes;
}

bool memmon_class_is_page(uint32_t event_class)
{
	return is_one_of(event_class, FILTER_PAGE_CLASSES);
}

bool memmon_class_is_request(uint32_t event_class)
{
	return is_one_of(event_class,
			 ~(FILTER_FREE_CLASSES | FILTER_CLASS(PAGE_EXTFRAG) | FILTER_CLASS(NONE)));
}

bool memmon_class_has_bytes(uint32_t event_class)
{
	return is_one_of(event_class, ~FILTER_SIZELESS_CLASSES);
}

/* As fnmatch(), but without [...], which the kernel does not know; goes back to the last '*' only. */
static bool match_glob(const char *glob, const char *end, const char *text)
{
	const char *after_star = NULL, *retry = NULL;

	while (*text) {
		if (glob < end && *glob == '*') {
			after_star = ++glob;
			retry = text;
		} else if (glob < end && (*glob == '?' || *glob == *text)) {
			glob++;
			text++;
		} else if (after_star) {
			glob = after_star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (glob < end && *glob == '*')
		glob++;
	return glob == end;
}

bool filter_match_globs(const char *globs, const char *text)
{
	for (;;) {
		const char *end = globs + strcspn(globs, ",");

		if (match_glob(globs, end, text))
			return true;
		if (!*end)
			return false;
		globs = end + 1;
	}
}

static bool meets_comm(const struct memmon_filter *filter, const struct memmon_record *record)
{
	char comm[MEMMON_COMM_BYTES] = "";

	/* As the kernel does: a rename could have taken away the NUL. */
	memcpy(comm, record->comm, MEMMON_COMM_BYTES - 1);
	return filter_match_globs(filter->comm, comm);
}

static bool meets_cache(const struct memmon_filter *filter, const struct memmon_record *record,
			const struct memmon_filter_names *names)
{
	const char *name;

	if (memmon_class_is_page(record->event_class) || !record->detail || !names->cache)
		return false;
	name = names->cache(names->context, record->detail);
	return name && filter_match_globs(filter->cache, name);
}

static bool meets_node(const struct memmon_filter *filter, const struct memmon_record *record)
{
	uint32_t node = record->pid_node >> MEMMON_PID_BITS;

	if (!record->object || node == MEMMON_NODE_UNKNOWN)
		return false;
	return filter->nodes[node / 64] >> node % 64 & 1;
}

static bool meets_site(const struct memmon_filter *filter, uint64_t call_site)
{
	for (uint32_t i = 0; i < filter->nr_sites && i < MEMMON_FILTER_SITES; i++)
		if (call_site >= filter->sites[i].first && call_site <= filter->sites[i].last)
			return call_site != 0;
	return false;
}

/* Neighbouring pages stay together, so that the parts of a block are sampled as the block was. */
static bool is_sampled(const struct memmon_filter *filter, const struct memmon_record *record)
{
	bool is_page = memmon_class_is_page(record->event_class);
	uint64_t key = is_page ? record->object >> SAMPLE_PAGES_BITS : record->object;
	uint32_t hash = (uint32_t)(key * 0x9E3779B97F4A7C15ULL >> 32);

	return (uint64_t)hash * filter->sample_one_in >> 32 == 0;
}

/* The conditions on who asked. */
static bool meets_who(const struct memmon_filter *filter, const struct memmon_record *record,
		      const struct memmon_filter_names *names, int condition)
{
	uint32_t pid = record->pid_node & MEMMON_PID_MASK;

	switch (condition) {
	case MEMMON_FILTERED_PID:
		return pid == filter->pid || record->tgid == filter->pid;
	case MEMMON_FILTERED_TGID:
		return record->tgid == filter->tgid;
	case MEMMON_FILTERED_COMM:
		return meets_comm(filter, record);
	case MEMMON_FILTERED_CGROUP:
		return !names->is_in_cgroup || names->is_in_cgroup(names->context, record->tgid);
	case MEMMON_FILTERED_CONTEXT:
		return record->context < 32 && filter->contexts >> record->context & 1;
	case MEMMON_FILTERED_SITE:
		return meets_site(filter, record->call_site);
	default:
		return true;
	}
}

/* The conditions on what was asked for. */
static bool meets_what(const struct memmon_filter *filter, const struct memmon_record *record,
		       const struct memmon_filter_names *names, int condition)
{
	switch (condition) {
	case MEMMON_FILTERED_CACHE:
		return meets_cache(filter, record, names);
	case MEMMON_FILTERED_BYTES:
		return memmon_class_has_bytes(record->event_class) &&
		       record->bytes_req >= filter->min_bytes &&
		       record->bytes_req <= filter->max_bytes;
	case MEMMON_FILTERED_ORDER:
		return memmon_class_is_page(record->event_class) &&
		       filter->orders >> MEMMON_PAGE_ORDER(record->detail) & 1;
	case MEMMON_FILTERED_NODE:
		return meets_node(filter, record);
	case MEMMON_FILTERED_GFP:
		return memmon_class_is_request(record->event_class) &&
		       (record->gfp & filter->gfp_mask) == filter->gfp_value;
	case MEMMON_FILTERED_SAMPLE:
		return is_sampled(filter, record);
	default:
		return true;
	}
}

int memmon_filter_match(const struct memmon_filter *filter, const struct memmon_record *record,
			const struct memmon_filter_names *names)
{
	uint32_t left = filter->conditions;

	while (left) {
		int condition = __builtin_ctz(left);

		left &= left - 1;
		if (!meets_who(filter, record, names, condition) ||
		    !meets_what(filter, record, names, condition))
			return condition;
	}
	return -1;
}
