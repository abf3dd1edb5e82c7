// SPDX-License-Identifier: GPL-2.0
/* Begins a session of the device as the user wants it. */
#include <errno.h>
#include <string.h>

#include "live.h"
#include "module.h"
#include "ui.h"

static int parse_options(const struct live_options *said, struct memmon_options *options)
{
	uint64_t ring_bytes;

	if (!said->source || !strcmp(said->source, "tracepoint")) {
		options->source = MEMMON_SOURCE_TRACEPOINT;
	} else if (!strcmp(said->source, "kprobe")) {
		options->source = MEMMON_SOURCE_KPROBE;
	} else {
		ui_error("--source takes tracepoint or kprobe, not '%s'", said->source);
		return CMD_USAGE;
	}
	if (said->ring_size) {
		if (memmon_size_parse(said->ring_size, &ring_bytes) || !ring_bytes) {
			ui_error("--ring-size takes a size like 4M, not '%s'", said->ring_size);
			return CMD_USAGE;
		}
		options->ring_bytes = ring_bytes;
	}
	return CMD_GO_ON;
}

static int explain_set_up(struct memmon_session *session, const struct memmon_options *options,
			  int err)
{
	struct memmon_info info = { 0 };

	memmon_session_info(session, &info);
	switch (err) {
	case -ENOBUFS:
	case -ENOMEM:
		ui_error("no memory for rings of %s on each CPU%s; a session may take %s: choose a "
			 "smaller --ring-size%s",
			 options->ring_bytes ? ui_bytes(options->ring_bytes).text : "default size",
			 options->stacks ? " and call stacks" : "",
			 ui_bytes(info.session_max_bytes).text,
			 options->stacks ? " or --stacks=N" : "");
		break;
	case -E2BIG:
		ui_error("the mem_monitor that is loaded is older than memmon and lacks what this "
			 "session needs; install both from one release");
		break;
	case -EBUSY:
		ui_error("too many sessions at once; end another one first");
		break;
	default:
		ui_error("mem_monitor refuses the session: %s", strerror(-err));
	}
	return CMD_FAILED;
}

/* A module that is older than the hooks is asked for what it has. */
static void add_hooks(struct memmon_session *session, struct memmon_options *options)
{
	struct memmon_info info;

	if (!memmon_session_info(session, &info))
		options->classes = info.classes & (MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK);
}

static int set_up(const struct live_options *said, struct memmon_options *options,
		  struct memmon_session *session)
{
	int err, status;

	if (said->wants_hooks && options->source == MEMMON_SOURCE_TRACEPOINT)
		add_hooks(session, options);
	status = filter_options_apply(&said->filter, session, options);

	if (status != CMD_GO_ON)
		return status;
	err = memmon_session_set_up(session, options);
	memmon_filter_release(&options->filter);
	return err ? explain_set_up(session, options, err) : CMD_GO_ON;
}

int live_begin(const struct live_options *said, uint32_t flags, struct memmon_session **ret)
{
	struct memmon_options options = {
		.flags = flags,
		.watermark_bytes = LIVE_WATERMARK_BYTES,
		.stacks = said->stacks,
	};
	struct memmon_session *session;
	int err, status = parse_options(said, &options);

	if (status != CMD_GO_ON)
		return status;
	err = memmon_session_open_path(module_device_path(), &session);
	if (err)
		return module_explain_device(err);
	status = set_up(said, &options, session);
	if (status == CMD_GO_ON)
		*ret = session;
	else
		memmon_session_close(session);
	return status;
}

/*
 * A class that was asked for and is not there is no error, but the view is not what it seems. Who asks for
 * all hooks means those that there are: most kernels lack some of these paths.
 */
static void warn_of_missing(struct memmon_session *session)
{
	uint32_t hooks = memmon_session_machine(session)->classes & MEMMON_CLASSES_HOOK;
	uint32_t asked = memmon_session_options(session)->classes;
	struct memmon_stats stats;

	if (memmon_session_stats(session, &stats))
		return;
	if (hooks && (asked & hooks) == hooks)
		stats.missing_classes &= ~MEMMON_CLASSES_HOOK;
	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++)
		if (stats.missing_classes & 1U << i)
			ui_error("this kernel does not show %s events; see 'memmon status'",
				 memmon_class_name(i));
}

int live_enable(struct memmon_session *session)
{
	int err = memmon_session_enable(session);

	if (err) {
		ui_error("mem_monitor cannot begin the session: %s; see 'memmon status'",
			 strerror(-err));
		return CMD_FAILED;
	}
	warn_of_missing(session);
	return CMD_GO_ON;
}
