// SPDX-License-Identifier: GPL-2.0
/* Mean and spread of the numbers of several runs. */
#include <math.h>

#include "memmon.h"

/* Welford's way: a sum of squares would lose the digits that tell large and close numbers apart. */
void memmon_spread_add(struct memmon_spread *spread, double number)
{
	double distance = number - spread->mean;

	if (!spread->nr || number < spread->min)
		spread->min = number;
	if (!spread->nr || number > spread->max)
		spread->max = number;
	spread->nr++;
	spread->mean += distance / (double)spread->nr;
	spread->squares += distance * (number - spread->mean);
}

double memmon_spread_deviation(const struct memmon_spread *spread)
{
	return spread->nr < 2 ? 0.0 : sqrt(spread->squares / (double)(spread->nr - 1));
}
