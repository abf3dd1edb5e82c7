// SPDX-License-Identifier: GPL-2.0
/* memmon top: who asks for memory now, and who holds it, as it changes. */
#include <string.h>

#include "cmd.h"
#include "report.h"
#include "top.h"
#include "ui.h"

#define DEFAULT_ROWS 20
#define ROWS_NOT_SAID UINT32_MAX
#define LEAST_INTERVAL 0.05

struct settings {
	struct top_options source;
	double interval;
	const char *by;
	const char *sort;
	const char *memory;
	unsigned int nr_intervals;
	unsigned int nr_rows;
	bool is_batch;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'd',
		.name = "interval",
		.type = CMD_SECONDS,
		.value = "SEC",
		.help = "time between two looks (1), at least 0.05",
		.offset = offsetof(struct settings, interval),
		.max = 3600,
	},
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_TEXT,
		.value = "KEY",
		.help = "cache (default), site, process, cgroup, order, stack",
		.offset = offsetof(struct settings, by),
	},
	{
		.letter = 's',
		.name = "sort",
		.type = CMD_TEXT,
		.value = "COLUMN",
		.help = "requests (default), frees, bytes, live, growth, ...",
		.offset = offsetof(struct settings, sort),
	},
	{
		.letter = 'm',
		.name = "memory",
		.type = CMD_TEXT,
		.value = "KIND",
		.help = "objects (default) or pages",
		.offset = offsetof(struct settings, memory),
	},
	{
		.name = "stacks",
		.type = CMD_FLAG,
		.help = "also by call stack",
		.offset = offsetof(struct settings, source.has_stacks),
	},
	{
		.name = "no-ledger",
		.type = CMD_FLAG,
		.help = "only rates, not what is held: costs less",
		.offset = offsetof(struct settings, source.has_no_ledger),
	},
	{
		.name = "places",
		.type = CMD_TEXT,
		.value = "N",
		.help = "room for so many rows on each CPU (16K)",
		.offset = offsetof(struct settings, source.places),
	},
	{
		.name = "objects",
		.type = CMD_TEXT,
		.value = "N",
		.help = "room for so many live objects, like 1M",
		.offset = offsetof(struct settings, source.objects),
	},
	{
		.name = "batch",
		.type = CMD_FLAG,
		.help = "print each interval as text, without a screen",
		.offset = offsetof(struct settings, is_batch),
	},
	{
		.letter = 'n',
		.name = "iterations",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "with --batch: end after N intervals",
		.offset = offsetof(struct settings, nr_intervals),
		.min = 1,
		.max = 1000000000,
	},
	{
		.letter = 'r',
		.name = "rows",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "with --batch: N rows (20, in JSON all); 0 for all",
		.offset = offsetof(struct settings, nr_rows),
		.max = 1000000000,
	},
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "with --batch: a JSON object on each line",
		.offset = offsetof(struct settings, is_json),
	},
	{
		.name = "strict",
		.type = CMD_FLAG,
		.help = "exit with 4 if anything is not in its row or lost",
		.offset = offsetof(struct settings, is_strict),
	},
	FILTER_OPTIONS(struct settings, source.filter),
	{},
};

static int refuse(const char *what, const char *takes, const char *text)
{
	ui_error("%s takes %s, not '%s'", what, takes, text);
	return CMD_USAGE;
}

static int check(const struct settings *settings)
{
	/* A recording has no hurry. */
	if (settings->interval > 0 && settings->interval < LEAST_INTERVAL &&
	    !settings->source.recording) {
		ui_error("--interval takes %g seconds or more", LEAST_INTERVAL);
		return CMD_USAGE;
	}
	if (settings->is_batch)
		return CMD_GO_ON;
	if (settings->is_json || settings->nr_intervals || settings->nr_rows != ROWS_NOT_SAID) {
		ui_error("--json, --iterations and --rows are for --batch");
		return CMD_USAGE;
	}
	return CMD_GO_ON;
}

/**
 * struct start - what is shown first
 */
struct start {
	enum memmon_total_key key;
	enum memmon_section section;
	enum top_column sort;
};

static int understand(const struct settings *settings, struct start *start)
{
	*start = (struct start){ .key = MEMMON_TOTAL_CACHE, .section = MEMMON_SECTION_SLAB };
	if (settings->memory && !strcmp(settings->memory, "pages")) {
		start->section = MEMMON_SECTION_PAGES;
		start->key = MEMMON_TOTAL_ORDER;
	} else if (settings->memory && strcmp(settings->memory, "objects") != 0) {
		return refuse("--memory", "objects or pages", settings->memory);
	}
	if (settings->by && memmon_totals_key_find(settings->by, &start->key))
		return refuse("--by", "cache, site, process, cgroup, order or stack", settings->by);
	if (settings->memory && start->key == MEMMON_TOTAL_CACHE &&
	    start->section == MEMMON_SECTION_PAGES) {
		ui_error("pages are of no cache; choose --by order, site, process or cgroup");
		return CMD_USAGE;
	}
	if (start->key == MEMMON_TOTAL_STACK && !settings->source.has_stacks &&
	    !settings->source.recording) {
		ui_error("--by stack needs --stacks");
		return CMD_USAGE;
	}
	if (settings->sort && top_column_find(settings->sort, &start->sort))
		return refuse("--sort", "requests, frees, bytes, live, growth, objects or name",
			      settings->sort);
	if (top_column_needs_live(start->sort) && settings->source.has_no_ledger) {
		ui_error("with --no-ledger nobody knows what is held; choose another --sort");
		return CMD_USAGE;
	}
	return CMD_GO_ON;
}

static int show(const struct settings *settings, struct top_model *model, struct top_source *source)
{
	unsigned int nr_rows = settings->nr_rows;

	if (!settings->is_batch)
		return top_watch(model, source);
	if (nr_rows == ROWS_NOT_SAID)
		nr_rows = settings->is_json ? 0 : DEFAULT_ROWS;
	return top_print(model, source, settings->nr_intervals, nr_rows, settings->is_json);
}

static int begin(const struct settings *settings, const struct start *start,
		 struct top_source *source)
{
	struct top_model model;
	int status, err = top_model_init(&model, source->totals, source->has_stacks);

	model.sort = start->sort;
	model.section = start->section;
	model.is_recording = settings->source.recording;
	if (settings->interval > 0)
		model.interval = settings->interval;
	if (!err)
		err = top_show(&model, start->key);
	if (err) {
		ui_error("not enough memory");
		status = CMD_FAILED;
	} else {
		status = show(settings, &model, source);
	}
	if (status == CMD_OK && settings->is_strict &&
	    top_is_incomplete(memmon_totals_books(source->totals)))
		status = CMD_INCOMPLETE;
	top_model_exit(&model);
	return status;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .nr_rows = ROWS_NOT_SAID };
	struct top_source source;
	struct start start;
	int first, status = cmd_parse(cmd, argc, argv, &settings, &first);

	if (status == CMD_GO_ON)
		status = cmd_no_operands(cmd, argc, argv, first + 1);
	if (status != CMD_GO_ON)
		return status;
	if (first < argc)
		settings.source.recording = argv[first];
	status = check(&settings);
	if (status == CMD_GO_ON)
		status = understand(&settings, &start);
	if (status != CMD_GO_ON)
		return status;
	status = top_source_open(&settings.source, &source);
	if (status == CMD_GO_ON && start.key == MEMMON_TOTAL_STACK && source.reader)
		status = report_check_stacks(settings.source.recording, source.reader);
	if (status == CMD_GO_ON)
		status = begin(&settings, &start, &source);
	top_source_close(&source);
	return status;
}

const struct cmd cmd_top = {
	.name = "top",
	.prog = "memmon top",
	.operands = "[DIR]",
	.summary = "Watch who asks for memory and who holds it, live or in a recording.",
	.page = "memmon-top(1)",
	.options = options,
	.run = run,
};
