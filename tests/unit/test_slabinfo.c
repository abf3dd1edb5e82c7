// SPDX-License-Identifier: GPL-2.0
/* Tests the parser of /proc/slabinfo. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memmon.h"
#include "unit.h"

#define HEAD "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> ...\n"
#define TAIL " : tunables    0    0    0 : slabdata      3      3      0\n"

static int create(void **state)
{
	return memmon_slabinfo_create((struct memmon_slabinfo **)state);
}

static int destroy(void **state)
{
	memmon_slabinfo_destroy(*state);
	return 0;
}

static int parse(struct memmon_slabinfo *info, const char *text)
{
	return memmon_slabinfo_parse(info, text, strlen(text));
}

static void reads_all_columns(void **state)
{
	const struct memmon_slabinfo_row *slab;

	assert_int_equal(parse(*state, HEAD "kmalloc-64         5632   5700     64   63    1" TAIL
					    "dentry                7     42    192   21    2" TAIL),
			 0);
	assert_int_equal(memmon_slabinfo_count(*state), 2);
	assert_int_equal(memmon_slabinfo_skipped(*state), 0);
	slab = memmon_slabinfo_at(*state, 0);
	assert_string_equal(slab->name, "kmalloc-64");
	assert_int_equal(slab->active_objs, 5632);
	assert_int_equal(slab->num_objs, 5700);
	assert_int_equal(slab->objsize_bytes, 64);
	assert_int_equal(slab->objs_per_slab, 63);
	assert_int_equal(slab->pages_per_slab, 1);
	assert_string_equal(memmon_slabinfo_at(*state, 1)->name, "dentry");
	assert_int_equal(memmon_slabinfo_at(*state, 1)->pages_per_slab, 2);
}

static void a_name_may_hold_blanks_and_colons(void **state)
{
	assert_int_equal(parse(*state,
			       HEAD "my : odd cache   1 2 3 4 5" TAIL ":A-0000064 1 2 3 4 5" TAIL
				    "a-very-long-name-without-room 1 2 3 4 5" TAIL),
			 0);
	assert_int_equal(memmon_slabinfo_count(*state), 3);
	assert_string_equal(memmon_slabinfo_at(*state, 0)->name, "my : odd cache");
	assert_string_equal(memmon_slabinfo_at(*state, 1)->name, ":A-0000064");
	assert_int_equal(memmon_slabinfo_at(*state, 0)->active_objs, 1);
}

static void senseless_lines_are_counted(void **state)
{
	assert_int_equal(parse(*state,
			       HEAD "good 1 2 3 4 5" TAIL "short 1 2 3" TAIL "1 2 3 4 5" TAIL
				    "word x 2 3 4 5" TAIL "huge 99999999999999999999 2 3 4 5" TAIL
				    "no tunables 1 2 3 4 5\n" TAIL "cut 1 2 3 4"),
			 0);
	assert_int_equal(memmon_slabinfo_count(*state), 1);
	assert_int_equal(memmon_slabinfo_skipped(*state), 7);
}

static void a_row_repeated_at_a_page_seam_comes_once(void **state)
{
	assert_int_equal(
		parse(*state, HEAD "a 1 2 3 4 5" TAIL "a 1 2 3 4 5" TAIL "b 1 2 3 4 5" TAIL), 0);
	assert_int_equal(memmon_slabinfo_count(*state), 2);
}

static void other_text_is_refused(void **state)
{
	assert_int_equal(parse(*state, ""), -EBADMSG);
	assert_int_equal(parse(*state, "slabinfo"), -EBADMSG);
	assert_int_equal(parse(*state, "slabinfo - version: 1.1\n"), -EBADMSG);
	assert_int_equal(parse(*state, "root:x:0:0\n"), -EBADMSG);
}

static void an_empty_table_is_no_error(void **state)
{
	assert_int_equal(parse(*state, "slabinfo - version: 2.1"), 0);
	assert_int_equal(memmon_slabinfo_count(*state), 0);
}

static void each_parse_starts_anew(void **state)
{
	assert_int_equal(parse(*state, HEAD "a 1 2 3 4 5" TAIL "bad" TAIL), 0);
	assert_int_equal(parse(*state, HEAD "b 7 8 3 4 5" TAIL), 0);
	assert_int_equal(memmon_slabinfo_count(*state), 1);
	assert_int_equal(memmon_slabinfo_skipped(*state), 0);
	assert_string_equal(memmon_slabinfo_at(*state, 0)->name, "b");
}

/* The sanitizers watch: whatever comes, no byte outside the text is touched. */
static void garbage_does_no_harm(void **state)
{
	static const char letters[] = "a1 :\n\t-#9\0tunables";
	char text[600];
	size_t nr_rows = 0;

	srand(7);
	for (int round = 0; round < 2000; round++) {
		size_t len = (size_t)snprintf(text, sizeof(text), HEAD "a 1 2 3 4 5" TAIL);

		for (size_t i = strlen(HEAD); i < len; i++)
			if (rand() % 8 == 0)
				text[i] = letters[(size_t)rand() % (sizeof(letters) - 1)];
		len -= (size_t)rand() % (len - strlen(HEAD));
		assert_int_equal(memmon_slabinfo_parse(*state, text, len), 0);
		nr_rows += memmon_slabinfo_count(*state);
	}
	assert_true(nr_rows < 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_all_columns, create, destroy),
		cmocka_unit_test_setup_teardown(a_name_may_hold_blanks_and_colons, create, destroy),
		cmocka_unit_test_setup_teardown(senseless_lines_are_counted, create, destroy),
		cmocka_unit_test_setup_teardown(a_row_repeated_at_a_page_seam_comes_once, create,
						destroy),
		cmocka_unit_test_setup_teardown(other_text_is_refused, create, destroy),
		cmocka_unit_test_setup_teardown(an_empty_table_is_no_error, create, destroy),
		cmocka_unit_test_setup_teardown(each_parse_starts_anew, create, destroy),
		cmocka_unit_test_setup_teardown(garbage_does_no_harm, create, destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
