/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out how the kernel came to where it asks for memory. */
#ifndef MEMMON_UNWIND_H
#define MEMMON_UNWIND_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/* So many frames of our own, of a probe and of the allocator may lie before those that are wanted. */
#define MEMMON_UNWIND_LEADING 17
#define MEMMON_UNWIND_FRAMES (MEMMON_STACK_FRAMES + MEMMON_UNWIND_LEADING)

void memmon_unwind_init(void);
u32 memmon_unwind(unsigned long call_site, unsigned long frames[MEMMON_UNWIND_FRAMES], u32 *first);

#endif /* MEMMON_UNWIND_H */
