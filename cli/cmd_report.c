// SPDX-License-Identifier: GPL-2.0
/* memmon report: what a recording adds up to. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cmd.h"
#include "filter_options.h"
#include "loss.h"
#include "record.h"
#include "report.h"
#include "ui.h"

/* So many rows fit a screen. */
#define DEFAULT_TOP 20
#define TOP_NOT_SAID UINT_MAX

struct settings {
	const char *by;
	const char *sort;
	const char *columns;
	unsigned int top;
	const char *time;
	const char *value;
	struct filter_options filter;
	bool is_folded;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_TEXT,
		.value = "KEY[,KEY]",
		.help = "one row for each cache (default), site, process, ...",
		.offset = offsetof(struct settings, by),
	},
	{
		.letter = 's',
		.name = "sort",
		.type = CMD_TEXT,
		.value = "COLUMN",
		.help = "rows with most of it first (taken)",
		.offset = offsetof(struct settings, sort),
	},
	{
		.letter = 'n',
		.name = "top",
		.type = CMD_NUMBER,
		.value = "N",
		.help = "N rows of each table (20, in JSON all); 0 for all",
		.offset = offsetof(struct settings, top),
		.max = 1000000000,
	},
	{
		.letter = 'c',
		.name = "columns",
		.type = CMD_TEXT,
		.value = "LIST",
		.help = "these columns, or all",
		.offset = offsetof(struct settings, columns),
	},
	{
		.letter = 't',
		.name = "time",
		.type = CMD_TEXT,
		.value = "A,B",
		.help = "from A to B after the start: 1.5,2 or 200ms,",
		.offset = offsetof(struct settings, time),
	},
	{
		.name = "folded",
		.type = CMD_FLAG,
		.help = "print call stacks for flame graphs, one on each line",
		.offset = offsetof(struct settings, is_folded),
	},
	{
		.name = "value",
		.type = CMD_TEXT,
		.value = "COLUMN",
		.help = "with --folded: the number behind a stack (taken)",
		.offset = offsetof(struct settings, value),
	},
	FILTER_OPTIONS(struct settings, filter),
	{
		.letter = 'j',
		.name = "json",
		.type = CMD_FLAG,
		.help = "print JSON",
		.offset = offsetof(struct settings, is_json),
	},
	{
		.name = "strict",
		.type = CMD_FLAG,
		.help = "end with 4 when any event was lost",
		.offset = offsetof(struct settings, is_strict),
	},
	{},
};

static int understand_folded(const struct settings *settings, struct report_view *view)
{
	int status;

	if (!settings->is_folded && settings->value) {
		ui_error("--value is for --folded; --columns chooses the columns of tables");
		return CMD_USAGE;
	}
	if (!settings->is_folded)
		return CMD_GO_ON;
	if (settings->sort || settings->columns || settings->is_json ||
	    settings->top != TOP_NOT_SAID) {
		ui_error("--folded prints one number of every stack; leave out --sort, --columns, "
			 "--top and --json");
		return CMD_USAGE;
	}
	if (!report_has_key(&view->options, MEMMON_KEY_STACK)) {
		ui_error("--folded needs call stacks: --by stack, or stack and other keys");
		return CMD_USAGE;
	}
	status = settings->value ? report_sort_parse(settings->value, &view->value) : CMD_GO_ON;
	if (status == CMD_GO_ON && view->value &&
	    (!view->value->is_sum || view->value->unit == REPORT_PER_SECOND)) {
		ui_error("--value takes a column that can be added up, like requests, taken or "
			 "outstanding, not '%s'",
			 settings->value);
		return CMD_USAGE;
	}
	return status;
}

/* What does not depend on the recording. */
static int understand(const struct settings *settings, struct report_view *view)
{
	int status;

	view->top = settings->top;
	if (view->top == TOP_NOT_SAID)
		view->top = settings->is_json ? 0 : DEFAULT_TOP;
	view->options.until_ns = UINT64_MAX;
	if (settings->time &&
	    report_time_parse(settings->time, &view->options.from_ns, &view->options.until_ns)) {
		ui_error("--time takes A,B with A before B, like 1.5,2s or 200ms, not '%s'",
			 settings->time);
		return CMD_USAGE;
	}
	status = report_keys_parse(settings->by	       ? settings->by :
				   settings->is_folded ? "stack" :
							 "cache",
				   &view->options);
	if (status == CMD_GO_ON)
		status = understand_folded(settings, view);
	if (status == CMD_GO_ON && settings->sort)
		status = report_sort_parse(settings->sort, &view->sort);
	if (status == CMD_GO_ON && settings->columns)
		status = report_columns_parse(settings->columns, view->columns);
	return status;
}

/* Columns that fit a screen, of those that the recording can fill. */
static int choose_defaults(struct report_view *view)
{
	bool has_taken = memmon_report_knows_taken(view->report);
	int status = CMD_GO_ON;

	if (!view->sort)
		status = report_sort_parse(has_taken ? "taken" : "requested", &view->sort);
	if (status == CMD_GO_ON && !view->columns[0])
		status = report_columns_parse(
			has_taken ? "requests,requests_per_second,taken,wasted,outstanding,peak,"
				    "lifetime_median,lifetime_p99" :
				    "requests,requests_per_second,requested",
			view->columns);
	if (status == CMD_GO_ON && !view->value)
		status = report_sort_parse(has_taken ? "taken" : "requests", &view->value);
	return status;
}

static bool is_wanted(void *arg, const struct memmon_event *event)
{
	return filter_view_wants(arg, event->record);
}

static int print(const struct settings *settings, const struct report_view *view)
{
	int err;

	if (settings->is_json)
		return report_json(view, stdout);
	if (!settings->is_folded)
		return report_text(view, stdout);
	err = report_folded(view, stdout);
	/* On stdout there is nothing but stacks. */
	loss_print(&view->loss, stderr);
	return err;
}

static int show(const struct settings *settings, struct report_view *view)
{
	int err = memmon_report_create(view->reader, &view->options, &view->report);
	int status;

	if (!err)
		err = memmon_report_read(view->report);
	if (!err)
		err = memmon_report_finish(view->report);
	if (!err)
		err = memmon_reader_loss(view->reader, &view->loss);
	if (err) {
		ui_error("cannot read the recording %s: %s", view->recording, strerror(-err));
		return CMD_FAILED;
	}
	status = choose_defaults(view);
	if (status != CMD_GO_ON)
		return status;
	err = print(settings, view);
	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	return loss_verdict(&view->loss, settings->is_strict);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .top = TOP_NOT_SAID };
	struct report_view view = { .recording = RECORD_DEFAULT_DIR };
	struct filter_view *filter = NULL;
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status != CMD_GO_ON)
		return status;
	if (first < argc)
		view.recording = argv[first++];
	status = cmd_no_operands(cmd, argc, argv, first);
	if (status == CMD_GO_ON)
		status = understand(&settings, &view);
	if (status == CMD_GO_ON)
		status = report_open(view.recording, &view.reader);
	if (status != CMD_GO_ON)
		return status;
	if (report_has_key(&view.options, MEMMON_KEY_STACK))
		status = report_check_stacks(view.recording, view.reader);
	if (status == CMD_GO_ON)
		status = filter_view_create(&settings.filter, view.reader, &filter);
	if (status == CMD_GO_ON) {
		view.is_chosen = !filter_view_is_open(filter);
		if (view.is_chosen)
			view.options.is_wanted = is_wanted;
		view.options.arg = filter;
		status = show(&settings, &view);
	}
	memmon_report_destroy(view.report);
	filter_view_destroy(filter);
	memmon_reader_close(view.reader);
	return status;
}

const struct cmd cmd_report = {
	.name = "report",
	.prog = "memmon report",
	.operands = "[DIR]",
	.summary = "Show what a recording adds up to.",
	.page = "memmon-report(1)",
	.options = options,
	.run = run,
};
