// SPDX-License-Identifier: GPL-2.0
/* Says which conditions of memmon stat --fail-if are violated, and by which slab caches. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "stat.h"
#include "ui.h"

/**
 * struct finding - what became of a condition
 * @nr_caches: that it is about
 * @nr_unknown: of these, without the number that it asks for
 * @nr_violating: of these, that violate it
 * @row: the first of them, in the order of the table
 * @value: of that one
 */
struct finding {
	size_t nr_caches;
	size_t nr_unknown;
	size_t nr_violating;
	const struct memmon_row *row;
	double value;
};

int stat_verdict_parse(struct stat_settings *settings)
{
	for (unsigned int i = 0; i < settings->fail_if.nr; i++) {
		const char *text = settings->fail_if.items[i];
		const char *why = stat_condition_parse(text, &settings->conditions[i]);

		if (!why)
			continue;
		ui_error("--fail-if '%s' is no condition: %s", text, why);
		return CMD_USAGE;
	}
	return CMD_GO_ON;
}

/* Whether a cache violates a condition; a number that is not known violates none. */
static bool is_violating(const struct stat_result *result, const struct stat_condition *condition,
			 const struct memmon_row *row, double *value)
{
	return stat_condition_value(condition, row,
				    memmon_experiment_runs(result->looks.experiment),
				    !result->no_noise, value) &&
	       stat_condition_holds(condition, *value);
}

/* All caches that the condition is about become the rows of the experiment. */
static int find(const struct stat_result *result, const struct stat_condition *condition,
		struct finding *finding)
{
	struct memmon_experiment *experiment = result->looks.experiment;
	int err;

	*finding = (struct finding){ 0 };
	err = memmon_experiment_select(experiment, condition->pattern, "*", &finding->nr_caches);
	for (size_t i = 0; !err && i < finding->nr_caches; i++) {
		const struct memmon_row *row = memmon_experiment_at(experiment, i);
		bool is_known = stat_condition_needs_session(condition) ? row->has_counts :
									  row->has_requests;
		double value;

		if (stat_condition_needs_module(condition) && !is_known)
			finding->nr_unknown++;
		if (!is_violating(result, condition, row, &value))
			continue;
		if (!finding->nr_violating++) {
			finding->row = row;
			finding->value = value;
		}
	}
	return err;
}

static void print_value(const struct stat_condition *condition, double value, char *text,
			size_t size)
{
	if (isinf(value))
		snprintf(text, size, "without any before");
	else
		snprintf(text, size, "%.*f%s", value == floor(value) ? 0 : 1, value,
			 condition->is_percent ? "%" : "");
}

static void say_violated(const char *text, const struct stat_condition *condition,
			 const struct finding *finding)
{
	char value[64], more[64] = "", name[128];

	print_value(condition, finding->value, value, sizeof(value));
	snprintf(name, sizeof(name), "%s", finding->row->name);
	ui_clean(name);
	if (finding->nr_violating > 1)
		snprintf(more, sizeof(more), ", and %zu more", finding->nr_violating - 1);
	ui_error("failed: %s: %s has %s%s", text, name, value, more);
}

static const char *why_unknown(const struct stat_result *result)
{
	if (result->not_counted)
		return result->not_counted;
	if (result->no_session)
		return result->no_session;
	return "these caches are not told apart";
}

/* Returns an exit code. A condition that nothing can violate would be a check that cannot fail. */
static int say(const struct stat_result *result, const char *text,
	       const struct stat_condition *condition)
{
	struct finding finding;

	if (find(result, condition, &finding)) {
		ui_error("cannot check '%s': out of memory", text);
		return CMD_FAILED;
	}
	if (!finding.nr_caches) {
		ui_error("cannot check '%s': no slab cache has such a name", text);
		return CMD_USAGE;
	}
	if (finding.nr_unknown == finding.nr_caches ||
	    (!finding.nr_violating && stat_condition_needs_module(condition) &&
	     result->not_counted)) {
		ui_error("cannot check '%s': not counted: %s", text, why_unknown(result));
		return CMD_FAILED;
	}
	if (!finding.nr_violating)
		return CMD_OK;
	say_violated(text, condition, &finding);
	return CMD_FAILED;
}

int stat_verdict_say(const struct stat_settings *settings, const struct stat_result *result)
{
	int worst = CMD_OK;

	for (unsigned int i = 0; i < settings->fail_if.nr; i++) {
		int status = say(result, settings->fail_if.items[i], &settings->conditions[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}

static json_t *violators_json(const struct stat_result *result,
			      const struct stat_condition *condition, size_t nr_caches)
{
	json_t *violators = json_array();

	for (size_t i = 0; i < nr_caches; i++) {
		const struct memmon_row *row = memmon_experiment_at(result->looks.experiment, i);
		double value;

		if (!is_violating(result, condition, row, &value))
			continue;
		if (json_array_append_new(violators, json_pack("{s:o, s:o}", "cache",
							       ui_json_text(row->name), "value",
							       isinf(value) ? json_null() :
									      json_real(value)))) {
			json_decref(violators);
			return NULL;
		}
	}
	return violators;
}

static json_t *condition_json(const struct stat_settings *settings,
			      const struct stat_result *result, unsigned int i)
{
	const struct stat_condition *condition = &settings->conditions[i];
	struct finding finding;

	if (find(result, condition, &finding))
		return NULL;
	return json_pack("{s:o, s:b, s:b, s:I, s:o}", "condition",
			 ui_json_text(settings->fail_if.items[i]), "checked",
			 finding.nr_unknown<finding.nr_caches, "violated", finding.nr_violating> 0,
			 "caches", (json_int_t)finding.nr_caches, "violated_by",
			 violators_json(result, condition, finding.nr_caches));
}

json_t *stat_verdict_json(const struct stat_settings *settings, const struct stat_result *result)
{
	json_t *conditions = json_array();

	for (unsigned int i = 0; i < settings->fail_if.nr; i++) {
		if (json_array_append_new(conditions, condition_json(settings, result, i))) {
			json_decref(conditions);
			return NULL;
		}
	}
	return conditions;
}
