// SPDX-License-Identifier: GPL-2.0
/* What can be probed, and what is. */
#include "shim.h"

#define PROBES_MAX 32

const char *const *shim_symbols;
int shim_kprobe_error = -ENOENT;
const char *const *shim_tracepoints;
int shim_tracepoint_error;

static struct kprobe *kprobes[PROBES_MAX];
static struct tracepoint tracepoints[PROBES_MAX];

static bool is_listed(const char *const *names, const char *name)
{
	for (; names && *names; names++) {
		if (!strcmp(*names, name))
			return true;
	}
	return false;
}

int register_kprobe(struct kprobe *p)
{
	unsigned int i = 0;

	assert(!p->zero_when_registered);
	if (!is_listed(shim_symbols, p->symbol_name))
		return shim_kprobe_error;
	while (kprobes[i])
		i++;
	assert(i < PROBES_MAX);
	p->zero_when_registered = p;
	p->addr = (void *)shim_function_address(p->symbol_name);
	kprobes[i] = p;
	return 0;
}

/* Each name has its own; those of functions that can be probed stay the same for a test. */
unsigned long shim_function_address(const char *symbol)
{
	unsigned long hash = 5381;

	while (*symbol)
		hash = hash * 33 + (unsigned char)*symbol++;
	return 0xffffffff81000000UL + (hash & 0xffffff) * 16;
}

void unregister_kprobe(struct kprobe *p)
{
	unsigned int i = 0;

	while (kprobes[i] != p) {
		i++;
		assert(i < PROBES_MAX);
	}
	p->zero_when_registered = NULL;
	kprobes[i] = NULL;
}

void unregister_kprobes(struct kprobe **ps, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		unregister_kprobe(ps[i]);
}

struct kprobe *shim_kprobe(const char *symbol)
{
	unsigned int i;

	for (i = 0; i < PROBES_MAX; i++) {
		if (kprobes[i] && !strcmp(kprobes[i]->symbol_name, symbol))
			return kprobes[i];
	}
	return NULL;
}

/* A tracepoint keeps its place, because the module keeps its address. */
void for_each_kernel_tracepoint(void (*call)(struct tracepoint *tp, void *data), void *data)
{
	unsigned int i;

	for (i = 0; shim_tracepoints && shim_tracepoints[i]; i++) {
		assert(i < PROBES_MAX);
		tracepoints[i].name = shim_tracepoints[i];
		tracepoints[i].iterator = (void *)(SHIM_ITERATORS + i * SHIM_ITERATOR_BYTES);
		call(&tracepoints[i], data);
	}
}

int tracepoint_probe_register(struct tracepoint *tp, void *handler, void *data)
{
	(void)data;
	assert(!tp->handler);
	if (shim_tracepoint_error)
		return shim_tracepoint_error;
	tp->handler = handler;
	return 0;
}

void tracepoint_probe_unregister(struct tracepoint *tp, void *handler, void *data)
{
	(void)data;
	assert(tp->handler == handler);
	tp->handler = NULL;
}

void *shim_handler(const char *tracepoint)
{
	unsigned int i;

	for (i = 0; i < PROBES_MAX; i++) {
		if (tracepoints[i].name && !strcmp(tracepoints[i].name, tracepoint))
			return tracepoints[i].handler;
	}
	return NULL;
}
