// SPDX-License-Identifier: GPL-2.0
/* memmon slabs: what slab caches make of memory, and who holds their slabs. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cmd.h"
#include "slabs.h"
#include "ui.h"

/* So many rows of each table fit a screen. */
#define DEFAULT_TOP 10
#define TOP_NOT_SAID UINT_MAX
#define NEARLY_EMPTY_PERCENT 25

struct settings {
	struct ledger_options ledger;
	const char *sort;
	const char *holders;
	const char *by;
	unsigned int top;
	unsigned int nearly_empty_percent;
	bool wants_pins;
	bool wants_advice;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.name = "pins",
		.type = CMD_FLAG,
		.help = "only who keeps nearly empty slabs",
		.offset = offsetof(struct settings, wants_pins),
	},
	{
		.name = "empty",
		.type = CMD_NUMBER,
		.value = "PERCENT",
		.help = "nearly empty: with so much in use at most (25)",
		.offset = offsetof(struct settings, nearly_empty_percent),
		.min = 1,
		.max = 99,
	},
	{
		.name = "holders",
		.type = CMD_TEXT,
		.value = "CACHE",
		.help = "who holds objects of caches, like 'dentry,kmalloc-*'",
		.offset = offsetof(struct settings, holders),
	},
	{
		.name = "advise",
		.type = CMD_FLAG,
		.help = "kmallocs that would fit better in an own cache",
		.offset = offsetof(struct settings, wants_advice),
	},
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_TEXT,
		.value = "WHOM",
		.help = "cgroup: what each holds; --holders: process, cgroup",
		.offset = offsetof(struct settings, by),
	},
	{
		.letter = 's',
		.name = "sort",
		.type = CMD_TEXT,
		.value = "COLUMN",
		.help = "total, wasted, free, objects, known or pinned first",
		.offset = offsetof(struct settings, sort),
	},
	LEDGER_OPTIONS(struct settings, ledger),
	LEDGER_VIEW_OPTIONS(struct settings, "N rows of each table (10, in JSON all); 0 for all"),
	{},
};

static int choose_view(const struct settings *settings, struct slabs_view *view)
{
	bool is_by_cgroup = settings->by && !strcmp(settings->by, "cgroup");

	if (settings->by && !is_by_cgroup && strcmp(settings->by, "process") != 0) {
		ui_error("--by takes cgroup or process, not '%s'", settings->by);
		return CMD_USAGE;
	}
	if (settings->wants_pins + settings->wants_advice + (settings->holders != NULL) > 1 ||
	    (settings->by && (settings->wants_pins || settings->wants_advice))) {
		ui_error("--pins, --advise, --holders and --by cgroup are different views: choose "
			 "one");
		return CMD_USAGE;
	}
	if (settings->by && !is_by_cgroup && !settings->holders) {
		ui_error("--by process is for --holders CACHE");
		return CMD_USAGE;
	}
	view->by = is_by_cgroup ? MEMMON_SLABS_BY_CGROUP : MEMMON_SLABS_BY_PROCESS;
	view->holders = settings->holders;
	if (settings->holders)
		view->what = SLABS_HOLDERS;
	else if (is_by_cgroup)
		view->what = SLABS_CGROUPS;
	else if (settings->wants_advice)
		view->what = SLABS_ADVICE;
	else if (settings->wants_pins)
		view->what = SLABS_PINS;
	return CMD_GO_ON;
}

/* Does the user want a ledger, or is a look at the machine enough? */
static bool wants_ledger(const struct settings *settings, char *const *command)
{
	return settings->ledger.input || settings->ledger.seconds > 0 || command;
}

static bool is_filtered(const struct filter_options *filter)
{
	static const struct memmon_filter_words none;

	return filter->classes || memcmp(&filter->words, &none, sizeof(none)) != 0;
}

static int understand(const struct settings *settings, char *const *command,
		      struct slabs_view *view)
{
	int status = choose_view(settings, view);

	if (status != CMD_GO_ON)
		return status;
	view->top = settings->top;
	if (view->top == TOP_NOT_SAID)
		view->top = settings->is_json ? 0 : DEFAULT_TOP;
	view->sort = slabs_sort_find(settings->sort ? settings->sort : slabs_sorts[0].name);
	if (!view->sort) {
		ui_error("there is no column '%s'; see 'memmon slabs --help'", settings->sort);
		return CMD_USAGE;
	}
	if (settings->sort && view->what != SLABS_CACHES) {
		ui_error("--sort is for the table of caches");
		return CMD_USAGE;
	}
	if (view->what >= SLABS_HOLDERS && !wants_ledger(settings, command)) {
		ui_error("to know who holds objects, look on for a time: -d SECONDS, or a COMMAND");
		return CMD_USAGE;
	}
	if (view->what == SLABS_PINS && settings->ledger.input) {
		ui_error("a recording has no slabs: --pins needs the running kernel");
		return CMD_USAGE;
	}
	view->nearly_empty_percent = settings->nearly_empty_percent;
	view->only = settings->ledger.filter.words.cache;
	view->is_json = settings->is_json;
	view->recording = settings->ledger.input;
	view->is_filtered = is_filtered(&settings->ledger.filter);
	return CMD_GO_ON;
}

/**
 * struct watch - what the last look needs, and what came of it
 * @status: CMD_OK, or an exit code after a message
 */
struct watch {
	const struct settings *settings;
	struct slabs_source source;
	struct slabs_view *view;
	int status;
};

static int show_view(const struct watch *watch, const struct memmon_snapshot *snapshot)
{
	const struct slabs_view *view = watch->view;
	int err;

	if (view->what == SLABS_PINS && !view->has_slabs) {
		ui_error("mem_monitor cannot read the slabs of this kernel: who keeps them is not "
			 "known");
		return CMD_FAILED;
	}
	err = view->is_json ? slabs_json(view, stdout) : slabs_text(view, stdout);
	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	if (watch->settings->is_strict && snapshot && ledger_is_incomplete(&snapshot->books))
		return CMD_INCOMPLETE;
	return CMD_OK;
}

static int show(struct watch *watch, const struct memmon_snapshot *snapshot)
{
	int status = slabs_look(&watch->source, snapshot, watch->view);

	if (status != CMD_GO_ON)
		return status;
	status = show_view(watch, snapshot);
	memmon_slabs_destroy(watch->view->slabs);
	return status;
}

static int look(const struct memmon_snapshot *snapshot, bool is_last, void *arg)
{
	struct watch *watch = arg;

	if (is_last)
		watch->status = show(watch, snapshot);
	return 0;
}

#define CLASS(name) (1U << MEMMON_CLASS_##name)
#define SLAB_CLASSES                                                                             \
	(CLASS(KMALLOC) | CLASS(CACHE_ALLOC) | CLASS(KFREE) | CLASS(CACHE_FREE) |                \
	 CLASS(CACHE_ALLOC_BULK) | CLASS(CACHE_FREE_BULK) | CLASS(RCU_QUEUE) | CLASS(RCU_FREE) | \
	 CLASS(KMALLOC_NOLOCK) | CLASS(KFREE_NOLOCK) | CLASS(KREALLOC))

static int watch_ledger(struct watch *watch, char **command)
{
	const struct ledger_watcher watcher = { .look = look, .arg = watch };
	int command_status = 0;
	int status = ledger_watch(&watch->settings->ledger, command, SLAB_CLASSES, &watcher,
				  &command_status);

	if (status == CMD_OK)
		status = watch->status;
	return status == CMD_OK ? command_status : status;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = {
		.top = TOP_NOT_SAID,
		.nearly_empty_percent = NEARLY_EMPTY_PERCENT,
	};
	struct slabs_view view = { .what = SLABS_CACHES };
	struct watch watch = { .settings = &settings, .view = &view };
	char **command;
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status != CMD_GO_ON)
		return status;
	command = first < argc ? argv + first : NULL;
	status = understand(&settings, command, &view);
	if (status == CMD_GO_ON)
		status = slabs_source_open(
			&view, view.what == SLABS_PINS || wants_ledger(&settings, command),
			&watch.source);
	if (status != CMD_GO_ON)
		return status;
	if (wants_ledger(&settings, command))
		status = watch_ledger(&watch, command);
	else
		status = show(&watch, NULL);
	slabs_source_close(&watch.source);
	return status;
}

const struct cmd cmd_slabs = {
	.name = "slabs",
	.prog = "memmon slabs",
	.operands = "[[--] COMMAND [ARGUMENT...]]",
	.summary = "Show what slab caches make of memory, and who holds their slabs.",
	.page = "memmon-slabs(1)",
	.runs_command = true,
	.options = options,
	.run = run,
};
