/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Variables of which each CPU has its own copy, each an allocation of its own: what is known by the
 * address of the variable, or by what alloc_percpu() gave, which nobody may look behind.
 */
#ifndef SHIM_PERCPU_H
#define SHIM_PERCPU_H

#include "cpu.h"

void shim_per_cpu_add(const void *variable, size_t bytes);
void *shim_per_cpu(const void *address, int cpu);
void *shim_alloc_percpu(size_t bytes);
void free_percpu(void *variable);

#define alloc_percpu(type) ((type *)shim_alloc_percpu(sizeof(type)))

#define DECLARE_PER_CPU(type, name) extern typeof(type) name
#define DEFINE_PER_CPU(type, name)                                         \
	typeof(type) name;                                                 \
	static void __attribute__((constructor)) shim_per_cpu_##name(void) \
	{                                                                  \
		shim_per_cpu_add(&(name), sizeof(name));                   \
	}                                                                  \
	extern typeof(type) name

#define per_cpu_ptr(p, cpu) ((typeof(p))shim_per_cpu(p, cpu))
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))
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
#define this_cpu_write(x, value)                                                      \
	do {                                                                          \
		typeof(x) shim_written = (value);                                     \
		__atomic_store_n(this_cpu_ptr(&(x)), shim_written, __ATOMIC_RELAXED); \
		shim_point();                                                         \
	} while (0)

/* Counters of one CPU, changed by single instructions, read by all. */
typedef struct {
	long counter;
} local64_t;

#define local64_read(v) __atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
/* Between what made the caller do this and the deed is a point, too. */
#define local64_add_return(n, v)                                                          \
	({                                                                                \
		shim_point();                                                             \
		shim_this_cpu_do(__atomic_add_fetch(&(v)->counter, n, __ATOMIC_RELAXED)); \
	})
#define local64_add(n, v) ((void)local64_add_return((long)(n), v))
#define local64_inc(v) ((void)local64_add_return(1, v))

#endif /* SHIM_PERCPU_H */
