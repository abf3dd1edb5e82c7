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
void shim_per_cpu_add(const void *variable, size_t bytes);
void *shim_per_cpu(const void *address, int cpu);

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define barrier() __asm__ __volatile__("" ::: "memory")
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)
#define cpu_relax() barrier()
#define cond_resched() barrier()

/* A reader has its points here: between two reads another CPU may have written anything. */
#define smp_rmb()                                        \
	do {                                             \
		__atomic_thread_fence(__ATOMIC_ACQUIRE); \
		shim_point();                            \
	} while (0)

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

#define atomic_inc(v) ((void)__atomic_add_fetch(&(v)->counter, 1, __ATOMIC_RELAXED))
#define atomic_read(v) __atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define atomic64_inc(v) atomic_inc(v)
#define atomic64_read(v) atomic_read(v)

#define set_bit(bit, word) ((void)__atomic_or_fetch(word, 1UL << (bit), __ATOMIC_SEQ_CST))
#define clear_bit(bit, word) ((void)__atomic_and_fetch(word, ~(1UL << (bit)), __ATOMIC_SEQ_CST))
#define test_bit(bit, word) (*(word) >> (bit)&1)

#define DECLARE_PER_CPU_ALIGNED(type, name) extern type name
#define DEFINE_PER_CPU_ALIGNED(type, name)                                 \
	type name;                                                         \
	static void __attribute__((constructor)) shim_per_cpu_##name(void) \
	{                                                                  \
		shim_per_cpu_add(&(name), sizeof(name));                   \
	}                                                                  \
	extern type name

#define per_cpu_ptr(p, cpu) ((typeof(p))shim_per_cpu(p, cpu))
#define this_cpu_ptr(p) per_cpu_ptr(p, shim_cpu)
#define shim_this_cpu_do(operation)                          \
	({                                                   \
		typeof(operation) shim_result = (operation); \
		shim_point();                                \
		shim_result;                                 \
	})
#define this_cpu_read(x) shim_this_cpu_do(__atomic_load_n(this_cpu_ptr(&(x)), __ATOMIC_RELAXED))
#define this_cpu_add_return(x, n) \
	shim_this_cpu_do(__atomic_add_fetch(this_cpu_ptr(&(x)), n, __ATOMIC_RELAXED))
#define this_cpu_inc(x) ((void)this_cpu_add_return(x, 1))
#define this_cpu_dec(x) ((void)this_cpu_add_return(x, -1))
#define this_cpu_write(x, value)                                                    \
	do {                                                                        \
		typeof(x) shim_value = (value);                                     \
		__atomic_store_n(this_cpu_ptr(&(x)), shim_value, __ATOMIC_RELAXED); \
		shim_point();                                                       \
	} while (0)

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < (int)nr_cpu_ids; (cpu)++)
extern unsigned int shim_nr_online; /* see shim.h */
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < (int)shim_nr_online; (cpu)++)
#define cpu_to_node(cpu) ((void)(cpu), 0)

#define CPUHP_BP_PREPARE_DYN 1
void cpus_read_lock(void);
void cpus_read_unlock(void);
int cpuhp_setup_state_nocalls_cpuslocked(int state, const char *name,
					 int (*startup)(unsigned int cpu),
					 int (*teardown)(unsigned int cpu));
void cpuhp_remove_state_nocalls(int state);

/* Contexts: the same bits as the kernel's. */
#define SOFTIRQ_OFFSET 0x100
#define HARDIRQ_MASK 0xf0000
#define NMI_MASK 0xf00000
extern _Thread_local unsigned int shim_preempt_count;
#define preempt_count() shim_preempt_count
#define preempt_disable_notrace() ((void)shim_preempt_count++)
#define preempt_enable_notrace() ((void)shim_preempt_count--)
#define in_nmi() (shim_preempt_count & NMI_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define in_task() (!(shim_preempt_count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)))

#define TASK_COMM_LEN 16
#define PID_MAX_LIMIT (4 * 1024 * 1024)

struct task_struct {
	int pid;
	int tgid;
	char comm[TASK_COMM_LEN];
};

/* The tasks that take turns on this thread, and the number of the one that runs. */
extern _Thread_local struct task_struct shim_tasks[2];
extern _Thread_local int shim_task;
#define current (&shim_tasks[shim_task])

/* No test has two threads that would wait for each other: not to get a lock is a mistake. */
typedef struct {
	int count;
} spinlock_t;

void shim_take(int *count);
#define DEFINE_SPINLOCK(name) spinlock_t name = { .count = 1 }
#define spin_lock(lock) shim_take(&(lock)->count)
#define spin_unlock(lock) ((void)(lock)->count++)

#define DECLARE_STATIC_KEY_FALSE(name) extern bool name
#define DEFINE_STATIC_KEY_FALSE(name) bool name
#define static_branch_unlikely(key) (*(key))
#define static_branch_enable(key) ((void)(*(key) = true))

/* The clock is the TSC as on most machines; each reading is one tick later than the last. */
#define CONFIG_X86 1
#define X86_FEATURE_TSC 1
#define boot_cpu_has(feature) ((void)(feature), true)
bool check_tsc_unstable(void);
u64 rdtsc(void);
u64 ktime_get_mono_fast_ns(void);

#endif /* SHIM_CPU_H */
