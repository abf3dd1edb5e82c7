// SPDX-License-Identifier: GPL-2.0
/* read() of /dev/mem_monitor: whole records, CPU by CPU, for readers that do not map the rings. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"
#include "mute.h"

/* How often a reader that waits looks for records that are too few to wake it. */
#define LOOK_JIFFIES (HZ / 10)

/* Records that go through the bounce buffer at once. */
#define BOUNCE_RECORDS (PAGE_SIZE / sizeof(struct memmon_record))

/**
 * struct reading - one call of read()
 * @to: where the next record goes
 * @nr_left: records that there is room for
 * @bounce: a page; a ring that overwrites must not be copied from while it may change
 */
struct reading {
	char __user *to;
	size_t nr_left;
	struct memmon_record *bounce;
};

/* Copies the next records of a ring, at most a bounce buffer full. Returns how many, or -EFAULT. */
static int read_some(struct reading *r, const struct memmon_ring *ring, int cpu)
{
	struct memmon_ring_page *page;
	u64 oldest, end, position;
	unsigned int nr = 0;

	memmon_ring_window(ring, cpu, &oldest, &end);
	if (!end)
		return 0;
	page = memmon_ring_page(ring->memory);
	/* A process that has mapped the page may have written nonsense to it. */
	position = max(READ_ONCE(page->consumed) & ~(MEMMON_RECORD_BYTES - 1), oldest);
	while (position < end && nr < min_t(size_t, r->nr_left, BOUNCE_RECORDS)) {
		if (memmon_ring_copy(ring, position, &r->bounce[nr]))
			nr++;
		position += MEMMON_RECORD_BYTES;
	}
	if (copy_to_user(r->to, r->bounce, nr * sizeof(*r->bounce)))
		return -EFAULT;
	smp_store_release(&page->consumed, position); /* pairs with find_room_end() */
	r->to += nr * sizeof(*r->bounce);
	r->nr_left -= nr;
	return nr;
}

/* Copies what all CPUs have, as far as there is room. Returns how many records, or -EFAULT if none. */
static ssize_t read_all(struct memmon_descriptor *d, struct reading *r)
{
	const struct memmon_rings *rings = &d->session.rings[MEMMON_RINGS_ALL];
	ssize_t total = 0;
	unsigned int i;
	int nr;

	for (i = 0; i < nr_cpu_ids && r->nr_left; i++) {
		unsigned int cpu = (d->next_cpu + i) % nr_cpu_ids;

		if (!cpu_possible(cpu))
			continue;
		do {
			nr = read_some(r, per_cpu_ptr(rings->cpu, cpu), cpu);
			if (nr < 0)
				return total ?: nr;
			total += nr;
		} while (nr && r->nr_left);
	}
	d->next_cpu = (d->next_cpu + i) % nr_cpu_ids;
	return total;
}

static ssize_t read_muted(struct memmon_descriptor *d, char __user *to, size_t bytes)
{
	struct reading r = { .to = to, .nr_left = bytes / sizeof(struct memmon_record) };
	int entry = memmon_mute_begin();
	ssize_t nr = -ENOMEM;

	r.bounce = (void *)__get_free_page(GFP_KERNEL);
	if (r.bounce) {
		nr = read_all(d, &r);
		free_page((unsigned long)r.bounce);
	}
	memmon_mute_end(entry);
	return nr < 0 ? nr : nr * sizeof(struct memmon_record);
}

/**
 * memmon_device_read - take records out of the rings
 * @file: of a session that has been enabled
 * @to: room for at least one record
 * @bytes: of that room
 * @unused: the device has no position
 *
 * Waits until there is a record, unless the file is non-blocking or the session disabled.
 *
 * Return: bytes of whole records; 0 when the session is disabled and all has been read; -EINVAL,
 * -EAGAIN, -EFAULT, -ENOMEM, -ERESTARTSYS.
 */
ssize_t memmon_device_read(struct file *file, char __user *to, size_t bytes, loff_t *unused)
{
	struct memmon_descriptor *d = file->private_data;
	struct memmon_rings *rings = &d->session.rings[MEMMON_RINGS_ALL];
	ssize_t ret;

	if (bytes < sizeof(struct memmon_record) || !memmon_descriptor_has_rings(d) ||
	    READ_ONCE(d->session.state) == MEMMON_SESSION_SET_UP)
		return -EINVAL;
	if (mutex_lock_interruptible(&d->read_lock))
		return -ERESTARTSYS;
	for (;;) {
		bool is_over = READ_ONCE(d->session.state) == MEMMON_SESSION_DISABLED;

		ret = read_muted(d, to, bytes);
		if (ret || is_over)
			break;
		ret = -EAGAIN;
		if (file->f_flags & O_NONBLOCK)
			break;
		WRITE_ONCE(rings->has_waiter, true);
		ret = wait_event_interruptible_timeout(rings->wait, !READ_ONCE(rings->has_waiter),
						       LOOK_JIFFIES);
		if (ret < 0)
			break;
	}
	mutex_unlock(&d->read_lock);
	return ret;
}
