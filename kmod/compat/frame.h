/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asks the kernel's unwinder for the rule of a return address. Only where it goes by ORC tables, which is what
 * 64-bit x86 does; elsewhere there are no rules, and each stack is unwound by the kernel.
 */
#ifndef MEMMON_COMPAT_FRAME_H
#define MEMMON_COMPAT_FRAME_H

#include <linux/types.h>

#if defined(CONFIG_X86_64) && defined(CONFIG_UNWINDER_ORC)
#define MEMMON_HAVE_FRAMES
#endif

/* The part of the address space in which all code lies: its lower half of an address says all. */
#define MEMMON_FRAME_FIRST_CODE 0xffffffff80000000UL

int memmon_frame_init(void);
void memmon_frame_exit(void);
u32 memmon_frame_ask(unsigned long address, char *name);
bool memmon_frame_find_stack(unsigned long address, unsigned long *begin, unsigned long *end);

#endif /* MEMMON_COMPAT_FRAME_H */
