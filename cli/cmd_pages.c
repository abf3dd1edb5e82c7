// SPDX-License-Identifier: GPL-2.0
/* memmon pages: who has pages of the page allocator, what is free, and which requests went wrong. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cmd.h"
#include "ledger.h"
#include "loss.h"
#include "pages.h"
#include "ui.h"

/* So many rows fit a screen. */
#define DEFAULT_TOP 20
#define TOP_NOT_SAID UINT_MAX

/* A look takes time, and only the last one is shown. */
#define NO_LOOK_BETWEEN_SECONDS 1000000

#define CLASS(name) (1U << MEMMON_CLASS_##name)
#define PAGE_CLASSES \
	(CLASS(PAGE_ALLOC) | CLASS(PAGE_FREE) | CLASS(PAGE_ALLOC_BULK) | CLASS(PAGE_EXTFRAG))

struct settings {
	const char *by;
	unsigned int top;
	struct ledger_options ledger;
	bool is_json;
	bool is_strict;
};

static const struct cmd_option options[] = {
	{
		.letter = 'b',
		.name = "by",
		.type = CMD_TEXT,
		.value = "KEY",
		.help = "order (default), migratetype, node, zone, process, ...",
		.offset = offsetof(struct settings, by),
	},
	LEDGER_OPTIONS(struct settings, ledger),
	LEDGER_VIEW_OPTIONS(struct settings, "N rows of each table (20, in JSON all); 0 for all"),
	{},
};

uint64_t pages_scale(const struct pages_view *view)
{
	const struct memmon_filter *filter = &view->books.filter;

	return filter->conditions & 1U << MEMMON_FILTERED_SAMPLE ? filter->sample_one_in : 1;
}

size_t pages_shown(const struct pages_view *view, size_t nr)
{
	return view->top && view->top < nr ? view->top : nr;
}

uint64_t pages_requests(const struct pages_view *view)
{
	const struct memmon_pages_total *total = memmon_pages_total(view->pages);

	/* What got nothing has no address that could be left out of a sample. */
	return (total->requests - total->trouble.failed) * pages_scale(view) +
	       total->trouble.failed;
}

bool pages_knows_broken(const struct pages_view *view)
{
	return !(view->books.missing_classes & CLASS(PAGE_EXTFRAG));
}

static int begin(struct memmon_reader *reader, void *arg)
{
	struct pages_view *view = arg;

	view->reader = reader;
	return memmon_pages_create(reader, view->key, &view->pages);
}

static int take(const struct memmon_event *events, unsigned int nr, void *arg)
{
	struct pages_view *view = arg;

	return memmon_pages_take(view->pages, events, nr);
}

static int look(const struct memmon_snapshot *snapshot, bool is_last, void *arg)
{
	struct pages_view *view = arg;
	int err;

	if (!is_last)
		return 0;
	view->books = snapshot->books;
	err = memmon_pages_hold(view->pages, snapshot);
	if (!err)
		err = memmon_snapshot_estimate(snapshot, MEMMON_SECTION_PAGES, NULL, NULL,
					       &view->live);
	if (!err)
		err = memmon_reader_loss(view->reader, &view->loss);
	if (!err)
		err = pages_free_read(view->recording, &view->free);
	if (!err)
		err = view->is_json ? pages_json(view, stdout) : pages_text(view, stdout);
	return err;
}

static int understand(struct settings *settings, struct pages_view *view)
{
	const char *by = settings->by ? settings->by : "order";

	if (memmon_pages_key_find(by, &view->key)) {
		ui_error("--by takes order, migratetype, node, zone, process, cgroup, site or use, "
			 "not '%s'",
			 by);
		return CMD_USAGE;
	}
	view->recording = settings->ledger.input;
	if (view->recording && view->key == MEMMON_PAGES_KEY_USE) {
		ui_error(
			"a recording does not say what is done with pages; leave out --input to ask "
			"the running kernel");
		return CMD_USAGE;
	}
	if (view->key == MEMMON_PAGES_KEY_SITE)
		settings->ledger.has_stacks = true;
	settings->ledger.interval = NO_LOOK_BETWEEN_SECONDS;
	view->is_json = settings->is_json;
	view->top = settings->top;
	if (view->top == TOP_NOT_SAID)
		view->top = settings->is_json ? 0 : DEFAULT_TOP;
	return CMD_GO_ON;
}

/* Which pages are a large kmalloc is known from the objects. */
static uint32_t classes_of(const struct pages_view *view)
{
	return view->key == MEMMON_PAGES_KEY_USE ? 0 : PAGE_CLASSES;
}

static int watch(const struct settings *settings, char **command, struct pages_view *view)
{
	const struct ledger_watcher watcher = {
		.look = look,
		.begin = begin,
		.take = take,
		.arg = view,
	};
	int status, command_status;

	status = ledger_watch(&settings->ledger, command, classes_of(view), &watcher,
			      &command_status);
	if (status != CMD_OK)
		return status;
	if (command_status)
		ui_error("the command '%s' ended with %d", command[0], command_status);
	if (settings->is_strict && (ledger_is_incomplete(&view->books) || loss_is_any(&view->loss)))
		return CMD_INCOMPLETE;
	return CMD_OK;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct settings settings = { .top = TOP_NOT_SAID };
	struct pages_view view = { 0 };
	int first, status = cmd_parse(cmd, argc, argv, &settings, &first);

	if (status == CMD_GO_ON)
		status = understand(&settings, &view);
	if (status != CMD_GO_ON)
		return status;
	status = watch(&settings, first < argc ? argv + first : NULL, &view);
	pages_free_release(&view.free);
	memmon_pages_destroy(view.pages);
	return status;
}

const struct cmd cmd_pages = {
	.name = "pages",
	.prog = "memmon pages",
	.operands = "[[--] COMMAND [ARGUMENT...]]",
	.runs_command = true,
	.summary = "Show who has pages, what is free, and which requests went wrong.",
	.page = "memmon-pages(1)",
	.options = options,
	.run = run,
};
