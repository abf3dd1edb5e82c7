// SPDX-License-Identifier: GPL-2.0
/* The hooks as probes: a table of them all, and how each kind is attached; see hook.h. */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#include "compat/kmem_tracepoint.h"
#include "hook.h"
#include "probe.h"

/**
 * struct entry - a hook; one of the three kinds
 * @probe: its state
 * @sign: function that a kernel has if it has what is watched; NULL if every kernel should
 * @stand_in: function that a kernel has if another hook sees all that this one would; NULL if there is none
 * @on_entry: handler of the start of the function @probe.symbol
 * @address: of that function
 * @on: handlers of the return of a function
 * @symbols: names that it may have
 * @rp: of that function; made anew each time it is attached
 * @tracepoint: name
 * @handler: of the tracepoint
 * @tp: that tracepoint
 * @missed_before: what earlier attachments have missed
 */
struct entry {
	struct memmon_probe probe;
	const char *sign;
	const char *stand_in;
	memmon_hook_entry_t on_entry;
	unsigned long address;
	const struct memmon_hook_return *on;
	const struct memmon_call_symbol *symbols;
	struct kretprobe rp;
	const char *tracepoint;
	void *handler;
	struct tracepoint *tp;
	u64 missed_before;
};

#define PROBE_ON(class_, name_, symbol_) \
	.probe = { .name = (name_), .event_class = MEMMON_CLASS_##class_, .symbol = (symbol_) }
#define PROBE(class_, name_) PROBE_ON(class_, name_, name_)
#define ENTRY(class_, name_, handler_, sign_)                                             \
	{                                                                                 \
		PROBE(class_, name_), .on_entry = memmon_hook_##handler_, .sign = (sign_) \
	}
#define RETURN(class_, name_, on_, sign_)                                                        \
	{                                                                                        \
		PROBE(class_, name_), .on = &memmon_hook_on_##on_, .symbols = memmon_hook_##on_, \
				      .sign = (sign_)                                            \
	}
#define TRACEPOINT(class_, name_, tracepoint_, handler_)                 \
	{                                                                \
		PROBE(class_, name_), .handler = memmon_hook_##handler_, \
				      .tracepoint = (tracepoint_)        \
	}

/* Those at the start of functions first: they find out whether ftrace is switched off, see attach_return(). */
static struct entry entries[] = {
	ENTRY(CACHE_FREE_BULK, "kmem_cache_free_bulk", cache_free_bulk, NULL),
	ENTRY(RCU_QUEUE, "kvfree_call_rcu", kvfree_call_rcu, NULL),
	ENTRY(RCU_QUEUE, "kfree_call_rcu_nolock", kfree_call_rcu_nolock, "kfree_call_rcu_nolock"),
	ENTRY(RCU_FREE, "rcu_free_sheaf", rcu_free_sheaf, "__kfree_rcu_sheaf"),
	ENTRY(RCU_FREE, "rcu_free_sheaf_nobarn", rcu_free_sheaf, "__kfree_rcu_sheaf"),
	ENTRY(KFREE_NOLOCK, "kfree_nolock", kfree_nolock, "kfree_nolock"),
	{ PROBE(VFREE, "vfree_atomic"), .on_entry = memmon_hook_vfree,
	  .stand_in = "delayed_vfree_work" },
	ENTRY(VFREE, "vfree", vfree, NULL),
	{ PROBE_ON(VFREE, "vfree_part", "vfree.part.0"), .on_entry = memmon_hook_vfree_part,
	  .sign = "vfree.part.0" },
	RETURN(CACHE_ALLOC_BULK, "kmem_cache_alloc_bulk", cache_alloc_bulk, NULL),
	RETURN(KMALLOC_NOLOCK, "kmalloc_nolock", kmalloc_nolock, "kfree_nolock"),
	RETURN(KREALLOC, "krealloc", krealloc, NULL),
	RETURN(VMALLOC, "vmalloc", vmalloc, NULL),
	RETURN(PAGE_ALLOC_BULK, "alloc_pages_bulk", pages_bulk, NULL),
	TRACEPOINT(PERCPU_ALLOC, "percpu_alloc", "percpu_alloc_percpu", percpu_alloc),
	TRACEPOINT(PERCPU_FREE, "percpu_free", "percpu_free_percpu", percpu_free),
	TRACEPOINT(PAGE_EXTFRAG, "mm_page_alloc_extfrag", "mm_page_alloc_extfrag", page_extfrag),
};

const struct memmon_call_symbol *memmon_hook_symbols[MEMMON_NR_CLASSES];

/* The last hook at the start of a function was refused for that. Under the session lock. */
static bool is_switched_off;

/* What hook_drain() is to unregister, all together because that means to wait. */
static struct kretprobe *detached[ARRAY_SIZE(entries)];
static unsigned int nr_detached;

/* As in probe_tracepoint.c. */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_percpu_alloc_percpu(memmon_hook_percpu_alloc);
	check_trace_callback_type_percpu_free_percpu(memmon_hook_percpu_free);
	check_trace_callback_type_mm_page_alloc_extfrag(memmon_hook_page_extfrag);
}

static bool is_sheaf_hook(const struct entry *e)
{
	return e->probe.event_class == MEMMON_CLASS_RCU_FREE;
}

static struct memmon_probe *hook_probe(unsigned int i)
{
	struct entry *e = &entries[i];

	/* Always the same text, so that nobody sees a half of one. */
	if (is_sheaf_hook(e) && e->probe.is_attached && memmon_hook_refused_sheaves())
		strscpy(e->probe.reason, "some batches of this kernel are not understood",
			sizeof(e->probe.reason));
	return &e->probe;
}

/* There is no such function: whether that means that something is missing. */
static void say_absent(struct entry *e, const char *name)
{
	unsigned long address;

	snprintf(e->probe.reason, sizeof(e->probe.reason), "no function %s in this kernel", name);
	e->probe.is_not_needed = e->sign && memmon_hook_find(e->sign, &address) == -ENOENT;
}

static void say_refused(struct entry *e, const char *name, int err)
{
	snprintf(e->probe.reason, sizeof(e->probe.reason), "%s cannot be watched (error %d)", name,
		 err);
}

/* Context: vfree_atomic() is the only one of this kind, and stands before vfree(). */
static bool has_stand_in(struct entry *e)
{
	unsigned long address;

	if (!e->stand_in || memmon_hook_find(e->stand_in, &address) == -ENOENT)
		return false;
	WRITE_ONCE(memmon_hook_vfree_comes_again, true);
	snprintf(e->probe.reason, sizeof(e->probe.reason), "%s calls vfree for it", e->stand_in);
	e->probe.is_not_needed = true;
	return true;
}

static void say_switched_off(struct entry *e)
{
	strscpy(e->probe.reason, "ftrace is switched off (sysctl kernel.ftrace_enabled)",
		sizeof(e->probe.reason));
}

static void attach_entry(struct entry *e)
{
	const char *name = e->probe.symbol;
	int ret;

	if (has_stand_in(e))
		return;
	ret = memmon_hook_find(name, &e->address);
	if (ret == -ENOENT) {
		say_absent(e, name);
		return;
	}
	if (!ret)
		ret = memmon_hook_entry_attach(e->address, e->on_entry);
	e->probe.is_attached = !ret;
	if (!ret || ret == -EBUSY)
		is_switched_off = ret;
	if (ret == -EBUSY)
		say_switched_off(e);
	else if (ret)
		say_refused(e, name, ret);
}

/* Many tasks may sleep inside such a function at once, and each that finds no place is missed. */
static unsigned int max_active(void)
{
	return max(512U, 8 * num_possible_cpus());
}

/*
 * While ftrace is switched off a kretprobe can be registered all the same. It would see nothing, and leave marks on
 * its function for which the kernel switches ftrace off for good when it comes upon them.
 */
static void attach_return(struct entry *e)
{
	const struct memmon_call_symbol *symbol;
	int ret = -ENOENT;

	if (is_switched_off) {
		say_switched_off(e);
		return;
	}
	for (symbol = e->symbols; symbol->symbol && ret == -ENOENT; symbol++) {
		memset(&e->rp, 0, sizeof(e->rp));
		e->rp.kp.symbol_name = symbol->symbol;
		e->rp.entry_handler = e->on->on_call;
		e->rp.handler = e->on->on_return;
		e->rp.data_size = e->on->data_bytes;
		e->rp.maxactive = max_active();
		WRITE_ONCE(memmon_hook_symbols[e->probe.event_class], symbol);
		ret = register_kretprobe(&e->rp);
		e->probe.symbol = symbol->symbol;
	}
	e->probe.is_attached = !ret;
	if (ret == -ENOENT) {
		say_absent(e, e->probe.name);
		e->probe.is_not_needed |= symbol == e->symbols; /* so the headers say */
	} else if (ret) {
		say_refused(e, e->probe.symbol, ret);
	}
}

static void attach_tracepoint(struct entry *e)
{
	int ret;

	e->probe.symbol = e->tracepoint;
	e->tp = memmon_tracepoint_find(e->tracepoint);
	if (!e->tp) {
		snprintf(e->probe.reason, sizeof(e->probe.reason),
			 "no tracepoint %s in this kernel", e->tracepoint);
		return;
	}
	ret = tracepoint_probe_register(e->tp, e->handler, NULL);
	e->probe.is_attached = !ret;
	if (ret)
		say_refused(e, e->tracepoint, ret);
}

static void hook_attach(unsigned int i)
{
	struct entry *e = &entries[i];

	if (e->on_entry)
		attach_entry(e);
	else if (e->on)
		attach_return(e);
	else
		attach_tracepoint(e);
}

static void hook_detach(unsigned int i)
{
	struct entry *e = &entries[i];

	if (e->on_entry)
		memmon_hook_entry_detach(e->address);
	else if (e->on)
		detached[nr_detached++] = &e->rp;
	else
		tracepoint_probe_unregister(e->tp, e->handler, NULL);
	e->probe.is_attached = false;
}

/* For the handlers of tracepoints the source of tracepoints waits. */
static void hook_drain(void)
{
	unsigned int i;

	memmon_hook_entry_drain();
	if (!nr_detached)
		return;
	unregister_kretprobes(detached, nr_detached);
	for (i = 0; i < nr_detached; i++) {
		struct entry *e = container_of(detached[i], struct entry, rp);

		e->missed_before += e->rp.nmissed + e->rp.kp.nmissed;
		e->rp.nmissed = 0;
		e->rp.kp.nmissed = 0;
	}
	nr_detached = 0;
}

/* A sheaf that was not understood is at least one object: it is counted with the first of its hooks. */
static u64 hook_missed(unsigned int i)
{
	const struct entry *e = &entries[i];
	u64 missed = e->missed_before + READ_ONCE(e->rp.nmissed) + READ_ONCE(e->rp.kp.nmissed);

	if (is_sheaf_hook(e) && !is_sheaf_hook(e - 1))
		missed += memmon_hook_refused_sheaves();
	return missed;
}

const struct memmon_probe_source memmon_probe_hook = {
	.name = "hook",
	.nr_probes = ARRAY_SIZE(entries),
	.probe = hook_probe,
	.attach = hook_attach,
	.detach = hook_detach,
	.drain = hook_drain,
	.missed = hook_missed,
};
