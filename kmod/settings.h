/* SPDX-License-Identifier: GPL-2.0 */
/* What the user asked for when loading the module, checked. */
#ifndef MEMMON_SETTINGS_H
#define MEMMON_SETTINGS_H

#include <linux/types.h>

#include <uapi/mem_monitor.h>

/**
 * struct memmon_settings - read-only once memmon_settings_check() has passed
 * @source: of the log
 * @log_options: of the log's session: flags, classes, ring size, filter
 * @is_logging: there is a log session; without, nothing is attached
 * @entries: requests that the log shows
 * @proc_mode: mode of the files under /proc
 * @rings_max_bytes: what the rings of all sessions of the device may take together
 * @fail_step: step of init that is made to fail, for tests; 0 = none
 */
struct memmon_settings {
	enum memmon_source source;
	struct memmon_options log_options;
	bool is_logging;
	unsigned int entries;
	umode_t proc_mode;
	u64 rings_max_bytes;
	unsigned int fail_step;
};

extern struct memmon_settings memmon_settings;

int memmon_settings_check(void);

#endif /* MEMMON_SETTINGS_H */
