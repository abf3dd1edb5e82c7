/* SPDX-License-Identifier: GPL-2.0 */
/* What the user asked for when loading the module, checked. */
#ifndef MEMMON_SETTINGS_H
#define MEMMON_SETTINGS_H

#include <linux/types.h>

struct memmon_probe_source;

/**
 * struct memmon_settings - read-only once memmon_settings_check() has passed
 * @source: whose probes to attach
 * @is_logging: there is a log session; without, nothing is attached
 * @entries: requests that the log shows
 * @proc_mode: mode of the files under /proc
 * @fail_step: step of init that is made to fail, for tests; 0 = none
 */
struct memmon_settings {
	const struct memmon_probe_source *source;
	bool is_logging;
	unsigned int entries;
	umode_t proc_mode;
	unsigned int fail_step;
};

extern struct memmon_settings memmon_settings;

int memmon_settings_check(void);

#endif /* MEMMON_SETTINGS_H */
