// SPDX-License-Identifier: GPL-2.0
/* The module parameters: declares them and checks them. */
#define pr_fmt(fmt) "mem_monitor: " fmt

#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "probe.h"
#include "ring_math.h"
#include "settings.h"
#include "text.h"

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
MODULE_PARM_DESC(
	comm,
	"record only threads of these names, separated by commas; * and ? match any characters");

static char *cache = "";
module_param(cache, charp, 0400);
MODULE_PARM_DESC(
	cache,
	"record only objects of these slab caches, separated by commas; * and ? match any characters");

static unsigned long min_bytes;
module_param(min_bytes, ulong, 0400);
MODULE_PARM_DESC(min_bytes, "record only requests of at least this size (default 0: all)");

static bool kmalloc_constant;
module_param(kmalloc_constant, bool, 0400);
MODULE_PARM_DESC(kmalloc_constant,
		 "source=kprobe: watch kmalloc of constant sizes too (default 0)");

static unsigned int rings_max_mib;
module_param(rings_max_mib, uint, 0400);
MODULE_PARM_DESC(
	rings_max_mib,
	"memory for the rings of all sessions of /dev/mem_monitor, MiB (default 0: a quarter of the RAM)");

module_param_named(fail_step, memmon_settings.fail_step, uint, 0400);
MODULE_PARM_DESC(fail_step, "for tests: make this step of loading fail (default 0: none)");

static int check_patterns(const char *name, const char *text, char *to, size_t bytes,
			  unsigned int longest)
{
	if (!text[0])
		return 0;
	if (strscpy(to, text, bytes) < 0) {
		pr_err("%s='%s' is too long: at most %zu characters\n", name, text, bytes - 1);
		return -EINVAL;
	}
	if (!memmon_text_can_match(to, longest)) {
		pr_err("%s='%s' matches nothing: each name has 1 to %u characters\n", name, text,
		       longest);
		return -EINVAL;
	}
	return 0;
}

static int check_filter(struct memmon_filter *filter)
{
	int ret;

	if (pid < 0 || pid > MEMMON_PID_MASK) {
		pr_err("pid=%d is no process: give 1 to %u, or 0 for all\n", pid, MEMMON_PID_MASK);
		return -EINVAL;
	}
	filter->pid = pid;
	filter->min_bytes = min_bytes;
	filter->max_bytes = U64_MAX;
	ret = check_patterns("comm", comm, filter->comm, sizeof(filter->comm),
			     MEMMON_COMM_BYTES - 1);
	if (ret)
		return ret;
	ret = check_patterns("cache", cache, filter->cache, sizeof(filter->cache),
			     MEMMON_CACHE_NAME_BYTES - 1);
	if (ret)
		return ret;
	filter->conditions = !!filter->pid << MEMMON_FILTERED_PID |
			     !!filter->min_bytes << MEMMON_FILTERED_BYTES |
			     !!filter->comm[0] << MEMMON_FILTERED_COMM |
			     !!filter->cache[0] << MEMMON_FILTERED_CACHE;
	return 0;
}

/* The log's session: each ring can hold all that the log shows. */
static int set_log_options(struct memmon_options *options)
{
	options->flags = MEMMON_OPTION_OVERWRITE | MEMMON_OPTION_WITH_SELF;
	options->classes = memmon_settings.source == MEMMON_SOURCE_TRACEPOINT ?
				   MEMMON_CLASSES_TRACEPOINT :
				   MEMMON_CLASSES_KPROBE;
	if (!kmalloc_constant)
		options->classes &= ~(1U << MEMMON_CLASS_CALL_KMALLOC_CACHE);
	options->ring_bytes = roundup_pow_of_two(max(entries, MEMMON_RING_SLOTS_MIN)) *
			      sizeof(struct memmon_record);
	return check_filter(&options->filter);
}

/**
 * memmon_settings_check - check the parameters and set memmon_settings
 *
 * Return: 0, or -EINVAL after one line in the kernel log that says what is wrong.
 */
int memmon_settings_check(void)
{
	int found = memmon_probe_source_find(source);

	if (found < 0) {
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
	memmon_settings.source = found;
	memmon_settings.is_logging = with_log;
	memmon_settings.entries = entries;
	memmon_settings.proc_mode = proc_mode;
	memmon_settings.rings_max_bytes = rings_max_mib ? (u64)rings_max_mib << 20 :
							  (u64)totalram_pages() * PAGE_SIZE / 4;
	return set_log_options(&memmon_settings.log_options);
}
