// SPDX-License-Identifier: GPL-2.0
/* Counts what the module sees during each run of memmon stat, by a session of the device. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memmon/report.h"
#include "memmon/session.h"
#include "live.h"
#include "stat.h"

/* Pages have no call site, and the slabs made of them are not to be counted twice. */
#define CLASSES                                                                                   \
	(1U << MEMMON_CLASS_KMALLOC | 1U << MEMMON_CLASS_CACHE_ALLOC | 1U << MEMMON_CLASS_KFREE | \
	 1U << MEMMON_CLASS_CACHE_FREE)

#define BATCH_EVENTS 1024
/* Then the command is looked after again, also when events come faster than they are read. */
#define MAX_BATCHES 256

struct stat_session {
	const struct stat_cgroup *cgroup;
	struct memmon_session *session;
	struct memmon_reader *reader;
	struct memmon_report *report;
	struct stat_sites *sites;
	struct stat_sites *stacks;
	struct memmon_loss loss;
	uint64_t seen[MEMMON_NR_CLASSES];
	uint32_t missing_classes;
	bool lacks_frees;
};

/* Opened, set up, and with all that takes time or memory done; not yet enabled. */
static int prepare(struct stat_session *session)
{
	struct memmon_options options = {
		.classes = CLASSES,
		.stacks = session->stacks ? LIVE_STACKS : 0,
	};
	struct memmon_symbols *unused;
	int err;

	err = memmon_session_open_path(module_device_path(), &session->session);
	if (err)
		return err;
	if (session->cgroup) {
		options.filter.conditions = 1U << MEMMON_FILTERED_CGROUP;
		options.filter.cgroup_fd = stat_cgroup_fd(session->cgroup);
	}
	err = memmon_session_set_up(session->session, &options);
	if (!err)
		err = memmon_session_symbols(session->session, &unused);
	return err;
}

static void end_session(struct stat_session *session)
{
	memmon_report_destroy(session->report);
	memmon_reader_close(session->reader);
	memmon_session_close(session->session);
	session->report = NULL;
	session->reader = NULL;
	session->session = NULL;
}

int stat_session_create(const struct stat_cgroup *cgroup, bool has_stacks,
			struct stat_session **ret)
{
	struct stat_session *session = calloc(1, sizeof(*session));
	int err = -ENOMEM;

	if (!session)
		return -ENOMEM;
	session->cgroup = cgroup;
	session->sites = stat_sites_create();
	if (has_stacks)
		session->stacks = stat_sites_create();
	if (session->sites && (session->stacks || !has_stacks))
		err = prepare(session);
	if (err) {
		stat_session_destroy(session);
		return err;
	}
	*ret = session;
	return 0;
}

void stat_session_destroy(struct stat_session *session)
{
	if (!session)
		return;
	end_session(session);
	stat_sites_destroy(session->sites);
	stat_sites_destroy(session->stacks);
	free(session);
}

int stat_session_begin(struct stat_session *session)
{
	/* What differs in its stack only is added up again, for the caches and call sites. */
	const struct memmon_report_options options = {
		.keys = { MEMMON_KEY_CACHE, MEMMON_KEY_SITE, MEMMON_KEY_STACK },
		.nr_keys = session->stacks ? 3 : 2,
		.until_ns = UINT64_MAX,
	};
	int err = 0;

	if (!session->session)
		err = prepare(session);
	if (!err)
		err = memmon_session_enable(session->session);
	if (!err)
		err = memmon_reader_open_session(session->session, &session->reader);
	if (!err)
		err = memmon_report_create(session->reader, &options, &session->report);
	return err;
}

int stat_session_fd(const struct stat_session *session)
{
	return memmon_session_fd(session->session);
}

/* Takes so many batches at most. Returns 1 when there may be more, 0, or a negative errno. */
static int drain(struct stat_session *session, unsigned int nr_batches)
{
	struct memmon_event events[BATCH_EVENTS];

	for (unsigned int i = 0; i < nr_batches; i++) {
		int err, nr = memmon_reader_take(session->reader, events, BATCH_EVENTS);

		if (nr <= 0)
			return nr;
		err = memmon_report_add(session->report, events, (unsigned int)nr);
		if (err < 0)
			return err;
	}
	return 1;
}

int stat_session_drain(struct stat_session *session)
{
	int err = drain(session, MAX_BATCHES);

	return err < 0 ? err : 0;
}

static struct memmon_counts counts_of(const struct memmon_sums *sums)
{
	return (struct memmon_counts){
		.requests = sums->requests,
		.failed = sums->failed,
		.bytes_requested = sums->bytes_requested,
		.bytes_taken = sums->bytes_taken,
		.frees = sums->frees,
		.outstanding_objects = sums->outstanding_objects,
		.outstanding_bytes = sums->outstanding_bytes,
	};
}

/* The frames of a row, one on each line; to free(). */
static char *name_stack(struct memmon_report *report, size_t row)
{
	const uint64_t *frames;
	size_t nr = memmon_report_stack(report, MEMMON_SECTION_SLAB, row, &frames);
	char *text = NULL;
	char name[512];
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (!nr)
		fputs("(no stack)", out);
	for (size_t i = 0; i < nr; i++) {
		memmon_report_frame(report, frames[i], MEMMON_NAME_FULL, name, sizeof(name));
		fprintf(out, "%s%s", i ? "\n" : "", name);
	}
	if (nr == MEMMON_STACK_FRAMES)
		fputs("\n(may go on)", out);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

static int add_stack(struct stat_session *session, size_t row, const struct stat_site *site)
{
	struct stat_site stack = *site;
	int err = -ENOMEM;

	stack.name = name_stack(session->report, row);
	if (stack.name)
		err = stat_sites_add(session->stacks, &stack);
	free(stack.name);
	return err;
}

static int add_row(struct stat_session *session, size_t row, struct memmon_experiment *experiment)
{
	struct memmon_report *report = session->report;
	char cache[256], name[512], function[512];
	struct stat_site site = { .name = name, .function = function, .cache = cache };
	int err;

	site.total = counts_of(memmon_report_sums(report, MEMMON_SECTION_SLAB, row));
	/* Only frees of objects from before the run: they are nobody's request. */
	if (!site.total.requests)
		return 0;
	memmon_report_name(report, MEMMON_SECTION_SLAB, row, 0, MEMMON_NAME_FULL, cache,
			   sizeof(cache));
	memmon_report_name(report, MEMMON_SECTION_SLAB, row, 1, MEMMON_NAME_FULL, name,
			   sizeof(name));
	memmon_report_name(report, MEMMON_SECTION_SLAB, row, 1, MEMMON_NAME_STABLE, function,
			   sizeof(function));
	err = memmon_experiment_add_counts(experiment, cache, &site.total);
	if (!err)
		err = stat_sites_add(session->sites, &site);
	return err || !session->stacks ? err : add_stack(session, row, &site);
}

static void add_loss(struct memmon_loss *loss, const struct memmon_loss *more)
{
	loss->seen += more->seen;
	loss->recorded += more->recorded;
	loss->filtered += more->filtered;
	loss->dropped += more->dropped;
	loss->overwritten += more->overwritten;
	loss->in_flight += more->in_flight;
	loss->without_stack += more->without_stack;
	for (int i = 0; i < MEMMON_NR_FILTER_REASONS; i++)
		loss->filtered_by[i] += more->filtered_by[i];
	for (int i = 0; i < MEMMON_NR_DROP_REASONS; i++)
		loss->dropped_by[i] += more->dropped_by[i];
}

static int add_books(struct stat_session *session)
{
	struct memmon_stats stats;
	struct memmon_loss loss;
	int err = memmon_session_stats(session->session, &stats);

	if (!err)
		err = memmon_reader_loss(session->reader, &loss);
	if (err)
		return err;
	add_loss(&session->loss, &loss);
	for (int i = 0; i < MEMMON_NR_CLASSES; i++)
		session->seen[i] += stats.seen[i];
	session->missing_classes |= stats.missing_classes & CLASSES;
	return 0;
}

static int add_rows(struct stat_session *session, struct memmon_experiment *experiment)
{
	int err = memmon_report_finish(session->report);

	session->lacks_frees |= memmon_report_frees(session->report, MEMMON_SECTION_SLAB) !=
				MEMMON_FREES_ALL;
	memmon_experiment_begin_counts(experiment);
	for (size_t i = 0; !err && i < memmon_report_count(session->report, MEMMON_SECTION_SLAB);
	     i++)
		err = add_row(session, i, experiment);
	stat_sites_sort(session->sites);
	if (session->stacks)
		stat_sites_sort(session->stacks);
	return err;
}

int stat_session_end(struct stat_session *session, struct memmon_experiment *experiment)
{
	int err = memmon_session_disable(session->session);

	/* Nothing is added any more, so that this ends. */
	while (!err) {
		err = drain(session, MAX_BATCHES);
		if (!err)
			break;
		err = err < 0 ? err : 0;
	}
	if (!err)
		err = add_books(session);
	if (!err)
		err = add_rows(session, experiment);
	end_session(session);
	return err;
}

const struct memmon_loss *stat_session_loss(const struct stat_session *session)
{
	return &session->loss;
}

uint64_t stat_session_seen(const struct stat_session *session, unsigned int event_class)
{
	return session->seen[event_class];
}

struct stat_sites *stat_session_sites(struct stat_session *session)
{
	return session->sites;
}

struct stat_sites *stat_session_stacks(struct stat_session *session)
{
	return session->stacks;
}

uint32_t stat_session_missing(const struct stat_session *session)
{
	return session->missing_classes;
}

bool stat_session_lacks_frees(const struct stat_session *session)
{
	return session->lacks_frees;
}
