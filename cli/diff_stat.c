// SPDX-License-Identifier: GPL-2.0
/* Reads a result of `memmon stat --json` as one side of a comparison. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "cmd.h"
#include "diff.h"
#include "ui.h"

/* A number, or the mean of several runs. */
static bool read_number(const json_t *value, double *ret)
{
	if (json_is_object(value))
		value = json_object_get(value, "mean");
	if (!json_is_number(value))
		return false;
	*ret = json_number_value(value);
	/* What an int64_t cannot hold was not written by memmon. */
	return fabs(*ret) < 9e18;
}

static bool read_member(const json_t *row, const char *key, int64_t *ret)
{
	double value;

	if (!read_number(json_object_get(row, key), &value))
		return false;
	*ret = llround(value);
	return true;
}

/* What a cache or call site has; active objects stand in for outstanding ones where these are not counted. */
static void read_values(const json_t *row, int64_t *values, bool *is_known)
{
	int64_t before, after;

	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++)
		is_known[i] = read_member(row, diff_metric_name(i), &values[i]);
	if (!is_known[DIFF_OUTSTANDING_OBJECTS] && read_member(row, "before", &before) &&
	    read_member(row, "after", &after)) {
		values[DIFF_OUTSTANDING_OBJECTS] = after - before;
		is_known[DIFF_OUTSTANDING_OBJECTS] = true;
	}
}

/* Return: 0, -EBADMSG when the rows make no sense, or -ENOMEM. */
static int add_rows(const json_t *rows, const char *name_key, const char *detail_key,
		    struct diff_side *side)
{
	bool *is_known = side->is_known[MEMMON_SECTION_SLAB];
	size_t i;
	json_t *row;

	if (!json_is_array(rows))
		return -EBADMSG;
	for (i = 0; i < DIFF_NR_METRICS; i++)
		is_known[i] = true;
	json_array_foreach(rows, i, row) {
		const char *name = json_string_value(json_object_get(row, name_key));
		int64_t values[DIFF_NR_METRICS] = { 0 };
		bool has[DIFF_NR_METRICS];

		if (!name)
			return -EBADMSG;
		read_values(row, values, has);
		/* A sum is known if each part is. */
		for (unsigned int j = 0; j < DIFF_NR_METRICS; j++)
			is_known[j] &= has[j];
		if (diff_side_add(side, MEMMON_SECTION_SLAB, name,
				  json_string_value(json_object_get(row, detail_key)), values))
			return -ENOMEM;
	}
	return 0;
}

static int read_result(const json_t *result, const struct memmon_report_options *options,
		       struct diff_side *side)
{
	const json_t *caches = json_object_get(result, "caches");
	const json_t *sites = json_object_get(result, "sites");

	if (!json_is_array(caches) ||
	    !read_number(json_object_get(result, "seconds"), &side->seconds))
		return -EBADMSG;
	if (options->nr_keys == 1 && options->keys[0] == MEMMON_KEY_CACHE)
		return add_rows(caches, "name", "name", side);
	/* Without sessions of the module, call sites were not counted. */
	if (options->nr_keys == 1 && options->keys[0] == MEMMON_KEY_SITE)
		return json_is_array(sites) ? add_rows(sites, "function", "site", side) : 0;
	return -EINVAL;
}

int diff_stat_read(const char *path, const struct memmon_report_options *options,
		   struct diff_side *side)
{
	json_error_t error;
	json_t *result = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	int err = result ? read_result(result, options, side) : -EBADMSG;

	json_decref(result);
	switch (err) {
	case 0:
		return CMD_GO_ON;
	case -EBADMSG:
		ui_error("%s is neither a recording nor a result of 'memmon stat --json'", path);
		return CMD_FAILED;
	case -EINVAL:
		ui_error("%s is a result of 'memmon stat': it can be compared by cache and by site",
			 path);
		return CMD_USAGE;
	default:
		ui_error("cannot read %s: %s", path, strerror(-err));
		return CMD_FAILED;
	}
}
