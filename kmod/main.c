// SPDX-License-Identifier: GPL-2.0
/* Loads and unloads the module: a ladder of steps, and nothing else. */
#define pr_fmt(fmt) "mem_monitor: " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "cache.h"
#include "compat/clock.h"
#include "device.h"
#include "event.h"
#include "layout.h"
#include "module_watch.h"
#include "probe.h"
#include "reader_log.h"
#include "reader_status.h"
#include "ring.h"
#include "session.h"
#include "settings.h"
#include "slab.h"

enum step {
	STEP_SETTINGS = 1,
	STEP_CACHE_LAYOUT,
	STEP_INNER_SITES,
	STEP_SLAB_LAYOUT,
	STEP_EVENTS,
	STEP_RINGS,
	STEP_MODULE_WATCH,
	STEP_LOG_SESSION,
	STEP_LOG_FILE,
	STEP_PROBES,
	STEP_STATUS_FILE,
	STEP_DEVICE,
};

static struct memmon_session log_session;

/* Takes a step, unless a test wants it to fail instead. */
#define TAKE(step, call) (memmon_settings.fail_step == (step) ? -ENOMEM : (call))

/* Says which step failed, unless the step has said itself what the user did wrong. */
static int __init report_failure(enum step step, const char *what, int err)
{
	if (err != -EINVAL && err != -ENODEV)
		pr_err("init step %d (%s) failed: %d\n", step, what, err);
	return err;
}

/* The log session: /proc/mem_monitor, and the probes that feed it. */
static int __init log_start(void)
{
	const struct memmon_settings *s = &memmon_settings;
	int err;

	err = TAKE(STEP_LOG_SESSION, memmon_session_set_up(&log_session, &s->log_options, true));
	if (err)
		return report_failure(STEP_LOG_SESSION, "log session", err);
	err = TAKE(STEP_LOG_FILE,
		   memmon_reader_log_create(s->proc_mode, &log_session.rings[MEMMON_RINGS_REQUESTS],
					    s->entries));
	if (err) {
		report_failure(STEP_LOG_FILE, "log file", err);
		goto err_tear_down_session;
	}
	err = TAKE(STEP_PROBES, memmon_session_enable(&log_session));
	if (err == -ENODEV)
		pr_err("nothing to watch: no probe of source=%s could be attached (%s)\n",
		       memmon_probe_source(s->source)->name,
		       memmon_probe_source(s->source)->probe(0)->reason);
	if (err) {
		report_failure(STEP_PROBES, "probes", err);
		goto err_remove_log_file;
	}
	return 0;

err_remove_log_file:
	memmon_reader_log_remove();
err_tear_down_session:
	memmon_session_tear_down(&log_session);
	return err;
}

static void log_stop(void)
{
	memmon_session_disable(&log_session);
	memmon_reader_log_remove();
	memmon_session_tear_down(&log_session);
}

/* What this kernel looks like. */
static int __init find_layout(void)
{
	int err;

	err = TAKE(STEP_CACHE_LAYOUT, memmon_layout_find_cache());
	if (err)
		return report_failure(STEP_CACHE_LAYOUT, "cache layout", err);
	err = TAKE(STEP_INNER_SITES, memmon_layout_find_inner_sites());
	if (err)
		return report_failure(STEP_INNER_SITES, "duplicate call sites", err);
	err = TAKE(STEP_SLAB_LAYOUT, memmon_slab_find_layout());
	if (err)
		return report_failure(STEP_SLAB_LAYOUT, "slab layout", err);
	return 0;
}

/*
 * The log, and then the files that show it: they can be read as soon as they are there. The device comes
 * last, because nobody can take it from those who have it open.
 */
static int __init start(void)
{
	int err = memmon_settings.is_logging ? log_start() : 0;

	if (err)
		return err;
	err = TAKE(STEP_STATUS_FILE,
		   memmon_reader_status_create(memmon_settings.proc_mode, &log_session));
	if (err) {
		report_failure(STEP_STATUS_FILE, "status file", err);
		goto err_stop_log;
	}
	err = TAKE(STEP_DEVICE, memmon_device_create());
	if (err) {
		report_failure(STEP_DEVICE, "device", err);
		goto err_remove_status_file;
	}
	return 0;

err_remove_status_file:
	memmon_reader_status_remove();
err_stop_log:
	if (memmon_settings.is_logging)
		log_stop();
	return err;
}

static int __init mem_monitor_init(void)
{
	int err;

	err = TAKE(STEP_SETTINGS, memmon_settings_check());
	if (err)
		return report_failure(STEP_SETTINGS, "parameters", err);
	memmon_clock_init();
	memmon_cache_init();
	err = find_layout();
	if (err)
		return err;
	err = TAKE(STEP_EVENTS, memmon_event_init());
	if (err)
		return report_failure(STEP_EVENTS, "events", err);
	err = TAKE(STEP_RINGS, memmon_rings_init());
	if (err) {
		report_failure(STEP_RINGS, "rings", err);
		goto err_exit_listeners;
	}
	err = TAKE(STEP_MODULE_WATCH, memmon_module_watch_init());
	if (err) {
		report_failure(STEP_MODULE_WATCH, "module notifier", err);
		goto err_exit_rings;
	}
	err = start();
	if (err)
		goto err_exit_module_watch;
	pr_info("watching %s\n", memmon_settings.is_logging ?
					 memmon_probe_source(memmon_settings.source)->name :
					 "nothing (log=0)");
	return 0;

err_exit_module_watch:
	memmon_module_watch_exit();
err_exit_rings:
	memmon_rings_exit();
err_exit_listeners:
	memmon_listener_exit();
	return err;
}

/* No session of the device is open: they hold the module. */
static void __exit mem_monitor_exit(void)
{
	memmon_device_remove();
	memmon_reader_status_remove();
	if (memmon_settings.is_logging)
		log_stop();
	memmon_module_watch_exit();
	memmon_rings_exit();
	memmon_listener_exit();
}

module_init(mem_monitor_init);
module_exit(mem_monitor_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The mem_monitor developers");
MODULE_DESCRIPTION("Shows who in the kernel allocates memory, and from where");
MODULE_VERSION("0.1.0");
