// SPDX-License-Identifier: GPL-2.0
/* Parses, prints and evaluates the conditions of memmon stat --fail-if. */
#include "stat_condition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool takes_percent;
	bool takes_count;
} metrics[] = {
	[STAT_GROWTH] = { "growth", true, false },
	[STAT_GAINED] = { "gained", true, true },
	[STAT_LEAKED] = { "leaked", true, true },
	[STAT_REQUESTS] = { "requests", false, true },
	[STAT_BYTES] = { "bytes", false, true },
	[STAT_TAKEN] = { "taken", false, true },
	[STAT_OUTSTANDING] = { "outstanding", false, true },
};

/* The longer ones are tried first where one is the beginning of another. */
static const struct {
	const char *text;
	enum stat_operator op;
} operators[] = {
	{ ">=", STAT_GREATER_EQUAL }, { "<=", STAT_LESS_EQUAL }, { "==", STAT_EQUAL },
	{ "!=", STAT_NOT_EQUAL },     { ">", STAT_GREATER },	 { "<", STAT_LESS },
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define FORM "it should look like 'kmalloc-*:growth>10%'"

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

/* What follows comes behind the last colon: a cache name may have some of its own. */
static const char *parse_pattern(const char **text, struct stat_condition *ret)
{
	const char *colon = strrchr(*text, ':');
	size_t len;

	if (!colon)
		return "it has no ':' between caches and metric; " FORM;
	len = (size_t)(colon - *text);
	if (!len)
		return "it names no caches before the ':'; '*' means all";
	if (len >= sizeof(ret->pattern))
		return "its pattern is too long";
	memcpy(ret->pattern, *text, len);
	ret->pattern[len] = '\0';
	*text = colon + 1;
	return NULL;
}

static const char *parse_metric(const char **text, struct stat_condition *ret)
{
	const char *name = skip_blanks(*text);
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

	for (size_t i = 0; i < NR(metrics); i++) {
		if (strlen(metrics[i].name) != len || memcmp(metrics[i].name, name, len))
			continue;
		ret->metric = (enum stat_metric)i;
		*text = skip_blanks(name + len);
		return NULL;
	}
	return "its metric is none of growth, gained, leaked, requests, bytes, taken, outstanding";
}

static const char *parse_operator(const char **text, struct stat_condition *ret)
{
	for (size_t i = 0; i < NR(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (strncmp(*text, operators[i].text, len))
			continue;
		ret->op = operators[i].op;
		*text = skip_blanks(*text + len);
		return NULL;
	}
	return "its operator is none of > >= < <= == !=";
}

/* A factor that stands behind a count, like the M of 10M; @text is moved behind it. */
static double parse_unit(const char **text)
{
	static const char units[] = "kMG";
	const char *unit = **text ? strchr(units, **text == 'K' ? 'k' : **text) : NULL;

	if (!unit)
		return 1.0;
	++*text;
	return ldexp(1.0, 10 * (int)(unit - units + 1));
}

static const char *parse_value(const char *text, struct stat_condition *ret)
{
	size_t len = strspn(text, "+-.0123456789");
	char *end;

	ret->value = strtod(text, &end);
	if (!len || end == text)
		return "it has no number behind the operator; " FORM;
	/* What else strtod() takes, like 0x10 and 1e5, is more likely a slip. */
	if (end != text + len)
		return "its number must be a plain decimal one";
	text = end;
	ret->is_percent = *text == '%';
	if (ret->is_percent)
		text++;
	else
		ret->value *= parse_unit(&text);
	if (*skip_blanks(text))
		return "something stands behind its number that is neither '%' nor k, M or G";
	if (ret->is_percent && !metrics[ret->metric].takes_percent)
		return "this metric is a number, not a percentage: leave the '%' out";
	if (!ret->is_percent && !metrics[ret->metric].takes_count)
		return "growth is a percentage: put a '%' behind the number, or use 'gained'";
	return NULL;
}

const char *stat_condition_parse(const char *text, struct stat_condition *ret)
{
	const char *why;

	memset(ret, 0, sizeof(*ret));
	why = parse_pattern(&text, ret);
	if (!why)
		why = parse_metric(&text, ret);
	if (!why)
		why = parse_operator(&text, ret);
	if (!why)
		why = parse_value(text, ret);
	return why;
}

static const char *operator_text(enum stat_operator op)
{
	for (size_t i = 0; i < NR(operators); i++)
		if (operators[i].op == op)
			return operators[i].text;
	return "?";
}

int stat_condition_print(const struct stat_condition *condition, char *text, size_t size)
{
	char number[400];

	/* As short as it can be and still be the same number; never in the form 1e+20. */
	for (int digits = 0; digits < 60; digits++) {
		snprintf(number, sizeof(number), "%.*f", digits, condition->value);
		if (strtod(number, NULL) == condition->value)
			break;
	}
	return snprintf(text, size, "%s:%s%s%s%s", condition->pattern,
			metrics[condition->metric].name, operator_text(condition->op), number,
			condition->is_percent ? "%" : "");
}

bool stat_condition_needs_module(const struct stat_condition *condition)
{
	return condition->metric >= STAT_REQUESTS;
}

bool stat_condition_needs_session(const struct stat_condition *condition)
{
	return condition->metric > STAT_REQUESTS;
}

static double percent_of(double change, double before)
{
	if (before == 0.0)
		return change == 0.0 ? 0.0 : copysign(INFINITY, change);
	return change * 100.0 / before;
}

static double change_of(const struct stat_condition *condition, const struct memmon_row *row,
			bool has_noise)
{
	double change = condition->metric == STAT_LEAKED ? memmon_row_leak(row) :
							   memmon_row_gain(row);

	if (has_noise && fabs(change) <= (double)row->noise)
		change = 0.0;
	return condition->is_percent ? percent_of(change, memmon_row_level(row, MEMMON_BEFORE)) :
				       change;
}

bool stat_condition_value(const struct stat_condition *condition, const struct memmon_row *row,
			  uint64_t nr_runs, bool has_noise, double *ret)
{
	const struct memmon_counts *total = &row->total;
	double runs = nr_runs ? (double)nr_runs : 1.0;

	switch (condition->metric) {
	case STAT_REQUESTS:
		*ret = (double)total->requests / runs;
		return row->has_requests;
	case STAT_BYTES:
		*ret = (double)total->bytes_requested / runs;
		return row->has_counts;
	case STAT_TAKEN:
		*ret = (double)total->bytes_taken / runs;
		return row->has_counts;
	case STAT_OUTSTANDING:
		*ret = (double)total->outstanding_objects / runs;
		return row->has_counts;
	default:
		*ret = change_of(condition, row, has_noise);
		return true;
	}
}

bool stat_condition_holds(const struct stat_condition *condition, double value)
{
	switch (condition->op) {
	case STAT_GREATER:
		return value > condition->value;
	case STAT_GREATER_EQUAL:
		return value >= condition->value;
	case STAT_LESS:
		return value < condition->value;
	case STAT_LESS_EQUAL:
		return value <= condition->value;
	case STAT_EQUAL:
		return value == condition->value;
	default:
		return value != condition->value;
	}
}
