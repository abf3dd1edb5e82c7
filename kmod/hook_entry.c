// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks at the start of functions: one ftrace_ops for all, whose filter gets and loses functions.
 *
 * One only, because to unregister it means to wait until no task is in its trampoline, which can take long,
 * and because all that it costs a function is one call. An ftrace_ops with an empty filter would be called
 * for every function of the kernel: it is registered after the first function has come, and unregistered
 * before the last one goes.
 */
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/string.h>

#include "hook.h"

/**
 * struct site - a function in the filter
 * @address: of the place that calls us, as the kernel says it; a place never changes its function
 * @handler: for it
 * @is_wanted: it is attached
 * @is_set: it is in the filter
 */
struct site {
	unsigned long address;
	memmon_hook_entry_t handler;
	bool is_wanted;
	bool is_set;
};

static struct site sites[MEMMON_HOOK_ENTRIES];

/**
 * struct lookup - a function whose address is asked for
 * @kp: the way to ask: it is never armed
 * @address: of the place in the function that calls us
 * @error: why there is none
 */
struct lookup {
	struct kprobe kp;
	unsigned long address;
	int error;
};

/* __kfree_rcu_sheaf and delayed_vfree_work are watched by nobody: they say how the kernel does it. */
static const char *const lookup_names[] = {
	"kmem_cache_free_bulk",
	"kvfree_call_rcu",
	"kfree_call_rcu_nolock",
	"rcu_free_sheaf",
	"vfree",
	"rcu_free_sheaf_nobarn",
	"kfree_nolock",
	"vfree_atomic",
	"vfree.part.0",
	"__kfree_rcu_sheaf",
	"delayed_vfree_work",
};

static struct lookup lookups[ARRAY_SIZE(lookup_names)];
static bool has_looked;

/*
 * To unregister a kprobe means to wait: all together wait once. The kernel's functions stay where they are, so
 * that it is done again only if there was another error than that there is no such function.
 */
static void look(void)
{
	struct kprobe *registered[ARRAY_SIZE(lookups)];
	unsigned int i, nr = 0;

	has_looked = true;
	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		struct lookup *l = &lookups[i];

		if (l->address)
			continue;
		l->kp = (struct kprobe){ .symbol_name = lookup_names[i],
					 .flags = KPROBE_FLAG_DISABLED };
		l->error = register_kprobe(&l->kp);
		if (l->error) {
			has_looked &= l->error == -ENOENT;
			continue;
		}
		l->address = (unsigned long)l->kp.addr;
		registered[nr++] = &l->kp;
	}
	if (nr)
		unregister_kprobes(registered, nr);
}

/**
 * memmon_hook_find - where a function of the kernel calls ftrace
 * @symbol: its name, one of those above
 * @address: set
 *
 * Context: process, under the session lock; may sleep.
 * Return: 0; -ENOENT if there is no such function; another error if it cannot be watched.
 */
int memmon_hook_find(const char *symbol, unsigned long *address)
{
	unsigned int i;

	if (!has_looked)
		look();
	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		if (!strcmp(lookup_names[i], symbol)) {
			*address = lookups[i].address;
			return lookups[i].error;
		}
	}
	return -ENOENT;
}

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS

static notrace void on_function(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				MEMMON_FTRACE_REGS *fregs)
{
	struct pt_regs *regs = memmon_ftrace_regs(fregs);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sites); i++) {
		if (READ_ONCE(sites[i].address) != ip)
			continue;
		if (regs)
			sites[i].handler(regs, parent_ip);
		return;
	}
}
NOKPROBE_SYMBOL(on_function);

/*
 * Without FTRACE_OPS_FL_RECURSION: what it does is to drop calls, uncounted, and we call nothing that is
 * traced. PERMANENT: whoever switches ftrace off is refused, instead of us losing events unseen.
 */
static struct ftrace_ops entry_ops = {
	.func = on_function,
	.flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_PERMANENT | MEMMON_FTRACE_IS_SAFE,
};

static bool is_registered;

static struct site *find_site(unsigned long address)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sites); i++) {
		if (!sites[i].address || sites[i].address == address)
			return &sites[i];
	}
	return NULL;
}

static void remove_site(struct site *site)
{
	if (site->is_set)
		site->is_set = !!ftrace_set_filter_ip(&entry_ops, site->address, 1, 0);
}

/**
 * memmon_hook_entry_attach - have a handler called at the start of a function
 * @address: of memmon_hook_find()
 * @handler: the same for each call with this address
 *
 * Context: process, under the session lock; may sleep.
 * Return: 0; -EBUSY if ftrace is switched off; another error if it refuses.
 */
int memmon_hook_entry_attach(unsigned long address, memmon_hook_entry_t handler)
{
	struct site *site = find_site(address);
	int ret;

	if (!site)
		return -ENOSPC;
	site->handler = handler;
	smp_store_release(&site->address, address); /* who sees it sees the handler */
	ret = ftrace_set_filter_ip(&entry_ops, address, 0, 0);
	if (ret)
		return ret;
	site->is_set = true;
	if (!is_registered) {
		ret = register_ftrace_function(&entry_ops);
		if (ret) {
			remove_site(site);
			return ret;
		}
		is_registered = true;
	}
	site->is_wanted = true;
	return 0;
}

/* Takes that back, when memmon_hook_entry_drain() is called. */
void memmon_hook_entry_detach(unsigned long address)
{
	find_site(address)->is_wanted = false;
}

/**
 * memmon_hook_entry_drain - let go of the functions that were detached
 *
 * While others stay attached, a task may still be on its way to a handler when it returns. It does no harm:
 * a handler touches nothing of a session but in memmon_event_submit(), and a session waits for those that
 * are there. When none stays, no task is in the module any more.
 *
 * Context: process, under the session lock; may sleep.
 */
void memmon_hook_entry_drain(void)
{
	bool is_wanted = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sites); i++)
		is_wanted |= sites[i].is_wanted;
	if (!is_wanted && is_registered) {
		WARN_ON(unregister_ftrace_function(&entry_ops));
		is_registered = false;
	}
	for (i = 0; i < ARRAY_SIZE(sites); i++) {
		if (!sites[i].is_wanted)
			remove_site(&sites[i]);
	}
}

#else /* the debug kernel, and architectures without */

int memmon_hook_entry_attach(unsigned long address, memmon_hook_entry_t handler)
{
	return -EOPNOTSUPP;
}

void memmon_hook_entry_detach(unsigned long address)
{
}

void memmon_hook_entry_drain(void)
{
}

#endif
