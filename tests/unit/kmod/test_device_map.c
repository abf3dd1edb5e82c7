// SPDX-License-Identifier: GPL-2.0
/* Tests mmap() of the device. */
#include "devices.h"
#include "unit.h"

#define START 0x7f0000000000UL
#define GOOD_FLAGS (VM_SHARED | VM_WRITE | VM_MAYEXEC)

static struct file file;
static u64 map_bytes;

static int start(void **state)
{
	struct memmon_options o = devices_options();

	(void)state;
	o.ring_bytes = 4 * PAGE_SIZE;
	shim_nr_online = 3;
	devices_init();
	assert_int_equal(devices_open(&file), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SETUP, &o), 0);
	map_bytes = o.map_bytes;
	assert_int_equal(map_bytes, 5 * PAGE_SIZE);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_pages_left = -1;
	shim_nr_online = SHIM_NR_CPUS;
	devices_close(&file);
	devices_exit();
	return 0;
}

static int map(struct file *of, struct vm_area_struct *vma)
{
	int ret;

	memset(&shim_mapped, 0, sizeof(shim_mapped));
	ret = shim_device()->fops->mmap(of, vma);
	assert_int_equal(shim_nr_locked, 0);
	assert_false(memmon_listener_is_muted());
	return ret;
}

static struct vm_area_struct vma_of(u64 offset, u64 bytes)
{
	return (struct vm_area_struct){
		.vm_start = START,
		.vm_end = START + bytes,
		.vm_pgoff = offset / PAGE_SIZE,
		.vm_flags = GOOD_FLAGS,
	};
}

static void refuse(struct vm_area_struct vma, int error)
{
	assert_int_equal(map(&file, &vma), error);
	assert_int_equal(shim_mapped.nr_pages, 0);
}

static void each_cpu_has_its_region(void **state)
{
	struct memmon_descriptor *d = file.private_data;
	unsigned int cpu;

	(void)state;
	for (cpu = 0; cpu < 3; cpu++) {
		struct vm_area_struct vma = vma_of(cpu * map_bytes, map_bytes);
		const struct memmon_ring_page *page;

		assert_int_equal(map(&file, &vma), 0);
		assert_int_equal(shim_mapped.nr_pages, 5);
		page = (void *)shim_mapped.memory;
		assert_int_equal(page->cpu, cpu);
		assert_ptr_equal(shim_mapped.memory + page->data_offset,
				 per_cpu_ptr(d->session.rings[0].cpu, cpu)->memory);
		assert_int_equal(page->data_offset + page->data_bytes, map_bytes);
	}
}

static void a_child_does_not_get_it(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);

	(void)state;
	assert_int_equal(map(&file, &vma), 0);
	assert_int_equal(vma.vm_flags,
			 VM_SHARED | VM_WRITE | VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
}

/* Every offset and length of whole pages, in the regions and behind. */
static void only_whole_regions_can_be_mapped(void **state)
{
	u64 offset, bytes;

	(void)state;
	for (offset = 0; offset < 6 * map_bytes; offset += PAGE_SIZE) {
		for (bytes = PAGE_SIZE; bytes < 3 * map_bytes; bytes += PAGE_SIZE) {
			bool is_whole = offset % map_bytes == 0 && bytes == map_bytes;

			if (!is_whole)
				refuse(vma_of(offset, bytes), -EINVAL);
			else if (offset / map_bytes >= 3)
				refuse(vma_of(offset, bytes), -ENXIO);
		}
	}
}

static void far_offsets_are_refused(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);
	unsigned int shift;

	(void)state;
	for (shift = 10; shift < 52; shift++) {
		vma.vm_pgoff = 1UL << shift;
		refuse(vma, -EINVAL);
		vma.vm_pgoff = (1UL << shift) / 5 * 5;
		refuse(vma, -ENXIO);
	}
}

static void private_copies_are_refused(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);

	(void)state;
	vma.vm_flags &= ~VM_SHARED;
	refuse(vma, -EINVAL);
}

static void code_is_refused(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);

	(void)state;
	vma.vm_flags |= VM_EXEC;
	refuse(vma, -EPERM);
}

/* CPU 3 is possible, but has not been online. */
static void a_cpu_without_a_ring_has_no_region(void **state)
{
	struct vm_area_struct vma = vma_of(3 * map_bytes, map_bytes);

	(void)state;
	refuse(vma, -ENXIO);
	assert_int_equal(shim_cpu_up(3), 0);
	assert_int_equal(map(&file, &vma), 0);
	assert_int_equal(((struct memmon_ring_page *)shim_mapped.memory)->cpu, 3);
}

static void without_rings_there_is_nothing_to_map(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);
	struct file own;

	(void)state;
	assert_int_equal(devices_open(&own), 0);
	assert_int_equal(map(&own, &vma), -EINVAL);
	devices_close(&own);
}

static void it_can_be_mapped_in_any_later_state(void **state)
{
	struct vm_area_struct vma = vma_of(map_bytes, map_bytes);

	(void)state;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
	assert_int_equal(map(&file, &vma), 0);
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_DISABLE, NULL), 0);
	assert_int_equal(map(&file, &vma), 0);
}

static void a_page_that_cannot_be_mapped_is_an_error(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);
	int left;

	(void)state;
	for (left = 0; left < 5; left++) {
		shim_pages_left = left;
		assert_int_equal(map(&file, &vma), -ENOMEM);
	}
}

/* Through the mapping, as a program that never calls read(). */
static void a_program_reads_what_is_complete(void **state)
{
	struct vm_area_struct vma = vma_of(0, map_bytes);
	struct memmon_ring_page *page;
	unsigned int i;

	(void)state;
	assert_int_equal(map(&file, &vma), 0);
	page = (void *)shim_mapped.memory;
	assert_int_equal(devices_ioctl(&file, MEMMON_IOC_ENABLE, NULL), 0);
	for (i = 0; i < 5000; i++) {
		u64 position = page->consumed;

		devices_record(1 + i);
		if (i % 100 != 99)
			continue;
		assert_int_equal(devices_ioctl(&file, MEMMON_IOC_SYNC, NULL), 3);
		assert_int_equal(page->complete - position, 100 * sizeof(struct memmon_record));
		for (; position < page->complete; position += page->record_bytes) {
			const struct memmon_record *r = (void *)((char *)page + page->data_offset +
								 position % page->data_bytes);

			assert_int_equal(r->bytes_req, 1 + position / page->record_bytes);
		}
		page->consumed = position;
	}
	assert_int_equal(devices_stats(&file).dropped[MEMMON_DROPPED_FULL], 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_cpu_has_its_region),
		TEST(a_child_does_not_get_it),
		TEST(only_whole_regions_can_be_mapped),
		TEST(far_offsets_are_refused),
		TEST(private_copies_are_refused),
		TEST(code_is_refused),
		TEST(a_cpu_without_a_ring_has_no_region),
		TEST(without_rings_there_is_nothing_to_map),
		TEST(it_can_be_mapped_in_any_later_state),
		TEST(a_page_that_cannot_be_mapped_is_an_error),
		TEST(a_program_reads_what_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
