// SPDX-License-Identifier: GPL-2.0
/* Writes and recognizes records of which every field follows from a number. */
#include "pattern.h"

#define FACTOR 0x9e3779b97f4a7c15ULL

/*
 * A slot is the one place where reader and writer may meet: the protocol lets a reader copy what is
 * being overwritten, and then say so. Hence TSan must not look here, and only here.
 */
__attribute__((no_sanitize("thread"))) void pattern_fill(struct memmon_record *r, u64 number)
{
	unsigned int i;

	r->time = number;
	shim_point();
	r->call_site = number * FACTOR;
	shim_point();
	r->object = ~number;
	shim_point();
	r->bytes_req = number;
	r->bytes_alloc = number * FACTOR;
	r->gfp = number + 1;
	r->detail = number;
	shim_point();
	r->event_class = MEMMON_CLASS_KMALLOC;
	r->context = number;
	r->pid_node = number + 2;
	r->tgid = number + 3;
	shim_point();
	for (i = 0; i < MEMMON_COMM_BYTES; i++)
		r->comm[i] = number + i;
	shim_point();
}

void pattern_write(struct memmon_rings *set, u64 number)
{
	struct memmon_record *slot;

	memmon_ring_enter();
	slot = rings_reserve(set, MEMMON_CLASS_KMALLOC);
	if (slot)
		pattern_fill(slot, number);
	memmon_ring_leave();
}

bool pattern_is_whole(const struct memmon_record *r)
{
	struct memmon_record whole;

	pattern_fill(&whole, r->time);
	return !memcmp(&whole, r, sizeof(whole));
}
