// SPDX-License-Identifier: GPL-2.0
/* Tests the choice of caches by globs. */
#include "memmon.h"
#include "unit.h"

static void one_glob(void **state)
{
	(void)state;
	assert_true(memmon_pattern_match("kmalloc-*", "kmalloc-64"));
	assert_true(memmon_pattern_match("kmalloc-?4", "kmalloc-64"));
	assert_false(memmon_pattern_match("kmalloc-?", "kmalloc-64"));
	assert_false(memmon_pattern_match("kmalloc", "kmalloc-64"));
	assert_true(memmon_pattern_match("*", ""));
}

static void several_globs(void **state)
{
	(void)state;
	assert_true(memmon_pattern_match("dentry,kmalloc-*", "kmalloc-64"));
	assert_true(memmon_pattern_match(",,dentry,", "dentry"));
	assert_false(memmon_pattern_match("dentry,inode", "den"));
	assert_false(memmon_pattern_match("", "dentry"));
	assert_false(memmon_pattern_match(",", ""));
}

static void a_glob_without_end_matches_nothing(void **state)
{
	char pattern[1000];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(pattern); i++)
		pattern[i] = '*';
	pattern[sizeof(pattern) - 1] = '\0';
	assert_false(memmon_pattern_match(pattern, "dentry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_glob),
		cmocka_unit_test(several_globs),
		cmocka_unit_test(a_glob_without_end_matches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
