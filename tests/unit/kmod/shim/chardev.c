// SPDX-License-Identifier: GPL-2.0
/* A device: its operations, the memory of its user, and what the user maps. */
#include "shim.h"

static struct miscdevice *device;
int shim_misc_error;
unsigned int shim_misc_registered;
const void *shim_user_hole;
void (*shim_while_copying)(void);
int shim_pages_left = -1;
struct shim_mapped shim_mapped;

int misc_register(struct miscdevice *to_add)
{
	assert(!device && to_add->minor == MISC_DYNAMIC_MINOR);
	if (shim_misc_error)
		return shim_misc_error;
	device = to_add;
	shim_misc_registered++;
	return 0;
}

void misc_deregister(struct miscdevice *to_remove)
{
	assert(device == to_remove);
	device = NULL;
}

const struct miscdevice *shim_device(void)
{
	return device;
}

int stream_open(struct inode *inode, struct file *file)
{
	(void)inode;
	(void)file;
	return 0;
}

long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	return device->fops->unlocked_ioctl(file, command, (u32)argument);
}

/* The pages come one behind the other. */
int vm_insert_page(struct vm_area_struct *vma, unsigned long address, struct page *page)
{
	assert(address >= vma->vm_start && address < vma->vm_end && !(address % PAGE_SIZE));
	if (!shim_pages_left)
		return -ENOMEM;
	shim_pages_left -= shim_pages_left > 0;
	if (!shim_mapped.nr_pages)
		shim_mapped.memory = (char *)page;
	assert((char *)page == shim_mapped.memory + shim_mapped.nr_pages * PAGE_SIZE);
	assert(address == vma->vm_start + shim_mapped.nr_pages * PAGE_SIZE);
	shim_mapped.nr_pages++;
	return 0;
}

/* How many bytes from @address on can be touched. Nothing is mapped at the first page, as always. */
static unsigned long count_good(const void *address, unsigned long bytes)
{
	const char *p = address, *hole = shim_user_hole;

	if (shim_while_copying)
		shim_while_copying();
	if ((unsigned long)address < PAGE_SIZE)
		return 0;
	if (!hole || p + bytes <= hole || p >= hole + PAGE_SIZE)
		return bytes;
	return p < hole ? hole - p : 0;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long bytes)
{
	unsigned long nr_good = count_good(to, bytes);

	if (nr_good)
		memcpy(to, from, nr_good);
	return bytes - nr_good;
}

unsigned long copy_from_user(void *to, const void *from, unsigned long bytes)
{
	unsigned long nr_good = count_good(from, bytes);

	if (nr_good)
		memcpy(to, from, nr_good);
	memset((char *)to + nr_good, 0, bytes - nr_good);
	return bytes - nr_good;
}

/* As the kernel's. */
int copy_struct_from_user(void *to, size_t bytes, const void *from, size_t from_bytes)
{
	size_t both = min(bytes, from_bytes), i;

	memset((char *)to + both, 0, bytes - both);
	if (from_bytes > bytes) {
		if (count_good((const char *)from + bytes, from_bytes - bytes) < from_bytes - bytes)
			return -EFAULT;
		for (i = bytes; i < from_bytes; i++) {
			if (((const char *)from)[i])
				return -E2BIG;
		}
	}
	return copy_from_user(to, from, both) ? -EFAULT : 0;
}
