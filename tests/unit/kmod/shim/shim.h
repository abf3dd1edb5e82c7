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

/* The clocks. */
extern bool shim_tsc_is_unstable;
extern u64 shim_time;

/* How many allocations succeed before all fail; negative = all succeed. */
extern int shim_allocations_left;
/* How many kmalloc events a request of each next kmalloc() fires, and from where. */
extern unsigned int shim_kmalloc_events;
extern unsigned long shim_kmalloc_sites[2];

/* A kernel address, upper half, that copy_from_kernel_nofault() can read. */
void *shim_kernel_address(const void *address);
/* Reads within a page's length from this address on fault; NULL = none. */
extern const char *shim_unreadable;
/* Every second new cache keeps its name at another place. */
extern bool shim_caches_differ;

/* The functions that can be probed, NULL at the end; the error for the others; the probe on one. */
extern const char *const *shim_symbols;
extern int shim_kprobe_error;
struct kprobe *shim_kprobe(const char *symbol);
/* Tracepoints that exist, NULL at the end; the error of attaching; the handler on one. */
extern const char *const *shim_tracepoints;
extern int shim_tracepoint_error;
void *shim_handler(const char *tracepoint);

/* Reads a whole file under /proc. Return: 0 and *text to be freed, or the error of open. */
int shim_read(const char *name, char **text);
/* The mode of a file under /proc; 0 = there is none. */
umode_t shim_mode(const char *name);
extern bool shim_proc_is_full;

#endif /* SHIM_H */
