// SPDX-License-Identifier: GPL-2.0
/* /dev/mem_monitor: opening, mapping, waiting and closing. */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat/vma.h"
#include "device.h"
#include "mute.h"

#define SESSIONS_MAX 128

/* All open descriptors. */
static LIST_HEAD(descriptors);
static unsigned int nr_open;
static unsigned int last_number;
static DEFINE_MUTEX(descriptors_lock);

/* Sessions that are open. Context: any. */
unsigned int memmon_device_count(void)
{
	return READ_ONCE(nr_open);
}

/**
 * memmon_device_for_each - visit every open descriptor
 * @visit: called with the descriptor, which stays meanwhile, and with @data
 * @data: for @visit
 *
 * Context: process; may sleep.
 */
void memmon_device_for_each(void (*visit)(struct memmon_descriptor *d, void *data), void *data)
{
	struct memmon_descriptor *d;

	mutex_lock(&descriptors_lock);
	list_for_each_entry(d, &descriptors, node)
		visit(d, data);
	mutex_unlock(&descriptors_lock);
}

static int enter(struct memmon_descriptor *d)
{
	int ret = -EMFILE;

	mutex_lock(&descriptors_lock);
	if (nr_open < SESSIONS_MAX) {
		WRITE_ONCE(nr_open, nr_open + 1);
		d->number = ++last_number;
		list_add_tail(&d->node, &descriptors);
		ret = 0;
	}
	mutex_unlock(&descriptors_lock);
	return ret;
}

static void leave(struct memmon_descriptor *d)
{
	mutex_lock(&descriptors_lock);
	WRITE_ONCE(nr_open, nr_open - 1);
	list_del(&d->node);
	mutex_unlock(&descriptors_lock);
}

static int create_descriptor(struct inode *inode, struct file *file)
{
	struct memmon_descriptor *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!d)
		return -ENOMEM;
	mutex_init(&d->lock);
	mutex_init(&d->read_lock);
	d->tgid = current->tgid;
	ret = enter(d);
	if (ret) {
		kfree(d);
		return ret;
	}
	file->private_data = d;
	return stream_open(inode, file);
}

static int device_open(struct inode *inode, struct file *file)
{
	int entry, ret;

	/* In the initial user namespace: the events are those of the whole machine. */
	if (!capable(CAP_PERFMON) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	entry = memmon_mute_begin();
	ret = create_descriptor(inode, file);
	memmon_mute_end(entry);
	return ret;
}

/* Nobody has the descriptor or a mapping of it any more: each mapping holds the file. */
static int device_release(struct inode *inode, struct file *file)
{
	struct memmon_descriptor *d = file->private_data;
	int entry = memmon_mute_begin();

	leave(d);
	if (d->session.state == MEMMON_SESSION_ENABLED)
		memmon_session_disable(&d->session);
	if (d->session.state != MEMMON_SESSION_NEW)
		memmon_session_tear_down(&d->session);
	kfree(d);
	memmon_mute_end(entry);
	return 0;
}

static int map_pages(struct vm_area_struct *vma, void *from)
{
	unsigned long address;
	int ret;

	for (address = vma->vm_start; address < vma->vm_end; address += PAGE_SIZE) {
		ret = vm_insert_page(vma, address, vmalloc_to_page(from));
		if (ret)
			return ret;
		from += PAGE_SIZE;
	}
	return 0;
}

static int map_ring(struct memmon_descriptor *d, struct vm_area_struct *vma)
{
	u64 map_bytes = d->options.map_bytes;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;
	u64 cpu = div64_u64(offset, map_bytes);
	const struct memmon_ring *ring;
	void *memory;

	if (vma->vm_end - vma->vm_start != map_bytes || offset != cpu * map_bytes ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu))
		return -ENXIO;
	ring = per_cpu_ptr(d->session.rings[MEMMON_RINGS_ALL].cpu, cpu);
	memory = smp_load_acquire(&ring->memory); /* pairs with alloc_ring() */
	if (!memory)
		return -ENXIO;
	/* A child of the reader has no business in its rings. */
	memmon_vma_change(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	return map_pages(vma, memmon_ring_page(memory));
}

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct memmon_descriptor *d = file->private_data;
	int entry, ret;

	if (!memmon_descriptor_has_rings(d))
		return -EINVAL;
	entry = memmon_mute_begin();
	ret = map_ring(d, vma);
	memmon_mute_end(entry);
	return ret;
}

/* Whether any CPU has at least so much unread. */
static bool has_unread(const struct memmon_rings *rings, u64 bytes)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (memmon_ring_unread_bytes(per_cpu_ptr(rings->cpu, cpu), cpu) >= bytes)
			return true;
	}
	return false;
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	struct memmon_descriptor *d = file->private_data;
	struct memmon_rings *rings = &d->session.rings[MEMMON_RINGS_ALL];

	if (!memmon_descriptor_has_rings(d))
		return EPOLLERR;
	poll_wait(file, &rings->wait, table);
	WRITE_ONCE(rings->has_waiter, true);
	/* has_waiter before the look at the rings: pairs with memmon_ring_look(). */
	smp_mb();
	if (READ_ONCE(d->session.state) == MEMMON_SESSION_DISABLED)
		return EPOLLHUP |
		       (has_unread(rings, MEMMON_RECORD_BYTES) ? EPOLLIN | EPOLLRDNORM : 0);
	return has_unread(rings, rings->watermark_bytes) ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = memmon_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = device_mmap,
	.poll = device_poll,
	.read = memmon_device_read,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mem_monitor",
	.fops = &device_operations,
	.mode = 0600,
};

/* Makes /dev/mem_monitor. Return: 0 or a negative errno. */
int memmon_device_create(void)
{
	return misc_register(&device);
}

/* Removes /dev/mem_monitor; no descriptor is open. */
void memmon_device_remove(void)
{
	misc_deregister(&device);
}
