// SPDX-License-Identifier: GPL-2.0
/* Understands what a user says about leaks: ages, keys, what is a failure. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "leaks.h"
#include "ui.h"

int leaks_age_parse(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "", 1e9 },   { "s", 1e9 },  { "ns", 1 },    { "us", 1e3 },
		      { "ms", 1e6 }, { "m", 60e9 }, { "h", 3600e9 } };
	size_t len = strspn(text, "0123456789.");
	char *end;
	double number = strtod(text, &end);

	/* What else strtod() takes, like 0x10 and 1e5, is more likely a slip. */
	if (!len || end != text + len)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].name))
			continue;
		/* 30 years and more are a mistake. */
		if (number * units[i].ns > 1e18)
			return -EINVAL;
		*ret_ns = (uint64_t)(number * units[i].ns + 0.5);
		return 0;
	}
	return -EINVAL;
}

int leaks_keys_parse(const char *text, struct memmon_leaks_options *options)
{
	options->nr_keys = 0;
	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");

		if (options->nr_keys == MEMMON_LEAKS_MAX_KEYS) {
			ui_error("--by takes at most %d keys, not '%s'", MEMMON_LEAKS_MAX_KEYS,
				 text);
			return CMD_USAGE;
		}
		if (memmon_leak_key_find(at, len, &options->keys[options->nr_keys])) {
			ui_error("there is no key '%.*s'; --by takes site, stack, module, process, "
				 "cgroup, cache",
				 (int)len, at);
			return CMD_USAGE;
		}
		options->nr_keys++;
		at += len;
		if (!*at)
			return CMD_GO_ON;
	}
}

int leaks_fail_on_parse(const char *text, enum memmon_leak_verdict *ret)
{
	if (!strcmp(text, "leak")) {
		*ret = MEMMON_VERDICT_LEAK;
	} else if (!strcmp(text, "likely") || !strcmp(text, "likely_leak")) {
		*ret = MEMMON_VERDICT_LIKELY_LEAK;
	} else {
		ui_error("--fail-on takes leak or likely, not '%s'", text);
		return CMD_USAGE;
	}
	return CMD_GO_ON;
}

bool leaks_is_shown(const struct leaks_view *view, const struct memmon_leak *leak)
{
	if (view->shows_all)
		return true;
	/* Of these there are many, and nothing can be learned of them but that. */
	if (leak->reason == MEMMON_REASON_SHORT || leak->reason == MEMMON_REASON_FEW)
		return false;
	return leak->verdict <= MEMMON_VERDICT_UNCLEAR;
}

size_t leaks_count(const struct leaks_view *view, enum memmon_leak_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < memmon_leaks_count(view->leaks); i++)
		count += memmon_leaks_at(view->leaks, i)->verdict == verdict;
	return count;
}

size_t leaks_count_reason(const struct leaks_view *view, enum memmon_leak_reason reason)
{
	size_t count = 0;

	for (size_t i = 0; i < memmon_leaks_count(view->leaks); i++)
		count += memmon_leaks_at(view->leaks, i)->reason == reason;
	return count;
}
