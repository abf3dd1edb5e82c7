// SPDX-License-Identifier: GPL-2.0
/* Tells ledgers, totals and stacks which code of modules goes. */
#include <linux/module.h>
#include <linux/notifier.h>

#include "compat/module_text.h"
#include "ledger.h"
#include "module_watch.h"
#include "stack.h"
#include "totals.h"
#include "unwind.h"

static void retire(struct memmon_module_text text)
{
	if (!text.bytes)
		return;
	memmon_ledger_retire_sites(text.first, text.first + text.bytes - 1);
	memmon_totals_retire(text.first, text.first + text.bytes - 1);
	memmon_stacks_retire(text.first, text.first + text.bytes - 1);
}

static void forget(struct memmon_module_text text)
{
	if (text.bytes)
		memmon_unwind_retire(text.first, text.first + text.bytes - 1);
}

/*
 * A module that has been loaded loses the code of its init function, and with it the names there, right
 * after this; one that goes, or could not be loaded, loses all that it has left.
 */
static int on_change(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *m = data;

	/* Addresses that nobody could say anything about become those of code. */
	if (state == MODULE_STATE_COMING) {
		forget(memmon_module_init_text(m));
		forget(memmon_module_core_text(m));
	}
	if (state == MODULE_STATE_LIVE || state == MODULE_STATE_GOING)
		retire(memmon_module_init_text(m));
	if (state == MODULE_STATE_GOING) {
		retire(memmon_module_core_text(m));
		memmon_ledger_close_module(m->name);
	}
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = on_change };

/**
 * memmon_module_watch_init - begin to notice code that goes
 *
 * Context: process; may sleep.
 * Return: 0 or a negative errno.
 */
int memmon_module_watch_init(void)
{
	return register_module_notifier(&block);
}

/* Ends what memmon_module_watch_init() began. Context: process; may sleep. */
void memmon_module_watch_exit(void)
{
	unregister_module_notifier(&block);
}
