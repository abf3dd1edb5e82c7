// SPDX-License-Identifier: GPL-2.0
/* Tests the merge of CPUs against sorting everything. */
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "unit.h"

#define MAX_CPUS 9
#define MAX_RECORDS 300

struct stream {
	struct memmon_record records[MAX_RECORDS];
	size_t nr;
	size_t given;
};

struct stamp {
	uint64_t time;
	uint32_t cpu;
	uint32_t index;
};

static int compare(const void *a, const void *b)
{
	const struct stamp *left = a;
	const struct stamp *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	if (left->cpu != right->cpu)
		return left->cpu < right->cpu ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

/* Random streams with many equal times; returns what a sort makes of them. */
static size_t make(struct stream *streams, unsigned int nr_cpus, struct stamp *stamps)
{
	size_t nr = 0;

	for (unsigned int cpu = 0; cpu < nr_cpus; cpu++) {
		uint64_t time = rand() % 4;

		streams[cpu].nr = (size_t)rand() % MAX_RECORDS;
		streams[cpu].given = 0;
		for (size_t i = 0; i < streams[cpu].nr; i++) {
			time += rand() % 3;
			streams[cpu].records[i].time = time;
			streams[cpu].records[i].tgid = (uint32_t)i;
			stamps[nr++] = (struct stamp){ time, cpu, (uint32_t)i };
		}
	}
	qsort(stamps, nr, sizeof(*stamps), compare);
	return nr;
}

/* Gives the next few of a stream's records. */
static void fill(struct memmon_merge *merge, struct stream *streams, uint32_t cpu)
{
	struct stream *stream = &streams[cpu];
	size_t nr = stream->nr - stream->given;

	if (!nr)
		return;
	nr = 1 + (size_t)rand() % nr;
	memmon_merge_fill(merge, cpu, stream->records + stream->given, nr);
	stream->given += nr;
}

static void is_the_same_as_sorting(void **state)
{
	static struct stream streams[MAX_CPUS];
	static struct stamp stamps[MAX_CPUS * MAX_RECORDS];

	(void)state;
	srand(1);
	for (int round = 0; round < 300; round++) {
		unsigned int nr_cpus = 1 + (unsigned int)rand() % MAX_CPUS;
		size_t nr = make(streams, nr_cpus, stamps);
		struct memmon_event events[64];
		struct memmon_merge merge;
		size_t taken = 0;

		assert_int_equal(memmon_merge_init(&merge, nr_cpus), 0);
		for (uint32_t cpu = 0; cpu < nr_cpus; cpu++)
			fill(&merge, streams, cpu);
		while (merge.nr_heap) {
			unsigned int max = 1 + (unsigned int)rand() % 64;
			uint32_t empty;
			unsigned int got =
				memmon_merge_take(&merge, UINT64_MAX, events, max, &empty);

			assert_true(got > 0 && got <= max);
			for (unsigned int i = 0; i < got; i++, taken++) {
				assert_int_equal(events[i].record->time, stamps[taken].time);
				assert_int_equal(events[i].cpu, stamps[taken].cpu);
				assert_int_equal(events[i].record->tgid, stamps[taken].index);
			}
			if (empty != MEMMON_MERGE_NONE)
				fill(&merge, streams, empty);
		}
		assert_int_equal(taken, nr);
		memmon_merge_exit(&merge);
	}
}

static void stops_at_a_time(void **state)
{
	static const struct memmon_record first[] = { { .time = 0 }, { .time = 5 }, { .time = 9 } };
	static const struct memmon_record second[] = { { .time = 0 }, { .time = 6 } };
	struct memmon_event events[8];
	struct memmon_merge merge;
	uint32_t empty;

	(void)state;
	assert_int_equal(memmon_merge_init(&merge, 2), 0);
	memmon_merge_fill(&merge, 0, second, 2);
	memmon_merge_fill(&merge, 1, first, 3);
	assert_int_equal(memmon_merge_take(&merge, 5, events, 8, &empty), 3);
	assert_int_equal(empty, MEMMON_MERGE_NONE);
	assert_ptr_equal(events[0].record, &second[0]);
	assert_ptr_equal(events[1].record, &first[0]);
	assert_ptr_equal(events[2].record, &first[1]);
	assert_int_equal(memmon_merge_take(&merge, 5, events, 8, &empty), 0);
	assert_int_equal(memmon_merge_take(&merge, 6, events, 8, &empty), 1);
	assert_int_equal(empty, 0);
	/* The other one is left out, as an idle CPU of a live session. */
	assert_int_equal(memmon_merge_take(&merge, 8, events, 8, &empty), 0);
	assert_int_equal(memmon_merge_take(&merge, 9, events, 8, &empty), 1);
	assert_int_equal(empty, 1);
	assert_int_equal(memmon_merge_take(&merge, UINT64_MAX, events, 8, &empty), 0);
	memmon_merge_exit(&merge);
	assert_int_equal(memmon_merge_init(&merge, 0), 0);
	assert_int_equal(memmon_merge_take(&merge, UINT64_MAX, events, 8, &empty), 0);
	memmon_merge_exit(&merge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_same_as_sorting),
		cmocka_unit_test(stops_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
