/* SPDX-License-Identifier: GPL-2.0 */
/* A device: its operations, the memory of its user, and what the user maps. */
#ifndef SHIM_CHARDEV_H
#define SHIM_CHARDEV_H

#include <fcntl.h>
#include <linux/types.h>

#include "files.h"
#include "memory.h"
#include "sync.h"

#define VM_WRITE 0x2UL
#define VM_EXEC 0x4UL
#define VM_SHARED 0x8UL
#define VM_MAYEXEC 0x40UL
#define VM_DONTCOPY 0x20000UL
#define VM_DONTEXPAND 0x40000UL
#define VM_DONTDUMP 0x4000000UL

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_pgoff;
	unsigned long vm_flags;
};

#define vm_flags_set(vma, flags) ((void)((vma)->vm_flags |= (flags)))
#define vm_flags_clear(vma, flags) ((void)((vma)->vm_flags &= ~(flags)))

/* Of memory of vmalloc, a page is known by its address. */
#define vmalloc_to_page(address) ((struct page *)(address))
int vm_insert_page(struct vm_area_struct *vma, unsigned long address, struct page *page);

struct file_operations {
	void *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	long (*compat_ioctl)(struct file *file, unsigned int command, unsigned long argument);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	__poll_t (*poll)(struct file *file, poll_table *table);
	ssize_t (*read)(struct file *file, char *to, size_t bytes, loff_t *position);
};

struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	umode_t mode;
};

#define MISC_DYNAMIC_MINOR 255
int misc_register(struct miscdevice *device);
void misc_deregister(struct miscdevice *device);
int stream_open(struct inode *inode, struct file *file);
long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long argument);

unsigned long copy_to_user(void *to, const void *from, unsigned long bytes);
unsigned long copy_from_user(void *to, const void *from, unsigned long bytes);
int copy_struct_from_user(void *to, size_t bytes, const void *from, size_t from_bytes);
#define u64_to_user_ptr(value) ((void *)(unsigned long)(value))
#define get_user(value, p) (copy_from_user(&(value), p, sizeof(value)) ? -EFAULT : 0)

#endif /* SHIM_CHARDEV_H */
