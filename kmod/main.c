// SPDX-License-Identifier: GPL-2.0
/* Loads and unloads the module: a ladder of steps, and nothing else. */
#define pr_fmt(fmt) "mem_monitor: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "cache.h"
#include "compat/clock.h"
#include "event.h"
#include "layout.h"
#include "probe.h"
#include "reader_log.h"
#include "reader_status.h"
#include "ring.h"
#include "settings.h"

enum step {
	STEP_SETTINGS = 1,
	STEP_CACHE_LAYOUT,
	STEP_INNER_SITES,
	STEP_RINGS,
	STEP_CACHE_WATCH,
	STEP_STATUS_FILE,
	STEP_LOG_FILE,
	STEP_PROBES,
};

/* Takes a step, unless a test wants it to fail instead. */
#define TAKE(step, call) (memmon_settings.fail_step == (step) ? -ENOMEM : (call))

/* Says which step failed, unless the step has said itself what the user did wrong. */
static int __init report_failure(enum step step, const char *what, int err)
{
	if (err != -EINVAL && err != -ENODEV)
		pr_err("init step %d (%s) failed: %d\n", step, what, err);
	return err;
}

/* The log session: rings, /proc/mem_monitor, and the probes that feed them. */
static int __init log_start(void)
{
	const struct memmon_settings *s = &memmon_settings;
	int err;

	err = TAKE(STEP_RINGS, memmon_ring_init(s->entries));
	if (err)
		return report_failure(STEP_RINGS, "rings", err);
	err = TAKE(STEP_CACHE_WATCH, memmon_cache_watch());
	if (err) {
		report_failure(STEP_CACHE_WATCH, "cache watch", err);
		goto err_free_rings;
	}
	err = TAKE(STEP_LOG_FILE, memmon_reader_log_create(s->proc_mode, s->entries));
	if (err) {
		report_failure(STEP_LOG_FILE, "log file", err);
		goto err_unwatch_caches;
	}
	err = TAKE(STEP_PROBES, memmon_probe_attach(s->source));
	if (err) {
		report_failure(STEP_PROBES, "probes", err);
		goto err_remove_log_file;
	}
	return 0;

err_remove_log_file:
	memmon_reader_log_remove();
err_unwatch_caches:
	memmon_cache_unwatch();
err_free_rings:
	memmon_ring_exit();
	return err;
}

static void log_stop(void)
{
	memmon_probe_detach(memmon_settings.source);
	memmon_reader_log_remove();
	memmon_cache_unwatch();
	memmon_ring_exit();
}

static int __init mem_monitor_init(void)
{
	int err;

	err = TAKE(STEP_SETTINGS, memmon_settings_check());
	if (err)
		return report_failure(STEP_SETTINGS, "parameters", err);
	memmon_clock_init();
	memmon_event_init();
	memmon_cache_init();
	err = TAKE(STEP_CACHE_LAYOUT, memmon_layout_find_cache());
	if (err)
		return report_failure(STEP_CACHE_LAYOUT, "cache layout", err);
	err = TAKE(STEP_INNER_SITES, memmon_layout_find_inner_sites());
	if (err)
		return report_failure(STEP_INNER_SITES, "duplicate call sites", err);
	err = TAKE(STEP_STATUS_FILE, memmon_reader_status_create(memmon_settings.proc_mode));
	if (err)
		return report_failure(STEP_STATUS_FILE, "status file", err);
	err = memmon_settings.is_logging ? log_start() : 0;
	if (err)
		goto err_remove_status_file;
	pr_info("watching %s\n",
		memmon_settings.is_logging ? memmon_settings.source->name : "nothing (log=0)");
	return 0;

err_remove_status_file:
	memmon_reader_status_remove();
	return err;
}

static void __exit mem_monitor_exit(void)
{
	if (memmon_settings.is_logging)
		log_stop();
	memmon_reader_status_remove();
}

module_init(mem_monitor_init);
module_exit(mem_monitor_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The mem_monitor developers");
MODULE_DESCRIPTION("Shows who in the kernel allocates memory, and from where");
MODULE_VERSION("0.1.0");
