// SPDX-License-Identifier: GPL-2.0
/* A stack that the test has made up, and modules. */
#include "shim.h"

#include "compat/frame.h"
#include "frame_rule.h"

_Thread_local unsigned long shim_frames[SHIM_FRAMES];
_Thread_local unsigned int shim_nr_frames;

unsigned int stack_trace_save(unsigned long *frames, unsigned int size, unsigned int nr_skipped)
{
	unsigned int nr = min(size, shim_nr_frames);

	assert(!nr_skipped);
	memcpy(frames, shim_frames, nr * sizeof(*frames));
	return nr;
}

/* The frame at which the interrupt began is the last. */
unsigned int filter_irq_stacks(unsigned long *frames, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (frames[i] == SHIM_IRQ_ENTRY)
			return i + 1;
	}
	return nr;
}

u32 (*shim_frame_rule)(unsigned long address);
_Thread_local char *shim_irq_stack;

int memmon_frame_init(void)
{
	return 0;
}

void memmon_frame_exit(void)
{
}

u32 memmon_frame_ask(unsigned long address, char *name)
{
	(void)name;
	return shim_frame_rule ? shim_frame_rule(address) : MEMMON_FRAME_REFUSED;
}

bool memmon_frame_find_stack(unsigned long address, unsigned long *begin, unsigned long *end)
{
	*begin = (unsigned long)shim_irq_stack;
	*end = *begin + THREAD_SIZE;
	return shim_irq_stack && address >= *begin && address < *end;
}

static struct notifier_block *notifier;
static const struct module *changing;
int shim_notifier_error;

int register_module_notifier(struct notifier_block *block)
{
	assert(!notifier);
	if (!shim_notifier_error)
		notifier = block;
	return shim_notifier_error;
}

int unregister_module_notifier(struct notifier_block *block)
{
	assert(notifier == block);
	notifier = NULL;
	return 0;
}

bool shim_has_notifier(void)
{
	return notifier;
}

void shim_module_change(unsigned long state, struct module *module)
{
	changing = module;
	assert(notifier->notifier_call(notifier, state, module) == NOTIFY_OK);
	changing = NULL;
}

int sprint_symbol(char *to, unsigned long address)
{
	assert(changing);
	return sprintf(to, "function_%lx+0x12/0x34 [%s]", address, changing->name);
}
