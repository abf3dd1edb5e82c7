// SPDX-License-Identifier: GPL-2.0
/*
 * The rule of a return address, found by asking the kernel's unwinder.
 *
 * The unwinder is given a state of our making: that address, and stack and frame pointers into a stack of our own,
 * whose words say where they lie. One step of it shows which words it read and where it went, and so the rule; a
 * second one with another frame pointer shows what follows from which. Nothing of the kernel's tables is read by
 * us.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "compat/frame.h"
#include "compat/irq_stack.h"
#include "frame_rule.h"

#ifdef MEMMON_HAVE_FRAMES

#include <asm/unwind.h>

/* Words of the made-up stack; where the two pointers point, the second in two places. */
#define WORDS 2048
#define SP_WORD 16
#define BP_WORD 1024
#define BP_MOVE 72
/* Where the word at the stack pointer points, which may be that of another stack; no frame is so large. */
#define OTHER_WORD 1900
/* So many words below the frame pointer point to such ends of frames, eight words apart. */
#define ENDS 16
#define END_WORD 1700

/* What the other words say: their number, and no address of anything. */
#define WORD_MARK 0x5ead000000000000UL

static unsigned long *words;

/* Where the word points that lies @nr words below the frame pointer. */
static notrace unsigned long end_address(unsigned int nr)
{
	return (unsigned long)&words[END_WORD + 8 * nr];
}

/* Any two tasks. The unwinder complains in the kernel log about the current one only, so it is told another. */
static struct task_struct *someone;

/**
 * memmon_frame_init - prepare for memmon_frame_ask()
 *
 * Context: process; may sleep. Return: 0 or -ENOMEM.
 */
int memmon_frame_init(void)
{
	unsigned int i;

	words = vmalloc(array_size(WORDS, sizeof(*words)));
	if (!words)
		return -ENOMEM;
	for (i = 0; i < WORDS; i++)
		words[i] = WORD_MARK + i;
	words[SP_WORD] = (unsigned long)&words[OTHER_WORD];
	for (i = 1; i <= ENDS; i++)
		words[BP_WORD - i] = words[BP_WORD + BP_MOVE - i] = end_address(i);
	someone = current;
	get_task_struct(someone);
	return 0;
}

/* Ends what memmon_frame_init() began; nobody asks any more. */
void memmon_frame_exit(void)
{
	put_task_struct(someone);
	vfree(words);
	words = NULL;
}

/* One step of the unwinder from @address. Return: whether it knew the way. */
static notrace bool step(unsigned long address, unsigned int bp_word, struct unwind_state *state)
{
	memset(state, 0, sizeof(*state));
	state->task = current == someone ? &init_task : someone;
	state->ip = address;
	state->sp = (unsigned long)&words[SP_WORD];
	state->bp = (unsigned long)&words[bp_word];
	state->stack_info.type = STACK_TYPE_TASK;
	state->stack_info.begin = words;
	state->stack_info.end = words + WORDS;
	unwind_next_frame(state);
	return !state->error;
}

/* How far the caller's frame pointer lies below the end of the frame, in bytes; 0 if it is where it was, -1 if unclear. */
static notrace long bp_distance(const struct unwind_state *state, unsigned int bp_word)
{
	if (state->bp == (unsigned long)&words[bp_word])
		return 0;
	if (state->bp == words[SP_WORD])
		return state->sp - (unsigned long)&words[SP_WORD];
	if (state->bp - WORD_MARK >= WORDS)
		return -1;
	return state->sp - (unsigned long)&words[state->bp - WORD_MARK];
}

/* The rule of a function that has aligned its stack; see MEMMON_FRAME_ALIGNED. */
static notrace u32 aligned_rule(const struct unwind_state *a, const struct unwind_state *b)
{
	unsigned int i;

	if (a->sp != b->sp || a->bp != WORD_MARK + BP_WORD ||
	    b->bp != WORD_MARK + BP_WORD + BP_MOVE)
		return MEMMON_FRAME_REFUSED;
	for (i = 1; i <= ENDS; i++) {
		if (a->sp == end_address(i))
			return memmon_frame_rule(MEMMON_FRAME_ALIGNED, i * sizeof(*words), 0);
	}
	return MEMMON_FRAME_REFUSED;
}

/* The rule of a frame that ends with a return address. @a, @b: behind it, for the two frame pointers. */
static notrace u32 call_rule(const struct unwind_state *a, const struct unwind_state *b)
{
	long bp = bp_distance(a, BP_WORD);
	unsigned long from;

	if (a->ip != *((unsigned long *)a->sp - 1) || b->ip != *((unsigned long *)b->sp - 1))
		return MEMMON_FRAME_REFUSED;
	if (a->sp > end_address(0) && a->sp <= end_address(ENDS))
		return aligned_rule(a, b);
	if (bp < 0 || bp != bp_distance(b, BP_WORD + BP_MOVE))
		return MEMMON_FRAME_REFUSED;
	from = (unsigned long)&words[OTHER_WORD];
	if (a->sp == b->sp && a->sp > from)
		return memmon_frame_rule(MEMMON_FRAME_SWITCH, a->sp - from, bp);
	from = (unsigned long)&words[SP_WORD];
	if (a->sp == b->sp && a->sp > from)
		return memmon_frame_rule(MEMMON_FRAME_SP, a->sp - from, bp);
	from = (unsigned long)&words[BP_WORD];
	if (b->sp - a->sp == BP_MOVE * sizeof(*words) && a->sp > from)
		return memmon_frame_rule(MEMMON_FRAME_BP, a->sp - from, bp);
	return MEMMON_FRAME_REFUSED;
}

/* The code of BPF programs, and what ftrace and kprobes have made, comes and goes without notice. */
static notrace bool stays_or_says_so(unsigned long address, char *name)
{
	static const char *const makers[] = { "[bpf]", "[__builtin__ftrace]",
					      "[__builtin__kprobes]" };
	unsigned int i;

	sprint_symbol(name, address);
	if (!strchr(name, '+'))
		return false;
	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		if (strstr(name, makers[i]))
			return false;
	}
	return true;
}

/**
 * memmon_frame_ask - the rule of a return address
 * @address: found on the stack that the caller runs on
 * @name: KSYM_SYMBOL_LEN characters to work with
 *
 * Context: any but NMI, preemption off. Takes some ten thousand instructions.
 * Return: a rule, MEMMON_FRAME_REFUSED if there is none, or it cannot be kept.
 */
notrace u32 memmon_frame_ask(unsigned long address, char *name)
{
	unsigned long two[2] = { address, 0 };
	struct unwind_state a, b;

	if (address < MEMMON_FRAME_FIRST_CODE || !stays_or_says_so(address, name))
		return MEMMON_FRAME_REFUSED;
	/* Where an interrupt began, a stack is cut behind that frame. */
	if (memmon_irq_stack_cut(two, 2) == 1)
		return MEMMON_FRAME_LAST;
	if (!step(address, BP_WORD, &a) || !step(address, BP_WORD + BP_MOVE, &b) ||
	    unwind_done(&a) != unwind_done(&b))
		return MEMMON_FRAME_REFUSED;
	if (unwind_done(&a))
		return MEMMON_FRAME_LAST;
	if (a.regs)
		return a.full_regs && a.regs == b.regs ?
			       memmon_frame_rule(
				       MEMMON_FRAME_REGS,
				       (unsigned long)a.regs - (unsigned long)&words[SP_WORD], 0) :
			       MEMMON_FRAME_REFUSED;
	return call_rule(&a, &b);
}

/**
 * memmon_frame_find_stack - where the stack lies that the caller runs on
 * @address: in it
 * @begin: set to its first byte
 * @end: set behind its last one
 *
 * Context: any but NMI, preemption off.
 * Return: false if it is none that stays where it is as long as the CPU runs.
 */
notrace bool memmon_frame_find_stack(unsigned long address, unsigned long *begin,
				     unsigned long *end)
{
	struct unwind_state state;

	unwind_start(&state, current, NULL, NULL);
	*begin = (unsigned long)state.stack_info.begin;
	*end = (unsigned long)state.stack_info.end;
	return state.stack_info.type == STACK_TYPE_IRQ && address >= *begin && address < *end;
}

#else

int memmon_frame_init(void)
{
	return 0;
}

void memmon_frame_exit(void)
{
}

u32 memmon_frame_ask(unsigned long address, char *name)
{
	return MEMMON_FRAME_REFUSED;
}

bool memmon_frame_find_stack(unsigned long address, unsigned long *begin, unsigned long *end)
{
	return false;
}

#endif
