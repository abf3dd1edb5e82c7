// SPDX-License-Identifier: GPL-2.0
/* The table of the rules of return addresses, and walks by it. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>

#include "walk.h"

u64 *memmon_walk_rules __read_mostly;

/* Makes the table. Context: process; may sleep. Return: 0 or -ENOMEM. */
int memmon_walk_create(void)
{
	int ret = memmon_frame_init();

	if (ret)
		return ret;
	memmon_walk_rules = vzalloc(array_size(MEMMON_WALK_PLACES, sizeof(*memmon_walk_rules)));
	if (!memmon_walk_rules) {
		memmon_frame_exit();
		return -ENOMEM;
	}
	return 0;
}

/* Frees the table; nobody walks any more. Context: process; may sleep. */
void memmon_walk_destroy(void)
{
	vfree(memmon_walk_rules);
	memmon_walk_rules = NULL;
	memmon_frame_exit();
}

/* memmon_walk_rule() for an address that is not in its first place. */
noinline notrace u32 memmon_walk_search(u32 address)
{
	u32 place = memmon_walk_home(address), i;

	for (i = 0; i < MEMMON_WALK_PROBES; i++, place++) {
		u64 there = READ_ONCE(memmon_walk_rules[place & (MEMMON_WALK_PLACES - 1)]);

		if ((u32)there == address)
			return there >> 32;
	}
	return MEMMON_FRAME_UNKNOWN;
}

static notrace void enter(u32 address, u32 rule)
{
	u32 place = memmon_walk_home(address), i;

	for (i = 0; i < MEMMON_WALK_PROBES; i++, place++) {
		u64 *at = &memmon_walk_rules[place & (MEMMON_WALK_PLACES - 1)];

		/* Two who learn the same may both enter it. */
		if (!READ_ONCE(*at) && !cmpxchg(at, 0ULL, address | (u64)rule << 32))
			return;
	}
}

/**
 * memmon_walk_learn - see to it that an address has its rule
 * @address: a return address on the stack that the caller runs on
 * @name: KSYM_SYMBOL_LEN characters to work with
 *
 * Context: any but NMI, preemption off.
 */
notrace void memmon_walk_learn(unsigned long address, char *name)
{
	if (memmon_walk_rule(address) == MEMMON_FRAME_UNKNOWN)
		enter(address, memmon_frame_ask(address, name));
}

/* Forgets the rules of code that goes, and runs no more. Context: process. */
void memmon_walk_retire(unsigned long first, unsigned long last)
{
	u32 place;

	for (place = 0; place < MEMMON_WALK_PLACES; place++) {
		u64 there = READ_ONCE(memmon_walk_rules[place]);
		unsigned long address = MEMMON_FRAME_FIRST_CODE | (u32)there;

		if (there && address >= first && address <= last)
			WRITE_ONCE(memmon_walk_rules[place], 0);
	}
}

/* Rules that are known. Context: process. */
u32 memmon_walk_count(void)
{
	u32 place, nr = 0;

	for (place = 0; memmon_walk_rules && place < MEMMON_WALK_PLACES; place++)
		nr += !!READ_ONCE(memmon_walk_rules[place]);
	return nr;
}

/* Whether the registers of what was interrupted are those of user space, at the end of the task's stack. */
static notrace bool ends_in_user_space(const struct memmon_walk *w, u32 rule)
{
#ifdef CONFIG_X86
	return w->sp + memmon_frame_offset(rule) == (unsigned long)task_pt_regs(current);
#else
	return false;
#endif
}

/**
 * memmon_walk - the return addresses of a stack
 * @frame: frame address of a function that is still running; the first return address is its own
 * @end: behind the last byte of the stack
 * @frames: set to the addresses
 * @room: for how many; beyond that the outer ones are cut off
 *
 * Context: any but NMI, preemption off.
 * Return: how many there are; 0 if one of them has no rule.
 */
notrace u32 memmon_walk(unsigned long frame, unsigned long end, unsigned long *frames, u32 room)
{
	unsigned long all = ~0UL;
	struct memmon_walk w;
	u32 nr = 0, rule;

	memmon_walk_begin(&w, frame, end);
	for (;;) {
		rule = memmon_walk_rule(w.ip);
		if (unlikely(!memmon_frame_goes_on(rule)))
			break;
		frames[nr++] = w.ip;
		all &= w.ip;
		if (nr == room)
			goto out;
		if (unlikely(!memmon_walk_step(&w, rule)))
			return 0;
	}
	if (memmon_frame_kind(rule) != MEMMON_FRAME_LAST &&
	    (memmon_frame_kind(rule) != MEMMON_FRAME_REGS || !ends_in_user_space(&w, rule)))
		return 0;
	frames[nr++] = w.ip;
	all &= w.ip;
out:
	/* The table goes by the lower half of addresses: nothing but code may have been taken for code. */
	return all >= MEMMON_FRAME_FIRST_CODE ? nr : 0;
}
