/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out how the kernel came to where it asks for memory. */
#ifndef MEMMON_UNWIND_H
#define MEMMON_UNWIND_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/* So many frames of our own, of a probe and of the allocator may lie before those that are wanted. */
#define MEMMON_UNWIND_LEADING 17
#define MEMMON_UNWIND_FRAMES (MEMMON_STACK_FRAMES + MEMMON_UNWIND_LEADING)

/**
 * struct memmon_trace - a stack
 * @hash: of its frames; see stack.h
 * @frames: return addresses, the innermost first. Of this CPU and context, until it unwinds again
 * @nr: how many, 1 to MEMMON_STACK_FRAMES
 */
struct memmon_trace {
	u64 hash;
	const unsigned long *frames;
	u32 nr;
};

int memmon_unwind_get(void);
void memmon_unwind_put(void);
bool memmon_unwind(unsigned long call_site, struct memmon_trace *trace);
void memmon_unwind_retire(unsigned long first, unsigned long last);

#endif /* MEMMON_UNWIND_H */
