// SPDX-License-Identifier: GPL-2.0
/* Rings for tests to write into. */
#include "rings.h"
#include "unit.h"

struct memmon_rings rings, other_rings;

static void start(unsigned int slots, u64 watermark_bytes, bool is_keeping)
{
	shim_cpu = 0;
	rings = (struct memmon_rings){
		.data_bytes = slots * MEMMON_RECORD_BYTES,
		.watermark_bytes = watermark_bytes,
		.is_keeping = is_keeping,
	};
	other_rings = rings;
	assert_int_equal(memmon_rings_init(), 0);
	assert_int_equal(memmon_rings_create(&rings), 0);
	assert_int_equal(memmon_rings_create(&other_rings), 0);
}

void rings_start(unsigned int slots)
{
	start(slots, 0, false);
}

void rings_start_keeping(unsigned int slots, u64 watermark_bytes)
{
	start(slots, watermark_bytes, true);
}

void rings_stop(void)
{
	memmon_rings_destroy(&rings);
	memmon_rings_destroy(&other_rings);
	memmon_rings_exit();
}

struct memmon_ring *rings_ring(int cpu)
{
	return per_cpu_ptr(rings.cpu, cpu);
}

struct memmon_ring_page *rings_page(int cpu)
{
	return memmon_ring_page(rings_ring(cpu)->memory);
}

unsigned int rings_slots(void)
{
	return rings.data_bytes / MEMMON_RECORD_BYTES;
}

struct memmon_balance rings_balance(void)
{
	struct memmon_balance balance = {};

	memmon_books_add(&balance, &rings, 0);
	return balance;
}

struct memmon_record *rings_reserve(struct memmon_rings *set, u8 event_class)
{
	struct memmon_ring *ring = this_cpu_ptr(set->cpu);
	bool is_nested = this_cpu_read(memmon_ring_nest) > 1;

	memmon_books_inc(&ring->books.seen[event_class]);
	if ((is_nested || (u64)local64_read(&ring->reserved) >= ring->limit) &&
	    !memmon_ring_look(ring))
		return NULL;
	return memmon_ring_reserve(ring, !is_nested);
}

void rings_write(struct memmon_rings *set, int cpu, const struct memmon_record *record)
{
	struct memmon_record *slot;
	int old_cpu = shim_cpu;

	shim_cpu = cpu;
	memmon_ring_enter();
	slot = rings_reserve(set, record->event_class);
	if (slot)
		*slot = *record;
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

	rings_write(&rings, cpu, &record);
}
