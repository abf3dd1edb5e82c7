// SPDX-License-Identifier: GPL-2.0
/* Tests the table of call stacks, and what of an unwound stack is kept. */
#include <stdlib.h>

#include "shim.h"
#include "stack.h"
#include "unit.h"
#include "unwind.h"

#define OWN_TEXT 0xffffffffc0400000UL
#define SITE 0xffffffff81345678UL

static const char *const tracepoints[] = { "sched_switch", "mm_page_alloc", "kmalloc", NULL };
#define ITERATOR(i) (SHIM_ITERATORS + (i)*SHIM_ITERATOR_BYTES + 0x43)

static struct memmon_stacks *stacks;

static int start(void **state)
{
	(void)state;
	shim_allocations_left = -1;
	shim_module.mem[MOD_TEXT].base = (void *)OWN_TEXT;
	shim_module.mem[MOD_TEXT].size = 0x8000;
	shim_tracepoints = tracepoints;
	shim_nr_frames = 0;
	stacks = memmon_stacks_create(64);
	assert_non_null(stacks);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	shim_interrupt_cancel();
	shim_preempt_count = 0;
	memmon_stacks_destroy(stacks);
	return 0;
}

static u32 intern(const unsigned long *frames, u32 nr)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		hash = memmon_stack_hash_add(hash, frames[i]);
	return memmon_stacks_intern(stacks, memmon_stack_hash_end(hash), frames, nr);
}

/* The stack of this thread, the innermost frame first; ends with 0. */
static void set_frames(const unsigned long *frames)
{
	for (shim_nr_frames = 0; frames[shim_nr_frames]; shim_nr_frames++)
		shim_frames[shim_nr_frames] = frames[shim_nr_frames];
}

/* Takes the stack and checks which frames were kept; @expected ends with 0. */
static void check_kept(unsigned long call_site, const unsigned long *expected)
{
	u32 id = memmon_stacks_take(stacks, call_site), i;
	struct memmon_stack row;
	u64 position = id - 1;

	assert_int_not_equal(id, 0);
	assert_true(memmon_stacks_row(stacks, &position, &row));
	assert_int_equal(row.id, id);
	for (i = 0; expected[i]; i++)
		assert_int_equal(row.frames[i], expected[i]);
	assert_int_equal(row.nr_frames, i);
	for (; i < MEMMON_STACK_FRAMES; i++)
		assert_int_equal(row.frames[i], 0);
}

static void begins_with_the_call_site(void **state)
{
	const unsigned long frames[] = { OWN_TEXT + 8, ITERATOR(2), SITE - 64, SITE, 77, 78, 0 };
	const unsigned long kept[] = { SITE, 77, 78, 0 };

	(void)state;
	set_frames(frames);
	check_kept(SITE, kept);
}

static void without_a_call_site_begins_behind_the_module(void **state)
{
	const unsigned long direct[] = { OWN_TEXT, OWN_TEXT + 0x7fff, SITE, OWN_TEXT + 1, 77, 0 };
	const unsigned long iterated[] = { OWN_TEXT + 8, ITERATOR(1), SITE, OWN_TEXT + 1, 77, 0 };
	const unsigned long not_own[] = { OWN_TEXT + 0x8000, OWN_TEXT, SITE, 0 };
	const unsigned long kept[] = { SITE, OWN_TEXT + 1, 77, 0 };

	(void)state;
	set_frames(direct);
	check_kept(0, kept);
	check_kept(SITE + 1, kept);
	set_frames(iterated);
	check_kept(0, kept);
	check_kept(SITE + 1, kept);
	assert_int_equal(memmon_stacks_count(stacks), 1);
	set_frames(not_own);
	check_kept(0, not_own);
}

/* A tracepoint that is none of ours has called nobody of us. */
static void other_iterators_are_callers_like_others(void **state)
{
	const unsigned long frames[] = { OWN_TEXT + 8, SHIM_ITERATORS - 0x40, SITE, 0 };

	(void)state;
	set_frames(frames);
	check_kept(0, frames + 1);
}

static void ends_where_the_interrupt_began(void **state)
{
	const unsigned long frames[] = { SITE, 77, SHIM_IRQ_ENTRY, 101, 102, 0 };
	const unsigned long kept[] = { SITE, 77, SHIM_IRQ_ENTRY, 0 };

	(void)state;
	set_frames(frames);
	check_kept(SITE, kept);
}

static void cuts_the_outer_end(void **state)
{
	unsigned long expected[MEMMON_STACK_FRAMES + 1] = {};
	u32 i;

	(void)state;
	for (i = 0; i < SHIM_FRAMES; i++)
		shim_frames[i] = SITE + i;
	shim_nr_frames = SHIM_FRAMES;
	for (i = 0; i < MEMMON_STACK_FRAMES; i++)
		expected[i] = SITE + MEMMON_UNWIND_LEADING + i;
	check_kept(SITE + MEMMON_UNWIND_LEADING, expected);
	for (i = 0; i < 3; i++)
		expected[i] = SITE + MEMMON_UNWIND_FRAMES - 3 + i;
	expected[3] = 0;
	check_kept(SITE + MEMMON_UNWIND_FRAMES - 3, expected);
}

static void what_is_not_unwound_has_no_id(void **state)
{
	const unsigned long own[] = { OWN_TEXT, ITERATOR(1), 0 }, frames[] = { SITE, 0 };

	(void)state;
	assert_int_equal(memmon_stacks_take(stacks, SITE), 0);
	set_frames(own);
	assert_int_equal(memmon_stacks_take(stacks, 0), 0);
	set_frames(frames);
	shim_preempt_count = NMI_OFFSET;
	assert_int_equal(memmon_stacks_take(stacks, SITE), 0);
	shim_preempt_count = HARDIRQ_OFFSET;
	assert_int_not_equal(memmon_stacks_take(stacks, SITE), 0);
	shim_preempt_count = 0;
	assert_int_equal(memmon_stacks_missed(stacks), 3);
	assert_int_equal(memmon_stacks_count(stacks), 1);
}

static void knows_a_stack_again(void **state)
{
	unsigned long frames[3] = { SITE, SITE + 1, SITE + 2 };
	u32 id = intern(frames, 3);

	(void)state;
	assert_int_equal(intern(frames, 3), id);
	assert_int_not_equal(intern(frames, 2), id);
	frames[2]++;
	assert_int_not_equal(intern(frames, 3), id);
	assert_int_equal(memmon_stacks_count(stacks), 3);
}

/* The rows are all stacks with an id, each once. */
static u32 count_rows(const u32 *ids, const unsigned long *frames, u32 nr)
{
	struct memmon_stack row;
	u64 position = 0;
	u32 nr_rows = 0, i;

	while (memmon_stacks_row(stacks, &position, &row)) {
		assert_int_equal(row.nr_frames, 1);
		for (i = 0; i < nr && ids[i] != row.id; i++)
			;
		assert_in_range(i, 0, nr - 1);
		assert_int_equal(row.frames[0], frames[i]);
		nr_rows++;
	}
	return nr_rows;
}

static void a_full_table_says_so_and_keeps_what_it_has(void **state)
{
	unsigned long frames[200];
	u32 ids[200], nr = 0, i;

	(void)state;
	srandom(1);
	shim_nr_frames = 1;
	for (i = 0; i < 200; i++) {
		shim_frames[0] = frames[i] = SITE + random() % 100000 * 200 + i;
		ids[i] = memmon_stacks_take(stacks, frames[i]);
		nr += ids[i] != 0;
	}
	assert_in_range(nr, 60, 64);
	assert_int_equal(memmon_stacks_count(stacks), nr);
	assert_int_equal(memmon_stacks_missed(stacks), 200 - nr);
	for (i = 0; i < 200; i++)
		assert_int_equal(intern(&frames[i], 1), ids[i]);
	assert_int_equal(count_rows(ids, frames, 200), nr);
}

static void sizes_are_powers_of_two(void **state)
{
	static const u32 places[][2] = { { 0, 16 }, { 1, 16 }, { 17, 32 }, { 1024, 1024 } };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct memmon_stacks *s = memmon_stacks_create(places[i][0]);

		assert_non_null(s);
		assert_int_equal(s->places, places[i][1]);
		assert_in_range(memmon_stacks_memory(s->places), places[i][1] * 170,
				places[i][1] * 200);
		assert_int_equal(memmon_stacks_memory(s->places),
				 memmon_stacks_memory(places[i][1]));
		memmon_stacks_destroy(s);
	}
	assert_int_equal(memmon_stacks_memory(0), 0);
	assert_int_equal(memmon_stacks_memory(1000), memmon_stacks_memory(1024));
}

static void without_memory_there_is_no_table(void **state)
{
	int left = 0;

	stop(state);
	for (;; left++) {
		shim_allocations_left = left;
		stacks = memmon_stacks_create(64);
		if (stacks)
			break;
	}
	shim_allocations_left = -1;
	/* Four of the table, the rooms, the rules, and the memos of each CPU. */
	assert_int_equal(left, 4 + 2 + SHIM_NR_CPUS);
	memmon_stacks_destroy(NULL);
}

static void code_that_goes_leaves_no_frames(void **state)
{
	const unsigned long frames[] = { SITE, 77, SITE + 15, SITE + 16, 0 };
	const unsigned long left[] = { 77, SITE + 16 };
	struct memmon_stack row;
	u64 position = 0;
	u32 id;

	(void)state;
	set_frames(frames);
	id = memmon_stacks_take(stacks, SITE);
	memmon_stacks_retire(SITE, SITE + 15);
	assert_true(memmon_stacks_row(stacks, &position, &row));
	assert_int_equal(row.id, id);
	assert_int_equal(row.nr_frames, 4);
	assert_int_equal(row.frames[0], 0);
	assert_int_equal(row.frames[1], left[0]);
	assert_int_equal(row.frames[2], 0);
	assert_int_equal(row.frames[3], left[1]);
	/* Other code at the same addresses. */
	assert_int_not_equal(memmon_stacks_take(stacks, SITE), id);
	assert_int_equal(memmon_stacks_count(stacks), 2);
}

static const unsigned long same[2] = { SITE, SITE + 1 };
static u32 id_in_interrupt;

/* At the same addresses each time, as the kernel likes to do. */
static void a_module_may_come_back_often(void **state)
{
	const unsigned long frames[] = { SITE, SITE + 100, SITE + 200 };
	u32 i, id, last = 0;

	(void)state;
	memmon_stacks_destroy(stacks);
	stacks = memmon_stacks_create(1024);
	for (i = 0; i < 100; i++) {
		id = intern(frames, 3);
		assert_true(id);
		assert_int_not_equal(id, last);
		assert_int_equal(intern(frames, 3), id);
		memmon_stacks_retire(SITE, SITE + 15);
		last = id;
	}
	assert_int_equal(memmon_stacks_count(stacks), 100);
}

static void intern_same(void)
{
	id_in_interrupt = intern(same, 2);
}

static void intern_other(void)
{
	id_in_interrupt = intern(same + 1, 1);
}

/* Interns a stack, interrupted at a point of the way. Return: whether it got so far. */
static bool intern_interrupted(unsigned int point, void (*handler)(void), u32 *id)
{
	stop(NULL);
	start(NULL);
	shim_interrupt_at(point, handler);
	*id = intern(same, 2);
	return !shim_interrupt_cancel();
}

/* An interrupt with the same stack gets the same id, and one with another stack another. */
static void an_interrupted_writer_is_no_obstacle(void **state)
{
	unsigned int point;
	u32 id;

	(void)state;
	for (point = 0; intern_interrupted(point, intern_same, &id); point++) {
		assert_int_equal(id, id_in_interrupt);
		assert_int_equal(memmon_stacks_count(stacks), 1);
	}
	assert_in_range(point, 2, 50);
	for (point = 0; intern_interrupted(point, intern_other, &id); point++) {
		assert_int_not_equal(id, id_in_interrupt);
		assert_int_equal(memmon_stacks_count(stacks), 2);
	}
	assert_in_range(point, 2, 50);
}

/* What is being written is no row yet. */
static void look_for_rows(void)
{
	struct memmon_stack row;
	u64 position = 0;

	if (memmon_stacks_row(stacks, &position, &row)) {
		assert_int_equal(row.nr_frames, 2);
		assert_int_equal(row.frames[1], same[1]);
	}
}

static void no_row_is_half_written(void **state)
{
	unsigned int point = 0;
	u32 id;

	(void)state;
	while (intern_interrupted(point, look_for_rows, &id))
		point++;
	assert_in_range(point, 2, 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_with_the_call_site),
		TEST(without_a_call_site_begins_behind_the_module),
		TEST(other_iterators_are_callers_like_others),
		TEST(ends_where_the_interrupt_began),
		TEST(cuts_the_outer_end),
		TEST(what_is_not_unwound_has_no_id),
		TEST(knows_a_stack_again),
		TEST(a_full_table_says_so_and_keeps_what_it_has),
		TEST(sizes_are_powers_of_two),
		TEST(without_memory_there_is_no_table),
		TEST(code_that_goes_leaves_no_frames),
		TEST(a_module_may_come_back_often),
		TEST(an_interrupted_writer_is_no_obstacle),
		TEST(no_row_is_half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
