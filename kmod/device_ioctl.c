// SPDX-License-Identifier: GPL-2.0
/* ioctl() of /dev/mem_monitor. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "cache.h"
#include "compat/clock.h"
#include "device.h"
#include "mute.h"
#include "names.h"
#include "probe.h"
#include "settings.h"
#include "stack.h"

/* A ring without a wish, at most; and the part of all memory that such a session takes, at most. */
#define DEFAULT_RING_BYTES (16ULL << 20)
#define DEFAULT_SHARE 8

/* A ledger without a wish, at most; what a place takes, roughly; and no wish may be greater than that. */
#define DEFAULT_PLACES (256ULL << 10)
#define DEFAULT_ACCOUNTS 4096
#define LEDGER_PLACE_BYTES 96
#define LEDGER_MAX_PLACES (1ULL << 32)
#define LEDGER_MAX_ACCOUNTS (1U << 20)
#define MAX_STACKS (1U << 22)

/* Orders those who look how much memory is left and then take it. */
static DEFINE_MUTEX(memory_lock);

/*
 * Takes a structure that begins with its size, by the rule at the top of mem_monitor.h. Sets @size to what
 * the user knows of it.
 */
int memmon_device_get_struct(void *to, size_t bytes, const void __user *from, u32 *size)
{
	if (get_user(*size, (const u32 __user *)from))
		return -EFAULT;
	if (*size < 2 * sizeof(u32))
		return -EINVAL;
	if (*size > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(to, bytes, from, *size);
}

/* Gives a structure back: as much of it as the user knows. */
int memmon_device_put_struct(void __user *to, void *from, size_t bytes, u32 size)
{
	*(u32 *)from = size;
	return copy_to_user(to, from, min_t(size_t, bytes, size)) ? -EFAULT : 0;
}

static int check_classes(struct memmon_options *o)
{
	static const u32 all[MEMMON_NR_SOURCES] = {
		[MEMMON_SOURCE_TRACEPOINT] = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK,
		[MEMMON_SOURCE_KPROBE] = MEMMON_CLASSES_KPROBE,
	};

	const u32 sinks = MEMMON_OPTION_LEDGER | MEMMON_OPTION_TOTALS;

	if (o->flags & ~MEMMON_OPTIONS_KNOWN || o->source >= MEMMON_NR_SOURCES)
		return -EINVAL;
	/* Calls do not say what they gave, and a session without any sink is none. */
	if (o->flags & sinks ? o->source != MEMMON_SOURCE_TRACEPOINT :
			       o->flags & MEMMON_OPTION_NO_RINGS)
		return -EINVAL;
	if (!o->classes)
		o->classes = o->flags & MEMMON_OPTION_LEDGER ?
				     all[o->source] :
				     all[o->source] & ~MEMMON_CLASSES_HOOK;
	return o->classes & ~all[o->source] ? -EINVAL : 0;
}

/* Makes sizes what they will be. */
static int check_sizes(struct memmon_options *o)
{
	u64 least = MEMMON_RING_SLOTS_MIN * sizeof(struct memmon_record);
	u64 share = memmon_settings.rings_max_bytes / DEFAULT_SHARE;

	if (o->ring_bytes > memmon_settings.rings_max_bytes ||
	    o->watermark_bytes > memmon_settings.rings_max_bytes)
		return -ENOBUFS;
	if (!o->ring_bytes)
		o->ring_bytes = rounddown_pow_of_two(
			clamp_t(u64, div_u64(share, num_online_cpus()), least, DEFAULT_RING_BYTES));
	/* mmap() knows whole pages. */
	least = max_t(u64, least, PAGE_SIZE);
	o->ring_bytes = roundup_pow_of_two(max(o->ring_bytes, least));
	o->watermark_bytes =
		roundup_pow_of_two(clamp_t(u64, o->watermark_bytes ?: o->ring_bytes / 4,
					   sizeof(struct memmon_record), o->ring_bytes / 2));
	o->map_bytes = PAGE_SIZE + o->ring_bytes;
	return 0;
}

static int check_stacks(struct memmon_options *o)
{
	if (o->stacks > MAX_STACKS)
		return -ENOBUFS;
	if (o->stacks)
		o->stacks = memmon_stacks_round(o->stacks);
	return 0;
}

/* The same for a ledger: by default it takes as much as rings do, and no more than it may well need. */
static int check_ledger(struct memmon_options *o)
{
	u64 share = div_u64(memmon_settings.rings_max_bytes, DEFAULT_SHARE * LEDGER_PLACE_BYTES);

	if (!(o->flags & MEMMON_OPTION_LEDGER))
		return 0;
	if (o->ledger_objects > LEDGER_MAX_PLACES || o->ledger_pages > LEDGER_MAX_PLACES ||
	    o->ledger_accounts > LEDGER_MAX_ACCOUNTS)
		return -ENOBUFS;
	if (!o->ledger_objects)
		o->ledger_objects = min_t(u64, share, DEFAULT_PLACES);
	if (!o->ledger_pages)
		o->ledger_pages = min_t(u64, share, DEFAULT_PLACES);
	if (!o->ledger_accounts)
		o->ledger_accounts = DEFAULT_ACCOUNTS;
	o->ledger_accounts = roundup_pow_of_two(max(o->ledger_accounts, 2U));
	return 0;
}

/* What a session would take. */
static u64 wanted_bytes(const struct memmon_options *o)
{
	u64 bytes = o->flags & MEMMON_OPTION_NO_RINGS ? 0 : num_online_cpus() * o->map_bytes;

	bytes += memmon_stacks_memory(o->stacks);
	if (o->flags & MEMMON_OPTION_TOTALS)
		bytes += memmon_totals_bytes(o);
	return o->flags & MEMMON_OPTION_LEDGER ? bytes + memmon_ledger_bytes(o) : bytes;
}

static int set_up(struct memmon_descriptor *d, struct memmon_options *o)
{
	int ret;

	if (d->session.state != MEMMON_SESSION_NEW)
		return -EBUSY;
	ret = check_classes(o);
	if (ret)
		return ret;
	ret = check_sizes(o) ?: check_stacks(o) ?: check_ledger(o) ?: memmon_device_check_totals(o);
	if (ret)
		return ret;
	d->options = *o;
	mutex_lock(&memory_lock);
	if (memmon_rings_total_bytes() + memmon_ledger_total_bytes() + memmon_stacks_total_bytes() +
		    memmon_totals_total_bytes() + wanted_bytes(o) >
	    memmon_settings.rings_max_bytes)
		ret = -ENOBUFS;
	else
		ret = memmon_session_set_up(&d->session, o, false);
	mutex_unlock(&memory_lock);
	return ret;
}

static int ioctl_setup(struct memmon_descriptor *d, void __user *argument)
{
	struct memmon_options options;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&options, sizeof(options), argument, &size);
	if (ret)
		return ret;
	mutex_lock(&d->lock);
	ret = set_up(d, &options);
	mutex_unlock(&d->lock);
	return ret ?: memmon_device_put_struct(argument, &options, sizeof(options), size);
}

static int ioctl_enable(struct memmon_descriptor *d)
{
	int ret = -EINVAL;

	mutex_lock(&d->lock);
	if (d->session.state == MEMMON_SESSION_SET_UP)
		ret = memmon_session_enable(&d->session);
	mutex_unlock(&d->lock);
	return ret;
}

static int ioctl_disable(struct memmon_descriptor *d)
{
	struct memmon_rings *rings = &d->session.rings[MEMMON_RINGS_ALL];
	int ret = -EINVAL;

	mutex_lock(&d->lock);
	if (d->session.state == MEMMON_SESSION_ENABLED) {
		memmon_session_disable(&d->session);
		ret = 0;
	}
	/* What read() waits for. */
	if (!ret && d->session.nr_rings) {
		WRITE_ONCE(rings->has_waiter, false);
		wake_up_interruptible_all(&rings->wait);
	}
	mutex_unlock(&d->lock);
	return ret;
}

static int ioctl_sync(struct memmon_descriptor *d)
{
	const struct memmon_rings *rings = &d->session.rings[MEMMON_RINGS_ALL];
	int cpu, ret;

	if (!memmon_descriptor_has_rings(d))
		return -EINVAL;
	mutex_lock(&d->lock);
	for_each_possible_cpu(cpu)
		memmon_ring_sync(per_cpu_ptr(rings->cpu, cpu), cpu);
	ret = memmon_rings_count(rings);
	mutex_unlock(&d->lock);
	return ret;
}

static void fill_stats(struct memmon_descriptor *d, struct memmon_stats *s)
{
	struct memmon_session *session = &d->session;
	const struct memmon_rings *rings = &session->rings[MEMMON_RINGS_ALL];
	struct memmon_balance b;

	BUILD_BUG_ON(MEMMON_NR_CLASSES > MEMMON_STATS_COUNTERS);
	BUILD_BUG_ON(MEMMON_NR_FILTER_REASONS > MEMMON_STATS_COUNTERS);
	memset(s, 0, sizeof(*s));
	s->state = session->state;
	if (s->state == MEMMON_SESSION_NEW)
		return;
	memmon_session_balance(session, &b);
	s->missing_classes = session->missing_classes;
	if (session->nr_rings) {
		s->nr_rings = memmon_rings_count(rings);
		s->memory_bytes = memmon_rings_bytes(rings);
	}
	s->recorded = b.recorded[MEMMON_RINGS_ALL];
	s->in_flight = b.in_flight;
	memcpy(s->seen, b.counts.seen, sizeof(b.counts.seen));
	memcpy(s->filtered, b.counts.filtered, sizeof(b.counts.filtered));
	memcpy(s->dropped, b.counts.dropped, sizeof(b.counts.dropped));
}

static int ioctl_stats(struct memmon_descriptor *d, void __user *argument)
{
	struct memmon_stats stats;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&stats, sizeof(stats), argument, &size);
	if (ret)
		return ret;
	mutex_lock(&d->lock);
	fill_stats(d, &stats);
	mutex_unlock(&d->lock);
	return memmon_device_put_struct(argument, &stats, sizeof(stats), size);
}

static int ioctl_info(void __user *argument)
{
	struct memmon_info info;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&info, sizeof(info), argument, &size);
	if (ret)
		return ret;
	info = (struct memmon_info){
		.abi_major = MEMMON_ABI_MAJOR,
		.abi_minor = MEMMON_ABI_MINOR,
		.record_bytes = sizeof(struct memmon_record),
		.page_bytes = PAGE_SIZE,
		.nr_cpus = nr_cpu_ids,
		.clock = memmon_clock_is_tsc() ? MEMMON_CLOCK_TSC : MEMMON_CLOCK_MONO_NS,
		.clock_khz = memmon_clock_khz(),
		.classes = MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_KPROBE | MEMMON_CLASSES_HOOK,
		.session_max_bytes = memmon_settings.rings_max_bytes,
		.page_offset = PAGE_OFFSET,
	};
	/* One moment for all three clocks. */
	preempt_disable();
	info.clock_now = memmon_clock_now();
	info.monotonic_ns = ktime_get_ns();
	info.realtime_ns = ktime_get_real_ns();
	preempt_enable();
	return memmon_device_put_struct(argument, &info, sizeof(info), size);
}

static int ioctl_cache(void __user *argument)
{
	struct memmon_cache_info info;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&info, sizeof(info), argument, &size);
	if (ret)
		return ret;
	if (!memmon_cache_is_entered(info.id))
		return -ENOENT;
	info.object_bytes = (u32)memmon_cache_sizes[info.id];
	info.zero = 0;
	memset(info.name, 0, sizeof(info.name));
	memmon_cache_name(info.id, info.name);
	return memmon_device_put_struct(argument, &info, sizeof(info), size);
}

static int ioctl_name(void __user *argument)
{
	struct memmon_name name;
	u32 size;
	int ret;

	ret = memmon_device_get_struct(&name, sizeof(name), argument, &size);
	if (!ret)
		ret = memmon_names_find(&name);
	return ret ?: memmon_device_put_struct(argument, &name, sizeof(name), size);
}

static long run_command(struct memmon_descriptor *d, unsigned int command, void __user *argument)
{
	switch (command) {
	case MEMMON_IOC_INFO:
		return ioctl_info(argument);
	case MEMMON_IOC_SETUP:
		return ioctl_setup(d, argument);
	case MEMMON_IOC_ENABLE:
		return ioctl_enable(d);
	case MEMMON_IOC_DISABLE:
		return ioctl_disable(d);
	case MEMMON_IOC_STATS:
		return ioctl_stats(d, argument);
	case MEMMON_IOC_CACHE:
		return ioctl_cache(argument);
	case MEMMON_IOC_NAME:
		return ioctl_name(argument);
	case MEMMON_IOC_LEDGER:
		return memmon_device_ledger(d, argument);
	case MEMMON_IOC_TABLE:
		return memmon_device_table(d, argument);
	case MEMMON_IOC_TOTALS:
		return memmon_device_totals(d, argument);
	case MEMMON_IOC_TURN:
		return memmon_device_turn(d);
	default:
		return -ENOTTY;
	}
}

/**
 * memmon_device_ioctl - the calls of mem_monitor.h
 * @file: an open descriptor
 * @command: MEMMON_IOC_*
 * @argument: pointer to a structure of user space, if the command has one
 *
 * Return: see mem_monitor.h; -ENOTTY for a command that there is not.
 */
long memmon_device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct memmon_descriptor *d = file->private_data;
	int entry;
	long ret;

	/* Called often, and allocates nothing. */
	if (command == MEMMON_IOC_SYNC)
		return ioctl_sync(d);
	entry = memmon_mute_begin();
	ret = run_command(d, command, (void __user *)argument);
	memmon_mute_end(entry);
	return ret;
}
