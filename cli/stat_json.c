// SPDX-License-Identifier: GPL-2.0
/* Shows the outcome of memmon stat as JSON; docs/json.md says what the members mean. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>

#include "loss.h"
#include "memmon/filter.h"
#include "stat.h"
#include "ui.h"

#define SCHEMA_VERSION 1

/* Whole numbers stay whole. */
static json_t *number_json(double number)
{
	if (!isfinite(number))
		return json_null();
	if (number == floor(number) && fabs(number) < 9e15)
		return json_integer((json_int_t)number);
	return json_real(number);
}

static json_t *mean_json(uint64_t total, uint64_t nr_runs)
{
	return number_json((double)total / (double)(nr_runs ? nr_runs : 1));
}

static json_t *text_or_null(const char *text)
{
	return text ? ui_json_text(text) : json_null();
}

static json_t *one_spread_json(const struct memmon_spread *spread)
{
	if (!spread->nr)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:f}", "mean", spread->mean, "deviation",
			 memmon_spread_deviation(spread), "min", spread->min, "max", spread->max);
}

static json_t *spread_json(const struct memmon_row *row, uint64_t nr_runs)
{
	if (nr_runs < 2)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "before",
			 one_spread_json(&row->phases[MEMMON_BEFORE]), "during",
			 one_spread_json(&row->phases[MEMMON_DURING]), "after",
			 one_spread_json(&row->phases[MEMMON_AFTER]), "growth_percent",
			 one_spread_json(&row->growth));
}

static json_t *count_or_null(bool is_known, uint64_t total, uint64_t nr_runs)
{
	return is_known ? mean_json(total, nr_runs) : json_null();
}

/* Adds the counts of a cache or a site to its object, null where they are not known. */
static int add_counts(json_t *object, const struct memmon_counts *total, bool is_known,
		      uint64_t nr_runs)
{
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
		{ "failed", total->failed },
		{ "bytes_requested", total->bytes_requested },
		{ "bytes_taken", total->bytes_taken },
		{ "frees", total->frees },
		{ "outstanding_objects", total->outstanding_objects },
		{ "outstanding_bytes", total->outstanding_bytes },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		err |= json_object_set_new(object, members[i].name,
					   count_or_null(is_known, members[i].value, nr_runs));
	return err;
}

static json_t *row_json(const struct memmon_row *row, const struct stat_result *result)
{
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);
	bool has_noise = !result->no_noise;
	json_t *object = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", ui_json_text(row->name),
		"before", number_json(memmon_row_level(row, MEMMON_BEFORE)), "during",
		number_json(memmon_row_level(row, MEMMON_DURING)), "after",
		number_json(memmon_row_level(row, MEMMON_AFTER)), "growth_percent",
		number_json(memmon_row_growth(row)), "spread", spread_json(row, nr_runs), "noise",
		has_noise ? number_json((double)row->noise) : json_null(), "within_noise",
		has_noise ? json_boolean(memmon_row_is_noise(row)) : json_null(), "requests",
		count_or_null(row->has_requests, row->total.requests, nr_runs));

	if (!object || add_counts(object, &row->total, row->has_counts, nr_runs)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *rows_json(const struct stat_settings *settings, const struct stat_result *result)
{
	json_t *rows;
	size_t nr;

	if (memmon_experiment_select(result->looks.experiment, settings->caches,
				     settings->show_all ? "*" : settings->also, &nr))
		return NULL;
	rows = json_array();
	for (size_t i = 0; i < nr; i++) {
		const struct memmon_row *row = memmon_experiment_at(result->looks.experiment, i);

		if (json_array_append_new(rows, row_json(row, result))) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

static json_t *site_json(const struct stat_site *site, uint64_t nr_runs)
{
	json_t *object = json_pack("{s:o, s:o, s:o, s:o}", "site", ui_json_text(site->name),
				   "function", ui_json_text(site->function), "cache",
				   ui_json_text(site->cache), "requests",
				   mean_json(site->total.requests, nr_runs));

	if (!object || add_counts(object, &site->total, true, nr_runs)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* All of them: --sites is for people. */
static json_t *sites_json(const struct stat_result *result)
{
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);
	const struct stat_sites *sites;
	json_t *rows;

	if (!result->session)
		return json_null();
	sites = stat_session_sites(result->session);
	rows = json_array();
	for (size_t i = 0; i < stat_sites_count(sites); i++) {
		if (json_array_append_new(rows, site_json(stat_sites_at(sites, i), nr_runs))) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

/* The frames, the innermost first; null where no stack was taken. */
static json_t *frames_json(const char *frames)
{
	json_t *list = json_array();
	size_t len;

	for (const char *at = frames;; at += len + 1) {
		char name[512];

		len = strcspn(at, "\n");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		if (!strcmp(name, "(no stack)")) {
			json_decref(list);
			return json_null();
		}
		if (strcmp(name, "(may go on)") &&
		    json_array_append_new(list, ui_json_text(name))) {
			json_decref(list);
			return NULL;
		}
		if (!at[len])
			return list;
	}
}

static json_t *stack_json(const struct stat_site *stack, uint64_t nr_runs)
{
	json_t *object = json_pack("{s:o, s:o, s:o}", "stack", frames_json(stack->name), "cache",
				   ui_json_text(stack->cache), "requests",
				   mean_json(stack->total.requests, nr_runs));

	if (!object || add_counts(object, &stack->total, true, nr_runs)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* null without --stacks. */
static json_t *stacks_json(const struct stat_result *result)
{
	uint64_t nr_runs = memmon_experiment_runs(result->looks.experiment);
	const struct stat_sites *stacks = result->session ? stat_session_stacks(result->session) :
							    NULL;
	json_t *rows = stacks ? json_array() : json_null();

	for (size_t i = 0; stacks && i < stat_sites_count(stacks); i++) {
		if (json_array_append_new(rows, stack_json(stat_sites_at(stacks, i), nr_runs))) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

static json_t *command_json(char **command)
{
	json_t *words = json_array();

	for (; *command; command++) {
		if (json_array_append_new(words, ui_json_text(*command))) {
			json_decref(words);
			return NULL;
		}
	}
	return words;
}

static const char *class_of_line(const struct memmon_status *status, size_t i)
{
	const char *key = memmon_status_key(status, i);

	return strncmp(key, "seen.", 5) ? NULL : key + 5;
}

/* What the module's own books say; null without a module, and with a session. */
static json_t *module_json(const struct stat_module *module)
{
	const struct memmon_status *status;
	struct memmon_books books;
	json_t *seen;

	if (!module)
		return json_null();
	status = stat_module_status(module);
	books = stat_module_books(module);
	seen = json_object();
	for (size_t i = 0; i < memmon_status_count(status); i++) {
		const char *name = class_of_line(status, i);

		if (name &&
		    json_object_set_new(seen, name,
					json_integer((json_int_t)stat_module_seen(module, i)))) {
			json_decref(seen);
			return NULL;
		}
	}
	return json_pack("{s:o, s:o}", "seen", seen, "lost", module_loss_json(&books));
}

static json_t *session_json(const struct stat_settings *settings, const struct stat_result *result)
{
	json_t *seen;
	int err = 0;

	if (!result->session)
		return json_null();
	seen = json_object();
	for (unsigned int i = 0; i < MEMMON_NR_CLASSES; i++)
		if (stat_session_seen(result->session, i))
			err |= json_object_set_new(
				seen, memmon_class_name(i),
				json_integer((json_int_t)stat_session_seen(result->session, i)));
	if (err) {
		json_decref(seen);
		return NULL;
	}
	return json_pack("{s:b, s:b, s:o, s:o}", "only_command", settings->only_command,
			 "all_frees_seen", !stat_session_lacks_frees(result->session), "seen", seen,
			 "loss", loss_json(stat_session_loss(result->session)));
}

static json_t *noise_json(const struct stat_result *result)
{
	return json_pack("{s:o, s:o, s:I}", "seconds",
			 result->no_noise ? json_null() : json_real(result->idle_seconds),
			 "not_measured", text_or_null(result->no_noise), "samples",
			 (json_int_t)result->looks.nr_idle);
}

static json_t *counted_from_json(const struct stat_result *result)
{
	if (result->session)
		return json_string("session");
	return result->not_counted ? json_null() : json_string("log");
}

static json_t *head_json(const struct stat_settings *settings, const struct stat_result *result)
{
	struct utsname host;

	uname(&host);
	return json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:i, s:I, s:i}", "type", "memmon stat",
			 "version", SCHEMA_VERSION, "memmon", memmon_version(), "host",
			 ui_json_text(host.nodename), "kernel_release", ui_json_text(host.release),
			 "command", command_json(settings->command), "exit_code", result->exit_code,
			 "runs", (json_int_t)memmon_experiment_runs(result->looks.experiment),
			 "runs_wanted", (int)settings->repeat);
}

int stat_report_json(const struct stat_settings *settings, const struct stat_result *result,
		     FILE *out)
{
	json_t *document = head_json(settings, result);
	json_t *rest = json_pack(
		"{s:I, s:I, s:i, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "samples",
		(json_int_t)result->looks.nr_samples, "lines_skipped",
		(json_int_t)result->looks.nr_skipped, "interval_ms", (int)settings->interval_ms,
		"seconds", result->seconds.mean, "seconds_spread",
		one_spread_json(&result->seconds), "noise", noise_json(result), "counted_from",
		counted_from_json(result), "requests_not_counted",
		text_or_null(result->not_counted), "no_session", text_or_null(result->no_session),
		"module", module_json(result->module), "session", session_json(settings, result),
		"conditions", stat_verdict_json(settings, result), "sites", sites_json(result),
		"stacks", stacks_json(result));
	/* Last: its rows are those that the experiment has selected. */
	json_t *caches = rows_json(settings, result);

	if (!document || !rest || !caches || json_object_update(document, rest) ||
	    json_object_set(document, "caches", caches)) {
		json_decref(document);
		document = NULL;
	}
	json_decref(rest);
	json_decref(caches);
	return ui_json_print(document, out);
}
