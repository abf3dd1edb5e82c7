// SPDX-License-Identifier: GPL-2.0
/* The module parameters: declares them and checks them. */
#define pr_fmt(fmt) "mem_monitor: " fmt

#include <linux/errno.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "filter.h"
#include "probe.h"
#include "settings.h"

#define ENTRIES_MAX (1U << 20)

struct memmon_settings memmon_settings;

static char *source = "tracepoint";
module_param(source, charp, 0400);
MODULE_PARM_DESC(source, "where events come from: tracepoint (default) or kprobe");

static bool with_log = true;
module_param_named(log, with_log, bool, 0400);
MODULE_PARM_DESC(log,
		 "keep the log behind /proc/mem_monitor (default 1); with 0 nothing is attached");

static unsigned int entries = 10000;
module_param(entries, uint, 0400);
MODULE_PARM_DESC(entries, "requests that /proc/mem_monitor shows, 1 to 1048576 (default 10000)");

static unsigned int proc_mode = 0400;
module_param(proc_mode, uint, 0400);
MODULE_PARM_DESC(proc_mode, "mode of the files in /proc: 0400 (default), 0440 or 0444");

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "record only this process or thread (default 0: all)");

static char *comm = "";
module_param(comm, charp, 0400);
MODULE_PARM_DESC(comm, "record only threads of this name; * and ? match any characters");

static char *cache = "";
module_param(cache, charp, 0400);
MODULE_PARM_DESC(cache, "record only objects of this slab cache; * and ? match any characters");

static unsigned long min_bytes;
module_param(min_bytes, ulong, 0400);
MODULE_PARM_DESC(min_bytes, "record only requests of at least this size (default 0: all)");

module_param_named(kmalloc_constant, memmon_probe_kmalloc_constant, bool, 0400);
MODULE_PARM_DESC(kmalloc_constant,
		 "source=kprobe: watch kmalloc of constant sizes too (default 0)");

module_param_named(fail_step, memmon_settings.fail_step, uint, 0400);
MODULE_PARM_DESC(fail_step, "for tests: make this step of loading fail (default 0: none)");

static int check_text(const char *name, const char *text, char *to, size_t bytes)
{
	if (strscpy(to, text, bytes) >= 0)
		return 0;
	pr_err("%s='%s' is too long: at most %zu characters\n", name, text, bytes - 1);
	return -EINVAL;
}

static int check_filter(void)
{
	int ret;

	if (pid < 0 || pid > MEMMON_PID_MASK) {
		pr_err("pid=%d is no process: give 1 to %u, or 0 for all\n", pid, MEMMON_PID_MASK);
		return -EINVAL;
	}
	memmon_filter.pid = pid;
	memmon_filter.min_bytes = min_bytes;
	ret = check_text("comm", comm, memmon_filter.comm, sizeof(memmon_filter.comm));
	if (ret)
		return ret;
	return check_text("cache", cache, memmon_filter.cache, sizeof(memmon_filter.cache));
}

/**
 * memmon_settings_check - check the parameters and set memmon_settings and memmon_filter
 *
 * Return: 0, or -EINVAL after one line in the kernel log that says what is wrong.
 */
int memmon_settings_check(void)
{
	memmon_settings.source = memmon_probe_source_find(source);
	if (!memmon_settings.source) {
		pr_err("source='%s' is unknown: give tracepoint or kprobe\n", source);
		return -EINVAL;
	}
	if (!entries || entries > ENTRIES_MAX) {
		pr_err("entries=%u is out of range: give 1 to %u\n", entries, ENTRIES_MAX);
		return -EINVAL;
	}
	if (proc_mode != 0400 && proc_mode != 0440 && proc_mode != 0444) {
		pr_err("proc_mode=%#o is not allowed: give 0400, 0440 or 0444, octal\n", proc_mode);
		return -EINVAL;
	}
	memmon_settings.is_logging = with_log;
	memmon_settings.entries = entries;
	memmon_settings.proc_mode = proc_mode;
	return check_filter();
}
