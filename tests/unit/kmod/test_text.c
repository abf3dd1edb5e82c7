// SPDX-License-Identifier: GPL-2.0
/* Tests the matching and cleaning of text that users chose. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

/* What the words of the definition say, without regard to time. */
static int matches_slowly(const char *pattern, const char *text)
{
	if (!*pattern)
		return !*text;
	if (*pattern == '*')
		return matches_slowly(pattern + 1, text) ||
		       (*text && matches_slowly(pattern, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) &&
	       matches_slowly(pattern + 1, text + 1);
}

static int matches(const char *pattern, const char *text)
{
	return memmon_text_matches(pattern, pattern + strlen(pattern), text);
}

/* The same for a list, taken apart by copying. */
static int matches_any_slowly(const char *patterns, const char *text)
{
	const char *comma = strchr(patterns, ',');
	char first[16] = "";

	memcpy(first, patterns, comma ? (size_t)(comma - patterns) : strlen(patterns));
	return matches_slowly(first, text) || (comma && matches_any_slowly(comma + 1, text));
}

static void fill(char *to, const char *alphabet)
{
	unsigned int length = random() % 9;

	to[length] = '\0';
	while (length--)
		to[length] = alphabet[random() % strlen(alphabet)];
}

static void matches_as_the_definition_says(void **state)
{
	char pattern[16], text[16];
	unsigned int i, nr_matches = 0;

	(void)state;
	srandom(1);
	for (i = 0; i < 300000; i++) {
		fill(pattern, "ab*?");
		fill(text, "ab");
		if (matches(pattern, text) != matches_slowly(pattern, text))
			fail_msg("pattern '%s', text '%s'", pattern, text);
		nr_matches += matches_slowly(pattern, text);
	}
	assert_in_range(nr_matches, 10000, 290000);
}

static void matches_any_of_a_list(void **state)
{
	char patterns[16], text[16];
	unsigned int i, nr_matches = 0;

	(void)state;
	srandom(2);
	for (i = 0; i < 300000; i++) {
		fill(patterns, "ab*?,,");
		fill(text, "ab,");
		if (memmon_text_matches_any(patterns, text) != matches_any_slowly(patterns, text))
			fail_msg("patterns '%s', text '%s'", patterns, text);
		nr_matches += matches_any_slowly(patterns, text);
	}
	assert_in_range(nr_matches, 10000, 290000);
	assert_true(memmon_text_matches_any("kmalloc-64,dentry", "dentry"));
	assert_true(memmon_text_matches_any("kmalloc-64,dentry", "kmalloc-64"));
	assert_false(memmon_text_matches_any("kmalloc-64,dentry", "kmalloc-64,dentry"));
	assert_false(memmon_text_matches_any("kmalloc-64,dentry", "kmalloc"));
	assert_false(memmon_text_matches_any(",", "x"));
}

/* Whether any of all texts of at most three letters matches. */
static int can_match_slowly(const char *pattern)
{
	static const char letters[] = "ab";
	char text[4] = "";
	unsigned int i;

	if (!*pattern)
		return 0;
	for (i = 0; i < 3 * 3 * 3; i++) {
		/* The last letters are NUL: shorter texts come several times. */
		text[0] = letters[i % 3];
		text[1] = letters[i / 3 % 3];
		text[2] = letters[i / 9];
		if (matches_slowly(pattern, text))
			return 1;
	}
	return 0;
}

static void knows_what_can_match(void **state)
{
	unsigned int i, nr_good = 0;
	char pattern[16], two[32];

	(void)state;
	srandom(3);
	for (i = 0; i < 100000; i++) {
		int is_good;

		fill(pattern, "ab*?");
		is_good = can_match_slowly(pattern);
		nr_good += is_good;
		if (memmon_text_can_match(pattern, 3) != is_good)
			fail_msg("pattern '%s'", pattern);
		snprintf(two, sizeof(two), "a,%s", pattern);
		assert_int_equal(memmon_text_can_match(two, 3), is_good);
		snprintf(two, sizeof(two), "%s,b", pattern);
		assert_int_equal(memmon_text_can_match(two, 3), is_good);
	}
	assert_in_range(nr_good, 1000, 99000);
}

static void matches_whole_names(void **state)
{
	(void)state;
	assert_true(matches("kmalloc-64", "kmalloc-64"));
	assert_false(matches("kmalloc-64", "kmalloc-640"));
	assert_false(matches("kmalloc-64", "dma-kmalloc-64"));
	assert_true(matches("kmalloc-*", "kmalloc-64"));
	assert_true(matches("*", ""));
	assert_false(matches("", "x"));
	assert_true(matches("", ""));
	assert_false(matches("?", ""));
	assert_false(matches("[a]", "a"));
}

/* A matcher that tries all ways out would be at this for longer than the sun shines. */
static void many_stars_take_no_time(void **state)
{
	char text[2001];

	(void)state;
	memset(text, 'a', 2000);
	text[2000] = '\0';
	assert_false(matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
}

static void cleans_every_byte_that_is_not_printable(void **state)
{
	char text[257];
	int i;

	(void)state;
	for (i = 0; i < 256; i++)
		text[i] = i ? i : 1;
	text[256] = 'x';
	memmon_text_clean(text, sizeof(text));
	for (i = 0; i < 256; i++)
		assert_int_equal(text[i], i >= ' ' && i <= '~' ? i : '?');
	assert_int_equal(text[256], '\0');
}

static void cleaning_ends_what_has_no_end(void **state)
{
	char text[4] = { 'a', '\n', 'c', 'd' };

	(void)state;
	memmon_text_clean(text, sizeof(text));
	assert_string_equal(text, "a?c");
}

static void cleaning_leaves_what_is_behind_the_end(void **state)
{
	char text[4] = { 'a', '\0', '\x1b', '\0' };

	(void)state;
	memmon_text_clean(text, sizeof(text));
	assert_int_equal(text[2], '\x1b');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_as_the_definition_says),
		cmocka_unit_test(matches_any_of_a_list),
		cmocka_unit_test(knows_what_can_match),
		cmocka_unit_test(matches_whole_names),
		cmocka_unit_test(many_stars_take_no_time),
		cmocka_unit_test(cleans_every_byte_that_is_not_printable),
		cmocka_unit_test(cleaning_ends_what_has_no_end),
		cmocka_unit_test(cleaning_leaves_what_is_behind_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
