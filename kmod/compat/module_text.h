/* SPDX-License-Identifier: GPL-2.0 */
/* Where the code of a module lies; see ask/module_memory.c. */
#ifndef MEMMON_COMPAT_MODULE_TEXT_H
#define MEMMON_COMPAT_MODULE_TEXT_H

#include <linux/module.h>

/**
 * struct memmon_module_text - code of a module
 * @first: its first address
 * @bytes: how long it is; 0 if there is none
 */
struct memmon_module_text {
	unsigned long first;
	unsigned long bytes;
};

/* The code that stays until the module goes. Context: in a notifier of modules. */
static inline struct memmon_module_text memmon_module_core_text(const struct module *m)
{
#ifdef MEMMON_HAVE_MODULE_MEMORY
	return (struct memmon_module_text){ (unsigned long)m->mem[MOD_TEXT].base,
					    m->mem[MOD_TEXT].size };
#else
	return (struct memmon_module_text){ (unsigned long)m->core_layout.base,
					    m->core_layout.text_size };
#endif
}

/* The code that goes as soon as the module has been loaded. Context: as above. */
static inline struct memmon_module_text memmon_module_init_text(const struct module *m)
{
#ifdef MEMMON_HAVE_MODULE_MEMORY
	return (struct memmon_module_text){ (unsigned long)m->mem[MOD_INIT_TEXT].base,
					    m->mem[MOD_INIT_TEXT].size };
#else
	return (struct memmon_module_text){ (unsigned long)m->init_layout.base,
					    m->init_layout.text_size };
#endif
}

#endif /* MEMMON_COMPAT_MODULE_TEXT_H */
