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

#endif /* SHIM_STACKS_H */
