// SPDX-License-Identifier: GPL-2.0
/* The columns of memmon report: one table for text, JSON and sorting. */
#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "ui.h"

#define VALUE(member)                                                \
	static uint64_t get_##member(const struct memmon_sums *sums) \
	{                                                            \
		return sums->member;                                 \
	}

VALUE(requests)
VALUE(failed)
VALUE(bytes_requested)
VALUE(bytes_taken)
VALUE(frees)
VALUE(reused)
VALUE(unknown_frees)
VALUE(frees_other_cpu)
VALUE(frees_other_node)
VALUE(outstanding_objects)
VALUE(outstanding_bytes)
VALUE(peak_objects)
VALUE(peak_bytes)
VALUE(lifetime_min_ns)
VALUE(lifetime_median_ns)
VALUE(lifetime_p99_ns)

/* Of a bulk object, or a broken recording, more may be asked than is taken. */
static uint64_t get_bytes_wasted(const struct memmon_sums *sums)
{
	return sums->bytes_taken > sums->bytes_requested ?
		       sums->bytes_taken - sums->bytes_requested :
		       0;
}

#define COLUMN(name_, title_, unit_, need_, is_sum_)                                 \
	{                                                                            \
		.name = #name_, .title = (title_), .unit = (unit_), .need = (need_), \
		.is_sum = (is_sum_), .value = get_##name_                            \
	}

const struct report_column report_columns[] = {
	COLUMN(requests, "Requests", REPORT_COUNT, REPORT_NEEDS_NOTHING, true),
	{
		.name = "requests_per_second",
		.title = "Per s",
		.unit = REPORT_PER_SECOND,
		.need = REPORT_NEEDS_NOTHING,
		.is_sum = true,
		.value = get_requests,
	},
	COLUMN(failed, "Failed", REPORT_COUNT, REPORT_NEEDS_NOTHING, true),
	COLUMN(bytes_requested, "Requested", REPORT_BYTES, REPORT_NEEDS_NOTHING, true),
	COLUMN(bytes_taken, "Taken", REPORT_BYTES, REPORT_NEEDS_TAKEN, true),
	COLUMN(bytes_wasted, "Wasted", REPORT_BYTES, REPORT_NEEDS_TAKEN, true),
	COLUMN(frees, "Frees", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(frees_other_cpu, "Other CPU", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(frees_other_node, "Other node", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(unknown_frees, "Unknown", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(reused, "Reused", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(outstanding_objects, "Objects", REPORT_COUNT, REPORT_NEEDS_FREES, true),
	COLUMN(outstanding_bytes, "Outstanding", REPORT_BYTES, REPORT_NEEDS_FREES, true),
	COLUMN(peak_objects, "Peak objects", REPORT_COUNT, REPORT_NEEDS_FREES, false),
	COLUMN(peak_bytes, "Peak", REPORT_BYTES, REPORT_NEEDS_FREES, false),
	COLUMN(lifetime_min_ns, "Shortest", REPORT_NS, REPORT_NEEDS_LIFETIMES, false),
	COLUMN(lifetime_median_ns, "Median", REPORT_NS, REPORT_NEEDS_LIFETIMES, false),
	COLUMN(lifetime_p99_ns, "99%", REPORT_NS, REPORT_NEEDS_LIFETIMES, false),
	{},
};

_Static_assert(sizeof(report_columns) / sizeof(report_columns[0]) <= REPORT_MAX_COLUMNS,
	       "a view has room for all columns");

/* The name without what says its unit. */
static const char *short_name(const char *name, size_t *len)
{
	*len = strlen(name);
	if (!strncmp(name, "bytes_", 6)) {
		*len -= 6;
		return name + 6;
	}
	if (*len > 6 && !strcmp(name + *len - 6, "_bytes"))
		*len -= 6;
	else if (*len > 3 && !strcmp(name + *len - 3, "_ns"))
		*len -= 3;
	return name;
}

const struct report_column *report_column_find(const char *name, size_t len)
{
	for (const struct report_column *column = report_columns; column->name; column++) {
		size_t short_len;
		const char *shorter = short_name(column->name, &short_len);

		if (strlen(column->name) == len && !memcmp(column->name, name, len))
			return column;
		if (short_len == len && !memcmp(shorter, name, len))
			return column;
	}
	return NULL;
}

double report_seconds(const struct report_view *view)
{
	struct memmon_report_window window = memmon_report_window(view->report);

	return (double)(window.until_ns - window.from_ns) / 1e9;
}

bool report_is_known(const struct report_view *view, enum memmon_section section,
		     const struct memmon_sums *sums, const struct report_column *column)
{
	enum memmon_frees frees = memmon_report_frees(view->report, section);

	/* Frees of objects that a filter on requests would not have chosen. */
	if (view->is_chosen && column->value == get_unknown_frees)
		return false;
	if (column->unit == REPORT_PER_SECOND && report_seconds(view) <= 0)
		return false;
	switch (column->need) {
	case REPORT_NEEDS_NOTHING:
		return true;
	case REPORT_NEEDS_TAKEN:
		return memmon_report_knows_taken(view->report);
	case REPORT_NEEDS_FREES:
		return frees != MEMMON_FREES_NONE;
	case REPORT_NEEDS_LIFETIMES:
		return frees != MEMMON_FREES_NONE && sums->frees;
	}
	return false;
}

void report_cell(const struct report_view *view, enum memmon_section section,
		 const struct memmon_sums *sums, const struct report_column *column, char *text,
		 size_t size)
{
	uint64_t value = column->value(sums);

	if (!report_is_known(view, section, sums, column)) {
		snprintf(text, size, "-");
		return;
	}
	switch (column->unit) {
	case REPORT_COUNT:
		snprintf(text, size, "%s", ui_count(value).text);
		break;
	case REPORT_BYTES:
		/* A unit for every number, and a short one. */
		if (value < 1024)
			snprintf(text, size, "%" PRIu64 " B", value);
		else
			snprintf(text, size, "%s", ui_bytes(value).text);
		break;
	case REPORT_NS:
		snprintf(text, size, "%s", ui_duration(value).text);
		break;
	case REPORT_PER_SECOND:
		snprintf(text, size, "%s",
			 ui_count((uint64_t)((double)value / report_seconds(view) + 0.5)).text);
		break;
	}
}

json_t *report_number(const struct report_view *view, enum memmon_section section,
		      const struct memmon_sums *sums, const struct report_column *column)
{
	uint64_t value = column->value(sums);

	if (!report_is_known(view, section, sums, column))
		return json_null();
	if (column->unit == REPORT_PER_SECOND)
		return json_real((double)value / report_seconds(view));
	return json_integer((json_int_t)value);
}
