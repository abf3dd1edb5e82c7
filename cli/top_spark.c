// SPDX-License-Identifier: GPL-2.0
/* Draws the last numbers of a row as a line of small bars. */
#include <string.h>

#include "top.h"

#define NR_BARS 8

static const char *const blocks[NR_BARS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const letters[NR_BARS] = { ".", ":", "-", "=", "+", "*", "#", "@" };

/* The number of some intervals ago; 0 before the beginning. */
static uint64_t number_of(const uint64_t *history, uint64_t nr_intervals, unsigned int ago)
{
	if (ago >= MEMMON_TOTALS_HISTORY || ago >= nr_intervals)
		return 0;
	return history[(nr_intervals - 1 - ago) % MEMMON_TOTALS_HISTORY];
}

void top_spark(const uint64_t *history, uint64_t nr_intervals, unsigned int width, bool is_utf8,
	       char *text, size_t size)
{
	const char *const *bars = is_utf8 ? blocks : letters;
	uint64_t greatest = 0;
	size_t used = 0;

	for (unsigned int ago = 0; ago < width; ago++) {
		uint64_t number = number_of(history, nr_intervals, ago);

		if (number > greatest)
			greatest = number;
	}
	for (unsigned int ago = width; ago-- > 0;) {
		uint64_t number = number_of(history, nr_intervals, ago);
		const char *bar = " ";
		size_t len;

		/* Nothing is no bar; the least number that is not nothing is a small one. */
		if (number)
			bar = bars[(size_t)((double)number * (NR_BARS - 1) / (double)greatest)];
		len = strlen(bar);
		if (used + len >= size)
			break;
		memcpy(text + used, bar, len);
		used += len;
	}
	text[used] = '\0';
}
