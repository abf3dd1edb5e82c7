/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out how the kernel came to where it asks for memory. */
#ifndef MEMMON_UNWIND_H
#define MEMMON_UNWIND_H

#include <linux/jump_label.h>
#include <linux/types.h>

#include <uapi/mem_monitor.h>

#include "memo.h"

/* So many frames of our own, of a probe and of the allocator may lie before those that are wanted. */
#define MEMMON_UNWIND_LEADING 17
#define MEMMON_UNWIND_FRAMES (MEMMON_STACK_FRAMES + MEMMON_UNWIND_LEADING)

/* Each stack that was found fast is unwound by the kernel, too: the module parameter verify_stacks. */
DECLARE_STATIC_KEY_FALSE(memmon_unwind_is_verified);

int memmon_unwind_get(void);
void memmon_unwind_put(void);
bool memmon_unwind(unsigned long call_site, unsigned long frame, struct memmon_trace *trace);
void memmon_unwind_verify(unsigned long call_site, u64 hash);
bool memmon_unwind_read_counts(u64 counts[MEMMON_NR_UNWIND_COUNTS], u32 *nr_rules);
void memmon_unwind_retire(unsigned long first, unsigned long last);

#endif /* MEMMON_UNWIND_H */
