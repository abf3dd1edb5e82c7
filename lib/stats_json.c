// SPDX-License-Identifier: GPL-2.0
/* The books of a session as JSON. */
#include <errno.h>
#include <string.h>

#include "sidecar.h"

static const char *const filter_names[] = {
#define NAME(id, name) [MEMMON_FILTERED_##id] = name,
	MEMMON_FILTER_REASONS(NAME)
#undef NAME
};

static const char *const drop_names[] = {
#define NAME(id, name) [MEMMON_DROPPED_##id] = name,
	MEMMON_DROP_REASONS(NAME)
#undef NAME
};

_Static_assert(MEMMON_NR_CLASSES <= MEMMON_STATS_COUNTERS, "each class has a counter");
_Static_assert(MEMMON_NR_FILTER_REASONS <= MEMMON_STATS_COUNTERS, "each reason has a counter");
_Static_assert(MEMMON_NR_DROP_REASONS <= MEMMON_STATS_COUNTERS, "each reason has a counter");

static json_t *put_object(json_t *parent, const char *key)
{
	json_t *object = json_object();

	return json_object_set_new(parent, key, object) ? NULL : object;
}

static int put_counters(json_t *object, const struct memmon_stats *stats)
{
	json_t *seen = put_object(object, "seen");
	json_t *filtered = put_object(object, "filtered");
	json_t *dropped = put_object(object, "dropped");

	for (unsigned int i = 0; i < MEMMON_NR_CLASSES; i++)
		if (memmon_json_put_number(seen, memmon_class_key(i), stats->seen[i]))
			return -ENOMEM;
	for (unsigned int i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		if (memmon_json_put_number(filtered, filter_names[i], stats->filtered[i]))
			return -ENOMEM;
	for (unsigned int i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		if (memmon_json_put_number(dropped, drop_names[i], stats->dropped[i]))
			return -ENOMEM;
	return 0;
}

int memmon_stats_pack(const struct memmon_stats *stats, json_t **ret)
{
	json_t *object = json_object();

	if (put_counters(object, stats) ||
	    memmon_json_put_number(object, "recorded", stats->recorded) ||
	    memmon_json_put_number(object, "in_flight", stats->in_flight) ||
	    memmon_json_put_number(object, "nr_rings", stats->nr_rings) ||
	    memmon_json_put_number(object, "missing_classes", stats->missing_classes) ||
	    memmon_json_put_number(object, "memory_bytes", stats->memory_bytes)) {
		json_decref(object);
		return -ENOMEM;
	}
	*ret = object;
	return 0;
}

/* Adds up all members, also of reasons that a later version has added. */
static int get_sum(const json_t *object, uint64_t *ret)
{
	const char *key;
	json_t *value;

	*ret = 0;
	if (!json_is_object(object))
		return -EBADMSG;
	json_object_foreach((json_t *)object, key, value) {
		uint64_t number;

		if (memmon_json_get_number(object, key, UINT64_MAX, &number))
			return -EBADMSG;
		*ret += number;
	}
	return 0;
}

static int get_reasons(const json_t *object, const char *const *names, unsigned int nr,
		       uint64_t *ret)
{
	for (unsigned int i = 0; i < nr; i++)
		if (memmon_json_get_number(object, names[i], UINT64_MAX, &ret[i]))
			return -EBADMSG;
	return 0;
}

int memmon_stats_unpack(const json_t *object, struct memmon_loss *ret)
{
	const json_t *filtered = json_object_get(object, "filtered");
	const json_t *dropped = json_object_get(object, "dropped");

	memset(ret, 0, sizeof(*ret));
	if (memmon_json_get_u32(object, "missing_classes", &ret->missing_classes) ||
	    memmon_json_get_number(object, "recorded", UINT64_MAX, &ret->recorded) ||
	    memmon_json_get_number(object, "in_flight", UINT64_MAX, &ret->in_flight) ||
	    get_sum(json_object_get(object, "seen"), &ret->seen) ||
	    get_sum(filtered, &ret->filtered) || get_sum(dropped, &ret->dropped) ||
	    get_reasons(filtered, filter_names, MEMMON_NR_FILTER_REASONS, ret->filtered_by) ||
	    get_reasons(dropped, drop_names, MEMMON_NR_DROP_REASONS, ret->dropped_by))
		return -EBADMSG;
	return 0;
}
