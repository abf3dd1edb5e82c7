// SPDX-License-Identifier: GPL-2.0
/* Functions that are watched at their start and their return. */
#include <stdlib.h>

#include "shim.h"

#define FUNCTIONS_MAX 16

int shim_ftrace_error;
bool shim_ftrace_is_on;

static struct ftrace_ops *registered;
static unsigned long filter[FUNCTIONS_MAX];
static unsigned int nr_filter;

int register_kretprobe(struct kretprobe *rp)
{
	return register_kprobe(&rp->kp);
}

void unregister_kretprobes(struct kretprobe **rps, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		unregister_kprobe(&rps[i]->kp);
}

unsigned int shim_ftrace_count(void)
{
	assert(!!registered == shim_ftrace_is_on);
	return nr_filter;
}

static unsigned int find(unsigned long ip)
{
	unsigned int i = 0;

	while (i < nr_filter && filter[i] != ip)
		i++;
	return i;
}

int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip, int remove, int reset)
{
	unsigned int i = find(ip);

	assert(!reset && (!registered || registered == ops));
	if (remove) {
		if (i == nr_filter)
			return -ENOENT;
		filter[i] = filter[--nr_filter];
		/* Else all functions of the kernel would be traced. */
		assert(nr_filter || !registered);
		return 0;
	}
	if (shim_ftrace_error)
		return shim_ftrace_error;
	if (i == nr_filter) {
		assert(nr_filter < FUNCTIONS_MAX);
		filter[nr_filter++] = ip;
	}
	return 0;
}

int register_ftrace_function(struct ftrace_ops *ops)
{
	assert(!registered && nr_filter);
	registered = ops;
	shim_ftrace_is_on = true;
	return 0;
}

int unregister_ftrace_function(struct ftrace_ops *ops)
{
	assert(registered == ops);
	registered = NULL;
	shim_ftrace_is_on = false;
	return 0;
}

bool shim_enter(const char *function, unsigned long parent_ip, struct pt_regs *regs)
{
	struct ftrace_regs fregs = { .regs = regs };
	unsigned long ip = shim_function_address(function);

	if (!registered || find(ip) == nr_filter)
		return false;
	registered->func(ip, parent_ip, registered, &fregs);
	return true;
}

struct kretprobe_instance *shim_call(const char *function, struct pt_regs *regs)
{
	struct kprobe *kp = shim_kprobe(function);
	struct kretprobe_instance *ri;
	struct kretprobe *rp;

	assert(kp);
	rp = container_of(kp, struct kretprobe, kp);
	ri = malloc(sizeof(*ri) + rp->data_size);
	assert(ri);
	if (!rp->entry_handler(ri, regs))
		return ri;
	free(ri);
	return NULL;
}

void shim_return(const char *function, struct kretprobe_instance *ri, unsigned long result)
{
	struct pt_regs regs = { .result = result };

	container_of(shim_kprobe(function), struct kretprobe, kp)->handler(ri, &regs);
	free(ri);
}
