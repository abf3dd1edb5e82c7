// SPDX-License-Identifier: GPL-2.0
/* Matches names against globs separated by commas. */
#include <fnmatch.h>
#include <string.h>

#include "memmon.h"

#define PATTERN_MAX 256

static bool match_one(const char *pattern, size_t len, const char *name)
{
	char glob[PATTERN_MAX];

	if (!len || len >= sizeof(glob))
		return false;
	memcpy(glob, pattern, len);
	glob[len] = '\0';
	return !fnmatch(glob, name, 0);
}

bool memmon_pattern_match(const char *patterns, const char *name)
{
	while (*patterns) {
		size_t len = strcspn(patterns, ",");

		if (match_one(patterns, len, name))
			return true;
		patterns += len;
		patterns += *patterns == ',';
	}
	return false;
}
