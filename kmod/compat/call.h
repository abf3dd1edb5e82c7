/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The allocator functions that the kprobe source watches: their names on old and new kernels, and
 * which argument is what.
 *
 * Since 6.10 the functions carry the suffix _noprof; commit 7bd230a26648 ("mm/slab: enable slab
 * allocation tagging for kmalloc and friends") (v6.10). The constant-size path was kmalloc_trace from 6.1
 * on. Kernels with slab buckets pass the bucket after the size: commit 67f2df3b82d0 ("mm/slab:
 * Plumb kmem_buckets into __do_kmalloc_node()") (v6.11); kernels with kmalloc tokens pass one more.
 */
#ifndef MEMMON_COMPAT_CALL_H
#define MEMMON_COMPAT_CALL_H

#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>

#include <uapi/mem_monitor.h>

#define MEMMON_CALL_SYMBOLS 3

/* How many tokens lie behind a size; see above. */
#ifdef CONFIG_KMALLOC_PARTITION_CACHES
#define MEMMON_CALL_TOKENS 1
#else
#define MEMMON_CALL_TOKENS 0
#endif

/**
 * struct memmon_call_symbol - one name that a watched function may have
 * @symbol: the name
 * @size_argument: which argument is the size in bytes, or for kmem_cache_alloc the cache
 * @gfp_argument: which argument is the gfp flags
 */
struct memmon_call_symbol {
	const char *symbol;
	unsigned char size_argument;
	unsigned char gfp_argument;
};

/**
 * struct memmon_call - one watched function
 * @label: what the log calls it on every kernel
 * @event_class: of its events
 * @symbols: its names, the newest first; ends with a NULL symbol
 */
struct memmon_call {
	const char *label;
	enum memmon_class event_class;
	struct memmon_call_symbol symbols[MEMMON_CALL_SYMBOLS];
};

#define MEMMON_NR_CALLS 6
extern const struct memmon_call memmon_calls[MEMMON_NR_CALLS];

/* The registers of x86-64 are reached in place; those of the tests on the host are others. */
#if defined(CONFIG_X86_64) && defined(_ASM_X86_PTRACE_H)
#define MEMMON_CALL_REGISTERS
#endif

unsigned int memmon_call_argument_place(unsigned int i);

/**
 * memmon_call_argument - an argument of a function that a kprobe sits at the start of
 * @regs: as the kprobe's handler got them
 * @place: from memmon_call_argument_place(), so that it need not be looked for at each call
 *
 * Context: any.
 */
static __always_inline unsigned long memmon_call_argument(struct pt_regs *regs, unsigned int place)
{
#ifdef MEMMON_CALL_REGISTERS
	return *(unsigned long *)((char *)regs + place);
#else
	return regs_get_kernel_argument(regs, place);
#endif
}

/**
 * memmon_call_return_address - who called the function that a kprobe sits at the start of
 * @regs: as the kprobe's handler got them
 *
 * Context: any.
 * Return: the return address, which is still on top of the stack.
 */
static __always_inline unsigned long memmon_call_return_address(struct pt_regs *regs)
{
#ifdef MEMMON_CALL_REGISTERS
	return *(unsigned long *)regs->sp;
#else
	return regs_get_kernel_stack_nth(regs, 0);
#endif
}

#endif /* MEMMON_COMPAT_CALL_H */
