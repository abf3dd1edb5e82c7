/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that users may have chosen: matching and safe printing; pure, also compiled on the host by the
 * unit tests.
 */
#ifndef MEMMON_TEXT_H
#define MEMMON_TEXT_H

#ifdef __KERNEL__
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif

/**
 * memmon_text_matches - whether a text matches a pattern
 * @pattern: '*' stands for any characters or none, '?' for any one, all others for themselves
 * @end: where the pattern ends
 * @text: NUL-terminated
 *
 * Goes back to the last '*' only, which is enough: an earlier one cannot match more than it did. So
 * it takes at most as many steps as the product of the two lengths.
 *
 * Return: true or false.
 */
static inline int memmon_text_matches(const char *pattern, const char *end, const char *text)
{
	const char *after_star = NULL, *retry = NULL;

	while (*text) {
		if (pattern < end && *pattern == '*') {
			after_star = ++pattern;
			retry = text;
		} else if (pattern < end && (*pattern == '?' || *pattern == *text)) {
			pattern++;
			text++;
		} else if (after_star) {
			pattern = after_star;
			text = ++retry;
		} else {
			return 0;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

/**
 * memmon_text_matches_any - whether a text matches one of several patterns
 * @patterns: separated by commas
 * @text: NUL-terminated
 *
 * Return: true or false.
 */
static inline int memmon_text_matches_any(const char *patterns, const char *text)
{
	for (;;) {
		const char *end = patterns;

		while (*end && *end != ',')
			end++;
		if (memmon_text_matches(patterns, end, text))
			return 1;
		if (!*end)
			return 0;
		patterns = end + 1;
	}
}

/**
 * memmon_text_can_match - whether every one of several patterns could match a text of a certain length
 * @patterns: separated by commas
 * @longest: most characters that a text has
 *
 * Return: false if a pattern is empty, or asks for more characters than that.
 */
static inline int memmon_text_can_match(const char *patterns, unsigned int longest)
{
	unsigned int nr = 0, nr_stars = 0;

	for (;; patterns++) {
		if (!*patterns || *patterns == ',') {
			if (nr > longest || !(nr + nr_stars))
				return 0;
			if (!*patterns)
				return 1;
			nr = 0;
			nr_stars = 0;
		} else if (*patterns == '*') {
			nr_stars++;
		} else {
			nr++;
		}
	}
}

/**
 * memmon_text_clean - make a text safe to print on a terminal
 * @text: replaced in place: every byte that is no printable ASCII character becomes '?'
 * @bytes: size of @text; its last byte is made NUL
 */
static inline void memmon_text_clean(char *text, unsigned int bytes)
{
	unsigned int i;

	text[bytes - 1] = '\0';
	for (i = 0; text[i]; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			text[i] = '?';
	}
}

#endif /* MEMMON_TEXT_H */
