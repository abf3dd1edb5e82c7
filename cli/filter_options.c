// SPDX-License-Identifier: GPL-2.0
/* Makes a filter of the options that say which events are meant. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter_options.h"
#include "ui.h"

#define WHY_BYTES 200
#define CGROUP_ROOT "/sys/fs/cgroup"

/* A word that makes no sense is a mistake of usage, wherever it was found out. */
static int explain(int err, const char *why)
{
	if (!err)
		return CMD_GO_ON;
	ui_error("%s", why[0] ? why : strerror(-err));
	return err == -ENOMEM ? CMD_FAILED : CMD_USAGE;
}

static int parse_classes(const struct filter_options *said, uint32_t source, uint32_t *classes)
{
	char why[WHY_BYTES] = "";
	int err = memmon_classes_parse(said->classes, source, classes, why, sizeof(why));

	return explain(err, why);
}

int filter_options_apply(const struct filter_options *said, struct memmon_session *session,
			 struct memmon_options *options)
{
	struct memmon_filter_world world = { .machine = memmon_session_machine(session) };
	char why[WHY_BYTES] = "";
	int err = 0;

	if (said->classes) {
		int status = parse_classes(said, options->source, &options->classes);

		if (status != CMD_GO_ON)
			return status;
	}
	if (said->words.site)
		err = memmon_session_symbols(session, &world.symbols);
	if (!err)
		err = memmon_filter_parse(&said->words, &world, &options->filter, why, sizeof(why));
	return explain(err, why);
}

/**
 * struct filter_view - a filter of a recording
 * @cgroup: path of the cgroup as the recording has it, without a slash at the end
 */
struct filter_view {
	struct memmon_reader *reader;
	struct memmon_filter filter;
	struct memmon_filter_names names;
	uint32_t classes;
	char *cgroup;
};

static const char *cache_name(void *context, uint32_t id)
{
	const struct filter_view *view = context;
	const struct memmon_cache *cache = memmon_reader_cache(view->reader, id);

	return cache ? cache->name : NULL;
}

static bool is_in_cgroup(void *context, uint32_t tgid)
{
	const struct filter_view *view = context;
	const char *path = memmon_reader_cgroup(view->reader, tgid);
	size_t len = strlen(view->cgroup);

	return path && !strncmp(path, view->cgroup, len) && (!path[len] || path[len] == '/');
}

/* "/sys/fs/cgroup/a/b/", "/a/b" and "a/b" are "/a/b"; the root is "". */
static char *normalize(const char *path)
{
	char *ret;
	size_t len;

	if (!strncmp(path, CGROUP_ROOT, strlen(CGROUP_ROOT)))
		path += strlen(CGROUP_ROOT);
	path += strspn(path, "/");
	if (asprintf(&ret, "/%s", path) < 0)
		return NULL;
	for (len = strlen(ret); len && ret[len - 1] == '/'; len--)
		ret[len - 1] = '\0';
	return ret;
}

static int fill(const struct filter_options *said, struct filter_view *view)
{
	const struct memmon_options *options = memmon_reader_options(view->reader);
	const struct memmon_filter_world world = {
		.machine = memmon_reader_machine(view->reader),
		.symbols = memmon_reader_symbols(view->reader),
		.is_recorded = true,
	};
	char why[WHY_BYTES] = "";
	int err, status;

	view->classes = UINT32_MAX;
	if (said->classes) {
		status = parse_classes(said, options->source, &view->classes);
		if (status != CMD_GO_ON)
			return status;
	}
	view->names.context = view;
	view->names.cache = cache_name;
	if (said->words.cgroup) {
		view->names.is_in_cgroup = is_in_cgroup;
		view->cgroup = normalize(said->words.cgroup);
		if (!view->cgroup)
			return explain(-ENOMEM, why);
	}
	err = memmon_filter_parse(&said->words, &world, &view->filter, why, sizeof(why));
	return explain(err, why);
}

int filter_view_create(const struct filter_options *said, struct memmon_reader *reader,
		       struct filter_view **ret)
{
	struct filter_view *view = calloc(1, sizeof(*view));
	int status;

	if (!view)
		return explain(-ENOMEM, "");
	view->reader = reader;
	status = fill(said, view);
	if (status == CMD_GO_ON)
		*ret = view;
	else
		filter_view_destroy(view);
	return status;
}

void filter_view_destroy(struct filter_view *view)
{
	if (!view)
		return;
	free(view->cgroup);
	free(view);
}

bool filter_view_wants(const struct filter_view *view, const struct memmon_record *record)
{
	if (!(view->classes >> (record->event_class & 31) & 1))
		return false;
	return memmon_filter_match(&view->filter, record, &view->names) < 0;
}

bool filter_view_is_open(const struct filter_view *view)
{
	return view->classes == UINT32_MAX && !view->filter.conditions;
}
