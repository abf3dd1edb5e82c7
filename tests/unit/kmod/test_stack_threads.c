// SPDX-License-Identifier: GPL-2.0
/* Tests the table of call stacks with a thread on each CPU, all bringing the same stacks. Under TSan. */
#include <pthread.h>

#include "shim.h"
#include "stack.h"
#include "unit.h"

#define NR_STACKS 20000
#define NR_FRAMES 9
#define CODE 0xffffffff81000000UL
/* Code goes in pieces of so many bytes, until all behind this is gone. */
#define PIECE 500
#define LAST_TO_GO 10000

static struct memmon_stacks *stacks;
static u32 ids[SHIM_NR_CPUS][NR_STACKS];
static int nr_writing;

static void make_frames(unsigned long number, unsigned long frames[NR_FRAMES])
{
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		frames[i] = CODE + number * (i + 1);
}

static u64 hash_of(const unsigned long frames[NR_FRAMES])
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < NR_FRAMES; i++)
		hash = memmon_stack_hash_add(hash, frames[i]);
	return memmon_stack_hash_end(hash);
}

static void *intern_all(void *cpu)
{
	unsigned long frames[NR_FRAMES], i;

	shim_cpu = (long)cpu;
	for (i = 0; i < NR_STACKS; i++) {
		make_frames(i, frames);
		ids[shim_cpu][i] = memmon_stacks_intern(stacks, hash_of(frames), frames, NR_FRAMES);
	}
	__atomic_sub_fetch(&nr_writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void check_row(const struct memmon_stack *row)
{
	unsigned long number = row->frames[0] - CODE, i, frames[NR_FRAMES];

	assert_int_equal(row->nr_frames, NR_FRAMES);
	make_frames(number, frames);
	for (i = 0; i < NR_FRAMES; i++)
		assert_int_equal(row->frames[i], frames[i]);
}

static u32 read_rows(void)
{
	struct memmon_stack row;
	u64 position = 0;
	u32 nr = 0;

	for (; memmon_stacks_row(stacks, &position, &row); nr++)
		check_row(&row);
	return nr;
}

static void all_agree_on_the_ids(void **state)
{
	pthread_t threads[SHIM_NR_CPUS];
	u32 nr_known = 0, i;
	long cpu;

	(void)state;
	stacks = memmon_stacks_create(NR_STACKS);
	assert_non_null(stacks);
	nr_writing = SHIM_NR_CPUS;
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		assert_false(pthread_create(&threads[cpu], NULL, intern_all, (void *)cpu));
	while (__atomic_load_n(&nr_writing, __ATOMIC_ACQUIRE))
		read_rows();
	for (cpu = 0; cpu < SHIM_NR_CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
	for (i = 0; i < NR_STACKS; i++) {
		for (cpu = 1; cpu < SHIM_NR_CPUS; cpu++)
			assert_int_equal(ids[cpu][i], ids[0][i]);
		nr_known += ids[0][i] != 0;
	}
	assert_true(nr_known > NR_STACKS * 9 / 10);
	assert_int_equal(memmon_stacks_count(stacks), nr_known);
	assert_int_equal(read_rows(), nr_known);
	memmon_stacks_destroy(stacks);
}

static void *let_code_go(void *unused)
{
	unsigned long at;

	for (at = 0; at < LAST_TO_GO; at += PIECE)
		memmon_stacks_retire(CODE + at, CODE + at + PIECE - 1);
	__atomic_store_n(&nr_writing, 0, __ATOMIC_RELEASE);
	return unused;
}

/* Each frame is what it was, or gone. The last one of a stack stays longest. Return: how many are gone. */
static u32 check_frames(const struct memmon_stack *row)
{
	unsigned long frames[NR_FRAMES], i;
	u32 nr_gone = 0;

	if (!row->frames[NR_FRAMES - 1])
		return 0;
	make_frames((row->frames[NR_FRAMES - 1] - CODE) / NR_FRAMES, frames);
	for (i = 0; i < NR_FRAMES; i++) {
		if (row->frames[i])
			assert_int_equal(row->frames[i], frames[i]);
		else
			assert_in_range(frames[i], CODE, CODE + LAST_TO_GO - 1);
		nr_gone += !row->frames[i];
	}
	return nr_gone;
}

static void rows_are_read_while_code_goes(void **state)
{
	struct memmon_stack row;
	u32 nr_gone = 0;
	pthread_t thread;
	u64 position;

	(void)state;
	stacks = memmon_stacks_create(NR_STACKS);
	assert_non_null(stacks);
	nr_writing = 1;
	intern_all(NULL);
	nr_writing = 1;
	assert_false(pthread_create(&thread, NULL, let_code_go, NULL));
	while (__atomic_load_n(&nr_writing, __ATOMIC_ACQUIRE)) {
		for (position = 0; memmon_stacks_row(stacks, &position, &row);)
			check_frames(&row);
	}
	pthread_join(thread, NULL);
	for (position = 0; memmon_stacks_row(stacks, &position, &row);)
		nr_gone += check_frames(&row);
	assert_true(nr_gone > LAST_TO_GO);
	memmon_stacks_destroy(stacks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_agree_on_the_ids),
		cmocka_unit_test(rows_are_read_while_code_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
