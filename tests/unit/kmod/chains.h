/* SPDX-License-Identifier: GPL-2.0 */
/* Made-up functions and their stacks, for tests of walks and of stacks that are remembered. */
#ifndef CHAINS_H
#define CHAINS_H

#include "shim.h"

#define CHAINS_CODE 0xffffffff81000000UL
#define CHAINS_FUNCTIONS 400
#define CHAINS_FRAMES 50
#define CHAINS_ROUNDS 20000

/**
 * struct chain - a stack as it was laid out
 * @frame: frame address of the innermost function
 * @end: of the stack on which that lies
 * @frames: the return addresses
 * @nr: how many
 * @fixed: where frame pointers of functions that align their stack were saved: these lie as far from the frames of whom
 *	   they call as the compiler has put them, whatever the word says
 * @nr_fixed: how many
 */
struct chain {
	unsigned long frame;
	unsigned long end;
	unsigned long frames[CHAINS_FRAMES];
	u32 nr;
	unsigned long fixed[CHAINS_FRAMES];
	u32 nr_fixed;
};

/* By number of the function; its return address is chains_address(). */
extern u32 chains_rules[CHAINS_FUNCTIONS];
/* The stacks of this thread. */
extern _Thread_local unsigned long chains_task_stack[THREAD_SIZE / sizeof(long)];
extern _Thread_local unsigned long chains_irq_stack[THREAD_SIZE / sizeof(long)];
/* From so many functions are those of a stack chosen; all at first. */
extern _Thread_local u32 chains_nr_functions;

/* Makes the functions and prepares the unwinder, which knows no rule yet; takes that back. */
int chains_start(void **state);
int chains_stop(void **state);
/* Gives the functions from @first on other rules. */
void chains_make_functions(u32 first);
/* Has this thread run on its stacks, as chains_start() does for the first one. */
void chains_take_stacks(void);
/* Has all rules learned. */
void chains_learn(void);

unsigned long chains_address(u32 function);
unsigned long *chains_word(unsigned long address);
/* A function that can come next: one that goes by its frame pointer needs one that nobody has used yet. */
u32 chains_choose(bool has_bp);
/* Lays out a stack of @nr frames, from the innermost on; @switches: its outer half lies on the task's own stack. */
void chains_lay_out(struct chain *c, u32 nr, bool switches);
/* Has a function another rule from now on, and learns it. */
void chains_set_rule(u32 function, u32 rule);
/* Lays out a stack of two frames that ends where user space has left its registers; and the same a word farther down. */
void chains_lay_out_user(struct chain *c);
void chains_move_down(struct chain *c);
u32 chains_walk(const struct chain *c, unsigned long *frames);

#endif /* CHAINS_H */
