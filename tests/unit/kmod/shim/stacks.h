/* SPDX-License-Identifier: GPL-2.0 */
/* What the unwinder sees, and modules that come and go. */
#ifndef SHIM_STACKS_H
#define SHIM_STACKS_H

#include "basics.h"

unsigned int stack_trace_save(unsigned long *frames, unsigned int size, unsigned int nr_skipped);
unsigned int filter_irq_stacks(unsigned long *frames, unsigned int nr);

static inline bool within_module(unsigned long address, const struct module *module)
{
	const struct module_memory *text = &module->mem[MOD_TEXT];

	return address - (unsigned long)text->base < text->size;
}

#define MODULE_STATE_LIVE 0
#define MODULE_STATE_COMING 1
#define MODULE_STATE_GOING 2
#define NOTIFY_OK 1

struct notifier_block {
	int (*notifier_call)(struct notifier_block *block, unsigned long state, void *data);
};

int register_module_notifier(struct notifier_block *block);
int unregister_module_notifier(struct notifier_block *block);

/*
 * The rule of an address: what the test says, or MEMMON_FRAME_REFUSED. The kernel's own way to ask, compat/frame.c, is
 * not part of the tests here.
 */
extern u32 (*shim_frame_rule)(unsigned long address);
/* The stack of interrupts of this thread; NULL = none is known. */
extern _Thread_local char *shim_irq_stack;

/* Addresses have names while a module changes, all of them its. */
#define KSYM_SYMBOL_LEN 200
int sprint_symbol(char *to, unsigned long address);

#endif /* SHIM_STACKS_H */
