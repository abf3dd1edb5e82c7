// SPDX-License-Identifier: GPL-2.0
/* Memory of the per-CPU rings, reading them without stopping a writer, and what writers seldom do. */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "ring.h"

/* Looks at a CPU to find nobody inside. A writer takes well under a microsecond. */
#define WINDOW_TRIES 100

DEFINE_PER_CPU(unsigned int, memmon_ring_nest);

/* All sets of rings, so that a CPU that comes online gets its ring in each. Under rings_mutex. */
static LIST_HEAD(all_rings);
static DEFINE_MUTEX(rings_mutex);
static atomic64_t total_bytes;
static int hotplug_state;

static u64 region_bytes(const struct memmon_rings *rings)
{
	return PAGE_SIZE + rings->data_bytes;
}

/* The position at which a writer is to look around next, from @reserved on, when there is room for ever. */
static u64 next_look(const struct memmon_rings *rings, u64 reserved)
{
	if (!rings->watermark_bytes)
		return U64_MAX;
	return (reserved / rings->watermark_bytes + 1) * rings->watermark_bytes;
}

static notrace void set_limit(struct memmon_ring *ring, u64 limit)
{
	WRITE_ONCE(ring->limit, limit);
	WRITE_ONCE(ring->fast_limit, READ_ONCE(ring->rings->is_slow) ? 0 : limit);
}

/* Wakes the reader. Context: hard interrupt (a thread with PREEMPT_RT), never the probe itself. */
static void wake_reader(struct irq_work *work)
{
	struct memmon_rings *rings = container_of(work, struct memmon_ring, wake)->rings;

	WRITE_ONCE(rings->has_waiter, false);
	wake_up_interruptible_poll(&rings->wait, EPOLLIN | EPOLLRDNORM);
}

static int alloc_ring(struct memmon_rings *rings, unsigned int cpu)
{
	struct memmon_ring *ring = per_cpu_ptr(rings->cpu, cpu);
	struct memmon_ring_page *page;

	if (ring->memory) {
		/* It has been away when memmon_rings_set_slow() asked all CPUs to do this. */
		set_limit(ring, ring->limit);
		return 0;
	}
	page = vzalloc_node(region_bytes(rings), cpu_to_node(cpu));
	if (!page)
		return -ENOMEM;
	page->cpu = cpu;
	page->record_bytes = sizeof(struct memmon_record);
	page->data_offset = PAGE_SIZE;
	page->data_bytes = rings->data_bytes;
	ring->mask = memmon_ring_mask(rings->data_bytes / MEMMON_RECORD_BYTES);
	/* Readers of other CPUs look at the memory first: pairs with memmon_ring_window(). */
	smp_store_release(&ring->memory, (void *)page + PAGE_SIZE);
	set_limit(ring, min(next_look(rings, 0), memmon_ring_room_end(0, ring->mask)));
	atomic64_add(region_bytes(rings), &total_bytes);
	return 0;
}

/*
 * Gives a CPU its rings before it comes online. A lack of memory must not keep a CPU of somebody's
 * machine offline: it runs without a ring then, and its events are counted as dropped.
 */
static int prepare_cpu(unsigned int cpu)
{
	struct memmon_rings *rings;

	mutex_lock(&rings_mutex);
	list_for_each_entry(rings, &all_rings, node)
		alloc_ring(rings, cpu);
	mutex_unlock(&rings_mutex);
	return 0;
}

/**
 * memmon_rings_init - begin to notice CPUs that come online
 *
 * Return: 0 or a negative errno.
 */
int memmon_rings_init(void)
{
	int ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "mem_monitor:ring", prepare_cpu,
					    NULL);

	if (ret < 0)
		return ret;
	hotplug_state = ret;
	return 0;
}

/* Ends what memmon_rings_init() began. All rings are destroyed. */
void memmon_rings_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

static void free_rings(struct memmon_rings *rings)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(rings->cpu, cpu);

		irq_work_sync(&ring->wake);
		if (!ring->memory)
			continue;
		vfree(memmon_ring_page(ring->memory));
		atomic64_sub(region_bytes(rings), &total_bytes);
	}
	free_percpu(rings->cpu);
	rings->cpu = NULL;
}

/**
 * memmon_rings_create - give every online CPU a ring, and later ones as they come
 * @rings: data_bytes (a power of two, at least MEMMON_RING_SLOTS_MIN records), watermark_bytes (a power of
 *	   two up to half of that, or 0), is_keeping, skipped_tgid and stacks are set
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int memmon_rings_create(struct memmon_rings *rings)
{
	int cpu, ret = 0;

	rings->cpu = alloc_percpu(struct memmon_ring);
	if (!rings->cpu)
		return -ENOMEM;
	init_waitqueue_head(&rings->wait);
	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(rings->cpu, cpu);

		ring->rings = rings;
		ring->skipped_tgid = rings->skipped_tgid;
		ring->stacks = rings->stacks;
		init_irq_work(&ring->wake, wake_reader);
	}
	cpus_read_lock();
	mutex_lock(&rings_mutex);
	for_each_online_cpu(cpu) {
		ret = alloc_ring(rings, cpu);
		if (ret)
			break;
	}
	if (!ret)
		list_add(&rings->node, &all_rings);
	mutex_unlock(&rings_mutex);
	cpus_read_unlock();
	if (ret)
		free_rings(rings);
	return ret;
}

/**
 * memmon_rings_destroy - free a set of rings
 * @rings: created; no writer can find it any more
 *
 * Context: process; may sleep.
 */
void memmon_rings_destroy(struct memmon_rings *rings)
{
	mutex_lock(&rings_mutex);
	list_del(&rings->node);
	mutex_unlock(&rings_mutex);
	free_rings(rings);
}

static void renew_limit(void *rings)
{
	struct memmon_ring *ring = this_cpu_ptr(((struct memmon_rings *)rings)->cpu);

	set_limit(ring, ring->limit);
}

/**
 * memmon_rings_set_slow - say whether events may come to the rings by the fast way
 * @rings: whose gates are closed
 * @is_slow: they may not
 *
 * Context: process; may sleep.
 */
void memmon_rings_set_slow(struct memmon_rings *rings, bool is_slow)
{
	WRITE_ONCE(rings->is_slow, is_slow);
	synchronize_rcu(); /* nobody is inside set_limit() with the old value */
	cpus_read_lock();
	on_each_cpu(renew_limit, rings, 1);
	cpus_read_unlock();
}

/* CPUs that have a ring in the set. Context: any. */
unsigned int memmon_rings_count(const struct memmon_rings *rings)
{
	unsigned int nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nr += !!READ_ONCE(per_cpu_ptr(rings->cpu, cpu)->memory);
	return nr;
}

/* Memory that the set takes, without its control structures. Context: any. */
u64 memmon_rings_bytes(const struct memmon_rings *rings)
{
	return memmon_rings_count(rings) * region_bytes(rings);
}

/* Memory that all sets take. Context: any. */
u64 memmon_rings_total_bytes(void)
{
	return atomic64_read(&total_bytes);
}

/* Room in a ring that keeps: up to which position records may be reserved. */
static u64 find_room_end(const struct memmon_ring *ring)
{
	if (!ring->rings->is_keeping)
		return U64_MAX;
	return memmon_ring_room_end(READ_ONCE(memmon_ring_page(ring->memory)->consumed),
				    ring->mask);
}

/* Whether the reader has been given reason to wake up. It may have written anything as consumed. */
static bool has_news(const struct memmon_ring *ring, u64 reserved)
{
	u64 unread = reserved - READ_ONCE(memmon_ring_page(ring->memory)->consumed);

	return ring->rings->watermark_bytes && unread >= ring->rings->watermark_bytes;
}

/**
 * memmon_ring_look - look around before reserving a record
 * @ring: of this CPU, when its limit is reached or a nested writer is to write to it
 *
 * Wakes the reader when there is enough for it, and finds out up to where there is room. What does not fit
 * is counted here.
 *
 * Context: any, between enter and leave.
 * Return: whether a record may be reserved.
 */
notrace bool memmon_ring_look(struct memmon_ring *ring)
{
	struct memmon_rings *rings = ring->rings;
	u64 reserved = local64_read(&ring->reserved);
	u64 room_end;

	if (!ring->memory) {
		memmon_books_inc(&ring->books.dropped[MEMMON_DROPPED_NO_RING]);
		return false;
	}
	/* Reserved before has_waiter: pairs with the poll() of the device, which does the opposite. */
	smp_mb();
	if (READ_ONCE(rings->has_waiter) && has_news(ring, reserved))
		irq_work_queue(&ring->wake);
	room_end = find_room_end(ring);
	if (!memmon_ring_has_room(reserved, room_end, ring->mask)) {
		memmon_books_inc(&ring->books.dropped[MEMMON_DROPPED_FULL]);
		return false;
	}
	/*
	 * An interrupt here may look later and write earlier; then the older limit remains, and only
	 * makes the next writer look again.
	 */
	set_limit(ring, min(room_end, next_look(rings, reserved)));
	if (!rings->is_keeping && this_cpu_read(memmon_ring_nest) > 1 &&
	    !memmon_ring_nested_fits(reserved, READ_ONCE(ring->outer), ring->mask)) {
		memmon_books_inc(&ring->books.dropped[MEMMON_DROPPED_NESTED]);
		return false;
	}
	return true;
}

/**
 * memmon_ring_window - which records of a CPU can be read now
 * @ring: of the CPU
 * @cpu: any possible CPU
 * @oldest: set to the position of the oldest kept record
 * @end: set to the position behind the newest whole record; may be below @oldest while a flood of
 *	 records is overwriting the ring
 *
 * Context: any.
 */
void memmon_ring_window(const struct memmon_ring *ring, int cpu, u64 *oldest, u64 *end)
{
	const unsigned int *nest = per_cpu_ptr(&memmon_ring_nest, cpu);
	bool is_closed =
		smp_load_acquire(&ring->rings->is_closed); /* pairs with memmon_session_disable() */
	u64 reserved, outer;
	int tries = WINDOW_TRIES;

	*oldest = 0;
	*end = 0;
	if (!smp_load_acquire(&ring->memory)) /* pairs with alloc_ring() */
		return;
	do {
		bool is_busy;

		reserved = local64_read(&ring->reserved);
		smp_rmb(); /* pairs with A and C in ring.h */
		is_busy = READ_ONCE(*nest);
		outer = READ_ONCE(ring->outer);
		smp_rmb(); /* pairs with A and C in ring.h */
		/* Others may be inside on that CPU, for other sessions. */
		*end = is_busy && !is_closed ? outer : reserved;
	} while (*end != reserved && --tries);
	*oldest = memmon_ring_oldest(reserved, ring->mask);
}

/**
 * memmon_ring_copy - copy one record
 * @ring: of any CPU
 * @position: inside the window that memmon_ring_window() gave
 * @to: where the copy goes
 *
 * Context: any.
 * Return: false when the record has been overwritten meanwhile and @to is not to be used.
 */
bool memmon_ring_copy(const struct memmon_ring *ring, u64 position, struct memmon_record *to)
{
	memcpy(to, ring->memory + (position & ring->mask), sizeof(*to));
	smp_rmb(); /* pairs with B in ring.h */
	return memmon_ring_holds(position, local64_read(&ring->reserved), ring->mask);
}

/**
 * memmon_ring_sync - tell the process that has mapped a ring what is whole
 * @ring: of the CPU
 * @cpu: any possible CPU
 *
 * Context: process. Only one task at a time for one ring.
 */
void memmon_ring_sync(struct memmon_ring *ring, int cpu)
{
	struct memmon_ring_page *page;
	u64 oldest, end;

	memmon_ring_window(ring, cpu, &oldest, &end);
	if (!ring->memory)
		return;
	page = memmon_ring_page(ring->memory);
	/* With somebody inside, for whichever session, the last record before may look unfinished. */
	ring->told = max(ring->told, end);
	WRITE_ONCE(page->reserved, local64_read(&ring->reserved));
	smp_store_release(&page->complete, ring->told); /* pairs with the acquire of the process */
}

/* How much of a ring is unread; nonsense if the reader has written nonsense. Context: any. */
u64 memmon_ring_unread_bytes(const struct memmon_ring *ring, int cpu)
{
	u64 oldest, end, consumed;

	memmon_ring_window(ring, cpu, &oldest, &end);
	if (!end)
		return 0;
	consumed = READ_ONCE(memmon_ring_page(ring->memory)->consumed);
	return end > consumed ? end - consumed : 0;
}
