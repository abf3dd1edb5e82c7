// SPDX-License-Identifier: GPL-2.0
/* Begins a session of the device that is only a ledger, each failure with one line that says what to do. */
#include <errno.h>
#include <string.h>

#include "ledger_internal.h"
#include "live.h"
#include "module.h"
#include "ui.h"

static int parse_places(const char *option, const char *text, __u64 *places)
{
	uint64_t number;

	if (!text)
		return CMD_GO_ON;
	if (!memmon_size_parse(text, &number) && number) {
		*places = number;
		return CMD_GO_ON;
	}
	ui_error("%s takes a number like 500000 or 1M, not '%s'", option, text);
	return CMD_USAGE;
}

static int explain_set_up(struct memmon_session *session, int err)
{
	struct memmon_info info = { 0 };

	memmon_session_info(session, &info);
	switch (err) {
	case -ENOBUFS:
	case -ENOMEM:
		ui_error(
			"no memory for the ledger; a session may take %s: choose smaller --objects "
			"and --pages",
			ui_bytes(info.session_max_bytes).text);
		break;
	case -EBUSY:
		ui_error("too many sessions at once; end another one first");
		break;
	default:
		ui_error("mem_monitor refuses the ledger: %s", strerror(-err));
	}
	return CMD_FAILED;
}

static int set_up(const struct ledger_request *request, struct memmon_session *session)
{
	const struct ledger_options *said = request->said;
	struct memmon_options options = {
		.flags = MEMMON_OPTION_LEDGER,
		.watermark_bytes = LIVE_WATERMARK_BYTES,
		.stacks = said->has_stacks ? LIVE_STACKS : 0,
	};
	int err, status;

	if (!request->watcher->take)
		options.flags |= MEMMON_OPTION_NO_RINGS;
	status = parse_places("--objects", said->objects, &options.ledger_objects);
	if (status == CMD_GO_ON)
		status = parse_places("--pages", said->pages, &options.ledger_pages);
	if (status == CMD_GO_ON)
		status = filter_options_apply(&said->filter, session, &options);
	if (status != CMD_GO_ON)
		return status;
	options.classes = request->classes;
	err = memmon_session_set_up(session, &options);
	memmon_filter_release(&options.filter);
	return err ? explain_set_up(session, err) : CMD_GO_ON;
}

int ledger_session_begin(const struct ledger_request *request, struct memmon_session **ret)
{
	struct memmon_session *session;
	int err, status;

	err = memmon_session_open_path(module_device_path(), &session);
	if (err)
		return module_explain_device(err);
	status = set_up(request, session);
	if (status == CMD_GO_ON)
		*ret = session;
	else
		memmon_session_close(session);
	return status;
}
