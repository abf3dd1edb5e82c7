/* SPDX-License-Identifier: GPL-2.0 */
/* Notices that code of a module goes, while the addresses in it still have names. */
#ifndef MEMMON_MODULE_WATCH_H
#define MEMMON_MODULE_WATCH_H

int memmon_module_watch_init(void);
void memmon_module_watch_exit(void);

#endif /* MEMMON_MODULE_WATCH_H */
