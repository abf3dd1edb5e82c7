// SPDX-License-Identifier: GPL-2.0
/* Rings for tests to write into. */
#include "rings.h"
#include "unit.h"

void rings_start(unsigned int entries)
{
	int cpu;

	shim_cpu = 0;
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&memmon_cpu, cpu), 0, sizeof(memmon_cpu));
	assert_int_equal(memmon_ring_init(entries), 0);
}

void rings_stop(void)
{
	memmon_ring_exit();
}

void rings_write(int cpu, enum memmon_ring_kind kind, const struct memmon_record *record)
{
	int old_cpu = shim_cpu;

	shim_cpu = cpu;
	memmon_ring_enter();
	this_cpu_inc(memmon_cpu.books.seen[record->event_class]);
	*memmon_ring_reserve(kind) = *record;
	memmon_ring_publish(kind);
	memmon_ring_leave();
	shim_cpu = old_cpu;
}

void rings_write_kmalloc(int cpu, u64 time, u32 bytes)
{
	struct memmon_record record = {
		.time = time,
		.object = 0xffff888100000040,
		.bytes_req = bytes,
		.event_class = MEMMON_CLASS_KMALLOC,
		.pid_node = 316,
		.comm = "a.out",
	};

	rings_write(cpu, MEMMON_RING_REQUESTS, &record);
}
