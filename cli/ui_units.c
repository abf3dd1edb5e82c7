// SPDX-License-Identifier: GPL-2.0
/* Writes sizes, times and percentages for people, and foreign text so that a terminal is safe. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ui.h"

struct ui_text ui_bytes(uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes / 1024;
	struct ui_text ret;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(ret.text, sizeof(ret.text), "%" PRIu64 " bytes", bytes);
		return ret;
	}
	/* 1023.95 would be printed as 1024.0. */
	for (; value >= 1023.95 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1024;
	snprintf(ret.text, sizeof(ret.text), "%.1f %s", value, units[unit]);
	return ret;
}

struct ui_text ui_growth(double percent)
{
	struct ui_text ret;

	if (isinf(percent))
		snprintf(ret.text, sizeof(ret.text), "new");
	else
		snprintf(ret.text, sizeof(ret.text), "%+.1f%%", percent);
	return ret;
}

struct ui_text ui_count(uint64_t count)
{
	struct ui_text ret;
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	size_t to = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			ret.text[to++] = ',';
		ret.text[to++] = digits[i];
	}
	ret.text[to] = '\0';
	return ret;
}

struct ui_text ui_duration(uint64_t ns)
{
	static const char *const units[] = { "us", "ms", "s" };
	double value = (double)ns / 1000;
	struct ui_text ret;
	size_t unit = 0;

	if (ns < 1000) {
		snprintf(ret.text, sizeof(ret.text), "%" PRIu64 " ns", ns);
		return ret;
	}
	/* 999.95 would be printed as 1000.0. */
	for (; value >= 999.95 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1000;
	snprintf(ret.text, sizeof(ret.text), "%.1f %s", value, units[unit]);
	return ret;
}

void ui_clean(char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			*text = '?';
}
