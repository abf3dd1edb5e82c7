// SPDX-License-Identifier: GPL-2.0
/* Where the numbers of memmon top come from: a session with totals, or a recording. */
#include <errno.h>
#include <string.h>

#include "module.h"
#include "report.h"
#include "top.h"
#include "ui.h"

/* As many different call stacks as a busy machine has, and some. */
#define STACK_PLACES 32768

/*
 * Rows on each CPU. When a quarter of them is used, the kernel is told to begin anew, so that this is room for
 * what comes between two looks: some hundred new processes.
 */
#define TOTAL_PLACES 16384

static int parse_number(const char *option, const char *text, uint64_t *number)
{
	if (!text)
		return CMD_GO_ON;
	if (!memmon_size_parse(text, number) && *number && *number <= UINT32_MAX)
		return CMD_GO_ON;
	ui_error("%s takes a number like 5000 or 16K, not '%s'", option, text);
	return CMD_USAGE;
}

static int explain_set_up(struct memmon_session *session, int err)
{
	struct memmon_info info = { 0 };

	memmon_session_info(session, &info);
	switch (err) {
	case -ENOBUFS:
	case -ENOMEM:
		ui_error("no memory for the totals; a session may take %s: choose smaller --places "
			 "and --objects, or --no-ledger",
			 ui_bytes(info.session_max_bytes).text);
		break;
	case -EBUSY:
		ui_error("too many sessions at once; end another one first");
		break;
	default:
		ui_error("mem_monitor refuses the totals: %s", strerror(-err));
	}
	return CMD_FAILED;
}

/* A ledger needs all ends; what --classes leaves out is births. */
static uint32_t all_ends(void)
{
	uint32_t classes = 0;

	for (uint32_t i = 0; i < MEMMON_NR_CLASSES; i++)
		if (!memmon_class_is_birth(i))
			classes |= 1U << i;
	return classes & (MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK);
}

static void choose_classes(const struct top_options *said, struct memmon_session *session,
			   struct memmon_options *options)
{
	struct memmon_info info;

	if (options->classes && !said->has_no_ledger)
		options->classes |= all_ends();
	else if (!options->classes && !memmon_session_info(session, &info))
		options->classes = info.classes & (MEMMON_CLASSES_TRACEPOINT | MEMMON_CLASSES_HOOK);
}

static int set_up(const struct top_options *said, struct memmon_session *session)
{
	struct memmon_options options = {
		.flags = MEMMON_OPTION_TOTALS | MEMMON_OPTION_NO_RINGS,
		.total_keys = MEMMON_TOTALS_KEYS,
	};
	uint64_t places = TOTAL_PLACES, objects = 0;
	int err, status = parse_number("--places", said->places, &places);

	if (status == CMD_GO_ON)
		status = parse_number("--objects", said->objects, &objects);
	if (status == CMD_GO_ON)
		status = filter_options_apply(&said->filter, session, &options);
	if (status != CMD_GO_ON)
		return status;
	options.total_places = (uint32_t)places;
	if (!said->has_no_ledger) {
		options.flags |= MEMMON_OPTION_LEDGER;
		options.ledger_objects = objects;
	}
	if (said->has_stacks) {
		options.stacks = STACK_PLACES;
		options.total_keys |= 1U << MEMMON_TOTAL_STACK;
	}
	choose_classes(said, session, &options);
	err = memmon_session_set_up(session, &options);
	memmon_filter_release(&options.filter);
	return err ? explain_set_up(session, err) : CMD_GO_ON;
}

static int open_session(const struct top_options *said, struct top_source *source)
{
	struct memmon_symbols *symbols;
	int status, err = memmon_session_open_path(module_device_path(), &source->session);

	if (err)
		return module_explain_device(err);
	status = set_up(said, source->session);
	if (status != CMD_GO_ON)
		return status;
	source->has_stacks = said->has_stacks;
	/* Before the session is enabled: reading all symbols takes a while. */
	err = memmon_session_symbols(source->session, &symbols);
	if (!err)
		err = memmon_totals_open_session(source->session, &source->totals);
	if (!err)
		err = memmon_session_enable(source->session);
	/* Attaching takes a while: the first interval that is shown begins now. */
	if (!err)
		err = memmon_totals_look(source->totals);
	if (!err)
		return CMD_GO_ON;
	ui_error("mem_monitor cannot begin the totals: %s; see 'memmon status'", strerror(-err));
	return CMD_FAILED;
}

static bool wants(void *filter, const struct memmon_event *event)
{
	return filter_view_wants(filter, event->record);
}

static int refuse(const char *why)
{
	ui_error("%s", why);
	return CMD_USAGE;
}

static int open_recording(const struct top_options *said, struct top_source *source)
{
	int err, status;

	if (said->places || said->objects || said->has_stacks || said->has_no_ledger)
		return refuse("--places, --objects, --stacks and --no-ledger are for the running "
			      "kernel; leave them out, or the recording");
	if (said->filter.words.sample)
		return refuse("--sample is for the running kernel; a recording has all that was "
			      "recorded");
	status = report_open(said->recording, &source->reader);
	if (status == CMD_GO_ON)
		status = filter_view_create(&said->filter, source->reader, &source->filter);
	if (status != CMD_GO_ON)
		return status;
	err = memmon_totals_open_recording(source->reader,
					   filter_view_is_open(source->filter) ? NULL : wants,
					   source->filter, &source->totals);
	source->has_more = true;
	source->has_stacks = memmon_reader_has_stacks(source->reader);
	if (!err)
		return CMD_GO_ON;
	if (err == -EOPNOTSUPP)
		ui_error("%s was recorded with --source kprobe: it has what was asked for, but not "
			 "what was given; record it again without",
			 said->recording);
	else
		ui_error("cannot replay the recording %s: %s", said->recording, strerror(-err));
	return CMD_FAILED;
}

int top_source_open(const struct top_options *said, struct top_source *source)
{
	memset(source, 0, sizeof(*source));
	return said->recording ? open_recording(said, source) : open_session(said, source);
}

void top_source_close(struct top_source *source)
{
	memmon_totals_close(source->totals);
	filter_view_destroy(source->filter);
	memmon_reader_close(source->reader);
	memmon_session_close(source->session);
}

int top_source_look(struct top_source *source, double seconds)
{
	int ret;

	if (source->session)
		return memmon_totals_look(source->totals);
	source->until_ns += (uint64_t)(seconds * 1e9 + 0.5);
	ret = memmon_totals_until(source->totals, source->until_ns);
	source->has_more = ret > 0;
	return ret < 0 ? ret : 0;
}
