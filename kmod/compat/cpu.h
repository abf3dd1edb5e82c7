/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a probe needs of its CPU, in as few instructions as the architecture has for it. Without answers from
 * ask/ all of it is what the kernel offers.
 *
 * On x86-64 %gs leads to this CPU's variables. A pointer to MEMMON_HERE memory is an offset from there, so that
 * nothing need be added before each access; the compiler treats it like any other pointer.
 */
#ifndef MEMMON_COMPAT_CPU_H
#define MEMMON_COMPAT_CPU_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include <asm/local64.h>
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#endif

#if defined(MEMMON_HAVE_SEGMENT) && !defined(__CHECKER__)

#define MEMMON_HERE __seg_gs
#define memmon_here(type, pointer) ((type __seg_gs *)(uintptr_t)(pointer))

/* local64_inc() there. */
static __always_inline void memmon_here_inc(local64_t MEMMON_HERE *counter)
{
	asm volatile("incq %0" : "+m"(*counter));
}

/* Adds to a number there by one instruction. Return: what it was before. */
static __always_inline u64 memmon_here_fetch_add(u64 n, local64_t MEMMON_HERE *sum)
{
	asm volatile("xaddq %0, %1" : "+r"(n), "+m"(*sum) : : "memory");
	return n;
}

/* For a loop that only this CPU's interrupts disturb: a plain load of a whole word. */
static __always_inline u64 memmon_here_read(const local64_t MEMMON_HERE *counter)
{
	u64 n;

	/* READ_ONCE() would lose the segment. */
	asm volatile("movq %1, %0" : "=r"(n) : "m"(*counter));
	return n;
}

/* Writes a whole word there. */
static __always_inline void memmon_here_write(u64 MEMMON_HERE *to, u64 n)
{
	asm volatile("movq %1, %0" : "=m"(*to) : "r"(n));
}

#else

#define MEMMON_HERE
#define memmon_here(type, pointer) this_cpu_ptr(pointer)
#define memmon_here_write(to, n) WRITE_ONCE(*(to), n)

static __always_inline void memmon_here_inc(local64_t *counter)
{
	local64_inc(counter);
}

static __always_inline u64 memmon_here_fetch_add(u64 n, local64_t *sum)
{
	return local64_add_return(n, sum) - n;
}

static __always_inline u64 memmon_here_read(const local64_t *counter)
{
	return local64_read(counter);
}

#endif

#if defined(MEMMON_HAVE_PREEMPT_COUNT)
#define MEMMON_PREEMPT_COUNT __preempt_count
#elif defined(MEMMON_HAVE_PCPU_HOT)
#define MEMMON_PREEMPT_COUNT pcpu_hot.preempt_count
#endif

/**
 * memmon_cpu_is_in - whether the preempt count has any bit of a mask; one instruction with its test
 * @mask: a constant, of bits that say in which context the CPU is
 *
 * Context: any.
 */
static __always_inline bool memmon_cpu_is_in(const u32 mask)
{
#if defined(CONFIG_X86_64) && defined(MEMMON_PREEMPT_COUNT) && !defined(__CHECKER__)
	bool is_in;

	asm volatile(
		"testl %[mask], %%gs:%[count]"
		: "=@ccnz"(is_in)
		: [mask] "i"(mask), [count] "m"(*(const u32 *)(uintptr_t)&MEMMON_PREEMPT_COUNT));
	return is_in;
#else
	return preempt_count() & mask;
#endif
}

/*
 * virt_to_page() for what an allocator gave out: on x86 it also knows the kernel's own image, where no object
 * lies.
 */
static __always_inline struct page *memmon_cpu_page(unsigned long object)
{
#if defined(CONFIG_X86_64) && defined(CONFIG_SPARSEMEM_VMEMMAP)
	return pfn_to_page((object - PAGE_OFFSET) >> PAGE_SHIFT);
#else
	return virt_to_page((void *)object);
#endif
}

/**
 * memmon_cpu_jump_target - where a direct jump to a function may go
 * @function: the function
 *
 * Only indirect jumps must land on the ENDBR at its start. Context: any.
 */
static inline void *memmon_cpu_jump_target(void *function)
{
#if defined(CONFIG_X86_KERNEL_IBT) && defined(CONFIG_HAVE_STATIC_CALL)
	if (*(const u32 *)function == gen_endbr())
		return function + sizeof(u32);
#endif
	return function;
}

#endif /* MEMMON_COMPAT_CPU_H */
