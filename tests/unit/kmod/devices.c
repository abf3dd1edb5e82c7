// SPDX-License-Identifier: GPL-2.0
/* Programs that open the device. */
#include "devices.h"
#include "settings.h"
#include "unit.h"

#define SITE 0xffffffff81234567

void devices_init(void)
{
	sessions_init();
	memmon_settings.rings_max_bytes = 8 << 20;
	shim_capabilities = ~0ULL;
	assert_int_equal(memmon_device_create(), 0);
	assert_string_equal(shim_device()->name, "mem_monitor");
	assert_int_equal(shim_device()->mode, 0600);
}

void devices_exit(void)
{
	assert_int_equal(memmon_device_count(), 0);
	memmon_device_remove();
	sessions_exit();
}

static void check_left(void)
{
	assert_int_equal(shim_nr_locked, 0);
	assert_int_equal(shim_preempt_count, 0);
	assert_false(memmon_listener_is_muted());
}

int devices_open(struct file *file)
{
	int ret;

	*file = (struct file){};
	ret = shim_device()->fops->open(NULL, file);
	check_left();
	return ret;
}

void devices_close(struct file *file)
{
	assert_int_equal(shim_device()->fops->release(NULL, file), 0);
	check_left();
}

long devices_ioctl(struct file *file, unsigned int command, void *argument)
{
	long ret = shim_device()->fops->unlocked_ioctl(file, command, (unsigned long)argument);

	check_left();
	return ret;
}

ssize_t devices_read(struct file *file, void *to, size_t bytes)
{
	ssize_t ret = shim_device()->fops->read(file, to, bytes, NULL);

	check_left();
	return ret;
}

__poll_t devices_poll(struct file *file, poll_table *table)
{
	__poll_t ret = shim_device()->fops->poll(file, table);

	check_left();
	return ret;
}

struct memmon_options devices_options(void)
{
	return (struct memmon_options){
		.size = sizeof(struct memmon_options),
		.flags = MEMMON_OPTION_WITH_SELF,
		.ring_bytes = 64 * MEMMON_RECORD_BYTES,
		.watermark_bytes = 16 * MEMMON_RECORD_BYTES,
	};
}

void devices_start(struct file *file, const struct memmon_options *options)
{
	struct memmon_options copy = *options;

	assert_int_equal(devices_open(file), 0);
	assert_int_equal(devices_ioctl(file, MEMMON_IOC_SETUP, &copy), 0);
	assert_int_equal(devices_ioctl(file, MEMMON_IOC_ENABLE, NULL), 0);
}

struct memmon_stats devices_stats(struct file *file)
{
	struct memmon_stats stats;

	memset(&stats, 0, sizeof(stats));
	stats.size = sizeof(stats);
	assert_int_equal(devices_ioctl(file, MEMMON_IOC_STATS, &stats), 0);
	return stats;
}

void devices_record(u32 bytes)
{
	SESSIONS_FIRE(kmalloc, SITE, shim_memory, bytes, bytes, 0xcc0, 0);
}

void devices_record_many(unsigned int nr)
{
	static u32 last;

	while (nr--)
		devices_record(1 + last++ % 4096);
}
