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
	struct filter_options filter;
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
	status = report_keys_parse(settings->by ? settings->by : "cache", &view->options);
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
	return status;
}

static bool is_wanted(void *arg, const struct memmon_event *event)
{
	return filter_view_wants(arg, event->record);
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
	err = settings->is_json ? report_json(view, stdout) : report_text(view, stdout);
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
