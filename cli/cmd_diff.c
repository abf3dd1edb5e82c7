// SPDX-License-Identifier: GPL-2.0
/* memmon diff: what changed between two recordings, or two results of memmon stat. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cmd.h"
#include "diff.h"
#include "loss.h"
#include "report.h"
#include "ui.h"

/* So many rows of each of the tables. */
#define DEFAULT_TOP 20
#define TOP_NOT_SAID UINT_MAX
#define MAX_TABLES 8

struct settings {
	struct cmd_list by;
	const char *sort;
	unsigned int top;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_LIST,
		.value = "KEY[,KEY]",
		.help = "a table by it; again for more (cache and site)",
		.offset = offsetof(struct settings, by),
	},
	{
		.letter = 's',
		.name = "sort",
		.type = CMD_TEXT,
		.value = "METRIC",
		.help = "requests, taken, outstanding or objects",
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

static int parse_sort(const char *text, enum diff_metric *ret)
{
	static const char *const words[] = { "requests", "taken", "outstanding", "objects" };

	for (unsigned int i = 0; i < DIFF_NR_METRICS; i++) {
		if (!strcmp(text, words[i]) || !strcmp(text, diff_metric_name(i))) {
			*ret = (enum diff_metric)i;
			return CMD_GO_ON;
		}
	}
	ui_error("--sort takes requests, taken, outstanding or objects, not '%s'", text);
	return CMD_USAGE;
}

static int compare(const char *a, const char *b, enum diff_metric sort, struct diff *diff)
{
	int status = diff_side_read(a, &diff->options, &diff->a);

	if (status == CMD_GO_ON)
		status = diff_side_read(b, &diff->options, &diff->b);
	if (status != CMD_GO_ON)
		return status;
	if (sort != DIFF_NR_METRICS && !diff_is_known(diff, MEMMON_SECTION_SLAB, sort) &&
	    !diff_is_known(diff, MEMMON_SECTION_PAGES, sort)) {
		ui_error("cannot sort by %s: it is not known of both sides",
			 diff_metric_name(sort));
		return CMD_FAILED;
	}
	if (diff_join(diff, sort)) {
		ui_error("%s", strerror(ENOMEM));
		return CMD_FAILED;
	}
	return CMD_GO_ON;
}

static int show(const struct settings *settings, const struct diff_view *view)
{
	const struct diff *first = &view->diffs[0];
	int err = settings->is_json ? diff_json(view, stdout) : diff_text(view, stdout);

	if (err) {
		ui_error("%s", strerror(-err));
		return CMD_FAILED;
	}
	if (first->a.has_loss && loss_verdict(&first->a.loss, settings->is_strict) != CMD_OK)
		return CMD_INCOMPLETE;
	if (first->b.has_loss)
		return loss_verdict(&first->b.loss, settings->is_strict);
	return CMD_OK;
}

static int understand(const struct settings *settings, struct diff *diffs, size_t *nr_diffs,
		      enum diff_metric *sort)
{
	static const struct cmd_list both = { .items = { "cache", "site" }, .nr = 2 };
	const struct cmd_list *by = settings->by.nr ? &settings->by : &both;
	int status = CMD_GO_ON;

	if (by->nr > MAX_TABLES) {
		ui_error("--by can be given %d times", MAX_TABLES);
		return CMD_USAGE;
	}
	for (*nr_diffs = 0; *nr_diffs < by->nr && status == CMD_GO_ON; ++*nr_diffs) {
		diffs[*nr_diffs].options.until_ns = UINT64_MAX;
		status = report_keys_parse(by->items[*nr_diffs], &diffs[*nr_diffs].options);
	}
	if (status == CMD_GO_ON && settings->sort)
		status = parse_sort(settings->sort, sort);
	return status;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .top = TOP_NOT_SAID };
	enum diff_metric sort = DIFF_NR_METRICS;
	struct diff diffs[MAX_TABLES] = { 0 };
	struct diff_view view = { .diffs = diffs };
	int first, status;

	status = cmd_parse(cmd, argc, argv, &settings, &first);
	if (status != CMD_GO_ON)
		return status;
	if (argc - first != 2) {
		ui_error("two recordings or results are needed; say 'memmon diff A B'");
		return CMD_USAGE;
	}
	status = understand(&settings, diffs, &view.nr_diffs, &sort);
	view.top = settings.top;
	if (view.top == TOP_NOT_SAID)
		view.top = settings.is_json ? 0 : DEFAULT_TOP;
	for (size_t i = 0; i < view.nr_diffs && status == CMD_GO_ON; i++)
		status = compare(argv[first], argv[first + 1], sort, &diffs[i]);
	if (status == CMD_GO_ON)
		status = show(&settings, &view);
	for (size_t i = 0; i < view.nr_diffs; i++)
		diff_drop(&diffs[i]);
	return status;
}

const struct cmd cmd_diff = {
	.name = "diff",
	.prog = "memmon diff",
	.operands = "A B",
	.summary = "Show what changed between two recordings or results.",
	.page = "memmon-diff(1)",
	.options = options,
	.run = run,
};
