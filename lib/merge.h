/* SPDX-License-Identifier: GPL-2.0 */
/* Merges the records of several CPUs, each in the order of time, into one order of time. */
#ifndef MEMMON_MERGE_H
#define MEMMON_MERGE_H

#include "memmon/reader.h"

/* Records of equal time come in the order of CPUs. */
struct memmon_merge_cursor {
	const struct memmon_record *next;
	const struct memmon_record *end;
	uint32_t cpu;
};

/**
 * struct memmon_merge_head - the next record of a cursor
 * @time: of that record: what is compared lies side by side, and not in the records
 */
struct memmon_merge_head {
	uint64_t time;
	uint32_t cpu;
	uint32_t cursor;
};

/**
 * struct memmon_merge - a heap of the cursors that have records, the earliest first
 * @heap: their heads
 */
struct memmon_merge {
	struct memmon_merge_cursor *cursors;
	struct memmon_merge_head *heap;
	uint32_t nr_cursors;
	uint32_t nr_heap;
};

/* Return: 0 or -ENOMEM. Cursor i is for CPU i until the caller sets cursors[i].cpu to another. */
int memmon_merge_init(struct memmon_merge *merge, uint32_t nr_cursors);
void memmon_merge_exit(struct memmon_merge *merge);

/**
 * memmon_merge_fill() - give records to a cursor that has none
 * @records: stay where they are until all of them have been taken and are done with
 * @nr: 1 or more
 */
void memmon_merge_fill(struct memmon_merge *merge, uint32_t cursor,
		       const struct memmon_record *records, size_t nr);

/* What memmon_merge_take() says in @empty when it stopped for another reason. */
#define MEMMON_MERGE_NONE UINT32_MAX

/**
 * memmon_merge_take() - the next records in the order of time
 * @until: only records up to this time
 * @events: where they go
 * @max: how many there is room for
 * @empty: set to the cursor whose last record was just taken. The caller fills it before the next
 *	   call, or leaves it out, if what else comes on this CPU is later than all that is merged now.
 *
 * Return: how many there are. It stops at @max, at @until, when a cursor has become empty, or when all
 * are.
 */
unsigned int memmon_merge_take(struct memmon_merge *merge, uint64_t until,
			       struct memmon_event *events, unsigned int max, uint32_t *empty);

#endif
