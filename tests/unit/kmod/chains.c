// SPDX-License-Identifier: GPL-2.0
/* Made-up functions, and stacks on which their frames are laid out by the same rules by which they are walked. */
#include <stdlib.h>

#include "chains.h"
#include "unit.h"
#include "unwind.h"
#include "walk.h"

u32 chains_rules[CHAINS_FUNCTIONS];
_Thread_local unsigned long chains_task_stack[THREAD_SIZE / sizeof(long)];
_Thread_local unsigned long chains_irq_stack[THREAD_SIZE / sizeof(long)];
_Thread_local u32 chains_nr_functions = CHAINS_FUNCTIONS;

unsigned long chains_address(u32 function)
{
	return CHAINS_CODE + function * 64;
}

static u32 rule_of(unsigned long address)
{
	u32 function = (address - CHAINS_CODE) / 64;

	return address >= CHAINS_CODE && function < CHAINS_FUNCTIONS ? chains_rules[function] :
								       MEMMON_FRAME_REFUSED;
}

void chains_make_functions(u32 first)
{
	u32 i;

	for (i = first; i < CHAINS_FUNCTIONS; i++) {
		unsigned long words = 1 + random() % 12;
		unsigned long bp = random() % 2 && words > 1 ? 2 + random() % (words - 1) : 0;

		if (i % 25 == 0) {
			chains_rules[i] = memmon_frame_rule(MEMMON_FRAME_ALIGNED, 8, 0);
			continue;
		}
		chains_rules[i] = memmon_frame_rule(i % 8 ? MEMMON_FRAME_SP : MEMMON_FRAME_BP,
						    words * 8, (i % 8 ? bp : 2) * 8);
	}
}

/*
 * Functions of all kinds: the first is the last frame of a stack, the second goes from one stack to another, the third
 * is called by user space, some align their stack.
 */
static void make_functions(void)
{
	chains_rules[0] = MEMMON_FRAME_LAST;
	chains_rules[1] = memmon_frame_rule(MEMMON_FRAME_SWITCH, 8, 0);
	chains_rules[2] = memmon_frame_rule(MEMMON_FRAME_REGS, 8, 0);
	chains_make_functions(3);
}

void chains_take_stacks(void)
{
	shim_irq_stack = (char *)chains_irq_stack;
	current->stack = chains_task_stack;
}

int chains_start(void **state)
{
	(void)state;
	srandom(1);
	shim_allocations_left = -1;
	shim_cpu = 0;
	shim_preempt_count = 0;
	make_functions();
	shim_frame_rule = rule_of;
	chains_take_stacks();
	assert_int_equal(memmon_unwind_get(), 0);
	return 0;
}

int chains_stop(void **state)
{
	(void)state;
	memmon_unwind_put();
	shim_frame_rule = NULL;
	shim_irq_stack = NULL;
	shim_interrupt_cancel();
	return 0;
}

void chains_learn(void)
{
	u32 i;

	for (i = 0; i < CHAINS_FUNCTIONS; i++)
		memmon_walk_learn(chains_address(i), NULL);
	assert_int_equal(memmon_walk_count(), CHAINS_FUNCTIONS);
}

unsigned long *chains_word(unsigned long address)
{
	return (unsigned long *)address;
}

/* A function that can come next: one that goes by its frame pointer needs one that nobody has used yet. */
u32 chains_choose(bool has_bp)
{
	u32 function;

	do {
		function = 3 + random() % (chains_nr_functions - 3);
	} while (!has_bp && (memmon_frame_kind(chains_rules[function]) == MEMMON_FRAME_BP ||
			     memmon_frame_kind(chains_rules[function]) == MEMMON_FRAME_ALIGNED));
	return function;
}

/* Lays out a stack of @nr frames, from the innermost on; @switches: its outer half lies on the task's own stack. */
void chains_lay_out(struct chain *c, u32 nr, bool switches)
{
	unsigned long *stack = switches ? chains_irq_stack : chains_task_stack;
	unsigned long sp, bp_at, place;
	u32 i, function;
	bool has_bp = true;

	for (i = 0; i < THREAD_SIZE / sizeof(long); i++)
		stack[i] = random() % 3 ? (unsigned long)random() :
					  chains_address(chains_choose(true));
	c->frame = (unsigned long)&stack[200 + random() % 50];
	c->end = (unsigned long)stack + THREAD_SIZE;
	c->nr = nr;
	c->nr_fixed = 0;
	sp = c->frame + 16;
	bp_at = c->frame;
	place = c->frame + 8;
	for (i = 0; i < nr; i++) {
		unsigned long end;

		function = i + 1 == nr ? 0 : chains_choose(has_bp);
		if (switches && i == nr / 2 && function)
			function = 1;
		c->frames[i] = *chains_word(place) = chains_address(function);
		end = sp + memmon_frame_offset(chains_rules[function]);
		if (function == 1) {
			end = (unsigned long)&chains_task_stack[1000 + random() % 100];
			*chains_word(sp) = end - 8;
		} else if (memmon_frame_kind(chains_rules[function]) == MEMMON_FRAME_BP) {
			end = sp + 8 * (4 + random() % 20);
			*chains_word(bp_at) = end - memmon_frame_offset(chains_rules[function]);
			has_bp = false;
		}
		if (memmon_frame_kind(chains_rules[function]) == MEMMON_FRAME_ALIGNED) {
			unsigned long bp = sp + 8 * (1 + random() % 4);

			end = bp + 8 * (2 + random() % 8);
			c->fixed[c->nr_fixed++] = bp_at;
			*chains_word(bp_at) = bp;
			*chains_word(bp - 8) = end;
			bp_at = bp;
			has_bp = true;
		}
		if (memmon_frame_bp(chains_rules[function])) {
			bp_at = end - memmon_frame_bp(chains_rules[function]);
			has_bp = true;
		}
		place = end - 8;
		sp = end;
	}
}

void chains_set_rule(u32 function, u32 rule)
{
	chains_rules[function] = rule;
	memmon_unwind_retire(chains_address(function), chains_address(function));
	chains_learn();
}

/* Where the registers of user space lie: 21 words at the end of the stack. */
static unsigned long *user_registers(void)
{
	return &chains_task_stack[THREAD_SIZE / sizeof(long) - 21 - 1];
}

static void put_frames(struct chain *c, unsigned long *top)
{
	c->frame = (unsigned long)(top - 3);
	c->frames[0] = top[-2] = chains_address(3);
	c->frames[1] = top[-1] = chains_address(2);
}

void chains_lay_out_user(struct chain *c)
{
	chains_set_rule(3, memmon_frame_rule(MEMMON_FRAME_SP, 8, 0));
	c->nr = 2;
	c->end = (unsigned long)chains_task_stack + THREAD_SIZE;
	put_frames(c, user_registers());
}

void chains_move_down(struct chain *c)
{
	put_frames(c, user_registers() - 1);
}

u32 chains_walk(const struct chain *c, unsigned long *frames)
{
	return memmon_walk(c->frame, c->end, frames, MEMMON_UNWIND_FRAMES);
}
