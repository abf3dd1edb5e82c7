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
 * @text: NUL-terminated
 *
 * Goes back to the last '*' only, which is enough: an earlier one cannot match more than it did. So
 * it takes at most strlen(pattern) * strlen(text) steps.
 *
 * Return: true or false.
 */
static inline int memmon_text_matches(const char *pattern, const char *text)
{
	const char *after_star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			after_star = ++pattern;
			retry = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (after_star) {
			pattern = after_star;
			text = ++retry;
		} else {
			return 0;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
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
