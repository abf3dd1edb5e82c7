// SPDX-License-Identifier: GPL-2.0
/* Merges the records of several CPUs into one order of time: a heap, and runs of its first. */
#include <errno.h>
#include <stdlib.h>

#include "merge.h"

int memmon_merge_init(struct memmon_merge *merge, uint32_t nr_cursors)
{
	merge->nr_cursors = nr_cursors;
	merge->nr_heap = 0;
	merge->cursors = calloc(nr_cursors ? nr_cursors : 1, sizeof(*merge->cursors));
	merge->heap = calloc(nr_cursors ? nr_cursors : 1, sizeof(*merge->heap));
	if (!merge->cursors || !merge->heap) {
		memmon_merge_exit(merge);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < nr_cursors; i++)
		merge->cursors[i].cpu = i;
	return 0;
}

void memmon_merge_exit(struct memmon_merge *merge)
{
	free(merge->cursors);
	free(merge->heap);
	merge->cursors = NULL;
	merge->heap = NULL;
}

static bool is_before(const struct memmon_merge_head *a, const struct memmon_merge_head *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	return a->cpu < b->cpu;
}

static void sift_up(struct memmon_merge *merge, uint32_t at)
{
	struct memmon_merge_head head = merge->heap[at];

	while (at) {
		uint32_t parent = (at - 1) / 2;

		if (!is_before(&head, &merge->heap[parent]))
			break;
		merge->heap[at] = merge->heap[parent];
		at = parent;
	}
	merge->heap[at] = head;
}

/* The earlier one of the two below @at, or nr_heap when there is none. */
static uint32_t earlier_child(const struct memmon_merge *merge, uint32_t at)
{
	uint32_t child = 2 * at + 1;

	if (child >= merge->nr_heap)
		return merge->nr_heap;
	if (child + 1 < merge->nr_heap)
		child += is_before(&merge->heap[child + 1], &merge->heap[child]);
	return child;
}

static void sift_down(struct memmon_merge *merge)
{
	struct memmon_merge_head head = merge->heap[0];
	uint32_t at = 0;
	uint32_t child;

	while ((child = earlier_child(merge, at)) < merge->nr_heap) {
		if (!is_before(&merge->heap[child], &head))
			break;
		merge->heap[at] = merge->heap[child];
		at = child;
	}
	merge->heap[at] = head;
}

void memmon_merge_fill(struct memmon_merge *merge, uint32_t cursor,
		       const struct memmon_record *records, size_t nr)
{
	merge->cursors[cursor].next = records;
	merge->cursors[cursor].end = records + nr;
	merge->heap[merge->nr_heap] = (struct memmon_merge_head){
		.time = records->time,
		.cpu = merge->cursors[cursor].cpu,
		.cursor = cursor,
	};
	sift_up(merge, merge->nr_heap++);
}

/* Up to which time the first cursor may go on before it is the turn of another one. */
static uint64_t run_limit(const struct memmon_merge *merge, uint64_t until)
{
	uint32_t second = earlier_child(merge, 0);
	uint64_t limit;

	if (second == merge->nr_heap)
		return until;
	limit = merge->heap[second].time;
	/* It is not behind the other one now, so the limit cannot be below 0. */
	if (merge->heap[second].cpu < merge->heap[0].cpu)
		limit--;
	return limit < until ? limit : until;
}

static void remove_first(struct memmon_merge *merge)
{
	merge->heap[0] = merge->heap[--merge->nr_heap];
	if (merge->nr_heap)
		sift_down(merge);
}

unsigned int memmon_merge_take(struct memmon_merge *merge, uint64_t until,
			       struct memmon_event *events, unsigned int max, uint32_t *empty)
{
	unsigned int nr = 0;

	*empty = MEMMON_MERGE_NONE;
	while (nr < max && merge->nr_heap) {
		struct memmon_merge_cursor *cursor = &merge->cursors[merge->heap[0].cursor];
		const struct memmon_record *next = cursor->next;
		const struct memmon_record *end = cursor->end;
		uint64_t limit = run_limit(merge, until);

		if (next->time > until)
			break;
		if ((size_t)(end - next) > max - nr)
			end = next + (max - nr);
		while (next != end && next->time <= limit) {
			events[nr++] = (struct memmon_event){
				.record = next++,
				.cpu = cursor->cpu,
			};
		}
		cursor->next = next;
		if (next == cursor->end) {
			*empty = merge->heap[0].cursor;
			remove_first(merge);
			break;
		}
		merge->heap[0].time = next->time;
		sift_down(merge);
	}
	return nr;
}
