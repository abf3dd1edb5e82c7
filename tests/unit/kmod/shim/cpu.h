/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs: a thread of the test runs on CPU number shim_cpu. After each instruction that an interrupt
 * cannot split comes shim_point(), where a test can let an interrupt happen.
 */
#ifndef SHIM_CPU_H
#define SHIM_CPU_H

#include "basics.h"

#define SHIM_NR_CPUS 4

extern _Thread_local int shim_cpu;
extern unsigned int nr_cpu_ids;

void shim_point(void);

/* TSan does not know that a load waits for the one of its address: a test of such loads may order them so. */
#ifndef SHIM_READ_ONCE_ORDER
#define SHIM_READ_ONCE_ORDER __ATOMIC_RELAXED
#endif
#define READ_ONCE(x) __atomic_load_n(&(x), SHIM_READ_ONCE_ORDER)

#define data_race(x) (x)

/* What is written was known before: in between there is a point. */
#define WRITE_ONCE(x, value)                                          \
	do {                                                          \
		typeof(x) shim_known = (value);                       \
		shim_point();                                         \
		__atomic_store_n(&(x), shim_known, __ATOMIC_RELAXED); \
	} while (0)

#define barrier() __asm__ __volatile__("" ::: "memory")
#define cpu_relax() barrier()
#define cond_resched() barrier()

/* A writer's points beside those of its single instructions. */
#define smp_wmb()                                        \
	do {                                             \
		__atomic_thread_fence(__ATOMIC_RELEASE); \
		shim_point();                            \
	} while (0)

/* A reader has its points here: between two reads another CPU may have written anything. */
#define smp_rmb()                                        \
	do {                                             \
		__atomic_thread_fence(__ATOMIC_ACQUIRE); \
		shim_point();                            \
	} while (0)

#define smp_mb()                                         \
	do {                                             \
		__atomic_thread_fence(__ATOMIC_SEQ_CST); \
		shim_point();                            \
	} while (0)

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)

#define smp_store_release(p, value)                           \
	do {                                                  \
		__atomic_store_n(p, value, __ATOMIC_RELEASE); \
		shim_point();                                 \
	} while (0)

#define cmpxchg(p, expected, desired)                                                       \
	({                                                                                  \
		typeof(*(p)) shim_old = (expected);                                         \
		__atomic_compare_exchange_n(p, &shim_old, desired, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                              \
		shim_point();                                                               \
		shim_old;                                                                   \
	})

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long long counter;
} atomic64_t;

#define atomic_add_return(n, v) __atomic_add_fetch(&(v)->counter, n, __ATOMIC_RELAXED)
#define atomic_inc_return(v) atomic_add_return(1, v)
#define atomic_inc(v) ((void)atomic_add_return(1, v))
#define atomic_dec(v) ((void)atomic_add_return(-1, v))
#define atomic_sub_return(n, v) __atomic_sub_fetch(&(v)->counter, n, __ATOMIC_SEQ_CST)
#define atomic_add(n, v) ((void)atomic_add_return(n, v))
#define atomic_sub(n, v) ((void)atomic_add_return(-(int)(n), v))
#define atomic_fetch_andnot(n, v) __atomic_fetch_and(&(v)->counter, ~(n), __ATOMIC_SEQ_CST)
#define atomic_set(v, n) __atomic_store_n(&(v)->counter, n, __ATOMIC_RELAXED)
#define atomic_read(v) __atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define atomic64_add(n, v) ((void)atomic_add_return((long long)(n), v))
#define atomic64_sub(n, v) ((void)atomic_add_return(-(long long)(n), v))
#define atomic64_inc(v) atomic_inc(v)
#define atomic64_read(v) atomic_read(v)

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < (int)nr_cpu_ids; (cpu)++)
extern unsigned int shim_nr_online; /* see shim.h */
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < (int)shim_nr_online; (cpu)++)
#define cpu_possible(cpu) ((cpu) < nr_cpu_ids)
#define num_online_cpus() shim_nr_online
#define cpu_to_node(cpu) ((void)(cpu), 0)

#define CPUHP_BP_PREPARE_DYN 1
void cpus_read_lock(void);
void cpus_read_unlock(void);
int cpuhp_setup_state_nocalls(int state, const char *name, int (*startup)(unsigned int cpu),
			      int (*teardown)(unsigned int cpu));
void cpuhp_remove_state_nocalls(int state);

/* As an interrupt on each CPU that is online. */
void on_each_cpu(void (*call)(void *data), void *data, int is_waiting);

/* Contexts: the same bits as the kernel's. */
#define SOFTIRQ_OFFSET 0x100
#define HARDIRQ_OFFSET 0x10000
#define HARDIRQ_MASK 0xf0000
#define NMI_OFFSET 0x100000
#define NMI_MASK 0xf00000
extern _Thread_local unsigned int shim_preempt_count;
#define preempt_count() shim_preempt_count
#define preempt_disable() ((void)shim_preempt_count++)
#define preempt_enable() ((void)shim_preempt_count--)
#define preempt_disable_notrace() preempt_disable()
#define preempt_enable_notrace() preempt_enable()
#define in_nmi() (shim_preempt_count & NMI_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define in_task() (!(shim_preempt_count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))

#define DECLARE_STATIC_KEY_FALSE(name) extern bool name
#define DEFINE_STATIC_KEY_FALSE(name) bool name
#define static_branch_unlikely(key) (*(key))
#define static_branch_enable(key) ((void)(*(key) = true))

/* A call that jumps where it was told last. */
struct static_call_key {
	void *function;
};

#define DEFINE_STATIC_CALL(name, first)                                          \
	static struct static_call_key shim_key_##name = { .function = (first) }; \
	typedef typeof(first) shim_call_##name
#define static_call(name) ((shim_call_##name *)shim_key_##name.function)
#define STATIC_CALL_KEY(name) shim_key_##name
#define STATIC_CALL_TRAMP_ADDR(name) ((void *)&shim_key_##name)
#define __static_call_update(key, trampoline, to) \
	((void)(trampoline), (void)((key)->function = (to)))

/* The clock is the TSC as on most machines; each reading is one tick later than the last. */
#define CONFIG_X86 1
#define X86_FEATURE_TSC 1
#define boot_cpu_has(feature) ((void)(feature), true)
bool check_tsc_unstable(void);
extern u64 tsc_khz;
u64 rdtsc(void);
u64 ktime_get_mono_fast_ns(void);
u64 ktime_get_ns(void);
u64 ktime_get_real_ns(void);

#endif /* SHIM_CPU_H */
