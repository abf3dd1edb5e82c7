// SPDX-License-Identifier: GPL-2.0
/* Tests stacks that are remembered. */
#include <stdlib.h>
#include <sys/mman.h>

#include "chains.h"
#include "event.h"
#include "memo.h"
#include "unit.h"
#include "unwind.h"

/* What memmon_unwind() makes of frames that were walked. */
static struct memmon_trace trace_of(const unsigned long *frames, u32 first, u32 nr)
{
	struct memmon_trace trace = { .frames = frames + first, .nr = nr - first };
	u32 i;

	for (i = first; i < nr; i++)
		trace.hash = memmon_stack_hash_add(trace.hash, frames[i]);
	trace.hash = memmon_stack_hash_end(trace.hash);
	return trace;
}

static struct memmon_memos *memos(void)
{
	return this_cpu_read(memmon_memos) + memmon_event_context();
}

static u64 remember(const struct chain *c, unsigned long call_site)
{
	struct memmon_memos *m = memos();
	const struct memmon_memo *memo;

	if (!memmon_memo_find(m, c->frame, c->end - c->frame, call_site, call_site, false, &memo))
		memo = memmon_memo_search(m, c->frame, call_site, false);
	return memo ? memo->hash : 0;
}

static u64 keep(const struct chain *c, bool has_site)
{
	u32 first = c->nr > 3 ? 1 + random() % 2 : 1;
	struct memmon_trace trace = trace_of(c->frames, first, c->nr);

	memmon_memo_keep(memos(), c->frame, c->end, has_site ? c->frames[first] : 0, c->frames,
			 &trace);
	return trace.hash;
}

/* Stacks of the task and of interrupts, with and without call site, are known again; most of them. */
static void what_was_walked_is_known_again(void **state)
{
	u32 i, nr_known = 0;
	struct chain c;

	(void)state;
	chains_learn();
	for (i = 0; i < CHAINS_ROUNDS; i++) {
		bool has_site = random() % 2, switches = random() % 4 == 0;
		u64 hash, found;

		chains_lay_out(&c, 4 + random() % 12, switches);
		memos()->stack_begin = (unsigned long)chains_irq_stack;
		memos()->stack_end = (unsigned long)chains_irq_stack + THREAD_SIZE;
		hash = keep(&c, has_site);
		found = remember(&c, has_site ? c.frames[1] : 0) ?:
				remember(&c, has_site ? c.frames[2] : 0);
		if (found)
			assert_int_equal(found, hash);
		nr_known += !!found;
	}
	/* Some have too many parts. */
	assert_true(nr_known > CHAINS_ROUNDS * 3 / 4);
}

/* A word that can change alone, at random. */
static unsigned long *choose_word(const struct chain *c)
{
	unsigned long at;
	u32 i;

	do {
		at = c->frame + 8 + random() % 60 * 8;
		for (i = 0; i < c->nr_fixed && c->fixed[i] != at; i++)
			;
	} while (i < c->nr_fixed);
	return chains_word(at);
}

/* One word of the stack changes after it was remembered: it is never taken for what it was if a frame changed. */
static void what_has_changed_is_not_known(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	u32 i, nr, nr_changed = 0;
	struct chain c;

	(void)state;
	chains_learn();
	for (i = 0; i < CHAINS_ROUNDS; i++) {
		struct memmon_trace trace;
		u64 hash, found;

		chains_lay_out(&c, 8, false);
		hash = keep(&c, true);
		*choose_word(&c) = chains_address(chains_choose(true));
		found = remember(&c, c.frames[1]) ?: remember(&c, c.frames[2]);
		nr = chains_walk(&c, frames);
		if (!found)
			continue;
		assert_int_equal(found, hash);
		/* It is still the same one, as who walks it finds, too. */
		assert_int_equal(nr, c.nr);
		trace = trace_of(frames, 1, nr);
		if (trace.hash != hash)
			trace = trace_of(frames, 2, nr);
		assert_int_equal(trace.hash, hash);
		nr_changed++;
	}
	assert_in_range(nr_changed, CHAINS_ROUNDS / 20, CHAINS_ROUNDS * 19 / 20);
}

/* Whatever an interrupt remembers, what it came upon finds its own as it was. */
static void contexts_remember_for_themselves(void **state)
{
	struct chain task, interrupt;
	u32 i;

	(void)state;
	chains_learn();
	chains_lay_out(&task, 3, false);
	keep(&task, true);
	shim_preempt_count = HARDIRQ_OFFSET;
	assert_false(remember(&task, task.frames[1]));
	for (i = 0; i < 100; i++) {
		interrupt = task;
		interrupt.frames[2] = chains_address(i);
		keep(&interrupt, true);
	}
	shim_preempt_count = 0;
	assert_true(remember(&task, task.frames[1]));
}

static void nothing_is_remembered_of_code_that_goes(void **state)
{
	struct chain c;

	(void)state;
	chains_learn();
	chains_lay_out(&c, 10, false);
	keep(&c, true);
	assert_true(remember(&c, c.frames[1]) || remember(&c, c.frames[2]));
	memmon_unwind_retire(CHAINS_CODE - 2, CHAINS_CODE - 1);
	assert_false(remember(&c, c.frames[1]) || remember(&c, c.frames[2]));
}

/* A stack that ends in user space is not known a word farther down. */
static void registers_lie_where_user_space_left_them(void **state)
{
	struct chain c;
	u64 hash;

	(void)state;
	chains_learn();
	chains_lay_out_user(&c);
	hash = keep(&c, true);
	assert_int_equal(remember(&c, c.frames[1]), hash);
	chains_move_down(&c);
	assert_int_equal(remember(&c, c.frames[1]), 0);
}

/* What lies before the stack is not read, wherever a word on it leads. */
static void nothing_is_read_before_the_stack(void **state)
{
	char *map = mmap(NULL, PAGE_SIZE + THREAD_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long low = (unsigned long)map + PAGE_SIZE, first = low + 256, second = first + 256;
	struct chain c = { .nr = 3, .frame = low + 128, .end = low + THREAD_SIZE };
	u64 hash;

	(void)state;
	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mprotect(map, PAGE_SIZE, PROT_NONE), 0);
	current->stack = (void *)low;
	chains_learn();
	chains_set_rule(3, memmon_frame_rule(MEMMON_FRAME_BP, 16, 16));
	*chains_word(c.frame) = first;
	*chains_word(first) = second;
	c.frames[0] = *chains_word(c.frame + 8) = chains_address(3);
	c.frames[1] = *chains_word(first + 8) = chains_address(3);
	c.frames[2] = *chains_word(second + 8) = chains_address(0);
	hash = keep(&c, true);
	assert_int_equal(remember(&c, c.frames[1]), hash);
	*chains_word(c.frame) = low - 8;
	assert_int_equal(remember(&c, c.frames[1]), 0);
	*chains_word(c.frame) = c.end - 8;
	assert_int_equal(remember(&c, c.frames[1]), 0);
	chains_take_stacks();
	munmap(map, PAGE_SIZE + THREAD_SIZE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, chains_start, chains_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_walked_is_known_again),
		TEST(what_has_changed_is_not_known),
		TEST(contexts_remember_for_themselves),
		TEST(nothing_is_remembered_of_code_that_goes),
		TEST(registers_lie_where_user_space_left_them),
		TEST(nothing_is_read_before_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
