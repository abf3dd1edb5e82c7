// SPDX-License-Identifier: GPL-2.0
/*
 * Tests walks by rules, and stacks that are remembered: made-up functions, whose frames are laid out on a made-up
 * stack by the same rules the other way round.
 */
#include <stdlib.h>

#include "memo.h"
#include "shim.h"
#include "unit.h"
#include "unwind.h"
#include "walk.h"

#define CODE 0xffffffff81000000UL
#define NR_FUNCTIONS 400
#define MOST_FRAMES 50
#define ROUNDS 20000

static u32 rules[NR_FUNCTIONS];
static unsigned long task_stack[THREAD_SIZE / sizeof(long)];
static unsigned long irq_stack[THREAD_SIZE / sizeof(long)];

/**
 * struct chain - a stack as it was laid out
 * @frame: frame address of the innermost function
 * @end: of the stack on which that lies
 * @frames: the return addresses
 * @nr: how many
 */
struct chain {
	unsigned long frame;
	unsigned long end;
	unsigned long frames[MOST_FRAMES];
	u32 nr;
};

static unsigned long address_of(u32 function)
{
	return CODE + function * 64;
}

static u32 rule_of(unsigned long address)
{
	u32 function = (address - CODE) / 64;

	return address >= CODE && function < NR_FUNCTIONS ? rules[function] : MEMMON_FRAME_REFUSED;
}

/*
 * Functions of all kinds: the first is the last frame of a stack, the second goes from one stack to another, the third
 * is called by user space, some align their stack.
 */
static void make_functions(void)
{
	u32 i;

	rules[0] = MEMMON_FRAME_LAST;
	rules[1] = memmon_frame_rule(MEMMON_FRAME_SWITCH, 8, 0);
	rules[2] = memmon_frame_rule(MEMMON_FRAME_REGS, 8, 0);
	for (i = 3; i < NR_FUNCTIONS; i++) {
		unsigned long words = 1 + random() % 12;
		unsigned long bp = random() % 2 && words > 1 ? 2 + random() % (words - 1) : 0;

		if (i % 25 == 0) {
			rules[i] = memmon_frame_rule(MEMMON_FRAME_ALIGNED, 8, 0);
			continue;
		}
		rules[i] = memmon_frame_rule(i % 8 ? MEMMON_FRAME_SP : MEMMON_FRAME_BP, words * 8,
					     (i % 8 ? bp : 2) * 8);
	}
}

static int start(void **state)
{
	(void)state;
	srandom(1);
	shim_allocations_left = -1;
	shim_cpu = 0;
	shim_preempt_count = 0;
	make_functions();
	shim_frame_rule = rule_of;
	shim_irq_stack = (char *)irq_stack;
	current->stack = task_stack;
	assert_int_equal(memmon_unwind_get(), 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	memmon_unwind_put();
	shim_frame_rule = NULL;
	shim_irq_stack = NULL;
	shim_interrupt_cancel();
	return 0;
}

static void learn_all(void)
{
	u32 i;

	for (i = 0; i < NR_FUNCTIONS; i++)
		memmon_walk_learn(address_of(i), NULL);
	assert_int_equal(memmon_walk_count(), NR_FUNCTIONS);
}

static unsigned long *word(unsigned long address)
{
	return (unsigned long *)address;
}

/* A function that can come next: one that goes by its frame pointer needs one that nobody has used yet. */
static u32 choose(bool has_bp)
{
	u32 function;

	do {
		function = 3 + random() % (NR_FUNCTIONS - 3);
	} while (!has_bp && (memmon_frame_kind(rules[function]) == MEMMON_FRAME_BP ||
			     memmon_frame_kind(rules[function]) == MEMMON_FRAME_ALIGNED));
	return function;
}

/* Lays out a stack of @nr frames, from the innermost on; @switches: its outer half lies on the task's own stack. */
static void lay_out(struct chain *c, u32 nr, bool switches)
{
	unsigned long *stack = switches ? irq_stack : task_stack;
	unsigned long sp, bp_at, place;
	u32 i, function;
	bool has_bp = true;

	for (i = 0; i < THREAD_SIZE / sizeof(long); i++)
		stack[i] = random() % 3 ? (unsigned long)random() : address_of(choose(true));
	c->frame = (unsigned long)&stack[200 + random() % 50];
	c->end = (unsigned long)stack + THREAD_SIZE;
	c->nr = nr;
	sp = c->frame + 16;
	bp_at = c->frame;
	place = c->frame + 8;
	for (i = 0; i < nr; i++) {
		unsigned long end;

		function = i + 1 == nr ? 0 : choose(has_bp);
		if (switches && i == nr / 2 && function)
			function = 1;
		c->frames[i] = *word(place) = address_of(function);
		end = sp + memmon_frame_offset(rules[function]);
		if (function == 1) {
			end = (unsigned long)&task_stack[1000 + random() % 100];
			*word(sp) = end - 8;
		} else if (memmon_frame_kind(rules[function]) == MEMMON_FRAME_BP) {
			end = sp + 8 * (4 + random() % 20);
			*word(bp_at) = end - memmon_frame_offset(rules[function]);
			has_bp = false;
		}
		if (memmon_frame_kind(rules[function]) == MEMMON_FRAME_ALIGNED) {
			unsigned long bp = sp + 8 * (1 + random() % 4);

			end = bp + 8 * (2 + random() % 8);
			*word(bp_at) = bp;
			*word(bp - 8) = end;
			bp_at = bp;
			has_bp = true;
		}
		if (memmon_frame_bp(rules[function])) {
			bp_at = end - memmon_frame_bp(rules[function]);
			has_bp = true;
		}
		place = end - 8;
		sp = end;
	}
}

static u32 walk(const struct chain *c, unsigned long *frames)
{
	return memmon_walk(c->frame, c->end, frames, MEMMON_UNWIND_FRAMES);
}

/* Whoever has less room gets the inner ones. */
static void check_walk(const struct chain *c)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES] = {};

	assert_int_equal(memmon_walk(c->frame, c->end, frames, c->nr - 1), c->nr - 1);
	assert_int_equal(frames[c->nr - 1], 0);
	assert_int_equal(walk(c, frames), c->nr);
	assert_memory_equal(frames, c->frames, c->nr * sizeof(*frames));
}

/* What memmon_unwind() makes of frames that were walked. */
static struct memmon_trace trace_of(const unsigned long *frames, u32 first, u32 nr)
{
	struct memmon_trace trace = { .frames = frames + first, .nr = nr - first };
	u32 i;

	for (i = first; i < nr; i++)
		trace.sum = memmon_stack_hash_add(trace.sum, frames[i]);
	trace.hash = memmon_stack_hash_end(trace.sum);
	return trace;
}

static u64 remember(const struct chain *c, unsigned long call_site)
{
	struct memmon_memos *m = this_cpu_read(memmon_memos);

	return memmon_memo_find(m, c->frame, c->end, call_site, false) ?:
		       memmon_memo_search(m, c->frame, call_site, false);
}

static u64 keep(const struct chain *c, bool has_site)
{
	u32 first = c->nr > 3 ? 1 + random() % 2 : 1;
	struct memmon_trace trace = trace_of(c->frames, first, c->nr);

	memmon_memo_keep(c->frame, c->end, has_site ? c->frames[first] : 0, c->frames, &trace);
	return trace.hash;
}

static void walks_find_every_frame(void **state)
{
	struct chain c;
	u32 i;

	(void)state;
	learn_all();
	for (i = 0; i < ROUNDS; i++) {
		lay_out(&c, 2 + random() % (MOST_FRAMES - 2), random() % 4 == 0);
		check_walk(&c);
	}
}

static void a_walk_with_an_unknown_frame_fails(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	struct chain c;
	u32 i, at;

	(void)state;
	for (i = 0; i < NR_FUNCTIONS; i += 2)
		memmon_walk_learn(address_of(i), NULL);
	for (i = 0; i < ROUNDS; i++) {
		lay_out(&c, 10, false);
		for (at = 0; at < 10 && !((c.frames[at] - CODE) / 64 % 2); at++)
			;
		assert_int_equal(walk(&c, frames), at < 10 ? 0 : 10);
	}
}

/* Who was interrupted elsewhere than in user space is not the end. */
static void registers_are_the_end_where_user_space_left_them(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	unsigned long *top = &task_stack[THREAD_SIZE / sizeof(long) - 21 - 1];
	struct chain c = { .nr = 2, .frame = (unsigned long)(top - 3) };
	u64 hash;

	(void)state;
	learn_all();
	c.end = (unsigned long)task_stack + THREAD_SIZE;
	rules[3] = memmon_frame_rule(MEMMON_FRAME_SP, 8, 0);
	memmon_unwind_retire(address_of(3), address_of(3));
	learn_all();
	c.frames[0] = top[-2] = address_of(3);
	c.frames[1] = top[-1] = address_of(2);
	check_walk(&c);
	hash = keep(&c, true);
	assert_int_equal(remember(&c, c.frames[1]), hash);
	/* The same a word farther down. */
	c.frame -= 8;
	top[-3] = address_of(3);
	top[-2] = address_of(2);
	assert_int_equal(walk(&c, frames), 0);
	assert_int_equal(remember(&c, c.frames[1]), 0);
}

static void code_that_goes_has_no_rules(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	struct chain c;

	(void)state;
	learn_all();
	lay_out(&c, 10, false);
	check_walk(&c);
	memmon_unwind_retire(c.frames[4], c.frames[4]);
	assert_int_equal(memmon_walk_count(), NR_FUNCTIONS - 1);
	assert_int_equal(walk(&c, frames), 0);
	learn_all();
	check_walk(&c);
}

/* Whatever lies on the stack, nothing behind its end is read; ASan would tell. */
static void a_walk_stays_on_its_stack(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	unsigned long *small = malloc(64 * sizeof(long));
	u32 i, k;

	(void)state;
	learn_all();
	rules[0] = MEMMON_FRAME_REFUSED;
	for (i = 0; i < ROUNDS; i++) {
		for (k = 0; k < 64; k++)
			small[k] = random() % 3 ? address_of(choose(true)) :
						  (unsigned long)&small[random() % 80];
		memmon_walk((unsigned long)small, (unsigned long)(small + 64), frames, 100);
	}
	free(small);
}

/* Stacks of the task and of interrupts, with and without call site, are known again; most of them. */
static void what_was_walked_is_known_again(void **state)
{
	u32 i, nr_known = 0;
	struct chain c;

	(void)state;
	learn_all();
	for (i = 0; i < ROUNDS; i++) {
		bool has_site = random() % 2, switches = random() % 4 == 0;
		u64 hash, found;

		lay_out(&c, 4 + random() % 12, switches);
		per_cpu(memmon_memos, 0)->stack_begin = (unsigned long)irq_stack;
		per_cpu(memmon_memos, 0)->stack_end = (unsigned long)irq_stack + THREAD_SIZE;
		hash = keep(&c, has_site);
		found = remember(&c, has_site ? c.frames[1] : 0) ?:
				remember(&c, has_site ? c.frames[2] : 0);
		if (found)
			assert_int_equal(found, hash);
		nr_known += !!found;
	}
	/* Some have too many parts. */
	assert_true(nr_known > ROUNDS * 3 / 4);
}

/* One word of the stack changes after it was remembered: it is never taken for what it was if a frame changed. */
static void what_has_changed_is_not_known(void **state)
{
	unsigned long frames[MEMMON_UNWIND_FRAMES];
	u32 i, nr, nr_changed = 0;
	struct chain c;

	(void)state;
	learn_all();
	for (i = 0; i < ROUNDS; i++) {
		struct memmon_trace trace;
		u64 hash, found;

		lay_out(&c, 8, false);
		hash = keep(&c, true);
		*word(c.frame + 8 + random() % 60 * 8) = address_of(choose(true));
		found = remember(&c, c.frames[1]) ?: remember(&c, c.frames[2]);
		nr = walk(&c, frames);
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
	assert_in_range(nr_changed, ROUNDS / 20, ROUNDS * 19 / 20);
}

static void nothing_is_remembered_of_code_that_goes(void **state)
{
	struct chain c;

	(void)state;
	learn_all();
	lay_out(&c, 10, false);
	keep(&c, true);
	assert_true(remember(&c, c.frames[1]) || remember(&c, c.frames[2]));
	memmon_unwind_retire(CODE - 2, CODE - 1);
	assert_false(remember(&c, c.frames[1]) || remember(&c, c.frames[2]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(walks_find_every_frame),
		TEST(a_walk_with_an_unknown_frame_fails),
		TEST(registers_are_the_end_where_user_space_left_them),
		TEST(code_that_goes_has_no_rules),
		TEST(a_walk_stays_on_its_stack),
		TEST(what_was_walked_is_known_again),
		TEST(what_has_changed_is_not_known),
		TEST(nothing_is_remembered_of_code_that_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
