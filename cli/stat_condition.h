/* SPDX-License-Identifier: GPL-2.0 */
/* A condition of memmon stat --fail-if, like kmalloc-*:growth>10%. */
#ifndef STAT_CONDITION_H
#define STAT_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "memmon.h"

enum stat_metric {
	STAT_GROWTH,
	STAT_GAINED,
	STAT_LEAKED,
	STAT_REQUESTS,
	STAT_BYTES,
	STAT_TAKEN,
	STAT_OUTSTANDING,
	STAT_NR_METRICS
};

enum stat_operator {
	STAT_GREATER,
	STAT_GREATER_EQUAL,
	STAT_LESS,
	STAT_LESS_EQUAL,
	STAT_EQUAL,
	STAT_NOT_EQUAL,
	STAT_NR_OPERATORS
};

/**
 * struct stat_condition - what must not be
 * @pattern: globs on the cache name, separated by commas
 * @is_percent: @value is a percentage of the objects before
 */
struct stat_condition {
	char pattern[256];
	enum stat_metric metric;
	enum stat_operator op;
	double value;
	bool is_percent;
};

/**
 * stat_condition_parse() - understand PATTERN:METRIC OPERATOR VALUE[%]
 * @text: the condition; blanks around the operator do not matter
 * @ret: the condition, when the call succeeds
 *
 * Return: NULL, or what is wrong with it.
 */
const char *stat_condition_parse(const char *text, struct stat_condition *ret);

/**
 * stat_condition_print() - the condition as text that is parsed to the same
 *
 * Return: the length, as snprintf().
 */
int stat_condition_print(const struct stat_condition *condition, char *text, size_t size);

/* Whether only the module knows what the condition is about; and whether its log is not enough. */
bool stat_condition_needs_module(const struct stat_condition *condition);
bool stat_condition_needs_session(const struct stat_condition *condition);

/**
 * stat_condition_value() - what a cache has of the condition's metric
 * @row: the cache
 * @nr_runs: how many there were; the value is the mean of one
 * @has_noise: the noise was measured: a change within it is none
 * @ret: the value; infinite for a percentage of nothing
 *
 * Return: whether it is known.
 */
bool stat_condition_value(const struct stat_condition *condition, const struct memmon_row *row,
			  uint64_t nr_runs, bool has_noise, double *ret);

/**
 * stat_condition_holds() - is a value what must not be?
 */
bool stat_condition_holds(const struct stat_condition *condition, double value);

#endif
