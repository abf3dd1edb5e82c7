// SPDX-License-Identifier: GPL-2.0
/* Decides where the snapshots of a view come from, and how often one is taken. */
#include <math.h>

#include "ledger_internal.h"
#include "ui.h"

#define LEAST_PAUSE_SECONDS 0.1
#define WHY_BYTES 200

double ledger_pause(const struct ledger_options *said, double seconds, double elapsed)
{
	if (said->interval > 0)
		return said->interval;
	return fmax((seconds > 0 ? seconds : elapsed) / 10, LEAST_PAUSE_SECONDS);
}

int ledger_look(const struct ledger_request *request, struct memmon_snapshot *snapshot,
		bool is_last)
{
	int ret;

	/* What the user or the view left out on purpose is not missing. */
	snapshot->books.missing_classes &= request->classes;
	ret = request->watcher->look(snapshot, is_last, request->watcher->arg);
	memmon_snapshot_free(snapshot);
	return ret;
}

static int refuse(const char *why)
{
	ui_error("%s", why);
	return CMD_USAGE;
}

static int check(const struct ledger_options *said, char **command)
{
	if (command && said->seconds > 0)
		return refuse("the view ends with the command or after --duration, not both");
	if (!said->input)
		return CMD_GO_ON;
	if (command || said->seconds > 0)
		return refuse(
			"a recording is over: leave out --duration and the command, or --input");
	if (said->objects || said->pages)
		return refuse(
			"--objects and --pages are for the running kernel; leave them out, or "
			"--input");
	if (said->filter.words.sample)
		return refuse("--sample is for the running kernel; a recording has all that was "
			      "recorded");
	return CMD_GO_ON;
}

static bool has_births(uint32_t classes)
{
	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++)
		if (memmon_class_is_birth(i) && classes & 1U << i)
			return true;
	return false;
}

/* What --classes leaves out is births: without their ends, all that is born would seem to live for ever. */
static int choose_classes(const struct ledger_options *said, uint32_t *classes)
{
	char why[WHY_BYTES] = "";
	uint32_t wanted;

	if (!said->filter.classes)
		return CMD_GO_ON;
	if (memmon_classes_parse(said->filter.classes, MEMMON_SOURCE_TRACEPOINT, &wanted, why,
				 sizeof(why)))
		return refuse(why);
	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++)
		if (memmon_class_is_birth(i) && !(wanted & 1U << i))
			*classes &= ~(1U << i);
	if (has_births(*classes))
		return CMD_GO_ON;
	ui_error("--classes %s leaves nothing to show: name classes of requests that belong here",
		 said->filter.classes);
	return CMD_USAGE;
}

int ledger_watch(const struct ledger_options *said, char **command, uint32_t classes,
		 const struct ledger_watcher *watcher, int *command_status)
{
	struct ledger_request request = {
		.said = said,
		.command = command && command[0] ? command : NULL,
		.classes = classes ? classes : MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK,
		.watcher = watcher,
		.command_status = command_status,
	};
	int status = check(said, request.command);

	*command_status = 0;
	if (status == CMD_GO_ON)
		status = choose_classes(said, &request.classes);
	if (status != CMD_GO_ON)
		return status;
	return said->input ? ledger_watch_recording(&request) : ledger_watch_live(&request);
}
