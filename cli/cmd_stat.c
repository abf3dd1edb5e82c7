// SPDX-License-Identifier: GPL-2.0
/* memmon stat: what a command does to the slab caches, before, during and after. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "stat.h"
#include "ui.h"

struct settings {
	unsigned int interval_ms;
	unsigned int settle_ms;
	const char *caches;
	const char *also;
	const char *output;
	bool show_all;
	bool is_json;
};

static const struct cmd_option options[] = {
	{
		.letter = 'i',
		.name = "interval",
		.type = CMD_NUMBER,
		.value = "MS",
		.help = "look at the caches every MS milliseconds (10)",
		.offset = offsetof(struct settings, interval_ms),
		.min = 1,
		.max = 60000,
	},
	{
		.letter = 's',
		.name = "settle",
		.type = CMD_NUMBER,
		.value = "MS",
		.help = "wait MS milliseconds before the look after it (100)",
		.offset = offsetof(struct settings, settle_ms),
		.max = 60000,
	},
	{
		.letter = 'c',
		.name = "caches",
		.type = CMD_TEXT,
		.value = "PATTERN",
		.help = "only these caches, like 'kmalloc-*,dentry'",
		.offset = offsetof(struct settings, caches),
	},
	{
		.name = "also",
		.type = CMD_TEXT,
		.value = "PATTERN",
		.help = "these caches too, although they did not move",
		.offset = offsetof(struct settings, also),
	},
	{
		.letter = 'a',
		.name = "all",
		.type = CMD_FLAG,
		.help = "every cache, although it did not move",
		.offset = offsetof(struct settings, show_all),
	},
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON",
		.offset = offsetof(struct settings, is_json),
	},
	{
		.letter = 'o',
		.name = "output",
		.type = CMD_TEXT,
		.value = "FILE",
		.help = "write the result to FILE, apart from COMMAND's output",
		.offset = offsetof(struct settings, output),
	},
	{},
};

/* All that the looks need, made before the first of them: watching must not disturb. */
struct watch {
	struct memmon_file *file;
	struct memmon_slabinfo *info;
	struct memmon_experiment *experiment;
	struct stat_module *module;
	size_t nr_samples;
	size_t nr_skipped;
};

static int open_watch(struct watch *watch)
{
	const char *path = module_slabinfo_path();
	int err = memmon_file_open(path, &watch->file);

	if (err == -EACCES || err == -EPERM) {
		ui_error("no permission to read %s; run memmon stat as root", path);
		return CMD_NO_ACCESS;
	}
	if (err == -ENOENT) {
		ui_error("there is no %s; memmon stat needs a kernel with slabinfo", path);
		return CMD_NO_ACCESS;
	}
	if (!err)
		err = memmon_slabinfo_create(&watch->info);
	if (!err)
		err = memmon_experiment_create(&watch->experiment);
	if (err) {
		ui_error("cannot watch %s: %s", path, strerror(-err));
		return CMD_FAILED;
	}
	watch->module = stat_module_open();
	return CMD_OK;
}

static void close_watch(struct watch *watch)
{
	stat_module_close(watch->module);
	memmon_experiment_destroy(watch->experiment);
	memmon_slabinfo_destroy(watch->info);
	memmon_file_close(watch->file);
}

static int look(struct watch *watch, enum memmon_phase phase)
{
	const char *text;
	size_t len;
	int err;

	err = memmon_file_read(watch->file, &text, &len);
	if (!err)
		err = memmon_slabinfo_parse(watch->info, text, len);
	if (!err) {
		watch->nr_skipped += memmon_slabinfo_skipped(watch->info);
		err = memmon_experiment_add(watch->experiment, phase, watch->info);
	}
	if (err)
		ui_error("cannot understand %s: %s", module_slabinfo_path(), strerror(-err));
	return err;
}

static int look_during(void *arg)
{
	struct watch *watch = arg;

	watch->nr_samples++;
	return look(watch, MEMMON_DURING);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* Returns an exit code; CMD_OK when the command ran and all looks were taken. */
static int experiment(struct watch *watch, const struct settings *settings,
		      struct stat_report *report)
{
	pid_t pid;
	int err;

	if (look(watch, MEMMON_BEFORE))
		return CMD_FAILED;
	if (watch->module && stat_module_begin(watch->module))
		return CMD_FAILED;
	report->seconds = -now_seconds();
	err = stat_child_start(report->command, &pid);
	if (err) {
		ui_error("cannot run '%s': %s", report->command[0], strerror(-err));
		return err == -ENOENT ? 127 : 126;
	}
	err = stat_child_watch(pid, settings->interval_ms, look_during, watch, &report->exit_code);
	report->seconds += now_seconds();
	if (err || (watch->module && stat_module_end(watch->module)))
		return CMD_FAILED;
	sleep_ms(settings->settle_ms);
	return look(watch, MEMMON_AFTER) ? CMD_FAILED : CMD_OK;
}

static int print(const struct settings *settings, const struct stat_report *report, FILE *out)
{
	int err = settings->is_json ? stat_report_json(report, out) : stat_report_text(report, out);

	if (err)
		ui_error("%s", strerror(-err));
	else if (settings->output)
		err = ui_flush(out, settings->output);
	return err ? CMD_FAILED : CMD_OK;
}

/* Nobody else may read what a privileged user has seen. */
static FILE *create_private(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		ui_error("cannot write to %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return file;
}

static int show(struct watch *watch, const struct settings *settings, struct stat_report *report,
		FILE *out)
{
	int err;

	report->module = watch->module;
	report->nr_samples = watch->nr_samples;
	report->nr_skipped = watch->nr_skipped;
	report->interval_ms = settings->interval_ms;
	report->not_counted = stat_module_count(watch->module, watch->experiment);
	report->experiment = watch->experiment;
	err = memmon_experiment_select(watch->experiment, settings->caches,
				       settings->show_all ? "*" : settings->also, &report->nr_rows);
	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	return print(settings, report, out);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .interval_ms = 10, .settle_ms = 100 };
	struct stat_report report = { 0 };
	struct watch watch = { 0 };
	FILE *out = stdout;
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status != CMD_GO_ON)
		return status;
	if (first >= argc) {
		ui_error("no command to run; say 'memmon stat -- COMMAND'");
		return CMD_USAGE;
	}
	report.command = argv + first;
	/* Before the command runs: it may take hours, and its result must have a place to go. */
	if (settings.output) {
		out = create_private(settings.output);
		if (!out)
			return CMD_FAILED;
	}
	status = open_watch(&watch);
	if (status == CMD_OK)
		status = experiment(&watch, &settings, &report);
	if (status == CMD_OK)
		status = show(&watch, &settings, &report, out);
	close_watch(&watch);
	if (out != stdout)
		fclose(out);
	/* The command's own status is passed on, unless we failed where it did not. */
	return report.exit_code ? report.exit_code : status;
}

const struct cmd cmd_stat = {
	.name = "stat",
	.prog = "memmon stat",
	.operands = "[--] COMMAND [ARGUMENT...]",
	.summary = "Run a command and show what it does to the slab caches.",
	.page = "memmon-stat(1)",
	.options = options,
	.run = run,
};
