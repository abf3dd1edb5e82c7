/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests steer and look at behind the back of the code under test. */
#ifndef SHIM_H
#define SHIM_H

#include "kernel.h"

/* The address of a module parameter, to set it as insmod would; NULL if there is none of that name. */
void *shim_param(const char *name);

/* What the module printed since the last call; the caller frees nothing. */
const char *shim_printed(void);

/* Makes @handler run once on this thread, at the shim_point() number @point from now, 0 = the next. */
void shim_interrupt_at(unsigned int point, void (*handler)(void));
/* Takes that back. Return: true if it had not run yet. */
bool shim_interrupt_cancel(void);

/* CPUs that are online; the error of setting up a hot-plug state, if not 0; a CPU that comes online later. */
extern unsigned int shim_nr_online;
extern int shim_cpuhp_error;
int shim_cpu_up(unsigned int cpu);

/* What happens while a task sleeps, once; without, to sleep is a mistake. Whether it gets a signal. */
extern void (*shim_while_asleep)(void);
extern bool shim_has_signal;
/* What happens in synchronize_rcu(), each time, and how often that has been called. */
extern void (*shim_while_synchronizing)(void);
extern unsigned int shim_nr_synchronized;
/* How many locks are held. */
extern unsigned int shim_nr_locked;
/* Lets interrupts in on this thread's CPU. Return: how many works were pending. */
unsigned int shim_irq_work_run(void);

/* The stack of this thread, the innermost frame first, and the frame at which an interrupt begins. */
#define SHIM_FRAMES 200
#define SHIM_IRQ_ENTRY 0xffffffff81000e0fUL
extern _Thread_local unsigned long shim_frames[SHIM_FRAMES];
extern _Thread_local unsigned int shim_nr_frames;

/* What the current task may do: mask of 1 << CAP_*. */
extern u64 shim_capabilities;
/* Cgroups, and the descriptor of the first. */
#define SHIM_NR_CGROUPS 4
#define SHIM_CGROUP_FD 10
extern struct cgroup shim_cgroups[SHIM_NR_CGROUPS];

/* The clocks. */
#define SHIM_BOOTED_NS 1700000000000000000ULL
extern bool shim_tsc_is_unstable;
extern u64 shim_time;

/* How many allocations succeed before all fail; negative = all succeed. */
extern int shim_allocations_left;
/* Takes one of these. Return: whether there was one. */
bool shim_may_allocate(void);
/* How many kmalloc events a request of each next kmalloc() fires, and from where. */
extern unsigned int shim_kmalloc_events;
extern unsigned long shim_kmalloc_sites[2];

/* A kernel address, upper half, that copy_from_kernel_nofault() can read. */
void *shim_kernel_address(const void *address);
/* Reads within a page's length from this address on fault; NULL = none. */
extern const char *shim_unreadable;
/* Every second new cache keeps its name at another place. */
extern bool shim_caches_differ;
/* Slabs keep no counters. */
extern bool shim_slabs_do_not_count;
/* KFENCE's page, in shim_memory; NULL = none. Objects of caches come from there while this is true. */
extern const char *shim_kfence;
extern bool shim_kfence_samples;
/* Modules change their state, as the notifier of the module under test sees it; its error. */
void shim_module_change(unsigned long state, struct module *module);
extern int shim_notifier_error;
bool shim_has_notifier(void);

/* The functions that can be probed, NULL at the end; the error for the others; the probe on one. */
extern const char *const *shim_symbols;
extern int shim_kprobe_error;
struct kprobe *shim_kprobe(const char *symbol);
/* Where a function calls ftrace. */
unsigned long shim_function_address(const char *symbol);
/* The error of watching a function by ftrace; whether anything is watched so, and how many functions are. */
extern int shim_ftrace_error;
extern bool shim_ftrace_is_on;
unsigned int shim_ftrace_count(void);
/* Calls a function that is watched so. Return: false if it is not. */
bool shim_enter(const char *function, unsigned long parent_ip, struct pt_regs *regs);
/* Calls a function whose return is watched. Return: what shim_return() wants; NULL if it is of no interest. */
struct kretprobe_instance *shim_call(const char *function, struct pt_regs *regs);
void shim_return(const char *function, struct kretprobe_instance *ri, unsigned long result);
/* Tracepoints that exist, NULL at the end; the error of attaching; the handler on one. */
extern const char *const *shim_tracepoints;
extern int shim_tracepoint_error;
/* Where the functions lie that call the handlers of each, in the order of the tracepoints. */
#define SHIM_ITERATORS 0xffffffff81200000UL
#define SHIM_ITERATOR_BYTES 0x80UL
void *shim_handler(const char *tracepoint);

/* Reads a whole file under /proc. Return: 0 and *text to be freed, or the error of open. */
int shim_read(const char *name, char **text);
/* The mode of a file under /proc; 0 = there is none. */
umode_t shim_mode(const char *name);
extern bool shim_proc_is_full;

/* The device, NULL if there is none; the error of making it; how often it was made. */
const struct miscdevice *shim_device(void);
extern int shim_misc_error;
extern unsigned int shim_misc_registered;
/* A page of the user's that cannot be touched; NULL = none. What happens at each access to such memory. */
extern const void *shim_user_hole;
extern void (*shim_while_copying)(void);

/**
 * struct shim_mapped - what vm_insert_page() has mapped
 * @memory: address in the kernel
 * @nr_pages: from there on
 */
struct shim_mapped {
	char *memory;
	unsigned int nr_pages;
};

extern struct shim_mapped shim_mapped;
/* How many pages can be mapped before that fails; negative = all. */
extern int shim_pages_left;

#endif /* SHIM_H */
