// SPDX-License-Identifier: GPL-2.0
/* The columns of memmon top: their names, their numbers, and how these are written. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "top.h"

static const struct {
	const char *name;
	const char *title;
	bool needs_live;
} columns[TOP_NR_COLUMNS] = {
	[TOP_REQUESTS] = { "requests", "req/s", false },
	[TOP_FREES] = { "frees", "free/s", false },
	[TOP_BYTES] = { "bytes", "bytes/s", false },
	[TOP_LIVE] = { "live", "live", true },
	[TOP_GROWTH] = { "growth", "growth", true },
	[TOP_OBJECTS] = { "objects", "objects", true },
	[TOP_NAME] = { "name", "name", false },
};

const char *top_column_name(unsigned int column)
{
	return column < TOP_NR_COLUMNS ? columns[column].name : NULL;
}

const char *top_column_title(enum top_column column)
{
	return columns[column].title;
}

bool top_column_needs_live(enum top_column column)
{
	return columns[column].needs_live;
}

int top_column_find(const char *name, enum top_column *ret)
{
	for (unsigned int i = 0; i < TOP_NR_COLUMNS; i++) {
		if (!strcmp(columns[i].name, name)) {
			*ret = i;
			return 0;
		}
	}
	return -ENOENT;
}

static double rate(uint64_t number, uint64_t interval_ns)
{
	return interval_ns ? (double)number * 1e9 / (double)interval_ns : 0;
}

double top_column_value(enum top_column column, const struct memmon_totals_row *row,
			uint64_t interval_ns)
{
	switch (column) {
	case TOP_REQUESTS:
		return rate(row->last.requests, interval_ns);
	case TOP_FREES:
		return rate(row->last.frees, interval_ns);
	case TOP_BYTES:
		return rate(row->last.bytes_taken, interval_ns);
	case TOP_LIVE:
		return (double)memmon_totals_live_bytes(&row->total);
	case TOP_GROWTH:
		return (double)memmon_totals_live_bytes(&row->total) -
		       (double)memmon_totals_live_bytes(&row->base);
	case TOP_OBJECTS:
		return (double)memmon_totals_live(&row->total);
	default:
		return 0;
	}
}

/* "999", "1.23k", "12.3k", "123k", "1.23M": three digits say enough of what changes all the time. */
static void print_short(double value, double base, bool is_signed, char *text, size_t size)
{
	static const char units[] = " kMGTPE";
	const char *sign = value < 0 ? "-" : is_signed && value > 0 ? "+" : "";
	double left = fabs(value);
	size_t unit = 0;

	/* 999.5 would be printed as 1000. */
	for (; left >= 999.5 && unit + 2 < sizeof(units); unit++)
		left /= base;
	if (!unit)
		snprintf(text, size, "%s%.0f", sign, left);
	else
		snprintf(text, size, "%s%.*f%c", sign,
			 left < 9.995 ? 2 :
			 left < 99.95 ? 1 :
					0,
			 left, units[unit]);
}

void top_column_print(enum top_column column, double value, char *text, size_t size)
{
	switch (column) {
	case TOP_REQUESTS:
	case TOP_FREES:
	case TOP_OBJECTS:
		print_short(value, 1000, false, text, size);
		break;
	case TOP_BYTES:
	case TOP_LIVE:
		print_short(value, 1024, false, text, size);
		break;
	case TOP_GROWTH:
		print_short(value, 1024, true, text, size);
		break;
	default:
		snprintf(text, size, "-");
	}
}
