// SPDX-License-Identifier: GPL-2.0
/* The totals of a descriptor, as user space wishes and reads them. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "device.h"
#include "settings.h"
#include "totals.h"

/* At least; without a wish, at most; the part of all memory that such totals take, at most; no wish may be greater. */
#define LEAST_PLACES 16
#define DEFAULT_PLACES 4096
#define DEFAULT_SHARE 8
#define MAX_PLACES (1U << 20)

/**
 * memmon_device_check_totals - check what totals a session is to have
 * @o: from user space; places become what they will be
 *
 * Return: 0, -EINVAL for keys that there are not, or stacks without stacks, -ENOBUFS.
 */
int memmon_device_check_totals(struct memmon_options *o)
{
	u64 share = memmon_settings.rings_max_bytes / DEFAULT_SHARE;
	u64 row = num_possible_cpus() * 2 * sizeof(struct memmon_totals_row);

	if (!(o->flags & MEMMON_OPTION_TOTALS))
		return 0;
	if (o->total_keys & ~MEMMON_TOTALS_KEYS ||
	    (o->total_keys & MEMMON_TOTALS_KEY(STACK) && !o->stacks))
		return -EINVAL;
	if (o->total_places > MAX_PLACES)
		return -ENOBUFS;
	if (!o->total_places)
		o->total_places = rounddown_pow_of_two(
			clamp_t(u64, div64_u64(share, row), LEAST_PLACES, DEFAULT_PLACES));
	o->total_places = roundup_pow_of_two(max_t(u32, o->total_places, LEAST_PLACES));
	return 0;
}

static struct memmon_totals *totals_of(struct memmon_descriptor *d)
{
	return memmon_descriptor_is_set_up(d) ? d->session.totals : NULL;
}

/**
 * memmon_device_totals - MEMMON_IOC_TOTALS
 * @d: the descriptor; what it holds once set up stays, so that no lock is needed
 * @argument: struct memmon_totals_stats of user space
 *
 * Context: process; may sleep. Return: 0, -ENODATA without totals, or another negative errno.
 */
int memmon_device_totals(struct memmon_descriptor *d, void __user *argument)
{
	struct memmon_totals_stats stats;
	u32 size;
	int ret;

	BUILD_BUG_ON(MEMMON_NR_CLASSES > MEMMON_STATS_COUNTERS);
	ret = memmon_device_get_struct(&stats, sizeof(stats), argument, &size);
	if (ret)
		return ret;
	if (!totals_of(d))
		return -ENODATA;
	memmon_totals_balance(totals_of(d), &stats);
	return memmon_device_put_struct(argument, &stats, sizeof(stats), size);
}

/* MEMMON_IOC_TURN. Context: process; may sleep. Return: 0, or -ENODATA without totals. */
int memmon_device_turn(struct memmon_descriptor *d)
{
	if (!totals_of(d))
		return -ENODATA;
	memmon_totals_turn(totals_of(d));
	return 0;
}
