// SPDX-License-Identifier: GPL-2.0
/* Finds out what the log of the module says about the runs of memmon stat. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stat.h"
#include "ui.h"

/* How often the log is taken anew when others allocate while it is being opened. */
#define LOG_ATTEMPTS 5

/**
 * struct stat_module - the module's files
 * @before: its status when the run began
 * @after: its status when the run ended
 * @log: as it was taken after the run
 * @first: request of the run in the log, unless @not_counted
 * @total: added to the books in all runs
 * @seen: the same for each line of the status; @nr_seen of them
 */
struct stat_module {
	struct memmon_file *status;
	struct module_look before;
	struct module_look after;
	struct memmon_log *log;
	size_t first;
	const char *not_counted;
	struct memmon_books total;
	uint64_t *seen;
	size_t nr_seen;
};

struct stat_module *stat_module_open(void)
{
	struct stat_module *module = calloc(1, sizeof(*module));

	if (!module)
		return NULL;
	if (memmon_file_open(module_status_path(), &module->status)) {
		free(module);
		return NULL;
	}
	return module;
}

void stat_module_close(struct stat_module *module)
{
	if (!module)
		return;
	memmon_log_destroy(module->log);
	module_look_drop(&module->before);
	module_look_drop(&module->after);
	memmon_file_close(module->status);
	free(module->seen);
	free(module);
}

int stat_module_begin(struct stat_module *module)
{
	module_look_drop(&module->before);
	return module_look_take(module->status, &module->before);
}

static struct memmon_books books_of_run(const struct stat_module *module)
{
	return memmon_books_subtract(&module->after.books, &module->before.books);
}

static bool is_value(const struct memmon_status *status, const char *key, const char *value)
{
	const char *found = memmon_status_find(status, key);

	return found && !strcmp(found, value);
}

static bool has_filter(const struct memmon_status *status)
{
	return !is_value(status, "filter.pid", "0") || !is_value(status, "filter.comm", "-") ||
	       !is_value(status, "filter.cache", "-") || !is_value(status, "filter.min_bytes", "0");
}

/* Why the log cannot say exactly how many requests each cache got; NULL when it may. */
static const char *why_inexact(const struct stat_module *module)
{
	const struct memmon_status *status = module->after.status;
	struct memmon_books books = books_of_run(module);
	uint64_t entries;

	if (!is_value(status, "log", "1"))
		return "the module's log is off";
	if (!is_value(status, "source", "tracepoint"))
		return "only source=tracepoint sees every request once";
	if (!is_value(status, "probe.kmalloc", "attached") ||
	    !is_value(status, "probe.kmem_cache_alloc", "attached"))
		return "a probe is missing, see 'memmon status'";
	if (!is_value(status, "cache_names", "calibrated"))
		return "the module knows no cache names, see 'memmon status'";
	if (has_filter(status))
		return "the module filters, see 'memmon status'";
	if (books.dropped)
		return "events were dropped";
	if (books.overwritten_requests)
		return "the rings were too small; load with a larger entries=";
	if (memmon_status_number(status, "entries", &entries) || books.requests > entries)
		return "the log is too short; load with a larger entries=";
	return NULL;
}

/* Was every one of the last requests made by memmon itself? */
static bool is_tail_ours(const struct memmon_log *log, size_t nr)
{
	size_t count = memmon_log_count(log);

	if (nr > count)
		return false;
	for (size_t i = count - nr; i < count; i++)
		if (memmon_log_at(log, i)->pid != (uint32_t)getpid())
			return false;
	return true;
}

/*
 * The log leaves failed requests out, but the books have them. When it goes back to the loading of the
 * module, they are found; when older requests are gone from it, they are not.
 */
static bool lacks_failed(const struct stat_module *module, const struct memmon_books *now)
{
	uint64_t entries;

	return !memmon_status_number(module->after.status, "entries", &entries) &&
	       now->requests <= entries && !now->overwritten_requests &&
	       memmon_log_count(module->log) < now->requests;
}

static int take_books(struct stat_module *module, struct memmon_books *books)
{
	struct module_look look;
	int err = module_look_take(module->status, &look);

	if (err)
		return err;
	*books = look.books;
	module_look_drop(&look);
	return 0;
}

/*
 * Takes the log, and the books just before and after. The log is a snapshot made by open(), so the
 * books are read before the log itself: reading asks for memory too.
 */
static int take_log(struct stat_module *module, struct memmon_books *before,
		    struct memmon_books *after)
{
	struct memmon_file *file;
	const char *text;
	size_t len;
	int err;

	err = take_books(module, before);
	if (err)
		return err;
	err = memmon_file_open(module_log_path(), &file);
	if (err)
		return err;
	err = take_books(module, after);
	if (!err)
		err = memmon_file_read(file, &text, &len);
	if (!err)
		err = memmon_log_parse(text, len, &module->log);
	memmon_file_close(file);
	return err;
}

/*
 * Opening the log asks for memory, and those requests come last in it. When all requests made meanwhile
 * are ours, the books fit the log, and what came after the experiment is cut off by number. When
 * someone else was in between, it is tried again.
 */
static const char *find_requests(struct stat_module *module)
{
	size_t nr_requests = books_of_run(module).requests;
	size_t nr_later, nr_earlier;
	struct memmon_books begun, now;

	for (int attempt = 0; attempt < LOG_ATTEMPTS; attempt++) {
		memmon_log_destroy(module->log);
		module->log = NULL;
		if (take_log(module, &begun, &now))
			return "the log cannot be read";
		nr_later = now.requests - module->after.books.requests;
		if (nr_later > memmon_log_count(module->log) ||
		    !is_tail_ours(module->log, now.requests - begun.requests))
			continue;
		nr_earlier = memmon_log_count(module->log) - nr_later;
		if (nr_earlier < nr_requests || lacks_failed(module, &now))
			return "some requests failed, and the log does not show those";
		module->first = nr_earlier - nr_requests;
		return NULL;
	}
	return "other processes were busy while the log was read";
}

static void add_books(struct memmon_books *books, const struct memmon_books *more)
{
	books->seen += more->seen;
	books->recorded += more->recorded;
	books->requests += more->requests;
	books->frees += more->frees;
	books->filtered += more->filtered;
	books->dropped += more->dropped;
	books->in_flight = more->in_flight;
	books->overwritten_requests += more->overwritten_requests;
	books->overwritten_frees += more->overwritten_frees;
}

/* The lines of a status stay the same while a module is loaded. */
static int add_run(struct stat_module *module)
{
	const struct memmon_status *status = module->after.status;
	struct memmon_books books = books_of_run(module);

	add_books(&module->total, &books);
	if (!module->seen) {
		module->nr_seen = memmon_status_count(status);
		module->seen = calloc(module->nr_seen, sizeof(*module->seen));
	}
	if (!module->seen) {
		ui_error("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	for (size_t i = 0; i < module->nr_seen && i < memmon_status_count(status); i++) {
		const char *key = memmon_status_key(status, i);
		uint64_t before, after;

		if (!memmon_status_number(module->before.status, key, &before) &&
		    !memmon_status_number(status, key, &after))
			module->seen[i] += after - before;
	}
	return 0;
}

int stat_module_end(struct stat_module *module)
{
	int err;

	module_look_drop(&module->after);
	err = module_look_take(module->status, &module->after);
	if (!err)
		err = add_run(module);
	if (err)
		return err;
	module->not_counted = why_inexact(module);
	if (!module->not_counted)
		module->not_counted = find_requests(module);
	return 0;
}

const char *stat_module_count(struct stat_module *module, struct memmon_experiment *experiment)
{
	if (!module)
		return "mem_monitor is not loaded";
	if (module->not_counted)
		return module->not_counted;
	switch (memmon_experiment_count_requests(experiment, module->log, module->first,
						 books_of_run(module).requests)) {
	case 0:
		return NULL;
	case -ENOMEM:
		return "there is not enough memory";
	default:
		return "the log is shorter than the module's books";
	}
}

struct memmon_books stat_module_books(const struct stat_module *module)
{
	return module->total;
}

const struct memmon_status *stat_module_status(const struct stat_module *module)
{
	return module->after.status;
}

uint64_t stat_module_seen(const struct stat_module *module, size_t line)
{
	return line < module->nr_seen ? module->seen[line] : 0;
}
