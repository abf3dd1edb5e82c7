// SPDX-License-Identifier: GPL-2.0
/*
 * Does a module have its code in an array of memories, not in two layouts? Since commit ac3b43283923 ("module:
 * replace module_layout with module_memory") (v6.4).
 */
#include <linux/module.h>

void *ask(const struct module *m);
void *ask(const struct module *m)
{
	return m->mem[MOD_TEXT].size ? m->mem[MOD_TEXT].base : m->mem[MOD_INIT_TEXT].base;
}
