// SPDX-License-Identifier: GPL-2.0
/* Names of the functions whose returns are watched, and arguments that are not where others are. */
#include <linux/ptrace.h>

#include "hook.h"

const struct memmon_call_symbol memmon_hook_cache_alloc_bulk[] = {
	{ "kmem_cache_alloc_bulk_noprof", 2, 1 },
	{ "kmem_cache_alloc_bulk", 2, 1 },
	{}
};

const struct memmon_call_symbol memmon_hook_kmalloc_nolock[] = { { "_kmalloc_nolock_noprof", 0,
								   1 + MEMMON_CALL_TOKENS },
								 { "kmalloc_nolock_noprof", 0, 1 },
								 {} };

const struct memmon_call_symbol memmon_hook_krealloc[] = { { "krealloc_node_align_noprof", 1,
							     3 + MEMMON_CALL_TOKENS },
							   { "krealloc_noprof", 1, 2 },
							   { "krealloc", 1, 2 },
							   {} };

const struct memmon_call_symbol memmon_hook_vmalloc[] = { { "__vmalloc_node_range_noprof", 0, 4 },
							  { "__vmalloc_node_range", 0, 4 },
							  {} };

/* Kernels without the function have no names to look for: see ask/pages_bulk.c. */
const struct memmon_call_symbol memmon_hook_pages_bulk[] = {
#if defined(MEMMON_HAVE_PAGES_BULK) || defined(MEMMON_HAVE_PAGES_BULK_LIST)
	{ "alloc_pages_bulk_noprof", 3, 0 },
	{ "__alloc_pages_bulk", 3, 0 },
#endif
	{}
};

/**
 * memmon_hook_rcu_object - what kvfree_call_rcu() is to free
 * @regs: at its start
 *
 * Context: any.
 * Return: the address; see ask/kvfree_offset.c.
 */
notrace unsigned long memmon_hook_rcu_object(struct pt_regs *regs)
{
#ifdef MEMMON_HAVE_KVFREE_OFFSET
	unsigned long head = regs_get_kernel_argument(regs, 0);
	unsigned long offset_or_object = regs_get_kernel_argument(regs, 1);

	return head ? head - offset_or_object : offset_or_object;
#else
	return regs_get_kernel_argument(regs, 1);
#endif
}
NOKPROBE_SYMBOL(memmon_hook_rcu_object);

/**
 * memmon_hook_has_bulk - whether kmem_cache_alloc_bulk() has given what was asked for: all, or nothing
 * @regs: at its return
 *
 * A bool fills only the lowest byte of the register; see ask/bulk_is_bool.c. Context: any.
 */
notrace bool memmon_hook_has_bulk(struct pt_regs *regs)
{
#ifdef MEMMON_HAVE_BULK_IS_BOOL
	return (u8)regs_return_value(regs);
#else
	return (int)regs_return_value(regs) > 0;
#endif
}
NOKPROBE_SYMBOL(memmon_hook_has_bulk);

/**
 * memmon_hook_vmalloc_caller - for whom __vmalloc_node_range() is called, as its caller says
 * @regs: at its start
 *
 * Context: any.
 * Return: the ninth argument, the third on the stack; elsewhere than on x86-64 the return address.
 */
notrace unsigned long memmon_hook_vmalloc_caller(struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	unsigned long caller = regs_get_kernel_stack_nth(regs, 3);

	if (caller)
		return caller;
#endif
	return memmon_call_return_address(regs);
}
NOKPROBE_SYMBOL(memmon_hook_vmalloc_caller);
